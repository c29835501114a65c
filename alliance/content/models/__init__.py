"""Tables of the public face, one module a noun."""

from alliance.content.models.documents import Document, DocumentFile, DocumentVersion, DownloadCount
from alliance.content.models.pages import Page, Section
from alliance.content.models.revisions import Revision
from alliance.content.models.tickets import Ticket, TicketMessage
from alliance.content.models.videos import Video, VideoWords

__all__ = [
    "Document",
    "DocumentFile",
    "DocumentVersion",
    "DownloadCount",
    "Page",
    "Revision",
    "Section",
    "Ticket",
    "TicketMessage",
    "Video",
    "VideoWords",
]
