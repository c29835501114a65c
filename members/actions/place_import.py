"""Registers into the table of places. New rows go there by COPY, while the next ones are being prepared; known rows go
to a staging table, and one update writes those that say something else. Called by `import_places` (the command) and
`import_default_places`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from alliance.core.collation import sort_key
from alliance.core.spelling import spellings
from members.actions.place_twins import link_twins
from members.models import Place
from members.models.place_search import make_keys
from members.registers.rows import BadLine, Key, Reading, Row

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
LINKS = ["parent_id", "region_id"]
COPIED = [*PLAIN, *LINKS, "verified_at"]
COMPARED = [*PLAIN[2:], *LINKS, "gone_on"]
BLOCK = 200  # lines that COPY takes at once
NULL = "\\N"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})

Ids = dict[str, dict[str, str]]  # register → code → id


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
        above = {key for row in reading.rows for key in (row.parent, row.region) if key}
        ids = _ids(cursor, {reading.register, *(register for register, _code in above)})
        there = set(ids[reading.register])
        known, heads, rest = _parted(reading, there, above)
        _give_ids(cursor, heads, ids)
        lines = partial(_lines, ids=ids, reading=reading, progress=progress)
        copy(cursor, "members_place", [*COPIED, "id"], lines(heads))
        copy(cursor, "members_place", COPIED, lines(rest))
        outcome.added = len(heads) + len(rest)
        if outcome.added > MANY:
            _tell_planner(cursor)
        outcome.changed = _change(cursor, lines(known)) if known else 0
        outcome.same = len(known) - outcome.changed
        outcome.gone = _mark_gone(cursor, reading, there)
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


def _ids(cursor: Any, registers: set[str]) -> Ids:
    ids: Ids = {}
    for register in registers:
        cursor.execute("SELECT code, id::text FROM members_place WHERE register = %s", [register])
        ids[register] = dict(cursor.fetchall())
    return ids


def _parted(reading: Reading, there: set[str], above: set[Key]) -> tuple[list[Row], list[Row], list[Row]]:
    """Known rows; new ones that others point to; other new ones."""
    pointed_to = {code for register, code in above if register == reading.register}
    known, heads, rest = [], [], []
    for row in reading.rows:
        (known if row.code in there else heads if row.code in pointed_to else rest).append(row)
    return known, heads, rest


def _give_ids(cursor: Any, heads: list[Row], ids: Ids) -> None:
    """Before they are written, so that rows point to each other whatever their order, and a city to itself."""
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence('members_place', 'id'))::text FROM generate_series(1, %s)",
        [len(heads)],
    )
    for row, (pk,) in zip(heads, cursor.fetchall(), strict=True):
        ids[row.register][row.code] = pk


def _lines(rows: list[Row], ids: Ids, reading: Reading, progress: Progress) -> Iterator[str]:
    """For the columns `COPIED` and, where it is known, the id."""
    moment, own_ids = str(timezone.now()), ids[reading.register]
    for number, row in enumerate(rows, 1):
        if number % REPORT_EVERY == 0:
            progress(f"{reading.register}: {number} of {len(rows)} rows prepared")
        cells = plain_cells(row, reading.edition)
        cells += [_id(row.parent, ids), _id(row.region, ids), moment]
        if pk := own_ids.get(row.code):
            cells.append(pk)
        yield copy_line(cells)


def _id(key: Key | None, ids: Ids) -> str | None:
    return ids[key[0]].get(key[1]) if key else None


def plain_cells(row: Row, edition: str) -> list[str | None]:
    """What stands in the columns `PLAIN`."""
    names = list(dict.fromkeys([row.name_en, row.name_pl, row.name_uk, row.official_name]))
    aliases = sorted(row.aliases)
    numbers = [row.lat, row.lon, row.population, row.population_year]
    return [
        row.register, row.code, row.level, row.category, row.country, row.official_name,
        row.name_en, row.name_pl, row.name_uk,
        sort_key(row.name_en, "en")[:400], sort_key(row.name_pl, "pl")[:400], sort_key(row.name_uk, "uk")[:400],
        spellings([*names, *aliases]), make_keys(names, aliases),
        *[None if number is None else str(number) for number in numbers],
        edition,
    ]  # fmt: skip


def copy_line(cells: list[str | None]) -> str:
    """One line in the text format of COPY."""
    line = "\t".join([NULL if cell is None else cell for cell in cells])
    is_plain = line.count("\\") == cells.count(None) and line.count("\t") < len(cells)
    if not is_plain or "\n" in line or "\r" in line:
        line = "\t".join([NULL if cell is None else cell.translate(ESCAPES) for cell in cells])
    return line + "\n"


def _tell_planner(cursor: Any) -> None:
    """A coarse sample, until autovacuum takes its own after the commit."""
    cursor.execute("SET LOCAL default_statistics_target = 10")
    cursor.execute("ANALYZE members_place")
    cursor.execute("SET LOCAL default_statistics_target = DEFAULT")


def _change(cursor: Any, lines: Iterator[str]) -> int:
    """Rows that say the same are not even locked, which ON CONFLICT would do."""
    cursor.execute(
        "CREATE TEMPORARY TABLE place_staging (LIKE members_place, PRIMARY KEY (id)) ON COMMIT DROP"
    )
    copy(cursor, "place_staging", [*COPIED, "id"], lines)
    cursor.execute(CHANGE)
    changed = cursor.rowcount
    cursor.execute("DROP TABLE place_staging")
    return changed


def _of(table: str) -> str:
    return ", ".join(f"{table}.{name}" for name in COMPARED)


CHANGE = f"""
UPDATE members_place place SET ({", ".join(COMPARED)}) = ({_of("new")})
FROM place_staging new
WHERE place.id = new.id AND ({_of("place")}) IS DISTINCT FROM ({_of("new")})
"""  # noqa: S608  (names of columns from the constants above)


def _mark_gone(cursor: Any, reading: Reading, there: set[str]) -> int:
    """Only in the countries that the file covers."""
    missing = there - {row.code for row in reading.rows}
    if not missing:
        return 0
    cursor.execute(
        """UPDATE members_place SET gone_on = %s
        WHERE register = %s AND country = ANY(%s) AND gone_on IS NULL AND code = ANY(%s)""",
        [timezone.localdate(), reading.register, sorted(reading.countries), sorted(missing)],
    )
    return cursor.rowcount


def copy(cursor: Any, table: str, columns: list[str], lines: Iterator[str]) -> None:
    with connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", _Stream(lines))


class _Stream:
    """Lines as the file that COPY reads from: while the server writes a block, the next one is prepared."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines

    def read(self, size: int) -> bytes:
        return "".join(islice(self.lines, BLOCK)).encode()
