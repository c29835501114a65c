"""The portal's own score (`partnerships.ranking`) on the same places, knowing no more of them than registers say: no
needs, offers, sectors or languages. Most points of that score are for what members fill in, which no data set has."""

import json
from datetime import date

import numpy as np

from bench.twin_data import ROOT
from partnerships.known_ties import KnownTies
from partnerships.match_parts import Part, Weights
from partnerships.matching import Profile
from partnerships.ranking import Columns
from partnerships.ties import Floats, Known, Places

SHIPPED = ROOT / "partnerships" / "data" / "match_weights.json"
DAY = date(2026, 1, 1)  # no need or offer is looked at, so no day matters


class PortalScore:
    """All candidates, with the twinnings that are not ``hidden`` known as partnerships between places."""

    def __init__(self, known: Known, hidden: np.ndarray) -> None:
        shipped = json.loads(SHIPPED.read_text())
        points = {Part(part): value for part, value in shipped["points"].items()}
        seen = known.ours.take(~hidden & (known.ours.other >= 0))
        partners = np.bincount(seen.other, minlength=len(known.candidates)).tolist()
        # Keys of hromadas are below 0, those of candidates above.
        self.hromadas = _profiles(known.hromadas, [-n - 1 for n in range(len(known.hromadas))])
        candidates = _profiles(known.candidates, range(1, len(known.candidates) + 1), partners)
        links = [
            (self.hromadas[here].spot, candidates[there].spot)
            for here, there in zip(seen.one.tolist(), seen.other.tolist(), strict=True)
        ]
        weights = Weights(shipped["version"], points, shipped["attention_cap"])
        self.columns = Columns(candidates, KnownTies(links), weights, DAY)

    def of(self, hromada: int) -> Floats:
        return self.columns.scores(self.hromadas[hromada])


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
