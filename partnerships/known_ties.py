"""Which ties the portal knows between two places: partnerships of their regions, neighbours and countries, of a place
with others, earlier links of the two themselves, a border. Pure; who reads rows hands them in."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

# Neighbours are places so near to each other, as the crow flies.
NEIGHBOUR_KM = 40
EARTH_KM = 6371.0088
# Members of the Alliance across the border of Ukraine.
BORDERS = {"UA": frozenset({"PL", "SK", "HU", "RO", "MD"})}
# Cells of the grid that finds neighbours, in degrees of latitude.
CELL = 0.5


@dataclass(frozen=True)
class Spot:
    """A place as ties see it. ``key`` is the same for all rows of one place."""

    key: int | str
    region: str = ""
    lat: float | None = None
    lon: float | None = None
    country: str = ""


@dataclass(frozen=True)
class OfCountry:
    """Twinnings of a country outside Ukraine that the portal knows."""

    with_ukraine: int = 0
    with_others: int = 0  # a twinning within the country counts for each of its ends
    with_oblast: int = 0  # of those with Ukraine


def share_border(one: str, other: str) -> bool:
    return other in BORDERS.get(one, ()) or one in BORDERS.get(other, ())


def km(one: Spot, other: Spot) -> float:
    """Along the great circle (haversine). Both have coordinates."""
    phi, psi = math.radians(one.lat), math.radians(other.lat)
    part = (
        math.sin((psi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(psi) * math.sin(math.radians(other.lon - one.lon) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(part)))


class Grid:
    """Spots by cells, to find those within `NEIGHBOUR_KM` without looking at all."""

    def __init__(self, spots: Iterable[Spot]) -> None:
        self.cells: dict[tuple[int, int], list[Spot]] = defaultdict(list)
        for spot in spots:
            if spot.lat is not None:
                self.cells[self._cell(spot)].append(spot)

    @staticmethod
    def _cell(spot: Spot) -> tuple[int, int]:
        return math.floor(spot.lat / CELL), math.floor(spot.lon / CELL)

    def near(self, spot: Spot) -> list[Spot]:
        """Those within `NEIGHBOUR_KM`, ``spot`` itself among them if it is there."""
        if spot.lat is None:
            return []
        row, column = self._cell(spot)
        degrees = math.degrees(NEIGHBOUR_KM / EARTH_KM)
        high = math.ceil(degrees / CELL)
        # A degree of longitude shrinks towards the pole.
        wide = math.ceil(
            degrees / max(0.05, math.cos(math.radians(min(89.0, abs(spot.lat) + degrees)))) / CELL
        )
        return [
            each
            for r in range(row - high, row + high + 1)
            for c in range(column - wide, column + wide + 1)
            for each in self.cells.get((r, c), ())
            if km(spot, each) <= NEIGHBOUR_KM
        ]


class KnownTies:
    """Partnerships between places, asked about any two places.

    :param links: pairs of places with a partnership, each pair once however often it is given
    :param earlier: pairs of keys of profiles that had to do with each other before
    """

    def __init__(
        self, links: Iterable[tuple[Spot, Spot]] = (), earlier: Iterable[tuple[int, int]] = ()
    ) -> None:
        self._earlier: dict[int, set[int]] = defaultdict(set)
        for one, other in earlier:
            self._earlier[one].add(other)
            self._earlier[other].add(one)
        spots: dict[int | str, Spot] = {}
        # By country, with Ukraine and with all others; by oblast and country; by place, with places outside Ukraine.
        self._with_ukraine: Counter[str] = Counter()
        self._with_others: Counter[str] = Counter()
        self._with_oblast: Counter[tuple[str, str]] = Counter()
        self._abroad: Counter[int | str] = Counter()
        self.linked: dict[int | str, dict[int | str, Spot]] = defaultdict(dict)
        self.regions: Counter[frozenset[str]] = Counter()
        for one, other in links:
            if other.key in self.linked[one.key] or one.key == other.key:
                continue
            self.linked[one.key][other.key], self.linked[other.key][one.key] = other, one
            spots[one.key], spots[other.key] = one, other
            if one.region and other.region and one.region != other.region:
                self.regions[frozenset((one.region, other.region))] += 1
            self._count(one, other)
            self._count(other, one)
        self.grid = Grid(spots.values())

    def _count(self, here: Spot, there: Spot) -> None:
        """A link as the country of ``here`` has it, unless that is Ukraine."""
        if here.country in ("", "UA") or not there.country:
            return
        if there.country == "UA":
            self._with_ukraine[here.country] += 1
            self._with_oblast[there.region, here.country] += 1
        else:
            self._with_others[here.country] += 1
            self._abroad[here.key] += 1

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, KnownTies)
            and self.linked == other.linked
            and self.regions == other.regions
            and self._earlier == other._earlier
        )

    __hash__ = None

    def of_regions(self, one: Spot, other: Spot) -> int:
        """Partnerships between their regions, without one between the two themselves."""
        if not one.region or not other.region:
            return 0
        return self.regions[frozenset((one.region, other.region))] - self._is_linked(one, other)

    def of_neighbours(self, one: Spot, other: Spot) -> int:
        """Partnerships between the neighbourhood of the one and that of the other, each place being its own nearest
        neighbour; without one between the two themselves."""
        if one.lat is None or other.lat is None:
            return 0
        its = {spot.key for spot in self.grid.near(other)} | {other.key}
        links = self.links_near(one)
        return sum(any(end.key in its for end in ends) for ends in links.values()) - (
            frozenset((one.key, other.key)) in links
        )

    def of_country(self, country: str, oblast: str = "") -> OfCountry:
        """Twinnings of a country outside Ukraine."""
        return OfCountry(
            self._with_ukraine[country],
            self._with_others[country],
            self._with_oblast[oblast, country] if oblast else 0,
        )

    def abroad_of(self, key: int | str) -> int:
        """Twinnings of a place outside Ukraine with other places outside Ukraine."""
        return self._abroad[key]

    def all_abroad(self) -> dict[int | str, int]:
        """Place → what `abroad_of` says of it, where that is not nothing."""
        return dict(self._abroad)

    def links_near(self, one: Spot) -> dict[frozenset, list[Spot]]:
        """All partnerships of the neighbourhood of ``one``, each with its far ends: whoever is one of them, or near
        to one, has a tie. (Both ends are far ends where both are neighbours.)"""
        if one.lat is None:
            return {}
        links: dict[frozenset, list[Spot]] = defaultdict(list)
        for key in {spot.key for spot in self.grid.near(one)} | {one.key}:
            for far, end in self.linked.get(key, {}).items():
                links[frozenset((key, far))].append(end)
        return links

    def have_earlier_link(self, one: int, other: int) -> bool:
        return other in self._earlier.get(one, ())

    def earlier_of(self, one: int) -> frozenset[int]:
        return frozenset(self._earlier.get(one, ()))

    def _is_linked(self, one: Spot, other: Spot) -> int:
        return int(other.key in self.linked.get(one.key, ()) and one.region != other.region)
