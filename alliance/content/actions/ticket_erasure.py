"""What is forgotten of tickets: for a person who asks, and of every ticket some time after its end."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alliance.content.models import InboundMail, Ticket, TicketFile, TicketMessage
from alliance.core.erasure import NOTHING, address_of_nobody, forget_mails
from alliance.core.journal import SYSTEM, record
from alliance.core.states import move

# Since it was closed, or put into the folder for spam.
KEEP_CLOSED = timedelta(days=365)
KEEP_SPAM = timedelta(days=90)
# Mails that could not be read, or that a program wrote: as they came; and that a mail came in at all.
KEEP_RAW = timedelta(days=90)
KEEP_INBOUND = timedelta(days=365)
CHUNK = 200

Status = Ticket.Status


@transaction.atomic
def empty_tickets(tickets: Iterable[Ticket], *, by: Any) -> None:
    """That somebody wrote, when and about which topic stays; who, and every word and file, goes.

    Precondition: the caller has locked the tickets. Journal: `ticket.erased`. An open one has nobody to be answered.
    """
    tickets = list(tickets)
    for ticket in tickets:
        if ticket.status == Status.OPEN:
            move(ticket, Status.CLOSED, by=by, verb="ticket.closed", waits_since=None)
        forget_mails([], keys=_keys(ticket))
        ticket.name, ticket.organisation, ticket.email = NOTHING, "", address_of_nobody(ticket)
        ticket.spam_words, ticket.emptied_at = "", timezone.now()
        ticket.save(update_fields=["name", "organisation", "email", "spam_words", "emptied_at", "updated_at"])
        ticket.tags.clear()
        record("ticket.erased", ticket, by=by)
    _empty_messages(TicketMessage.objects.filter(ticket__in=tickets))
    InboundMail.objects.filter(ticket__in=tickets).update(raw=None, why="")


def _keys(ticket: Ticket) -> list[str]:
    """Mails to others that quote the ticket, and those to its sender."""
    ids = list(ticket.messages.values_list("pk", flat=True))
    return [
        f"ticket.opened:{ticket.number}",
        f"ticket.acknowledged:{ticket.number}",
        *(f"ticket.{verb}:{pk}" for verb in ("continued", "answered", "files_left_out") for pk in ids),
    ]


def _empty_messages(messages: Any) -> None:
    ids = list(messages.values_list("pk", flat=True))
    for file in TicketFile.objects.filter(message__in=ids):
        transaction.on_commit(lambda file=file.file: file.storage.delete(file.name), robust=True)
        file.delete()
    TicketMessage.objects.filter(pk__in=ids).update(
        subject=NOTHING, text=NOTHING, whole_text="", from_name="", from_email="", left_out=[]
    )


@transaction.atomic
def forget_sender(addresses: Iterable[str], *, by: Any) -> None:
    """A person asks to be forgotten: their tickets, what they wrote into those of others, and mails that nobody
    could read."""
    addresses = [address.lower() for address in addresses]
    tickets = Ticket.objects.filter(email__in=addresses).order_by("pk").select_for_update(of=("self",))
    empty_tickets(tickets, by=by)
    written = TicketMessage.objects.filter(from_email__in=addresses)
    forget_mails([], keys=[f"ticket.continued:{pk}" for pk in written.values_list("pk", flat=True)])
    _empty_messages(written)
    for inbound in InboundMail.objects.exclude(raw=None):
        content = bytes(inbound.raw).lower()
        if any(address.encode() in content for address in addresses):
            inbound.raw, inbound.why = None, ""
            inbound.save(update_fields=["raw", "why"])


def forget_old_tickets() -> int:
    """The daily sweep. Returns how many tickets were emptied."""
    now, total = timezone.now(), 0
    closed = Q(status=Status.CLOSED, status_changed_at__lt=now - KEEP_CLOSED)
    spam = Q(status=Status.SPAM, status_changed_at__lt=now - KEEP_SPAM)
    due = Ticket.objects.filter(closed | spam, emptied_at=None).order_by("pk")
    while True:
        with transaction.atomic():
            chunk = list(due.select_for_update(of=("self",), skip_locked=True)[:CHUNK])
            empty_tickets(chunk, by=SYSTEM)
        if not chunk:
            break
        total += len(chunk)
    InboundMail.objects.filter(received_at__lt=now - KEEP_RAW).exclude(raw=None).update(raw=None)
    old = InboundMail.objects.filter(received_at__lt=now - KEEP_INBOUND)
    old.exclude(outcome__in=[InboundMail.Outcome.BROKEN, InboundMail.Outcome.TOO_LARGE]).delete()
    return total
