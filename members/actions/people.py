"""Verbs about the people who act for a member, and about the member's own page."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.languages import as_ours
from alliance.core.states import NotAllowed, lock
from alliance.users.models import User
from members.emails import people as mails
from members.models import Invitation, Member, Representative
from members.models.people import Role
from members.permissions import is_last_signatory

INVITATION_DAYS = 14


class LastSignatory(Exception):
    """The member would be left without anybody who may commit it."""


class AlreadyThere(Exception):
    """The person acts for the member already, or an open invitation waits for them."""


@transaction.atomic
def ensure_representative(member: Member, *, by: Any) -> Representative:
    """The contact person of an approved application acts for the member as its signatory.

    Precondition: `contact_email` was confirmed by its owner. Creates the person where there is none; an
    existing one keeps name and language. Idempotent. Journal: `representative.added` when new.
    """
    user = ensure_person(member.contact_email, name=member.contact_name, language=member.contact_language)
    return _represent(member, user, Role.SIGNATORY, by=by)


def ensure_person(email: str, *, name: str = "", language: str = "en") -> User:
    """The person with this address, who has just shown that they read its mail.

    An account that somebody registered earlier without ever confirming the address loses its password: whoever
    set it never proved to own the address.
    """
    email = email.strip().lower()
    user = User.objects.filter(emailaddress__email=email, emailaddress__verified=True, is_active=True).first()
    if user is None:
        user, is_new = User.objects.get_or_create(
            email=email, defaults={"name": name, "language": as_ours(language)}
        )
        address, _is_new = user.emailaddress_set.get_or_create(email=email, defaults={"primary": True})
        if is_new or not address.verified:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            address.verified = True
            address.save(update_fields=["verified"])
    return user


def _represent(member: Member, user: User, role: str, *, by: Any) -> Representative:
    """One current row per person and member; an offered role above the present one replaces it."""
    representative, is_new = Representative.objects.get_or_create(
        member=member, user=user, until=None, defaults={"role": role}
    )
    if is_new:
        record("representative.added", representative, by=by, member=member.slug, role=role)
    elif Role.values.index(role) > Role.values.index(representative.role):
        was, representative.role = representative.role, role
        representative.save(update_fields=["role"])
        record("representative.promoted", representative, by=by, member=member.slug, was=was, now=role)
    return representative


@transaction.atomic
def invite_representative(
    member: Member, *, email: str, role: str, language: str, by: User, is_told: bool = True
) -> Invitation:
    """Invite a person by e-mail. An expired invitation of the same address makes room for the new one.

    ``is_told``: False where the caller writes the letter, which says more than this one.

    :raises AlreadyThere: the address acts for the member already, or an invitation is open
    """
    lock(member)
    email = email.strip().lower()
    acting = Representative.objects.current().filter(member=member)
    if acting.filter(user__email=email).exists():
        raise AlreadyThere
    stale = Invitation.objects.filter(
        member=member, email=email, accepted_at__isnull=True, withdrawn_at__isnull=True
    )
    if stale.open().exists():
        raise AlreadyThere
    stale.update(withdrawn_at=timezone.now())
    invitation = Invitation.objects.create(
        member=member,
        email=email,
        role=role,
        language=language,
        invited_by=by,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    record("representative.invited", invitation, by=by, member=member.slug, role=role)
    if is_told:
        mails.representative_invited(invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """Make an open invitation invalid. One that ended already stays as it is.

    :raises NotAllowed: the invitation was accepted in the meantime
    """
    stored = lock(invitation)
    if stored.accepted_at:
        raise NotAllowed(invitation, "accepted", "withdrawn")
    if stored.withdrawn_at is None:
        stored.withdrawn_at = timezone.now()
        stored.save(update_fields=["withdrawn_at"])
        record("invitation.withdrawn", stored, by=by, member=stored.member.slug)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, name: str = "") -> Representative:
    """The person behind the link starts to act for the member; the account is made where there is none.

    Accepting twice gives the same representation. Journal: `invitation.accepted`, `representative.added`.

    :raises NotAllowed: withdrawn, expired, or the member is no longer approved
    """
    stored = lock(invitation)
    user = None
    if stored.accepted_at is None:
        if not stored.is_open or stored.member.status != Member.Status.APPROVED:
            raise NotAllowed(invitation, "ended", "accepted")
        stored.accepted_at = timezone.now()
        stored.save(update_fields=["accepted_at"])
        user = ensure_person(stored.email, name=name, language=stored.language)
        record("invitation.accepted", stored, by=user, member=stored.member.slug)
        return _represent(stored.member, user, stored.role, by=user)
    user = ensure_person(stored.email)
    current = Representative.objects.current().filter(member=stored.member, user=user).first()
    if current is None:
        raise NotAllowed(invitation, "accepted", "accepted")
    return current


@transaction.atomic
def end_representation(representative: Representative, *, by: User) -> None:
    """The person no longer acts for the member; they are told. Journal: `representative.ended`.

    Locks the member, so that two signatories cannot remove each other at once.

    :raises LastSignatory: nobody else may commit the member
    """
    lock(representative.member)
    stored = lock(representative)
    if stored.until is not None:
        return
    if is_last_signatory(stored):
        raise LastSignatory
    stored.until = timezone.now()
    stored.save(update_fields=["until"])
    record("representative.ended", stored, by=by, member=stored.member.slug)
    mails.representation_ended(stored)
