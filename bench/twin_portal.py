"""The very sum that members read (`partnerships.ranking`) on the same places, knowing no more of them than registers
say: no needs, offers, sectors or languages. Half of its points are for what members fill in, which no data set has."""

import json
from collections.abc import Iterator
from datetime import date

import numpy as np

from bench.twin_data import ROOT
from partnerships.known_ties import KnownTies, Spot
from partnerships.learnt import Learnt
from partnerships.match_parts import Part, Weights
from partnerships.matching import Profile
from partnerships.profile_columns import ProfileColumns
from partnerships.ranking import Columns
from partnerships.ties import Floats, Known, Places

SHIPPED = ROOT / "partnerships" / "data" / "match_weights.json"
DAY = date(2026, 1, 1)  # no need or offer is looked at, so no day matters


class PortalScore:
    """All candidates, with the twinnings that are not ``hidden`` known as partnerships between places. What was
    ``learnt`` decides what size, distance and history are worth; the other parts are worth what the portal ships."""

    def __init__(self, known: Known, hidden: np.ndarray, learnt: Learnt) -> None:
        shipped = json.loads(SHIPPED.read_text())
        points = {Part(part): value for part, value in (shipped["points"] | learnt.points).items()}
        seen = known.ours.take(~hidden & (known.ours.other >= 0))
        partners = np.bincount(seen.other, minlength=len(known.candidates)).tolist()
        # Keys of hromadas are below 0, those of candidates above.
        self.hromadas = _profiles(known.hromadas, [-n - 1 for n in range(len(known.hromadas))])
        candidates = _profiles(known.candidates, range(1, len(known.candidates) + 1), partners)
        links = [
            (self.hromadas[here].spot, candidates[there].spot)
            for here, there in zip(seen.one.tolist(), seen.other.tolist(), strict=True)
        ]
        links += _elsewhere(known, candidates)
        weights = Weights(shipped["version"], points, shipped["attention_cap"], learnt)
        self.columns = Columns(ProfileColumns.of(candidates), KnownTies(links), weights, DAY)

    def of(self, hromada: int) -> Floats:
        return self.columns.scores(self.hromadas[hromada])


def _elsewhere(known: Known, candidates: list[Profile]) -> Iterator[tuple[Spot, Spot]]:
    """Twinnings of candidates with places outside Ukraine, each of which has a key of its own."""
    theirs = known.theirs
    there = zip(
        theirs.there.lat.tolist(), theirs.there.lon.tolist(), theirs.there.country.tolist(), strict=True
    )
    ends = zip(theirs.one.tolist(), theirs.other.tolist(), there, strict=True)
    for n, (one, other, (lat, lon, country)) in enumerate(ends):
        is_located = not np.isnan(lat) and not np.isnan(lon)
        end = Spot(f"place-{n}", "", *((lat, lon) if is_located else (None, None)), country)
        yield candidates[one].spot, candidates[other].spot if other >= 0 else end


def _profiles(places: Places, keys, partners=None) -> list[Profile]:
    columns = (places.country, places.region, places.population, places.lat, places.lon)
    return [
        Profile(
            key=key,
            country=country,
            kind="municipality",
            region=country + region,
            place=key,
            population=None if np.isnan(population) else int(population),
            lat=None if np.isnan(lat) else lat,
            lon=None if np.isnan(lon) else lon,
            never_partnered=not partners[n] if partners else True,
            partners=partners[n] if partners else 0,
        )
        for n, (key, country, region, population, lat, lon) in enumerate(
            zip(keys, *(column.tolist() for column in columns), strict=True)
        )
    ]
