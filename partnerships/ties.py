"""What speaks for a twinning of a hromada and a municipality elsewhere, in numbers: pure numpy, one pass over all.

Every feature is written so that more of it speaks for the pair; what is unknown is nan and weighs nothing in the score.
A hromada's own twinnings never count when it is looked at. docs/ties.md says each in words.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating]
EARTH_RADIUS = 6371.0  # km
# How far an example reaches, km: at this distance it counts 0.37 (1 / e), at none 1.
AROUND = 150.0  # hromadas that look to the same countries and regions
NEIGHBOURS = 100.0  # hromadas that look to the same places
NEARBY = 60.0  # places that a twinning of one of them speaks for
FAR = 600.0  # taken for the distance of a hromada without coordinates
HERE = 30.0  # nearer than this, a kilometre more or less does not matter
# The parts of the score and the features that add up to each.
PARTS = {
    "distance": ("near",),
    "size": ("alike", "not_larger", "large"),
    "level": ("not_rural", "centres"),
    "experience": ("twinnings", "has_twinnings"),
    "country": ("country_with_ukraine", "country_with_neighbours"),
    "region": ("region_with_oblast", "region_with_neighbours"),
    "neighbours": ("neighbours_share",),
    "free": ("without_ukrainian",),
}
FEATURES = tuple(name for names in PARTS.values() for name in names)
COEFFICIENTS = Path(__file__).parent / "data" / "ties.json"

Row = tuple[float | None, float | None, float | None, str, str, bool | None]


@dataclass(frozen=True)
class Places:
    """Columns of n places. An unknown number is nan, an unknown word is ""."""

    lat: Floats  # (n,) degrees
    lon: Floats
    population: Floats  # (n,) inhabitants
    country: NDArray[np.str_]  # (n,) ISO 3166-1 alpha-2
    region: NDArray[np.str_]  # (n,) code of the oblast or NUTS 2 region
    rural: Floats  # (n,) 1 in the country, 0 in a town or city

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Places":
        """From rows (lat, lon, population, country, region, rural); None is unknown."""
        lat, lon, population, country, region, rural = list(zip(*rows, strict=True)) or [()] * 6
        lat, lon, population, rural = (
            np.array([np.nan if x is None else x for x in column], float)
            for column in (lat, lon, population, rural)
        )
        return cls(lat, lon, population, np.array(country, str), np.array(region, str), rural)

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
    return 2 * EARTH_RADIUS * np.arcsin(np.minimum(chord / 2, 1))


def size_ratio(population: ArrayLike, populations: ArrayLike) -> Floats:
    """|ln(a / b)|: 0 for equals, 0.69 for twice as large either way; nan where unknown. Symmetric."""
    a, b = np.asarray(population, float), np.asarray(populations, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.abs(np.log(a) - np.log(b))
    return np.where((a > 0) & (b > 0), ratio, np.nan)


def rank_in_region(places: Places) -> Floats:
    """(n,) 1 for the largest of its region (country and region), 2 for the next; nan where size or region is unknown.
    Equals share the better rank, so the order of the rows does not matter."""
    ranks = np.full(len(places), np.nan)
    known = (places.population > 0) & (places.region != "")
    groups = np.unique(np.char.add(places.country, places.region), return_inverse=True)[1]
    order = np.lexsort((-places.population, groups))
    order = order[known[order]]
    group, population, row = groups[order], places.population[order], np.arange(len(order))
    begins = np.diff(group, prepend=-1) != 0
    differs = begins | (np.diff(population, prepend=-1) != 0)
    first, same = (np.maximum.accumulate(np.where(mark, row, 0)) for mark in (begins, differs))
    ranks[order] = same - first + 1
    return ranks


# --- Known twinnings as examples, and the features of all candidates ---------------------------------------


class Known:
    """The twinnings that the portal knows, prepared for looking at many hromadas in turn.

    ``ours``: of hromadas, k of them; ``theirs``: of the n candidates among themselves and with others, none of them
    with Ukraine. ``hidden`` (k,) leaves twinnings of ours out, as if nobody knew of them; the own ones of the hromada
    that is looked at are always left out.
    """

    def __init__(self, hromadas: Places, candidates: Places, ours: Twinnings, theirs: Twinnings) -> None:
        self.hromadas, self.candidates, self.ours, self.theirs = hromadas, candidates, ours, theirs
        self._hromada_ranks = rank_in_region(hromadas)
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
        around, neighbours = (examples * self._nearness(hromada, reach) for reach in (AROUND, NEIGHBOURS))
        same_oblast = self.hromadas.region[self.ours.one] == self.hromadas.region[hromada]
        return {
            **self._of_the_two(hromada),
            **self._of_candidates,
            "country_with_ukraine": np.log(
                (_sums(self._ours_country, examples, self._country) + 0.5) / self._country_twinnings
            ),
            "country_with_neighbours": np.log1p(_sums(self._ours_country, around, self._country)),
            "region_with_oblast": np.log1p(_sums(self._ours_region, examples * same_oblast, self._region)),
            "region_with_neighbours": np.log1p(_sums(self._ours_region, around, self._region)),
            "neighbours_share": self._neighbours_share(neighbours, examples),
            "without_ukrainian": -np.log1p(self._ukrainian(examples)),
        }

    def _of_the_two(self, hromada: int) -> dict[str, Floats]:
        here, there = self.hromadas, self.candidates
        is_centre = float(self._hromada_ranks[hromada] == 1)
        return {
            "near": -np.log(distance_km(here.vectors[hromada], there.vectors) + HERE),
            "alike": -(size_ratio(here.population[hromada], there.population) ** 2),
            "not_larger": -np.maximum(there.size - here.size[hromada], 0),
            "centres": -is_centre * self._log_rank,
        }

    @cached_property
    def _of_candidates(self) -> dict[str, Floats]:
        """What is the same for every hromada."""
        return {
            "large": self.candidates.size,
            "not_rural": 1 - self.candidates.rural,
            "twinnings": np.log1p(self.degree),
            "has_twinnings": (self.degree > 0).astype(float),
        }

    @cached_property
    def degree(self) -> Floats:
        """(n,) twinnings of each candidate, those with Ukraine apart."""
        return np.bincount(self.theirs.one, minlength=len(self.candidates)).astype(float)

    @cached_property
    def _log_rank(self) -> Floats:
        return np.log(rank_in_region(self.candidates))

    @cached_property
    def _country_twinnings(self) -> Floats:
        """(n,) twinnings of the candidate's country, each candidate counting a little even without any."""
        return np.bincount(self._country, weights=self.degree + 0.3)[self._country]

    def _nearness(self, hromada: int, reach: float) -> Floats:
        """(k,) of the hromadas of our twinnings: 1 next door, fading. Without coordinates all count as far away."""
        km = distance_km(self.hromadas.vectors[hromada], self.hromadas.vectors[self.ours.one])
        return np.exp(-np.nan_to_num(km, nan=FAR) / reach)

    @cached_property
    def _closeness(self) -> Floats:
        """(k, n) of each candidate to the place of each of our twinnings: 1 at the place itself, fading; 0 where
        coordinates are unknown. Four bytes each."""
        there, here = (p.vectors.astype(np.float32) for p in (self.ours.there, self.candidates))
        chord = np.sqrt(np.maximum(2 - 2 * there @ here.T, 0))
        return np.nan_to_num(np.exp(-chord * np.float32(EARTH_RADIUS / NEARBY)), copy=False)

    def _neighbours_share(self, neighbours: Floats, examples: Floats) -> Floats:
        """Twinnings of neighbours with the candidate or places near it, against those of all of Ukraine."""
        sums = np.stack([neighbours, examples]).astype(np.float32) @ self._closeness
        return np.log((sums[0].astype(float) + 0.1) / (0.05 * sums[1] + 0.1))

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
