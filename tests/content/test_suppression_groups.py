"""Sectors by oblast, and the DAC codes that they stand under, told together: an attacker by linear programming who
knows which sector belongs to which code computes nothing that is kept back."""

import highspy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alliance.content.suppression import protect, protect_groups, with_totals

KEPT_BACK_BELOW = 5
LEAST_VALUES = 5
CODES = {"A": "1", "B": "1", "C": "2", "D": "2", "E": "2", "F": "3"}


class Attacker:
    """Knows each told number, that nothing kept back is 0, and how totals, rows and codes add up."""

    def __init__(self, sectors, codes):
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)  # as rounds do: the first to run decides for the process
        self.index = {}
        self.tables = {"sector": sectors, "code": codes}
        for name, table in self.tables.items():
            for cell, value in sorted(table.items()):
                self.index[name, *cell] = len(self.index)
                self.solver.addVar(*((1, highspy.kHighsInf) if value is None else (value, value)))
        rows = {row for row, _ in sectors if row}
        columns = {column for _, column in sectors if column}
        for row in ["", *rows]:
            self._adds_up([("sector", row, column) for column in columns], ("sector", row, ""))
            for code in set(CODES.values()):
                parts = [("sector", row, column) for column in columns if CODES[column] == code]
                self._adds_up(parts, ("code", row, code))
        for column in ["", *columns]:
            self._adds_up([("sector", row, column) for row in rows], ("sector", "", column))
        for code in set(CODES.values()):
            self._adds_up([("code", row, code) for row in rows], ("code", "", code))

    def _adds_up(self, parts, total):
        parts = [self.index[part] for part in parts if part in self.index]
        if parts:
            self.solver.addRow(0, 0, len(parts) + 1, [*parts, self.index[total]], [1.0] * len(parts) + [-1.0])

    def range_of(self, name, cell, most=1000):
        return [self._best(self.index[name, *cell], sense, most) for sense in (1, -1)]

    def _best(self, index, sense, most):
        self.solver.changeColBounds(index, 1, most)
        self.solver.changeColCost(index, float(sense))
        self.solver.run()
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        value = self.solver.getSolution().col_value[index]
        self.solver.changeColCost(index, 0.0)
        self.solver.changeColBounds(index, 1, highspy.kHighsInf)
        return round(value)


def attack(sectors, codes):
    attacker = Attacker(sectors, codes)
    for name, table in attacker.tables.items():
        for cell in (cell for cell, value in table.items() if value is None):
            low, high = attacker.range_of(name, cell)
            assert high - low + 1 >= LEAST_VALUES, (name, cell, low, high)
            assert high >= KEPT_BACK_BELOW, (name, cell, low, high)


def counts_of(rows):
    return {
        (f"r{r}", column): count
        for r, row in enumerate(rows)
        for column, count in zip(CODES, row, strict=True)
    }


def sums_of(counts):
    sums = {}
    for (row, column), count in with_totals(counts).items():
        if column:
            sums[row, CODES[column]] = sums.get((row, CODES[column]), 0) + count
    return sums


COUNTS = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 40))
ROWS = st.lists(st.lists(COUNTS, min_size=len(CODES), max_size=len(CODES)), min_size=1, max_size=5)


@given(ROWS)
@settings(max_examples=80, deadline=None)
@example([[3, 6, 9, 0, 0, 7], [6, 8, 9, 9, 9, 9]])
@example([[1, 1, 1, 1, 1, 1]])
@example([[3, 2, 20, 20, 20, 20], [2, 3, 20, 20, 20, 20]])
def test_codes_are_told_beside_sectors_and_give_nothing_away(rows):
    counts = counts_of(rows)
    sectors = protect(counts)
    codes = protect_groups(counts, sectors, CODES)
    whole = sums_of(counts)
    assert codes.keys() == whole.keys(), "zeros alone are left out"
    assert all(value is None or value == whole[cell] >= KEPT_BACK_BELOW for cell, value in codes.items())
    attack(sectors, codes)


@given(ROWS, st.data())
@settings(max_examples=60, deadline=None)
def test_the_next_quarter_tells_nothing_of_the_codes_before(rows, data):
    """Told cells change; whoever believes that all that was told and stands is the same gains nothing."""
    counts = counts_of(rows)
    sectors = protect(counts)
    codes = protect_groups(counts, sectors, CODES)
    told = [cell for cell in counts if sectors.get(cell) is not None]
    changed = dict(counts)
    for cell in data.draw(st.lists(st.sampled_from(told), unique=True, max_size=3)) if told else []:
        changed[cell] = data.draw(st.integers(5, 40))
    sectors_then = protect(changed, before=(with_totals(counts), sectors))
    codes_then = protect_groups(changed, sectors_then, CODES, before=(sums_of(counts), codes))
    attack(sectors_then, codes_then)
    for cell, count in sums_of(changed).items():
        if sums_of(counts).get(cell) == count and codes[cell] is None and len(_group(cell)) > 1:
            assert codes_then[cell] is None, "what was kept back and stands so is not told"


def _group(cell):
    return [column for column, code in CODES.items() if code == cell[1]]


# What is small in A hides behind C, which stands under another code.
CROSSING = [[3, 20, 6, 9, 9, 9], [8, 20, 7, 9, 9, 9], [9, 30, 9, 9, 9, 9]]


def test_a_sum_that_would_say_what_a_sector_keeps_back_is_kept_back_too():
    sectors = protect(counts_of(CROSSING))
    assert {cell for cell, value in sectors.items() if value is None} == {
        (row, column) for row in ("r0", "r1") for column in ("A", "C")
    }
    codes = protect_groups(counts_of(CROSSING), sectors, CODES)
    assert codes["r0", "1"] is None
    assert (codes["r2", "1"], codes["", "1"], codes["r0", "3"]) == (39, 90, 9)


def test_without_the_rule_a_sum_does_give_a_sector_away():
    sectors = protect(counts_of(CROSSING))
    with pytest.raises(AssertionError):
        attack(sectors, sums_of(counts_of(CROSSING)))
