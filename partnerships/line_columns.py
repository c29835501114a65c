"""Lines of needs or of offers as numpy columns: which of them fit a given line, as `partnerships.coverage.fits` says.

Made once for all members; asking costs a few passes over the lines of one item. Read by `partnerships.ranking`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby

import numpy as np

from alliance.core.search import Phrase, same_words
from alliance.core.units import DECIMALS, base_of, in_base
from partnerships.coverage import CONDITIONS, Item

# Quantities and bounds are kept exactly, in thousandths of the base unit.
SCALE = 10**DECIMALS
NO_DAY, FIRST_DAY, LAST_DAY = 0, -1, 2**31 - 1
LOWEST, HIGHEST = -(2**63) + 1, 2**63 - 1


def exact(quantity: Decimal, unit: str) -> int:
    """In thousandths of the base unit. Quantities have three decimals, so nothing is lost."""
    return int(in_base(quantity, unit) * SCALE)


class LineColumns:
    """Columns of lines that belong to rows of `ranking.Columns`, grouped by item.

    :param lines: (row, item, quantity) of each line
    """

    def __init__(self, lines: Iterable[tuple[int, Item, Decimal]]) -> None:
        # By item, then by row: lines of one item lie together, and of one row in it too.
        ordered = sorted(lines, key=lambda line: (line[1].template, line[0]))
        items = [item for _row, item, _quantity in ordered]
        self.row = np.array([row for row, _item, _quantity in ordered], np.int32)
        self.amount = np.array([exact(quantity, item.unit) for _row, item, quantity in ordered], np.int64)
        self.codes: dict[tuple[str, str], int] = {}
        self.measure = np.array([self._code("unit", _measure(item)) for item in items], np.int32)
        self.wear = np.array([_wear(item) for item in items], np.int8)
        self.specs, self.spec = _numbered(tuple(sorted(item.specs.items())) for item in items)
        self.range_of = np.array([self._code("range", _range_unit(item)) for item in items], np.int32)
        bounds = [_bounds(item) for item in items]
        self.low = np.array([low for low, _high in bounds], np.int64)
        self.high = np.array([high for _low, high in bounds], np.int64)
        self.needed = np.array([_day(item.needed_by, LAST_DAY) for item in items], np.int32)
        self.start = np.array([_day(item.available_from, FIRST_DAY) for item in items], np.int32)
        self.end = np.array([_day(item.available_until, LAST_DAY) for item in items], np.int32)
        self._group(items)

    def _code(self, kind: str, value: str) -> int:
        """0 stands for “none said”."""
        return self.codes.setdefault((kind, value), len(self.codes) + 1) if value else 0

    def _group(self, items: Sequence[Item]) -> None:
        """Where lines of each item of the catalogue lie, and which lines have which words."""
        self.groups: dict[str, slice] = {}
        for template, lines in groupby(range(len(items)), key=lambda n: items[n].template):
            there = list(lines)
            self.groups[template] = slice(there[0], there[-1] + 1)
        self.names, self.name = _numbered(item.names for item in items)
        self.forms: dict[str, set[int]] = defaultdict(set)
        for number, names in enumerate(self.names):
            for each in names:
                for word in (*each.parted, *each.joined):
                    for form in word:
                        self.forms[form].add(number)

    def fitting(self, item: Item, *, is_need: bool, today: date) -> np.ndarray:
        """Positions of the lines that fit ``item``, ascending; it is a need and they are offers, or the other way."""
        found = self._of_item(item)
        if not len(found):
            return found
        fits = self.measure[found] == self.codes.get(("unit", _measure(item)), -1)
        fits &= self._specs_agree(item, is_need)[self.spec[found]]
        wear, its = _wear(item), self.wear[found]
        if is_need:  # what asks for more than the other has
            fits &= (its <= wear) | (wear < 0)
        else:
            fits &= (wear <= its) | (its < 0)
        fits &= self._ranges_meet(item, found) & self._in_time(item, found, is_need, today)
        return found[fits]

    def summed(self, lines: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
        """The rows of ``lines`` and how much they have together, each line up to ``most``, and no more than it."""
        if not len(lines):
            return lines, lines
        rows = self.row[lines]
        order = np.argsort(rows, kind="stable")
        starts = np.flatnonzero(np.diff(rows[order], prepend=-1))
        # A row has a few dozen lines, so sums of amounts below 2**57 stay below 2**63.
        amounts = np.minimum(self.amount[lines][order], most)
        return rows[order][starts], np.minimum(np.add.reduceat(amounts, starts), most)

    def _of_item(self, item: Item) -> np.ndarray:
        """The same entry of the catalogue; free words that say the same, also when one of them is the catalogue's."""
        free = self.groups.get("", slice(0, 0))
        if not item.template:
            return np.flatnonzero(np.isin(self.name, self._alike(item.names)))
        group = self.groups.get(item.template, slice(0, 0))
        worded = free.start + np.flatnonzero(np.isin(self.name[free], self._alike(item.names)))
        return np.concatenate([worded, np.arange(group.start, group.stop)])

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
            for specs in self.specs
        ]
        return np.array(agree, bool)

    def _ranges_meet(self, item: Item, found: np.ndarray) -> np.ndarray:
        unit = _range_unit(item)
        if not unit:
            return np.ones(len(found), bool)
        low, high = _bounds(item)
        same = self.range_of[found] == self.codes.get(("range", unit), -1)
        meet = (self.low[found] <= high) & (low <= self.high[found])
        return (self.range_of[found] == 0) | (same & meet)

    def _in_time(self, item: Item, found: np.ndarray, is_need: bool, today: date) -> np.ndarray:
        now = today.toordinal()
        if is_need:
            return (self.start[found] <= _day(item.needed_by, LAST_DAY)) & (self.end[found] >= now)
        if _day(item.available_until, LAST_DAY) < now:
            return np.zeros(len(found), bool)
        return self.needed[found] >= _day(item.available_from, FIRST_DAY)


def _numbered(values: Iterable) -> tuple[list, np.ndarray]:
    """The distinct values, and for each value its number."""
    numbers: dict = {}
    column = [numbers.setdefault(value, len(numbers)) for value in values]
    return list(numbers), np.array(column, np.int32)


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
