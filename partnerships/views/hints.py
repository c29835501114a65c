"""Hints: the open needs that an offer would cover, and the offers that would cover a need; for members only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alliance.core.audience import Audience, visible
from alliance.core.languages import shown
from alliance.core.units import written
from members.models import Member
from partnerships.coverage import Coverage, Item, coverage_of, fits, would_cover
from partnerships.models import Listing, ListingLine
from partnerships.names_shown import named

# Rows that are looked at, and listings that are shown.
CANDIDATES = 100
MOST = 5


@dataclass(frozen=True)
class Sought:
    """One line that is written or stored: what it is, how much of it, and how much of a need is covered already."""

    item: Item
    quantity: Decimal
    unit: str
    currency: str
    coverage: Coverage

    @classmethod
    def of_row(cls, line: ListingLine) -> "Sought":
        return cls(line.as_item(), line.quantity, line.unit, line.currency, line.coverage)

    @classmethod
    def of_draft(cls, line: Any, item: Item) -> "Sought":
        """``line``: a `drafts.Line`, for which nobody promised anything yet."""
        nothing = coverage_of(line.quantity, line.unit, [], line.currency)
        return cls(item, line.quantity, line.unit, line.currency, nothing)


def hints(
    sought: Iterable[Sought], kind: str, *, of: Member | None = None, but: Member | None = None
) -> dict:
    """For `_hints.html`: up to `MOST` open listings of ``kind`` that fit ``sought``, the newest first.

    :param of: only of this member; ``but``: of everyone but this one
    """
    lines = list(sought)
    who = Q(listing__member=of) if of else ~Q(listing__member=but) if but else Q()
    today = timezone.localdate()
    rows = ListingLine.objects.that_may_fit([line.item for line in lines], kind, today).filter(who)
    found: dict[int, dict[str, Any]] = {}
    viewer = Audience.COORDINATORS if of else Audience.MEMBERS
    for row in rows[:CANDIDATES] if lines else []:
        if len(found) > MOST:
            break
        if row.listing_id not in found and (parts := _parts(lines, row, kind, today, viewer)):
            found[row.listing_id] = _hint(row.listing, parts, viewer)
    entries = list(found.values())
    return {"kind": kind, "entries": entries[:MOST], "has_more": len(entries) > MOST}


def hints_of(listing: Listing, member: Member, viewer: str) -> dict[str, Any]:
    """For the page of a listing that a person of ``member`` reads: what the others have for it when it is their own and
    not ended, what they themselves have when it is not. Empty when there is nothing to say."""
    is_own = listing.member_id == member.pk
    other = Listing.Kind.OFFER if listing.is_need else Listing.Kind.NEED
    if listing.status in Listing.ENDED or not visible(listing, "lines", viewer):
        return {}
    sought = [Sought.of_row(line) for line in listing.lines.all()]
    if is_own:
        heading = (
            _("Offers that would cover this need")
            if listing.is_need
            else _("Open needs that this offer would cover")
        )
        return {
            "heading": heading,
            "empty": _("Nothing that is open now fits."),
            **hints(sought, other, but=member),
        }
    heading = (
        _("Your offers that would cover this need")
        if listing.is_need
        else _("Your needs that this offer would cover")
    )
    return {"heading": heading, **hints(sought, other, of=member)}


def _parts(
    lines: Sequence[Sought], row: ListingLine, kind: str, today: date, viewer: str
) -> tuple[Coverage, Decimal, str] | None:
    """The need's coverage and how much of what is open would be covered; None when nothing would."""
    if not visible(row.listing, "lines", viewer):
        return None
    there = Sought(
        row.as_item(with_needed_by=visible(row.listing, "needed_by", viewer)),
        row.quantity,
        row.unit,
        row.currency,
        row.coverage,
    )
    for line in lines:
        need, offer = (there, line) if kind == Listing.Kind.NEED else (line, there)
        if need.coverage.open and not fits(need.item, offer.item, today):
            return need.coverage, *would_cover(need.coverage, offer.quantity, offer.unit)
    return None


def _hint(listing: Listing, parts: tuple[Coverage, Decimal, str], viewer: str) -> dict[str, Any]:
    coverage, quantity, unit = parts
    title = shown(listing, "title")
    words = _("still needed: %(open)s; the offer would cover: %(part)s") % {
        "part": written(quantity, unit, coverage.currency),
        "open": written(coverage.open, coverage.unit, coverage.currency),
    }
    return {
        "href": reverse("partnerships:listing_detail", args=[listing.slug]),
        "title": title.text,
        "language": title.language if title.is_other else "",
        "place": named(listing, "member", viewer).place,
        "words": words,
    }
