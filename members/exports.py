"""The register as files: its columns, and the frames of CSV, JSON, GeoJSON and XLSX around chunks of rows. Pure.

Everything is a generator: a chunk is written out before the next one is read, whatever the length of the list.
Only columns of public fields exist here; `COLUMNS` names the field that each one comes from.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

# Texts that a spreadsheet would run as a formula get an apostrophe in front (OWASP, “CSV injection”).
FORMULA = r"^[=+@\t\r-]"
BOM = b"\xef\xbb\xbf"
XLSX_MOST = 1_048_575  # rows of one sheet, the heading left out


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


# --- The frames --------------------------------------------------------------------------------------------


def as_csv(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """With a byte order mark, without which spreadsheets misread names."""
    yield BOM + ",".join(NAMES).encode() + b"\r\n"
    yield from chunks


def as_json(chunks: Iterable[bytes], about: dict[str, Any]) -> Iterator[bytes]:
    yield from _framed(chunks, about, "members")


def as_geojson(chunks: Iterable[bytes], about: dict[str, Any]) -> Iterator[bytes]:
    yield from _framed(chunks, {"type": "FeatureCollection", **about}, "features")


def _framed(chunks: Iterable[bytes], about: dict[str, Any], name: str) -> Iterator[bytes]:
    """One object: what is said about the list, then the list; a chunk holds one object per line."""
    head = json.dumps(about, ensure_ascii=False, indent=1).removesuffix("\n}")
    yield f'{head},\n "{name}": ['.encode()
    separator = b"\n"
    for chunk in chunks:
        if lines := chunk.rstrip(b"\n"):
            yield separator + lines.replace(b"\n", b",\n")
            separator = b",\n"
    yield b"\n]}\n"


# --- XLSX --------------------------------------------------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEETS = ("members", "about")
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.spreadsheetml.sheet.main+xml"/>'
    + "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.worksheet+xml"/>'
        for n in (1, 2)
    )
    + "</Types>",
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    + "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(_SHEETS, start=1)
    )
    + "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    + "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in (1, 2)
    )
    + "</Relationships>",
}
_SHEET_OPEN = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'
_SHEET_CLOSE = "</sheetData></worksheet>"
# Characters that XML has no way to write.
_UNWRITABLE = {code: None for code in [*range(32), 0xFFFE, 0xFFFF] if code not in (9, 10, 13)}


class _Outbox:
    """Where the archive is written to: bytes that wait to be sent."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        data, self.parts = b"".join(self.parts), []
        return data


def as_xlsx(chunks: Iterable[Sequence[tuple]], about: dict[str, Any]) -> Iterator[bytes]:
    """A workbook that is sent while it is written: two sheets of inline texts, the second says what this is."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _HEAD + content)
        sheet = _SHEET_OPEN + "".join(_row((key, str(value))) for key, value in about.items()) + _SHEET_CLOSE
        archive.writestr("xl/worksheets/sheet2.xml", sheet)
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            file.write((_SHEET_OPEN + _row(NAMES)).encode())
            for rows in chunks:
                file.write("".join(map(_row, rows)).encode())
                yield outbox.taken()
            file.write(_SHEET_CLOSE.encode())
    yield outbox.taken()


def _row(values: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_xlsx_cell, values))}</row>"


def _xlsx_cell(value: Any) -> str:
    """Numbers are numbers, everything else is a text, also what looks like a formula."""
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        text = escape(value) if value.isprintable() else escape(value.translate(_UNWRITABLE))
        return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if hasattr(value, "isoformat"):
        return f'<c t="inlineStr"><is><t>{value.isoformat()}</t></is></c>'
    return f"<c><v>{value}</v></c>"
