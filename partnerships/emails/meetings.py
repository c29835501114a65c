"""Mails about proposed meetings: the time on both sides' clocks, and a calendar file once it is agreed or cancelled."""

from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import Category
from members.models import Member
from partnerships.calendar_file import calendar_of
from partnerships.clocks import clock_lines, zone_of
from partnerships.emails.readers import Reader, quote_of, tell
from partnerships.links import match_path
from partnerships.models import Meeting

ANSWER = gettext_lazy("Answer the proposal")
OPEN = gettext_lazy("See the meeting")


def meeting_proposed(meeting: Meeting, receiver: Member) -> None:
    _tell("meeting_proposed", meeting, receiver, label=ANSWER, category=Category.CONVERSATION)


def meeting_agreed(meeting: Meeting) -> None:
    """To both sides, with the file for their calendars."""
    for receiver in (meeting.match.member_a, meeting.match.member_b):
        _tell("meeting_agreed", meeting, receiver, calendar=_file(meeting, receiver))


def meeting_declined(meeting: Meeting, receiver: Member) -> None:
    _tell("meeting_declined", meeting, receiver, category=Category.CONVERSATION)


def meeting_cancelled(meeting: Meeting, receiver: Member) -> None:
    """With the file that takes the meeting out of the calendar again, if it was in it."""
    was_agreed = meeting.sequence > 1
    more = {"calendar": _file(meeting, receiver)} if was_agreed else {}
    _tell("meeting_cancelled", meeting, receiver, **more)


def _tell(
    stem: str,
    meeting: Meeting,
    receiver: Member,
    *,
    label: Any = OPEN,
    category: str = Category.TRANSACTIONAL,
    **more: Any,
) -> None:
    tell(
        stem,
        meeting.match,
        receiver,
        key=f"{stem}:{meeting.pk}",
        label=label,
        words=lambda reader: {
            "times": times_of(meeting, receiver),
            "topic": " ".join(quote_of(meeting.topic)),
            "where": " ".join(quote_of(meeting.where)),
            "was_agreed": meeting.sequence > 1,
        },
        category=category,
        **more,
    )


def times_of(meeting: Meeting, reader: Member) -> list[str]:
    """The reader's own clock first, then the other side's, then the one it was proposed in."""
    other = meeting.match.other_side(reader)
    zones = [zone_of(reader.country), zone_of(other.country), meeting.timezone]
    return clock_lines(meeting.starts_at, meeting.ends_at, zones)


def _file(meeting: Meeting, receiver: Member) -> Callable[[Reader], str]:
    return lambda reader: meeting_file(meeting, receiver, reader.language)


def meeting_file(meeting: Meeting, side: Member, language: str) -> str:
    """The calendar file for one side: the title names the other one, the address leads to the conversation."""
    with translation.override(as_ours(language)):
        other = meeting.match.other_side(side).shown_name
        summary = _("Meeting with %(member)s") % {"member": other}
        url = absolute(match_path(meeting.match, side))
        about = f"{meeting.topic}\n\n" if meeting.topic else ""
        description = about + _("Agreed in the portal of the Alliance. To change or cancel it: %(url)s") % {
            "url": url
        }
        is_cancelled = meeting.status == Meeting.Status.CANCELLED
        return calendar_of(
            meeting, summary=summary, description=description, url=url, is_cancelled=is_cancelled
        )
