"""What editors write in a section, as the parts a page shows: points with an address each, and the one thing to do."""

import re
from dataclasses import dataclass

from django.utils.safestring import SafeString

from alliance.core.prose import html_of, is_safe_address

# “1. **Title.** Words. {#address}”: a point is a line that begins with a number or a hyphen.
POINT = re.compile(r"^ {0,3}(?:\d{1,3}[.)]|[-*]) +(?P<text>.+?)(?:\s*\{#(?P<anchor>[a-z][a-z0-9-]*)\})?\s*$")
LINK = re.compile(r"\[(?P<label>[^\]\n]+)\]\((?P<href>[^)\s]+)\)")


@dataclass(frozen=True)
class Point:
    anchor: str
    html: SafeString


@dataclass(frozen=True)
class Points:
    before: SafeString
    points: list[Point]
    after: SafeString


@dataclass(frozen=True)
class Action:
    label: str
    href: str
    html: SafeString


def points_of(text: str, section: str) -> Points:
    """The points of a section, and what stands before and after them. A point without an address of its own is
    called after its ``section`` and its number."""
    lines = text.splitlines()
    found = [(number, match) for number, line in enumerate(lines) if (match := POINT.match(line))]
    if not found:
        return Points(html_of(text), [], html_of(""))
    points = [
        Point(match["anchor"] or f"{section}-{count}", html_of(match["text"]))
        for count, (_number, match) in enumerate(found, start=1)
    ]
    first, last = found[0][0], found[-1][0]
    return Points(html_of("\n".join(lines[:first])), points, html_of("\n".join(lines[last + 1 :])))


def anchors_of(text: str) -> list[str]:
    """The addresses that the writer gave to points, which letters and other pages may quote."""
    return [match["anchor"] for line in text.splitlines() if (match := POINT.match(line)) and match["anchor"]]


def action_of(text: str) -> Action:
    """The first link of the text, which becomes a button, and the words around it."""
    match = LINK.search(text)
    if match is None or not is_safe_address(match["href"]):
        return Action("", "", html_of(text))
    return Action(match["label"], match["href"], html_of(text[: match.start()] + text[match.end() :]))
