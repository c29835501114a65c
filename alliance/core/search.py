"""Text that finds inflected words: what is indexed for a text and what is asked for a search, in pl, uk and en.

`index_terms` and `query` make their terms by the same function, so they always meet. Terms hold only letters, digits
and ʼ, so to_tsvector('simple', …) and to_tsquery('simple', …) take them as they are, and nothing typed can reach the
query's syntax.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from alliance.core.alphabets import PLAIN_LETTERS, repair_lookalikes
from alliance.core.morphology import CACHED_WORDS, is_known, lemmas, origins

MAX_QUERY = 1000  # characters of a query that are read
MAX_WORDS = 16  # words of a query that count
MAX_WORD = 60  # letters of one word
MAX_RESTORED = 256  # spellings with diacritics tried for one word typed without

# Words that only join others. They are indexed, and asked for only when nothing else is.
STOP_WORDS = {
    language: frozenset(joining.split())
    for language, joining in {
        "en": "a an and are as at be but by can do for from has have how i if in into is it its no not of off on or "
        "our so than that the their them there these they this those to too up us was we were what when where which "
        "who will with you your",
        "pl": "a aby albo ale bez by być co czy dla do go i ich im ja jak jako je jego jej jest już każdy kto która "
        "które który lub ma na nad nam nas nasz nie niż o od oraz po pod poza przed przez przy są się ta tak także tam "
        "te tego tej ten to tu ty tym u w we wraz z za ze że żeby",
        "uk": "а або але без був бути в ви від вона вони для до є з за зі й його із їх її і як яка яке які який якщо "
        "коли ми на над нам нас наш не ні о об по при про та так такий також там те ти то тут у хто це "
        "цей ця через чи що щоб я",
    }.items()
}

_APOSTROPHE = re.compile(r"(?<=\w)['’‘ʼ′`´＇](?=\w)")
_WORD = re.compile(r"[^\W_]+(?:ʼ[^\W_]+)*(?:-[^\W_]+(?:ʼ[^\W_]+)*)*")
_MARKS_OF_POLISH = {"a": "ą", "c": "ć", "e": "ę", "l": "ł", "n": "ń", "o": "ó", "s": "ś", "z": "żź"}
_LETTERS_OF_THEIR_OWN = "йї"


def words(text: str) -> list[str]:
    """The words of a text in order, lower case, hyphenated ones whole; apostrophes are ʼ, accents of stress gone."""
    text = repair_lookalikes(unicodedata.normalize("NFKC", text)).casefold()
    text = unicodedata.normalize("NFC", "".join(char for char in text if unicodedata.category(char) != "Cf"))
    text = "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Me"))
    text = re.sub("[‐‑]", "-", _APOSTROPHE.sub("ʼ", text))
    return [word[:MAX_WORD] for word in _WORD.findall(text)]


def index_terms(text: str, language: str) -> str:
    """The terms of a text in ``language``, parted by spaces, for to_tsvector('simple', …)."""
    terms = {}
    for word in words(text):
        for part in _whole_and_parts(word):
            terms.update(dict.fromkeys(_terms(part, language)))
            terms.update(dict.fromkeys(_plain(term) for term in _terms(part, language)))
    return " ".join(terms)


def query(text: str, language: str) -> str:
    """A string for to_tsquery('simple', …): all words, each in any of its forms. "" when there is nothing to find."""
    typed = list(dict.fromkeys(words(text[:MAX_QUERY])))
    telling = [word for word in typed if word not in STOP_WORDS.get(language, ())]
    return " & ".join(_asked(word, language) for word in (telling or typed)[:MAX_WORDS])


@dataclass(frozen=True)
class Phrase:
    """The telling words of a short text, each as the set of its forms; hyphenated ones in parts, and in one."""

    parted: tuple[frozenset[str], ...]
    joined: tuple[frozenset[str], ...]


@lru_cache(maxsize=CACHED_WORDS)
def phrase(text: str, language: str) -> Phrase:
    """A name of a thing, to be compared by `same_words`."""
    typed = words(text[:MAX_QUERY])
    telling = ([word for word in typed if word not in STOP_WORDS.get(language, ())] or typed)[:MAX_WORDS]
    parted = [part for word in telling for part in word.split("-")]
    return Phrase(
        tuple(_forms(word, language) for word in parted),
        tuple(_forms(word.replace("-", ""), language) for word in telling),
    )


def same_words(one: Phrase, other: Phrase) -> bool:
    """Whether two phrases say the same: every word of either has a form of it in the other, in any order."""
    return any(
        bool(mine and its)
        and all(any(word & another for another in its) for word in mine)
        and all(any(word & another for another in mine) for word in its)
        for mine in (one.parted, one.joined)
        for its in (other.parted, other.joined)
    )


@lru_cache(maxsize=CACHED_WORDS)
def _forms(word: str, language: str) -> frozenset[str]:
    """A word as typed and its lemmas, also without diacritics; not what it is derived from, as `_terms` has."""
    forms = [word]
    if language == "pl" and word.isascii() and not is_known(word, language):
        forms += _with_marks(word)
    found = {word, *(lemma for form in forms for lemma in lemmas(form, language))}
    return frozenset(found | {_plain(form) for form in found})


def _asked(word: str, language: str) -> str:
    """One word of a query; a hyphenated one may also be written in one, or as its parts."""
    whole, *parts = _whole_and_parts(word)
    anyhow = " | ".join(_terms(whole, language))
    if parts:
        every = " & ".join(f"({' | '.join(_terms(part, language))})" for part in dict.fromkeys(parts))
        return f"({anyhow} | ({every}))"
    return f"({anyhow})"


def _whole_and_parts(word: str) -> list[str]:
    parts = word.split("-")
    return ["".join(parts), *parts] if len(parts) > 1 else parts


@lru_cache(maxsize=CACHED_WORDS)
def _terms(word: str, language: str) -> tuple[str, ...]:
    """A word as typed, its lemmas and what they are derived from."""
    forms = [word]
    if language == "pl" and word.isascii() and not is_known(word, language):
        forms += _with_marks(word)
    found = [word]
    for form in forms if len(word) > 1 else ():
        found += lemmas(form, language)
        found += origins(form, language)
    return tuple(term for term in dict.fromkeys(found) if _WORD.fullmatch(term) and "-" not in term)


def _with_marks(word: str) -> list[str]:
    """Polish words that someone without a Polish keyboard may have meant: lodzka -> łódzka."""
    choices = [letter + _MARKS_OF_POLISH.get(letter, "") for letter in word]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count > MAX_RESTORED:
        return []
    return [meant for letters in product(*choices) if is_known(meant := "".join(letters), "pl")]


@lru_cache(maxsize=CACHED_WORDS)
def _plain(term: str) -> str:
    """Without diacritics and apostrophes, as many type."""
    term = term.replace("ʼ", "").translate(PLAIN_LETTERS)
    return "".join(
        char if char in _LETTERS_OF_THEIR_OWN else unicodedata.normalize("NFD", char)[0] for char in term
    )
