"""A table of needs and offers as somebody sent it: its rows put together to needs and offers. Pure.

Rows with one `id` belong together wherever they stand; a row without `id` and without a title of its own is a further
line of the need or offer above it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from alliance.core.sheets import GUARDED, UNWRITABLE
from alliance.core.tables import Row, Unreadable
from partnerships.exports.sheets import COLUMNS

BY_NAME = {column.name: column for column in COLUMNS}
# Columns that only the file of the member itself has: without it an empty cell may be one that was not shown.
MARK_OF_A_WHOLE_FILE = "audience"
_TITLES = [name for name in BY_NAME if name.startswith("title_")]
_OF_THE_WHOLE = [
    column.name for column in COLUMNS if column.is_read and not column.is_line and column.name != "id"
]
_OF_A_LINE = [column.name for column in COLUMNS if column.is_read and column.is_line]
_UNGUARD = re.compile(GUARDED)


@dataclass(frozen=True)
class Problem:
    """What is wrong in one cell; ``typed`` is what stands there."""

    row: int
    column: str
    typed: str
    message: Any


@dataclass(frozen=True)
class SheetRow:
    number: int
    cells: dict[str, str]

    @property
    def has_line(self) -> bool:
        return any(self.cells.get(name) for name in _OF_A_LINE)


@dataclass
class Entry:
    """One need or offer of the table; ``cells`` are those of the whole, each with the row in which it stands."""

    id: str
    rows: list[SheetRow] = field(default_factory=list)
    cells: dict[str, tuple[int, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, row: SheetRow) -> None:
        self.rows.append(row)
        for name in _OF_THE_WHOLE:
            text = row.cells.get(name, "")
            number, before = self.cells.get(name, (0, ""))
            if text and before and normal(text) != normal(before):
                message = _("Row %(row)d says something else. Write it in one of the two only.")
                self.problems.append(Problem(row.number, name, text, message % {"row": number}))
            elif text:
                self.cells[name] = (row.number, text)

    def cell(self, name: str) -> tuple[int, str]:
        return self.cells.get(name, (self.rows[0].number, ""))


@dataclass(frozen=True)
class Sheet:
    columns: frozenset[str]
    unknown: list[str]
    entries: list[Entry]

    @property
    def is_whole(self) -> bool:
        """Whether an empty cell says that nothing is there."""
        return MARK_OF_A_WHOLE_FILE in self.columns


def read_sheet(table: Sequence[Row]) -> Sheet:
    """The needs and offers of a table whose first row names the columns.

    :raises Unreadable: the heading is none of ours
    """
    heading = ["_".join(cell.strip().lower().split()) for cell in table[0][1]]
    columns = [name for name in heading if name in BY_NAME]
    if twice := {name for name in columns if columns.count(name) > 1}:
        raise Unreadable(
            _("These columns are there twice: %(columns)s.") % {"columns": ", ".join(sorted(twice))}
        )
    if "id" not in columns and "kind" not in columns:
        raise Unreadable(
            _("The first row must name the columns; we did not find: %(columns)s.") % {"columns": "id, kind"}
        )
    if len(table) == 1:
        raise Unreadable(_("The table has no rows below the heading."))
    unknown = [
        cell.strip() for cell, name in zip(table[0][1], heading, strict=True) if name and name not in BY_NAME
    ]
    rows = [SheetRow(number, _cells(heading, cells)) for number, cells in table[1:]]
    return Sheet(frozenset(columns), unknown, entries_of(rows))


def _cells(heading: list[str], cells: list[str]) -> dict[str, str]:
    return {name: written(name, cell) for name, cell in zip(heading, cells, strict=False) if name in BY_NAME}


def written(name: str, cell: str) -> str:
    """What was written, without the apostrophe that keeps programs from running it."""
    if BY_NAME[name].kind != "text":
        return cell.strip()
    return cell[1:] if cell.startswith("'") and _UNGUARD.match(cell) else cell


def normal(text: str) -> str:
    """Texts that differ by the way in which programs write ends of lines, or by what XLSX cannot hold, are one."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(UNWRITABLE)


def entries_of(rows: Iterable[SheetRow]) -> list[Entry]:
    entries: list[Entry] = []
    by_id: dict[str, Entry] = {}
    current: Entry | None = None
    for row in rows:
        slug = row.cells.get("id", "").lower()
        if slug:
            current = by_id.get(slug)
        elif current and _begins_another(row, current):
            current = None
        if current is None:
            current = Entry(slug)
            entries.append(current)
            if slug:
                by_id[slug] = current
        current.add(row)
    return entries


def _begins_another(row: SheetRow, entry: Entry) -> bool:
    """Whether it has a title, and not of what stands above: tables that repeat the title in each line are read, too.
    Two members may ask for the same."""
    if not any(row.cells.get(name) for name in _TITLES):
        return False
    said = {
        name: row.cells[name] for name in (*_TITLES, "kind", "member", "member_name") if row.cells.get(name)
    }
    return any(normal(text) != normal(entry.cell(name)[1]) for name, text in said.items())
