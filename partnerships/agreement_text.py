"""The markup of templates of agreements, pure: a line is a title, a heading, a numbered clause, an item or a paragraph;
names in braces stand for the facts of one partnership. Read, checked and filled in here."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

# How a line begins, and what it is. The longest sign first.
SIGNS = (
    ("[] ", "check"),
    ("= ", "title"),
    ("# ", "heading"),
    ("+ ", "clause"),
    ("* ", "item"),
    ("> ", "apart"),
)
PARAGRAPH, SIGNATURES = "paragraph", "signatures"

# What stands for a fact inside of a line, everywhere and inside of a loop over parties.
ANYWHERE = (
    "parties",
    "party_1_name",
    "party_2_name",
    "ukrainian_parties",
    "other_parties",
    "place",
    "term",
    "languages",
    "copies",
    "draft_version",
    "draft_date",
)
IN_A_LOOP = ("party_number", "party_name", "party_country", "party_role", "party_signatory")
# What fills a line of its own with several.
LISTS = {"areas": "item", "clauses": "clause", "signatures": SIGNATURES}
LOOPS = ("party", "ukrainian party", "other party")
CONDITIONS = ("clauses", "no clauses", "term", "no term")

NAME = re.compile(r"\{([^{}]*)\}")
# A first line of so many characters can be a title.
LONGEST_TITLE = 150
# Where something is filled in by hand on paper.
BLANK = "____________________"


class Block(NamedTuple):
    """One paragraph of a document: what it is, its number as printed, its text."""

    kind: str
    number: str
    text: str


class Line(NamedTuple):
    """One line of a template: its number in the text, what it is, its words."""

    number: int
    kind: str
    text: str


class Mistake(NamedTuple):
    line: int
    text: str

    def __str__(self) -> str:
        return _("Line %(line)d: %(text)s") % {"line": self.line, "text": self.text}


@dataclass(frozen=True)
class PartyFacts:
    """One side, in the language of the text: names are never inflected."""

    number: int
    name: str
    country: str
    is_ukrainian: bool = False
    role: str = ""
    signatory: str = ""


@dataclass(frozen=True)
class Facts:
    """What fills a template in one language."""

    parties: Sequence[PartyFacts]
    areas: Sequence[str] = ()
    clauses: Sequence[str] = ()
    # Ready words, made by `partnerships.agreement_words`.
    words: Mapping[str, str] = field(default_factory=dict)


def read(text: str) -> list[Line]:
    """The lines of a template; empty ones only set lines apart."""
    rows = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return [_line(number, line) for number, line in rows if line]


def _line(number: int, line: str) -> Line:
    whole = NAME.fullmatch(line)
    if whole:
        command, _space, rest = whole[1].partition(" ")
        if command in ("for", "if", "end"):
            return Line(number, command, rest)
        if whole[1] in LISTS:
            return Line(number, whole[1], "")
    return Line(number, *_by_sign(line))


def _by_sign(line: str) -> tuple[str, str]:
    """What a line is, and its words."""
    for sign, kind in SIGNS:
        if line.startswith(sign):
            return kind, line.removeprefix(sign).strip()
    return PARAGRAPH, line


def mistakes(lines: Iterable[Line]) -> list[Mistake]:
    """What is wrong with a template, in the reader's language: unknown names, loops and conditions that do not end."""
    found: list[Mistake] = []
    opened: list[Line] = []
    for line in lines:
        if line.kind in ("for", "if"):
            found += _wrong_opening(line, opened)
            opened.append(line)
        elif line.kind == "end":
            if not opened:
                found.append(Mistake(line.number, _("{end} closes nothing.")))
            opened = opened[:-1]
        else:
            found += _wrong_names(line, in_a_loop=any(each.kind == "for" for each in opened))
    return found + [Mistake(line.number, _("{end} is missing.")) for line in opened]


def _wrong_opening(line: Line, opened: Sequence[Line]) -> Iterator[Mistake]:
    known = LOOPS if line.kind == "for" else CONDITIONS
    if line.text not in known:
        choices = ", ".join(f"{{{line.kind} {each}}}" for each in known)
        words = _("{%(name)s} is not known. You can write: %(known)s.")
        yield Mistake(line.number, words % {"name": f"{line.kind} {line.text}".strip(), "known": choices})
    if line.kind == "for" and any(each.kind == "for" for each in opened):
        yield Mistake(line.number, _("A list of parties cannot stand inside of another one."))


def _wrong_names(line: Line, *, in_a_loop: bool) -> Iterator[Mistake]:
    for name in NAME.findall(line.text):
        if name in IN_A_LOOP and not in_a_loop:
            words = _("{%(name)s} has a meaning only between {for party} and {end}.")
            yield Mistake(line.number, words % {"name": name})
        elif name in LISTS:
            yield Mistake(line.number, _("{%(name)s} needs a line of its own.") % {"name": name})
        elif name not in ANYWHERE and name not in IN_A_LOOP:
            choices = ", ".join(f"{{{each}}}" for each in (*ANYWHERE, *IN_A_LOOP))
            words = _("{%(name)s} is not known. You can write: %(known)s.")
            yield Mistake(line.number, words % {"name": name, "known": choices})
    if "{" in NAME.sub("", line.text) or "}" in NAME.sub("", line.text):
        yield Mistake(line.number, _("A brace is not closed, or not opened."))


def difference(first: Sequence[Line], second: Sequence[Line]) -> Mistake | None:
    """Where two languages of one template part: each line of the one has its counterpart in the other."""
    for one, other in zip(first, second, strict=False):
        if _shape(one) != _shape(other):
            words = _(
                "here the other language has something else in its line %(line)d. Both need the same order."
            )
            return Mistake(other.number, words % {"line": one.number})
    if len(first) != len(second):
        longer, shorter = (first, second) if len(first) > len(second) else (second, first)
        words = _("there are %(n)d lines in one language and %(m)d in the other.")
        last = second[-1].number if second else 1
        return Mistake(last, words % {"n": len(longer), "m": len(shorter)})
    return None


def _shape(line: Line) -> tuple[str, str]:
    return line.kind, line.text if line.kind in ("for", "if") else ""


# --- Filling in -------------------------------------------------------------------------------------------


def fill(lines: Sequence[Line], facts: Facts) -> list[Block]:
    """A template with the facts of one partnership, numbered. What people typed is put in once and read as words: a
    brace in a name stays a brace."""
    return list(_numbered(_expanded(list(lines), facts, None)))


def _expanded(lines: list[Line], facts: Facts, party: PartyFacts | None) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        if line.kind in ("for", "if"):
            inner, position = _until_end(lines, position)
            for each in _rounds(line, facts, party):
                yield from _expanded(inner, facts, each)
        elif line.kind in LISTS:
            texts = {"areas": _listed(facts.areas), "clauses": facts.clauses}.get(line.kind, [""])
            yield from ((LISTS[line.kind], text) for text in texts)
        else:
            yield line.kind, NAME.sub(_filler(facts, party), line.text)


def _listed(names: Sequence[str]) -> list[str]:
    """As parts of one sentence."""
    return [f"{name};" for name in names[:-1]] + [f"{name}." for name in names[-1:]]


def _until_end(lines: list[Line], start: int) -> tuple[list[Line], int]:
    depth = 1
    for position in range(start, len(lines)):
        depth += {"for": 1, "if": 1, "end": -1}.get(lines[position].kind, 0)
        if depth == 0:
            return lines[start:position], position + 1
    return lines[start:], len(lines)


def _rounds(line: Line, facts: Facts, party: PartyFacts | None) -> list[PartyFacts | None]:
    """For whom the inner lines are written: for each party of the loop; once, or not at all, for a condition."""
    if line.kind == "for":
        chosen: dict[str, Callable[[PartyFacts], bool]] = {
            "party": lambda each: True,
            "ukrainian party": lambda each: each.is_ukrainian,
            "other party": lambda each: not each.is_ukrainian,
        }
        return [each for each in facts.parties if chosen[line.text](each)]
    there = {"clauses": bool(facts.clauses), "term": bool(facts.words.get("term"))}
    wanted = line.text.removeprefix("no ")
    return [party] if there[wanted] != line.text.startswith("no ") else []


def _filler(facts: Facts, party: PartyFacts | None) -> Callable[[re.Match], str]:
    names = [each.name for each in facts.parties]
    values = {
        **facts.words,
        "parties": "; ".join(names),
        "ukrainian_parties": "; ".join(each.name for each in facts.parties if each.is_ukrainian),
        "other_parties": "; ".join(each.name for each in facts.parties if not each.is_ukrainian),
    }
    values |= {f"party_{number}_name": name for number, name in enumerate(names, 1)}
    if party:
        values |= {
            "party_number": str(party.number),
            "party_name": party.name,
            "party_country": party.country,
            "party_role": party.role,
            "party_signatory": party.signatory,
        }
    return lambda name: values.get(name[1], "") or BLANK


def _numbered(rows: Iterable[tuple[str, str]]) -> Iterator[Block]:
    heading = clause = item = 0
    for kind, text in rows:
        number = ""
        item = item + 1 if kind == "item" else 0
        if kind == "heading":
            heading, clause = heading + 1, 0
            number = f"{heading}."
        elif kind == "clause":
            clause += 1
            number = f"{heading}.{clause}." if heading else f"{clause}."
        elif kind == "item":
            number = f"{item})"
        yield Block(kind, number, text)


def as_blocks(text: str) -> list[Block]:
    """A text that the parties wrote themselves: one block for each line, with the signs of a template where they use
    them. Without any title its first line is one. A brace is a brace."""
    rows = [_by_sign(line.strip()) for line in text.splitlines() if line.strip()]
    if len(rows) > 1 and len(rows[0][1]) <= LONGEST_TITLE and "title" not in (kind for kind, _text in rows):
        rows[0] = ("title", rows[0][1])
    return list(_numbered(rows))


def stored(blocks: Iterable[Block]) -> list[list[str]]:
    return [list(block) for block in blocks]


def restored(rows: Iterable[Any]) -> list[Block]:
    return [Block(*row) for row in rows]
