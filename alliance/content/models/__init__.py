"""Tables of the public face, one module a noun."""

from alliance.content.models.pages import Page, Section
from alliance.content.models.revisions import Revision
from alliance.content.models.tickets import Ticket, TicketMessage

__all__ = ["Page", "Revision", "Section", "Ticket", "TicketMessage"]
