"""The parts of a score, what each is worth, and the tables that turn counts, sizes and distances into shares. Pure.

Read by `partnerships.matching` and `partnerships.ranking` alike, so that both come to the same tenth of a point.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

# Points are kept in tenths, shares of a part in thousandths.
TENTHS, FULL, UNKNOWN = 10, 1000, 500


class Part(StrEnum):
    """The parts of a score, in the order in which they are shown."""

    NEEDS = "needs"  # needs of either that offers of the other meet
    EXPERIENCE = "experience"  # offers of either in a sector that the other is interested in
    SECTORS = "sectors"
    LANGUAGES = "languages"
    SIZE = "size"
    LEVEL = "level"
    DISTANCE = "distance"
    BORDER = "border"
    TIES = "ties"
    CAPACITY = "capacity"
    FIRST_PARTNER = "first_partner"  # the boost for members that never had a partner
    ATTENTION = "attention"  # the cap for members that are proposed to many already


# Shares for so many things in common; more than the last counts as the last. Each step is smaller than the one before.
SECTORS_IN_COMMON = (0, 350, 550, 700, 800, 880, 940, FULL)
SECTORS_OF_OFFERS = (0, 450, 700, 850, 940, FULL)
LANGUAGES_IN_COMMON = (0, 700, 900, FULL)
# That many needs met in full are as good as it gets.
NEEDS_FOR_FULL = 3
# Population in steps of a tenth of a doubling; six doublings apart (1 : 64) earn nothing.
STEPS_OF_DOUBLING, SIZES_APART = 10, 60
# Distance in steps of ten kilometres; the share falls by a tenth about every 85 km and is gone at 3,000 km.
STEP_KM, NEAR_KM, FADE_KM, FAR_KM = 10, 100, 800, 3000
EARTH_KM = 6371.0088
# Existing partnerships: between the two regions, between neighbours of the one and of the other, between the two.
TIES_OF_REGIONS = (0, 250, 380, 470, 540, 600)
TIES_OF_NEIGHBOURS = (0, 300, 450, 540, 600)
EARLIER_LINK = 600
# How often a member is proposed, in per cent of what would be even: up to here it costs nothing.
EVEN_ATTENTION = 100
# Each partner that a member has counts like so many per cent of an even share of proposals.
PARTNER_ATTENTION = 50


@dataclass(frozen=True)
class Weights:
    """The most points of each part, and from where on a member has had all the attention there is."""

    version: int
    points: dict[Part, int]
    attention_cap: int = 500  # per cent of an even share

    def most(self, part: Part) -> int:
        """In tenths."""
        return TENTHS * self.points.get(part, 0)

    @property
    def total(self) -> int:
        return sum(map(self.most, Part))

    def earned(self, part: Part, share: int) -> int:
        """Tenths of a point for a share in thousandths, rounded half up."""
        return (self.most(part) * share + FULL // 2) // FULL

    def earned_by_half(self, part: Part, share: int) -> int:
        """The same for one of two sides, each of which earns up to half of the part."""
        return (self.most(part) * share + FULL) // (2 * FULL)


def unit_vector(lat: float, lon: float) -> tuple[float, float, float]:
    phi, lam = math.radians(lat), math.radians(lon)
    return math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi)


def chord_square(dot: float) -> float:
    return max(0.0, 2.0 - 2.0 * dot)


# --- Shares of the parts, in thousandths -------------------------------------------------------------------


def share_for(count: int, table: Sequence[int]) -> int:
    return table[min(count, len(table) - 1)]


def needs_share(shares: Iterable[int]) -> int:
    """Of the shares of all needs that are met, in both directions."""
    return min(sum(shares), NEEDS_FOR_FULL * FULL) // NEEDS_FOR_FULL


def size_step(population: int | None) -> int | None:
    return None if not population else round(STEPS_OF_DOUBLING * math.log2(population))


def size_share(step_a: int | None, step_b: int | None) -> int:
    if step_a is None or step_b is None:
        return UNKNOWN
    return max(0, FULL - FULL * abs(step_a - step_b) // SIZES_APART)


def level_share(kind_a: str, kind_b: str) -> int:
    """The same kind of authority, a municipality with a region, an authority with an association, anything else."""
    if not kind_a or not kind_b:
        return UNKNOWN
    if kind_a == kind_b:
        return FULL
    return {frozenset({"municipality", "region"}): 300, frozenset({"region", "association"}): 400}.get(
        frozenset({kind_a, kind_b}), 200
    )


def chord_share(square: float) -> int:
    """Of the square of the chord between two places on the unit globe."""
    return DISTANCES[int(math.sqrt(square) * STEPS_OF_RADIUS)]


def _distance_share(km: int) -> int:
    if km >= FAR_KM:
        return 0
    fade = math.exp(-max(0, km - NEAR_KM) / FADE_KM)
    rest = math.exp(-(FAR_KM - NEAR_KM) / FADE_KM)
    return round(FULL * (fade - rest) / (1 - rest))


# By steps of `STEP_KM` along the chord, which up to 3,000 km is at most one per cent shorter than the way; up to the
# longest chord there is, two radii.
STEPS_OF_RADIUS = EARTH_KM / STEP_KM
DISTANCES: tuple[int, ...] = tuple(
    _distance_share(step * STEP_KM) for step in range(int(2 * STEPS_OF_RADIUS) + 2)
)


def ties_share(region_ties: int, neighbour_ties: int, has_earlier_link: bool) -> int:
    shares = (
        share_for(region_ties, TIES_OF_REGIONS),
        share_for(neighbour_ties, TIES_OF_NEIGHBOURS),
        EARLIER_LINK if has_earlier_link else 0,
    )
    return min(FULL, sum(shares))


def room_share(room: int | None) -> int:
    return UNKNOWN if room is None else FULL if room > 0 else 0


def attention_share(attention: int, cap: int) -> int:
    """Full up to an even share, nothing from the cap on."""
    if attention <= EVEN_ATTENTION:
        return FULL
    return max(0, FULL - FULL * (attention - EVEN_ATTENTION) // max(1, cap - EVEN_ATTENTION))
