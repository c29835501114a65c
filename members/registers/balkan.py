"""Latin letters for names in Bulgarian, Serbian and Macedonian Cyrillic, as each state writes them; `core.spelling`
knows Ukraine's rules, by which Пловдив would be Plovdyv and Београд Beohrad."""

BULGARIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "y", "к": "k",
    "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "h",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a", "ь": "y", "ю": "yu", "я": "ya",
}  # fmt: skip
SERBIAN = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "е": "e", "ж": "ž", "з": "z", "и": "i", "ј": "j",
    "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "ћ": "ć", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "č", "џ": "dž", "ш": "š", "ѓ": "gj", "ќ": "kj", "ѕ": "dz",
}  # fmt: skip
LETTERS = {"BG": BULGARIAN, "RS": SERBIAN, "ME": SERBIAN, "MK": SERBIAN, "BA": SERBIAN, "XK": SERBIAN}


def romanised(text: str, country: str) -> str:
    """``text`` with the Cyrillic letters of the country written in Latin ones; other letters stay."""
    letters = LETTERS.get(country, {})
    return "".join(
        (letters[letter.lower()].capitalize() if letter.isupper() else letters[letter])
        if letter.lower() in letters
        else letter
        for letter in text
    )
