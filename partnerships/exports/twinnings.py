"""Partnerships as files: a row for each, with what everyone may read and nothing else. Pure.

Codes, days and numbers are the same in every language; names stand in the reader's. JSON and GeoJSON have the parties
one by one, a table has them in one cell, parted by “; ” in the same order everywhere.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from alliance.core import sheets
from partnerships.names_shown import party_named

COLUMNS = (
    *("id", "url", "stage", "origin", "title", "title_language", "since_year", "signed_on", "valid_until"),
    *("registry_number", "registered_on", "source", "n_parties", "parties", "countries", "place_codes"),
)
WORDS = ("title", "parties", "registry_number")  # what people wrote: no cell of a table becomes a formula
_FORMULA = re.compile(sheets.FORMULA)


def row_of(twinning: Any, parties: list[Any], *, prefixes: dict[str, str]) -> dict[str, Any]:
    """One partnership; ``prefixes`` are what stands before the slug of a twinning and of a member."""
    return {
        "id": twinning.slug,
        "url": f"{prefixes['twinning']}{twinning.slug}/",
        "stage": twinning.status,
        "origin": twinning.origin,
        "title": twinning.title,
        "title_language": twinning.language,
        "since_year": twinning.signed_on.year if twinning.signed_on else twinning.since_year,
        "signed_on": twinning.signed_on,
        "valid_until": twinning.valid_until,
        "registry_number": twinning.registry_number,
        "registered_on": twinning.registered_on,
        "source": twinning.source_url,
        "parties": [_party(party, prefixes["member"]) for party in parties],
    }


def _party(party: Any, prefix: str) -> dict[str, Any]:
    named, place = party_named(party), party.place or (party.member and party.member.place)
    return {
        "name": named.name.text,
        "country": party.country,
        "register": place.register if place else "",
        "code": place.code if place else "",
        "member_url": f"{prefix}{named.slug}/" if named.slug else "",
        "lat": round(place.lat, 4) if place and place.lat is not None else None,
        "lon": round(place.lon, 4) if place and place.lon is not None else None,
    }


def as_csv(chunks: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    return sheets.as_csv((_table(rows) for rows in chunks), COLUMNS)


def _table(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    flat = (_flat(row) for row in rows)
    csv.writer(out).writerows([_cell(name, row[name]) for name in COLUMNS] for row in flat)
    return out.getvalue().encode()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    parties = row["parties"]
    return row | {
        "n_parties": len(parties),
        "parties": _joined(parties, "name"),
        "countries": _joined(parties, "country"),
        "place_codes": "; ".join(f"{p['register']}:{p['code']}" if p["code"] else "" for p in parties),
    }


def _joined(parties: list[dict[str, Any]], name: str) -> str:
    return "; ".join(party[name] for party in parties)


def _cell(name: str, value: Any) -> Any:
    return f"'{value}" if name in WORDS and _FORMULA.search(value) else value


def as_json(chunks: Iterable[list[dict[str, Any]]], about: dict[str, Any]) -> Iterator[bytes]:
    return sheets.as_json((_lines(rows) for rows in chunks), about, "partnerships")


def as_geojson(chunks: Iterable[list[dict[str, Any]]], about: dict[str, Any]) -> Iterator[bytes]:
    """RFC 7946: longitude first. A partnership is the lines from its first party to the others; one without two known
    places has no geometry and stays in the list."""
    features = ([_feature(row) for row in rows] for rows in chunks)
    about = {"type": "FeatureCollection", **about}
    return sheets.as_json((_lines(rows) for rows in features), about, "features")


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    known = [[party["lon"], party["lat"]] for party in row["parties"] if party["lat"] is not None]
    lines = [[known[0], other] for other in known[1:]]
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": {"type": "MultiLineString", "coordinates": lines} if lines else None,
        "properties": row,
    }


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False, default=_plain)}\n" for row in rows).encode()


def _plain(value: Any) -> str:
    return value.isoformat()
