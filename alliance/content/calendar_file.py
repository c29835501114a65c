"""Public events as iCalendar objects (RFC 5545): one, or all that are coming. Times carry the zone of the event, so
that a calendar shows them as the invitation does. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event

PRODUCT = "-//Alliance of Cities and Regions//Portal//EN"


@dataclass(frozen=True)
class Entry:
    """One event in the words of one language. ``starts_at`` and ``ends_at`` are aware, in the zone of the event."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    location: str
    url: str
    changed_at: datetime
    is_cancelled: bool = False


def calendar_of(entries: Sequence[Entry], *, name: str, language: str) -> bytes:
    """A calendar with ``entries``. The UID of an event never changes, SEQUENCE rises with every change."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    # RFC 7986, and what calendar programs read instead of it.
    calendar.add("name", name, parameters={"LANGUAGE": language})
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, language))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(entry: Entry, language: str) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", entry.summary, parameters={"LANGUAGE": language})
    if entry.description:
        event.add("description", entry.description, parameters={"LANGUAGE": language})
    if entry.location:
        event.add("location", entry.location, parameters={"LANGUAGE": language})
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    return event
