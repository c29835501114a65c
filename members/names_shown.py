"""Which name of a member a reader sees, and in which language it is. Pure; pages, cards and structured data ask it."""

from functools import cache
from typing import Any

from babel.languages import get_official_languages

from alliance.core.languages import LANGUAGES, Shown, reader_language

# CLDR names several for Ukraine; the language of the state is one.
STATE_LANGUAGES = {"UA": "uk", "XK": "sq"}


def name_of(member: Any, language: str | None = None) -> Shown:
    """The name for a reader: in their language, else the official one with the language that it is in.

    The same choice as the order columns make (`members.names`), so that a list stands in the order it shows.
    """
    wanted = language or reader_language()
    if text := getattr(member, f"name_{wanted}"):
        return Shown(text, wanted, False)
    text = member.official_name
    code = next(
        (code for code in LANGUAGES if getattr(member, f"name_{code}") == text), ""
    ) or official_language(member.country)
    return Shown(text, code, bool(code) and code != wanted)


@cache
def official_language(country: str) -> str:
    """The language of a country's authorities; empty where there are several."""
    if country in STATE_LANGUAGES:
        return STATE_LANGUAGES[country]
    languages = get_official_languages(country)
    return languages[0] if len(languages) == 1 else ""
