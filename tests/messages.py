"""Reads every message out of the sources and every entry out of the catalogues, for `test_translations.py`."""

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}")
# Words that are the same in other languages, names and units: a copy of the English is right.
SAME_EVERYWHERE = re.compile(r"^[\W\d_]*$|^(?:%\(\w+\)s|[A-Z0-9–.,/: ²³-]|kW|kWh|kg|e-mail|m)+$")


@cache
def messages(root: Path) -> set[tuple[str, str]]:
    """All (context, message) pairs of the sources below ``root``; plurals count by their singular."""
    found = set()
    for folder in ("alliance", "members", "partnerships"):
        for path in (root / folder).rglob("*.py"):
            found.update(in_source(path.read_text(encoding="utf-8")))
    for path in (root / "templates").rglob("*"):
        if path.suffix in (".html", ".txt", ".svg"):
            found.update(in_template(path.read_text(encoding="utf-8")))
    return found


def in_source(source: str) -> Iterator[tuple[str, str]]:
    for _line, message, _comments, context in _extract(source):
        singular = message[0] if isinstance(message, tuple) else message
        if singular:
            yield context or "", singular


def in_template(source: str) -> Iterator[tuple[str, str]]:
    yield from in_source(templatize(source))


def _extract(source: str):
    return extract("python", BytesIO(source.encode()), keywords=KEYWORDS)


def catalogue(path: Path) -> polib.POFile:
    return polib.pofile(str(path))


def faults(entry: polib.POEntry, plurals: int, *, counts_one: bool = False) -> list[str]:
    """What is wrong with one entry of a catalogue. ``counts_one``: the language keeps its first form for 1 alone, which
    may then go without the number ("in a minute")."""
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    found = []
    if entry.fuzzy:
        found.append("fuzzy")
    if not all(text.strip() for text in texts):
        return [*found, "empty"]
    if entry.msgid_plural and len(texts) != plurals:
        found.append(f"{len(texts)} plural forms instead of {plurals}")
    named = {*PLACEHOLDER.findall(entry.msgid), *PLACEHOLDER.findall(entry.msgid_plural or "")}
    wanted = {*PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)}
    for number, text in enumerate(texts):
        has = {*PLACEHOLDER.findall(text)}
        found += [f"placeholder {extra} is not in the English" for extra in has - named]
        may_lack = int(counts_one and bool(entry.msgid_plural) and number == 0)
        if len(wanted - has) > may_lack:
            found.append("a placeholder is missing")
    if entry.msgid.endswith("\n") != texts[0].endswith("\n"):
        found.append("line break at the end differs")
    return found


def copies_english(entry: polib.POEntry) -> bool:
    """A translation of more than one word that is the English text."""
    return (
        entry.msgstr == entry.msgid and " " in entry.msgid.strip() and not SAME_EVERYWHERE.match(entry.msgid)
    )


RUSSIAN_LETTERS = re.compile(r"[ыэъё]", re.IGNORECASE)
# Latin letters that look Cyrillic inside a Cyrillic word.
MIXED_WORD = re.compile(r"\b(?=\w*[а-яіїєґ])(?=\w*[a-z])[а-яіїєґa-z]+\b", re.IGNORECASE)
POLISH_PLURALS, UKRAINIAN_PLURALS = 4, 4
