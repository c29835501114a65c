"""Which name of a member a reader sees, and in which language it is. Pure; pages, cards and structured data ask it."""

from functools import cache
from typing import Any

from babel.languages import get_official_languages
from django.utils.translation import gettext as _

from alliance.core.countries import country_name
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


def place_of(member: Any) -> str:
    """Hromada and oblast, or town and country: never more than the register says of the authority."""
    if member.place is None:
        return country_name(member.country) if member.country else ""
    around = member.place.region if member.country == "UA" else None
    names = [member.place.name, around.name if around else country_name(member.country)]
    return ", ".join(dict.fromkeys(names))


# --- A member that is not named in public ------------------------------------------------------------------


def is_its_region(member: Any) -> bool:
    """Whether naming the region names the member: an oblast, Kyiv, Sevastopol."""
    place = member.place
    return place is not None and (place.level == "region" or place.region_id == place.pk)


def hidden_place_of(member: Any) -> str:
    """The region, unless that says who it is; outside Ukraine with the country."""
    names = [country_name(member.country)] if member.country else []
    if member.place and member.place.region and not is_its_region(member):
        names = [member.place.region.name, *(names if member.country != "UA" else [])]
    return ", ".join(names)


def hidden_name_of(member: Any) -> str:
    """“a hromada in Kharkiv Oblast”: what everyone reads instead of the name."""
    area = {"area": hidden_place_of(member)}
    if member.kind == "municipality":
        if member.country == "UA":
            return _("a hromada in %(area)s") % area
        return _("a municipality in %(area)s") % area
    if member.kind == "region":
        return _("a region in %(area)s") % area
    if member.kind == "association":
        return _("an association of authorities in %(area)s") % area
    return _("an institution in %(area)s") % area
