"""What the membership forgets of a person: whom they act for, invitations, contacts, drafts. The rest of a member's row
belongs to the member."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from alliance.core.erasure import address_of_nobody, forget_fields, forget_history, without_field_history
from alliance.core.journal import record
from alliance.users.models import User
from members.actions import drafts
from members.actions.addresses import forget_addresses
from members.emails import people as mails
from members.models import Invitation, Member, Representative
from members.permissions import why_person_must_stay

CONTACT = ["contact_name", "contact_role", "contact_email", "contact_phone"]
SIGNATORY = ["signatory_name", "signatory_role"]


@transaction.atomic
def forget_person(user: User, *, by: Any) -> None:
    """End every representation, hand the letters of members over to another signatory, and empty what is left.

    Journal: `representative.ended`, `contact.handed_over`, `contact.erased`, `application.deleted`. Mails the signatory
    who gets the letters from now on: `contact_handed_over`.

    :raises StillNeeded: the last signatory of a member, or an application waits for its decision
    """
    addresses = user.confirmed_addresses
    concerned = Member.objects.filter(Q(contact_email__in=addresses) | Q(representatives__user=user))
    # In one order, as everybody locks: of two signatories who leave at once one stays.
    list(Member.objects.filter(pk__in=concerned.values("pk")).order_by("pk").select_for_update())
    if reasons := why_person_must_stay(user):
        raise reasons[0]
    _end_all(user, by=by)
    _forget_contacts(user, addresses, by=by)
    forget_addresses(addresses, by=by)
    _forget_invitations(addresses)


def _end_all(user: User, *, by: Any) -> None:
    rows = Representative.objects.of(user)
    for representative in rows.current().select_related("member"):
        representative.until = timezone.now()
        representative.save(update_fields=["until"])
        record("representative.ended", representative, by=by, member=representative.member.slug)
    forget_history(rows)


def _forget_contacts(user: User, addresses: set[str], *, by: Any) -> None:
    theirs = Member.objects.filter(contact_email__in=addresses)
    for draft in theirs.filter(status=Member.Status.DRAFT):
        drafts.forget(draft, by=by)
    kept = list(theirs.values_list("pk", flat=True))
    with without_field_history():
        for member in theirs.order_by("pk"):
            names = {member.contact_name.casefold(), user.name.casefold()} - {""}
            changes = dict.fromkeys(CONTACT, "")
            if member.signatory_name.casefold() in names:
                changes |= dict.fromkeys(SIGNATORY, "")
            if member.status in Member.HOLDING:
                _hand_over(member, changes, by=by)
            else:
                _write(member, changes)
                record("contact.erased", member, by=by)
    forget_fields(Member.objects.filter(pk__in=kept), [*CONTACT, *SIGNATORY], words=addresses)


def _hand_over(member: Member, changes: dict[str, Any], *, by: Any) -> None:
    """Letters to a member must reach somebody: the signatory who has been there longest."""
    successor = signatories(member).select_related("user").first().user
    changes |= {"contact_name": successor.get_short_name(), "contact_email": successor.email}
    _write(member, changes | {"contact_language": successor.language})
    record("contact.handed_over", member, by=by)
    mails.contact_handed_over(member, successor)


def signatories(member: Member) -> QuerySet:
    """Who may commit the member now, the oldest first."""
    return Representative.objects.committing().filter(member=member).order_by("since", "id")


def _write(member: Member, changes: dict[str, Any]) -> None:
    """The links that were mailed to the person end here."""
    for name, value in changes.items():
        setattr(member, name, value)
    member.link_version += 1
    member.save(update_fields=[*changes, "link_version", "updated_at"])


def _forget_invitations(addresses: set[str]) -> None:
    theirs = Invitation.objects.filter(email__in=addresses)
    theirs.filter(accepted_at=None, withdrawn_at=None).update(withdrawn_at=timezone.now())
    for invitation in theirs:
        invitation.email = address_of_nobody(invitation)
        invitation.save(update_fields=["email"])
