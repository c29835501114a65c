"""A member as one side of a need, a promise or a partnership: by its id, or as everyone may describe it. Pure."""

from typing import Annotated, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED, Names, region_code
from alliance.core.audience import Audience, visible
from alliance.core.languages import LANGUAGES
from members.names_shown import is_its_region
from partnerships.names_shown import named


class Side(BaseModel):
    """Who needs, offers, gives or receives."""

    model_config = CLOSED
    id: Annotated[str | None, Meaning(_("The member, by its id; null where it is not named in public."))]
    name: Annotated[Names, Meaning(_("Its name; where it is not named, what it is and in which region."))]
    country: Annotated[str, Meaning(_("The country."), standard="ISO 3166-1 alpha-2")]
    region_code: Annotated[
        str | None,
        Meaning(_("Its oblast or region, unless that says who it is."), standard="KATOTTH, NUTS 2"),
    ]


def side_row(row: Any, field: str) -> dict[str, Any]:
    """The member in ``field`` of ``row``, as `named()` shows it to everyone."""
    member, found, slug = getattr(row, field), {}, ""
    for code in LANGUAGES:
        with override(code):
            shown = named(row, field, Audience.PUBLIC)
        found[code], slug = shown.name.text, shown.slug
    is_named = visible(row, field, Audience.PUBLIC)
    region = region_code(member.place) if is_named or not is_its_region(member) else None
    return {"id": slug or None, "name": found, "country": member.country, "region_code": region}
