"""Words of listings as lexemes: ``pl:szkoła``. One vector holds every language, so each lexeme says which; words that
only members may read say that too (``m-pl:szkoła``), and only a member's search asks for them.

Pure; `actions.search` writes with it and `views.browse` asks with it, so both fold words alike.
"""

import re
from collections.abc import Iterable, Mapping

from alliance.core.languages import LANGUAGES
from alliance.core.search import Phrase, index_terms, query

# Texts in languages that the portal does not speak are found as they are written.
FOREIGN = "xx"
FOR_MEMBERS = "m-"
LONGEST_LEXEME = 100
LEXEME = re.compile(r"'(?:[^']|'')*'|[^\s&|!()<>:*'-][^\s&|!()<>:*']*")


def quoted(lexeme: str) -> str:
    """A lexeme as tsquery syntax."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


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
        plain = quoted(f"{code}:{term}")
        return f"({plain} | {quoted(f'{FOR_MEMBERS}{code}:{term}')})" if for_members else plain

    return LEXEME.sub(marked, query(text, code))


def phrase_query(phrase: Phrase) -> str:
    """A tsquery that finds for a member every listing with the words of a phrase, whatever language it is in: all that
    `alliance.core.search.same_words` could call the same, and more."""
    spellings = dict.fromkeys(words for words in (phrase.parted, phrase.joined) if words)
    return " | ".join(
        "(" + " & ".join(_any_of(forms, code) for forms in words) + ")"
        for words in spellings
        for code in (*LANGUAGES, FOREIGN)
    )


def _any_of(forms: Iterable[str], code: str) -> str:
    marks = ("", FOR_MEMBERS)
    terms = [f"{mark}{code}:{form}"[:LONGEST_LEXEME] for form in sorted(forms) for mark in marks]
    return "(" + " | ".join(quoted(term) for term in terms) + ")"
