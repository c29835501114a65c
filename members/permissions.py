"""Who may do what in the membership. Views and templates ask the same functions."""

from typing import Any

from alliance.core.audience import Audience
from members.models import AddressChange, Member, Representative
from members.models.people import Role
from members.refusals import StillNeeded


def role_of(user: Any, member: Member) -> str:
    """The role in which ``user`` acts for the approved ``member`` now; empty when in none."""
    if not getattr(user, "is_authenticated", False):
        return ""
    rows = Representative.objects.active().of(user).filter(member=member)
    return rows.values_list("role", flat=True).first() or ""


def audience_of(user: Any, member: Member) -> Audience:
    """Which fields of ``member`` a reader sees (`core.audience.visible`). Its own people see what partners see; who
    has become a partner is known one floor up."""
    if not getattr(user, "is_authenticated", False):
        return Audience.PUBLIC
    if getattr(user, "reads_as_desk", False):
        return Audience.COORDINATORS
    own = set(Representative.objects.active().of(user).values_list("member_id", flat=True))
    if member.pk in own:
        return Audience.PARTNER
    return Audience.MEMBERS if own else Audience.PUBLIC


def can_see_member(user: Any, member: Member) -> bool:
    """Its page in the register: everybody's once it is listed, before and after that its people's and the desk's."""
    if member.status == Member.Status.APPROVED:
        return True
    if not getattr(user, "is_authenticated", False):
        return False
    return getattr(user, "is_coordinator", False) or _acts_for(user, member)


def can_see_people(user: Any, member: Member) -> bool:
    """Every representative sees who else acts for the member."""
    return bool(role_of(user, member))


def can_invite_representative(user: Any, member: Member) -> bool:
    """Only a signatory decides who acts for the member: invites, withdraws, ends."""
    return role_of(user, member) == Role.SIGNATORY


def can_end_representation(user: Any, representative: Representative) -> bool:
    """A signatory ends any, everybody their own; the last signatory stays."""
    if representative.until is not None:
        return False
    if representative.user_id != getattr(user, "pk", None) and not can_invite_representative(
        user, representative.member
    ):
        return False
    return not is_last_signatory(representative)


def is_last_signatory(representative: Representative) -> bool:
    """Whether the member would be left without anybody who may commit it."""
    if representative.role != Role.SIGNATORY:
        return False
    others = Representative.objects.current().filter(member=representative.member_id, role=Role.SIGNATORY)
    return not others.exclude(pk=representative.pk).exists()


def why_person_must_stay(user: Any) -> list[StillNeeded]:
    """Why the membership cannot forget a person yet; empty when it can."""
    applications = Member.objects.applicants().filter(contact_email__in=user.confirmed_addresses)
    reasons = [
        StillNeeded(StillNeeded.LAST_SIGNATORY, member)
        for member in Member.objects.resting_on(user).order_by("pk")
    ]
    return reasons + [StillNeeded(StillNeeded.APPLICATION, member) for member in applications.order_by("pk")]


def can_edit_member(user: Any, member: Member) -> bool:
    """Signatories and editors keep the member's own page up to date."""
    return role_of(user, member) in (Role.SIGNATORY, Role.EDITOR)


def can_import_members(user: Any, member: Member) -> bool:
    """An approved association brings its members in."""
    return member.kind == Member.Kind.ASSOCIATION and role_of(user, member) in (Role.SIGNATORY, Role.EDITOR)


def can_decide_member(user: Any, member: Member) -> bool:
    """Coordinators decide, except about a member that they act for themselves."""
    if not getattr(user, "is_coordinator", False):
        return False
    return user.is_superuser or not _acts_for(user, member)


def can_decide_address_change(user: Any, change: AddressChange) -> bool:
    """As about the member itself: whoever acts for it does not take the second look."""
    return can_decide_member(user, change.member)


def _acts_for(user: Any, member: Member) -> bool:
    """Remembered per person object, so that a list of members costs one query and not one each."""
    if not hasattr(user, "_acts_for_members"):
        user._acts_for_members = set(
            Representative.objects.current().of(user).values_list("member_id", flat=True)
        )
    return member.pk in user._acts_for_members
