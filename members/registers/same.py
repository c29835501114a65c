"""Which rows of two registers are one place: by name and distance, or by district, distance and population."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import cos, hypot, radians
from typing import Protocol

from members.registers.own import folded, known_cities
from members.registers.rows import Row

NEAR_BY_NAME_KM = 30
NEAR_BY_SIZE_KM = 12
SIZE_TOLERANCE = 0.3


class Located(Protocol):
    country: str
    official_name: str
    name_en: str
    lat: float | None
    lon: float | None
    population: int | None


def kilometres(a: Located, b: Located) -> float:
    """Flat approximation, good enough within a country; far away when one has no coordinates."""
    if None in (a.lat, a.lon, b.lat, b.lon):
        return 40_000.0
    return 111.2 * hypot(a.lat - b.lat, (a.lon - b.lon) * cos(radians(a.lat)))


def pairs(cities: Iterable[Located], rows: Iterable[Located]) -> Iterator[tuple[Located, Located]]:
    """(city, row) for every city that has its like among the rows; each row at most once."""
    cities = list(cities)
    countries = {city.country for city in cities}
    by_name: dict[tuple[str, str], list[Located]] = defaultdict(list)
    large: dict[str, list[Located]] = defaultdict(list)
    smallest = min((city.population or 0 for city in cities), default=0) * (1 - SIZE_TOLERANCE)
    names = {(city.country, folded(name)) for city in cities for name in (city.official_name, city.name_en)}
    for row in rows:
        if row.country not in countries:
            continue
        for name in {row.official_name, row.name_en}:
            if (key := (row.country, folded(name))) in names:
                by_name[key].append(row)
        if (row.population or 0) >= smallest:
            large[row.country].append(row)
    taken: set[int] = set()
    for city in cities:
        row = _by_name(city, by_name) or _by_size(city, large[city.country])
        if row is not None and id(row) not in taken:
            taken.add(id(row))
            yield city, row


def _by_name(city: Located, by_name: dict[tuple[str, str], list[Located]]) -> Located | None:
    rows = {
        id(row): row
        for name in (city.official_name, city.name_en)
        for row in by_name.get((city.country, folded(name)), [])
        if kilometres(city, row) < NEAR_BY_NAME_KM
    }
    # A town and the rural commune around it share a name: the town is the larger one.
    return max(rows.values(), key=lambda row: row.population or 0, default=None)


def _by_size(city: Located, rows: list[Located]) -> Located | None:
    fitting = [
        row
        for row in rows
        if kilometres(city, row) < NEAR_BY_SIZE_KM
        and abs((row.population or 0) - (city.population or 0)) < SIZE_TOLERANCE * (city.population or 0)
    ]
    return min(fitting, key=lambda row: kilometres(city, row), default=None)


def known_cities_among(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    return pairs(known_cities(), rows)
