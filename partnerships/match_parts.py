"""The parts of a score, what each is worth, and the tables that turn counts, sizes and distances into shares. Pure.

Read by `partnerships.matching` and `partnerships.ranking` alike, so that both come to the same tenth of a point.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from partnerships.learnt import FULL, STEPS_OF_DOUBLING, STEPS_OF_RADIUS, Learnt, shipped

# Points are kept in tenths, shares of a part in thousandths.
TENTHS, UNKNOWN = 10, 500


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
    COUNTRIES = "countries"  # twinnings of the country with Ukraine and with the oblast
    TWINNINGS = "twinnings"  # how many the side outside Ukraine has with others
    CAPACITY = "capacity"
    FIRST_PARTNER = "first_partner"  # the boost for members that never had a partner
    ATTENTION = "attention"  # the cap for members that are proposed to many already


# Shares for so many things in common; more than the last counts as the last. Each step is smaller than the one before.
SECTORS_IN_COMMON = (0, 350, 550, 700, 800, 880, 940, FULL)
SECTORS_OF_OFFERS = (0, 450, 700, 850, 940, FULL)
LANGUAGES_IN_COMMON = (0, 700, 900, FULL)
# That many needs met in full are as good as it gets.
NEEDS_FOR_FULL = 3
# How often a member is proposed, in per cent of what would be even: up to here it costs nothing.
EVEN_ATTENTION = 100
# Each partner that a member has counts like so many per cent of an even share of proposals.
PARTNER_ATTENTION = 50


@dataclass(frozen=True)
class Weights:
    """The most points of each part, from where on a member has had all the attention there is, and what was learnt of
    real twinnings."""

    version: int
    points: dict[Part, int]
    attention_cap: int = 500  # per cent of an even share
    learnt: Learnt = field(default_factory=shipped, compare=False, repr=False)

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


def size_share(learnt: Learnt, one: tuple[str, int | None], other: tuple[str, int | None]) -> int:
    """Of country and step of population of two sides; what is not known counts as the average."""
    (country_a, step_a), (country_b, step_b) = one, other
    if step_a is None or step_b is None:
        return learnt.unknown_size
    if (country_a == "UA") == (country_b == "UA"):
        return learnt.alike(step_a, step_b)
    return learnt.size(step_a, step_b) if country_a == "UA" else learnt.size(step_b, step_a)


def level_share(kind_a: str, kind_b: str) -> int:
    """The same kind of authority, a municipality with a region, an authority with an association, anything else."""
    if not kind_a or not kind_b:
        return UNKNOWN
    if kind_a == kind_b:
        return FULL
    return {frozenset({"municipality", "region"}): 300, frozenset({"region", "association"}): 400}.get(
        frozenset({kind_a, kind_b}), 200
    )


def chord_share(learnt: Learnt, square: float) -> int:
    """Of the square of the chord between two places on the unit globe."""
    return learnt.distances[int(math.sqrt(square) * STEPS_OF_RADIUS)]


def room_share(room: int | None) -> int:
    return UNKNOWN if room is None else FULL if room > 0 else 0


def attention_share(attention: int, cap: int) -> int:
    """Full up to an even share, nothing from the cap on."""
    if attention <= EVEN_ATTENTION:
        return FULL
    return max(0, FULL - FULL * (attention - EVEN_ATTENTION) // max(1, cap - EVEN_ATTENTION))
