"""Hints: the open needs that an offer would cover, and the offers that would cover a need; for members only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alliance.core import errors
from alliance.core.audience import Audience, visible
from alliance.core.languages import shown
from alliance.core.throttle import allow
from alliance.core.units import same_dimension, written
from members.decorators import member_page
from members.models import Member
from members.permissions import role_of
from partnerships.coverage import Coverage, Item, coverage_of, fits, item_of, would_cover
from partnerships.forms.line import LineForm
from partnerships.forms.lines import MOST_LINES, LineForms
from partnerships.models import Listing, ListingLine
from partnerships.names_shown import named
from partnerships.permissions import can_write_for

# Rows that are looked at, and listings that are shown.
CANDIDATES = 100
MOST = 5
HINTS_PER_HOUR, HOUR = 2000, 3600


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
    def of_form(cls, form: LineForm, language: str) -> "Sought":
        """As it is typed; a stored line keeps what was promised for it."""
        line, stored = form.line, form.stored
        given = [part for part in stored.given if same_dimension(part.unit, line.unit)] if stored else []
        coverage = coverage_of(line.quantity, line.unit, given, line.currency)
        return cls(item_of(line, form.entry, language), line.quantity, line.unit, line.currency, coverage)


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
        return {
            "heading": _heading(listing.kind),
            "empty": _("Nothing that is open now fits."),
            **hints(sought, other, but=member),
        }
    heading = (
        _("Your offers that would cover this need")
        if listing.is_need
        else _("Your needs that this offer would cover")
    )
    return {"heading": heading, **hints(sought, other, of=member)}


@require_POST
@member_page(role_of)
def listing_hints(request: HttpRequest, kind: str) -> HttpResponse:
    """While one types: what is open on the other side for the lines that are whole so far. A part of the form's page;
    without scripts the next page shows the same."""
    if kind not in Listing.Kind.values:
        raise Http404
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    if not allow("listing-hints", str(request.user.pk), HINTS_PER_HOUR, HOUR):
        return errors.too_many(request, seconds=HOUR)
    slugs = [value for name, value in request.POST.items() if name.endswith("-slug")][:MOST_LINES]
    stored = ListingLine.objects.filter(listing__member=request.member, slug__in=slugs)
    lines = LineForms.of_data(
        request.POST,
        is_judged=True,
        kind=kind,
        stored=stored.select_related("template", "listing").prefetch_related("pledge_lines__events"),
    )
    whole = [form for form in lines.forms if form.is_valid()]
    sought = [Sought.of_form(form, request.POST.get("language", "")) for form in whole]
    other = Listing.Kind.OFFER if kind == Listing.Kind.NEED else Listing.Kind.NEED
    context = {"heading": _heading(kind), "hints": hints(sought, other, but=request.member)}
    return render(request, "partnerships/_hints.html", context)


def _heading(kind: str) -> str:
    if kind == Listing.Kind.NEED:
        return _("Offers that would cover this need")
    return _("Open needs that this offer would cover")


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
