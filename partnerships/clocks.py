"""Time zones of a meeting: which ones people choose from, and one moment as each side's clock shows it. Pure."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location
from django.utils.formats import date_format

from alliance.core.collation import sort_key
from alliance.core.countries import COUNTRIES, clock_of, country_name
from alliance.core.languages import reader_language

# Parts of member states with a clock of their own.
ISLANDS = {"Atlantic/Azores": "PT", "Atlantic/Madeira": "PT", "Atlantic/Canary": "ES"}
# Babel knows the city by its old spelling only.
IN_CLDR = {"Europe/Kyiv": "Europe/Kiev"}


def zone_of(country: str) -> str:
    """The clock of a country: its capital's."""
    return clock_of(country).key


def zones() -> dict[str, str]:
    """Every zone that people may choose, with one country that lives by it. No zone stands for an occupier."""
    found = {zone_of(country): country for country in reversed(COUNTRIES)}
    return found | ISLANDS


def zone_name(zone: str, language: str | None = None) -> str:
    """“Kyiv”, “Варшава”: the city whose clock it is."""
    locale = Locale.parse(language or reader_language())
    named = locale.time_zones.get(IN_CLDR.get(zone, zone), {}).get("city")
    return named or get_timezone_location(zone, locale=locale, return_city=True)


def zone_choices(*first: str) -> list[tuple[str, str]]:
    """“Warsaw (Poland)” …: ``first`` (the two sides) on top, the others in the reader's alphabet."""
    known = zones()
    language = reader_language()
    named = {zone: f"{zone_name(zone)} ({country_name(country)})" for zone, country in known.items()}
    rest = sorted((zone for zone in named if zone not in first), key=lambda z: sort_key(named[z], language))
    return [(zone, named[zone]) for zone in [*dict.fromkeys(first), *rest] if zone in named]


def moment_in(day: date, clock: time, zone: str) -> datetime | None:
    """A wall clock's time as a moment; None for an hour that the change to summer time leaves out. An hour that
    comes twice in autumn is the first of the two."""
    local = datetime.combine(day, clock, ZoneInfo(zone))
    moment = local.astimezone(UTC)
    is_real = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local.replace(tzinfo=None)
    return moment if is_real else None


def clock_lines(starts_at: datetime, ends_at: datetime, shown_zones: Iterable[str]) -> list[str]:
    """“12 May 2027, 10:00–11:00 (Kyiv)”, one line for each clock; clocks that agree share a line."""
    cities: dict[str, list[str]] = {}
    for zone in dict.fromkeys(shown_zones):
        cities.setdefault(_span(starts_at, ends_at, ZoneInfo(zone)), []).append(zone_name(zone))
    return [f"{span} ({', '.join(names)})" for span, names in cities.items()]


def _span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    day = f"{date_format(start, 'l')}, {date_format(start, 'DATE_FORMAT')}"
    return f"{day}, {date_format(start, 'H:i')}–{date_format(end, 'H:i')}"
