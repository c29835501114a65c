"""Which name and place of a member a reader of a listing, a pledge or a twinning sees. Pages, cards, mails, exports and
structured data ask it, and nothing else, since a row may hide its member from the public."""

from dataclasses import dataclass
from typing import Any

from alliance.core.audience import visible
from alliance.core.languages import Shown, reader_language
from members.names_shown import hidden_name_of, hidden_place_of, name_of, place_of


@dataclass(frozen=True)
class Named:
    """``slug`` leads to the member's page; empty where the name is not shown."""

    name: Shown
    place: str
    slug: str


def named(row: Any, field: str, viewer: str) -> Named:
    """The member in ``field`` of ``row`` (`member` of a listing, `receiver` of a pledge) for an audience."""
    member = getattr(row, field)
    if visible(row, field, viewer):
        return Named(name_of(member), place_of(member), member.slug)
    return Named(Shown(hidden_name_of(member), reader_language(), False), hidden_place_of(member), "")


def party_named(party: Any) -> Named:
    """A party of a twinning, with its oblast or region: a listed member by its name and with its page; else the place
    of the register, which stays a party when it leaves the Alliance; else the name that the others gave."""
    member, place = party.member, party.place or (party.member and party.member.place)
    region = place.region.name if place and place.region_id and place.region_id != place.pk else ""
    if member is not None and member.status == member.Status.APPROVED:
        return Named(name_of(member), region, member.slug)
    if place:
        return Named(Shown(place.name, reader_language(), is_other=False), region, "")
    return Named(name_of(member) if member else Shown(party.name, "", is_other=False), "", "")


def project_of(line: Any, viewer: str) -> str:
    """The project of DREAM that a promised line is for, where the viewer may know which need it covers; of a line
    `with_parties()`."""
    need = line.listing_line.listing if line.listing_line_id else None
    is_told = need and visible(line.pledge, "listing", viewer) and visible(need, "dream_id", viewer)
    return need.dream_id if is_told else ""
