"""Plane geometry of the maps: SVG paths to and from rings of points, clipping, areas, “inside”. Pure.

A ring is a closed line of points, a shape is a list of rings: what lies in an odd number of them lies inside.
"""

import re
from collections.abc import Sequence

Point = tuple[float, float]
Ring = list[Point]
Shape = list[Ring]

SMALLEST_RING = 3.0  # square units; smaller islands are left out of paths
_COMMANDS = re.compile(r"([MmLlHhVvZz])([^MmLlHhVvZz]*)")
_NUMBER = re.compile(r"-?\d*\.?\d+")


def write_path(shape: Shape) -> str:
    """The `d` of a shape in whole units and relative steps: small, and neighbours keep the points they share."""
    parts = []
    for ring in shape:
        points = thin([(round(x), round(y)) for x, y in ring])
        if len(points) < 3 or abs(area_of(points)) < SMALLEST_RING:
            continue
        x, y = points[0]
        steps = []
        for px, py in points[1:]:
            steps += [px - x, py - y]
            x, y = px, py
        numbers = "".join(f" {step}" if step >= 0 else f"{step}" for step in steps).lstrip()
        parts.append(f"M{points[0][0]} {points[0][1]}l{numbers}z")
    return "".join(parts)


def read_path(text: str) -> Shape:
    """The rings of a path of straight lines: commands M, L, H, V and Z, absolute or relative."""
    rings: Shape = []
    x = y = 0.0
    for command, numbers in _COMMANDS.findall(text):
        if command in "Zz":
            x, y = rings[-1][0]
            continue
        values = [float(number) for number in _NUMBER.findall(numbers)]
        if command in "Hh":
            steps = [(value, 0.0 if command == "h" else y) for value in values]
        elif command in "Vv":
            steps = [(0.0 if command == "v" else x, value) for value in values]
        else:
            steps = list(zip(values[::2], values[1::2], strict=True))
        for at, (dx, dy) in enumerate(steps):
            x, y = (x + dx, y + dy) if command.islower() else (dx, dy)
            if command in "Mm" and at == 0:
                rings.append([])
            rings[-1].append((x, y))
    return rings


def thin(points: Sequence[Point]) -> Ring:
    """Without repeated points, and without those in the middle of a straight run."""
    kept: Ring = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    while len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def _is_straight(a: Point, b: Point, c: Point) -> bool:
    (ux, uy), (vx, vy) = (b[0] - a[0], b[1] - a[1]), (c[0] - b[0], c[1] - b[1])
    return ux * vy == uy * vx and ux * vx + uy * vy > 0


def clip(ring: Ring, left: float, top: float, right: float, bottom: float) -> Ring:
    """The part of a ring inside a box (Sutherland and Hodgman: one edge after the other)."""
    for axis, bound, sign in ((0, left, 1), (0, right, -1), (1, top, 1), (1, bottom, -1)):
        kept: Ring = []
        for before, point in zip(ring[-1:] + ring[:-1], ring, strict=True):
            was_in, is_in = sign * (before[axis] - bound) >= 0, sign * (point[axis] - bound) >= 0
            if was_in != is_in:
                share = (bound - before[axis]) / (point[axis] - before[axis])
                kept.append(
                    (before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1]))
                )
            if is_in:
                kept.append(point)
        ring = kept
    return ring


def disc(x: float, y: float, radius: float) -> Shape:
    """Eight corners: a mark for what is too small to be drawn."""
    side = radius * 0.7
    corners = [(-radius, 0.0), (-side, -side), (0.0, -radius), (side, -side)]
    return [[(x + dx, y + dy) for dx, dy in corners] + [(x - dx, y - dy) for dx, dy in corners]]


def area_of(ring: Sequence[Point]) -> float:
    """Signed, by the shoelace formula."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def inside(shape: Shape, point: Point) -> bool:
    """By the even-odd rule."""
    x, y = point
    is_inside = False
    for ring in shape:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                is_inside = not is_inside
    return is_inside
