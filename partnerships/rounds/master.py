"""The linear programme of the second objective over the pairs that matter so far, solved by HiGHS.

Its matrix is that of a flow (row → column → country), so its vertices, and the prices at them, are whole numbers.
"""

from dataclasses import dataclass

import highspy
import numpy as np

from partnerships.rounds import NotProven
from partnerships.rounds.network import Network, steps

INFINITE = highspy.kHighsInf
DUAL_SIMPLEX, PRIMAL_SIMPLEX = 1, 4


@dataclass
class Solution:
    """``chosen``: places of the edges in the round. Prices as in `Prices`, by row, column, country."""

    chosen: np.ndarray
    of_row: np.ndarray
    of_column: np.ndarray
    of_country: np.ndarray
    cover: int


class Master:
    """Grows by edges. Lines of the programme: the rows, the cover, the quotas, then each column when it first comes."""

    def __init__(self, network: Network, is_open: np.ndarray, covered: int) -> None:
        """``is_open``: rows that have an allowed partner at all."""
        self.network = network
        self.is_open = is_open
        self.edge_row = np.zeros(0, dtype=np.int64)
        self.edge_column = np.zeros(0, dtype=np.int64)
        self.edge_score = np.zeros(0, dtype=np.int64)
        self.edge_place = np.zeros(0, dtype=np.int64)  # of each edge among the variables
        self.line_of_column = np.full(network.columns, -1, dtype=np.int64)
        self.lines = network.rows + 1 + len(network.quotas) - 1
        self.variables = 0
        self.highs = highspy.Highs()
        for name, value in OPTIONS.items():
            self.highs.setOptionValue(name, value)
        self._add_lines([0.0] * network.rows + [covered], [0.0] * network.rows + [INFINITE])
        self._add_lines([-INFINITE] * (len(network.quotas) - 1), network.quotas[:-1].tolist())
        self._add_places()

    def _add_lines(self, lower: list[float], upper: list[float]) -> None:
        nothing = np.zeros(len(lower), dtype=np.int32)
        if lower:
            self.highs.addRows(
                len(lower), np.array(lower, dtype=float), np.array(upper, dtype=float),
                0, nothing, np.zeros(0, dtype=np.int32), np.zeros(0),
            )  # fmt: skip

    def _add_places(self) -> None:
        """Of each row a variable for its first partner, which the cover counts, and some for further ones."""
        cover = self.network.rows
        found = []
        for row in np.flatnonzero(self.is_open).tolist():
            _first, *later = steps(self.network.further_left, int(self.network.row_capacity[row]))
            found.append((0, 1, [(row, -1), (cover, 1)]))
            found += [(less, room, [(row, -1)]) for less, room in later]
        self._add_variables(found)

    def _add_variables(self, found: list[tuple[int, int, list[tuple[int, int]]]]) -> None:
        """Each is (cost, most, [(line, coefficient)])."""
        if not found:
            return
        sizes = np.array([len(entries) for _cost, _most, entries in found])
        self._add_columns(
            np.array([-cost for cost, _most, _entries in found]),
            np.array([most for _cost, most, _entries in found]),
            np.concatenate([[0], np.cumsum(sizes)[:-1]]),
            np.array([line for _c, _m, entries in found for line, _factor in entries]),
            np.array([factor for _c, _m, entries in found for _line, factor in entries]),
        )

    def _add_columns(self, gain, most, start, line, factor) -> None:
        number = len(gain)
        self.highs.addCols(
            number, -gain.astype(float), np.zeros(number), most.astype(float),
            len(line), start.astype(np.int32), line.astype(np.int32), factor.astype(float),
        )  # fmt: skip
        self.variables += number

    def add(self, rows: np.ndarray, columns: np.ndarray, scores: np.ndarray) -> None:
        """New edges; none may come twice."""
        self._open_columns(np.unique(columns))
        country = self.network.country[columns]
        has_quota = country < len(self.network.quotas) - 1
        sizes = 2 + has_quota
        start = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        line = np.zeros(int(sizes.sum()), dtype=np.int64)
        line[start] = rows
        line[start + 1] = self.line_of_column[columns]
        line[start[has_quota] + 2] = self.network.rows + 1 + country[has_quota]
        self.edge_place = np.concatenate([self.edge_place, self.variables + np.arange(len(rows))])
        self.edge_row = np.concatenate([self.edge_row, rows])
        self.edge_column = np.concatenate([self.edge_column, columns])
        self.edge_score = np.concatenate([self.edge_score, scores])
        self._add_columns(np.asarray(scores), np.ones(len(rows)), start, line, np.ones(len(line)))

    def _open_columns(self, columns: np.ndarray) -> None:
        new = columns[self.line_of_column[columns] < 0]
        self.line_of_column[new] = self.lines + np.arange(len(new))
        self.lines += len(new)
        room, further = [], []
        for column in new.tolist():
            whole, *later = whole_first(
                steps(self.network.further_right, int(self.network.column_capacity[column]))
            )
            room.append(float(whole[1]))
            further += [(less, more, [(int(self.line_of_column[column]), -1)]) for less, more in later]
        self._add_lines([-INFINITE] * len(room), room)
        self._add_variables(further)

    def _run(self) -> None:
        """The primal simplex goes on from the last basis; where it stops short of the optimum, the dual one ends it."""
        for strategy in (DUAL_SIMPLEX, PRIMAL_SIMPLEX):
            self.highs.setOptionValue("simplex_strategy", strategy)
            self.highs.run()
            if self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
                return
        raise NotProven(str(self.highs.getModelStatus()))

    def solve(self) -> Solution:
        if self.variables:  # else no pair at all is allowed
            self._run()
        solution = self.highs.getSolution()
        value = np.asarray(solution.col_value, dtype=float)[self.edge_place]
        dual = np.zeros(self.lines, dtype=np.int64)
        if self.variables:
            dual[:] = np.rint(solution.row_dual)
        network = self.network
        of_column = np.zeros(network.columns, dtype=np.int64)
        is_used = self.line_of_column >= 0
        of_column[is_used] = np.maximum(-dual[self.line_of_column[is_used]], 0)
        of_country = np.zeros(len(network.quotas), dtype=np.int64)
        of_country[:-1] = np.maximum(-dual[network.rows + 1 : network.rows + len(network.quotas)], 0)
        cover = max(int(dual[network.rows]), 0)
        of_row = np.where(self.is_open, -dual[: network.rows], -cover)
        return Solution(np.flatnonzero(value > 0.5), of_row, of_column, of_country, cover)


OPTIONS = {
    "output_flag": False,
    "threads": 1,
    "parallel": "off",
    "solver": "simplex",
    "presolve": "off",  # each run starts where the last one ended
}


def whole_first(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places that cost nothing as one."""
    free = sum(room for less, room in found if not less)
    return [(0, free), *((less, room) for less, room in found if less)]
