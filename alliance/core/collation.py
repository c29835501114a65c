"""Order of names in the reader's alphabet, as a string that sorts by code point (a column with collation C).

`sort_key(name, language)` is written when a name is saved, once per language of the portal. Rules: letters of the
reader's alphabet stand where it puts them (Polish ą after a, Ukrainian ґ after г); other accents, capitals,
apostrophes and marks are ignored; a space or hyphen comes before every letter; numbers come before letters and count
as numbers (2 before 10); a name in the reader's own script comes before names in another one, so a Ukrainian reader
sees Cyrillic, Latin, Greek and the others Latin, Cyrillic, Greek; other scripts follow.
"""

import re
import unicodedata
from functools import cache, lru_cache, partial

from alliance.core.alphabets import PLAIN_LETTERS, Letters

_LATIN = {"en": "abcdefghijklmnopqrstuvwxyz", "pl": "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"}
_CYRILLIC = (
    "абвгґдђеєжзѕиіїјйклљмнњопрстћуфхцчџшщъыьэюя"  # Ukrainian order; guests where they are most at home
)
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"

_FIRST_LETTER = 0x100  # numbers and the space lie below
_NUMBERS = re.compile(r"(\d+)")
_LETTER = re.compile(r"[^\W\d_]")
_GAP = re.compile(r"[\s\-‐-―/]")
_LONGEST_NUMBER = 60  # digits that are compared; the length is one character


@cache
def _places(language: str) -> dict[str, str]:
    """Letter of the alphabets -> its character in a key."""
    latin = _LATIN.get(language, _LATIN["en"])
    order = (_CYRILLIC + latin if language == "uk" else latin + _CYRILLIC) + _GREEK
    return {letter: chr(_FIRST_LETTER + place) for place, letter in enumerate(order)}


def sort_key(text: str, language: str) -> str:
    """The key of ``text`` for readers of ``language``; a language without an alphabet here is ordered as English."""
    characters = _characters(language)
    pieces = _pieces(text)
    key = pieces[0].translate(characters)
    for at in range(1, len(pieces), 2):
        key += _number(pieces[at]) + pieces[at + 1].translate(characters)
    return " ".join(key.split())


@lru_cache(maxsize=1_000)  # most names are the same in every language
def _pieces(text: str) -> list[str]:
    """In lower case, text and numbers by turns."""
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    return _NUMBERS.split(text)


@cache
def _characters(language: str) -> Letters:
    """Character → its part of a key."""
    return Letters(partial(_part, places=_places(language)))


def _part(char: str, places: dict[str, str]) -> str:
    if unicodedata.category(char) in ("Lm", "Cf"):  # the apostrophe ʼ
        return ""
    if _GAP.match(char):
        return " "
    return _letter(char, places) if _LETTER.match(char) else ""


def _number(digits: str) -> str:
    """Digits that compare as a number: how many there are, then themselves."""
    plain = "".join(str(unicodedata.digit(digit, 0)) for digit in digits).lstrip("0")[:_LONGEST_NUMBER]
    return chr(ord("0") + len(plain)) + plain


def _letter(char: str, places: dict[str, str]) -> str:
    if char in places:
        return places[char]
    plain = char.translate(PLAIN_LETTERS)
    bases = "".join(
        base for base in unicodedata.normalize("NFD", plain) if unicodedata.category(base) != "Mn"
    )
    # A letter of no alphabet here stays itself; all of ours are at most a few dozen above _FIRST_LETTER.
    return "".join(
        places.get(base, base if ord(base) > _FIRST_LETTER + len(places) else "") for base in bases
    )
