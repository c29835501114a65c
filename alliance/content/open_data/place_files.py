"""The register of places as files: the fields of the interface, flat in tables and with points for maps. Pure."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from alliance.core import sheets
from alliance.core.languages import LANGUAGES

COLUMNS = (
    *("place_register", "place_code", "level", "category", "country", "official_name"),
    *(f"name_{code}" for code in LANGUAGES),
    *("region_code", "district_code", "lat", "lon", "population", "population_year", "member"),
)
WORDS = re.compile("official_name|name_")
_FORMULA = re.compile(sheets.FORMULA)
Rows = list[dict[str, Any]]


def as_csv(chunks: Iterable[Rows]) -> Iterator[bytes]:
    return sheets.as_csv((_table(rows) for rows in chunks), COLUMNS)


def _table(rows: Rows) -> bytes:
    out = io.StringIO()
    flat = (row | {f"name_{code}": row["name"][code] for code in LANGUAGES} for row in rows)
    csv.writer(out).writerows([_cell(name, row[name]) for name in COLUMNS] for row in flat)
    return out.getvalue().encode()


def _cell(name: str, value: Any) -> Any:
    return f"'{value}" if value and WORDS.match(name) and _FORMULA.search(value) else value


def as_json(chunks: Iterable[Rows], about: dict[str, Any]) -> Iterator[bytes]:
    return sheets.as_json((_lines(rows) for rows in chunks), about, "places")


def as_geojson(chunks: Iterable[Rows], about: dict[str, Any]) -> Iterator[bytes]:
    """RFC 7946: longitude first; a place without coordinates has no geometry."""
    features = ([_feature(row) for row in rows] for rows in chunks)
    return sheets.as_json(
        (_lines(rows) for rows in features), {"type": "FeatureCollection", **about}, "features"
    )


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
    return {
        "type": "Feature",
        "id": f"{row['place_register']}:{row['place_code']}",
        "geometry": point if row["lat"] is not None else None,
        "properties": {name: value for name, value in row.items() if name not in ("lat", "lon")},
    }


def _lines(rows: Rows) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
