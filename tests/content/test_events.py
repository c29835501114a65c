"""Events: coming ones and past ones, in the time of their place; calendars that follow a change; what is called off."""

import datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from alliance.content.actions import events, publishing
from alliance.content.models import Event
from alliance.content.refusals import PublishingRefused
from alliance.core import freshness
from alliance.core.journal import SYSTEM
from alliance.core.models import JournalEntry
from alliance.core.states import NotAllowed
from tests.factories import make_public_event

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
KYIV = ZoneInfo("Europe/Kyiv")


def address(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"content:{name}", args=args)


def get(client, url, *args, **kwargs):
    """What a visitor gets after the last write: a test commits nothing, so it tells the cache of pages itself."""
    freshness.touch()
    return client.get(url, *args, **kwargs)


def titles(response):
    return [event["title"].text for event in response.context["events"]]


def calendar(client, *args, name="event_file", **changes):
    response = get(client, address(name, *args, **changes))
    assert response.headers["Content-Type"].startswith("text/calendar")
    return icalendar.Calendar.from_ical(response.content)


def only_event(calendar):
    (event,) = calendar.walk("VEVENT")
    return event


def in_kyiv(**changes):
    starts_at = datetime.datetime(2027, 5, 12, 10, tzinfo=KYIV)
    return make_public_event(
        starts_at=starts_at,
        ends_at=starts_at + datetime.timedelta(hours=3),
        time_zone="Europe/Kyiv",
        **changes,
    )


def test_what_comes_next_stands_first_and_what_is_over_is_kept(client):
    now = timezone.now()
    later = make_public_event(title_en="Later", starts_at=now + datetime.timedelta(days=9))
    make_public_event(title_en="Sooner", starts_at=now + datetime.timedelta(days=2))
    make_public_event(title_en="Running", starts_at=now - datetime.timedelta(hours=1))
    make_public_event(title_en="Over", starts_at=now - datetime.timedelta(days=3))
    make_public_event(title_en="Draft", is_published=False)
    assert titles(get(client, address("event_list"))) == ["Running", "Sooner", "Later"]
    assert titles(get(client, address("event_list"), {"past": "1"})) == ["Over"]
    with time_machine.travel(later.ends_at + datetime.timedelta(minutes=1)):
        assert titles(get(client, address("event_list"))) == []


@pytest.mark.parametrize(
    ("language", "when", "clock"),
    [
        ("en", "12 May 2027, 10:00–13:00", "Kyiv time (UTC+3)"),
        ("pl", "12\u00a0maja 2027\u00a0r., 10:00–13:00", "czas: Kijów (UTC+3)"),
        ("uk", "12\u00a0травня 2027\u00a0р., 10:00–13:00", "час: Київ (UTC+3)"),
    ],
)
def test_times_are_those_of_the_place_and_say_so(client, language, when, clock):
    event = in_kyiv()
    page = get(client, address("event_detail", event.slug, language=language)).text
    assert when in page
    assert clock in page
    assert 'datetime="2027-05-12T10:00:00+03:00"' in page


def test_an_event_of_several_days_names_both(client):
    starts_at = datetime.datetime(2027, 5, 12, 10, tzinfo=KYIV)
    event = make_public_event(
        starts_at=starts_at, ends_at=starts_at + datetime.timedelta(days=1), time_zone="Europe/Kyiv"
    )
    assert "12 May 2027, 10:00 – 13 May 2027, 10:00" in get(client, address("event_detail", event.slug)).text


def test_the_calendar_file_has_the_zone_of_the_place(client):
    event = in_kyiv(title_pl="Konferencja", place_pl="Lwów", online_url="https://meet.example.org/x")
    read = calendar(client, event.slug, language="pl")
    row = only_event(read)
    assert row["SUMMARY"] == "Konferencja"
    assert row["LOCATION"] == "Lwów, https://meet.example.org/x"
    assert row["DTSTART"].params["TZID"] == "Europe/Kyiv"
    assert row["DTSTART"].dt.astimezone(datetime.UTC) == event.starts_at.astimezone(datetime.UTC)
    assert [zone["TZID"] for zone in read.walk("VTIMEZONE")] == ["Europe/Kyiv"]
    assert row["URL"].startswith("http")
    assert row["STATUS"] == "CONFIRMED"


def test_a_moved_event_is_the_same_event_with_a_higher_sequence(client):
    event = in_kyiv()
    before = only_event(calendar(client, event.slug))
    event.starts_at += datetime.timedelta(hours=1)
    events.save_event(event, by=SYSTEM)
    after = only_event(calendar(client, event.slug))
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTART"].dt - before["DTSTART"].dt == datetime.timedelta(hours=1)
    event.title_en = "Other words only"
    events.save_event(event, by=SYSTEM)
    assert only_event(calendar(client, event.slug))["SEQUENCE"] == 1


def test_a_cancelled_event_says_so_everywhere_and_can_come_back(client):
    event = in_kyiv(online_url="https://meet.example.org/x")
    events.cancel_event(event, by=SYSTEM)
    page = get(client, address("event_detail", event.slug)).text
    assert "This event does not take place." in page
    assert "meet.example.org" not in page
    row = only_event(calendar(client, event.slug))
    assert (row["STATUS"], row["SEQUENCE"]) == ("CANCELLED", 1)
    with pytest.raises(NotAllowed):
        events.cancel_event(Event.objects.get(), by=SYSTEM)
    events.reinstate_event(event, by=SYSTEM)
    assert only_event(calendar(client, event.slug))["STATUS"] == "CONFIRMED"
    verbs = JournalEntry.objects.about(event).values_list("verb", flat=True)
    assert {"event.cancelled", "event.reinstated"} <= set(verbs)


def test_who_saves_over_somebody_is_told(client):
    event = in_kyiv()
    seen = event.version
    event.title_en = "Mine"
    events.save_event(event, by=SYSTEM)
    with pytest.raises(PublishingRefused):
        events.save_event(event, by=SYSTEM, seen=seen)


def test_the_calendar_to_subscribe_to_has_all_public_events(client):
    shown, hidden = in_kyiv(), make_public_event(is_published=False)
    read = calendar(client, name="event_calendar")
    uids = [row["UID"] for row in read.walk("VEVENT")]
    assert len(uids) == 1
    assert shown.slug in uids[0]
    assert hidden.slug not in uids[0]


def test_the_feed_has_what_was_announced(client):
    event = in_kyiv(title_en="Roads & <b>bridges</b>", title_uk="Дороги й мости")
    make_public_event(is_published=False)
    for language, title in (("en", "Roads & <b>bridges</b>"), ("uk", "Дороги й мости")):
        page = address("event_detail", event.slug, language=language)
        response = get(client, address("event_feed", language=language))
        assert response.headers["Content-Type"].startswith("application/atom+xml")
        (entry,) = ElementTree.fromstring(response.content).iter(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}title") == title
        assert entry.find(f"{ATOM}link").get("href").endswith(page)
    publishing.withdraw(event, by=SYSTEM)
    feed = ElementTree.fromstring(get(client, address("event_feed")).content)
    assert not list(feed.iter(f"{ATOM}entry"))
    assert get(client, address("event_file", event.slug)).status_code == 404


def test_the_list_asks_the_same_for_one_and_many(client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert get(client, address("event_list")).status_code == 200
        return len(queries)

    in_kyiv()
    asked()
    one = asked()
    in_kyiv(), in_kyiv()
    assert asked() == one <= 3


def test_nonsense_is_refused():
    event = Event(
        slug="x", title_en="X", starts_at=timezone.now(), ends_at=timezone.now(), time_zone="Mars/Base"
    )
    with pytest.raises(ValidationError) as refused:
        event.full_clean()
    assert "time_zone" in refused.value.error_dict
    in_kyiv()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(ends_at=timezone.now() - datetime.timedelta(days=9999))
