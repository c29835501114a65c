"""Verbs about meetings of an accepted match. The match is locked first, then the meeting: the order of every verb."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock, move
from members.models import Member
from partnerships.emails import meetings as mails
from partnerships.models import Match, Meeting

Status = Meeting.Status


@transaction.atomic
def propose_meeting(
    match: Match,
    *,
    member: Member,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    topic: str = "",
    where: str = "",
    key: str = "",
    by: Any,
) -> Meeting:
    """One side of an accepted match proposes a time; the same ``key`` again returns what was proposed.

    Journal: `meeting.proposed`. Mails: `meeting_proposed` to the other side. Raises `NotAllowed` when the match is
    not accepted or the time has passed.
    """
    stored = lock(match)
    if key and (there := stored.meetings.filter(proposed_by=member, key=key).first()):
        return there
    is_open = stored.status == Match.Status.ACCEPTED and stored.is_side(member)
    if not is_open or starts_at <= timezone.now():
        raise NotAllowed(match, stored.status, "meeting")
    meeting = Meeting.objects.create(
        match=stored,
        proposed_by=member,
        starts_at=starts_at,
        ends_at=ends_at,
        timezone=zone,
        topic=topic,
        where=where,
        key=key,
    )
    stored.save(update_fields=["updated_at"])
    record("meeting.proposed", meeting, by=by, match=stored.slug)
    mails.meeting_proposed(meeting, stored.other_side(member))
    return meeting


@transaction.atomic
def agree_meeting(meeting: Meeting, *, member: Member, by: Any) -> None:
    """The other side comes. Journal: `meeting.agreed`. Mails: `meeting_agreed` with a calendar file to both sides.
    Raises `NotAllowed`."""
    stored = _answered_by(meeting, member, Status.AGREED)
    move(meeting, Status.AGREED, by=by, verb="meeting.agreed", sequence=stored.sequence + 1)
    mails.meeting_agreed(_as_stored(meeting))


@transaction.atomic
def decline_meeting(meeting: Meeting, *, member: Member, by: Any) -> None:
    """The time does not suit the other side. Journal: `meeting.declined`. Mails: `meeting_declined` to the side that
    proposed it. Raises `NotAllowed`."""
    stored = _answered_by(meeting, member, Status.DECLINED)
    move(meeting, Status.DECLINED, by=by, verb="meeting.declined", sequence=stored.sequence + 1)
    mails.meeting_declined(_as_stored(meeting), stored.proposed_by)


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, member: Member, by: Any) -> None:
    """Either side calls an agreed meeting off; a proposed one only the side that proposed it.

    Journal: `meeting.cancelled`. Mails: `meeting_cancelled` to the other side, with a calendar file for both when
    it stood in their calendars. Raises `NotAllowed`.
    """
    match, stored = _locked(meeting)
    is_theirs = stored.status == Status.PROPOSED and stored.proposed_by_id != member.pk
    if not match.is_side(member) or is_theirs or not stored.is_ahead:
        raise NotAllowed(meeting, stored.status, Status.CANCELLED)
    _cancel(meeting, stored, by=by)
    told = (
        [match.other_side(member)] if stored.status == Status.PROPOSED else [match.member_a, match.member_b]
    )
    for side in told:
        mails.meeting_cancelled(_as_stored(meeting), side)


def cancel_meetings_of(match: Match, *, by: Any) -> None:
    """A match has been closed: what was ahead does not take place. Both sides get the file that takes an agreed
    meeting out of their calendars. Precondition: the match is locked. Journal: `meeting.cancelled` each."""
    for stored in match.meetings.upcoming().order_by("id"):
        was_agreed = stored.status == Status.AGREED
        _cancel(stored, stored, by=by)
        if was_agreed:
            for side in (match.member_a, match.member_b):
                mails.meeting_cancelled(_as_stored(stored), side)


def _cancel(meeting: Meeting, stored: Meeting, *, by: Any) -> None:
    move(meeting, Status.CANCELLED, by=by, verb="meeting.cancelled", sequence=stored.sequence + 1)


def _answered_by(meeting: Meeting, member: Member, to: str) -> Meeting:
    """The locked row, when ``member`` is the side that may answer it now."""
    match, stored = _locked(meeting)
    is_asked = match.is_side(member) and stored.proposed_by_id != member.pk
    if match.status != Match.Status.ACCEPTED or not is_asked or not stored.is_ahead:
        raise NotAllowed(meeting, stored.status, to)
    return stored


def _locked(meeting: Meeting) -> tuple[Match, Meeting]:
    return lock(meeting.match), lock(meeting)


def _as_stored(meeting: Meeting) -> Meeting:
    rows = Meeting.objects.select_related("match__member_a", "match__member_b", "match__listing")
    return rows.get(pk=meeting.pk)
