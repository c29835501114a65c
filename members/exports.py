"""The register as files: its columns, and what stands in CSV, JSON, GeoJSON and XLSX. Pure; `core.sheets` has the
frames.

Only columns of public fields exist here; `COLUMNS` names the field that each one comes from.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from alliance.core import sheets
from alliance.core.sheets import FORMULA


@dataclass(frozen=True)
class Column:
    """One column: its name in every file, the field of Member that it shows, its SQL, what it is."""

    name: str
    field: str
    sql: str
    kind: str = "text"  # code, text, number, list: what is written by people is text


# m: the member, p: its place, r: the oblast or region of the place, a: its association.
COLUMNS = [
    Column("id", "slug", "m.slug", "code"),
    Column("url", "slug", "%(prefix)s || m.slug || '/'", "code"),
    Column("kind", "kind", "m.kind", "code"),
    Column("partner_class", "tier", "m.tier", "code"),
    Column("official_name", "official_name", "m.official_name"),
    Column("name_en", "name", "m.name_en"),
    Column("name_pl", "name", "m.name_pl"),
    Column("name_uk", "name", "m.name_uk"),
    Column("country", "country", "m.country", "code"),
    Column("region_code", "place", "coalesce(r.code, CASE WHEN p.level = 'region' THEN p.code END)", "code"),
    Column("place_register", "place", "p.register", "code"),
    Column("place_code", "place", "p.code", "code"),
    Column("population", "population", "m.population", "number"),
    Column("languages", "languages_spoken", "m.languages_spoken", "list"),
    Column(
        "sectors",
        "sectors",
        "ARRAY(SELECT s.code FROM members_member_sectors l JOIN members_sector s ON s.id = l.sector_id"
        " WHERE l.member_id = m.id ORDER BY s.code)",
        "list",
    ),
    Column("website", "website", "m.website"),
    Column("association", "parent", "a.slug", "code"),
    Column("member_since", "approved_at", "(m.approved_at AT TIME ZONE 'UTC')::date", "code"),
    Column("lat", "place", "round(p.lat::numeric, 4)", "number"),
    Column("lon", "place", "round(p.lon::numeric, 4)", "number"),
]
NAMES = [column.name for column in COLUMNS]
# A chunk looks its places up one by one: a planner that joins reads the whole table again for every chunk
# (three times a plain COPY). OFFSET 0 keeps each look-up as it is written.
TABLES = """
    LEFT JOIN LATERAL (SELECT * FROM members_place WHERE id = m.place_id OFFSET 0) p ON true
    LEFT JOIN LATERAL (SELECT code FROM members_place WHERE id = p.region_id OFFSET 0) r ON true
    LEFT JOIN LATERAL (
        SELECT slug FROM members_member WHERE id = m.parent_id AND status = 'approved' OFFSET 0
    ) a ON true"""


# --- What is selected for each format ----------------------------------------------------------------------


def cells() -> str:
    """For CSV: one column each; lists are words with spaces between, and no cell is a formula."""
    return ", ".join(_cell(column) for column in COLUMNS)


def _cell(column: Column) -> str:
    if column.kind == "list":
        return f"array_to_string({column.sql}, ' ')"
    if column.kind == "text":
        return f"CASE WHEN {column.sql} ~ E'{FORMULA}' THEN '''' || {column.sql} ELSE {column.sql} END"
    return column.sql


def values() -> str:
    """For XLSX, whose cells say what they are, so that no text is a formula."""
    return ", ".join(
        f"array_to_string({column.sql}, ' ')" if column.kind == "list" else column.sql for column in COLUMNS
    )


def json_object(but: Sequence[str] = ()) -> str:
    """For JSON: an object in one line."""
    pairs = ", ".join(f"'{column.name}', {column.sql}" for column in COLUMNS if column.name not in but)
    return f"json_build_object({pairs})::text"


def geojson_feature() -> str:
    """RFC 7946: longitude first; a member without coordinates has no geometry and stays in the list."""
    point = "json_build_object('type', 'Point', 'coordinates', json_build_array({lon}, {lat}))"
    sql = {column.name: column.sql for column in COLUMNS}
    geometry = f"CASE WHEN p.lat IS NOT NULL THEN {point.format(lon=sql['lon'], lat=sql['lat'])} END"
    properties = json_object(but=("lat", "lon")).removesuffix("::text")
    return (
        f"json_build_object('type', 'Feature', 'id', m.slug, 'geometry', {geometry},"
        f" 'properties', {properties})::text"
    )


# --- The files ---------------------------------------------------------------------------------------------


def as_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    return sheets.as_csv(chunks, NAMES)


def as_json(chunks: Iterable[bytes], about: dict[str, Any]) -> Iterator[bytes]:
    return sheets.as_json(chunks, about, "members")


def as_geojson(chunks: Iterable[bytes], about: dict[str, Any]) -> Iterator[bytes]:
    return sheets.as_json(chunks, {"type": "FeatureCollection", **about}, "features")


def as_xlsx(chunks: Iterable[Sequence[tuple]], about: dict[str, Any]) -> Iterator[bytes]:
    return sheets.as_xlsx(chunks, NAMES, about.items(), "members")
