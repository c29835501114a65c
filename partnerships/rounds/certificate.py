"""Checks a round and its proof from the problem alone, over every pair. Shares no code with what computed them.

Whoever doubts a round needs this page only: the prices of a certificate may come from anywhere, by weak duality what
they add up to bounds every round that keeps the rules.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from partnerships.rounds import BLOCK_CELLS, Key, Prices, Problem, Reason, Result


def check(
    problem: Problem, result: Result, *, progress: Callable[[float], None] = lambda share: None
) -> list[str]:
    """What is wrong with the result; nothing, when it is a round that keeps every rule and none is better.

    Reads all scores once, in blocks, and tells before each how much is done, 0 to 1; what `progress` raises ends the
    check. Sums are exact, in integers.
    """
    unknown = strangers(problem, result)
    if unknown:
        return unknown
    check = Check(problem, result, progress)
    return [
        *check.rules(),
        *check.totals(),
        *(f"{name}: a price is negative" for name, prices in check.both if negative(prices)),
        *check.every_pair(),
    ]


def strangers(problem: Problem, result: Result) -> list[str]:
    left, right = set(problem.left.keys), set(problem.right.keys)
    certificate = result.certificate
    named_left = {pair.left for pair in result.pairs} | {alone.key for alone in result.alone}
    named_right = {pair.right for pair in result.pairs}
    countries: set[str] = set()
    for prices in (certificate.cover_prices, certificate.prices):
        named_left |= set(prices.left)
        named_right |= set(prices.right)
        countries |= set(prices.countries)
    found = [*(named_left - left), *(named_right - right), *(countries - set(problem.quotas))]
    return [f"{key} takes no part" for key in sorted(map(str, found))]


def negative(prices: Prices) -> bool:
    """Only what a row of the second objective is worth may be negative, when it gets a partner at a loss."""
    return min([0, prices.cover, *prices.right.values(), *prices.countries.values()]) < 0


def less_for(number: int, further: Sequence[int]) -> int:
    """What the ``number``-th pair of one participant counts less."""
    return 0 if number == 1 or not further else further[min(number, len(further) + 1) - 2]


class Check:
    def __init__(self, problem: Problem, result: Result, progress: Callable[[float], None]) -> None:
        self.progress = progress
        self.problem, self.result, self.proof = problem, result, result.certificate
        self.both = [("cover", self.proof.cover_prices), ("value", self.proof.prices)]
        self.row = {key: place for place, key in enumerate(problem.left.keys)}
        self.column = {key: place for place, key in enumerate(problem.right.keys)}
        self.of_left = Counter(pair.left for pair in result.pairs)
        self.of_right = Counter(pair.right for pair in result.pairs)
        self.of_country: Counter[str] = Counter()
        for pair in result.pairs:
            if problem.quotas:
                self.of_country[problem.right.countries[self.column[pair.right]]] += 1

    def rules(self) -> Iterator[str]:
        problem = self.problem
        twice = Counter((pair.left, pair.right) for pair in self.result.pairs)
        yield from (f"{pair} is there {times} times" for pair, times in twice.items() if times > 1)
        for key, number in self.of_left.items():
            if number > problem.left.capacities[self.row[key]]:
                yield f"{key} of the left side gets {number} partners"
        for key, number in self.of_right.items():
            if number > problem.right.capacities[self.column[key]]:
                yield f"{key} of the right side gets {number} partners"
        for country, quota in problem.quotas.items():
            if self.of_country[country] > quota:
                yield f"{country} gets {self.of_country[country]} partners"
        vetoes = set(problem.vetoes)
        yield from (f"{pair} has a veto" for pair in twice if pair in vetoes)
        alone = Counter(alone.key for alone in self.result.alone)
        if alone != Counter(key for key in problem.left.keys if not self.of_left[key]):
            yield "those without a partner are others than told"

    def totals(self) -> Iterator[str]:
        covered, value = len(self.of_left), sum(pair.score for pair in self.result.pairs)
        for counts, further in (
            (self.of_left, self.problem.further_left),
            (self.of_right, self.problem.further_right),
        ):
            value -= sum(less_for(n, further) for count in counts.values() for n in range(1, count + 1))
        if {covered} != {self.result.covered, self.proof.covered}:
            yield f"{covered} have a partner, told is {self.result.covered}"
        if {value} != {self.result.value, self.proof.value}:
            yield f"the value is {value}, told is {self.result.value}"
        if covered != self.proof.covered_bound:
            yield f"{covered} have a partner, {self.proof.covered_bound} might"
        if value != self.proof.bound:
            yield f"the value is {value}, it might be {self.proof.bound}"
        if (self.result.greedy.covered, self.result.greedy.value) > (covered, value):
            yield "greedy is better"

    def every_pair(self) -> Iterator[str]:
        """Both bounds, the scores of the pairs, and why somebody gets nobody."""
        cover, value = (self._arrays(prices) for _name, prices in self.both)
        unpaid, surplus = 0, 0
        told = {(self.row[pair.left], self.column[pair.right]): pair.score for pair in self.result.pairs}
        places = zip(self.problem.right.keys, self.problem.right.capacities, strict=True)
        has_room = np.array([self.of_right[key] < most for key, most in places], dtype=bool)
        reasons = {self.row[alone.key]: alone.reason for alone in self.result.alone}
        partners: dict[int, list[int]] = {}
        for row, column in told:
            partners.setdefault(row, []).append(column)
        for row, scores in self._rows():
            is_allowed = scores >= 0
            paid = cover[0][row] + cover[1]
            unpaid += int((is_allowed & (paid < 1)).sum())
            extra = scores - value[0][row] - value[1]
            surplus += int(extra[is_allowed & (extra > 0)].sum())
            for column in partners.get(row, []):
                if scores[column] < 0:
                    yield f"{self._names(row, column)} are not allowed"
                elif scores[column] != told[row, column]:
                    yield f"{self._names(row, column)} score {scores[column]}, not {told[row, column]}"
            if row in reasons and reasons[row] != self._reason(is_allowed, has_room):
                yield f"{self.problem.left.keys[row]} gets nobody for another reason than told"
        if unpaid:
            yield f"cover: {unpaid} pairs are not paid for"
        if self._cover_bound() != self.proof.covered_bound:
            yield f"cover: prices add up to {self._cover_bound()}, told is {self.proof.covered_bound}"
        if self._value_bound() + surplus != self.proof.bound:
            yield f"value: prices add up to {self._value_bound() + surplus}, told is {self.proof.bound}"

    def _names(self, row: int, column: int) -> str:
        return f"{self.problem.left.keys[row]} and {self.problem.right.keys[column]}"

    def _reason(self, is_allowed: np.ndarray, has_room: np.ndarray) -> Reason:
        if not is_allowed.any():
            return Reason.NOBODY_ALLOWED
        return Reason.QUOTA if (is_allowed & has_room).any() else Reason.CAPACITY

    def _rows(self) -> Iterator[tuple[int, np.ndarray]]:
        """Each place of the left side and its scores with all of the right one, what has a veto as negative."""
        vetoed: dict[int, list[int]] = {}
        for left, right in self.problem.vetoes:
            if left in self.row and right in self.column:
                vetoed.setdefault(self.row[left], []).append(self.column[right])
        size = max(BLOCK_CELLS // max(len(self.column), 1), 1)
        for start in range(0, len(self.row), size):
            self.progress(start / len(self.row))
            rows = np.arange(start, min(start + size, len(self.row)))
            for row, scores in zip(
                rows.tolist(), np.array(self.problem.scores(rows), dtype=np.int64), strict=True
            ):
                scores[vetoed.get(row, [])] = -1
                yield row, scores

    def _arrays(self, prices: Prices) -> tuple[list[int], np.ndarray]:
        """Of each place of the left side its price; of the right one its own and its country's."""
        left = [prices.left.get(key, 0) for key in self.problem.left.keys]
        right = np.array([prices.right.get(key, 0) for key in self.problem.right.keys], dtype=np.int64)
        if prices.countries:
            right += np.array(
                [prices.countries.get(country, 0) for country in self.problem.right.countries], dtype=np.int64
            )
        return left, right

    def _cover_bound(self) -> int:
        prices, problem = self.proof.cover_prices, self.problem
        if min([0, *prices.left.values()]) < 0 or prices.cover:
            return -1
        return (
            sum(prices.left.values())
            + priced(prices.right, self.column, problem.right.capacities)
            + sum(problem.quotas[country] * price for country, price in prices.countries.items())
        )

    def _value_bound(self) -> int:
        """All but what single pairs are worth beyond the prices of both."""
        prices, problem = self.proof.prices, self.problem
        total = sum(problem.quotas[country] * price for country, price in prices.countries.items())
        total -= prices.cover * self.proof.covered
        for key, capacity in zip(problem.left.keys, problem.left.capacities, strict=True):
            price = prices.left.get(key, 0)
            total += max(price + prices.cover, 0)
            total += sum(max(price - less_for(n, problem.further_left), 0) for n in range(2, capacity + 1))
        for key, price in prices.right.items():
            places = range(1, problem.right.capacities[self.column[key]] + 1)
            total += sum(max(price - less_for(n, problem.further_right), 0) for n in places)
        return total


def priced(prices: Mapping[Key, int], place: Mapping[Key, int], capacities: Sequence[int]) -> int:
    return sum(price * capacities[place[key]] for key, price in prices.items())
