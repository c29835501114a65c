"""What coordinators decide about members. Each verb is one move, one journal row, one letter to the applicant in
their language, and one notice to every other coordinator.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from alliance.core.journal import as_actor
from alliance.core.states import NotAllowed, lock, move
from alliance.users.models import User
from members.actions import people
from members.actions.profile import apply_changes
from members.emails import desk as mails
from members.models import Member
from members.refusals import PlaceTaken

Status = Member.Status
ONE_PER_PLACE = "member_one_per_place_and_kind"


@transaction.atomic
def approve_member(member: Member, *, by: Any) -> None:
    """A pending application becomes a member; its contact person becomes its signatory. `member.approved`.

    :raises NotAllowed: the application is not pending any more
    :raises PlaceTaken: another approved member holds the place
    """
    _expect(member, Status.PENDING, Status.APPROVED)
    holder = Member.objects.rivals_of(member).holding_their_place().first()
    if holder:
        raise PlaceTaken(holder)
    try:
        with transaction.atomic():
            move(
                member,
                Status.APPROVED,
                by=by,
                verb="member.approved",
                approved_at=timezone.now(),
                desk_message="",
            )
    except IntegrityError as error:  # the rival was approved at the same instant
        if ONE_PER_PLACE not in str(error):
            raise
        raise PlaceTaken(None) from error
    people.ensure_representative(member, by=by)
    _tell("member_approved", member, by=by)


@transaction.atomic
def return_member(member: Member, *, question: str, by: Any) -> None:
    """Back to the applicant with a question; they correct it and send it again. `member.returned`.

    :raises NotAllowed: the application is not pending any more
    """
    move(member, Status.RETURNED, by=by, verb="member.returned", reason=question, desk_message=question)
    _tell("member_returned", member, by=by, reason=question)


@transaction.atomic
def refuse_member(member: Member, *, reason: str, by: Any) -> None:
    """The application ends here. `member.refused`.

    :raises NotAllowed: the application is neither pending nor returned
    """
    move(member, Status.REFUSED, by=by, verb="member.refused", reason=reason, desk_message=reason)
    _tell("member_refused", member, by=by, reason=reason)


@transaction.atomic
def hold_member(member: Member, *, reason: str, by: Any) -> None:
    """An approved member is not shown for a while and keeps its place. `member.held`.

    :raises NotAllowed: the member is not approved
    """
    move(member, Status.ON_HOLD, by=by, verb="member.held", reason=reason, desk_message=reason)
    _tell("member_held", member, by=by, reason=reason)


@transaction.atomic
def reactivate_member(member: Member, *, by: Any) -> None:
    """A member on hold is shown again. `member.reactivated`.

    :raises NotAllowed: the member is not on hold
    """
    _expect(member, Status.ON_HOLD, Status.APPROVED)
    move(member, Status.APPROVED, by=by, verb="member.reactivated", desk_message="")
    _tell("member_reactivated", member, by=by)


@transaction.atomic
def mark_member_left(member: Member, *, reason: str = "", by: Any) -> None:
    """The member has left the Alliance; its place is free for a new application. `member.left`.

    :raises NotAllowed: the member is neither approved nor on hold
    """
    move(
        member,
        Status.LEFT,
        by=by,
        verb="member.left",
        reason=reason,
        left_at=timezone.now(),
        desk_message=reason,
    )
    _tell("member_left", member, by=by, reason=reason)


@transaction.atomic
def update_member(member: Member, *, changes: dict[str, Any], by: Any) -> list[str]:
    """Correct what an applicant or member entered, in any state; derived columns follow. `member.edited`.

    :returns: the names of the fields that changed
    """
    return apply_changes(lock(member), changes, by=by)


def _expect(member: Member, status: str, to: str) -> None:
    """Two verbs lead to “approved”; each of them starts from one status only. Keeps the row locked."""
    stored = lock(member)
    if stored.status != status:
        raise NotAllowed(member, stored.status, to)


def _tell(name: str, member: Member, *, by: Any, reason: str = "") -> None:
    decided_by = as_actor(by).user
    mails.decision(name, member, reason=reason)
    for colleague in User.objects.coordinators().exclude(pk=getattr(decided_by, "pk", None)):
        mails.desk_told(name, member, colleague, decided_by=decided_by, reason=reason)
