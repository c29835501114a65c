"""Time zones of meetings: which there are, what they are called, and what both sides' clocks show."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alliance.core.countries import COUNTRIES
from partnerships.clocks import clock_lines, moment_in, zone_choices, zone_name, zone_of, zones


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("UA", "Europe/Kyiv"), ("PL", "Europe/Warsaw"), ("PT", "Europe/Lisbon"), ("CY", "Asia/Nicosia"),
        ("XK", "Europe/Belgrade"), ("GE", "Asia/Tbilisi"), ("US", "America/New_York"), ("", "Europe/Brussels"),
    ],
)  # fmt: skip
def test_every_country_lives_by_the_clock_of_its_capital(country, zone):
    assert zone_of(country) == zone


def test_zones_are_those_of_members_and_no_occupiers_clock():
    known = zones()
    assert {zone_of(country) for country in COUNTRIES} <= set(known)
    assert {"Atlantic/Azores", "Atlantic/Madeira", "Atlantic/Canary"} <= set(known)
    assert not {"Europe/Simferopol", "Europe/Moscow", "Europe/Minsk"} & set(known)
    assert len(known) < 70
    for zone in known:
        ZoneInfo(zone)


@pytest.mark.parametrize(
    ("language", "kyiv", "warsaw"),
    [
        ("en", "Kyiv (Ukraine)", "Warsaw (Poland)"),
        ("pl", "Kijów (Ukraina)", "Warszawa (Polska)"),
        ("uk", "Київ (Україна)", "Варшава (Польща)"),
    ],
)
def test_choices_name_the_city_in_the_readers_language_both_sides_first(language, kyiv, warsaw):
    with translation.override(language):
        choices = zone_choices("Europe/Warsaw", "Europe/Kyiv", "Europe/Warsaw")
    assert choices[:2] == [("Europe/Warsaw", warsaw), ("Europe/Kyiv", kyiv)]
    assert len({zone for zone, _label in choices}) == len(choices) == len(zones())
    assert not [label for _zone, label in choices if "/" in label or "_" in label]


def test_the_rest_stands_in_the_readers_alphabet():
    with translation.override("pl"):
        labels = [label for _zone, label in zone_choices("Europe/Kyiv")]
    assert labels.index("Lizbona (Portugalia)") < labels.index("Londyn (Wielka Brytania)")


@pytest.mark.parametrize(
    ("day", "clock", "zone", "utc"),
    [
        (date(2027, 5, 12), time(10, 0), "Europe/Kyiv", "2027-05-12T07:00+00:00"),
        (date(2027, 1, 12), time(10, 0), "Europe/Kyiv", "2027-01-12T08:00+00:00"),
        (date(2027, 3, 28), time(2, 30), "Europe/Warsaw", None),  # the hour that is left out
        (date(2027, 3, 28), time(3, 30), "Europe/Kyiv", None),
        (date(2026, 10, 25), time(2, 30), "Europe/Warsaw", "2026-10-25T00:30+00:00"),  # the first of the two
    ],
)
def test_a_wall_clocks_time_is_a_moment(day, clock, zone, utc):
    moment = moment_in(day, clock, zone)
    assert moment == (datetime.fromisoformat(utc) if utc else None)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - a wall clock
    st.sampled_from(sorted(zones())),
)
def test_a_moment_shows_the_same_wall_clock_again(wall, zone):
    moment = moment_in(wall.date(), wall.time(), zone)
    if moment is None:
        after = (
            datetime.combine(wall.date(), wall.time(), ZoneInfo(zone))
            .astimezone(UTC)
            .astimezone(ZoneInfo(zone))
        )
        assert after.replace(tzinfo=None) != wall
    else:
        assert moment.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall


AT = datetime(2027, 5, 12, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zones_shown", "lines"),
    [
        (
            ["Europe/Kyiv", "Europe/Warsaw"],
            ["Wednesday, 12 May 2027, 10:00–11:00 (Kyiv)", "Wednesday, 12 May 2027, 09:00–10:00 (Warsaw)"],
        ),
        (["Europe/Warsaw", "Europe/Berlin"], ["Wednesday, 12 May 2027, 09:00–10:00 (Warsaw, Berlin)"]),
        (["Europe/Kyiv", "Europe/Kyiv"], ["Wednesday, 12 May 2027, 10:00–11:00 (Kyiv)"]),
    ],
)
def test_lines_show_each_clock_once(zones_shown, lines):
    with translation.override("en"):
        assert clock_lines(AT, AT + timedelta(hours=1), zones_shown) == lines


def test_another_day_on_the_other_clock_is_seen():
    late = datetime(2027, 5, 12, 21, 30, tzinfo=UTC)
    with translation.override("uk"):
        ours, theirs = clock_lines(late, late + timedelta(hours=1), ["Europe/Kyiv", "Europe/Lisbon"])
    assert "13\u00a0травня 2027\u00a0р., 00:30–01:30 (Київ)" in ours
    assert "12\u00a0травня 2027\u00a0р., 22:30–23:30 (Лісабон)" in theirs


def test_a_zone_is_named_by_its_city():
    assert zone_name("Europe/Kyiv", "uk") == "Київ"
    assert zone_name("Europe/Kyiv", "pl") == "Kijów"
