"""Taking the best pair that is left, again and again: where the cover starts, and what the optimum is compared with."""

import heapq
from collections.abc import Iterator

import numpy as np

from partnerships.rounds.candidates import Candidates, best_places
from partnerships.rounds.network import Network, deducted

CHUNK = 64
POOL = 4096  # that a row keeps to look at


class Taken:
    """Pairs so far, and what room is left."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.pairs: dict[tuple[int, int], int] = {}
        self.partners: dict[int, list[int]] = {}
        self.of_row = np.zeros(network.rows, dtype=np.int64)
        self.of_column = np.zeros(network.columns, dtype=np.int64)
        self.of_country = np.zeros(len(network.quotas), dtype=np.int64)
        self.has_room = network.quotas[network.country] > 0  # of each column, its country's quota included

    def take(self, row: int, column: int, score: int) -> None:
        country = self.network.country[column]
        self.pairs[row, column] = score
        self.partners.setdefault(row, []).append(column)
        self.of_row[row] += 1
        self.of_column[column] += 1
        self.of_country[country] += 1
        if self.of_column[column] == self.network.column_capacity[column]:
            self.has_room[column] = False
        if self.of_country[country] == self.network.quotas[country]:
            self.has_room[self.network.country == country] = False

    def value(self) -> int:
        """The sum of scores less what further pairs count less."""
        left = sum(deducted(self.network.further_left, int(n)) for n in self.of_row[self.of_row > 1])
        right = sum(deducted(self.network.further_right, int(n)) for n in self.of_column[self.of_column > 1])
        return sum(self.pairs.values()) - left - right


def greedy(network: Network, candidates: Candidates) -> Taken:
    """First a partner for each row, then a second for each that takes one, and so on; the best pair first.

    A pair beyond the first is taken only if it still counts more than nothing.
    """
    taken = Taken(network)
    for number in range(1, int(network.row_capacity.max(initial=0)) + 1):
        less = deducted(network.further_left, number) - deducted(network.further_left, number - 1)
        rows = np.flatnonzero((taken.of_row == number - 1) & (network.row_capacity >= number))
        one_each(taken, candidates, rows.tolist(), floor=less if number > 1 else -1)
    return taken


def one_each(taken: Taken, candidates: Candidates, rows: list[int], floor: int) -> None:
    offers = {row: offers_of(taken, candidates, row) for row in rows}
    heap = [
        (-score, row, column)
        for row in rows
        for score, column in [next(offers[row], (-1, -1))]
        if score > floor
    ]
    heapq.heapify(heap)
    while heap:
        score, row, column = heap[0]
        if taken.has_room[column]:
            heapq.heappop(heap)
            taken.take(row, column, -score)
            continue
        score, column = next(offers[row], (-1, -1))
        if score > floor:
            heapq.heapreplace(heap, (-score, row, column))
        else:
            heapq.heappop(heap)


def offers_of(taken: Taken, candidates: Candidates, row: int) -> Iterator[tuple[int, int]]:
    """(score, column) of the row, best first, of the columns that have room when they are asked for."""
    yield from falling(taken, row, candidates.columns[row], candidates.scores[row])
    while candidates.outside[row].max() >= 0:
        columns, scores = roomy(taken, candidates, row)
        if not len(columns):
            return
        yield from falling(taken, row, columns, scores)


def roomy(taken: Taken, candidates: Candidates, row: int) -> tuple[np.ndarray, np.ndarray]:
    """The best of all columns that have room for the row now. Few are kept: many rows may wait with theirs."""
    may = candidates.allowed_of(row) & taken.has_room
    may[list(taken.partners.get(row, []))] = False
    if not may.any():
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32)
    columns = np.flatnonzero(may)
    scores = taken.network.block(np.array([row]))[0][columns]
    best = best_places(scores, POOL)
    return columns[best].astype(np.int32), scores[best]


def falling(taken: Taken, row: int, columns: np.ndarray, scores: np.ndarray) -> Iterator[tuple[int, int]]:
    """Best first; sorted no further than somebody asks, since most rows need few."""
    size, places = CHUNK, np.arange(len(columns))
    while len(places):
        ahead = places
        if len(places) > 2 * size:
            least = np.partition(scores[places], len(places) - size)[len(places) - size]
            is_ahead = scores[places] >= least
            ahead, places = places[is_ahead], places[~is_ahead]
        else:
            places = places[:0]
        for place in ahead[np.argsort(-scores[ahead], kind="stable")].tolist():
            column = int(columns[place])
            if taken.has_room[column] and (row, column) not in taken.pairs:
                yield int(scores[place]), column
        places = places[taken.has_room[columns[places]]]
        size *= 4
