"""Tables of the public face, one module a noun."""

from alliance.content.models.documents import Document, DocumentFile, DocumentVersion, DownloadCount
from alliance.content.models.events import Event
from alliance.content.models.evidence import EvidenceReport, EvidenceTables
from alliance.content.models.inbox import CannedAnswer, InboundMail, SpamRule
from alliance.content.models.news import NewsItem
from alliance.content.models.newsletter import NewsletterIssue, Subscription
from alliance.content.models.open_data import Download, PublicRecord
from alliance.content.models.pages import Page, Section
from alliance.content.models.policy import PolicyIssue
from alliance.content.models.revisions import Revision
from alliance.content.models.site_search import SiteEntry
from alliance.content.models.surveys import (
    Survey,
    SurveyAnswer,
    SurveyOption,
    SurveyQuestion,
    SurveyValue,
)
from alliance.content.models.tickets import Ticket, TicketFile, TicketMessage, TicketTag
from alliance.content.models.translations import TranslationGap
from alliance.content.models.videos import Video, VideoWords

__all__ = [
    "CannedAnswer",
    "Document",
    "DocumentFile",
    "DocumentVersion",
    "Download",
    "DownloadCount",
    "Event",
    "EvidenceReport",
    "EvidenceTables",
    "InboundMail",
    "NewsItem",
    "NewsletterIssue",
    "Page",
    "PolicyIssue",
    "PublicRecord",
    "Revision",
    "Section",
    "SiteEntry",
    "SpamRule",
    "Subscription",
    "Survey",
    "SurveyAnswer",
    "SurveyOption",
    "SurveyQuestion",
    "SurveyValue",
    "Ticket",
    "TicketFile",
    "TicketMessage",
    "TicketTag",
    "TranslationGap",
    "Video",
    "VideoWords",
]
