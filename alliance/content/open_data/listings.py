"""Needs and offers as open data, each field asked of `core.audience` row by row. Pure."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import (
    CLOSED,
    Names,
    Number,
    Original,
    PlaceRef,
    Text,
    names,
    number,
    place,
    text,
)
from alliance.content.open_data.sides import Side, side_row
from alliance.core.audience import Audience, visible
from alliance.core.links import absolute
from alliance.core.units import Unit
from partnerships.models import Listing
from partnerships.models.quantities import Condition
from partnerships.specs import SPECS

QUANTITY = _("in the unit of its line")


class CoverageData(BaseModel):
    """How far a need is met. Asked is covered and open; covered is accepted and under way."""

    model_config = CLOSED
    asked: Annotated[Number, Meaning(_("How much is asked."), unit=QUANTITY)]
    covered: Annotated[
        Number, Meaning(_("Firmly committed, less what was cancelled, lost or returned."), unit=QUANTITY)
    ]
    accepted: Annotated[Number, Meaning(_("Of it accepted by the receiver."), unit=QUANTITY)]
    promised: Annotated[Number, Meaning(_("Promised, and binding nobody yet."), unit=QUANTITY)]
    open: Annotated[Number, Meaning(_("Not covered yet; what is promised is part of it."), unit=QUANTITY)]
    unit: Annotated[Literal[*Unit.values], Meaning(_("The unit of these numbers."), standard="SI")]


class ItemData(BaseModel):
    """What a line is about and how much of it."""

    model_config = CLOSED
    id: Annotated[str, Meaning(_("Stays for the life of the line."))]
    item: Annotated[str | None, Meaning(_("The item of our catalogue, by its code."))]
    item_name: Annotated[Names | None, Meaning(_("What the catalogue calls it."))]
    words: Annotated[Original | None, Meaning(_("What its author says of the item."))]
    quantity: Annotated[Number, Meaning(_("How much."), unit=QUANTITY)]
    unit: Annotated[Literal[*Unit.values], Meaning(_("What it is counted in."), standard="SI")]
    currency: Annotated[str | None, Meaning(_("Of an amount of money."), standard="ISO 4217")]


class LineData(ItemData):
    """One item with its quantity."""

    size_min: Annotated[Number | None, Meaning(_("Smallest size of one piece."), unit=_("as size_unit says"))]
    size_max: Annotated[Number | None, Meaning(_("Largest size of one piece."), unit=_("as size_unit says"))]
    size_unit: Annotated[str | None, Meaning(_("What one piece is rated in."), standard="SI")]
    specs: Annotated[
        dict[Literal[*SPECS], str], Meaning(_("Fuel, phases, mobility, way of training: codes."))
    ]
    condition: Annotated[
        Literal[*Condition.values] | None,
        Meaning(_("Condition of goods; a need names the least that it can use.")),
    ]
    needed_by: Annotated[date | None, Meaning(_("The day by which it is needed."), standard="ISO 8601")]
    available_from: Annotated[
        date | None, Meaning(_("The first day on which it can be had."), standard="ISO 8601")
    ]
    available_until: Annotated[
        date | None, Meaning(_("The last day on which it can be had."), standard="ISO 8601")
    ]
    coverage: Annotated[CoverageData | None, Meaning(_("How far a need is met; null for an offer."))]


class ListingData(BaseModel):
    """A need or an offer that is open and that everyone may read. What its author keeps for fewer people is null."""

    model_config = CLOSED
    id: Annotated[str, Meaning(_("Stays for ever."), of="partnerships.Listing.slug")]
    url: Annotated[str, Meaning(_("Its page, for people."), of="partnerships.Listing.slug")]
    kind: Annotated[
        Literal[*Listing.Kind.values], Meaning(_("Need or offer."), of="partnerships.Listing.kind")
    ]
    member: Annotated[Side, Meaning(_("Who needs or offers it."), of="partnerships.Listing.member")]
    title: Annotated[
        Text, Meaning(pgettext_lazy("of a need or offer", "The title."), of="partnerships.Listing.title")
    ]
    description: Annotated[
        Text | None, Meaning(_("The description, in its author’s words."), of="partnerships.Listing.text")
    ]
    sectors: Annotated[
        list[str],
        Meaning(
            _("Sectors and sub-sectors, by the codes of our taxonomy."), of="partnerships.Listing.sectors"
        ),
    ]
    urgency: Annotated[
        Literal[*Listing.Urgency.values], Meaning(_("How urgent it is."), of="partnerships.Listing.urgency")
    ]
    transport_by: Annotated[
        Literal[*Listing.TransportBy.values] | None,
        Meaning(_("Who pays for transport."), of="partnerships.Listing.transport_by"),
    ]
    handover: Annotated[
        PlaceRef | None, Meaning(_("Where it is handed over."), of="partnerships.Listing.handover")
    ]
    appeal: Annotated[
        str | None, Meaning(_("The appeal that it belongs to, by its id."), of="partnerships.Listing.appeal")
    ]
    dream_id: Annotated[
        str | None,
        Meaning(
            _(
                "The project in DREAM, Ukraine’s system for reconstruction, that it is part of, by its number."
            ),
            of="partnerships.Listing.dream_id",
            standard="DREAM",
        ),
    ]
    published_at: Annotated[
        datetime,
        Meaning(_("When it was published."), of="partnerships.Listing.published_at", standard="ISO 8601"),
    ]
    confirmed_at: Annotated[
        datetime,
        Meaning(
            _("When its member last said that it still holds."),
            of="partnerships.Listing.confirmed_at",
            standard="ISO 8601",
        ),
    ]
    expires_on: Annotated[
        date,
        Meaning(
            _("The last day on which it stands."), of="partnerships.Listing.expires_on", standard="ISO 8601"
        ),
    ]
    lines: Annotated[
        list[LineData] | None, Meaning(_("What exactly, and how much."), of="partnerships.Listing.lines")
    ]


def listing_row(listing: Listing) -> dict[str, Any]:
    """Of a listing `with_facts()` and its hand-over, as everyone may read it."""

    def seen(field: str) -> bool:
        return visible(listing, field, Audience.PUBLIC)

    appeal = listing.appeal
    return {
        "id": listing.slug,
        "url": absolute(reverse("partnerships:listing_detail", args=[listing.slug])),
        "kind": listing.kind,
        "member": side_row(listing, "member"),
        "title": text(listing, "title"),
        "description": text(listing, "text") if seen("text") else None,
        "sectors": sorted(sector.code for sector in listing.sectors.all()),
        "urgency": listing.urgency,
        "transport_by": listing.transport_by or None,
        "handover": place(listing.handover) if seen("handover") else None,
        "appeal": appeal.slug if appeal and appeal.status != appeal.Status.DRAFT else None,
        "dream_id": (listing.dream_id or None) if seen("dream_id") else None,
        "published_at": listing.published_at,
        "confirmed_at": listing.last_confirmed_at,
        "expires_on": listing.expires_on,
        "lines": [_line(line, listing, with_days=seen("needed_by")) for line in listing.lines.all()]
        if seen("lines")
        else None,
    }


def _line(line: Any, listing: Listing, *, with_days: bool) -> dict[str, Any]:
    days = ("needed_by", "available_from", "available_until")
    return {
        "id": line.slug,
        **item_row(line, listing.original_language),
        "quantity": number(line.quantity),
        **{name: getattr(line, name) if with_days else None for name in days},
        "coverage": coverage_row(line.coverage) if listing.is_need else None,
    }


def item_row(line: Any, language: str) -> dict[str, Any]:
    """What a line of whatever kind says of its item."""
    return {
        "item": line.template.code if line.template else None,
        "item_name": names(line.template) if line.template else None,
        "words": {"language": language, "text": line.item} if line.item else None,
        "unit": line.unit,
        "currency": line.currency or None,
        "size_min": number(line.range_min),
        "size_max": number(line.range_max),
        "size_unit": line.range_unit or None,
        "specs": line.specs,
        "condition": line.condition or None,
    }


def coverage_row(coverage: Any) -> dict[str, Any]:
    parts = ("asked", "covered", "accepted", "promised", "open")
    return {**{name: number(getattr(coverage, name)) for name in parts}, "unit": coverage.unit}
