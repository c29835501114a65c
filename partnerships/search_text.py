"""Words of listings as lexemes: ``pl:szkoła``. One vector holds every language, so each lexeme says which.

Pure; `actions.search` writes with it and `views.browse` asks with it, so both fold words alike.
"""

import re
from collections.abc import Iterable, Mapping

from alliance.core.languages import LANGUAGES
from alliance.core.search import index_terms, query

# Texts in languages that the portal does not speak are found as they are written.
FOREIGN = "xx"
LONGEST_LEXEME = 100
LEXEME = re.compile(r"'(?:[^']|'')*'|[^\s&|!()<>:*'-][^\s&|!()<>:*']*")


def lexemes(texts: Mapping[str, str], languages: Iterable[str] = LANGUAGES) -> set[str]:
    """All lexemes of ``texts`` by language."""
    known = set(languages)
    return {
        f"{code if code in known else FOREIGN}:{term}"
        for code, text in texts.items()
        for term in index_terms(text, code).split()
        if len(term) <= LONGEST_LEXEME
    }


def words_query(text: str, reader: str) -> str:
    """A tsquery for what a reader of language ``reader`` typed; empty when it holds no word.

    A listing that the reader sees in their language is searched in that language only; one that is shown in
    another is searched in the others too, each word folded by the rules of that language.
    """
    own = _in(reader, text)
    others = [part for code in (*LANGUAGES, FOREIGN) if code != reader and (part := _in(code, text))]
    if not others:
        return own
    elsewhere = f"(!'l:{reader}' & ({' | '.join(f'({part})' for part in others)}))"
    return f"({own}) | {elsewhere}" if own else elsewhere


def _in(code: str, text: str) -> str:
    """The query of one language, each lexeme marked with it."""

    def marked(found: re.Match) -> str:
        term = found[0].strip("'").replace("''", "'")[:LONGEST_LEXEME]
        return "'" + f"{code}:{term}".replace("\\", "\\\\").replace("'", "''") + "'"

    return LEXEME.sub(marked, query(text, code))
