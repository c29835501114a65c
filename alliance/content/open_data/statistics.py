"""Figures of the Alliance as open data, each counted from rows that everyone may read and recount. Pure.

So nothing has to be kept back here; figures that also count what is not public stand in the evidence, where small cells
are suppressed.
"""

from datetime import date
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED


class CountData(BaseModel):
    """How many rows have a value."""

    model_config = CLOSED
    value: Annotated[str, Meaning(_("The code that is counted."))]
    count: Annotated[int, Meaning(_("How many rows have it."))]


Counts = list[CountData]


class StatisticsData(BaseModel):
    """The Alliance in figures."""

    model_config = CLOSED
    day: Annotated[date, Meaning(_("The day of these figures."), standard="ISO 8601")]
    members_by_country: Annotated[
        Counts, Meaning(_("Members of each country."), standard="ISO 3166-1 alpha-2")
    ]
    members_by_kind: Annotated[Counts, Meaning(_("Members of each kind."))]
    members_by_class: Annotated[Counts, Meaning(_("Members of each class of partner."))]
    needs: Annotated[int, Meaning(_("Open needs that everyone may read."))]
    needs_by_sector: Annotated[Counts, Meaning(_("Of these in each sector; one need can stand in several."))]
    offers: Annotated[int, Meaning(_("Open offers that everyone may read."))]
    offers_by_sector: Annotated[
        Counts, Meaning(_("Of these in each sector; one offer can stand in several."))
    ]
    twinnings_by_stage: Annotated[
        Counts, Meaning(_("Partnerships at each stage, those that ended included."))
    ]
    hromadas: Annotated[
        int,
        Meaning(_("Hromadas for each of which a partner is wanted now, without those of occupied Crimea.")),
    ]
    hromadas_with_partner: Annotated[
        int, Meaning(_("Of these with a partner outside Ukraine, from the solidarity contact on."))
    ]
    promises: Annotated[
        Counts,
        Meaning(_("Lines of promises by what became of them; the codes are those of the filter figure.")),
    ]


def counts(found: dict[str, int]) -> list[dict[str, str | int]]:
    """In the order of the codes; what does not occur is left out."""
    return [{"value": value, "count": found[value]} for value in sorted(found) if value and found[value]]
