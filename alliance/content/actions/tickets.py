"""Verbs of tickets: what people write to the Alliance, who has it in hand, closed, open again, spam or not."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.content import spam
from alliance.content.emails import tickets as emails
from alliance.content.models import SpamRule, Ticket, TicketFile, TicketMessage, TicketTag
from alliance.content.refusals import TicketRefused
from alliance.core.journal import LINK, SYSTEM, record
from alliance.core.slugs import make_reference
from alliance.core.states import lock, move
from alliance.core.uploads import CleanUpload, as_content_file
from alliance.users.models import User

Status, Source = Ticket.Status, Ticket.Source
# Acknowledgements to one address within a day: two programs that answer each other stop here.
MOST_ACKNOWLEDGED = 5


@transaction.atomic
def open_ticket(
    *, ticket: Ticket, message: TicketMessage, files: Sequence[CleanUpload] = (), by: Any = LINK
) -> Ticket:
    """Keep what somebody wrote, give it a number, tell the inbox of its topic, acknowledge it to the sender.

    What the rules of `content.spam` find goes to the folder for spam: the inbox is not told, and a mail is not
    acknowledged, since its sender may be forged.

    :param ticket: unsaved, from the form or from a mail
    :param message: unsaved, its first message
    :returns: the saved ticket
    """
    ticket.number = make_reference("TKT")
    reason, words = _judged(ticket, message)
    ticket.save()
    add_message(ticket, message, files)
    record("ticket.opened", ticket, by=by, topic=ticket.topic)
    if reason:
        changes = {"spam_reason": reason, "spam_words": words, "waits_since": None}
        move(ticket, Status.SPAM, by=SYSTEM, verb="ticket.marked_spam", **changes)
    else:
        emails.ticket_arrived(ticket, message)
    if ticket.source == Source.FORM or (not reason and _may_acknowledge(ticket)):
        emails.ticket_acknowledged(ticket, message)
    return ticket


def _judged(ticket: Ticket, message: TicketMessage) -> tuple[str, str]:
    rules = SpamRule.objects.filter(is_used=True).values_list("kind", "value")
    recent = 0
    if ticket.source == Source.MAIL:  # the form has limits of its own
        since = timezone.now() - timedelta(hours=1)
        recent = Ticket.objects.filter(email=ticket.email, created_at__gte=since).count()
    reason, words = spam.judge(
        subject=message.subject,
        text=message.text,
        sender=ticket.email,
        senders=[value for kind, value in rules if kind == SpamRule.Kind.SENDER],
        words=[value for kind, value in rules if kind == SpamRule.Kind.WORD],
        recent=recent,
    )
    return reason, words[:200]


def _may_acknowledge(ticket: Ticket) -> bool:
    since = timezone.now() - timedelta(days=1)
    recent = Ticket.objects.filter(email=ticket.email, source=Source.MAIL, created_at__gte=since)
    return recent.exclude(status=Status.SPAM).count() <= MOST_ACKNOWLEDGED


def add_message(ticket: Ticket, message: TicketMessage, files: Iterable[CleanUpload] = ()) -> None:
    """Save a message and its files. The caller has locked or just made the ticket."""
    message.ticket = ticket
    message.save()
    for upload in files:
        TicketFile.objects.create(
            message=message,
            file=as_content_file(upload),
            original_filename=upload.original_filename,
            content_type=upload.content_type,
            size=upload.size,
        )


@transaction.atomic
def close_ticket(ticket: Ticket, *, by: Any) -> None:
    """An open ticket is dealt with. Raises NotAllowed when it is closed already."""
    move(ticket, Status.CLOSED, by=by, verb="ticket.closed", waits_since=None)


@transaction.atomic
def reopen_ticket(ticket: Ticket, *, by: Any) -> None:
    """A closed ticket needs somebody again. Raises NotAllowed when it is open."""
    move(ticket, Status.OPEN, by=by, verb="ticket.reopened", waits_since=timezone.now())


@transaction.atomic
def mark_spam(ticket: Ticket, *, is_sender_listed: bool = False, by: Any) -> None:
    """Into the folder for spam; with ``is_sender_listed`` whatever its sender writes next goes there, too."""
    changes = {"spam_reason": Ticket.SpamReason.DESK, "spam_words": "", "waits_since": None}
    move(ticket, Status.SPAM, by=by, verb="ticket.marked_spam", **changes)
    if is_sender_listed:
        rule, is_new = SpamRule.objects.get_or_create(
            kind=SpamRule.Kind.SENDER, value=ticket.email.lower(), defaults={"is_used": True}
        )
        if is_new:
            record("spam_rule.added", rule, by=by)


@transaction.atomic
def clear_spam(ticket: Ticket, *, by: Any) -> None:
    """Back from the folder: the inbox is told now, and the sender has the number that a mail was not answered with."""
    changes = {"spam_reason": "", "spam_words": "", "waits_since": timezone.now()}
    move(ticket, Status.OPEN, by=by, verb="ticket.cleared_of_spam", **changes)
    if ticket.emptied_at:
        return
    first = ticket.messages.filter(kind=TicketMessage.Kind.RECEIVED).first()
    if first:
        emails.ticket_arrived(ticket, first)
        emails.ticket_acknowledged(ticket, first)


@transaction.atomic
def take_ticket(ticket: Ticket, *, by: User) -> None:
    """Whoever clicks has the ticket in hand."""
    assign_ticket(ticket, coordinator=by, by=by)


@transaction.atomic
def assign_ticket(ticket: Ticket, *, coordinator: User | None, by: Any) -> None:
    """Somebody of the desk has it in hand from now on, or nobody. Twice does it once.

    :raises TicketRefused: the person does not work at the desk
    """
    if coordinator and not (coordinator.is_active and coordinator.is_staff):
        raise TicketRefused(TicketRefused.NO_DESK)
    stored = lock(ticket)
    if stored.coordinator_id == (coordinator and coordinator.pk):
        return
    stored.coordinator = ticket.coordinator = coordinator
    stored.save(update_fields=["coordinator", "updated_at"])
    record("ticket.assigned", stored, by=by, coordinator=coordinator.get_short_name() if coordinator else "–")


@transaction.atomic
def sort_ticket(ticket: Ticket, *, topic: str, language: str, tags: Iterable[str], by: Any) -> None:
    """What it is about, the language in which it is answered, and the words by which it is found again."""
    stored = lock(ticket)
    stored.topic, stored.language = topic, language
    stored.save(update_fields=["topic", "language", "updated_at"])
    names = list(dict.fromkeys(tags))
    TicketTag.objects.bulk_create([TicketTag(name=name) for name in names], ignore_conflicts=True)
    stored.tags.set(TicketTag.objects.filter(name__in=names))
    record("ticket.sorted", stored, by=by, topic=topic, language=language, tags=names)
