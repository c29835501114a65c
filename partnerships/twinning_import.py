"""A table of existing partnerships, as the desk sends it: columns, rows, what is wrong in a row by itself. Pure.

One row is one pair. Each side is named by the code of its place in a register (KATOTTH, LAU as GISCO writes it, NUTS),
or by its name and country; a source is required.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.core.countries import country_name
from alliance.core.spelling import clean_name
from alliance.core.tables import Row as TableRow
from alliance.core.tables import Unreadable

MOST_ROWS = 2_000
# Rows that name a side without a code: each is looked for in the registers.
MOST_NAMED = 300
EARLIEST = 1900

# Column → what its heading may be called. Order and case do not matter.
HEADINGS = {
    "code_a": "code_a ua_code katotth katottg ua_katottg",
    "name_a": "name_a ua_name",
    "country_a": "country_a",
    "code_b": "code_b partner_code gisco_id partner_gisco_id",
    "name_b": "name_b partner_name",
    "country_b": "country_b partner_country",
    "stage": "stage status",
    "since_year": "since_year since year",
    "signed_on": "signed_on date",
    "valid_until": "valid_until",
    "source_url": "source_url source url",
    "source_note": "source_note note sources",
}
COLUMN_OF = {word: column for column, words in HEADINGS.items() for word in words.split()}
# What each column is for, shown beside the form.
EXPLAINED = [
    (
        "code_a, code_b",
        _("the codes of both places: KATOTTH, LAU as GISCO writes it (PL_1465011) or NUTS; enough by themselves"),
    ),
    (
        "name_a, country_a, name_b, country_b",
        _("where there is no code: the name in any spelling, and the country in two letters (UA, PL)"),
    ),
    ("stage", _("solidarity, letter or in_force; without it the agreement is taken to be in force")),
    ("since_year, signed_on, valid_until", _("a year (1994), and days as 1994-05-31; all may be empty")),
    (
        "source_url, source_note",
        _("where it is written: an address, or words such as “letter of the town of 3 May 2026”; one is required"),
    ),
]  # fmt: skip
TEMPLATE = "code_a;name_a;country_a;code_b;name_b;country_b;stage;since_year;signed_on;source_url\r\n"
# What a row is told when it is compared with what is stored.
SAME_PLACE = _("Both sides are the same place.")
NO_REGISTER = _("At least one side must be in a register of the portal.")
STAGES = ("solidarity", "letter", "in_force")
COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True)
class Side:
    """How a row names one side."""

    code: str = ""
    name: str = ""
    country: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.name, self.code or f"({self.country})") if part)


@dataclass(frozen=True)
class Row:
    """One line of the table: what it says, and what is wrong with it."""

    line: int
    a: Side
    b: Side
    stage: str = "in_force"
    since_year: int | None = None
    signed_on: date | None = None
    valid_until: date | None = None
    source_url: str = ""
    source_note: str = ""
    problems: tuple[Any, ...] = field(default=())

    def with_problem(self, problem: Any) -> "Row":
        return replace(self, problems=(*self.problems, problem))


def read_rows(table: list[TableRow]) -> list[Row]:
    """The rows of a table that `core.tables.read_table` gave, each with what is wrong in it by itself.

    :raises Unreadable: the heading lacks a side or a source, or too many rows have no codes
    """
    columns = [COLUMN_OF.get("_".join(cell.strip().lower().split()), "") for cell in table[0][1]]
    missing = [
        words
        for words, names in {
            "code_a / name_a": ("code_a", "name_a"),
            "code_b / name_b": ("code_b", "name_b"),
            "source_url / source_note": ("source_url", "source_note"),
        }.items()
        if not set(names) & set(columns)
    ]
    if missing:
        raise Unreadable(
            _("The first line must name the columns; we did not find: %(columns)s.")
            % {"columns": ", ".join(missing)}
        )
    rows = [_row(line, dict(zip(columns, cells, strict=False))) for line, cells in table[1:]]
    if not rows:
        raise Unreadable(_("The list has no rows below the heading."))
    if sum(not (row.a.code and row.b.code) for row in rows) > MOST_NAMED:
        raise Unreadable(
            _("More than %(most)d rows have no codes. Please send them in parts.") % {"most": MOST_NAMED}
        )
    return rows


def _row(line: int, cells: dict[str, str]) -> Row:
    value = {name: " ".join(cells.get(name, "").split()) for name in HEADINGS}
    row = Row(line, _side(value, "a"), _side(value, "b"), source_note=value["source_note"][:300])
    for side in (row.a, row.b):
        if not side.code and not (side.name and COUNTRY.fullmatch(side.country)):
            row = row.with_problem(_("Each side needs a code, or a name and a country in two letters."))
            break
    row = _with_stage(row, value["stage"].lower())
    row = _with_days(row, value)
    return _with_source(row, value["source_url"])


def _side(value: dict[str, str], which: str) -> Side:
    return Side(
        value[f"code_{which}"][:40], clean_name(value[f"name_{which}"])[:200], value[f"country_{which}"].upper()[:2]
    )  # fmt: skip


def _with_stage(row: Row, stage: str) -> Row:
    if stage and stage not in STAGES:
        return row.with_problem(_("We do not know this stage: please write solidarity, letter or in_force."))
    return replace(row, stage=stage or row.stage)


def _with_days(row: Row, value: dict[str, str]) -> Row:
    today = timezone.localdate()
    if year := value["since_year"]:
        if not (year.isascii() and year.isdigit() and EARLIEST <= int(year[:5]) <= today.year):
            row = row.with_problem(_("The year must lie between %(first)d and today.") % {"first": EARLIEST})
        else:
            row = replace(row, since_year=int(year))
    for name in ("signed_on", "valid_until"):
        if value[name]:
            if day := _day(value[name]):
                row = replace(row, **{name: day})
            else:
                row = row.with_problem(
                    _("“%(text)s” is no day: please write 1994-05-31.") % {"text": value[name][:30]}
                )
    if row.signed_on and row.signed_on > today:
        row = row.with_problem(_("It cannot have been signed in the future."))
    if row.signed_on and row.valid_until and row.valid_until < row.signed_on:
        row = row.with_problem(_("It cannot end before it was signed."))
    return row


def _day(text: str) -> date | None:
    """A day as 1994-05-31; a workbook adds an hour to it."""
    try:
        return parse_date(text[:10])
    except ValueError:
        return None


def _with_source(row: Row, url: str) -> Row:
    if not url and not row.source_note:
        return row.with_problem(_("The source is missing."))
    if not url:
        return row
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return row.with_problem(_("The address of the source is wrong."))
    if len(url) > 500:
        return row.with_problem(_("The address of the source is too long."))
    return replace(row, source_url=url)


def as_table(rows: Iterable[Row]) -> str:
    """The rows as our own CSV, to be sent along with the confirmation; line numbers stay true."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    names = ["line", *HEADINGS]
    writer.writerow(names)
    for row in rows:
        sides = {
            f"{what}_{which}": getattr(side, what)
            for which, side in (("a", row.a), ("b", row.b))
            for what in ("code", "name", "country")
        }
        facts = {name: getattr(row, name) for name in HEADINGS if name not in sides}
        values = {"line": row.line, **sides, **facts}
        writer.writerow(["" if values[name] is None else values[name] for name in names])
    return out.getvalue()


def from_table(text: str) -> list[Row]:
    """What `as_table` wrote, read with the same care as a file."""
    lines = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))[:MOST_ROWS]
    rows = []
    for line in lines:
        number = line.get("line") or ""
        cells = {name: value for name, value in line.items() if name and isinstance(value, str)}
        rows.append(
            _row(int(number) if number.isascii() and number.isdigit() and len(number) < 8 else 0, cells)
        )
    return rows


# --- What the look into the registers found ----------------------------------------------------------------


def same_pair(line: int) -> str:
    return gettext("The same pair as in line %(line)d.") % {"line": line}


def no_such_code(code: str) -> str:
    return gettext("No place has the code %(code)s.") % {"code": code}


def no_such_name(name: str, country: str) -> str:
    words = {"name": name, "country": country_name(country)}
    return gettext("No place in %(country)s is called %(name)s.") % words


def several_places(name: str, offered: str) -> str:
    """``offered``: places with their codes."""
    words = {"name": name, "places": offered}
    return gettext("Several places could be meant by %(name)s. Please write the code: %(places)s.") % words
