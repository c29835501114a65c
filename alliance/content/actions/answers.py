"""What the desk writes at a ticket: an answer that goes out as a mail of the thread, and notes for itself."""

import re
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from alliance.content.actions.tickets import add_message, assign_ticket, close_ticket
from alliance.content.canned import filled
from alliance.content.emails import tickets as emails
from alliance.content.models import CannedAnswer, Ticket, TicketMessage
from alliance.content.refusals import TicketRefused
from alliance.core.journal import record
from alliance.core.models import OutgoingMail
from alliance.core.states import NotAllowed, lock
from alliance.core.uploads import CleanUpload
from alliance.users.models import User

Kind, Status = TicketMessage.Kind, Ticket.Status
# The same words within this time are the second click.
DOUBLE_CLICK = timedelta(hours=1)
RE = re.compile(r"^(?:(?:re|aw|odp|sv|вх|відп)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)


@transaction.atomic
def answer_ticket(
    ticket: Ticket, *, text: str, files: Sequence[CleanUpload] = (), closes: bool = False, by: User
) -> TicketMessage:
    """Write to the sender, in the thread of their message. Nobody waits then; whoever answers first has it in hand.
    Files go out with the mail and stay at the ticket.

    Journal: `ticket.answered`, without the words.

    :raises NotAllowed: the ticket lies in the folder for spam
    :raises TicketRefused: nobody can be answered any more, or these words were sent a moment ago
    """
    stored = lock(ticket)
    now = timezone.now()
    if stored.status == Status.SPAM:
        raise NotAllowed(stored, stored.status, "answered")
    if stored.emptied_at:
        raise TicketRefused(TicketRefused.EMPTIED)
    _refuse_twice(stored, Kind.ANSWER, text, files)
    received = (
        stored.messages.filter(kind=Kind.RECEIVED, is_other_address=False).order_by("sent_at", "id").last()
    )
    message = TicketMessage(kind=Kind.ANSWER, subject=_subject(received), text=text, author=by, sent_at=now)
    add_message(stored, message, files)
    mail = emails.ticket_answered(stored, message, quoted=received, references=thread_of(stored))
    message.mail, message.message_id = mail, mail.message_id
    message.save(update_fields=["mail", "message_id"])
    stored.waits_since = None
    stored.first_answered_at = stored.first_answered_at or now
    stored.save(update_fields=["waits_since", "first_answered_at", "updated_at"])
    record("ticket.answered", stored, by=by)
    if not stored.coordinator_id:
        assign_ticket(stored, coordinator=by, by=by)
    if closes and stored.status == Status.OPEN:
        close_ticket(stored, by=by)
    return message


@transaction.atomic
def answer_waiting(
    ticket: Ticket, *, canned: CannedAnswer, seen: Collection[int], closes: bool = False, by: User
) -> TicketMessage:
    """Send a prepared answer to somebody who waits, in the language of their ticket; the desk does it for many at once.

    :param seen: the newest messages that were before one's eyes, by their keys

    Journal: `ticket.answered`. Raises `NotAllowed` when nobody waits there any more, since a colleague was faster;
    `TicketRefused` when the sender wrote again, or nobody wrote the answer in that language.
    """
    stored = lock(ticket)
    if stored.status != Status.OPEN or stored.waits_since is None:
        raise NotAllowed(stored, stored.status, "answered")
    newest = stored.newest_received()
    if newest and newest.pk not in seen:
        raise TicketRefused(TicketRefused.CONTINUED)
    words = canned.words_in(stored.language)
    if not words:
        raise TicketRefused(TicketRefused.LANGUAGE)
    text = filled(words, name=stored.name, number=stored.number)
    return answer_ticket(stored, text=text, closes=closes, by=by)


def _refuse_twice(ticket: Ticket, kind: str, text: str, files: Sequence[CleanUpload] = ()) -> None:
    """The same words with other files are another message: the one that was forgotten."""
    since, given = (
        timezone.now() - DOUBLE_CLICK,
        sorted((file.original_filename, file.size) for file in files),
    )
    for said in ticket.messages.filter(kind=kind, text=text, sent_at__gte=since).prefetch_related("files"):
        if sorted((file.original_filename, file.size) for file in said.files.all()) == given:
            raise TicketRefused(TicketRefused.SAID)


def _subject(received: TicketMessage | None) -> str:
    """“Re:” once, however often the mail went to and fro; the number is added by the mail."""
    subject = RE.sub("", received.subject) if received else ""
    subject = re.sub(r"\s*\[?TKT-[0-9A-Z]{4}-[0-9A-Z]{4}\]?", "", subject).strip()
    return f"Re: {subject}"[:200].strip()


def thread_of(ticket: Ticket) -> list[str]:
    """Message-IDs of what stands in the mailbox of the sender, oldest first."""
    acknowledged = OutgoingMail.objects.filter(key=f"ticket.acknowledged:{ticket.number}")
    rows = ticket.messages.filter(kind__in=[Kind.RECEIVED, Kind.ANSWER], is_other_address=False)
    ours = list(acknowledged.values_list("message_id", flat=True)[:1])
    said = list(rows.exclude(message_id="").order_by("sent_at", "id").values_list("message_id", flat=True))
    # A form has no Message-ID: the thread begins with our acknowledgement. A mail comes before it.
    is_mail = ticket.source == Ticket.Source.MAIL
    return [*said[:1], *ours, *said[1:]] if is_mail else [*ours, *said]


@transaction.atomic
def note_ticket(ticket: Ticket, *, text: str, by: User) -> TicketMessage:
    """A note that only the desk reads. Journal: `ticket.noted`, without the words.

    :raises TicketRefused: a second click
    """
    stored = lock(ticket)
    _refuse_twice(stored, Kind.NOTE, text)
    message = TicketMessage.objects.create(ticket=stored, kind=Kind.NOTE, subject="–", text=text, author=by)
    record("ticket.noted", stored, by=by)
    return message
