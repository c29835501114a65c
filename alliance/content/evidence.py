"""The evidence for the institutions, from raw counts to what is published: periods, and small cells kept back. Pure.

A figure is a list of flat rows: what it is about (codes), then numbers; None is a number that is kept back. So page,
PDF, CSV and JSON say the same. Counts of what there is stand alone or in tables with totals (`content.suppression`).
What happened is counted by whole quarters that are over, from boundary to boundary of `suppression.cuts`: nobody finds
a single case by subtracting one period from another.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from alliance.content.suppression import (
    cuts,
    protect,
    protect_columns,
    protect_groups,
    shown,
    with_totals,
)
from alliance.content.suppression_network import THRESHOLD, TOTAL, Cell

# In the order of the page; also the names of their definitions (`data/evidence/*.sql`) and stable for readers.
FIGURES = (
    *(
        "needs-by-sector",
        "needs-by-dac-and-oblast",
        "needs-by-dac",
        "coverage",
        "hromadas",
        "twinnings",
        "blocked-steps",
    ),
    *("time-to-match", "time-to-deliver", "refusals"),
)
# Of which the row names a period; all others are as they stand when they are computed.
OF_PERIOD = FIGURES[-3:]
# Told once a quarter and not from day to day: what comes and goes on a single day could be subtracted.
TABLES = FIGURES[:3]
# A row of the blocked steps that is told with them: of handshakes only two sides read, so nobody else sees one come.
IN_CARE = "matches_handed_over"
# Names of columns that hold numbers; all others name what the row is about.
NUMBERS = (
    *(
        "needs",
        "asked",
        "covered",
        "open",
        "hromadas",
        "with_partner",
        "without_partner",
        "twinnings",
        "waiting",
    ),
    *("matches", "deliveries", "median_days", "ninth_decile_days"),
)
FIRST_YEAR = 2020

Row = dict[str, Any]
Told = dict[Cell, int | None]
# What was counted and what was told of a table published before.
Before = tuple[Mapping[Cell, int], Mapping[Cell, int | None]]


# --- Periods -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    """Whole quarters: the first day of the first, and the day after the last."""

    start: date
    end: date

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def quarter(self) -> str:
        """“2026-Q3”; empty where it is not exactly one."""
        return quarter_of(self.start) if self.end == after(self.start) else ""


def first_day(day: date) -> date:
    """Of the quarter that a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def after(start: date) -> date:
    """The first day of the next quarter."""
    return first_day(start + timedelta(days=100))


def quarter_of(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def of_quarter(name: str) -> Period:
    """:raises ValueError: no quarter"""
    year, _, number = name.partition("-Q")
    if len(year) != 4 or number not in ("1", "2", "3", "4") or not year.isdecimal() or int(year) < FIRST_YEAR:
        raise ValueError(name)
    start = date(int(year), int(number) * 3 - 2, 1)
    return Period(start, after(start))


def last_finished(today: date) -> Period:
    end = first_day(today)
    return Period(first_day(end - timedelta(days=1)), end)


def finished(start: date, until: date, today: date) -> Period | None:
    """The quarters that two days (both included) touch, as far as they are over; None where none of them is."""
    period = Period(first_day(start), min(after(first_day(until)), first_day(today)))
    return period if period.start < period.end else None


# --- Tables of needs ---------------------------------------------------------------------------------------


def dac_rows(
    counts: Mapping[str, int], pairs: Mapping[Cell, int], sectors: Mapping[Cell, int | None]
) -> list[Row]:
    """By DAC code, for the whole country: codes cut across sectors, so by oblast both tables could not be told without
    giving away what one of them keeps back. A code that is not in it may be 0 or kept back.

    :param pairs: (sector, DAC code) → needs; 0 where they only could meet
    :param sectors: the table by sector, as it is told
    """
    told = protect_columns(pairs, {sector: n for (row, sector), n in sectors.items() if row == TOTAL})
    return [{"dac": code, "needs": counts[code]} for code in sorted(told) if counts[code] >= THRESHOLD]


def tables_of(
    by_sector: Mapping[Cell, int], main_codes: Mapping[str, str], before: "tuple[Before, Before] | None"
) -> tuple[Told, Told]:
    """Needs by sector and oblast, and by the DAC code that a sector stands under and oblast, as both can be told.

    :param before: the same two tables as they were counted and told the last time
    """
    of_sectors, of_codes = before or (None, None)
    sectors = protect(by_sector, before=of_sectors)
    return sectors, protect_groups(by_sector, sectors, main_codes, before=of_codes)


def table_rows(cells: Mapping[Cell, int | None], column: str) -> list[Row]:
    """A table as rows; an empty code is a total."""
    keys = sorted(cells, key=lambda cell: (cell[0] == TOTAL, cell[0], cell[1] == TOTAL, cell[1]))
    return [{"oblast": row, column: name, "needs": cells[row, name]} for row, name in keys]


def cells_of(rows: Iterable[Row], column: str) -> dict[Cell, int | None]:
    """The table of such rows."""
    return {(row["oblast"], row[column]): row["needs"] for row in rows}


# --- Numbers that stand alone ------------------------------------------------------------------------------


def single_rows(counts: Mapping[str, int], about: str, number: str, order: Sequence[str]) -> list[Row]:
    """A row for each code in ``order``, also where nothing is counted."""
    return [{about: code, number: shown(counts.get(code, 0))} for code in order]


def coverage_rows(amounts: Iterable[Any]) -> list[Row]:
    """Items that enough needs ask for; what is covered, and so what is open, only where it is covered for enough of
    them or for none. Amounts of different items and units are never added up."""
    rows = []
    for each in amounts:
        needs = shown(each.needs)
        is_told = needs is not None and shown(each.needs_with_cover) is not None
        # All but a few: those few would be what is open.
        is_told = is_told and shown(each.needs - each.needs_with_cover) is not None
        rows.append(
            {
                "item": each.item,
                "unit": each.unit,
                "currency": each.currency,
                "needs": needs,
                "asked": None if needs is None else _plain(each.asked),
                "covered": _plain(each.covered) if is_told else None,
                "open": _plain(each.asked - each.covered) if is_told else None,
            }
        )
    return rows


def _plain(amount: Decimal) -> int | float:
    """As a number of JSON; amounts have three decimals at most."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def hromada_rows(counts: Mapping[str, tuple[int, int]]) -> list[Row]:
    """Of places and public partnerships, each of which is listed on the portal: nothing is kept back."""
    whole = [sum(parts) for parts in zip(*counts.values(), strict=True)] or [0, 0]
    return [
        {"oblast": code, "hromadas": n, "with_partner": partnered, "without_partner": n - partnered}
        for code, (n, partnered) in [*sorted(counts.items()), (TOTAL, tuple(whole))]
    ]


# --- What happened in a period -----------------------------------------------------------------------------


def is_told(quarters: Iterable[date], period: Period, epoch: date) -> bool:
    """Whether a count of events from one boundary of the period to the other can be told. ``epoch``: the first quarter
    of all; ``quarters``: of each event."""
    counts: dict[date, int] = defaultdict(int)
    for quarter in quarters:
        counts[quarter] += 1
    starts = [epoch]
    while starts[-1] < period.end:
        starts.append(after(starts[-1]))
    boundaries = cuts([counts[start] for start in starts[:-1]])
    return starts.index(max(period.start, epoch)) in boundaries and starts.index(period.end) in boundaries


def days_row(happenings: Sequence[Any], period: Period | None, number: str) -> Row:
    """How many, the middle one of their days, and within how many days nine of ten were through."""
    row: Row = {number: None, "median_days": None, "ninth_decile_days": None}
    if period is None:
        return row
    days = sorted(each.days for each in happenings if period.start <= each.quarter < period.end)
    quarters = [each.quarter for each in happenings]
    if not is_told(quarters, period, min([*quarters, period.start])):
        return row
    if not days:
        return {number: 0}
    return row | {
        number: len(days),
        "median_days": days[(len(days) - 1) // 2],
        "ninth_decile_days": days[(len(days) * 9 + 9) // 10 - 1],
    }


def refusal_rows(
    counts: Iterable[tuple[str, date, int]], period: Period | None, order: Sequence[str]
) -> list[Row]:
    """By reason, without a total: it would say how many those are that are kept back."""
    by_reason: dict[str, list[date]] = defaultdict(list)
    for reason, quarter, count in counts:
        by_reason[reason] += [quarter] * count
    rows = []
    for reason in order:
        quarters, told = by_reason[reason], None
        if period and is_told(quarters, period, min([*quarters, period.start])):
            told = sum(period.start <= quarter < period.end for quarter in quarters)
        rows.append({"reason": reason, "matches": told})
    return rows


def counted_cells(by_sector: Mapping[Cell, int]) -> list[list[Any]]:
    """What is kept beside the tables, for the next ones: every cell and total as it was counted."""
    return [[*cell, count] for cell, count in sorted(with_totals(by_sector).items())]


def before_of(
    counted: Iterable[Sequence[Any]], figures: Mapping[str, Any], main_codes: Mapping[str, str]
) -> tuple[Before, Before]:
    """The tables that were told the last time: what was counted, and what was told."""
    sectors = {(row, column): n for row, column, n in counted}
    codes: dict[Cell, int] = defaultdict(int)
    for (row, sector), n in sectors.items():
        if sector:
            codes[row, main_codes.get(sector, "")] += n
    told = cells_of(figures.get("needs-by-dac-and-oblast", []), "dac")
    return (sectors, cells_of(figures["needs-by-sector"], "sector")), (codes, told)
