"""What the search of the site reads of a publication and shows of it: its texts as one reader has them, the terms that
they are found by, and an extract around the first hit."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from alliance.content.translations import shown_text
from alliance.core.captions import words_in
from alliance.core.languages import LANGUAGES, NOTHING, Shown, reader_language, shown
from alliance.core.morphology import CACHED_WORDS
from alliance.core.prose import words_of
from alliance.core.search import STOP_WORDS, index_terms, query

# Bytes of terms in one vector: PostgreSQL holds a megabyte with all that it notes beside them.
MOST_BYTES = 300_000
# Characters of a text in which a hit is looked for, and those that are shown around it.
SCANNED, BEFORE, LENGTH = 20_000, 60, 240
FIELDS = ("lead", "summary", "place", "text")
_LEXEME = re.compile(r"[^\s&|()]+")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")


class Words(NamedTuple):
    """A publication as one reader has it."""

    title: Shown
    parts: tuple[Shown, ...]


class Piece(NamedTuple):
    text: str
    is_hit: bool


@dataclass(frozen=True)
class Extract:
    """A few words of a publication; `language` where it is not the reader's."""

    pieces: tuple[Piece, ...] = ()
    language: str = ""


# --- What is read ------------------------------------------------------------------------------------------


def words_of_revision(data: Mapping[str, Any], language: str) -> Words:
    """A page, news item or event by the data of its revision."""
    parts = [_plain(shown_text(data, name, language)) for name in FIELDS]
    for section in data.get("sections", []):
        parts += [shown_text(section, "title", language), _plain(shown_text(section, "text", language))]
    return Words(shown_text(data, "title", language), tuple(filter(None, parts)))


def words_of_document(
    title: Shown, summary: Shown, files: Iterable[tuple[str, str, str]], language: str
) -> Words:
    """A document with its ``files`` (language, title, text), the reader's first."""
    parts = [summary]
    for code, name, text in sorted(files, key=lambda file: file[0] != language):
        parts += [Shown(name, code, code != language), Shown(text, code, code != language)]
    return Words(title, tuple(filter(None, parts)))


def words_of_film(title: Shown, summary: Shown, said: Iterable[tuple[str, str, str]], language: str) -> Words:
    """A video with what is ``said`` in it (language, transcript, captions): the transcript, else the captions."""
    tracks = [
        (code, "", words_of(transcript) if transcript else words_in(captions))
        for code, transcript, captions in said
    ]
    return words_of_document(title, summary, tracks, language)


def words_of_issue(issue: Any, language: str) -> Words:
    """An issue for the institutions: in the words of its member, and the answer in those of the institution."""
    written = [(issue.text, issue.language), (issue.answer, issue.answer_language)]
    title, *parts = (
        Shown(words, code, code != language) for words, code in [(issue.title, issue.language), *written]
    )
    return Words(title, tuple(filter(None, parts)))


def words_of_survey(survey: Any, language: str) -> Words:
    """A survey with its questions and what the desk says came of it; own words of members are in none of them."""
    parts = [shown(survey, "introduction", language), _plain(shown(survey, "result", language))]
    parts += [shown(question, "label", language) for question in survey.questions.all()]
    return Words(shown(survey, "title", language), tuple(filter(None, parts)))


def _plain(text: Shown) -> Shown:
    return Shown(words_of(text.text), text.language, text.is_other) if text else NOTHING


# --- Terms -------------------------------------------------------------------------------------------------


def terms_of(texts: Iterable[Shown], known: dict[Shown, list[str]] | None = None) -> str:
    """Each text by the rules of its own language, each term once; the first ones when there are too many.

    :param known: terms that were made before, since readers of several languages have many a text alike
    """
    known = {} if known is None else known
    terms: dict[str, None] = {}
    size = 0
    for text in dict.fromkeys(Shown(text.text, text.language, is_other=False) for text in texts):
        if text not in known:
            known[text] = index_terms(text.text, text.language).split()
        for term in known[text]:
            if term not in terms:
                size += len(term.encode()) + 1
                if size > MOST_BYTES:
                    return " ".join(terms)
                terms[term] = None
    return " ".join(terms)


def asked(text: str, language: str | None = None) -> str:
    """A tsquery for what a reader typed. A text that is shown in another language is found by words of that language,
    so the words are folded by the rules of each."""
    codes = dict.fromkeys([language or reader_language(), *LANGUAGES])
    return " | ".join(dict.fromkeys(f"({part})" for code in codes if (part := query(text, code))))


def in_titles(tsquery: str) -> str:
    """The same asked of titles alone, which weigh A."""
    return _LEXEME.sub(lambda found: f"{found[0]}:A", tsquery)


# --- Extracts ----------------------------------------------------------------------------------------------


def extract_of(parts: Sequence[Shown], text: str) -> Extract:
    """The words around the first hit, or the first words where only the title was hit."""
    wanted = set(_LEXEME.findall(asked(text)))
    left = SCANNED
    for part in parts:
        body = " ".join(part.text[:left].split())
        if spans := list(islice(_hits(body, part.language, wanted), 1)):
            return _around(body, spans[0][0], part, wanted)
        left -= len(part.text)
        if left <= 0:
            break
    return _around(" ".join(parts[0].text[: 2 * LENGTH].split()), 0, parts[0], wanted) if parts else Extract()


def _hits(body: str, language: str, wanted: set[str]) -> Iterable[tuple[int, int]]:
    joining = STOP_WORDS.get(language, frozenset())
    for found in _WORD.finditer(body):
        word = found[0].casefold()
        if word not in joining and not wanted.isdisjoint(_terms_of_word(word, language)):
            yield found.span()


@lru_cache(maxsize=CACHED_WORDS)
def _terms_of_word(word: str, language: str) -> tuple[str, ...]:
    """Texts that are looked through again and again have their words in common."""
    return tuple(index_terms(word, language).split())


def _around(body: str, at: int, part: Shown, wanted: set[str]) -> Extract:
    """From a word near before ``at`` on, with every hit marked."""
    start = max(0, at - BEFORE)
    if start:
        start = body.find(" ", start, at) + 1 or at
    end = start + LENGTH
    if end < len(body):
        end = max(body.rfind(" ", at, end), 0) or end
    shown = body[start:end]
    pieces, done = [Piece("… ", False)] if start else [], 0
    for first, last in _hits(shown, part.language, wanted):
        pieces += [Piece(shown[done:first], False), Piece(shown[first:last], True)]
        done = last
    pieces.append(Piece(shown[done:] + (" …" if end < len(body) else ""), False))
    other = part.language if part.is_other else ""
    return Extract(tuple(piece for piece in pieces if piece.text), other)
