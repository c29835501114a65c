"""What differs between two versions of something `Revised`, in words that an editor can read. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from alliance.core.languages import LANGUAGES

WORDS = re.compile(r"\s+|[^\s]+")
# Longer texts are compared line by line: words of two novels would take minutes.
MOST_WORDS = 4000


@dataclass(frozen=True)
class Change:
    """One text in one language. ``section`` is its address within the page, empty for the page itself."""

    section: str
    field: str
    language: str
    # Each with what became of the words: same, del or ins.
    parts: list[tuple[str, str]]


@dataclass(frozen=True)
class Difference:
    changes: list[Change]
    added: list[str]
    removed: list[str]
    is_order_other: bool

    def __bool__(self) -> bool:
        return bool(self.changes or self.added or self.removed or self.is_order_other)


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    """Between two snapshots. Sections are known by their address within the page."""
    old, new = _sections(before), _sections(after)
    stayed_old, stayed_new = [a for a in old if a in new], [a for a in new if a in old]
    changes = list(_changes("", before, after))
    for anchor in new:
        changes += _changes(anchor, old.get(anchor, {}), new[anchor])
    return Difference(
        changes,
        added=[anchor for anchor in new if anchor not in old],
        removed=[anchor for anchor in old if anchor not in new],
        is_order_other=stayed_old != stayed_new,
    )


def _sections(data: Mapping[str, Any]) -> dict[str, Any]:
    return {part["anchor"]: part for part in data.get("sections", [])}


def _changes(section: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    old, new = before.get("texts", {}), after.get("texts", {})
    for field in dict.fromkeys([*new, *old]):
        for code in LANGUAGES:
            was, now = old.get(field, {}).get(code, ""), new.get(field, {}).get(code, "")
            if was != now:
                yield Change(section, field, code, compared(was, now))


def compared(was: str, now: str) -> list[tuple[str, str]]:
    """Both texts in one: what stayed, what went, what came."""
    one, other = WORDS.findall(was), WORDS.findall(now)
    if len(one) + len(other) > MOST_WORDS:
        one, other = was.splitlines(keepends=True), now.splitlines(keepends=True)
    parts: list[tuple[str, str]] = []
    for tag, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(("same", "".join(one[a:b])))
            continue
        if a < b:
            parts.append(("del", "".join(one[a:b])))
        if c < d:
            parts.append(("ins", "".join(other[c:d])))
    return parts
