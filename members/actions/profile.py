"""Verbs about a member's own page: what it says, and the address that letters go to."""

from typing import Any

from django.db import transaction

from alliance.core.journal import LINK, record
from alliance.core.states import NotAllowed, lock
from alliance.core.uploads import CleanUpload, as_content_file
from alliance.users.models import User
from members.actions.addresses import request_address_change
from members.domains import is_elsewhere
from members.emails import people as mails
from members.models import AddressChange, Member
from members.names import derive_search


@transaction.atomic
def edit_member(member: Member, *, changes: dict[str, Any], by: User) -> Member:
    """Save what a representative changed on the member's own page. Journal: `member.edited` with the fields.

    A field may be any editable one of the profile; `sectors` is a list of rows, `logo_upload` a clean picture.
    The contact address has its own verb. A web site at another domain waits for the desk.

    :raises NotAllowed: the member was put on hold or left in the meantime
    """
    stored = lock(member)
    if stored.status != Member.Status.APPROVED:
        raise NotAllowed(member, stored.status, "edited")
    if is_elsewhere(changes.get("website", ""), stored.website):
        changes = dict(changes)
        website = changes.pop("website")
        request_address_change(stored, field=AddressChange.Field.WEBSITE, new=website, by=by)
    apply_changes(stored, changes, by=by)
    return stored


def apply_changes(stored: Member, changes: dict[str, Any], *, by: Any) -> list[str]:
    """Write what differs to the locked row, derive its search columns, journal the names of the fields.

    ``by`` None means text that is still being typed: kept, but no event worth a line in the journal.
    """
    changes = dict(changes)
    sectors, logo = changes.pop("sectors", None), changes.pop("logo_upload", None)
    changed = [name for name, value in changes.items() if getattr(stored, name) != value]
    for name in changed:
        setattr(stored, name, changes[name])
    if changed:
        derived = derive_search(stored)
        stored.save(update_fields=[*changed, *derived, "updated_at"])
    if logo:
        _replace_logo(stored, logo)
        changed.append("logo")
    if sectors is not None and {s.pk for s in sectors} != set(stored.sectors.values_list("pk", flat=True)):
        stored.sectors.set(sectors)
        changed.append("sectors")
    if changed and by is not None:
        record("member.edited", stored, by=by, fields=sorted(changed))
    return changed


def _replace_logo(stored: Member, upload: CleanUpload) -> None:
    if old := stored.logo.name:
        storage = stored.logo.storage
        transaction.on_commit(lambda: storage.delete(old), robust=True)
    stored.logo = as_content_file(upload)
    stored.save(update_fields=["logo", "updated_at"])


@transaction.atomic
def edit_contact(member: Member, *, changes: dict[str, Any], email: str, by: User) -> bool:
    """Save the contact person; a new address is mailed a link and goes to the desk once its owner opens it.

    :returns: whether a link was mailed
    :raises NotAllowed: the member was put on hold or left in the meantime
    """
    stored = edit_member(member, changes=changes, by=by)
    if email.strip().lower() == stored.contact_email:
        return False
    request_contact_email(stored, email=email, by=by)
    return True


@transaction.atomic
def request_contact_email(member: Member, *, email: str, by: Any) -> None:
    """Mail a link to the new contact address; nothing changes until its owner opens it."""
    record("contact_email.requested", member, by=by)
    mails.contact_email_confirm(member, email.strip().lower())


@transaction.atomic
def confirm_contact_email(member: Member, *, email: str) -> Member:
    """The owner of the new address opened the link: now the desk takes a second look. Twice does it once.

    :raises NotAllowed: the member is neither approved nor on hold
    """
    stored, email = lock(member), email.strip().lower()
    if stored.contact_email != email:
        request_address_change(stored, field=AddressChange.Field.CONTACT_EMAIL, new=email, by=LINK)
    return stored
