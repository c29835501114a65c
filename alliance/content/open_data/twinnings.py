"""Partnerships as open data, each with those who stand by it. Pure."""

from datetime import date
from typing import Annotated, Any, Literal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED, Names, Original, PlaceRef, place
from alliance.core.languages import LANGUAGES
from alliance.core.links import absolute
from partnerships.models import Twinning
from partnerships.names_shown import party_named


class PartyData(BaseModel):
    """One side of a partnership: a member, a place that is no member yet, or a community by its name."""

    model_config = CLOSED
    id: Annotated[str | None, Meaning(_("The member, by its id; null where it is none."))]
    name: Annotated[Names, Meaning(_("The name in each language."))]
    country: Annotated[str, Meaning(_("The country."), standard="ISO 3166-1 alpha-2")]
    place: Annotated[PlaceRef | None, Meaning(_("Its entry in a register."))]


class TwinningData(BaseModel):
    """A partnership of two or more sides, from first contact to its end."""

    model_config = CLOSED
    id: Annotated[str, Meaning(_("Stays for ever."), of="partnerships.Twinning.slug")]
    url: Annotated[str, Meaning(_("Its page, for people."), of="partnerships.Twinning.slug")]
    stage: Annotated[
        Literal[*Twinning.Status.values],
        Meaning(
            _("How far it is, from first contact to agreement in force."), of="partnerships.Twinning.status"
        ),
    ]
    origin: Annotated[
        Literal[*Twinning.Origin.values],
        Meaning(_("Begun here, declared by its sides, or entered by the secretariat from a source.")),
    ]
    title: Annotated[
        Original | None, Meaning(_("In the words of its sides."), of="partnerships.Twinning.title")
    ]
    since_year: Annotated[
        int | None, Meaning(_("The year in which it began."), of="partnerships.Twinning.since_year")
    ]
    signed_on: Annotated[
        date | None,
        Meaning(_("The day of the agreement."), of="partnerships.Twinning.signed_on", standard="ISO 8601"),
    ]
    valid_until: Annotated[
        date | None,
        Meaning(
            _("The last day of the agreement."), of="partnerships.Twinning.valid_until", standard="ISO 8601"
        ),
    ]
    registry_number: Annotated[
        str | None,
        Meaning(
            _("Its number in Ukraine’s register of such agreements (law 3668-IX)."),
            of="partnerships.Twinning.registry_number",
        ),
    ]
    registered_on: Annotated[
        date | None,
        Meaning(
            _("The day of its registration."), of="partnerships.Twinning.registered_on", standard="ISO 8601"
        ),
    ]
    source: Annotated[
        str | None, Meaning(_("Where the secretariat read of it."), of="partnerships.Twinning.source_url")
    ]
    parties: Annotated[
        list[PartyData], Meaning(_("Who stands by it now."), of="partnerships.Twinning.parties")
    ]


def twinning_row(twinning: Twinning, parties: list[Any]) -> dict[str, Any]:
    """Of a public twinning and the parties that stand by it."""
    title = {"language": twinning.language, "text": twinning.title} if twinning.title else None
    return {
        "id": twinning.slug,
        "url": absolute(reverse("partnerships:twinning_detail", args=[twinning.slug])),
        "stage": twinning.status,
        "origin": twinning.origin,
        "title": title,
        "since_year": twinning.signed_on.year if twinning.signed_on else twinning.since_year,
        "signed_on": twinning.signed_on,
        "valid_until": twinning.valid_until,
        "registry_number": twinning.registry_number or None,
        "registered_on": twinning.registered_on,
        "source": twinning.source_url or None,
        "parties": [_party(party) for party in parties],
    }


def _party(party: Any) -> dict[str, Any]:
    found, slug = {}, ""
    for code in LANGUAGES:
        with override(code):
            shown = party_named(party)
        found[code], slug = shown.name.text or None, shown.slug
    return {
        "id": slug or None,
        "name": found,
        "country": party.country,
        "place": place(party.place or (party.member and party.member.place)),
    }
