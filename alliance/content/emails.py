"""Mails of the public face: a ticket arrives at its inbox, and its sender is told the number."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.content.models import Ticket, TicketMessage
from alliance.core.inboxes import inbox, inbox_language
from alliance.core.links import absolute
from alliance.core.mail import send


def ticket_arrived(ticket: Ticket, message: TicketMessage) -> None:
    """To the inbox of the topic and language, with the whole message as it was written."""
    send(
        "content/ticket_arrived",
        inbox(ticket.topic, ticket.language),
        inbox_language(ticket.topic, ticket.language),
        {
            "ticket": ticket,
            "message": message,
            "action_url": absolute(reverse("admin:content_ticket_change", args=[ticket.pk])),
            "action_label": _("Open the ticket"),
            "why": _("You get this message because your inbox is set for this topic."),
        },
        key=f"ticket.opened:{ticket.number}",
    )


def ticket_acknowledged(ticket: Ticket) -> None:
    """To the sender, in their language. Repeats nothing they typed: the address may not be theirs."""
    send(
        "content/ticket_acknowledged",
        ticket.email,
        ticket.language,
        {
            "ticket": ticket,
            "why": _("You get this message because this address was typed into our contact form."),
        },
        key=f"ticket.acknowledged:{ticket.number}",
    )
