"""What a search row says of its listing beside words: facet values, lines to filter by, order. Each value for those who
may know it: nobody finds or counts a listing by what they may not read."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import translation

from alliance.core.audience import Audience, visible
from alliance.core.collation import sort_key
from alliance.core.languages import LANGUAGES
from alliance.core.units import base_of
from members.models import Place
from members.names_shown import is_its_region
from partnerships.coverage import Coverage
from partnerships.models import Listing, ListingLine, SearchLine
from partnerships.models.criteria import FREE
from partnerships.models.search import tokens_of
from partnerships.models.search_lines import Size, tokens_of_sizes
from partnerships.names_shown import named
from partnerships.search_text import FOR_MEMBERS

LONGEST_SORT = 400
NEVER = "p:never"
COVERS = ("o:open", "o:partly", "o:covered")


def facets_of(listing: Listing, *, cover: str, has_partner: bool) -> list[str]:
    """Facet values as lexemes. What the author keeps for members is marked so; what is for fewer is not there."""
    widest = Audience(listing.audience)
    sectors = dict.fromkeys(
        code
        for sector in listing.sectors.all()
        for code in (sector.code, sector.parent.code if sector.parent_id else None)
        if code
    )
    region = region_of(listing, widest)
    templates = [line.template for line in listing.lines.all()]
    items = dict.fromkeys(template.code for template in templates if template)
    groups = dict.fromkeys(template.group if template else FREE for template in templates)
    about_lines = [*tokens_of(list(groups), "g"), *tokens_of(list(items), "i"), *([cover] if cover else [])]
    return [
        *tokens_of([listing.kind], "k"),
        *tokens_of(list(sectors), "s"),
        *tokens_of([listing.member.country], "c"),
        *tokens_of([str(region.pk)] if region else [], "r"),
        *tokens_of(languages_of(listing, widest), "l"),
        *tokens_of([listing.urgency], "u"),
        *tokens_of([listing.transport_by] if listing.transport_by else [], "t"),
        *tokens_of([listing.appeal.slug] if listing.appeal_id else [], "a"),
        *for_readers(listing, "lines", about_lines),
        *for_readers(listing, "dream_id", tokens_of([listing.dream_id] if listing.dream_id else [], "d")),
        *for_readers(listing, "member", [] if has_partner else [NEVER]),
    ]


def for_readers(listing: Listing, field: str, tokens: Sequence[str]) -> list[str]:
    """``tokens`` that tell of ``field``, marked where only members read it, none where even they do not."""
    if visible(listing, field, Audience(listing.audience)):
        return list(tokens)
    return [f"{FOR_MEMBERS}{token}" for token in tokens] if visible(listing, field, Audience.MEMBERS) else []


def region_of(listing: Listing, viewer: str) -> Place | None:
    """The oblast or NUTS 2 region that lists filter by: the place itself when it is one, unless that would name a
    member that is not named."""
    member = listing.member
    if member.place is None or (is_its_region(member) and not visible(listing, "member", viewer)):
        return None
    return member.place if member.place.level == Place.Level.REGION else member.place.region


def listing_speaks(listing: Listing, code: str, viewer: str) -> bool:
    """Whether a reader of one of our languages reads title or text in it."""
    fields = ["title", *(["text"] if visible(listing, "text", viewer) else [])]
    return any(getattr(listing, f"{field}_{code}") for field in fields)


def languages_of(listing: Listing, viewer: str) -> list[str]:
    """The languages in which a reader finds title or text."""
    ours = [code for code in LANGUAGES if listing_speaks(listing, code, viewer)]
    return ours or [listing.original_language]


# --- State of cover, and members without a partner -----------------------------------------------------------


def cover_token(coverage: Coverage | None) -> str:
    """How a need stands; nothing for an offer."""
    if coverage is None:
        return ""
    if coverage.is_covered:
        return "o:covered"
    return "o:partly" if coverage.is_partly_covered else "o:open"


def covers_of(listings: Iterable[int]) -> dict[int, str]:
    """Need → its token, by the ledger as it is stored now."""
    rows = Listing.objects.needs().filter(pk__in=list(listings))
    return {row.pk: cover_token(row.coverage) for row in rows.prefetch_related("lines__pledge_lines__events")}


# --- Lines ---------------------------------------------------------------------------------------------------


def search_lines_of(listing: Listing) -> list[SearchLine]:
    """The lines as everyone and as members may filter by them."""
    rows = []
    for line in listing.lines.all():
        everyone, members = (_known(listing, line, viewer) for viewer in (Audience.PUBLIC, Audience.MEMBERS))
        if listing.audience == Audience.MEMBERS or everyone == members:
            known = [(SearchLine.For.ALL, members)]
        else:
            known = [(SearchLine.For.PUBLIC, everyone), (SearchLine.For.MEMBERS, members)]
        rows += [
            SearchLine(listing=listing, line=line, seen_by=seen_by, **values)
            for seen_by, values in known
            if values is not None
        ]
    return rows


def _known(listing: Listing, line: ListingLine, viewer: str) -> dict[str, Any] | None:
    if not visible(listing, "lines", viewer):
        return None
    size = _size(line)
    dates = ("needed_by", "available_from", "available_until")
    sees_dates = visible(listing, "needed_by", viewer)
    return {
        "item": line.template.code if line.template else "",
        "group": line.template.group if line.template else FREE,
        "dimension": size.dimension if size else "",
        "low": size.low if size else None,
        "high": size.high if size else None,
        **{name: getattr(line, name) if sees_dates else None for name in dates},
    }


def _size(line: ListingLine) -> Size | None:
    if not line.range_unit:
        return None
    return Size.of(line.range_min, line.range_max, line.range_unit, base_of(line.range_unit)[0])


def size_tokens_of(listing: Listing) -> list[str]:
    """Where about the sizes of the lines lie, for those who read the lines."""
    sizes = [size for line in listing.lines.all() if (size := _size(line))]
    return for_readers(listing, "lines", tokens_of_sizes(sizes))


# --- Order ---------------------------------------------------------------------------------------------------


def order_of(listing: Listing) -> dict[str, Any]:
    """Columns that lists are sorted by: the place as everyone who finds the listing reads it on its card."""
    places = {}
    for code in LANGUAGES:
        with translation.override(code):
            place = named(listing, "member", Audience(listing.audience)).place
        places[f"sort_{code}"] = sort_key(place, code)[:LONGEST_SORT]
    return {"urgency": Listing.Urgency.values.index(listing.urgency), **places}
