"""The network behind `content.suppression`: cells and totals of a table as arcs, flows as what a kept-back cell can be.
Pure.

Columns may be made of parts (“ENE” of “ENE/231” and “ENE/236”): a hierarchy in one direction is a network still. A cell
of such a column leads to a node of its own, and its parts from there to their columns and on to the whole column.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping

THRESHOLD = 5
WIDTH = 5
TOTAL = ""  # the key of a total, in place of a row or a column
PART = "/"  # between a column and a part of it

Cell = tuple[str, str]
Node = tuple[str, ...]

_IN, _OUT = ("total", "in"), ("total", "out")
WHOLE: Cell = (TOTAL, TOTAL)
# What it costs readers to miss a total, beside a cell.
_COST_OF_CELL, _COST_OF_TOTAL, _COST_OF_WHOLE = 10, 400, 20_000


class Table:
    """The cells as arcs of a network in which as much flows into each node as out of it."""

    def __init__(
        self,
        counts: dict[Cell, int],
        told_never: Iterable[Cell] = (),
        floor: int = 1,
        split: Collection[str] = (),
    ) -> None:
        """
        :param floor: the least that anybody knows a kept-back cell to be
        :param split: the columns whose parts are in ``counts``
        """
        self.counts = counts
        self.floor = floor
        self.split = frozenset(split)
        self.told_never = set(told_never) & counts.keys()
        self.hidden: set[Cell] = set(self.told_never)
        self.fixed: set[Cell] = set()
        self.touching: dict[Node, list[Cell]] = defaultdict(list)
        for cell in counts:
            for node in self.ends(cell):
                self.touching[node].append(cell)

    def hide(self, cells: Iterable[Cell]) -> None:
        self.hidden |= set(cells)

    def make_safe(self) -> Cell | None:
        """More kept-back cells only make what others can be wider, so each is looked at once. Returns a cell for which
        nothing is left to hide behind; None where all are safe."""
        waiting = deque(sorted(self.hidden - self.told_never))
        while waiting:
            cell = waiting.popleft()
            while not self.is_safe(cell):
                found = self._cheapest(cell)
                if not found:
                    return cell
                self.hide(found)
                waiting.extend(sorted(found))
        return None

    def is_safe(self, cell: Cell) -> bool:
        most = max(WIDTH - 1, THRESHOLD - self.counts[cell])
        tail, head = self.ends(cell)
        up, _sent = self.flow(head, tail, most, cell)
        if self.counts[cell] + up < THRESHOLD:
            return False
        down, _sent = self.flow(tail, head, WIDTH - 1, cell)
        return up + min(self.counts[cell] - self.floor, down) >= WIDTH - 1

    def flow(self, source: Node, sink: Node, most: int, without: Cell) -> tuple[int, dict[Cell, int]]:
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
                tail, head = self.ends(cell)
                sign, after = (1, head) if node == tail else (-1, tail)
                may = sign > 0 or self.counts[cell] + sent.get(cell, 0) > self.floor
                if may and after not in came and after != source:
                    came[after] = (cell, sign, node)
                    waiting.append(after)
        return None

    def _cheapest(self, cell: Cell) -> set[Cell]:
        """What to keep back, too, so that the cell can be more, or less: the cheapest ring through it, by the largest
        step that one ring allows."""
        tail, head = self.ends(cell)
        most = max(WIDTH - 1, THRESHOLD - self.counts[cell])
        ways = [(head, tail, most), (tail, head, min(WIDTH - 1, self.counts[cell] - self.floor))]
        flows = [(source, sink, limit, *self.flow(source, sink, limit, cell)) for source, sink, limit in ways]
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
                tail, head = self.ends(cell)
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
        if cell == WHOLE:
            return _COST_OF_WHOLE
        return (_COST_OF_TOTAL if TOTAL in cell else _COST_OF_CELL) + self.counts[cell].bit_length()

    def ends(self, cell: Cell) -> tuple[Node, Node]:
        """Where the arc of a cell begins and ends: in → row → (column of a row → part →) column → out → in."""
        row, column = cell
        if cell == WHOLE:
            return _OUT, _IN
        if column == TOTAL:
            return _IN, ("row", row)
        whole, _, part = column.partition(PART)
        if part:
            if row == TOTAL:
                return ("part", column), ("column", whole)
            return ("cell", row, whole), ("part", column)
        if row == TOTAL:
            return ("column", column), _OUT
        return ("row", row), ("cell", row, column) if column in self.split else ("column", column)


def _walked(came: Mapping[Node, tuple[Cell, int, Node]], source: Node, sink: Node) -> list[tuple[Cell, int]]:
    path = []
    node = sink
    while node != source:
        cell, sign, node = came[node]
        path.append((cell, sign))
    return path
