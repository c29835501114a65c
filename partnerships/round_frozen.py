"""The frozen inputs of a matching round: what they are, as JSON and back, and the hash over all of it. Pure."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from partnerships.known_ties import KnownTies, Spot
from partnerships.match_parts import Part, Weights
from partnerships.matching import Profile

if TYPE_CHECKING:
    from partnerships.profile_columns import ProfileColumns


@dataclass(frozen=True)
class Inputs:
    """``lefts`` are the Ukrainian sides, ``rights`` all others, which may be a hundred thousand; ``apart``: keys of a
    left side → keys of right sides that it must not be proposed, by whoever's veto."""

    lefts: Sequence[Profile]
    rights: "ProfileColumns"
    capacities: Mapping[int, int]
    apart: Mapping[int, Collection[int]]
    quotas: Mapping[str, int]
    weights: Weights
    known: KnownTies
    today: date
    # What the second, third, … partner of one side counts less, in tenths of points: first everybody gets one.
    further: Sequence[int] = ()


def kept_inputs(
    weights: Weights, known: KnownTies, keys: Iterable[int], further: Iterable[int], today: date
) -> dict[str, Any]:
    """What is not of one participant. ``keys``: of those who take part, whose earlier links count."""
    inside = set(keys)
    earlier = {(one, other) for one in inside for other in known.earlier_of(one) & inside if one < other}
    return {
        "today": today.isoformat(),
        "weights": {
            "version": weights.version,
            "points": {part.value: points for part, points in sorted(weights.points.items())},
            "attention_cap": weights.attention_cap,
        },
        "further": list(further),
        "links": _links(known),
        "earlier": [list(pair) for pair in sorted(earlier)],
    }


def _links(known: KnownTies) -> list[list[Any]]:
    """Each pair of places once, in an order of its own."""
    found = []
    for one, others in known.linked.items():
        for other, spot in others.items():
            if repr(one) < repr(other):
                found.append([list(astuple(known.linked[other][one])), list(astuple(spot))])
    return sorted(found, key=repr)


def weights_of(values: Mapping[str, Any]) -> Weights:
    given = values["weights"]
    points = {Part(name): value for name, value in given["points"].items()}
    return Weights(given["version"], points, given["attention_cap"])


def ties_of(values: Mapping[str, Any]) -> KnownTies:
    links = [(Spot(*one), Spot(*other)) for one, other in values["links"]]
    return KnownTies(links, [(one, other) for one, other in values["earlier"]])


class Digest:
    """The same for the same inputs, whatever the order of their keys. Taken one by one, so that not all of them need be
    text at once."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, values: Any) -> None:
        text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        self._hash.update(f"{text}\n".encode())

    @property
    def value(self) -> str:
        return self._hash.hexdigest()
