"""Mails of tickets: what arrives at an inbox, and what the sender reads: the number, answers, files not taken.

Everything that goes to the sender stands in one thread (In-Reply-To, References) and brings its answer back (Reply-To).
"""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alliance.content.attachments import shown_left_out
from alliance.content.models import Ticket, TicketMessage
from alliance.core.inboxes import inbox, inbox_language
from alliance.core.links import absolute
from alliance.core.mail import send
from alliance.core.models import OutgoingMail

# A header line holds 998 characters; the thread of a long correspondence is told by its first and last mails.
MOST_REFERENCES = 8
QUOTED_LINES, QUOTED_WORDS = 60, 4000


def thread_headers(references: Sequence[str]) -> dict[str, str]:
    """``references``: Message-IDs of the thread, oldest first. X-Loop: our own mail is known when it comes back."""
    headers = {"X-Loop": settings.MAIL_DOMAIN}
    if references:
        kept = [*references[:1], *references[1:][-MOST_REFERENCES:]]
        headers |= {"In-Reply-To": references[-1], "References": " ".join(kept)}
    return headers


def reply_address(ticket: Ticket) -> str:
    """Where answers come back in: the mailbox that the portal reads, else the inbox of the topic."""
    return settings.TICKET_ADDRESS or inbox(ticket.topic, ticket.language, ticket.country)


def ticket_arrived(ticket: Ticket, message: TicketMessage) -> None:
    """To the inbox of the topic, country and language, with the whole message as it was written."""
    to = (ticket.topic, ticket.language, ticket.country)
    send(
        "content/ticket_arrived",
        inbox(*to),
        inbox_language(*to),
        {
            "ticket": ticket,
            "message": message,
            "is_mail": ticket.source == Ticket.Source.MAIL,
            "action_url": absolute(reverse("admin:content_ticket_change", args=[ticket.pk])),
            "action_label": _("Open the ticket"),
            "why": _("You get this message because your inbox is set for this topic."),
        },
        key=f"ticket.opened:{ticket.number}",
    )


def ticket_continued(ticket: Ticket, message: TicketMessage) -> None:
    """What the sender wrote again, to whoever has the ticket in hand, else to the inbox."""
    place = (ticket.topic, ticket.language, ticket.country)
    to, language = inbox(*place), inbox_language(*place)
    person = ticket.coordinator
    if person and person.is_active and person.is_staff:
        to, language = person.email, person.language
    send(
        "content/ticket_continued",
        to,
        language,
        {
            "ticket": ticket,
            "message": message,
            "action_url": absolute(reverse("admin:content_ticket_change", args=[ticket.pk])),
            "action_label": _("Open the ticket"),
            "why": _(
                "You get this message because the ticket is in your hands, or your inbox is set for its topic."
            ),
        },
        key=f"ticket.continued:{message.pk}",
    )


def ticket_acknowledged(ticket: Ticket, message: TicketMessage | None = None) -> None:
    """To the sender, in their language. Repeats nothing they typed: the address may not be theirs."""
    is_mail = ticket.source == Ticket.Source.MAIL
    received = message.message_id if message else ""
    why = (
        _("You get this message because an e-mail from this address reached us.")
        if is_mail
        else _("You get this message because this address was typed into our contact form.")
    )
    send(
        "content/ticket_acknowledged",
        ticket.email,
        ticket.language,
        {"ticket": ticket, "is_mail": is_mail, "why": why, **_left_out(ticket, message)},
        key=f"ticket.acknowledged:{ticket.number}",
        reply_to=reply_address(ticket),
        headers=thread_headers([received] if received else []) | {"Auto-Submitted": "auto-replied"},
    )


def ticket_files_left_out(ticket: Ticket, message: TicketMessage) -> None:
    """What came with a further message and could not be taken, and what to do instead."""
    send(
        "content/ticket_files_left_out",
        ticket.email,
        ticket.language,
        {
            "ticket": ticket,
            "why": _("You get this message because an e-mail from this address reached us."),
            **_left_out(ticket, message),
        },
        key=f"ticket.files_left_out:{message.pk}",
        reply_to=reply_address(ticket),
        headers=thread_headers([message.message_id]) | {"Auto-Submitted": "auto-replied"},
    )


def _left_out(ticket: Ticket, message: TicketMessage | None) -> dict[str, list]:
    with translation.override(ticket.language):
        return {"left_out": shown_left_out(message.left_out) if message else []}


def ticket_answered(
    ticket: Ticket, message: TicketMessage, *, quoted: TicketMessage | None, references: Sequence[str]
) -> OutgoingMail | None:
    """An answer of the desk, as a mail of a person: the words, its files, then what it answers.

    :param quoted: the message that it answers
    :param references: Message-IDs of the thread, oldest first
    """
    files = list(message.files.all())
    return send(
        "content/ticket_answered",
        ticket.email,
        ticket.language,
        {
            "ticket": ticket,
            "message": message,
            "files": files,
            "quoted": quoted,
            "quoted_lines": quoted_lines(quoted.text) if quoted else [],
            "why": _(
                "You get this message because you wrote to us. Your answer to it reaches the same ticket."
            ),
        },
        key=f"ticket.answered:{message.pk}",
        reply_to=reply_address(ticket),
        files=[
            {"stored": one.file.name, "name": one.original_filename, "content_type": one.content_type}
            for one in files
        ],
        headers=thread_headers(references) | {"Auto-Submitted": "no"},
    )


def quoted_lines(text: str) -> list[str]:
    """As much of a message as helps to remember it."""
    short = text if len(text) <= QUOTED_WORDS else text[:QUOTED_WORDS].rsplit(None, 1)[0] + " …"
    lines = short.splitlines()
    return lines if len(lines) <= QUOTED_LINES else [*lines[:QUOTED_LINES], "…"]


def mail_too_large(to: str, language: str, *, message_id: str, megabytes: int) -> None:
    """To the sender of a mail that is larger than the portal takes."""
    send(
        "content/mail_too_large",
        to,
        language,
        {
            "megabytes": megabytes,
            "action_url": absolute(reverse("content:contact")),
            "action_label": _("Write by the contact form"),
            "why": _("You get this message because an e-mail from this address reached us."),
        },
        key=f"ticket.too_large:{message_id}"[:200],
        headers=thread_headers([message_id]) | {"Auto-Submitted": "auto-replied"},
    )
