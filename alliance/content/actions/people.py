"""Erasing a person, everywhere at once. The verb stands here because only the uppermost app sees all that is stored
about a person: `users.actions.anonymise_user` may not know members, and would leave them behind."""

from typing import Any

from django.db import transaction

from alliance.content.actions.ticket_erasure import forget_sender
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
    forget_sender(addresses, by=by)
    anonymise_user(user, by=by)
