"""LAU, the local administrative units of Eurostat: municipalities of the EU and its neighbours.

Reads a CSV file (also gzipped) with the columns gisco_id, country, nuts3_2024 (or nuts3), name, and where known
name_latin, population_2020 (or population), lat, lon.
"""

import csv
import gzip
import re
from pathlib import Path

from alliance.core.spelling import clean_name
from members.registers import same
from members.registers.own import is_latin
from members.registers.rows import MUNICIPALITY, Reading, Row, UnknownFile, coordinates, whole

REGISTER = "lau"
EDITION = "2020"
COUNTRY = re.compile(r"[A-Z]{2}")
# Words that say what kind of unit it is; the name on a page goes without them, the official name keeps them.
AFTER = re.compile(
    r",\s*(?:\w*[Ss]tadt|GKSt|Landeshauptstadt|M|St)\b.*$"
    r"| (?:linn|linna|město|okres)$",
)
BEFORE = re.compile(r"^(?:Municipiul|Ora[sşș]|Comuna|Stad) ", re.IGNORECASE)


def read(path: Path, edition: str = "") -> Reading:
    reading = Reading(REGISTER, edition or EDITION)
    opener = gzip.open if path.suffix == ".gz" else open
    seen: set[str] = set()
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        if not {"gisco_id", "country", "name"} <= set(lines.fieldnames or []):
            raise UnknownFile("expected a CSV file with the columns gisco_id, country, name")
        for number, line in enumerate(lines, 2):
            try:
                row = _row(line)
            except ValueError as error:
                reading.skip(number, str(error))
                continue
            if row.code in seen:
                reading.skip(number, f"{row.code} stands in the file twice")
                continue
            seen.add(row.code)
            reading.rows.append(row)
    _name_known_cities(reading.rows)
    return reading


def _row(line: dict[str, str]) -> Row:
    code, country = (line["gisco_id"] or "").strip(), (line["country"] or "").strip()
    name = clean_name(line["name"] or "")
    if not code or len(code) > 40:
        raise ValueError("no code, or one over 40 characters")
    if not COUNTRY.fullmatch(country):
        raise ValueError(f"{country[:10]!r} is no country code")
    if not name or len(name) > 200:
        raise ValueError(f"{code} has no name, or one over 200 characters")
    nuts3 = line.get("nuts3_2024") or line.get("nuts3") or line.get("nuts3_2021") or ""
    lat, lon = coordinates(line.get("lat"), line.get("lon"))
    population = whole(line.get("population_2020") or line.get("population"))
    shown = short_name(name)
    latin = clean_name(line.get("name_latin") or "")
    if not is_latin(shown) and latin:
        shown = latin.title() if latin.isupper() else latin
    return Row(
        REGISTER,
        code,
        "municipality",
        MUNICIPALITY,
        country,
        official_name=name,
        name_en=shown,
        name_pl=shown,
        name_uk=shown,
        category=(line.get("degurba") or "")[:1],
        parent=("nuts", nuts3 or country),
        region=("nuts", nuts3[:4]) if nuts3 else None,
        aliases={latin} - {"", shown},
        lat=lat,
        lon=lon,
        population=population,
        population_year=2020 if population is not None else None,
    )


def short_name(name: str) -> str:
    return BEFORE.sub("", AFTER.sub("", name)).strip() or name


def _name_known_cities(rows: list[Row]) -> None:
    """English, Polish and Ukrainian names, where our own table has them."""
    for city, row in same.known_cities_among(rows):
        row.name_en, row.name_pl, row.name_uk = city.name_en, city.name_pl, city.name_uk
        row.aliases |= city.aliases | {city.official_name}
