"""Verbs about a new contact address or web site of a member: entered, then accepted or refused by the desk."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from alliance.core.erasure import address_of_nobody, forget_mails
from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock, move
from members.emails import addresses as mails
from members.models import AddressChange, Member

Status = AddressChange.Status


@transaction.atomic
def request_address_change(member: Member, *, field: str, new: str, by: Any) -> AddressChange:
    """Keep a new address until the desk has looked at it; one that waits already is replaced.

    `address_change.requested`; mails the present address and the desk. The same once more is the same row.

    :raises NotAllowed: the member is neither approved nor on hold
    """
    stored = lock(member)
    if stored.status not in Member.HOLDING:
        raise NotAllowed(member, stored.status, "edited")
    waiting = stored.address_changes.pending().filter(field=field).first()
    if waiting and waiting.new == new:
        return waiting
    if waiting:
        move(waiting, Status.WITHDRAWN, by=by, verb="address_change.replaced")
    change = AddressChange.objects.create(member=stored, field=field, old=getattr(stored, field), new=new)
    record("address_change.requested", change, by=by)
    mails.address_change_requested(change)
    mails.address_change_arrived(change)
    return change


@transaction.atomic
def accept_address_change(change: AddressChange, *, by: Any) -> None:
    """The new address counts from now on; links mailed to the old one end. `address_change.accepted`.

    :raises NotAllowed: it waits no more, or its member left
    """
    stored = _locked_member(change, Status.ACCEPTED)
    before = stored.contact_email
    move(change, Status.ACCEPTED, by=by, verb="address_change.accepted")
    setattr(stored, change.field, change.new)
    _save(stored, change)
    record("member.edited", stored, by=by, fields=[change.field])
    mails.address_change_accepted(change, before=before)


@transaction.atomic
def refuse_address_change(change: AddressChange, *, reason: str, by: Any) -> None:
    """Everything stays as it is, and the links mailed to the new address end. `address_change.refused`.

    :raises NotAllowed: it waits no more, or its member left
    """
    stored = _locked_member(change, Status.REFUSED)
    move(change, Status.REFUSED, by=by, verb="address_change.refused", reason=reason, desk_message=reason)
    _save(stored, change)
    mails.address_change_refused(change, reason=reason)


@transaction.atomic
def forget_addresses(addresses: set[str], *, by: Any) -> None:
    """A person is erased: what waits for their address waits no more, and the address stands nowhere any more.
    `address_change.withdrawn`.
    """
    theirs = AddressChange.objects.filter(Q(old__in=addresses) | Q(new__in=addresses))
    changes = list(theirs.order_by("pk").select_for_update())
    for change in changes:
        is_new = change.new in addresses
        if is_new and change.status == Status.PENDING:
            move(change, Status.WITHDRAWN, by=by, verb="address_change.withdrawn")
        change.old = "" if change.old in addresses else change.old
        change.new = address_of_nobody(change) if is_new else change.new
        change.save(update_fields=["old", "new", "updated_at"])
    forget_mails([], keys=[mails.key_of(name, change) for name in mails.NAMES for change in changes])


def _locked_member(change: AddressChange, to: str) -> Member:
    """The member first, as in every verb about it: two verbs never wait for each other."""
    stored = lock(change.member)
    if stored.status not in Member.HOLDING:
        raise NotAllowed(change, change.status, to)
    change.member = stored
    return stored


def _save(stored: Member, change: AddressChange) -> None:
    if change.is_email:
        stored.link_version += 1
    stored.save(update_fields=[change.field, "link_version", "updated_at"])
