"""What a person wrote about a need or an offer, before it is a row: forms and imports make it, actions store it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    """One quantified item. ``slug`` names the stored line that this one replaces; empty makes a new one.

    ``template`` is a code of the catalogue, ``range_min`` and ``range_max`` the rating of each piece in
    ``range_unit``, ``specs`` codes of `partnerships.specs`.
    """

    item: str
    quantity: Decimal
    unit: str
    template: str = ""
    currency: str = ""
    range_min: Decimal | None = None
    range_max: Decimal | None = None
    range_unit: str = ""
    specs: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""
    needed_by: date | None = None
    available_from: date | None = None
    available_until: date | None = None
    slug: str = ""


@dataclass(frozen=True)
class ListingContent:
    """``titles`` and ``texts`` by language code; one that the portal does not speak is kept as the original.

    ``sectors`` are codes of the taxonomy, ``handover`` the id of a place, ``appeal`` the slug of one,
    ``dream_id`` a project of `partnerships.dream`;
    ``names_no_site`` is the author's word that the text gives no target away. Nothing but the title is needed for a
    draft.
    """

    language: str
    titles: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)
    sectors: Sequence[str] = ()
    lines: Sequence[Line] = ()
    expires_on: date | None = None
    audience: str = "public"
    field_audiences: Mapping[str, str] = field(default_factory=dict)
    is_member_hidden: bool = False
    urgency: str = "normal"
    transport_by: str = ""
    handover: int | None = None
    appeal: str = ""
    dream_id: str = ""
    partner_note: str = ""
    desk_note: str = ""
    names_no_site: bool = False
