"""Existing ties of all candidates in numpy: the points of `matching` for partnerships of regions, of neighbours, of a
country with oblasts, and for earlier links. Read by `partnerships.ranking`."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import astuple

import numpy as np

from partnerships.known_ties import NEIGHBOUR_KM, KnownTies, Spot, km
from partnerships.learnt import EARTH_KM
from partnerships.match_parts import FULL, Part, Weights, unit_vector
from partnerships.matching import Profile
from partnerships.profile_columns import ProfileColumns

# Degrees of latitude, and the cosine of the angle, that hold all within `NEIGHBOUR_KM` and little more.
BAND = math.degrees((NEIGHBOUR_KM + 1) / EARTH_KM)
ROUGHLY_NEAR = math.cos((NEIGHBOUR_KM + 1) / EARTH_KM)


class TieColumns:
    def __init__(self, rows: ProfileColumns, known: KnownTies, weights: Weights) -> None:
        self.rows, self.known = rows, known
        self.x, self.y, self.z = rows.vectors
        self.weights, learnt = weights, weights.learnt
        self.region_shares, self.neighbour_shares = np.array(learnt.regions), np.array(learnt.neighbours)
        self.earlier_share = learnt.earlier
        # A region and whether it is in Ukraine.
        self.regions, self.region = list(rows.tables.regions), rows.region
        lats = np.where(rows.located, rows.lat, np.inf)
        self.by_lat = np.argsort(lats, kind="stable")
        self.lats = lats[self.by_lat]
        self.neighbours = np.zeros(len(rows), np.int32)
        # Found once for each place, and for each region.
        self.near: dict[int | str, np.ndarray] = {}
        self.counts: dict[str, np.ndarray] = {}
        self.country_cache: dict[tuple[str, str], int] = {}
        points = [weights.earned(Part.TIES, share) for share in range(FULL + 1)]
        self.tie_points = np.array(points, np.int16)

    def _region_counts(self, one: Profile) -> np.ndarray:
        """By number of region: partnerships between it and the region of ``one``."""
        if one.region not in self.counts:
            counts = (
                self.known.regions[frozenset((one.region, region))] if one.region and region else 0
                for region, _is_ukrainian in self.regions
            )
            self.counts[one.region] = np.fromiter(counts, np.int32, len(self.regions))
        return self.counts[one.region]

    def of_regions(self, one: Profile) -> np.ndarray:
        """By number of region: points for the ties between regions alone; what rows have beyond says `beyond`."""
        counts = self._region_counts(one)
        return self.tie_points[_looked_up(self.region_shares, counts)]

    def of_oblasts(self, one: Profile) -> np.ndarray:
        """By number of region: points for the twinnings of the country of ``one``, which is not in Ukraine, with
        oblasts; none for regions outside Ukraine."""
        of_country = self.country_points
        points = [
            of_country(one.country, region) if is_ukrainian else 0 for region, is_ukrainian in self.regions
        ]
        return np.array(points, np.int16)

    def country_points(self, country: str, oblast: str) -> int:
        """For the twinnings of a country outside Ukraine, with Ukraine and with the oblast; counted once."""
        if (country, oblast) not in self.country_cache:
            share = self.weights.learnt.countries(*astuple(self.known.of_country(country, oblast)))
            self.country_cache[country, oblast] = self.weights.earned(Part.COUNTRIES, share)
        return self.country_cache[country, oblast]

    def beyond(self, one: Profile, of_regions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows with a tie of neighbours, an earlier link, or a partnership of their own with ``one``, and what they get
        beyond the points of their region."""
        known, spot = self.known, one.spot
        neighbours = self.neighbours
        links = known.links_near(spot)
        for ends in links.values():
            neighbours[self._rows_near(ends)] += 1
        own = self._rows_of(known.linked.get(spot.key, ()))
        for row in own:  # what the two have themselves is no tie of others
            neighbours[row] -= (
                self.rows.located[row] and frozenset((spot.key, self.rows.spot_key(row))) in links
            )
        earlier = self.rows.rows_of(known.earlier_of(one.key)).tolist()
        rows = np.flatnonzero(neighbours != 0)
        if more := [row for row in {*own, *earlier} if not neighbours[row]]:
            rows = np.sort(np.concatenate([rows, np.array(more, np.intp)]))
        near, neighbours[rows] = neighbours[rows], 0  # for the next one
        regions = self._region_counts(one)[self.region[rows]]
        mine = np.searchsorted(rows, own)
        regions[mine] -= regions[mine] > 0
        shares = _looked_up(self.region_shares, regions)
        shares += _looked_up(self.neighbour_shares, near)
        shares[np.searchsorted(rows, earlier)] += self.earlier_share
        points = self.tie_points[np.minimum(shares, FULL)]
        return rows, points - of_regions[self.region[rows]]

    def _rows_of(self, places: Iterable) -> list[int]:
        return sorted({row for there in self.rows.rows_at(places) for row in there.tolist()})

    def _rows_near(self, ends: Sequence[Spot]) -> np.ndarray:
        """Rows that are one of the places or within `NEIGHBOUR_KM` of one, each once; found once for each place."""
        for end in ends:
            if end.key not in self.near:
                self.near[end.key] = self._look_near(end)
        found = [self.near[end.key] for end in ends]
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def _look_near(self, end: Spot) -> np.ndarray:
        """A band of latitudes, then a little more than the distance, then the distance as `known_ties` has it."""
        themselves = [row for row in self._rows_of([end.key]) if self.rows.located[row]]
        if end.lat is None:
            return np.array(themselves, np.intp)
        band = np.searchsorted(self.lats, (end.lat - BAND, end.lat + BAND))
        rows = self.by_lat[band[0] : band[1]]
        x, y, z = unit_vector(end.lat, end.lon)
        rows = rows[self.x[rows] * x + self.y[rows] * y + self.z[rows] * z >= ROUGHLY_NEAR]
        near = [row for row in rows.tolist() if km(end, self._spot(row)) <= NEIGHBOUR_KM]
        return np.array(sorted({*near, *themselves}), np.intp)

    def _spot(self, row: int) -> Spot:
        return Spot(row, "", float(self.rows.lat[row]), float(self.rows.lon[row]))


def _looked_up(shares: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """More than the last counts as the last."""
    return shares[np.minimum(counts, len(shares) - 1)]
