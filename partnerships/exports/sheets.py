"""Needs and offers as files: the columns, and the SQL behind each. Pure; `models.sheet_rows` runs it.

One row is one line. What belongs to the whole need or offer stands in the row of its first line; the rows below repeat
its `id` alone, so that there is one place to change a text. A column is filled where its reader may see the `fields`
that it shows: `core.audience.visible` says so row by row, and its answers come along as bits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alliance.core.sheets import GUARDED
from partnerships.specs import SPECS

PUBLIC, SIGNED_IN, FULL = "public", "signed_in", "full"
# Each kind of file has the columns of those before it.
KINDS = [PUBLIC, SIGNED_IN, FULL]


@dataclass(frozen=True)
class Column:
    """``fields`` of Listing that it shows; ``since`` the first kind of file that has it; ``is_read`` whether an import
    takes what is written there (else it is there to be looked at)."""

    name: str
    fields: tuple[str, ...]
    sql: str
    kind: str = "text"  # text (written by people), code, number, day, list
    since: str = PUBLIC
    is_line: bool = False
    is_read: bool = True


def _yes(sql: str) -> str:
    return f"CASE WHEN {sql} THEN 'yes' ELSE 'no' END"


def _part(name: str) -> str:
    """Who sees a part that the author keeps for fewer people."""
    return f"l.field_audiences->>'{name}'"


_LANGUAGES = ("en", "pl", "uk")
# l: the listing, m: its member, p: the member's place, r: its region, h: the place of hand-over, a: the appeal, s: its
# sectors; %(language)s is the reader's.
_LISTING = [
    Column("id", ("slug",), "l.slug", "code"),
    Column("url", ("slug",), "%(prefix)s || l.slug || '/'", "code", is_read=False),
    Column("kind", ("kind",), "l.kind", "code"),
    Column("status", ("status",), "l.status", "code", FULL, is_read=False),
    Column("member", ("member",), "m.slug", "code"),
    Column("member_name", ("slug",), "coalesce(w.name, nullif(m.name_%(language)s, ''), m.official_name)"),
    Column("country", ("slug",), "m.country", "code", is_read=False),
    Column(
        "region_code",
        ("slug",),
        # A member that is not named in public is in its oblast, unless the oblast says who it is.
        "CASE WHEN w.name IS NULL THEN coalesce(r.code, CASE WHEN p.level = 'region' THEN p.code END)"
        " WHEN p.level <> 'region' AND r.id <> p.id THEN r.code END",
        "code",
        is_read=False,
    ),
    Column("language", ("title",), "l.original_language", "code"),
    *(Column(f"title_{code}", ("title",), f"l.title_{code}") for code in _LANGUAGES),
    Column("title_other", ("title",), "l.original_texts->>'title'"),
    *(Column(f"text_{code}", ("text",), f"l.text_{code}") for code in _LANGUAGES),
    Column("text_other", ("text",), "l.original_texts->>'text'"),
    Column("sectors", ("sectors",), "s.codes", "list"),
    Column("sector_names", ("sectors",), "s.names", "code", is_read=False),
    Column("urgency", ("urgency",), "l.urgency", "code"),
    Column("transport_by", ("transport_by",), "l.transport_by", "code"),
    Column("handover", ("handover",), "h.code", "code"),
    Column("handover_name", ("handover",), "h.name_%(language)s", "code", is_read=False),
    Column("appeal", ("appeal",), "a.slug", "code"),
    Column("dream_id", ("dream_id",), "nullif(l.dream_id, '')", "code"),
    Column(
        "published_on",
        ("published_at",),
        "(l.published_at AT TIME ZONE 'UTC')::date",
        "day",
        is_read=False,
    ),
    Column("expires_on", ("expires_on",), "l.expires_on", "day"),
    Column("audience", ("audience",), "l.audience", "code", FULL),
    *(
        Column(f"audience_{name}", ("field_audiences",), _part(name), "code", FULL)
        for name in ("text", "lines", "needed_by", "handover", "files")
    ),
    Column("name_hidden", ("is_member_hidden",), _yes("l.is_member_hidden"), "code", FULL),
    Column(
        "names_no_site",
        ("names_no_site_confirmed_at",),
        _yes("l.names_no_site_confirmed_at IS NOT NULL"),
        "code",
        FULL,
    ),
    Column("partner_note", ("partner_note",), "l.partner_note", since=SIGNED_IN),
    Column("desk_note", ("desk_note",), "l.desk_note", since=SIGNED_IN),
]


def _line(name: str, sql: str, kind: str = "text", **more: bool) -> Column:
    fields = ("lines", "needed_by") if kind == "day" else ("lines",)
    return Column(name, fields, sql, kind, is_line=True, **more)


# n: the line, t: its item of the catalogue.
_LINE = [
    _line("line_id", "n.slug", "code"),
    _line("item", "t.code", "code"),
    _line("item_name", "t.name_%(language)s", "code", is_read=False),
    _line("item_words", "n.item"),
    _line("quantity", "trim_scale(n.quantity)", "number"),
    _line("unit", "n.unit", "code"),
    _line("currency", "n.currency", "code"),
    _line("size_min", "trim_scale(n.range_min)", "number"),
    _line("size_max", "trim_scale(n.range_max)", "number"),
    _line("size_unit", "n.range_unit", "code"),
    *(_line(name, f"n.specs->>'{name}'", "code") for name in SPECS),
    _line("condition", "n.condition", "code"),
    _line("needed_by", "n.needed_by", "day"),
    _line("available_from", "n.available_from", "day"),
    _line("available_until", "n.available_until", "day"),
]
COLUMNS = [*_LISTING, *_LINE]
FIELDS = sorted({field for column in COLUMNS for field in column.fields})
_BIT = {field: 1 << number for number, field in enumerate(FIELDS)}


def mask_of(seen: Sequence[str]) -> int:
    """The fields that a reader sees of a row, as the statement takes them."""
    return sum(_BIT[field] for field in seen)


def columns_of(kind: str) -> list[Column]:
    return [column for column in COLUMNS if KINDS.index(column.since) <= KINDS.index(kind)]


# A chunk looks what belongs to it up one by one (OFFSET 0 keeps the look-ups as they are written): a planner that joins
# reads whole tables again for every chunk.
TABLES = f"""FROM wanted w JOIN partnerships_listing l ON l.id = w.id
    JOIN LATERAL (SELECT * FROM members_member WHERE id = l.member_id OFFSET 0) m ON true
    LEFT JOIN LATERAL (SELECT * FROM members_place WHERE id = m.place_id OFFSET 0) p ON true
    LEFT JOIN LATERAL (SELECT id, code FROM members_place WHERE id = p.region_id OFFSET 0) r ON true
    LEFT JOIN LATERAL (SELECT * FROM members_place WHERE id = l.handover_id OFFSET 0) h ON true
    LEFT JOIN LATERAL (
        SELECT slug FROM partnerships_appeal
        WHERE id = l.appeal_id AND (status <> 'draft' OR w.mask & {_BIT["status"]} <> 0) OFFSET 0
    ) a ON true
    LEFT JOIN sectors s ON s.id = w.id"""  # noqa: S608
# Of the whole chunk at once: sorting two codes costs little, starting to sort fifteen hundred times does not.
SECTORS = """SELECT w.id, string_agg(c.code, ' ' ORDER BY c.code) AS codes,
        string_agg(c.name_%(language)s, '; ' ORDER BY c.code) AS names
    FROM wanted w JOIN LATERAL (
        SELECT sector_id FROM partnerships_listing_sectors WHERE listing_id = w.id OFFSET 0
    ) x ON true JOIN members_sector c ON c.id = x.sector_id GROUP BY w.id"""
_LINES_OF = f"""SELECT i.*, row_number() OVER (ORDER BY i.position, i.id) AS nth FROM partnerships_listingline i
        WHERE i.listing_id = l.id AND w.mask & {_BIT["lines"]} <> 0"""  # noqa: S608
_ITEM = (
    "LEFT JOIN LATERAL (SELECT * FROM partnerships_itemtemplate WHERE id = n.template_id OFFSET 0) t ON true"
)
# A row for each line; one sort of the chunk puts them in order and tells which is the first of its listing.
LINES = f"""LEFT JOIN LATERAL (
        SELECT * FROM partnerships_listingline WHERE listing_id = l.id AND w.mask & {_BIT["lines"]} <> 0 OFFSET 0
    ) n ON true {_ITEM} WINDOW own AS (PARTITION BY w.place ORDER BY n.position, n.id)
    ORDER BY w.place, n.position, n.id"""  # noqa: S608


def _seen(column: Column, sql: str) -> str:
    bits = mask_of(column.fields)
    return f"CASE WHEN w.mask & {bits} = {bits} THEN {sql} END"


def cells(kind: str) -> str:
    """For CSV and XLSX: one column each, and no cell is a formula."""
    return ", ".join(map(_cell, columns_of(kind)))


def _cell(column: Column) -> str:
    sql = column.sql
    if column.kind == "text":
        sql = f"({sql})"
        pattern = GUARDED.replace("'", "''")
        # A regular expression costs more than all else here: what begins with a letter is not looked at.
        sql = (
            f"CASE WHEN {sql} COLLATE \"C\" < 'A' AND {sql} ~ E'{pattern}' THEN '''' || {sql} ELSE {sql} END"
        )
    sql = _seen(column, sql)
    if column.is_line or column.name == "id":
        return sql
    return f"CASE WHEN row_number() OVER own = 1 THEN {sql} END"


def json_object(kind: str) -> str:
    """For JSON: an object in one line, its lines in a list; null where a reader sees nothing."""
    columns = columns_of(kind)
    own = ", ".join(f"{_json(column)} AS {column.name}" for column in columns if not column.is_line)
    each = ", ".join(f"{_json(column)} AS {column.name}" for column in columns if column.is_line)
    lines = f"SELECT {each}, n.nth FROM ({_LINES_OF}) n {_ITEM}"  # noqa: S608
    listed = f"(SELECT coalesce(json_agg(to_jsonb(i) - 'nth' ORDER BY i.nth), '[]') FROM ({lines}) i)"  # noqa: S608
    bit = _BIT["lines"]
    return (
        f"(SELECT row_to_json(o) FROM (SELECT {own},"  # noqa: S608
        f" CASE WHEN w.mask & {bit} <> 0 THEN {listed} END AS lines) o)::text"
    )


def _json(column: Column) -> str:
    sql = column.sql
    if column.kind == "list":
        sql = f"string_to_array({sql}, ' ')"
    return _seen(column, sql)
