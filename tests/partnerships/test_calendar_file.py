"""The calendar file: what RFC 5545 and 5546 ask of it, read back by a parser, whatever the words are."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from partnerships.calendar_file import calendar_of

AT = datetime(2027, 5, 12, 7, 0, tzinfo=UTC)


def meeting(**changes):
    fields = {
        "slug": "abc123defg",
        "sequence": 1,
        "created_at": AT - timedelta(days=9, microseconds=7),
        "status_changed_at": AT - timedelta(days=2),
        "starts_at": AT,
        "ends_at": AT + timedelta(hours=1),
        "where": "https://video.example.org/room",
    }
    return SimpleNamespace(**(fields | changes))


def file(row=None, **changes):
    words = {"summary": "Meeting with Sumy", "description": "Agreed.", "url": "http://portal.example.org/x"}
    return calendar_of(row or meeting(), **(words | changes))


def event_of(text):
    calendar = Calendar.from_ical(text)
    (event,) = calendar.events
    assert not calendar.errors
    assert not event.errors
    return calendar, event


def assert_is_well_formed(text):
    """Lines end with CRLF and hold at most 75 bytes; one calendar with one event and what PUBLISH and CANCEL need."""
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    calendar, event = event_of(text)
    assert set(calendar) == {"PRODID", "VERSION", "METHOD"}
    needed = {"UID", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "SUMMARY", "SEQUENCE", "STATUS"}
    assert needed <= set(event)
    assert "ATTENDEE" not in event


def test_an_agreed_meeting():
    text = file()
    assert_is_well_formed(text)
    calendar, event = event_of(text)
    assert (str(calendar["METHOD"]), str(event["STATUS"]), int(event["SEQUENCE"])) == (
        "PUBLISH",
        "CONFIRMED",
        1,
    )
    assert str(event["UID"]) == "abc123defg@alliance.example"
    assert "DTSTART:20270512T070000Z" in text
    assert "DTEND:20270512T080000Z" in text
    assert str(event["ORGANIZER"]) == "mailto:portal@alliance.example"
    assert str(event["LOCATION"]) == "https://video.example.org/room"


def test_a_cancelled_one_is_the_same_event_with_a_higher_number():
    _calendar, first = event_of(file())
    text = file(meeting(sequence=2), is_cancelled=True)
    assert_is_well_formed(text)
    calendar, second = event_of(text)
    assert (str(calendar["METHOD"]), str(second["STATUS"])) == ("CANCEL", "CANCELLED")
    assert first["UID"] == second["UID"]
    assert int(second["SEQUENCE"]) > int(first["SEQUENCE"])
    assert first["DTSTART"].dt == second["DTSTART"].dt


@pytest.mark.parametrize(
    "words",
    [
        "a,b;c\\d",
        "Зустріч 👩‍👩‍👧 із Сумами",
        "line\nBEGIN:VEVENT\nUID:x",
        "‏שלום",
        "x" * 2000,
        "END:VCALENDAR\r\n",
    ],
)
def test_words_stay_words(words):
    text = file(meeting(where=words), summary=words, description=words)
    assert_is_well_formed(text)
    _calendar, event = event_of(text)
    for name in ("SUMMARY", "DESCRIPTION", "LOCATION"):
        assert str(event[name]) == words.replace("\r\n", "\n")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_any_words_stay_words(words):
    text = file(summary=words)
    assert_is_well_formed(text)
    assert str(event_of(text)[1]["SUMMARY"]) == words
