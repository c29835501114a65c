"""Which cells of a table of counts are kept back, so that nobody can compute them. Pure; the evidence, the statistics
of the API and the figures of the week call it.

A count of 1 to 4 is kept back (primary suppression). From what is left and the totals it could often be computed, so
further cells follow (complementary), and where these are too few, totals. What a table with totals still says of a
kept-back cell is exact arithmetic: cells and totals are flows in a network (rows → columns, totals through one more
node), so the least and the most that a cell can be are maximum flows (Fischetti & Salazar-González, 1999). Readers are
taken to know all rules, this module included: that no kept-back cell is 0, and that every cell is whole.

What is promised of every kept-back cell: at least `WIDTH` different values fit all that is published, one of them
`THRESHOLD` or more, so that nobody knows even that it is small. Zeros are published: they are nobody.

Over time: `protect` takes the table published before. Who assumes that a cell has not changed must not gain by it, so
what was kept back and stands as it did stays so, and what was told and stands as it did cannot hide another.
`cuts` is for events counted between two moments: sums of periods never differ by 1 to 4 events.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence

THRESHOLD = 5
WIDTH = 5
# A line of fewer things is not told at all (`protect_line`).
LEAST_OF_LINE = 2 * THRESHOLD
TOTAL = ""  # the key of a total, in place of a row or a column

Cell = tuple[str, str]
Node = tuple[str, str]

_IN, _OUT = ("total", "in"), ("total", "out")
_WHOLE: Cell = (TOTAL, TOTAL)
# What it costs readers to miss a total, beside a cell.
_COST_OF_CELL, _COST_OF_TOTAL, _COST_OF_WHOLE = 10, 400, 20_000


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
            for cell in ((row, column), (row, TOTAL), (TOTAL, column), _WHOLE):
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
    table = _Table(with_totals(counts), told_never=() if row_totals else _row_totals(counts))
    told_before: set[Cell] = set()
    if before:
        counted, told = before
        same = {cell for cell, count in table.counts.items() if counted.get(cell) == count}
        told_before = {cell for cell in same if told.get(cell) is not None}
        table.hide(cell for cell in same - told_before)
    table.hide(cell for cell, count in table.counts.items() if is_small(count))
    table.hide(cell for cell in hidden if cell in table.counts)
    table.fixed = told_before - table.hidden
    table.make_safe()
    return {cell: None if cell in table.hidden else count for cell, count in table.counts.items()}


def _row_totals(counts: Mapping[Cell, int]) -> set[Cell]:
    return {(row, TOTAL) for row, _column in counts} | {_WHOLE}


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
    table = _Table(counts, told_never=inside | untold | none, floor=0)
    table.hide(cell for cell, count in counts.items() if cell[0] == TOTAL and cell[1] and is_small(count))
    # What is told of a row that is kept back would say how much that is at least.
    of_untold = {(TOTAL, column) for row, column in pairs if rows.get(row, 0) is None}
    table.told_never |= of_untold
    table.hide(of_untold)
    # Rows are told already, so nothing can hide behind them.
    table.fixed = {cell for cell in counts if cell[1] == TOTAL} - table.hidden
    table.make_safe()
    return {
        column: count
        for (row, column), count in counts.items()
        if row == TOTAL and column != TOTAL and (row, column) not in table.hidden
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


class _Table:
    """The cells as arcs of a network in which as much flows into each node as out of it."""

    def __init__(self, counts: dict[Cell, int], told_never: Iterable[Cell], floor: int = 1) -> None:
        """``floor``: the least that anybody knows a kept-back cell to be."""
        self.counts = counts
        self.floor = floor
        self.told_never = set(told_never) & counts.keys()
        self.hidden: set[Cell] = set(self.told_never)
        self.fixed: set[Cell] = set()
        self.touching: dict[Node, list[Cell]] = defaultdict(list)
        for cell in counts:
            for node in _ends(cell):
                self.touching[node].append(cell)

    def hide(self, cells: Iterable[Cell]) -> None:
        self.hidden |= set(cells)

    def make_safe(self) -> None:
        """More kept-back cells only make what others can be wider, so each is looked at once."""
        waiting = deque(sorted(self.hidden - self.told_never))
        while waiting:
            cell = waiting.popleft()
            while not self.is_safe(cell):
                found = self._cheapest(cell)
                if not found:  # nothing is left to hide behind: all of the table is kept back
                    self.hidden = set(self.counts)
                    return
                self.hide(found)
                waiting.extend(sorted(found))

    def is_safe(self, cell: Cell) -> bool:
        most = max(WIDTH - 1, THRESHOLD - self.counts[cell])
        tail, head = _ends(cell)
        up, _sent = self._flow(head, tail, most, cell)
        if self.counts[cell] + up < THRESHOLD:
            return False
        down, _sent = self._flow(tail, head, WIDTH - 1, cell)
        return up + min(self.counts[cell] - self.floor, down) >= WIDTH - 1

    def _flow(self, source: Node, sink: Node, most: int, without: Cell) -> tuple[int, dict[Cell, int]]:
        """How much more can be sent from one node to another by changing kept-back cells, up to ``most``, and how."""
        sent: dict[Cell, int] = defaultdict(int)
        total = 0
        while total < most:
            path = self._path(source, sink, sent, without)
            if path is None:
                break
            amount = most - total
            for cell, sign in path:
                if sign < 0:
                    amount = min(amount, self.counts[cell] + sent[cell] - self.floor)
            for cell, sign in path:
                sent[cell] += sign * amount
            total += amount
        return total, sent

    def _path(
        self, source: Node, sink: Node, sent: Mapping[Cell, int], without: Cell
    ) -> list[tuple[Cell, int]] | None:
        came: dict[Node, tuple[Cell, int, Node]] = {}
        waiting = deque([source])
        while waiting:
            node = waiting.popleft()
            if node == sink:
                return _walked(came, source, sink)
            for cell in self.touching[node]:
                if cell not in self.hidden or cell == without:
                    continue
                tail, head = _ends(cell)
                sign, after = (1, head) if node == tail else (-1, tail)
                may = sign > 0 or self.counts[cell] + sent.get(cell, 0) > self.floor
                if may and after not in came and after != source:
                    came[after] = (cell, sign, node)
                    waiting.append(after)
        return None

    def _cheapest(self, cell: Cell) -> set[Cell]:
        """What to keep back, too, so that the cell can be more, or less: the cheapest ring through it, by the largest
        step that one ring allows."""
        tail, head = _ends(cell)
        most = max(WIDTH - 1, THRESHOLD - self.counts[cell])
        ways = [(head, tail, most), (tail, head, min(WIDTH - 1, self.counts[cell] - self.floor))]
        flows = [
            (source, sink, limit, *self._flow(source, sink, limit, cell)) for source, sink, limit in ways
        ]
        for step in range(most, 0, -1):
            for source, sink, limit, total, sent in flows:
                if total + step <= limit and (found := self._ring(source, sink, step, sent, cell)):
                    return found
        return set()

    def _ring(
        self, source: Node, sink: Node, step: int, sent: Mapping[Cell, int], without: Cell
    ) -> set[Cell]:
        """The published cells on the cheapest way for ``step`` more, beside what kept-back cells allow already."""
        best: dict[Node, int] = {source: 0}
        came: dict[Node, tuple[Cell, int, Node]] = {}
        waiting = [(0, source)]
        while waiting:
            cost, node = heapq.heappop(waiting)
            if node == sink:
                return {cell for cell, _sign in _walked(came, source, sink)} - self.hidden
            if cost > best[node]:
                continue
            for cell in self.touching[node]:
                tail, head = _ends(cell)
                sign, after = (1, head) if node == tail else (-1, tail)
                is_full = sign < 0 and self.counts[cell] + sent.get(cell, 0) - self.floor < step
                if cell == without or cell in self.fixed or is_full:
                    continue
                dearer = cost + (0 if cell in self.hidden else self._cost(cell))
                if after not in best or dearer < best[after]:
                    best[after] = dearer
                    came[after] = (cell, sign, node)
                    heapq.heappush(waiting, (dearer, after))
        return set()

    def _cost(self, cell: Cell) -> int:
        if cell == _WHOLE:
            return _COST_OF_WHOLE
        return (_COST_OF_TOTAL if TOTAL in cell else _COST_OF_CELL) + self.counts[cell].bit_length()


def _ends(cell: Cell) -> tuple[Node, Node]:
    """Where the arc of a cell begins and ends: in → row → column → out → in."""
    row, column = cell
    if cell == _WHOLE:
        return _OUT, _IN
    if column == TOTAL:
        return _IN, ("row", row)
    return ("column", column) if row == TOTAL else ("row", row), _OUT if row == TOTAL else ("column", column)


def _walked(came: Mapping[Node, tuple[Cell, int, Node]], source: Node, sink: Node) -> list[tuple[Cell, int]]:
    path = []
    node = sink
    while node != source:
        cell, sign, node = came[node]
        path.append((cell, sign))
    return path


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
