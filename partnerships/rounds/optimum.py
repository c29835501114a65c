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

    def begin(self, first: Taken, cover: Cover) -> None:
        is_open = self.candidates.allowed.any(axis=1)
        self.master = Master(self.network, is_open, cover.covered)
        found = []
        partners: dict[int, list[int]] = {}
        for row, column in [*first.pairs, *enumerate(cover.partner.tolist())]:
            if column >= 0:
                partners.setdefault(row, []).append(column)
        for row in range(self.network.rows):
            scores = self.candidates.scores[row]
            best = best_places(scores, FIRST)
            found.append((row, self.candidates.columns[row][best], scores[best]))
            if row in partners:
                found.append((row, np.array(partners[row]), None))
        self.add(found)

    def add(self, found: list[tuple[int, np.ndarray, np.ndarray | None]]) -> None:
        rows, columns, scores = [], [], []
        for row, its_columns, its_scores in found:
            if its_scores is None:
                its_scores = self.network.block(np.array([row]))[0][its_columns]
            for column, score in zip(its_columns.tolist(), its_scores.tolist(), strict=True):
                if column not in self.known[row]:
                    self.known[row].add(column)
                    rows.append(row)
                    columns.append(column)
                    scores.append(score)
        if rows:
            self.master.add(np.array(rows), np.array(columns), np.array(scores))

    def run(self) -> Solution:
        while True:
            self.watch.at(Stage.OPTIMUM, 0.0)
            solution = self.master.solve()
            found = self.paying_candidates(solution)
            if not found:
                found = self.paying_others(solution)
                if not found:
                    return solution
            self.add(found)

    def paying_candidates(self, solution: Solution) -> list:
        price = solution.of_column + solution.of_country[self.network.country]
        found = []
        for row in range(self.network.rows):
            columns, scores = self.candidates.columns[row], self.candidates.scores[row]
            gain = scores - price[columns] - solution.of_row[row]
            found += self.paying(row, columns, scores, gain)
        return found

    def paying_others(self, solution: Solution) -> list:
        """Of the rows whose bound does not rule them out, every pair."""
        price = solution.of_column + solution.of_country[self.network.country]
        least = price.min(initial=0)
        rows = np.flatnonzero(self.candidates.outside > solution.of_row + least)
        found = []
        for number, row in enumerate(rows.tolist()):
            self.watch.at(Stage.PROOF, number / len(rows))
            scores = self.network.block(np.array([row]))[0]
            gain = np.where(scores >= 0, scores - price - solution.of_row[row], -1)
            found += self.paying(row, np.arange(self.network.columns), scores, gain)
        return found

    def paying(self, row: int, columns: np.ndarray, scores: np.ndarray, gain: np.ndarray) -> list:
        places = np.flatnonzero(gain > 0)
        places = (
            places[[int(column) not in self.known[row] for column in columns[places]]]
            if len(places)
            else places
        )
        if not len(places):
            return []
        best = places[best_places(gain[places], MORE)]
        return [(row, columns[best], scores[best])]


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
