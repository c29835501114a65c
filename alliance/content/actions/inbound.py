"""What comes in by mail: each mail is taken once, finds its ticket or opens one, or is kept as it came.

`commands.receive_mail` and the sweep of `tasks` call it. A From alone never writes into somebody's ticket.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.content import attachments, incoming
from alliance.content.actions.tickets import add_message, open_ticket, reopen_ticket
from alliance.content.emails import tickets as emails
from alliance.content.incoming import Incoming
from alliance.content.models import InboundMail, Ticket, TicketMessage
from alliance.content.refusals import TicketRefused
from alliance.core.journal import LINK, SYSTEM, record
from alliance.core.models import OutgoingMail
from alliance.core.states import lock, move
from alliance.core.uploads import CleanUpload

Kind, Outcome, Status = TicketMessage.Kind, InboundMail.Outcome, Ticket.Status
# Of what is too large, or was written by a program and belongs nowhere.
KEPT_HEAD = 64 * 1024
NO_WORDS = "–"
OURS = "ours"


def take_mail(raw: bytes) -> InboundMail:
    """Take one mail, however often it is handed over. What cannot be read is kept for the desk; only a database that is
    away makes it raise."""
    if len(raw) > incoming.MAX_MAIL_BYTES:
        return take_large(raw[:KEPT_HEAD], size=len(raw))
    try:
        mail = incoming.read(raw)
    except incoming.Unreadable as error:
        return keep_broken(raw, why=str(error))
    return _take(mail, raw)


@transaction.atomic
def keep_broken(raw: bytes, *, why: str) -> InboundMail:
    """The bytes as they came, for the desk to look at."""
    row, is_new = _once(incoming.identifier(raw), len(raw))
    if is_new:
        _settle(row, Outcome.BROKEN, raw=raw[: incoming.MAX_MAIL_BYTES], why=why)
        record("inbound.kept", row, by=SYSTEM, outcome=row.outcome)
    return row


@transaction.atomic
def take_large(head: bytes, *, size: int) -> InboundMail:
    """A mail larger than we take: its head is kept, the sender is told unless a program wrote it."""
    row, is_new = _once(incoming.identifier(head), size)
    if not is_new:
        return row
    _settle(row, Outcome.TOO_LARGE, raw=head[:KEPT_HEAD])
    record("inbound.kept", row, by=SYSTEM, outcome=row.outcome)
    try:
        mail = incoming.read(head)
    except incoming.Unreadable:
        return row
    if not mail.automatic and not mail.bounce:
        megabytes = incoming.MAX_MAIL_BYTES // (1024 * 1024)
        emails.mail_too_large(mail.from_email, mail.language, message_id=row.message_id, megabytes=megabytes)
    return row


def _once(message_id: str, size: int) -> tuple[InboundMail, bool]:
    """The row of a mail. Of two who take the same one, the second waits here for the first and finds its row."""
    return InboundMail.objects.get_or_create(
        message_id=message_id, defaults={"outcome": Outcome.IGNORED, "size": size}
    )


def _settle(row: InboundMail, outcome: str, **changes: Any) -> None:
    row.outcome = outcome
    for name, value in changes.items():
        setattr(row, name, value)
    row.why = row.why[:300]
    row.save()


@transaction.atomic
def _take(mail: Incoming, raw: bytes) -> InboundMail:
    row, is_new = _once(mail.message_id, len(raw))
    if not is_new:
        return row
    if mail.bounce:
        _take_bounce(row, mail, raw)
    elif _is_ours(mail):
        _settle(row, Outcome.IGNORED, why=OURS)
    elif ticket := _ticket_of(mail):
        _settle(row, Outcome.TAKEN, ticket=ticket)
        _continue(ticket, mail)
    elif mail.automatic:
        _settle(row, Outcome.IGNORED, why=mail.automatic, raw=raw)
    else:
        _settle(row, Outcome.TAKEN, ticket=_open(mail, by=LINK))
    return row


def _is_ours(mail: Incoming) -> bool:
    """A mail of the portal that came back to it: an alias, a forward, a loop."""
    return OutgoingMail.objects.filter(message_id=mail.message_id).exists()


def _ticket_of(mail: Incoming) -> Ticket | None:
    """The ticket of the thread, else that of the number in the subject; locked. Nothing that was emptied."""
    number = _number_of(mail.references) or mail.number
    return Ticket.objects.select_for_update(of=("self",)).filter(number=number, emptied_at=None).first()


def _number_of(message_ids: tuple[str, ...]) -> str:
    """Which ticket one of these mails belongs to, ours or theirs; the first that is known wins."""
    if not message_ids:
        return ""
    said = TicketMessage.objects.filter(message_id__in=message_ids)
    known = dict(said.values_list("message_id", "ticket__number"))
    mails = OutgoingMail.objects.filter(message_id__in=message_ids, key__startswith="ticket.acknowledged:")
    known |= {one: key.partition(":")[2] for one, key in mails.values_list("message_id", "key")}
    return next((known[one] for one in message_ids if one in known), "")


def _continue(ticket: Ticket, mail: Incoming) -> None:
    """One more message. Who writes from another address is shown as that; a program makes nobody wait."""
    files, left_out = _files(mail)
    is_other = mail.from_email != ticket.email.lower()
    kind = Kind.AUTOMATIC if mail.automatic else Kind.RECEIVED
    message = _message(mail, kind=kind, left_out=left_out, is_other_address=is_other)
    add_message(ticket, message, files)
    record("ticket.continued", ticket, by=LINK)
    if kind == Kind.AUTOMATIC or ticket.status == Status.SPAM:
        return
    _wait(ticket)
    emails.ticket_continued(ticket, message)
    if left_out and not is_other:
        emails.ticket_files_left_out(ticket, message)


def _wait(ticket: Ticket) -> None:
    if ticket.status == Status.CLOSED:
        reopen_ticket(ticket, by=SYSTEM)
    elif ticket.waits_since is None:
        ticket.waits_since = timezone.now()
        ticket.save(update_fields=["waits_since", "updated_at"])


def _open(mail: Incoming, *, by: Any) -> Ticket:
    files, left_out = _files(mail)
    ticket = Ticket(
        source=Ticket.Source.MAIL,
        topic=Ticket.Topic.OTHER,
        language=mail.language,
        name=mail.from_name or mail.from_email[:150],
        email=mail.from_email,
    )
    message = _message(mail, kind=Kind.RECEIVED, left_out=left_out)
    return open_ticket(ticket=ticket, message=message, files=files, by=by)


def _message(mail: Incoming, **more: Any) -> TicketMessage:
    return TicketMessage(
        subject=mail.subject or NO_WORDS,
        text=mail.text or NO_WORDS,
        whole_text=mail.whole_text,
        from_name=mail.from_name,
        from_email=mail.from_email,
        message_id=mail.message_id,
        **more,
    )


def _files(mail: Incoming) -> tuple[list[CleanUpload], list[dict[str, str]]]:
    files, left_out = attachments.checked((one.name, one.content) for one in mail.files)
    mails = [{"name": attachments.plain_name(name), "reason": "message"} for name in mail.left_out]
    return files, left_out + mails


def _take_bounce(row: InboundMail, mail: Incoming, raw: bytes) -> None:
    """What a server says of a mail of ours stands at its ticket; an answer that did not arrive waits for a person."""
    said = (mail.bounce.message_id,)
    number = _number_of(said)
    ticket = Ticket.objects.select_for_update(of=("self",)).filter(number=number, emptied_at=None).first()
    if ticket is None:
        _settle(row, Outcome.IGNORED, why=f"bounce {mail.bounce.words}", raw=raw[:KEPT_HEAD])
        return
    _settle(row, Outcome.TAKEN, ticket=ticket)
    kind = Kind.BOUNCE if mail.bounce.is_final else Kind.AUTOMATIC
    message = _message(mail, kind=kind)
    message.text = f"{mail.bounce.words}\n\n{message.text}".strip()
    add_message(ticket, message)
    record("ticket.bounced", ticket, by=SYSTEM)
    is_answer = TicketMessage.objects.filter(message_id__in=said, kind=Kind.ANSWER).exists()
    if mail.bounce.is_final and is_answer and ticket.status != Status.SPAM:
        _wait(ticket)


@transaction.atomic
def open_from_inbound(inbound: InboundMail, *, by: Any) -> Ticket:
    """A person says that this is a message after all: a mailing list, or a program that wrote for somebody.

    :raises TicketRefused: the bytes are forgotten, or it became a ticket already
    """
    stored = lock(inbound)
    if stored.ticket_id:
        raise TicketRefused(TicketRefused.TURNED)
    if not stored.raw:
        raise TicketRefused(TicketRefused.NO_RAW)
    try:
        mail = incoming.read(bytes(stored.raw))
    except incoming.Unreadable as error:
        raise TicketRefused(TicketRefused.NO_RAW) from error
    ticket = _open(mail, by=by)
    if ticket.status == Status.SPAM:  # the person has just said that it is none
        changes = {"spam_reason": "", "spam_words": "", "waits_since": timezone.now()}
        move(ticket, Status.OPEN, by=by, verb="ticket.cleared_of_spam", **changes)
    _settle(stored, Outcome.TAKEN, ticket=ticket, raw=None)
    return ticket


@transaction.atomic
def note_inbound_seen(inbound: InboundMail, *, by: Any) -> None:
    """The desk has looked at what could not be read; it waits no longer."""
    stored = lock(inbound)
    if stored.outcome in (Outcome.BROKEN, Outcome.TOO_LARGE):
        _settle(stored, Outcome.SEEN)
        record("inbound.seen", stored, by=by)
