"""Places of the registers as open data. Pure."""

from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED, Names, Number, names, region_code, rounded
from members.models import Place

LEVELS = (Place.Level.MUNICIPALITY.value, Place.Level.REGION.value)


class PlaceData(BaseModel):
    """A territorial unit that is, or can become, a member: a hromada, a municipality, a region."""

    model_config = CLOSED
    place_register: Annotated[
        str,
        Meaning(_("The register that lists the place: katotth, lau, nuts, table or own.")),
    ]
    place_code: Annotated[
        str, Meaning(_("The code of the place in its register."), standard="KATOTTH, LAU, NUTS")
    ]
    level: Annotated[Literal[*LEVELS], Meaning(_("Municipality (in Ukraine a hromada) or region."))]
    category: Annotated[
        str | None, Meaning(_("What its register calls it: H a hromada, K a city with special status."))
    ]
    country: Annotated[str, Meaning(_("The country."), standard="ISO 3166-1 alpha-2")]
    official_name: Annotated[str, Meaning(_("The name in the register."))]
    name: Annotated[Names, Meaning(_("The name in each language."))]
    region_code: Annotated[
        str | None,
        Meaning(_("The oblast or region that it is or lies in, by its code."), standard="KATOTTH, NUTS 2"),
    ]
    district_code: Annotated[
        str | None, Meaning(_("The raion or district above it, by its code."), standard="KATOTTH, NUTS 3")
    ]
    lat: Annotated[
        Number | None,
        Meaning(
            _("Latitude of its seat or centre, rounded to about ten metres."), standard="WGS 84", unit="°"
        ),
    ]
    lon: Annotated[
        Number | None,
        Meaning(
            _("Longitude of its seat or centre, rounded to about ten metres."), standard="WGS 84", unit="°"
        ),
    ]
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
