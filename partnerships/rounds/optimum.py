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
from partnerships.rounds.candidates import Candidates, read_candidates
from partnerships.rounds.cover import Cover, best_cover
from partnerships.rounds.greedy import Taken, greedy
from partnerships.rounds.master import Master, Solution
from partnerships.rounds.network import Network, Watch, steps

FIRST = 12  # edges of each row to begin with
MORE = 8  # edges of each row that are added at a time


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
        self.known: list[set[int]] = [set() for _row in range(network.rows)]
        self.master: Master | None = None
        self.waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    def begin(self, first: Taken, cover: Cover) -> None:
        is_open = self.candidates.allowed.any(axis=1)
        self.master = Master(self.network, is_open, cover.covered)
        for row in range(self.network.rows):
            scores = self.candidates.scores[row]
            best = best_places(scores, FIRST)
            self.found(row, self.candidates.columns[row][best], scores[best])
        for (row, column), score in first.pairs.items():
            self.found(row, np.array([column]), np.array([score]))
        for row in np.flatnonzero(cover.partner >= 0).tolist():
            column = cover.partner[[row]]
            if int(column[0]) not in self.known[row]:
                self.found(row, column, self.network.block(np.array([row]))[0][column])
        self.add()

    def found(self, row: int, columns: np.ndarray, scores: np.ndarray) -> None:
        """Edges for the programme; those that it has already are passed over."""
        known = self.known[row]
        is_new = np.array([column not in known for column in columns.tolist()], dtype=bool)
        known.update(columns.tolist())
        self.waiting.append((np.full(int(is_new.sum()), row), columns[is_new], scores[is_new]))

    def add(self) -> bool:
        """Whether there was anything new."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return False
        rows, columns, scores = (np.concatenate(parts) for parts in zip(*waiting, strict=True))
        if len(rows):
            self.master.add(rows, columns, scores)
        return len(rows) > 0

    def run(self) -> Solution:
        while True:
            self.watch.at(Stage.OPTIMUM, 0.0)
            solution = self.master.solve()
            self.ask_candidates(solution)
            if not self.add():
                self.ask_others(solution)
                if not self.add():
                    return solution

    def ask_candidates(self, solution: Solution) -> None:
        price = solution.of_column + solution.of_country[self.network.country]
        for row in range(self.network.rows):
            columns, scores = self.candidates.columns[row], self.candidates.scores[row]
            self.ask(row, columns, scores, scores - price[columns] - solution.of_row[row])

    def ask_others(self, solution: Solution) -> None:
        """Every pair of the rows whose bound does not rule them out."""
        price = solution.of_column + solution.of_country[self.network.country]
        rows = np.flatnonzero(self.candidates.outside > solution.of_row + price.min(initial=0))
        for number, row in enumerate(rows.tolist()):
            self.watch.at(Stage.PROOF, number / len(rows))
            scores = self.network.block(np.array([row]))[0]
            gain = np.where(scores >= 0, scores - price - solution.of_row[row], 0)
            self.ask(row, np.arange(self.network.columns), scores, gain)

    def ask(self, row: int, columns: np.ndarray, scores: np.ndarray, gain: np.ndarray) -> None:
        places = np.flatnonzero(gain > 0)
        known = self.known[row]
        places = places[np.array([column not in known for column in columns[places].tolist()], dtype=bool)]
        best = places[best_places(gain[places], MORE)]
        self.found(row, columns[best], scores[best])


def best_places(numbers: np.ndarray, most: int) -> np.ndarray:
    """Places of the greatest numbers, in rising order."""
    if len(numbers) <= most:
        return np.arange(len(numbers))
    return np.sort(np.argpartition(-numbers, most - 1)[:most])


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
