"""Words of listings as lexemes: ``pl:szkoła``. One vector holds every language, so each lexeme says which; words that
only members may read say that too (``m-pl:szkoła``), and only a member's search asks for them.

Pure; `actions.search` writes with it and `views.browse` asks with it, so both fold words alike.
"""

import re
from collections.abc import Iterable, Mapping

from alliance.core.languages import LANGUAGES
from alliance.core.search import index_terms, query

# Texts in languages that the portal does not speak are found as they are written.
FOREIGN = "xx"
FOR_MEMBERS = "m-"
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


def words_query(text: str, reader: str, *, for_members: bool = False) -> str:
    """A tsquery for what a reader of language ``reader`` typed; empty when it holds no word. For members each word may
    also be one that only they read.

    A listing that the reader sees in their language is searched in that language only; one that is shown in
    another is searched in the others too, each word folded by the rules of that language.
    """
    own = _in(reader, text, for_members)
    codes = [code for code in (*LANGUAGES, FOREIGN) if code != reader]
    others = [part for code in codes if (part := _in(code, text, for_members))]
    if not others:
        return own
    elsewhere = f"(!'l:{reader}' & ({' | '.join(f'({part})' for part in others)}))"
    return f"({own}) | {elsewhere}" if own else elsewhere


def _in(code: str, text: str, for_members: bool) -> str:
    """The query of one language, each lexeme marked with it."""

    def marked(found: re.Match) -> str:
        term = found[0].strip("'").replace("''", "'")[:LONGEST_LEXEME]
        plain = f"{code}:{term}".replace("\\", "\\\\").replace("'", "''")
        return f"('{plain}' | '{FOR_MEMBERS}{plain}')" if for_members else f"'{plain}'"

    return LEXEME.sub(marked, query(text, code))
