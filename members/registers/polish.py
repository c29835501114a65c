"""Polish forms of Ukrainian names that have no established exonym: the transcription of the Commission on
Standardization of Geographical Names (KSNG) and the PWN dictionary, and the adjective of a raion's name."""

import re

SIMPLE = {
    "а": "a", "б": "b", "в": "w", "г": "h", "ґ": "g", "д": "d", "е": "e", "ж": "ż", "з": "z", "и": "y",
    "і": "i", "ї": "ji", "й": "j", "к": "k", "л": "ł", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "ch", "ц": "c", "ч": "cz", "ш": "sz", "щ": "szcz",
}  # fmt: skip
SOFT = {"з": "ź", "н": "ń", "с": "ś", "ц": "ć", "л": "l"}
IOTATED = {"є": "e", "ю": "u", "я": "a"}
CONSONANTS = frozenset("бвгґджзйклмнпрстфхцчшщ")
APOSTROPHES = "'’ʼ`"
SOFTENING = frozenset("єіїьюя")


def transcribe(text: str) -> str:
    """A Ukrainian name in Polish letters: ``Юріївка`` → ``Jurijiwka``, ``Полянка`` → ``Polanka``."""
    return re.sub(r"[^\W\d_]+(?:['’ʼ`][^\W\d_]+)*", lambda word: _word(word[0]), text)


def _word(word: str) -> str:
    letters = word.lower()
    out = "".join(_letter(letters, position) for position in range(len(letters)))
    if word.isupper() and len(word) > 1:
        return out.upper()
    return out[:1].upper() + out[1:] if word[:1].isupper() else out


def _letter(word: str, at: int) -> str:
    letter, before, after = word[at], word[at - 1 : at], word[at + 1 : at + 2]
    if letter in APOSTROPHES:
        return ""
    if letter == "ь":
        # Before о it is written as i (Сьомаки: Siomaky); after л both vanish into l.
        return "i" if after == "о" and before != "л" else ""
    if letter in IOTATED:
        if before == "л":
            return IOTATED[letter]
        return ("i" if before in CONSONANTS and before != "й" else "j") + IOTATED[letter]
    if letter == "л" and after and after in SOFTENING:
        return "l"
    if letter in SOFT and after == "ь" and word[at + 2 : at + 3] != "о":
        return SOFT[letter]
    return SIMPLE.get(letter, letter)


def adjective(text: str) -> str:
    """The Polish adjective of a transcribed Ukrainian one: ``Бахчисарайський`` → ``bachczysarajski``."""
    plain = transcribe(text).lower()
    return re.sub(r"([śćźs]|dz|c|z)kyj$", lambda end: end[1].translate(HARD) + "ki", plain)


HARD = str.maketrans("śćź", "scz")
