"""Lines of needs or of offers as numpy columns: which of them fit a given line, as `partnerships.coverage.fits` says.

Made once for all members; asking costs a few passes over the lines of one item. Read by `partnerships.ranking`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

import numpy as np

from alliance.core.search import Phrase, same_words
from alliance.core.units import DECIMALS, base_of, in_base
from partnerships.bit_columns import numbers
from partnerships.coverage import CONDITIONS, Item

# Quantities and bounds are kept exactly, in thousandths of the base unit.
SCALE = 10**DECIMALS
FIRST_DAY, LAST_DAY = -1, 2**31 - 1
LOWEST, HIGHEST = -(2**63) + 1, 2**63 - 1


def exact(quantity: Decimal, unit: str) -> int:
    """In thousandths of the base unit. Quantities have three decimals, so nothing is lost."""
    return int(in_base(quantity, unit) * SCALE)


# Of each line one number.
COLUMNS = {
    "row": np.int32,
    "template": np.int32,
    "amount": np.int64,
    "measure": np.int32,
    "wear": np.int8,
    "spec": np.int32,
    "range_of": np.int32,
    "low": np.int64,
    "high": np.int64,
    "needed": np.int32,
    "start": np.int32,
    "end": np.int32,
    "name": np.int32,
}


@dataclass
class LineTables:
    """Value → its number in a column. They only grow."""

    templates: dict[str, int] = field(default_factory=dict)
    codes: dict[tuple[str, str], int] = field(default_factory=dict)
    specs: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)
    names: dict[tuple[Phrase, ...], int] = field(default_factory=dict)

    def code(self, kind: str, value: str) -> int:
        """0 stands for “none said”."""
        return self.codes.setdefault((kind, value), len(self.codes) + 1) if value else 0


class LineColumns:
    """Columns of lines that belong to rows of `profile_columns.ProfileColumns`. Lines of one item lie together, and in
    it those of one row."""

    def __init__(self, tables: LineTables, columns: Mapping[str, np.ndarray]) -> None:
        order = np.lexsort((columns["row"], columns["template"]))
        self.tables, self.columns = tables, {name: columns[name][order] for name in COLUMNS}
        self.row, self.amount = self.columns["row"], self.columns["amount"]
        self.measure, self.wear, self.spec = (self.columns[name] for name in ("measure", "wear", "spec"))
        self.range_of, self.low, self.high = (self.columns[name] for name in ("range_of", "low", "high"))
        self.needed, self.start, self.end = (self.columns[name] for name in ("needed", "start", "end"))
        self.name = self.columns["name"]

    @classmethod
    def of(cls, lines: Iterable[tuple[int, Item, Decimal]], tables: LineTables) -> "LineColumns":
        """:param lines: (row, item, quantity) of each line"""
        lines = list(lines)
        items = [item for _row, item, _quantity in lines]
        bounds = [_bounds(item) for item in items]
        values = {
            "row": [row for row, _item, _quantity in lines],
            "template": numbers((item.template for item in items), tables.templates),
            "amount": [exact(quantity, item.unit) for _row, item, quantity in lines],
            "measure": [tables.code("unit", _measure(item)) for item in items],
            "wear": [_wear(item) for item in items],
            "spec": numbers((tuple(sorted(item.specs.items())) for item in items), tables.specs),
            "range_of": [tables.code("range", _range_unit(item)) for item in items],
            "low": [low for low, _high in bounds],
            "high": [high for _low, high in bounds],
            "needed": [_day(item.needed_by, LAST_DAY) for item in items],
            "start": [_day(item.available_from, FIRST_DAY) for item in items],
            "end": [_day(item.available_until, LAST_DAY) for item in items],
            "name": numbers((item.names for item in items), tables.names),
        }
        return cls(tables, {name: np.array(values[name], kind) for name, kind in COLUMNS.items()})

    def joined(self, stays: np.ndarray, new: "LineColumns") -> "LineColumns":
        """Lines of the rows that stay, which move up, and ``new`` ones of rows that come after them, with the same
        tables."""
        kept = stays[self.row]
        columns = {
            name: np.concatenate([column[kept], new.columns[name]]) for name, column in self.columns.items()
        }
        first = int(np.count_nonzero(kept))
        columns["row"][:first] = (np.cumsum(stays) - 1)[columns["row"][:first]]
        columns["row"][first:] += int(np.count_nonzero(stays))
        return LineColumns(self.tables, columns)

    def __len__(self) -> int:
        return len(self.row)

    @cached_property
    def groups(self) -> dict[str, slice]:
        """Where lines of each item of the catalogue lie; of free ones, under no name."""
        templates, column = list(self.tables.templates), self.columns["template"]
        starts = np.flatnonzero(np.diff(column, prepend=-1)).tolist()
        ends = [*starts[1:], len(column)][: len(starts)]
        return {templates[column[one]]: slice(one, end) for one, end in zip(starts, ends, strict=True)}

    @cached_property
    def names(self) -> list[tuple[Phrase, ...]]:
        return list(self.tables.names)

    @cached_property
    def forms(self) -> dict[str, set[int]]:
        """Which names have which words."""
        found: dict[str, set[int]] = defaultdict(set)
        for number, names in enumerate(self.names):
            for each in names:
                for word in (*each.parted, *each.joined):
                    for form in word:
                        found[form].add(number)
        return found

    def fitting(self, item: Item, *, is_need: bool, today: date) -> np.ndarray:
        """Positions of the lines that fit ``item``, ascending; it is a need and they are offers, or the other way."""
        found = [
            where[fits] if isinstance(where, np.ndarray) else where.start + np.flatnonzero(fits)
            for where in self._of_item(item)
            for fits in [self._fit(item, where, is_need, today)]
        ]
        return np.concatenate(found) if found else np.empty(0, np.intp)

    def _fit(self, item: Item, where: slice | np.ndarray, is_need: bool, today: date) -> np.ndarray:
        fits = self.measure[where] == self.tables.codes.get(("unit", _measure(item)), -1)
        fits &= self._specs_agree(item, is_need)[self.spec[where]]
        wear, its = _wear(item), self.wear[where]
        if is_need and wear >= 0:  # what asks for more than the other has
            fits &= its <= wear
        elif not is_need:
            fits &= (wear <= its) | (its < 0)
        if unit := _range_unit(item):
            fits &= self._range_meets(item, unit, where)
        return fits & self._in_time(item, where, is_need, today)

    def summed(self, lines: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows of ``lines`` and how much they have together, each line up to ``most``, and no more than it."""
        if not len(lines):
            return lines, lines
        rows = self.row[lines]
        if (rows[1:] < rows[:-1]).any():  # of more than one item
            order = np.argsort(rows, kind="stable")
            rows, lines = rows[order], lines[order]
        is_first = np.ones(len(rows), bool)
        np.not_equal(rows[1:], rows[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        # A row has a few dozen lines, so sums of amounts below 2**57 stay below 2**63.
        amounts = np.minimum(self.amount[lines], most)
        return rows[starts], np.minimum(np.add.reduceat(amounts, starts), most)

    def _of_item(self, item: Item) -> list[slice | np.ndarray]:
        """The same entry of the catalogue; free words that say the same, also when one of them is the catalogue's."""
        alike = self._alike(item.names)
        if not item.template:
            return [np.flatnonzero(np.isin(self.name, alike))] if alike else []
        there = [self.groups[item.template]] if item.template in self.groups else []
        free = self.groups.get("")
        if free and alike and len(worded := np.flatnonzero(np.isin(self.name[free], alike))):
            there.append(free.start + worded)
        return there

    def _alike(self, names: tuple[Phrase, ...]) -> list[int]:
        """Numbers of the names that say the same as one of ``names``."""
        candidates: set[int] = set()
        for each in names:
            for first in (*each.parted[:1], *each.joined[:1]):
                candidates.update(number for form in first for number in self.forms.get(form, ()))
        return [
            number
            for number in sorted(candidates)
            if any(same_words(mine, its) for mine in names for its in self.names[number])
        ]

    def _specs_agree(self, item: Item, is_need: bool) -> np.ndarray:
        """By number of specs: a need's specs are not contradicted by the offer's."""
        asked = dict(item.specs)
        agree = [
            not any(dict(specs).get(name, value) != value for name, value in asked.items())
            if is_need
            else not any(asked.get(name, value) != value for name, value in specs)
            for specs in self.tables.specs
        ]
        return np.array(agree, bool)

    def _range_meets(self, item: Item, unit: str, where: slice | np.ndarray) -> np.ndarray:
        low, high = _bounds(item)
        ranges = self.range_of[where]
        meet = (self.low[where] <= high) & (low <= self.high[where])
        return (ranges == 0) | ((ranges == self.tables.codes.get(("range", unit), -1)) & meet)

    def _in_time(
        self, item: Item, where: slice | np.ndarray, is_need: bool, today: date
    ) -> np.ndarray | np.bool_:
        now = today.toordinal()
        if not is_need:
            is_there = _day(item.available_until, LAST_DAY) >= now
            return (self.needed[where] >= _day(item.available_from, FIRST_DAY)) & is_there
        fits = self.end[where] >= now
        return fits if item.needed_by is None else fits & (self.start[where] <= item.needed_by.toordinal())


def _measure(item: Item) -> str:
    return f"{base_of(item.unit)[0]} {item.currency}"


def _wear(item: Item) -> int:
    return CONDITIONS.index(item.condition) if item.condition else -1


def _range_unit(item: Item) -> str:
    return base_of(item.range_unit)[0] if item.range_unit else ""


def _bounds(item: Item) -> tuple[int, int]:
    low = LOWEST if item.range_min is None or not item.range_unit else exact(item.range_min, item.range_unit)
    high = (
        HIGHEST if item.range_max is None or not item.range_unit else exact(item.range_max, item.range_unit)
    )
    return low, high


def _day(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal()
