"""Names of countries and languages in the reader's language (from CLDR), and which of them forms offer."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from django.utils import timezone
from django.utils.functional import lazy

from alliance.core.languages import reader_language

# Members of the Council of Europe, and Kosovo; then partners overseas.
EUROPE = (
    "AD AL AM AT AZ BA BE BG CH CY CZ DE DK EE ES FI FR GB GE GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO "
    "PL PT RO RS SE SI SK SM TR UA XK"
)
OVERSEAS = "AU CA IL JP KR NZ US"
COUNTRIES = tuple(f"{EUROPE} {OVERSEAS}".split())

# The official languages of the EU, and those of candidates and neighbours.
SPOKEN = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv uk bs ka mk no sq sr tr"

# In the order in which the EU's institutions list their languages (by the languages' own names), then Ukrainian: what
# files and films of the Alliance may be in.
OWN_NAME_ORDER = "bg es cs da de et el en fr ga hr it lv lt hu mt nl pl pt ro sk sl fi sv uk"
PUBLISHED_IN = tuple(OWN_NAME_ORDER.split())

# What offices write, where the Unicode list says less or otherwise.
OFFICIAL = {
    ("NL", "pl"): "Niderlandy",
    # With the mark of the European Union; `components/name_note.html` says what it means.
    ("XK", "en"): "Kosovo*",
    ("XK", "pl"): "Kosowo*",
    ("XK", "uk"): "Косово*",
}

# Countries with several clocks in CLDR, or none: the capital's. All of Ukraine lives by Kyiv's.
CAPITAL_ZONES = {
    "PT": "Europe/Lisbon",
    "ES": "Europe/Madrid",
    "DE": "Europe/Berlin",
    "UA": "Europe/Kyiv",
    "CY": "Asia/Nicosia",
    "XK": "Europe/Belgrade",
    "AU": "Australia/Sydney",
    "CA": "America/Toronto",
    "NZ": "Pacific/Auckland",
    "US": "America/New_York",
}


@lru_cache(maxsize=16)
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def country_name(code: str, language: str | None = None) -> str:
    """“Польща” for ``PL``; the code itself where there is no such country."""
    code, language = code.upper(), language or reader_language()
    return OFFICIAL.get((code, language)) or _locale(language).territories.get(code, code)


def language_name(code: str, language: str | None = None) -> str:
    """“польська” for ``pl``."""
    return _locale(language or reader_language()).languages.get(code.lower(), code)


# For labels of fields, which are written before the reader is known.
language_name_lazy = lazy(language_name, str)


def native_name(code: str) -> str:
    """“українська” for ``uk``: what the language calls itself."""
    return language_name(code, code)


def published_in_choices() -> list[tuple[str, str]]:
    """The languages that something published may be in, each under its own name."""
    return [(code, native_name(code)) for code in PUBLISHED_IN]


def country_choices() -> list[tuple[str, str]]:
    """Ukraine first, then Europe and overseas by name."""
    rest = sorted(((code, country_name(code)) for code in COUNTRIES if code != "UA"), key=_by_name)
    return [("UA", country_name("UA")), *rest]


def language_choices() -> list[tuple[str, str]]:
    """The portal's three languages first, then the others by name."""
    first = ["uk", "pl", "en"]
    rest = sorted(((code, language_name(code)) for code in SPOKEN.split() if code not in first), key=_by_name)
    return [*((code, language_name(code)) for code in first), *rest]


def official_languages(country: str) -> list[str]:
    """The languages of a whole country, e.g. ``["de", "fr", "it"]`` for ``CH``."""
    return [code for code in get_official_languages(country, de_facto=True) if code in SPOKEN.split()]


def _by_name(choice: tuple[str, str]) -> str:
    """Alphabetical enough for a list of choices: Ukrainian letters that Unicode puts elsewhere come right."""
    letters = {"Є": "Ея", "І": "Ия", "Ї": "Ияя", "Ґ": "Гя", "Ł": "Lz", "Ś": "Sz", "Ż": "Zz", "Ź": "Zy"}
    return "".join(letters.get(letter, letter) for letter in choice[1].upper())


def clock_of(country: str) -> ZoneInfo:
    """The time zone that people of a country read a moment in; the portal's own where it has several."""
    zones = get_global("territory_zones").get(country, [])
    name = CAPITAL_ZONES.get(country) or (zones[0] if len(zones) == 1 else "")
    return ZoneInfo(name) if name else timezone.get_default_timezone()
