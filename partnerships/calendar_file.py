"""A meeting as an iCalendar object (RFC 5545, 5546): the same event for both sides, updated by its number. Pure.

METHOD is PUBLISH, not REQUEST: whether a meeting takes place is agreed in the portal, and an answer that a calendar
program mails to its organizer would reach nobody.
"""

from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT = "-//Alliance of Cities and Regions//Portal//EN"


def calendar_of(meeting: Any, *, summary: str, description: str, url: str, is_cancelled: bool = False) -> str:
    """The file of an agreed or cancelled meeting, in the words of one reader. Times are in UTC, so that every
    calendar shows them by its own clock; the UID never changes, SEQUENCE rises with every change."""
    event = Event()
    event.add("uid", f"{meeting.slug}@{settings.MAIL_DOMAIN}")
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", datetime.now(UTC).replace(microsecond=0))
    event.add("created", meeting.created_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", meeting.status_changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", meeting.starts_at.astimezone(UTC))
    event.add("dtend", meeting.ends_at.astimezone(UTC))
    event.add("summary", summary)
    event.add("description", description)
    if meeting.where:
        event.add("location", meeting.where)
    event.add("url", url)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("organizer", _organizer())
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _organizer() -> vCalAddress:
    """The portal: the two sides are named in the title."""
    organizer = vCalAddress(f"mailto:{parseaddr(settings.MAIL_FROM)[1]}")
    organizer.params["CN"] = vText(str(settings.SITE_SHORT_NAME))
    return organizer
