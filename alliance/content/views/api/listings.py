"""`/needs` and `/offers`: what is open and what everyone may read."""

import re
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router
from pydantic import BaseModel

from alliance.content.open_data.listings import ListingData, listing_row
from alliance.content.views.api.asking import (
    MISSING,
    PROBLEMS,
    Paged,
    answer,
    cursor_of,
    known,
    shaped,
    wrong,
)
from alliance.core import lists
from alliance.core.audience import Audience
from alliance.core.languages import LANGUAGES
from partnerships.models import Listing, ListingSearch
from partnerships.models.criteria import FACETS, MEASURED_IN, NUMBER, Asked
from partnerships.models.search_sql import NEWEST

router = Router(tags=["needs and offers"])
SHAPES = {name: shape for name, (_prefix, shape) in FACETS.items()}


def _one(pattern: str, description: str) -> Any:
    return Annotated[str, Field(pattern=f"^(?:{pattern})?$", description=description)]


DAY = r"\d{4}-\d{2}-\d{2}"


class ListingsAsked(Paged):
    q: str = Field("", max_length=lists.MAX_QUERY, description="Words, in any form that they have.")
    q_language: _one("|".join(LANGUAGES), "The language of `q`; English unless told.") = ""
    sector: shaped(SHAPES["sector"])
    help: shaped(SHAPES["help"])
    item: shaped(SHAPES["item"])
    country: shaped(SHAPES["country"])
    region: shaped(SHAPES["region"])
    cover: shaped(SHAPES["cover"])
    urgency: shaped(SHAPES["urgency"])
    transport: shaped(SHAPES["transport"])
    appeal: shaped(SHAPES["appeal"])
    partner: shaped(SHAPES["partner"])
    dream_id: shaped(SHAPES["dream_id"])
    lang: shaped(SHAPES["lang"])
    until: _one(DAY, "Still open on that day.") = ""
    needed_by: _one(DAY, "Needed by then.") = ""
    available_on: _one(DAY, "To be had on that day.") = ""
    size_from: _one(NUMBER.pattern, "Size of one piece, at least.") = ""
    size_to: _one(NUMBER.pattern, "Size of one piece, at most.") = ""
    size_unit: _one("|".join(map(re.escape, MEASURED_IN)), "The unit of both sizes.") = ""


class ListingPage(BaseModel):
    data: list[ListingData]
    next: str | None


def _readable() -> QuerySet:
    rows = Listing.objects.open().for_audience(Audience.PUBLIC)
    return rows.with_facts().select_related("handover__region")


def _list(request: HttpRequest, asked: ListingsAsked, kind: str) -> dict[str, Any]:
    """The newest first, as on the page."""
    known(request, asked)
    wanted = Asked.of(request.GET, kind=kind, for_members=False, language=asked.q_language)
    for name, why in wanted.refused.items():
        raise wrong(name, f"This makes no sense here: {why.value}.")
    cursor = cursor_of(ListingSearch, NEWEST.keys, asked)
    hits = ListingSearch.objects.ids(wanted.criteria, cursor, asked.limit, NEWEST)
    page = lists.cut(hits, NEWEST.keys, cursor, asked.limit)
    found = _readable().in_bulk([hit.listing_id for hit in page.rows])
    rows = [found[hit.listing_id] for hit in page.rows if hit.listing_id in found]
    return answer(request, page, [listing_row(row) for row in rows])


def _detail(slug: str, kind: str) -> dict[str, Any]:
    return listing_row(get_object_or_404(_readable(), slug=slug, kind=kind))


@router.get(
    "/needs",
    response={200: ListingPage, **PROBLEMS},
    url_name="needs",
    operation_id="list_needs",
    summary="Open needs",
)
def need_list(request: HttpRequest, asked: Query[ListingsAsked]) -> dict[str, Any]:
    """With the filters of the list of needs, the newest first."""
    return _list(request, asked, Listing.Kind.NEED)


@router.get(
    "/offers",
    response={200: ListingPage, **PROBLEMS},
    url_name="offers",
    operation_id="list_offers",
    summary="Open offers",
)
def offer_list(request: HttpRequest, asked: Query[ListingsAsked]) -> dict[str, Any]:
    """With the filters of the list of offers, the newest first."""
    return _list(request, asked, Listing.Kind.OFFER)


@router.get(
    "/needs/{slug:need_id}",
    response={200: ListingData, **PROBLEMS, **MISSING},
    url_name="need",
    operation_id="get_need",
    summary="One need",
)
def need_detail(request: HttpRequest, need_id: str) -> dict[str, Any]:
    return _detail(need_id, Listing.Kind.NEED)


@router.get(
    "/offers/{slug:offer_id}",
    response={200: ListingData, **PROBLEMS, **MISSING},
    url_name="offer",
    operation_id="get_offer",
    summary="One offer",
)
def offer_detail(request: HttpRequest, offer_id: str) -> dict[str, Any]:
    return _detail(offer_id, Listing.Kind.OFFER)
