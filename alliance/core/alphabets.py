"""Letters of the alphabets that names come in: look-alikes, letters with strokes, Latin forms. Pure tables and the few
functions on them; core.spelling and core.collation build on it."""

import re
import unicodedata
from collections.abc import Callable

import translitua


def table(letters: str) -> dict[str, str]:
    """ "ł=l ß=ss" as a dictionary."""
    return {letter: plain for letter, _, plain in (pair.partition("=") for pair in letters.split())}


# Letters that Unicode does not take apart into a base and an accent (lower case).
PLAIN_LETTERS = str.maketrans(table("ł=l ø=o đ=d ð=d ß=ss æ=ae œ=oe þ=th ı=i ħ=h ŋ=n ŧ=t ĸ=k ə=a ґ=г"))


class Letters(dict):
    """Code of a character → what ``become`` makes of it, for `str.translate`; filled as characters come, which is what
    makes it fast."""

    MOST = 10_000

    def __init__(self, become: Callable[[str], str]) -> None:
        super().__init__()
        self.become = become

    def __missing__(self, code: int) -> str:
        letter = self.become(chr(code))
        if len(self) < self.MOST:
            self[code] = letter
        return letter


# --- Look-alikes: a Latin i typed inside a Cyrillic word, a Cyrillic а inside a Latin one ---------------------------

_LATIN_TWINS = "AaBCcEeHIiKMOoPpTXxyÏïËë"
_CYRILLIC_TWINS = "АаВСсЕеНІіКМОоРрТХхуЇїЁё"
_TO_CYRILLIC = str.maketrans(_LATIN_TWINS, _CYRILLIC_TWINS)
_TO_LATIN = str.maketrans(_CYRILLIC_TWINS, _LATIN_TWINS)
_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_MIXED_WORD = re.compile(rf"[{_LATIN}Ѐ-ӿ]*(?:[{_LATIN}][Ѐ-ӿ]|[Ѐ-ӿ][{_LATIN}])[{_LATIN}Ѐ-ӿ]*")
_CYRILLIC_LETTER = re.compile("[Ѐ-ӿ]")


def repair_lookalikes(text: str) -> str:
    """Every word in one alphabet, where look-alikes alone stood in the way; a truly mixed word stays."""
    return _MIXED_WORD.sub(_repair_word, text) if _CYRILLIC_LETTER.search(text) else text


def _repair_word(match: re.Match) -> str:
    word = match[0]
    cyrillic = [char for char in word if _CYRILLIC_LETTER.match(char)]
    strange_in_latin = any(char not in _CYRILLIC_TWINS for char in cyrillic)
    strange_in_cyrillic = any(not _CYRILLIC_LETTER.match(char) and char not in _LATIN_TWINS for char in word)
    if strange_in_latin and strange_in_cyrillic:
        return word
    if strange_in_latin or (not strange_in_cyrillic and 2 * len(cyrillic) >= len(word)):
        return word.translate(_TO_CYRILLIC)
    return word.translate(_TO_LATIN)


# --- Latin forms -------------------------------------------------------------------------------------------------

_RUSSIAN = table(
    "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=y к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh "
    "щ=shch ъ= ы=y ь= э=e ю=yu я=ya ў=u і=i ї=i є=ie ґ=g ѝ=i ј=j"
)
_BULGARIAN = _RUSSIAN | table("щ=sht ъ=a х=h")
_SERBIAN = _RUSSIAN | table("ж=z ш=s ч=c ц=c х=h љ=lj њ=nj ћ=c ђ=dj џ=dz ѓ=g ќ=k ѕ=dz")
_TELLTALES = (
    (re.compile("[ыэё]"), _RUSSIAN),
    (re.compile("ъ"), _BULGARIAN),
    (re.compile("[јљњћђџѓќѕ]"), _SERBIAN),
)
_GREEK = table(
    "ου=ou αυ=av ευ=ev ηυ=iv γγ=ng γξ=nx γχ=nch α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r "
    "σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o"
)
_GREEK_SOUND = re.compile("|".join(_GREEK))
_GREEK_LETTER = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
OTHER_ALPHABET = re.compile("[\u0370-\u03ff\u1f00-\u1fffЀ-ӿ]")
_FOREIGN_WORD = re.compile("[\u0370-\u03ff\u1f00-\u1fff]+|[Ѐ-ӿ'’ʼ]+")


def romanise(text: str) -> str:
    """Cyrillic and Greek words in Latin letters, the rest untouched. Which Cyrillic it is, the whole text tells."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFC", text)
    if not OTHER_ALPHABET.search(text):
        return text
    lower = text.lower()
    rules = next((rules for letters, rules in _TELLTALES if letters.search(lower)), None)
    return _FOREIGN_WORD.sub(lambda match: _romanise_word(match[0], rules), text)


def _romanise_word(word: str, rules: dict[str, str] | None) -> str:
    lower = word.lower()
    if _GREEK_LETTER.match(lower):
        plain = "".join(
            char for char in unicodedata.normalize("NFD", lower) if not unicodedata.combining(char)
        )
        return _cased(_GREEK_SOUND.sub(lambda match: _GREEK[match[0]], plain), word)
    if not _CYRILLIC_LETTER.search(word):  # apostrophes alone
        return word
    if rules:
        return _cased("".join(rules.get(char, char) for char in lower), word)
    return translitua.translit(word)


def _cased(latin: str, original: str) -> str:
    if original.isupper() and len(original) > 1:
        return latin.upper()
    return latin.capitalize() if original[:1].isupper() else latin
