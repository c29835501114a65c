"""Registers into the table of places: COPY into a staging table, then one upsert that touches changed rows only.

Called by `import_places` (the command) and `import_default_places`.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from alliance.core.collation import sort_key
from alliance.core.spelling import spellings
from members.actions.place_twins import link_twins
from members.models import Place
from members.models.place_search import make_keys
from members.registers.rows import BadLine, Reading, Row

Progress = Callable[[str], None]

# A file with fewer than this share of what we have is a broken download, not a reform.
LEAST_SHARE = 0.5
REPORT_EVERY = 20_000
# So many new rows that the planner must learn of them before anyone searches.
MANY = 1000
PLAIN = [
    "register", "code", "level", "category", "country", "official_name", "name_en", "name_pl", "name_uk",
    "sort_en", "sort_pl", "sort_uk", "spellings", "keys", "lat", "lon", "population", "population_year", "edition",
]  # fmt: skip
LINKS = ["parent", "region"]
COMPARED = [*PLAIN[2:], "parent_id", "region_id", "gone_on"]
NULL = "\\N"
SPECIAL = re.compile(r"[\\\n\r]")
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Refused(Exception):
    """The file would do harm; the message says how."""


@dataclass
class Outcome:
    """What an import did."""

    register: str
    added: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    linked: int = 0
    bad: list[BadLine] = field(default_factory=list)

    @property
    def touched(self) -> int:
        return self.added + self.changed + self.gone + self.linked

    def __str__(self) -> str:
        return (
            f"{self.register}: {self.added} added, {self.changed} changed, {self.same} unchanged, "
            f"{self.gone} gone, {self.linked} linked, {len(self.bad)} lines skipped"
        )


def import_reading(
    reading: Reading, *, progress: Progress = lambda text: None, is_forced: bool = False, links: bool = True
) -> Outcome:
    """Write what a register's file says. Places that left it are marked, never deleted; claims stay with them.

    :raises Refused: the file is empty, older than what is there, or misses most of it (unless ``is_forced``)
    """
    outcome = Outcome(reading.register, bad=reading.bad)
    if not is_forced:
        _refuse_harm(reading)
    with transaction.atomic(), connection.cursor() as cursor:
        # One import at a time: two would wait for each other's rows in different order.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('import_places', 0))")
        # The limit for pages would end the COPY of a whole register.
        cursor.execute("SET LOCAL statement_timeout = 0")
        _stage(cursor, reading, progress)
        progress(f"{reading.register}: writing")
        outcome.added, outcome.changed = _upsert(cursor)
        if outcome.added > MANY:
            cursor.execute("ANALYZE members_place")
        outcome.gone = _mark_gone(cursor, reading)
        outcome.same = len(reading.rows) - outcome.added - outcome.changed
        cursor.execute("DROP TABLE place_staging")
        if links and outcome.touched:
            outcome.linked = link_twins()
    progress(str(outcome))
    return outcome


def _refuse_harm(reading: Reading) -> None:
    if not reading.rows:
        raise Refused("The file has no usable line.")
    there = Place.objects.filter(
        register=reading.register, country__in=reading.countries, gone_on__isnull=True
    )
    newest = max(there.order_by().values_list("edition", flat=True).distinct(), default="")
    if newest > reading.edition:
        raise Refused(f"The places are of the edition {newest}, the file is older ({reading.edition}).")
    if len(reading.rows) < LEAST_SHARE * there.count():
        raise Refused(f"The file has {len(reading.rows)} places; there are {there.count()} now.")


def _stage(cursor: Any, reading: Reading, progress: Progress) -> None:
    columns = ", ".join(
        [f"{name} {_type(name)}" for name in PLAIN]
        + [f"{link}_{part} text" for link in LINKS for part in ("register", "code")]
        + ["depth smallint"]
    )
    cursor.execute(f"CREATE TEMPORARY TABLE place_staging ({columns}) ON COMMIT DROP")
    lines = _lines(reading.rows, reading.edition, progress, reading.register)
    cursor.cursor.copy_expert("COPY place_staging FROM STDIN", Stream(lines))
    cursor.execute("ANALYZE place_staging")


def _type(name: str) -> str:
    if name in ("lat", "lon"):
        return "double precision"
    return "integer" if name.startswith("population") else "text"


def _lines(rows: Iterable[Row], edition: str, progress: Progress, register: str) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        if number % REPORT_EVERY == 0:
            progress(f"{register}: {number} rows prepared")
        yield copy_line(_cells(row, edition))


def copy_line(cells: list[str | None]) -> str:
    """One line in the text format of COPY."""
    line = "\t".join([cell or "" for cell in cells])
    if SPECIAL.search(line) or line.count("\t") >= len(cells):
        cells = [cell and cell.translate(ESCAPES) for cell in cells]
    return "\t".join([NULL if cell is None else cell for cell in cells]) + "\n"


def _cells(row: Row, edition: str) -> list[str | None]:
    names = list(dict.fromkeys([row.name_en, row.name_pl, row.name_uk, row.official_name]))
    aliases = sorted(row.aliases)
    texts = [
        row.register, row.code, row.level, row.category, row.country, row.official_name,
        row.name_en, row.name_pl, row.name_uk,
        _sort_key(row.name_en, "en"), _sort_key(row.name_pl, "pl"), _sort_key(row.name_uk, "uk"),
        spellings([*names, *aliases]), make_keys(names, aliases),
    ]  # fmt: skip
    numbers = [row.lat, row.lon, row.population, row.population_year]
    above = [*(row.parent or (None, None)), *(row.region or (None, None))]
    return [
        *texts,
        *[None if value is None else str(value) for value in numbers],
        edition,
        *above,
        str(row.depth),
    ]


@lru_cache(maxsize=200_000)
def _sort_key(name: str, language: str) -> str:
    return sort_key(name, language)[:400]


def _upsert(cursor: Any) -> tuple[int, int]:
    """Depth by depth, since a row points to those above it. Rows that say the same are not even locked, which
    ON CONFLICT alone would do."""
    cursor.execute("SELECT DISTINCT depth FROM place_staging ORDER BY depth")
    added = changed = 0
    for (depth,) in cursor.fetchall():
        cursor.execute(UPSERT, [timezone.now(), depth])
        new, old = cursor.fetchone()
        added, changed = added + new, changed + old
    # A city that is its own region (Kyiv, Sevastopol) could not point to itself before it was there.
    cursor.execute(
        """UPDATE members_place p SET region_id = p.id FROM place_staging s
        WHERE (p.register, p.code) = (s.register, s.code) AND (s.region_register, s.region_code)
        = (s.register, s.code) AND p.region_id IS DISTINCT FROM p.id"""
    )
    return added, changed


NEW = {name: f"s.{name}" for name in PLAIN} | {
    "parent_id": "parent.id",
    "region_id": "region.id",
    "gone_on": "NULL::date",
}
_INSERTED = [*PLAIN, "parent_id", "region_id", "gone_on", "verified_at"]
UPSERT = f"""
WITH written AS (
    INSERT INTO members_place ({", ".join(_INSERTED)})
    SELECT {", ".join(f"s.{name}" for name in PLAIN)}, parent.id, region.id, NULL, %s
    FROM place_staging s
    LEFT JOIN members_place parent ON (parent.register, parent.code) = (s.parent_register, s.parent_code)
    LEFT JOIN members_place region ON (region.register, region.code) = (s.region_register, s.region_code)
    LEFT JOIN members_place old ON (old.register, old.code) = (s.register, s.code)
    WHERE s.depth = %s AND (old.id IS NULL OR ({", ".join(f"old.{name}" for name in COMPARED)})
        IS DISTINCT FROM ({", ".join(NEW[name] for name in COMPARED)}))
    ON CONFLICT (register, code) DO UPDATE
    SET {", ".join(f"{name} = EXCLUDED.{name}" for name in COMPARED)}
    RETURNING (xmax = 0) AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
"""  # noqa: S608  (names of columns from the constants above)


def _mark_gone(cursor: Any, reading: Reading) -> int:
    """Only in the countries that the file covers."""
    # EXCEPT hashes both sides whatever the statistics say; as a part of the UPDATE it is run for every row.
    cursor.execute(
        """SELECT code FROM members_place WHERE register = %s AND country = ANY(%s) AND gone_on IS NULL
        EXCEPT SELECT code FROM place_staging""",
        [reading.register, sorted(reading.countries)],
    )
    codes = [code for (code,) in cursor.fetchall()]
    gone = Place.objects.filter(register=reading.register, code__in=codes) if codes else Place.objects.none()
    return gone.update(gone_on=timezone.localdate())


class Stream(io.RawIOBase):
    """Lines as the file that COPY reads from, a block at a time."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines, self.rest = lines, b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, length = [self.rest], len(self.rest)
        while size < 0 or length < size:
            line = next(self.lines, None)
            if line is None:
                break
            parts.append(line.encode())
            length += len(parts[-1])
        block = b"".join(parts)
        block, self.rest = (block, b"") if size < 0 else (block[:size], block[size:])
        return block
