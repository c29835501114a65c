"""What speaks for a twinning of a hromada and a municipality elsewhere, as features to learn weights from: pure numpy.

Every feature is written so that more of it speaks for the pair; what is unknown is nan and weighs nothing in the score.
A hromada's own twinnings never count when it is looked at. `partnerships.learnt` makes shares of parts from what was
learnt; docs/ties.md says each in words.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from partnerships.known_ties import BORDERS, NEIGHBOUR_KM
from partnerships.learnt import COEFFICIENTS, EARTH_KM, FEW, HERE_KM

Floats = NDArray[np.floating]
# Parts of the score of members (`match_parts.Part`) and the features that add up to each. "free" is what the boost for
# members that never had a partner and the cap on attention stand for: learnt with the rest, so that no other weight
# takes it over.
PARTS = {
    "size": ("alike", "not_larger", "large"),
    "distance": ("near",),
    "border": ("border",),
    "ties": ("region_with_oblast", "neighbours"),
    "countries": ("country_with_ukraine", "country_with_oblast"),
    "twinnings": ("twinnings", "has_twinnings"),
    "free": ("without_ukrainian",),
}
FEATURES = tuple(name for names in PARTS.values() for name in names)

Row = tuple[float | None, float | None, float | None, str, str]


@dataclass(frozen=True)
class Places:
    """Columns of n places. An unknown number is nan, an unknown word is ""."""

    lat: Floats  # (n,) degrees
    lon: Floats
    population: Floats  # (n,) inhabitants
    country: NDArray[np.str_]  # (n,) ISO 3166-1 alpha-2
    region: NDArray[np.str_]  # (n,) code of the oblast or NUTS 2 region

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Places":
        """From rows (lat, lon, population, country, region); None is unknown."""
        lat, lon, population, country, region = list(zip(*rows, strict=True)) or [()] * 5
        lat, lon, population = (
            np.array([np.nan if x is None else x for x in column], float) for column in (lat, lon, population)
        )
        return cls(lat, lon, population, np.array(country, str), np.array(region, str))

    def __len__(self) -> int:
        return len(self.lat)

    def take(self, index: NDArray) -> "Places":
        return Places(*(getattr(self, column.name)[index] for column in fields(self)))

    @cached_property
    def vectors(self) -> Floats:
        """(n, 3) unit vectors from the middle of the Earth; nan where coordinates are unknown."""
        return unit_vectors(self.lat, self.lon)

    @cached_property
    def size(self) -> Floats:
        """(n,) natural logarithm of the inhabitants; nan where unknown or none."""
        return np.log(np.where(self.population > 0, self.population, np.nan))


@dataclass(frozen=True)
class Twinnings:
    """k known twinnings, seen from one side. Of hromadas: ``one`` counts in the hromadas. Of candidates among
    themselves: ``one`` counts in the candidates, and each twinning stands there once from either side."""

    one: NDArray[np.intp]  # (k,)
    other: NDArray[np.intp]  # (k,) position in the candidates, -1 for a place that is none of them
    there: Places  # (k,) the other side itself, candidate or not

    def __len__(self) -> int:
        return len(self.one)

    def take(self, index: NDArray) -> "Twinnings":
        return Twinnings(self.one[index], self.other[index], self.there.take(index))


# --- One pair, or one place and many: plain numbers --------------------------------------------------------


def unit_vectors(lat: ArrayLike, lon: ArrayLike) -> Floats:
    """(…, 3) from degrees."""
    north, east = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)


def distance_km(a: Floats, b: Floats) -> Floats:
    """Great-circle distance of unit vectors (…, 3), broadcast; nan where a place is unknown. Symmetric."""
    chord = np.sqrt(((a - b) ** 2).sum(axis=-1))
    return 2 * EARTH_KM * np.arcsin(np.minimum(chord / 2, 1))


def size_ratio(population: ArrayLike, populations: ArrayLike) -> Floats:
    """|ln(a / b)|: 0 for equals, 0.69 for twice as large either way; nan where unknown. Symmetric."""
    a, b = np.asarray(population, float), np.asarray(populations, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(np.log(a) - np.log(b))
    return np.where((a > 0) & (b > 0), ratio, np.nan)


# --- Known twinnings as examples, and the features of all candidates ---------------------------------------


class Known:
    """The twinnings that the portal knows, prepared for looking at many hromadas in turn.

    ``ours``: of hromadas, k of them; ``theirs``: of the n candidates among themselves and with others, none of them
    with Ukraine. ``hidden`` (k,) leaves twinnings of ours out, as if nobody knew of them; the own ones of the hromada
    that is looked at are always left out.
    """

    def __init__(self, hromadas: Places, candidates: Places, ours: Twinnings, theirs: Twinnings) -> None:
        self.hromadas, self.candidates, self.ours, self.theirs = hromadas, candidates, ours, theirs
        self._country, self._ours_country = _codes(candidates.country, ours.there.country)
        candidate_regions, our_regions = (
            np.where(places.region == "", "", np.char.add(places.country, places.region))
            for places in (candidates, ours.there)
        )
        self._region, self._ours_region = _codes(candidate_regions, our_regions)

    def features(self, hromada: int, hidden: NDArray[np.bool_] | None = None) -> dict[str, Floats]:
        """The values (n,) of each of `FEATURES`, of ``hromada`` (its position) with every candidate."""
        seen = self.ours.one != hromada
        if hidden is not None:
            seen &= ~hidden
        examples = seen.astype(float)
        oblast = self.hromadas.region[hromada]
        of_oblast = examples * ((self.hromadas.region[self.ours.one] == oblast) & (oblast != ""))
        with_ukraine = _sums(self._ours_country, examples, self._country)
        return {
            **self._of_the_two(hromada),
            **self._of_candidates,
            "region_with_oblast": np.log1p(_sums(self._ours_region, of_oblast, self._region)),
            "neighbours": np.log1p(self._of_neighbours(hromada, examples)),
            "country_with_ukraine": np.log((with_ukraine + 0.5) / (self._with_others + FEW)),
            "country_with_oblast": np.log1p(_sums(self._ours_country, of_oblast, self._country)),
            "without_ukrainian": -np.log1p(self._ukrainian(examples)),
        }

    def _of_the_two(self, hromada: int) -> dict[str, Floats]:
        here, there = self.hromadas, self.candidates
        return {
            "near": -np.log(distance_km(here.vectors[hromada], there.vectors) + HERE_KM),
            "alike": -(size_ratio(here.population[hromada], there.population) ** 2),
            "not_larger": -np.maximum(there.size - here.size[hromada], 0),
        }

    @cached_property
    def _of_candidates(self) -> dict[str, Floats]:
        """What is the same for every hromada."""
        return {
            "large": self.candidates.size,
            "border": np.isin(self.candidates.country, sorted(BORDERS["UA"])).astype(float),
            "twinnings": np.log1p(self.degree),
            "has_twinnings": (self.degree > 0).astype(float),
        }

    @cached_property
    def degree(self) -> Floats:
        """(n,) twinnings of each candidate, those with Ukraine apart."""
        return np.bincount(self.theirs.one, minlength=len(self.candidates)).astype(float)

    @cached_property
    def _with_others(self) -> Floats:
        """(n,) ends of twinnings without Ukraine in the candidate's country, whether at candidates or not."""
        elsewhere = self.theirs.there.country[self.theirs.other < 0]
        countries, ends = np.unique(
            np.concatenate([self.candidates.country[self.theirs.one], elsewhere]), return_counts=True
        )
        found = dict(zip(countries.tolist(), ends.tolist(), strict=True))
        return np.array([found.get(country, 0) for country in self.candidates.country.tolist()], float)

    def _of_neighbours(self, hromada: int, examples: Floats) -> Floats:
        """(n,) twinnings between the neighbourhood of the hromada and that of each candidate."""
        km = distance_km(self.hromadas.vectors[hromada], self.hromadas.vectors[self.ours.one])
        near = np.flatnonzero((examples > 0) & (km <= NEIGHBOUR_KM))
        return self._is_near[near].sum(axis=0).astype(float)

    @cached_property
    def _is_near(self) -> NDArray[np.bool_]:
        """(k, n) whether each candidate is a neighbour of the place of each of our twinnings; none without
        coordinates."""
        there, here = self.ours.there.vectors, self.candidates.vectors
        return (
            np.stack([distance_km(vector, here) <= NEIGHBOUR_KM for vector in there])
            if len(there)
            else (np.zeros((0, len(here)), bool))
        )

    def _ukrainian(self, examples: Floats) -> Floats:
        """(n,) twinnings of each candidate with Ukraine."""
        among = self.ours.other >= 0
        return np.bincount(self.ours.other[among], examples[among], minlength=len(self.candidates))


def _codes(candidates: NDArray[np.str_], ours: NDArray[np.str_]) -> tuple[NDArray, NDArray]:
    """Words as numbers: 0 for those unknown, or in none of the candidates."""
    words = np.unique(np.append(candidates, ""))
    places = np.minimum(np.searchsorted(words, ours), len(words) - 1)
    return np.searchsorted(words, candidates), np.where(words[places] == ours, places, 0)


def _sums(ours: NDArray, weights: Floats, candidates: NDArray) -> Floats:
    """(n,) weights of the examples with the candidate's own code; 0 for an unknown one."""
    sums = np.bincount(ours, weights, minlength=int(candidates.max(initial=0)) + 1)
    sums[0] = 0
    return sums[candidates]


# --- The score: a sum of named parts -----------------------------------------------------------------------


@dataclass(frozen=True)
class Coefficients:
    """What each of `FEATURES` weighs. 0 points = as the average candidate; never below 0: more never counts less."""

    weight: Floats  # (features,)
    mean: Floats
    scale: Floats

    @classmethod
    def load(cls, path: Path = COEFFICIENTS) -> "Coefficients":
        table = json.loads(path.read_text())["features"]
        return cls(
            *(np.array([table[name][key] for name in FEATURES]) for key in ("weight", "mean", "scale"))
        )

    def parts(self, features: Mapping[str, Floats]) -> dict[str, Floats]:
        """Points (n,) of each part; what is unknown gives none and takes none."""
        points = {
            name: np.nan_to_num(weight * (features[name] - mean) / scale, nan=0.0)
            for name, weight, mean, scale in zip(FEATURES, self.weight, self.mean, self.scale, strict=True)
        }
        return {part: sum(points[name] for name in names) for part, names in PARTS.items()}

    def score(self, features: Mapping[str, Floats]) -> Floats:
        """(n,) the sum of all parts."""
        return sum(self.parts(features).values())
