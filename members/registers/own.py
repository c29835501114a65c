"""Our own table of some 230 municipalities of Europe: what a fresh machine offers before LAU is imported, and the
English, Polish and Ukrainian names of well-known cities in any case."""

import re
import unicodedata
from functools import cache

from alliance.core.spelling import clean_name, fold
from members.registers.rows import MUNICIPALITY, Reading, Row, coordinates, whole
from members.registers.tables import listed, table

REGISTER = "table"
# Of the table, so that a changed table is written again.
EDITION = "2026-11"
YEAR = 2021


def read() -> Reading:
    reading = Reading(REGISTER, EDITION)
    for number, line in enumerate(table("municipalities"), 2):
        try:
            reading.rows.append(_row(line))
        except ValueError as error:
            reading.skip(number, str(error))
    return reading


@cache
def known_cities() -> list[Row]:
    return read().rows


def _row(line: dict[str, str]) -> Row:
    name = clean_name(line["name"])
    lat, lon = coordinates(line["lat"], line["lon"])
    name_en = line["name_en"] or name
    nuts3, country = line["nuts3"], line["country"]
    return Row(
        REGISTER,
        f"{country}-{slug(name_en)}",
        "municipality",
        MUNICIPALITY,
        country,
        official_name=name,
        name_en=name_en,
        name_pl=line["name_pl"] or (name if is_latin(name) else name_en),
        name_uk=clean_name(line["name_uk"]) or name_en,
        parent=("nuts", nuts3 or country),
        region=("nuts", nuts3[:4]) if nuts3 else None,
        aliases=listed(line["aliases"]),
        lat=lat,
        lon=lon,
        population=whole(line["population"]),
        population_year=YEAR,
    )


def slug(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.lower().replace("ł", "l").replace("ß", "ss").replace("ø", "o"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")


def is_latin(text: str) -> bool:
    return text.isascii() or all(unicodedata.name(c, "").startswith("LATIN") for c in text if c.isalpha())


def folded(name: str) -> str:
    """The name as `fold` writes it, without words in brackets or after a comma, a slash."""
    return fold(re.split(r"[,/(]", name)[0])
