"""Verbs of tickets: what visitors write to the Alliance."""

from typing import Any

from django.db import transaction

from alliance.content import emails
from alliance.content.models import Ticket, TicketMessage
from alliance.core.journal import LINK, record
from alliance.core.slugs import make_reference
from alliance.core.states import move


@transaction.atomic
def open_ticket(*, ticket: Ticket, message: TicketMessage, by: Any = LINK) -> Ticket:
    """Keep what a visitor wrote, give it a number, tell the inbox of its topic, acknowledge it to the sender.

    :param ticket: unsaved, from the form
    :param message: unsaved, its first message
    :returns: the saved ticket
    """
    ticket.number = make_reference("TKT")
    ticket.save()
    message.ticket = ticket
    message.save()
    record("ticket.opened", ticket, by=by, topic=ticket.topic)
    emails.ticket_arrived(ticket, message)
    emails.ticket_acknowledged(ticket)
    return ticket


@transaction.atomic
def close_ticket(ticket: Ticket, *, by: Any) -> None:
    """An open ticket is dealt with. Raises NotAllowed when it is closed already."""
    move(ticket, Ticket.Status.CLOSED, by=by, verb="ticket.closed")


@transaction.atomic
def reopen_ticket(ticket: Ticket, *, by: Any) -> None:
    """A closed ticket needs somebody again. Raises NotAllowed when it is open."""
    move(ticket, Ticket.Status.OPEN, by=by, verb="ticket.reopened")
