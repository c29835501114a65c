"""Currencies that forms offer, in the reader's words (from CLDR). Amounts stay in the currency they were written in."""

from functools import cache

from babel import Locale

from alliance.core.languages import reader_language

# What partners of the Alliance most often give and ask for comes first; the others by code.
FIRST = ("EUR", "UAH", "PLN", "USD")
OTHERS = (
    *(
        "ALL",
        "AMD",
        "AUD",
        "AZN",
        "BAM",
        "CAD",
        "CHF",
        "CZK",
        "DKK",
        "GBP",
        "GEL",
        "HUF",
        "ILS",
        "ISK",
        "JPY",
    ),
    *("KRW", "MDL", "MKD", "NOK", "NZD", "RON", "RSD", "SEK", "TRY"),
)
CURRENCIES = (*FIRST, *OTHERS)


@cache
def _names(language: str) -> dict[str, str]:
    known = Locale.parse(language).currencies
    return {code: known.get(code, code) for code in CURRENCIES}


def currency_choices() -> list[tuple[str, str]]:
    """“EUR – euro”."""
    return [(code, f"{code} – {name}") for code, name in _names(reader_language()).items()]
