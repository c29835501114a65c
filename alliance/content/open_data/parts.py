"""What several sets have in common: names and texts in three languages, places, numbers. Pure."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, WithJsonSchema

from alliance.content.open_data.meaning import Meaning
from alliance.core.languages import LANGUAGES
from alliance.core.units import plain

# Numbers as they are: 6, not 6.0, and never a text.
Number = Annotated[int | float, WithJsonSchema({"type": "number"})]
# What answers are written with: a key that nobody described fails the tests.
CLOSED = ConfigDict(extra="forbid")

PlaceRegister = Annotated[
    str, Meaning(_("The register that lists the place: katotth, lau, nuts, table or own."))
]
PlaceCode = Annotated[
    str, Meaning(_("The code of the place in its register."), standard="KATOTTH, LAU, NUTS")
]
Country = Annotated[str, Meaning(_("The country."), standard="ISO 3166-1 alpha-2")]
RegionCode = Annotated[
    str | None,
    Meaning(_("The oblast or region that it is or lies in, by its code."), standard="KATOTTH, NUTS 2"),
]
Latitude = Annotated[
    Number | None,
    Meaning(_("Latitude of its seat or centre, rounded to about ten metres."), standard="WGS 84", unit="°"),
]
Longitude = Annotated[
    Number | None,
    Meaning(_("Longitude of its seat or centre, rounded to about ten metres."), standard="WGS 84", unit="°"),
]


class Names(BaseModel):
    """A name in each language; null where a language has none."""

    model_config = CLOSED
    en: Annotated[str | None, Meaning(_("In English."), standard="ISO 639-1")]
    pl: Annotated[str | None, Meaning(_("In Polish."), standard="ISO 639-1")]
    uk: Annotated[str | None, Meaning(_("In Ukrainian."), standard="ISO 639-1")]


class Original(BaseModel):
    model_config = CLOSED
    language: Annotated[str, Meaning(_("The language that it was written in."), standard="ISO 639")]
    text: Annotated[str, Meaning(_("The words of its author."))]


class Text(BaseModel):
    """What people wrote, and what people translated; machine translations are no part of the data."""

    model_config = CLOSED
    en: Annotated[str | None, Meaning(_("In English."), standard="ISO 639-1")]
    pl: Annotated[str | None, Meaning(_("In Polish."), standard="ISO 639-1")]
    uk: Annotated[str | None, Meaning(_("In Ukrainian."), standard="ISO 639-1")]
    original: Annotated[Original | None, Meaning(_("As it was written, in whatever language."))]


class PlaceRef(BaseModel):
    """An entry of an official register."""

    model_config = CLOSED
    place_register: PlaceRegister
    place_code: PlaceCode
    name: Annotated[Names, Meaning(_("The name of the place."))]
    country: Country
    region_code: RegionCode
    lat: Latitude
    lon: Longitude


# --- From rows ---------------------------------------------------------------------------------------------


def names(row: Any, field: str = "name") -> dict[str, str | None]:
    """The three columns of a name."""
    return {code: getattr(row, f"{field}_{code}") or None for code in LANGUAGES}


def text(row: Any, field: str) -> dict[str, Any]:
    """The three columns of a text and its original (`core.languages.WithOriginal`)."""
    found: dict[str, Any] = names(row, field)
    language = row.original_language
    words = found.get(language) or row.original_texts.get(field) or ""
    return found | {"original": {"language": language, "text": words} if words else None}


def place(row: Any) -> dict[str, Any] | None:
    """A place with its region at hand."""
    if row is None:
        return None
    return {
        "place_register": row.register,
        "place_code": row.code,
        "name": names(row),
        "country": row.country,
        "region_code": region_code(row),
        "lat": rounded(row.lat),
        "lon": rounded(row.lon),
    }


def region_code(row: Any) -> str | None:
    """The oblast or region that a place is or lies in."""
    if row is None:
        return None
    if row.region_id:
        return row.region.code
    return row.code if row.level == "region" else None


def rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 4)


def number(value: Decimal | None) -> int | float | None:
    """A quantity has at most three decimals, so nothing is lost."""
    if value is None:
        return None
    value = plain(value)
    return int(value) if value == value.to_integral_value() else float(value)


def day(moment: Any) -> date | None:
    """The day of a moment in UTC, as the files write it."""
    return moment.date() if moment else None
