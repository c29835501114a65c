"""From the frozen inputs of a matching round to the problem that `partnerships.rounds` solves, and back to words for
the desk: who gets nobody and why, by country and region. Pure. Imports numpy: not before a round is computed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from partnerships.match_parts import TENTHS
from partnerships.matching import Profile, Score, facts_of, score
from partnerships.ranking import Columns
from partnerships.round_frozen import Inputs
from partnerships.rounds import Problem, Result, Side

NOT_ALLOWED = -1


class Scores:
    """Totals in tenths of rows of the left side with all of the right one; negative where a must-have of either side
    is not met, or the two are kept apart. Notes which of the right side anybody may be proposed."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.columns = Columns(inputs.rights, inputs.known, inputs.weights, inputs.today)
        self.reached = np.zeros(len(inputs.rights), bool)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        lefts = [self.inputs.lefts[row] for row in rows.tolist()]
        totals = self.columns.block(lefts)
        for line, left in zip(totals, lefts, strict=True):
            line[self.columns.ruled_out(left, self.inputs.apart.get(left.key, ()))] = NOT_ALLOWED
        self.reached |= (totals >= 0).any(axis=0)
        return totals


class Told(NamedTuple):
    """What the desk reads of one side, in numbers."""

    key: int
    country: str
    region: str
    never_partnered: bool


def _told(inputs: Inputs) -> tuple[list[Told], list[Told]]:
    rights = inputs.rights
    classes, regions = list(rights.tables.classes), list(rights.tables.regions)
    columns = (each.tolist() for each in (rights.keys, rights.klass, rights.region, rights.never))
    return (
        [Told(each.key, each.country, each.region, each.never_partnered) for each in inputs.lefts],
        [
            Told(key, classes[klass].country, regions[region][0], never)
            for key, klass, region, never in zip(*columns, strict=True)
        ],
    )


def problem_of(inputs: Inputs, scores: Scores) -> Problem:
    left, right = (
        Side(
            [each.key for each in side],
            [inputs.capacities[each.key] for each in side],
            [each.country for each in side],
        )
        for side in _told(inputs)
    )
    return Problem(
        left=left,
        right=right,
        scores=scores,
        vetoes=[(left, right) for left, rights in inputs.apart.items() for right in rights],
        quotas=inputs.quotas,
        further_left=inputs.further,
        further_right=inputs.further,
    )


def score_of(inputs: Inputs, left: Profile, right: Profile) -> Score:
    """With its parts, the left side first."""
    return score(left, right, facts_of(left, right, inputs.known, inputs.today), inputs.weights)


def why_without(inputs: Inputs, result: Result, scores: Scores) -> dict[int, str]:
    """Key of each side that gets nobody → why, as `RoundParticipant.Without` has it."""
    found = {alone.key: alone.reason.value.replace("capacity", "taken") for alone in result.alone}
    taken = {pair.right for pair in result.pairs}
    for key, is_reached in zip(inputs.rights.keys.tolist(), scores.reached.tolist(), strict=True):
        if key not in taken:
            found[key] = "taken" if is_reached else "nobody_allowed"
    return found


def figures_of(inputs: Inputs, result: Result, without: Mapping[int, str]) -> dict[str, Any]:
    """The certificate, what greedy would have lost, and how it is distributed: only what JSON has."""
    proof, (lefts, rights) = result.certificate, _told(inputs)
    return {
        "pairs": len(result.pairs),
        "covered": proof.covered,
        "covered_bound": proof.covered_bound,
        "value": proof.value / TENTHS,
        "bound": proof.bound / TENTHS,
        "greedy": {
            "covered": result.greedy.covered,
            "value": result.greedy.value / TENTHS,
            "loss": round(result.greedy.loss, 2),
        },
        "sides": {
            "left": _counted(lefts, without),
            "right": _counted(rights, without),
        },
        "regions": _by(lefts, without, lambda side: side.region),
        "countries": _by(rights, without, lambda side: side.country),
    }


def _counted(sides: Sequence[Told], without: Mapping[int, str]) -> dict[str, Any]:
    """Among all, and among those that never had a partner."""
    new = [side for side in sides if side.never_partnered]
    return {
        "all": len(sides),
        "with": sum(side.key not in without for side in sides),
        "new": len(new),
        "new_with": sum(side.key not in without for side in new),
        "without": dict(sorted(Counter(without[side.key] for side in sides if side.key in without).items())),
    }


def _by(sides: Sequence[Told], without: Mapping[int, str], group: Any) -> list[dict[str, Any]]:
    groups: dict[str, list[Told]] = defaultdict(list)
    for side in sides:
        groups[group(side)].append(side)
    return [{"code": code, **_counted(groups[code], without)} for code in sorted(groups)]
