"""The facts of a draft as words of its languages, pure: ready forms, so that no name has to be inflected."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date

from alliance.core.countries import country_name, language_name
from partnerships.agreement_text import Facts, PartyFacts

# Offices of the European Union write days as the British do.
DAYS_AS_IN = {"en": "en_GB"}
MOST_YEARS = 20


def term(years: int | None, language: str) -> str:
    """“5 років” after «протягом», “5 lat” after “przez okres”; empty for an indefinite period."""
    if not years:
        return ""
    is_one = years % 10 == 1 and years % 100 != 11
    words = {
        "uk": "року" if is_one else "років",
        "pl": "roku" if years == 1 else "lat",
        "en": "year" if years == 1 else "years",
    }
    return f"{years} {words[language]}"


def languages(codes: Sequence[str], language: str) -> str:
    """“українською та польською”, “ukraińskim i polskim”, “Ukrainian and Polish”: as the templates go on from there."""
    names = [language_name(code, language) for code in codes]
    if language == "uk":
        return " та ".join(f"{name.removesuffix('а')}ою" for name in names)
    if language == "pl":
        return " i ".join(f"{name}m" for name in names)
    return " and ".join(names)


def day(moment: date, language: str) -> str:
    """The narrow space of CLDR before “р.” is hardly seen in print: offices write a whole one; no line ends at it."""
    words = format_date(moment, "long", locale=DAYS_AS_IN.get(language, language))
    return words.replace("\u202f", "\u00a0")


def facts_of(
    terms: Mapping[str, Any],
    areas: Sequence[str],
    *,
    index: int,
    version: int,
    written_on: date,
    language: str = "",
) -> Facts:
    """The facts in the first (0) or second (1) language of ``terms``, as a form stored them; ``areas`` are names of
    sectors in that language. ``language``: of a paper that is in another one and takes the names from there."""
    codes = terms["languages"]
    language = language or codes[index]
    parties = [
        PartyFacts(
            number=number,
            name=party["names"][index],
            country=country_name(party["country"], language),
            is_ukrainian=party["country"] == "UA",
            role=party["roles"][index],
            signatory=party["signatories"][index],
        )
        for number, party in enumerate(terms["parties"], 1)
    ]
    words = {
        "place": terms["places"][index],
        "term": term(terms["years"], language),
        "languages": languages(codes, language),
        "copies": str(len(parties)),
        "draft_version": str(version),
        "draft_date": day(written_on, language),
    }
    clauses = [line.strip() for line in terms["clauses"][index].splitlines() if line.strip()]
    return Facts(parties=parties, areas=areas, clauses=clauses, words=words)
