"""The optimum: candidates, cover, then the programme grows by every pair that would pay, until none is left."""

from collections.abc import Callable

import numpy as np

from partnerships.rounds import (
    Alone,
    Certificate,
    Greedy,
    NotProven,
    Pair,
    Prices,
    Problem,
    Progress,
    Reason,
    Result,
    Stage,
)
from partnerships.rounds.candidates import Candidates, best_places, read_candidates
from partnerships.rounds.cover import Cover, best_cover
from partnerships.rounds.greedy import Taken, greedy
from partnerships.rounds.master import Master, Solution
from partnerships.rounds.network import Network, Watch, steps

NOTHING = -(1 << 60)
USUAL_RUNS = 4  # of the solver; how many there will be nobody knows before
FIRST = 12  # edges of each row to begin with
PER_ROW, PER_COLUMN = 40, 8  # edges of each that are added at a time


def best_round(problem: Problem, *, progress: Progress, is_cancelled: Callable[[], bool]) -> Result:
    watch = Watch(progress, is_cancelled)
    network = Network(problem)
    candidates = read_candidates(network, watch)
    first = greedy(network, candidates)
    cover = best_cover(network, candidates, first, watch)
    search = Pricing(network, candidates, watch)
    search.begin(first, cover)
    solution = search.run()
    return told(network, search, cover, solution, first)


class Pricing:
    """Solves the programme, asks every pair whether it would pay at its prices, adds those, and so on."""

    def __init__(self, network: Network, candidates: Candidates, watch: Watch) -> None:
        self.network, self.candidates, self.watch = network, candidates, watch
        self.master: Master | None = None
        self.runs = 0
        self.known = np.zeros(0, dtype=np.int64)  # edges of the programme as numbers, rising
        self.found: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []

    def begin(self, first: Taken, cover: Cover) -> None:
        """The pairs of greedy and of the cover, so that there is a round, and those that look best at likely prices."""
        is_open = self.candidates.allowed.any(axis=1)
        self.master = Master(self.network, is_open, cover.covered)
        price = likely_prices(self.candidates, first)
        for row in range(self.network.rows):
            columns, scores = self.candidates.columns[row], self.candidates.scores[row]
            best = best_places(scores - price[columns], FIRST)
            self.find(row, columns[best], scores[best], scores[best])
        for (row, column), score in first.pairs.items():
            self.find(row, np.array([column]), np.array([score]), np.array([score]))
        for row in np.flatnonzero(cover.partner >= 0).tolist():
            column = int(cover.partner[row])
            if (row, column) not in first.pairs:
                score = self.network.block(np.array([row]))[0][[column]]
                self.find(row, np.array([column]), score, score)
        self.add(self.network.rows)

    def run(self) -> Solution:
        while True:
            self.watch.at(Stage.OPTIMUM, self.runs / (self.runs + USUAL_RUNS))
            self.runs += 1
            solution = self.master.solve()
            self.ask_candidates(solution)
            if not self.add(PER_COLUMN):
                self.ask_others(solution)
                if not self.add(PER_COLUMN):
                    return solution

    def ask_candidates(self, solution: Solution) -> None:
        price = solution.of_column + solution.of_country[self.network.country]
        for rows, columns, scores, counts in self.candidates.pieces:
            gain = scores - price[columns]
            gain -= np.repeat(solution.of_row[rows], counts)
            places = np.flatnonzero(gain > 0)
            bounds = np.searchsorted(places, np.cumsum(counts))
            for row, mine in zip(rows.tolist(), np.split(places, bounds[:-1]), strict=True):
                self.ask(row, columns[mine], scores[mine], gain[mine])

    def ask_others(self, solution: Solution) -> None:
        """Every pair of the rows whose bound does not rule them out."""
        price = solution.of_column + solution.of_country[self.network.country]
        outside = self.candidates.outside
        best = np.where(outside >= 0, outside - solution.of_country, NOTHING).max(axis=1)
        rows = np.flatnonzero(best > solution.of_row)
        for number, row in enumerate(rows.tolist()):
            self.watch.at(Stage.PROOF, number / len(rows))
            scores = self.network.block(np.array([row]))[0]
            gain = scores - price - solution.of_row[row]
            pays = np.flatnonzero((gain > 0) & (scores >= 0))
            self.ask(row, pays, scores[pays], gain[pays])
        self.watch.at(Stage.PROOF, 1.0)

    def ask(self, row: int, columns: np.ndarray, scores: np.ndarray, gain: np.ndarray) -> None:
        """Notes the best of these pairs, all of which would pay."""
        if len(columns):
            best = best_places(gain, PER_ROW)
            self.find(row, columns[best], scores[best], gain[best])

    def find(self, row: int, columns: np.ndarray, scores: np.ndarray, gain: np.ndarray) -> None:
        self.found.append((np.full(len(columns), row, dtype=np.int64), columns, scores, gain))

    def add(self, per_column: int) -> bool:
        """Whether there are new edges among those found. Of each column only the best ones: where all rows want the
        same, the programme learns prices of many columns from few edges.
        """
        if not self.found:
            return False
        rows, columns, scores, gain = (np.concatenate(parts) for parts in zip(*self.found, strict=True))
        self.found = []
        edges, place = np.unique(rows * self.network.columns + columns, return_index=True)
        place = place[~np.isin(edges, self.known, assume_unique=True)]
        place = place[np.lexsort((-gain[place], columns[place]))]
        of_column = columns[place]
        rank = np.arange(len(place)) - np.searchsorted(of_column, of_column)
        place = np.sort(place[rank < per_column])
        if not len(place):
            return False
        self.master.add(rows[place], columns[place], scores[place])
        self.known = np.union1d(self.known, rows[place] * self.network.columns + columns[place])
        return True


def likely_prices(candidates: Candidates, first: Taken) -> np.ndarray:
    """Of each column that greedy took, how much more it is worth to its row than the best that is left for the row."""
    price = np.zeros(first.network.columns, dtype=np.int64)
    for (row, column), score in first.pairs.items():
        columns = candidates.columns[row]
        left = candidates.scores[row][first.has_room[columns]].max(initial=0)
        price[column] = max(score - int(left), 0)
    return price


def told(network: Network, search: Pricing, cover: Cover, solution: Solution, first: Taken) -> Result:
    final = Taken(network)
    master = search.master
    for edge in solution.chosen.tolist():
        final.take(int(master.edge_row[edge]), int(master.edge_column[edge]), int(master.edge_score[edge]))
    certificate = Certificate(
        covered=int((final.of_row > 0).sum()),
        covered_bound=cover_bound(network, cover),
        value=final.value(),
        bound=bound(network, final, solution, cover.covered),
        cover_prices=prices(network, cover.of_row, cover.of_column, cover.of_country, 0),
        prices=prices(network, solution.of_row, solution.of_column, solution.of_country, solution.cover),
    )
    if (certificate.covered, certificate.value) != (certificate.covered_bound, certificate.bound):
        raise NotProven(
            f"{certificate.covered}, {certificate.value} of {certificate.covered_bound}, {certificate.bound}"
        )
    alone = [
        Alone(network.row_keys[row], reason(search.candidates, final, row))
        for row in np.flatnonzero(final.of_row == 0).tolist()
    ]
    pairs = [
        Pair(network.row_keys[row], network.column_keys[column], score)
        for (row, column), score in sorted(final.pairs.items())
    ]
    loss = 100 * (certificate.value - first.value()) / certificate.value if certificate.value else 0.0
    compared = Greedy(int((first.of_row > 0).sum()), first.value(), loss)
    return Result(tuple(pairs), tuple(alone), certificate.covered, certificate.value, certificate, compared)


def reason(candidates: Candidates, final: Taken, row: int) -> Reason:
    allowed = candidates.allowed_of(row)
    if not allowed.any():
        return Reason.NOBODY_ALLOWED
    has_place = final.of_column < final.network.column_capacity
    return Reason.QUOTA if (allowed & has_place).any() else Reason.CAPACITY


def cover_bound(network: Network, cover: Cover) -> int:
    return int(
        cover.of_row.sum()
        + (network.column_capacity * cover.of_column).sum()
        + (network.quotas[:-1] * cover.of_country[:-1]).sum()
    )


def bound(network: Network, final: Taken, solution: Solution, covered: int) -> int:
    """What the prices add up to. A pair that is not in the round pays nothing more at them."""
    total = int((network.quotas[:-1] * solution.of_country[:-1]).sum()) - solution.cover * covered
    for row in range(network.rows):
        price = int(solution.of_row[row])
        (_less, _one), *later = steps(network.further_left, int(network.row_capacity[row]))
        total += max(price + solution.cover, 0)
        total += sum(room * max(price - less, 0) for less, room in later)
    for column in np.flatnonzero(solution.of_column).tolist():
        price = int(solution.of_column[column])
        levels = steps(network.further_right, int(network.column_capacity[column]))
        total += sum(room * max(price - less, 0) for less, room in levels)
    for (row, column), score in final.pairs.items():
        country = network.country[column]
        price = solution.of_row[row] + solution.of_column[column] + solution.of_country[country]
        total += max(score - int(price), 0)
    return total


def prices(network: Network, of_row, of_column, of_country, cover: int) -> Prices:
    return Prices(
        {key: price for key, price in zip(network.row_keys, of_row.tolist(), strict=True) if price},
        {
            network.column_keys[column]: int(of_column[column])
            for column in np.flatnonzero(of_column).tolist()
        },
        {
            name: price
            for name, price in zip(network.country_names, of_country.tolist(), strict=False)
            if price
        },
        cover,
    )
