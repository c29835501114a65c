"""What real twinnings say about size, distance and history, as whole thousandths of a part. Pure; without numpy.

`Learnt` is made of the coefficients of `partnerships/data/ties.json`, which `make bench-twins` learns (docs/ties.md).
Every input is a count or a step, so that one pair and numpy columns come to the very same number.
"""

import json
import math
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

FULL = 1000
# Population in steps of a tenth of a doubling.
STEPS_OF_DOUBLING = 10
# Distance in steps of ten kilometres along the chord, which up to 3,000 km is at most one per cent shorter than the
# way; up to the longest chord there is, two radii.
EARTH_KM, STEP_KM, FAR_KM = 6371.0088, 10, 3000
STEPS_OF_RADIUS = EARTH_KM / STEP_KM
# Nearer than this, a kilometre more or less does not matter.
HERE_KM = 30
# A country counts as if it had so many more twinnings without Ukraine: few of them say little.
FEW = 100
# One point stands for so much in the logarithm of the odds: with 1.75 the boost for a first partner, two points for
# one side, is what real twinnings show for places that have no Ukrainian partner yet.
POINTS_PER_LOGIT = 1.75
# From here on more of it earns no more: partnerships of two regions, of two neighbourhoods, of a place, of an oblast.
MOST_OF_REGIONS, MOST_OF_NEIGHBOURS, MOST_OF_PLACE, MOST_OF_OBLAST = 20, 10, 40, 20
# What is so many times as large as the hromada, and otherwise average, earns nothing for its size; no city is larger
# than the largest.
TOO_LARGE, LARGEST = 32, 2_000_000
# What they did together before is worth so many partnerships of their regions.
EARLIER_AS_REGIONS = 5
COEFFICIENTS = Path(__file__).parent / "data" / "ties.json"


class Learnt:
    """:param features: name → its weight, mean and scale; a feature that is not there weighs nothing"""

    def __init__(self, features: Mapping[str, Mapping[str, float]]) -> None:
        self.mean = {name: row["mean"] for name, row in features.items()}
        # A feature that is the same for everybody teaches nothing.
        self.slope = {
            name: row["weight"] / row["scale"] if row["scale"] else 0.0 for name, row in features.items()
        }
        # From nothing to all of a part, in logarithms of odds.
        self.ends = {
            "distance": (self._near(FAR_KM), self._near(0)),
            "size": (
                self._of_size(math.log(TOO_LARGE)),
                self._of_size(0) + self._mark("large", math.log(LARGEST)),
            ),
            "border": (0.0, self._of("border", 1)),
            "ties": (0.0, self._of_regions(MOST_OF_REGIONS) + self._of_neighbours(MOST_OF_NEIGHBOURS)),
            "countries": (self._of_country(0, 100 * FEW, 0), self._of_country(FEW, 4 * FEW, MOST_OF_OBLAST)),
            "twinnings": (0.0, self._of_place(MOST_OF_PLACE)),
        }
        # By count; more than the last counts as the last.
        self.regions = self._table("ties", self._of_regions, MOST_OF_REGIONS)
        self.neighbours = self._table("ties", self._of_neighbours, MOST_OF_NEIGHBOURS)
        self.place = self._table("twinnings", self._of_place, MOST_OF_PLACE)
        self.earlier = self.regions[EARLIER_AS_REGIONS]
        self._sizes: dict[tuple[int, int], int] = {}

    @cached_property
    def points(self) -> dict[str, int]:
        """What the parts are worth as they were learnt."""
        return {part: round(POINTS_PER_LOGIT * (high - low)) for part, (low, high) in self.ends.items()}

    @cached_property
    def distances(self) -> tuple[int, ...]:
        """By steps of `STEP_KM`."""
        marks = (self._near((step + 0.5) * STEP_KM) for step in range(int(2 * STEPS_OF_RADIUS) + 2))
        return tuple(self._share("distance", mark) for mark in marks)

    @cached_property
    def unknown_distance(self) -> int:
        """Of the average candidate."""
        return self._share("distance", 0.0)

    @cached_property
    def unknown_size(self) -> int:
        return self._share("size", 0.0)

    def size(self, hromada: int, abroad: int) -> int:
        """Of the steps of population of a hromada and a place elsewhere."""
        if (hromada, abroad) not in self._sizes:
            here, there = (step * math.log(2) / STEPS_OF_DOUBLING for step in (hromada, abroad))
            mark = self._of_size(there - here) + self._mark("large", there)
            self._sizes[hromada, abroad] = self._share("size", mark)
        return self._sizes[hromada, abroad]

    def alike(self, step_a: int, step_b: int) -> int:
        """Of two places on one side of the border, where none is the hromada."""
        return self._share("size", self._of_size(-abs(step_a - step_b) * math.log(2) / STEPS_OF_DOUBLING))

    def ties(self, regions: int, neighbours: int, has_earlier_link: bool) -> int:
        counted = self.regions[min(regions, MOST_OF_REGIONS)]
        counted += self.neighbours[min(neighbours, MOST_OF_NEIGHBOURS)]
        return min(FULL, counted + (self.earlier if has_earlier_link else 0))

    def countries(self, with_ukraine: int, with_others: int, with_oblast: int) -> int:
        """Of the known twinnings of a country."""
        return self._share("countries", self._of_country(with_ukraine, with_others, with_oblast))

    def of_place(self, count: int) -> int:
        """Of the known twinnings of a place outside Ukraine with others outside Ukraine."""
        return self.place[min(count, MOST_OF_PLACE)]

    # --- In logarithms of odds, 0 being the average candidate -------------------------------------------------

    def _of(self, name: str, value: float) -> float:
        return self.slope.get(name, 0.0) * value

    def _mark(self, name: str, value: float) -> float:
        return self._of(name, value - self.mean.get(name, 0.0))

    def _near(self, km: float) -> float:
        return self._mark("near", -math.log(km + HERE_KM))

    def _of_size(self, apart: float) -> float:
        """Without `large`. Above 0 the place elsewhere is the larger one; in logarithms."""
        return self._mark("alike", -(apart**2)) + self._mark("not_larger", -max(apart, 0.0))

    def _of_regions(self, count: int) -> float:
        return self._of("region_with_oblast", math.log1p(count))

    def _of_neighbours(self, count: int) -> float:
        return self._of("neighbours", math.log1p(count))

    def _of_place(self, count: int) -> float:
        return self._of("twinnings", math.log1p(count)) + self._of("has_twinnings", float(count > 0))

    def _of_country(self, with_ukraine: int, with_others: int, with_oblast: int) -> float:
        share = math.log((with_ukraine + 0.5) / (with_others + FEW))
        return self._of("country_with_ukraine", share) + self._of(
            "country_with_oblast", math.log1p(with_oblast)
        )

    # --- Shares ----------------------------------------------------------------------------------------------

    def _share(self, part: str, mark: float) -> int:
        low, high = self.ends[part]
        return min(FULL, max(0, round(FULL * (mark - low) / (high - low)))) if high > low else 0

    def _table(self, part: str, mark: Callable[[int], float], most: int) -> tuple[int, ...]:
        return tuple(self._share(part, mark(count)) for count in range(most + 1))


@lru_cache(maxsize=1)
def shipped() -> Learnt:
    """As this version of the portal ships it."""
    table: dict[str, Any] = json.loads(COEFFICIENTS.read_text(encoding="utf-8"))
    return Learnt(table["features"])
