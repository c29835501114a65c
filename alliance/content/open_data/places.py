"""Places of the registers as open data. Pure."""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import (
    CLOSED,
    Country,
    Latitude,
    Longitude,
    Names,
    PlaceCode,
    PlaceRegister,
    RegionCode,
    names,
    region_code,
    rounded,
)
from members.models import Place

LEVELS = (Place.Level.MUNICIPALITY.value, Place.Level.REGION.value)


class PlaceData(BaseModel):
    """A territorial unit that is, or can become, a member: a hromada, a municipality, a region."""

    model_config = CLOSED
    place_register: PlaceRegister
    place_code: PlaceCode
    level: Annotated[Literal[*LEVELS], Meaning(_("Municipality (in Ukraine a hromada) or region."))]
    category: Annotated[
        str | None, Meaning(_("What its register calls it: H a hromada, K a city with special status."))
    ]
    country: Country
    official_name: Annotated[str, Meaning(_("The name in the register."))]
    name: Annotated[Names, Meaning(_("The name in each language."))]
    region_code: RegionCode
    district_code: Annotated[
        str | None, Meaning(_("The raion or district above it, by its code."), standard="KATOTTH, NUTS 3")
    ]
    lat: Latitude
    lon: Longitude
    population: Annotated[int | None, Meaning(_("Inhabitants, by its register."), unit=_("people"))]
    population_year: Annotated[int | None, Meaning(_("The year of that number."))]
    member: Annotated[str | None, Meaning(_("The member that stands for it, by its id."))]


def place_row(place: Place, member: str | None) -> dict[str, Any]:
    """Of a place with its region and district at hand, and the id of its member."""
    return {
        "place_register": place.register,
        "place_code": place.code,
        "level": place.level,
        "category": place.category or None,
        "country": place.country,
        "official_name": place.official_name,
        "name": names(place),
        "region_code": region_code(place),
        "district_code": place.parent.code if place.parent and place.parent.level == "district" else None,
        "lat": rounded(place.lat),
        "lon": rounded(place.lon),
        "population": place.population,
        "population_year": place.population_year,
        "member": member,
    }
