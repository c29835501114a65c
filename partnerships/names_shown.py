"""Which name and place of a member a reader of a listing or a pledge sees. Pages, cards, mails, exports and structured
data ask it, and nothing else, since a row may hide its member from the public."""

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
