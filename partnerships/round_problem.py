"""From the frozen inputs of a matching round to the problem that `partnerships.rounds` solves, and back to words for
the desk: who gets nobody and why, by country and region. Pure. Imports numpy: not before a round is computed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from partnerships.match_parts import TENTHS
from partnerships.matching import Profile, Score, facts_of, score
from partnerships.profile_columns import ProfileColumns
from partnerships.ranking import Columns
from partnerships.round_frozen import Inputs
from partnerships.rounds import Problem, Result, Side

NOT_ALLOWED = -1


class Scores:
    """Totals in tenths of rows of the left side with all of the right one; negative where a must-have of either side
    is not met, or the two are kept apart. Notes which of the right side anybody may be proposed."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.columns = Columns(ProfileColumns.of(inputs.rights), inputs.known, inputs.weights, inputs.today)
        self.reached = np.zeros(len(inputs.rights), bool)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        lefts = [self.inputs.lefts[row] for row in rows.tolist()]
        totals = self.columns.block(lefts)
        for line, left in zip(totals, lefts, strict=True):
            line[self.columns.ruled_out(left, self.inputs.apart.get(left.key, ()))] = NOT_ALLOWED
        self.reached |= (totals >= 0).any(axis=0)
        return totals


def problem_of(inputs: Inputs, scores: Scores) -> Problem:
    return Problem(
        left=_side(inputs, inputs.lefts),
        right=_side(inputs, inputs.rights),
        scores=scores,
        vetoes=[(left, right) for left, rights in inputs.apart.items() for right in rights],
        quotas=inputs.quotas,
        further_left=inputs.further,
        further_right=inputs.further,
    )


def _side(inputs: Inputs, profiles: Sequence[Profile]) -> Side:
    keys = [each.key for each in profiles]
    return Side(keys, [inputs.capacities[key] for key in keys], [each.country for each in profiles])


def score_of(inputs: Inputs, left: Profile, right: Profile) -> Score:
    """With its parts, the left side first."""
    return score(left, right, facts_of(left, right, inputs.known, inputs.today), inputs.weights)


def why_without(inputs: Inputs, result: Result, scores: Scores) -> dict[int, str]:
    """Key of each side that gets nobody → why, as `RoundParticipant.Without` has it."""
    found = {alone.key: alone.reason.value.replace("capacity", "taken") for alone in result.alone}
    taken = {pair.right for pair in result.pairs}
    for place, right in enumerate(inputs.rights):
        if right.key not in taken:
            found[right.key] = "taken" if scores.reached[place] else "nobody_allowed"
    return found


def figures_of(inputs: Inputs, result: Result, without: Mapping[int, str]) -> dict[str, Any]:
    """The certificate, what greedy would have lost, and how it is distributed: only what JSON has."""
    proof = result.certificate
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
            "left": _counted(inputs.lefts, without),
            "right": _counted(inputs.rights, without),
        },
        "regions": _by(inputs.lefts, without, lambda side: side.region),
        "countries": _by(inputs.rights, without, lambda side: side.country),
    }


def _counted(sides: Sequence[Profile], without: Mapping[int, str]) -> dict[str, Any]:
    """Among all, and among those that never had a partner."""
    new = [side for side in sides if side.never_partnered]
    return {
        "all": len(sides),
        "with": sum(side.key not in without for side in sides),
        "new": len(new),
        "new_with": sum(side.key not in without for side in new),
        "without": dict(sorted(Counter(without[side.key] for side in sides if side.key in without).items())),
    }


def _by(sides: Sequence[Profile], without: Mapping[int, str], group: Any) -> list[dict[str, Any]]:
    groups: dict[str, list[Profile]] = defaultdict(list)
    for side in sides:
        groups[group(side)].append(side)
    return [{"code": code, **_counted(groups[code], without)} for code in sorted(groups)]
