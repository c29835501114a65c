"""Erasing a person, everywhere at once. The verb stands here because only the uppermost app sees all that is stored
about a person: `users.actions.anonymise_user` may not know members, and would leave them behind."""

from typing import Any

from django.db import transaction

from alliance.content.models import Ticket, TicketMessage
from alliance.core.erasure import NOTHING, address_of_nobody, forget_mails
from alliance.core.journal import record
from alliance.core.states import move
from alliance.users.actions import anonymise_user
from alliance.users.models import User
from members.actions import erasure as members
from partnerships.actions import erasure as partnerships


@transaction.atomic
def erase_person(user: User, *, by: Any) -> None:
    """Forget a person in every app, then empty their row. Nothing is half erased: it is one transaction.

    Journal: `user.anonymised`, `ticket.erased`, and what `members.actions.erasure` writes.

    :raises NotAllowed: anonymised already
    :raises Refused: `StillNeeded` for a member or an application, `CannotErase` who works at the desk
    """
    addresses = user.confirmed_addresses
    members.forget_person(user, by=by)
    partnerships.forget_person(user)
    _forget_tickets(addresses, by=by)
    anonymise_user(user, by=by)


def _forget_tickets(addresses: set[str], *, by: Any) -> None:
    """That somebody wrote, when and about which topic stays; an open ticket has nobody to be answered."""
    tickets = list(Ticket.objects.filter(email__in=addresses).order_by("pk").select_for_update())
    for ticket in tickets:
        if ticket.status == Ticket.Status.OPEN:
            move(ticket, Ticket.Status.CLOSED, by=by, verb="ticket.closed")
        ticket.name, ticket.organisation, ticket.email = NOTHING, "", address_of_nobody(ticket)
        ticket.save(update_fields=["name", "organisation", "email", "updated_at"])
        record("ticket.erased", ticket, by=by)
    TicketMessage.objects.filter(ticket__in=tickets).update(subject=NOTHING, text=NOTHING)
    forget_mails([], keys=[f"ticket.opened:{ticket.number}" for ticket in tickets])
