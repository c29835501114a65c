"""One name, many spellings: what lets a reader find a place or a member whatever alphabet or habit they type in.

Importers call `clean_name`; whoever stores a name calls `spellings`; whoever searches calls `place_query`. The column
and the query are made by the same functions, so they always agree. No list of names lives here: an exonym with
another root (Lemberg for Львів) must come in as one more name of the place.

**The search column** (`spellings`) is a list of terms joined by single spaces, for `to_tsvector('simple', column)`:

    Біла Церква  ->  біла церква bila tserkva 0bl 0srkv 0blsrkv

- words of `fold`: lower case, no accents, no apostrophes; in the alphabet of the name, then in Latin letters;
- `0…`: how each word and the whole name sound (`skeleton`). No word of a name begins with a zero and a letter.

**The query** (`place_query`) is a string for `to_tsquery('simple', …)`: every word must be there, as it is written or
as it sounds (in two ways where j, ch, c or rz differ between languages); the last word may be unfinished:

    Belaja cer  ->  (belaja | 0bl | 0bls) & (cer:* | 0sr) | 0blsr:*

Rank what comes back: an equal `fold` first, then a beginning, then a sound.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice, product

from alliance.core.alphabets import OTHER_ALPHABET, PLAIN_LETTERS, Letters, repair_lookalikes, romanise

MAX_QUERY = 200  # characters of a query that are read; the longest official name is shorter
MAX_WORDS = 8  # words of a query that are read
SKELETON = "0"  # begins every skeleton term
MIN_SOUNDS = 2  # one consonant says nothing
PREFIX_SOUNDS = 3  # an unfinished word is completed by its sound from so many consonants on
MAX_READINGS = 4  # of one word whose letters sound differently in different languages

_APOSTROPHES = "'’‘ʼʹ′`´ʻ‛＇"
_BETWEEN_LETTERS = re.compile(rf"[{_APOSTROPHES}\"“”*](?<=[^\W\d_].)(?=[^\W\d_])")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_NO_WORD = re.compile(r"[\W_]+")
_WHOLE_LETTERS = "йї"  # letters of their own that Unicode would take apart


# --- Writing -----------------------------------------------------------------------------------------------------


def clean_name(text: str) -> str:
    """A name from a register or a form as it should be stored: NFC, single ordinary spaces, no invisible characters,
    words in one alphabet (a Latin i inside a Cyrillic word is mended), ʼ in Cyrillic and ’ in Latin words."""
    if text.isascii() and text.isprintable():  # most names of most registers
        return _BETWEEN_LETTERS.sub(_apostrophe, " ".join(text.split()))
    text = unicodedata.normalize("NFC", text).translate(_CLEAN)
    text = repair_lookalikes(" ".join(text.split()))
    return _BETWEEN_LETTERS.sub(_apostrophe, text)


def _apostrophe(match: re.Match) -> str:
    if _CYRILLIC.match(match.string[match.start() - 1]):
        return "ʼ"
    return "’" if match[0] in _APOSTROPHES else match[0]


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace() or category in ("Cc", "Zs", "Zl", "Zp"):
        return " "
    return "" if category == "Cf" else char


_CLEAN = Letters(_visible)


def fold(text: str) -> str:
    """Words in lower case without accents and apostrophes, parted by single spaces; the alphabet stays. Idempotent.

    >>> fold("  Kam’yanets`-PODÍLSKYI ")
    'kamyanets podilskyi'
    """
    for _ in range(4):  # a few exotic letters take two rounds
        text, before = _fold_once(text), text
        if text.isascii() or text == before:
            break
    return text


def _fold_once(text: str) -> str:
    if not text.isascii():
        text = repair_lookalikes(unicodedata.normalize("NFKC", text))
        text = unicodedata.normalize("NFC", text.casefold())
    return " ".join(text.translate(_FOLDED).split())


def _folded(char: str) -> str:
    plain = PLAIN_LETTERS.get(ord(char), char.lower() if char.isascii() else char)
    plain = "".join(part if part in _WHOLE_LETTERS else _without_accent(part) for part in plain)
    return _NO_WORD.sub(" ", plain)


_FOLDED = Letters(_folded)


def _without_accent(char: str) -> str:
    if char in _APOSTROPHES or unicodedata.category(char) == "Cf":
        return ""
    parts = unicodedata.normalize("NFD", char)
    return "".join(part for part in parts if unicodedata.category(part) not in ("Mn", "Me"))


def latin(text: str) -> str:
    """In Latin letters, capitals kept: Ukrainian by the rules of 2010 (KMU), Greek by ELOT 743, other Cyrillic in the
    way English texts have it. Latin text and other scripts stay as they are."""
    return romanise(text)


# --- Sound -------------------------------------------------------------------------------------------------------
# Letters of a word in Latin script, and the consonants that are heard; rival readings are parted by "/". Merged on
# purpose: everything that hisses (ż zh sch j č ch cz ts c z s), h with g and kh (Чернігів, Chernigov), v with w.
# Vowels differ too much from language to language (Харків, Charków): only one at the beginning is heard, as "a"; the
# others (".") still part two consonants. Common letters stand first where the order is free: that is faster.

_HISSING = str.maketrans(
    dict.fromkeys("čćĉċ", "cz")
    | dict.fromkeys("šśŝșşç", "sh")
    | dict.fromkeys("žźż", "zh")
    | {"ą": "on", "ę": "en"}
    # Cyrillic at once as one sound each, which ch, zh, sh are not.
    | dict.fromkeys("жзчшщцс", "s")
    | dict.fromkeys("гґх", "g")
    | {"ў": "v"}
)
_SOUNDS = (
    (r"^j(?=[iy])", "s/a"),  # Jitomir; Jihlava
    (r"^[jy]*[aeiouy]+", "a"),  # Ялта, Yalta, Jalta
    (r"[aeiouy]+", "."),
    (r"l", "l"),
    (r"m|n(?=[bp])", "m"),
    (r"n", "n"),
    (r"v|w", "v"),
    (r"schtsch|stsch|shch|shh|szcz|chtch|tsch|tch|tsh|tx|sh|sz|cz|tz|ts|cs|zh(?!h)|z(?=gh)", "s"),
    (r"sch", "s/sh"),  # Schytomyr; Schodnica
    (r"dj|dsch|dzh|dz|ds", "ds"),
    (r"ck", "sk/k"),  # Łuck; Osnabrück
    (r"^ch(?=[^eiy])|ch(?=[^aeiouy])", "h/s"),  # Charków; Chasiv Yar
    (r"ch", "s/h"),  # Chernihiv; Cherson
    (r"c(?=[eiy])|s|z", "s"),
    (r"^c", "k/s"),
    (r"c", "s/k"),  # Winnica, Bracław; Lucca
    (r"kh|gh|g|h", "h"),
    (r"k|qu|q", "k"),
    (r"j", "/s"),  # Kijów; Oujhorod
    (r"ph|f", "f"),
    (r"rz", "r/s"),  # Żytomierz; Rzeszów in Ukrainian
    (r"rh|r", "r"),
    (r"th|t", "t"),
    (r"x", "ks"),
    *((letter, letter) for letter in "bdp"),
    (r".", "."),
)
_SOUND = re.compile("|".join(f"({letters})" for letters, _ in _SOUNDS))
_HEARD = [f"|{sound}|" if "/" in sound else sound for _, sound in _SOUNDS]
_UNHEARD = re.compile(r"\.|(.)(?=\1)")  # of doubled sounds the last is heard


def _readings(word: str) -> tuple[str, ...]:
    """How one folded-but-accented lower-case Latin word may sound, the likeliest first."""
    heard = _SOUND.sub(lambda match: _HEARD[match.lastindex - 1], word)
    if "|" not in heard:
        return (_UNHEARD.sub("", heard),)
    rivals = [part.split("/") for part in heard.split("|")]
    readings = (_UNHEARD.sub("", "".join(sounds)) for sounds in product(*rivals))
    return tuple(dict.fromkeys(islice(readings, MAX_READINGS)))


def _parts(text: str) -> list[str]:
    """What is heard on its own, and remembered: the words; in other alphabets the whole text, which alone tells
    Ukrainian from Bulgarian."""
    return [text] if OTHER_ALPHABET.search(text.casefold()) else text.split()


@lru_cache(maxsize=30_000)
def _words(part: str) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The words as they are written, in their alphabet and in Latin letters, and how each may sound."""
    written = sounding = fold(part).split()
    if not part.isascii():
        if (roman := latin(part)) != part:
            written = written + fold(roman).split()
        part = unicodedata.normalize("NFC", clean_name(part).casefold())
        sounding = fold(romanise(part.translate(_HISSING))).split()
    return tuple(written), tuple(map(_readings, sounding))


def _sounding_words(text: str) -> list[tuple[str, ...]]:
    return [readings for part in _parts(text) for readings in _words(part)[1]]


def skeleton(text: str) -> str:
    """How a name sounds: one key for its spellings in Ukrainian, Latin (KMU), Polish, German, French, English and from
    Russian. Consonants only, words run together; "" where nothing is heard.

    >>> {skeleton(name) for name in ("Житомир", "Zhytomyr", "Żytomierz", "Schytomyr", "Jitomir")}
    {'stmr'}
    """
    return "".join(readings[0] for readings in _sounding_words(text))


# --- Column and query --------------------------------------------------------------------------------------------


def spellings(names: Iterable[str]) -> str:
    """The search column for a thing with these names; see the top of the module."""
    written, heard = [], []
    for name in names:
        whole = ""
        for part in _parts(name):
            words, sounding = _words(part)
            written += words
            for readings in sounding:
                heard += readings
                whole += readings[0]
        heard.append(whole)
    sounds = [SKELETON + sound for sound in heard if len(sound) >= MIN_SOUNDS]
    return " ".join(dict.fromkeys(written + sounds))


def place_query(text: str, *, unfinished: bool = True) -> str:
    """What to_tsquery('simple', …) must be asked for the names that someone means by ``text``; "" for nothing.

    Only letters, digits and the operators made here reach it, so no input can break its syntax."""
    text = text[:MAX_QUERY]
    words = fold(text).split()[:MAX_WORDS]
    sounding = _sounding_words(text)[:MAX_WORDS]
    if len(sounding) != len(words):
        sounding = [_readings(fold(latin(word))) for word in words]
    last = len(words) - 1
    every = [
        _alternatives(word, sounds, unfinished and position == last)
        for position, (word, sounds) in enumerate(zip(words, sounding, strict=True))
    ]
    query = " & ".join(every)
    whole = "".join(readings[0] for readings in sounding)
    if last > 0 and len(whole) >= MIN_SOUNDS:
        query += f" | {SKELETON}{whole}" + (":*" if unfinished else "")
    return query


def _alternatives(word: str, sounds: tuple[str, ...], unfinished: bool) -> str:
    written = dict.fromkeys((word, *fold(latin(word)).split()))
    terms = [spelling + (":*" if unfinished else "") for spelling in written]
    for sound in sounds:
        if len(sound) >= MIN_SOUNDS:
            terms.append(SKELETON + sound + (":*" if unfinished and len(sound) >= PREFIX_SOUNDS else ""))
    return terms[0] if len(terms) == 1 else f"({' | '.join(terms)})"
