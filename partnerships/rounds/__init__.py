"""The best set of partnerships for everyone at once: what goes in, what comes out, and `solve()`. Pure.

Numpy and the solver are imported when a round is solved, since they double the time that a process takes to start.
The method and its proof are told in docs/rounds.md.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

Key = int | str
# Called with the stage and how much of it is done, 0 to 1.
Progress = Callable[["Stage", float], None]
# Rows of the left side, by their places in `Problem.left`, to scores of each with the whole right side.
Scores = Callable[["numpy.ndarray"], "numpy.ndarray"]

MAX_SCORE = 1_000_000  # so that all sums stay exact in the solver's doubles
BLOCK_CELLS = 1_000_000  # pairs that are scored at once, so that memory does not grow with the sides


class Cancelled(Exception):
    """The caller's `is_cancelled` said yes; nothing was computed."""


class NotProven(Exception):
    """The optimum and its bound differ: a fault of the solver. Such a result is never handed out."""


class Stage(StrEnum):
    """What `solve` is at, in this order; shown to the desk by the caller in its own words."""

    SCORES = "scores"
    COVER = "cover"
    OPTIMUM = "optimum"
    PROOF = "proof"


class Reason(StrEnum):
    """Why a participant of the left side gets nobody in any best round."""

    NOBODY_ALLOWED = "nobody_allowed"  # vetoes and must-haves leave no partner at all
    QUOTA = "quota"  # partners with room are left, but only in countries whose quota is used up
    CAPACITY = "capacity"  # all partners that would be allowed are taken by others


@dataclass(frozen=True, slots=True)
class Side:
    """The participants of one side as columns of equal length.

    ``keys``: unique, comparable with each other (all int or all str), the same in every run: ties are broken by their
    order, so the order in which participants are handed in changes nothing. ``capacities``: new partners that each
    takes in this round, at least 1 (who takes none does not take part). ``countries``: only the right side, only
    where `Problem.quotas` names some.
    """

    keys: Sequence[Key]
    capacities: Sequence[int]
    countries: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One round, frozen: from the same problem comes the same result, so a lost computation is simply made again.

    ``left``: hromadas and clusters (a cluster is one participant, whatever its size); they are the ones of whom as many
    as possible shall get a partner. ``right``: members from other countries.

    ``scores(rows)``: the scores of those rows of ``left`` with all of ``right``: integer array of shape
    (len(rows), len(right.keys)), each 0…MAX_SCORE in a unit of the caller's choice (hundredths of a point, say), boosts
    and caps of `matching` included. **Negative means that the pair is not allowed**: a must-have of either side that it
    does not meet. It is called with an int array of places, more than once for some rows, never for more than about
    BLOCK_CELLS pairs, and must answer the same each time.

    ``vetoes``: pairs (key of left, key of right) that are not allowed whatever they score: vetoes and blocks of either
    side, open matches, living twinnings; unknown keys are passed over.

    ``quotas``: country → most pairs with members of that country; countries without one are free.

    ``further_left``, ``further_right``: fairness. The second, third, … pair of one participant counts so much less, in
    the unit of scores; the last number holds for all further ones; none: each counts in full. Must be ≥ 0 and never
    fall. A further pair is made only if it still counts more than 0.
    """

    left: Side
    right: Side
    scores: Scores
    vetoes: Collection[tuple[Key, Key]] = ()
    quotas: Mapping[str, int] = field(default_factory=dict)
    further_left: Sequence[int] = ()
    further_right: Sequence[int] = ()


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """Two that shall be introduced to each other, by their keys."""

    left: Key
    right: Key
    score: int


@dataclass(frozen=True, slots=True)
class Prices:
    """Dual prices of one objective, whole numbers: what a place with each participant, or in a quota, is worth.

    Keys that are not named have price 0. ``cover``: what one more participant with a partner is worth (second
    objective alone). Right and country prices are never negative.
    """

    left: Mapping[Key, int]
    right: Mapping[Key, int]
    countries: Mapping[str, int]
    cover: int = 0


@dataclass(frozen=True, slots=True)
class Certificate:
    """Proof that nothing better exists; `partnerships.rounds.certificate.check` recomputes it from the problem.

    By weak duality any such prices give a bound that no round exceeds. ``covered`` == ``covered_bound`` proves the
    first objective, ``value`` == ``bound`` the second among all rounds that reach the first; exactly, in integers.
    """

    covered: int
    covered_bound: int
    value: int
    bound: int
    cover_prices: Prices
    prices: Prices


@dataclass(frozen=True, slots=True)
class Alone:
    """One of the left side who gets nobody, and why."""

    key: Key
    reason: Reason


@dataclass(frozen=True, slots=True)
class Greedy:
    """What taking the best pair that is left, again and again, would have reached: shown beside the optimum.

    ``covered`` participants of the left side with a partner, ``value`` in the same objective, ``loss`` in % of the
    optimum's value (negative where greedy scores more because it leaves more participants alone).
    """

    covered: int
    value: int
    loss: float


@dataclass(frozen=True, slots=True)
class Result:
    """The best round. ``pairs`` by keys of left, then right; ``alone`` by keys.

    ``covered`` and ``value`` are the two objectives; ``value`` is the sum of scores less what further pairs count less.
    """

    pairs: tuple[Pair, ...]
    alone: tuple[Alone, ...]
    covered: int
    value: int
    certificate: Certificate
    greedy: Greedy


def solve(
    problem: Problem,
    *,
    progress: Progress = lambda stage, share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Result:
    """The round in which most of the left side get a partner and, among those, the sum of scores is greatest.

    Keeps no state outside its arguments; `progress` and `is_cancelled` are called some hundred times, about every
    block of scores and every run of the solver. Raises `ValueError` for a problem that makes no sense (sides of unequal
    columns, doubled keys, capacities below 1, deductions that fall, scores beyond MAX_SCORE, scores that are no
    integers), `Cancelled`, `NotProven`.
    """
    from partnerships.rounds.optimum import best_round

    return best_round(problem, progress=progress, is_cancelled=is_cancelled)
