"""A problem as arrays, in the order of keys, so that the order in which participants are handed in changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from partnerships.rounds import BLOCK_CELLS, MAX_SCORE, Cancelled, Key, Problem, Progress, Side, Stage

NOT_ALLOWED = -1
FREE = 1 << 40  # the quota of countries that have none


@dataclass(frozen=True)
class Watch:
    """Tells the caller how far it is, and stops when the caller wants it."""

    progress: Progress
    is_cancelled: Callable[[], bool]

    def at(self, stage: Stage, share: float) -> None:
        if self.is_cancelled():
            raise Cancelled
        self.progress(stage, share)


class Network:
    """Rows are the left side, sorted by key; columns the right one, by country and key.

    ``country``: for each column a place in ``quotas``, the last of which stands for all countries without one.
    ``starts``: where in the columns each country of ``present`` begins.
    """

    def __init__(self, problem: Problem) -> None:
        check_side(problem.left)
        check_side(problem.right)
        self.country_names = sorted(problem.quotas)
        if any(quota < 0 for quota in problem.quotas.values()):
            raise ValueError("a quota is negative")
        self.quotas = np.array([*(problem.quotas[name] for name in self.country_names), FREE], dtype=np.int64)
        rank = ranks(problem.right, self.country_names)
        self.row_place, self.row_keys, self.row_capacity = sorted_side(problem.left, None)
        self.column_place, self.column_keys, self.column_capacity = sorted_side(problem.right, rank)
        self.rows, self.columns = len(self.row_keys), len(self.column_keys)
        self.is_in_order = bool((self.column_place == np.arange(self.columns)).all())
        self.country = np.array([rank[place] for place in self.column_place.tolist()], dtype=np.int32)
        self.present, self.starts = np.unique(self.country, return_index=True)
        self.further_left = deductions(problem.further_left)
        self.further_right = deductions(problem.further_right)
        self.scores = problem.scores
        self.vetoed = self._vetoes(problem)

    def _vetoes(self, problem: Problem) -> dict[int, np.ndarray]:
        row_of = {key: row for row, key in enumerate(self.row_keys)}
        column_of = {key: column for column, key in enumerate(self.column_keys)} if problem.vetoes else {}
        found: dict[int, list[int]] = {}
        for left, right in problem.vetoes:
            if left in row_of and right in column_of:
                found.setdefault(row_of[left], []).append(column_of[right])
        return {row: np.array(sorted(columns)) for row, columns in found.items()}

    def blocks(self) -> Iterator[np.ndarray]:
        """All rows, in blocks of about BLOCK_CELLS pairs."""
        size = max(BLOCK_CELLS // max(self.columns, 1), 1)
        for start in range(0, self.rows, size):
            yield np.arange(start, min(start + size, self.rows))

    def block(self, rows: np.ndarray) -> np.ndarray:
        """Scores of these rows with all columns; negative: not allowed."""
        scores = np.asarray(self.scores(self.row_place[rows]))
        if scores.shape != (len(rows), self.columns) or scores.dtype.kind not in "iu":
            raise ValueError(f"scores are no whole numbers for each pair: {scores.dtype} in {scores.shape}")
        if scores.size and scores.max() > MAX_SCORE:
            raise ValueError(f"a score is above {MAX_SCORE}")
        if not self.is_in_order:
            scores = np.take(scores, self.column_place, axis=1)
        if scores.dtype.itemsize > 4:
            scores = np.maximum(scores, NOT_ALLOWED)  # what is far below nothing must not come round again
        if scores.dtype not in (np.int16, np.int32):
            scores = scores.astype(np.int32)
        mine = [(place, self.vetoed[row]) for place, row in enumerate(rows.tolist()) if row in self.vetoed]
        if mine:
            scores = scores.copy()  # the caller's array stays as it is
            for place, columns in mine:
                scores[place, columns] = NOT_ALLOWED
        return scores


def check_side(side: Side) -> None:
    if len(side.keys) != len(side.capacities) or (side.countries and len(side.countries) != len(side.keys)):
        raise ValueError("the columns of a side are not equally long")
    if len(set(side.keys)) != len(side.keys):
        raise ValueError("a key comes twice")
    if min(side.capacities, default=1) < 1:
        raise ValueError("a capacity is below 1")


def ranks(right: Side, names: list[str]) -> list[int]:
    """Of each participant the place of its country's quota; the last one for countries that have none."""
    if not names:
        return [0] * len(right.keys)
    if len(right.countries) != len(right.keys):
        raise ValueError("quotas of countries, but participants without a country")
    places = {name: place for place, name in enumerate(names)}
    return [places.get(country, len(names)) for country in right.countries]


def sorted_side(side: Side, rank: list[int] | None) -> tuple[np.ndarray, list[Key], np.ndarray]:
    """Places in the caller's order, keys and capacities, sorted by rank and key."""
    place = sorted(range(len(side.keys)), key=side.keys.__getitem__)
    if rank is not None:
        place.sort(key=rank.__getitem__)
    keys = [side.keys[number] for number in place]
    capacity = np.array([side.capacities[number] for number in place], dtype=np.int64)
    return np.array(place, dtype=np.int64), keys, capacity


def deductions(further: Sequence[int]) -> tuple[int, ...]:
    numbers = (0, *further)
    if any(later < earlier for earlier, later in pairwise(numbers)):
        raise ValueError("what further pairs count less is negative or falls")
    if numbers[-1] > MAX_SCORE:
        raise ValueError(f"a further pair counts more than {MAX_SCORE} less")
    return tuple(int(number) for number in further)


def steps(further: tuple[int, ...], capacity: int) -> list[tuple[int, int]]:
    """(what a pair counts less, how many pairs), cheapest first: (10, 20) and 5 → (0, 1), (10, 1), (20, 3)."""
    found = [(0, 1)]
    for number, less in enumerate(further or (0,), 2):
        if number > capacity:
            break
        room = 1 if number <= len(further) else capacity - number + 1
        if found[-1][0] == less and len(found) > 1:
            found[-1] = (less, found[-1][1] + room)
        else:
            found.append((less, room))
    return found


def deducted(further: tuple[int, ...], pairs: int) -> int:
    """What ``pairs`` pairs of one participant count less altogether."""
    return sum(further[min(number, len(further) - 1)] for number in range(pairs - 1)) if further else 0
