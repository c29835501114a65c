"""Which cells of a table of counts are kept back, so that nobody can compute them. Pure; the evidence, the statistics
of the API and the figures of the week call it.

A count of 1 to 4 is kept back (primary suppression). From what is left and the totals it could often be computed, so
further cells follow (complementary), and where these are too few, totals. What a table with totals still says of a
kept-back cell is exact arithmetic: cells and totals are flows in a network (rows → columns, totals through one more
node), so the least and the most that a cell can be are maximum flows (Fischetti & Salazar-González, 1999). Readers are
taken to know all rules, this module included: that no kept-back cell is 0, and that every cell is whole.

What is promised of every kept-back cell: at least `WIDTH` different values fit all that is published, one of them
`THRESHOLD` or more, so that nobody knows even that it is small. Zeros are published: they are nobody.

Two classifications: where one is made of groups of the other (sectors, and a DAC code for each), both together are a
network still, and `protect_groups` tells the second beside the first. Where they cut across each other, only totals of
the second are told (`protect_columns`).

Over time: `protect` takes the table published before. Who assumes that a cell has not changed must not gain by it, so
what was kept back and stands as it did stays so, and what was told and stands as it did cannot hide another.
`cuts` is for events counted between two moments: sums of periods never differ by 1 to 4 events.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from alliance.content.suppression_network import PART, THRESHOLD, TOTAL, WHOLE, WIDTH, Cell, Table

# A line of fewer things is not told at all (`protect_line`).
LEAST_OF_LINE = 2 * THRESHOLD


def is_small(count: int) -> bool:
    return 0 < count < THRESHOLD


def shown(count: int) -> int | None:
    """A count that stands alone; None where it is kept back."""
    return None if is_small(count) else count


def with_totals(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    """The cells that are not 0, the totals of rows and columns, and the whole."""
    table: dict[Cell, int] = defaultdict(int)
    for (row, column), count in counts.items():
        if count:
            for cell in ((row, column), (row, TOTAL), (TOTAL, column), WHOLE):
                table[cell] += count
    return dict(table)


def protect(
    counts: Mapping[Cell, int],
    *,
    row_totals: bool = True,
    hidden: Collection[Cell] = (),
    before: tuple[Mapping[Cell, int], Mapping[Cell, int | None]] | None = None,
) -> dict[Cell, int | None]:
    """Every cell and total that is not 0, None where it is kept back.

    :param counts: (row, column) → how many; whole numbers, absent means 0
    :param row_totals: whether totals of rows, and so the whole, are published
    :param hidden: further cells that must not be told
    :param before: what was counted and what was told of the table published before this one
    """
    table = Table(with_totals(counts), told_never=() if row_totals else _row_totals(counts))
    told_before: set[Cell] = set()
    if before:
        counted, told = before
        same = {cell for cell, count in table.counts.items() if counted.get(cell) == count}
        told_before = {cell for cell in same if told.get(cell) is not None}
        table.hide(cell for cell in same - told_before)
    table.hide(cell for cell, count in table.counts.items() if is_small(count))
    table.hide(cell for cell in hidden if cell in table.counts)
    table.fixed = told_before - table.hidden
    if table.make_safe():  # nothing is left to hide behind: all of the table is kept back
        table.hidden = set(table.counts)
    return {cell: None if cell in table.hidden else count for cell, count in table.counts.items()}


def _row_totals(counts: Mapping[Cell, int]) -> set[Cell]:
    return {(row, TOTAL) for row, _column in counts} | {WHOLE}


def protect_columns(pairs: Mapping[Cell, int], rows: Mapping[str, int | None]) -> dict[str, int]:
    """Totals of columns alone, of a table whose totals of rows are told elsewhere and whose cells are told nowhere: two
    classifications of the same things. Only what can be told is in it; a column that is not may be 0 or kept back.

    :param pairs: every cell that there could be, also with 0
    :param rows: row → its total as it is told, `TOTAL` → the whole; None where it is kept back
    """
    counts = dict.fromkeys(pairs, 0) | {(TOTAL, column): 0 for _row, column in pairs} | with_totals(pairs)
    inside = {cell for cell in counts if TOTAL not in cell}
    untold = {(row, TOTAL) for row, told in rows.items() if told is None} & counts.keys()
    none = {cell for cell, count in counts.items() if not count}
    table = Table(counts, told_never=inside | untold | none, floor=0)
    table.hide(cell for cell, count in counts.items() if cell[0] == TOTAL and cell[1] and is_small(count))
    # What is told of a row that is kept back would say how much that is at least.
    of_untold = {(TOTAL, column) for row, column in pairs if rows.get(row, 0) is None}
    table.told_never |= of_untold
    table.hide(of_untold)
    # Rows are told already, so nothing can hide behind them.
    table.fixed = {cell for cell in counts if cell[1] == TOTAL} - table.hidden
    if table.make_safe():
        return {}
    return {
        column: count
        for (row, column), count in counts.items()
        if row == TOTAL and column != TOTAL and (row, column) not in table.hidden
    }


def protect_groups(
    counts: Mapping[Cell, int],
    told: Mapping[Cell, int | None],
    groups: Mapping[str, str],
    *,
    before: tuple[Mapping[Cell, int], Mapping[Cell, int | None]] | None = None,
) -> dict[Cell, int | None]:
    """The sums of groups of columns, by row and of all rows, that are not 0, to be told beside a table that is told
    already: nothing of that is taken back, and what it keeps back stays as safe as it was.

    :param counts: (row, column) → how many
    :param told: `protect` of ``counts``
    :param groups: column → the group that it belongs to
    :param before: what was counted and told of the sums published before
    """
    columns = {column for _row, column in told if column}
    sizes = Counter(groups[column] for column in columns)
    # A group of one column says what the column says.
    split = {group for group, size in sizes.items() if size > 1}
    key = {column: f"{groups[column]}{PART}{column}" for column in columns if groups[column] in split}
    cells = {(row, key.get(column, column)): count for (row, column), count in with_totals(counts).items()}
    sums: dict[Cell, int] = defaultdict(int)
    for (row, column), count in cells.items():
        if PART in column:
            sums[row, column.partition(PART)[0]] += count
    table = Table(cells | sums, split=split)
    table.hide((row, key.get(column, column)) for (row, column), value in told.items() if value is None)
    table.fixed = set(cells) - table.hidden
    counted, published = before or ({}, {})
    same = {cell for cell, count in sums.items() if counted.get(cell) == count and cell in published}
    table.hide(cell for cell in same if published[cell] is None)
    table.hide(cell for cell, count in sums.items() if is_small(count))
    table.fixed |= same - table.hidden
    if table.make_safe():
        table.hide(sums)
    return {cell: None if cell in table.hidden else count for cell, count in sums.items()} | {
        (row, groups[column]): value
        for (row, column), value in told.items()
        if column in columns - key.keys()
    }


def protect_line(counts: Mapping[str, int]) -> dict[str, int | None]:
    """One classification of things whose number everyone knows, such as who answered what to one question: each count,
    None where it is kept back; all of them where too few are left to hide behind, zeros included.

    Here readers are taken to try the very rule on every line that they can think of, so what is kept back beside the
    small counts is chosen by what they see and not by where a count stands.
    """
    if sum(counts.values()) < LEAST_OF_LINE:
        return dict.fromkeys(counts)
    if not any(map(is_small, counts.values())):
        return dict(counts)
    told = {key: count for key, count in counts.items() if count >= LEAST_OF_LINE}
    if sum(1 for count in counts.values() if 0 < count < LEAST_OF_LINE) == 1:
        told = {key: count for key, count in told.items() if count > min(told.values())}
    hidden = [count for key, count in counts.items() if count and key not in told]
    values = _values_of_line(len(hidden), sum(hidden), min(told.values(), default=sum(counts.values())))
    if len(values) < WIDTH or max(values) < THRESHOLD:
        return dict.fromkeys(counts)
    return {key: count if key in told or not count else None for key, count in counts.items()}


def _values_of_line(size: int, total: int, below: int) -> set[int]:
    """What each of ``size`` kept-back counts can be that are ``total`` together: all of them under `LEAST_OF_LINE`, one
    small at least; or one small, and the others alike and less than ``below``, the least that is told."""
    most, small = LEAST_OF_LINE - 1, THRESHOLD - 1
    found = set()
    for value in range(1, LEAST_OF_LINE):
        largest = (size - 1) * most if value <= small else (size - 2) * most + small
        if size - 1 <= total - value <= largest:
            found.add(value)
    for value in range(1, THRESHOLD):
        each, rest = divmod(total - value, size - 1)
        if not rest and LEAST_OF_LINE <= each < below:
            found |= {value, each}
    return found


def cuts(counts: Sequence[int]) -> set[int]:
    """Between which entries of a series (events of months) a period may begin or end: between any two of these
    boundaries lies no event or at least `THRESHOLD`. What comes later changes nothing about the earlier ones."""
    found, since = {0}, 0
    for boundary, count in enumerate(counts, start=1):
        since += count
        if not is_small(since):
            found.add(boundary)
            since = 0
    return found
