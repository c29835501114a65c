"""No kept-back cell can be computed from what is published: attackers of their own try it, by linear programming, by
trying every table, and by subtracting quarters and periods."""

from itertools import pairwise, product

import highspy
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alliance.content.suppression import cuts, protect, protect_columns, shown, with_totals

KEPT_BACK_BELOW = 5
LEAST_VALUES = 5


def counts_of(rows):
    """[[3, 0], [7, 12]] as cells."""
    return {(f"r{r}", f"c{c}"): count for r, row in enumerate(rows) for c, count in enumerate(row)}


class Attacker:
    """Knows each published number, that nothing kept back is 0, and how totals are made. ``tables``: several that are
    taken to be the same one, as by somebody who believes that nothing changed meanwhile."""

    def __init__(self, *tables, floor=1):
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        self.solver.setOptionValue("threads", 1)  # as rounds do: the first to run decides for the process
        self.index = {}
        known = {}
        for table in tables:
            known |= {cell: value for cell, value in table.items() if value is not None}
        cells = sorted(set().union(*tables))
        for cell in cells:
            self.index[cell] = len(self.index)
            low, high = (known[cell], known[cell]) if cell in known else (floor, highspy.kHighsInf)
            self.solver.addVar(low, high)
        self.hidden = [cell for cell in cells if cell not in known]
        rows = sorted({row for row, _ in cells if row})
        columns = sorted({column for _, column in cells if column})
        for row in ["", *rows]:
            self._adds_up([(row, column) for column in columns], (row, ""))
        for column in ["", *columns]:
            self._adds_up([(row, column) for row in rows], ("", column))

    def _adds_up(self, parts, total):
        parts = [self.index[part] for part in parts if part in self.index]
        if not parts:
            return
        self.solver.addRow(0, 0, len(parts) + 1, [*parts, self.index[total]], [1.0] * len(parts) + [-1.0])

    def range_of(self, cell, most=1000):
        """The least and the most that fit what is published; both are whole, since the constraints are a network."""
        return [self._best(cell, sense, most) for sense in (1, -1)]

    def _best(self, cell, sense, most):
        index = self.index[cell]
        low, high = self.solver.getLp().col_lower_[index], self.solver.getLp().col_upper_[index]
        self.solver.changeColBounds(index, low, min(high, most))
        self.solver.changeColCost(index, float(sense))
        self.solver.run()
        assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
        value = self.solver.getSolution().col_value[index]
        self.solver.changeColCost(index, 0.0)
        self.solver.changeColBounds(index, low, high)
        return round(value)


def attack(*tables, never_told=()):
    attacker = Attacker(*tables)
    for cell in attacker.hidden:
        if cell in never_told:
            continue
        low, high = attacker.range_of(cell)
        assert high - low + 1 >= LEAST_VALUES, (cell, low, high)
        assert high >= KEPT_BACK_BELOW, (cell, low, high)


SMALL = st.integers(0, 9)
MIXED = st.one_of(st.just(0), st.integers(1, 4), st.integers(5, 60))


def tables(counts, most=6):
    sizes = st.tuples(st.integers(1, most), st.integers(1, most))
    return sizes.flatmap(
        lambda size: st.lists(
            st.lists(counts, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
        )
    )


@given(tables(st.one_of(SMALL, MIXED)))
@settings(max_examples=80, deadline=None)
@example([[1]])
@example([[4, 1], [1, 4]])
@example([[1, 1, 10]])  # two that are kept back add up to 2: both would be 1
@example([[3, 7], [0, 12]])
@example([[1, 5], [5, 1]])
@example([[5, 5, 5], [5, 1, 5], [5, 5, 5]])
def test_no_cell_is_found_out_by_linear_programming(rows):
    table = protect(counts_of(rows))
    whole = with_totals(counts_of(rows))
    assert all(value is None or value == whole[cell] for cell, value in table.items())
    assert all(table[cell] is None for cell, count in whole.items() if count < KEPT_BACK_BELOW)
    attack(table)


@given(tables(MIXED, most=5))
@settings(max_examples=60, deadline=None)
def test_nor_where_totals_of_rows_are_not_told(rows):
    counts = counts_of(rows)
    table = protect(counts, row_totals=False)
    never = {cell for cell in table if cell[1] == ""}
    assert all(table[cell] is None for cell in never)
    attack(table, never_told=never)


@given(tables(st.integers(0, 6), most=3).filter(lambda rows: len(rows) * len(rows[0]) <= 4))
@settings(max_examples=12, deadline=None)
def test_nor_by_trying_every_table(rows):
    counts = counts_of(rows)
    table = protect(counts)
    fitting = [
        guess
        for values in product(range(13), repeat=len(counts))
        if _fits(guess := dict(zip(counts, values, strict=True)), table)
    ]
    for cell, value in table.items():
        if value is None:
            guesses = {with_totals(guess)[cell] for guess in fitting}
            assert len(guesses) >= LEAST_VALUES, cell
            assert max(guesses) >= KEPT_BACK_BELOW, cell


def _fits(guess, table):
    whole = with_totals(guess)
    return whole.keys() == table.keys() and all(
        value is None or whole[cell] == value for cell, value in table.items()
    )


@given(tables(MIXED, most=5), st.data())
@settings(max_examples=80, deadline=None)
def test_the_next_quarter_tells_nothing_of_the_one_before(rows, data):
    """A few told cells change; whoever believes that all others stand as they did gains nothing."""
    counts = counts_of(rows)
    first = protect(counts)
    told = [cell for cell in counts if first.get(cell) is not None]
    changed = dict(counts)
    for cell in data.draw(st.lists(st.sampled_from(told), unique=True, max_size=3)) if told else []:
        changed[cell] = data.draw(st.integers(5, 40))
    second = protect(changed, before=(with_totals(counts), first))
    attack(second)
    whole = with_totals(changed)
    stood = {cell for cell, count in with_totals(counts).items() if whole.get(cell) == count}
    for cell in stood:
        assert first[cell] is not None or second[cell] is None, "what was kept back and stands so is not told"
    known = {cell: first[cell] for cell in stood if first[cell] is not None}
    attack(second | known)


@given(tables(MIXED, most=5), st.data())
@settings(max_examples=80, deadline=None)
def test_totals_of_a_second_classification_are_not_found_out_by_those_of_the_first(rows, data):
    """Sectors and DAC codes: totals of both are told, what they have in common is not; the attacker knows where they
    could overlap. What a small total is cannot be told from a total that is told."""
    pairs = {cell: n for cell, n in counts_of(rows).items() if n or data.draw(st.booleans())}
    whole = with_totals(pairs)
    first = protect({("all", row): n for (row, column), n in whole.items() if row and not column})
    totals = {row: first["all", row] for kind, row in first if kind and row} | {"": first.get(("", ""))}
    columns = protect_columns(pairs, totals)
    assert all(n == whole["", column] >= KEPT_BACK_BELOW for column, n in columns.items())
    assert not {column for row, column in pairs if totals.get(row, 0) is None} & columns.keys()
    told = {(row, ""): n for row, n in totals.items() if n is not None}
    told |= {("", column): n for column, n in columns.items()}
    table = dict.fromkeys([("", ""), *pairs, *whole, *(("", column) for _row, column in pairs)]) | told
    table |= {(row, ""): 0 for row, _column in pairs if (row, "") not in whole}
    attacker = Attacker(table, floor=0)
    for cell in attacker.hidden:
        if not cell[0] and cell[1] and 0 < whole.get(cell, 0) < KEPT_BACK_BELOW:
            low, high = attacker.range_of(cell)
            assert high - low + 1 >= LEAST_VALUES, (cell, low, high)


def test_the_same_table_twice_is_published_alike():
    counts = counts_of([[3, 9, 20], [8, 30, 2], [40, 6, 7]])
    first = protect(counts)
    assert protect(counts, before=(with_totals(counts), first)) == first


def test_as_little_as_possible_is_kept_back():
    rows = [[30, 3, 40, 21], [50, 60, 70, 22], [25, 8, 90, 23]]
    table = protect(counts_of(rows))
    kept_back = {cell for cell, value in table.items() if value is None}
    assert kept_back >= {("r0", "c1"), ("r2", "c1")}
    assert len(kept_back) == 4, "one ring"
    assert not any("" in cell for cell in kept_back), "no total"


def test_nothing_is_kept_back_where_nothing_is_small():
    counts = counts_of([[5, 9], [0, 7]])
    assert protect(counts) == with_totals(counts)


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_count_that_stands_alone(count, told):
    assert shown(count) == told


@given(st.lists(st.integers(0, 9), max_size=24))
@settings(max_examples=80, deadline=None)
def test_periods_never_differ_by_a_few(series):
    """All numbers that can be told, and all that sums and differences of them can make."""
    boundaries = sorted(cuts(series))
    upto = {boundary: sum(series[:boundary]) for boundary in boundaries}
    gaps = [upto[b] - upto[a] for a, b in pairwise(boundaries)]
    assert all(gap == 0 or gap >= KEPT_BACK_BELOW for gap in gaps)
    assert boundaries[0] == 0


@given(st.lists(st.integers(0, 9), max_size=24), st.lists(st.integers(0, 9), max_size=6))
@settings(max_examples=60, deadline=None)
def test_what_comes_later_takes_no_boundary_back(series, later):
    assert {boundary for boundary in cuts(series + later) if boundary <= len(series)} == cuts(series)
