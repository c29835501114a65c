"""What a person wrote about a need or an offer, before it is a row: forms make it, actions store it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Line:
    """One quantified item."""

    item: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True)
class ListingContent:
    """``titles`` and ``texts`` by language code; one that the portal does not speak is kept as the original.

    ``sectors`` are codes of the taxonomy. Nothing but the title is needed for a draft.
    """

    language: str
    titles: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)
    sectors: Sequence[str] = ()
    line: Line | None = None
    expires_on: date | None = None
    audience: str = "public"
