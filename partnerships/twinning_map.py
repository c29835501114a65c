"""Arcs between partners on the map of Europe: which, where, how thick. Pure; `views.twinning_map` draws them.

Few partnerships are drawn one by one; where there are many, those of one oblast with one country are one arc, whose
width tells their number. What lies outside the frame has no arc and stays in the list beside the map.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from members.geometry import Point

# So many arcs are told apart by eye on a page.
MOST_SINGLE = 120
MOST_JOINED = 150
BEND = 0.16  # how far an arc swings out, as a share of its length
ALONE, THINNEST, THICKEST = 2.0, 0.8, 6.0
# Corners of Ukraine in degrees: the frame always shows it whole.
UKRAINE = ((22.1, 48.4), (33.0, 52.5), (40.4, 49.6), (34.0, 44.2), (28.2, 45.3))
MARGIN = 30  # units around what the frame must show
NARROWEST, BROADER = 620, 1.25  # a frame is never narrower, and always broader than high


@dataclass(frozen=True)
class End:
    """One party: where it stands, and the area that stands for it where there are many."""

    name: str
    area: str  # code of an oblast, or of a country
    country: str
    lon: float | None = None
    lat: float | None = None
    year: int | None = None  # since when its partnership is


@dataclass(frozen=True)
class Tie:
    """Two parties of one partnership; ``key`` tells which."""

    key: str
    left: End
    right: End


@dataclass
class Arc:
    """One line of the map and of the list beside it."""

    left: str
    right: str
    keys: set[str] = field(default_factory=set)
    start: Point | None = None
    end: Point | None = None
    year: int | None = None  # where two partnerships have the same partners

    @property
    def count(self) -> int:
        return len(self.keys)


def ties_of(key: str, ends: list[End]) -> list[Tie]:
    """Each Ukrainian party with each other one; where all are of one kind, the first with the others."""
    left = [end for end in ends if end.country == "UA"]
    right = [end for end in ends if end.country != "UA"]
    if not left or not right:
        left, right = ends[:1], ends[1:]
    return [Tie(key, a, b) for a in left for b in right]


def single_arcs(ties: Iterable[Tie], project: Callable[[float, float], Point] | None) -> list[Arc]:
    """One arc for each two parties; those of the same names are told apart by their year."""
    ties = list(ties)
    often = Counter((tie.left.name, tie.right.name) for tie in ties)
    return [
        Arc(
            *names,
            {tie.key},
            _point(tie.left, project),
            _point(tie.right, project),
            year=tie.left.year if often[names] > 1 else None,
        )
        for tie in ties
        for names in [(tie.left.name, tie.right.name)]
    ]


def joined_arcs(ties: Iterable[Tie], project: Callable[[float, float], Point] | None) -> list[Arc]:
    """One arc for each oblast and country, between the middles of the parties there; the most frequent first."""
    arcs: dict[tuple[str, str], Arc] = {}
    points: dict[str, dict[Point, None]] = defaultdict(dict)
    for tie in ties:
        for end in (tie.left, tie.right):
            if point := _point(end, project):
                points[end.area][point] = None
        arc = arcs.setdefault((tie.left.area, tie.right.area), Arc(tie.left.area, tie.right.area))
        arc.keys.add(tie.key)
    middles = {area: _middle(list(found)) for area, found in points.items()}
    for arc in arcs.values():
        arc.start, arc.end = middles.get(arc.left), middles.get(arc.right)
    return sorted(arcs.values(), key=lambda arc: (-arc.count, arc.left, arc.right))


def _point(end: End, project: Callable[[float, float], Point] | None) -> Point | None:
    if project is None or end.lon is None or end.lat is None:
        return None
    return project(end.lon, end.lat)


def _middle(points: list[Point]) -> Point:
    return sum(x for x, _y in points) / len(points), sum(y for _x, y in points) / len(points)


def is_inside(arc: Arc, width: int, height: int) -> bool:
    """Whether both ends lie in the frame."""
    return all(
        point is not None and 0 <= point[0] <= width and 0 <= point[1] <= height
        for point in (arc.start, arc.end)
    )


def frame(points: Iterable[Point], width: int, height: int) -> tuple[int, int, int, int]:
    """The part of a drawing that shows all of ``points``: left, top, width and height."""
    xs, ys = zip(*points, strict=True)
    left, top = max(int(min(xs)) - MARGIN, 0), max(int(min(ys)) - MARGIN, 0)
    right, bottom = min(int(max(xs)) + MARGIN, width), min(int(max(ys)) + MARGIN, height)
    wanted = max(NARROWEST, int((bottom - top) * BROADER))
    left = max(min(left, right - wanted), 0)
    return left, top, right - left, bottom - top


def arc_path(start: Point, end: Point) -> str:
    """The `d` of an arc that swings to the north."""
    (x1, y1), (x2, y2) = start, end
    bend = BEND if x2 >= x1 else -BEND
    cx, cy = (x1 + x2) / 2 + (y2 - y1) * bend, (y1 + y2) / 2 - (x2 - x1) * bend
    return f"M{x1:.1f} {y1:.1f}Q{cx:.1f} {cy:.1f} {x2:.1f} {y2:.1f}"


def thickness(count: int, most: int) -> float:
    """Its area grows with the number; one alone is thin."""
    if most <= 1:
        return ALONE
    share = math.sqrt(count - 1) / math.sqrt(most - 1)
    return round(THINNEST + (THICKEST - THINNEST) * share, 1)
