"""Reading needs and offers: lists with filters and counts. Nothing here needs a session."""

from datetime import date
from functools import lru_cache, partial
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from alliance.core.audience import Audience
from alliance.core.languages import reader_language
from alliance.core.links import absolute, address_of
from partnerships.forms.filters import TypedFilters
from partnerships.models import Listing, ListingSearch
from partnerships.models.search_sql import ENDING, NEWEST, URGENT, Order, order_named
from partnerships.permissions import reader_audience
from partnerships.views.feed_links import feed_link
from partnerships.views.filters import MOST, Filters
from partnerships.views.fragments import cards_of, filter_html, filter_panel
from partnerships.views.list_map import list_map
from partnerships.views.list_table import list_table
from partnerships.views.readers import acting_member
from partnerships.views.sheet_links import sheet_links

VIEWS = ("table", "map")


@require_safe
def need_list(request: HttpRequest) -> HttpResponse:
    return _listings(request, Listing.Kind.NEED)


@require_safe
def offer_list(request: HttpRequest) -> HttpResponse:
    return _listings(request, Listing.Kind.OFFER)


@require_safe
def listing_list(request: HttpRequest) -> HttpResponse:
    return _listings(request, "")


def _listings(request: HttpRequest, kind: str) -> HttpResponse:
    filters = Filters.of(request.GET, kind=kind, for_members=is_member(request))
    view = request.GET.get("view", "")
    panel = filter_panel(filters)
    order = order_named(request.GET.get("sort", ""), reader_language())
    chips = filters.chips(request.GET, panel.chosen)
    context = {
        # What this page has none of stands here as nothing: to look for a name that is not there costs more.
        "form": None,
        "map": None,
        "table": None,
        "kind": kind,
        "q": filters.text,
        "sort": order.name,
        "view": view if view in VIEWS else "",
        "facets": panel.facets,
        "filter_groups": panel.html,
        "chips": chips,
        "kept": lists.kept(request.GET, "q"),
        "clear_url": request.path,
        "filter_count": filters.count,
        "total": count_words(panel.counts.total, kind, is_exact=panel.counts.is_exact),
        "sheets": sheet_links(kind or "listing", request.GET),
        "view_links": view_links(view, request.GET),
        "feed": feed_link(filters),
        "printed": printed(request, chips),
        "is_member": filters.for_members,
        "save_url": f"{address_of('partnerships:saved_search_create')}?"
        + "&".join(part for part in (f"list={kind}" if kind else "", filters.address) if part),
    }
    if view == "map":
        context["map"] = list_map(panel.counts, request.GET, partial(count_words, kind=kind, is_exact=True))
    else:
        context |= _page(request, filters, order, view)
    if filters.refused:
        typed = TypedFilters(request.GET, refused=filters.refused, kind=kind)
        context |= {"form": typed, "filter_groups": filter_html(panel.facets, typed)}
    status = 422 if filters.refused else 200
    return render(request, "partnerships/listing_list.html", context, status=status)


def _page(request: HttpRequest, filters: Filters, order: Order, view: str) -> dict[str, Any]:
    """One page of the list, as cards or as a table."""
    cursor = lists.read_cursor(ListingSearch, order.keys, request.GET)
    hits = ListingSearch.objects.ids(filters.criteria, cursor, lists.PAGE_SIZE, order)
    page = lists.cut(hits, order.keys, cursor, lists.PAGE_SIZE)
    if view == "table":
        shown = {"table": list_table(page.rows, filters) if page.rows else None}
    else:
        cards = cards_of(page.rows, for_members=filters.for_members)
        shown = {"cards": cards, "cards_html": mark_safe("".join(card["html"] for card in cards))}
    return {
        **shown,
        "has_rows": bool(page.rows),
        "pages": page.links(request.GET),
        "sort_links": sort_links(order, request.GET),
    }


def view_links(view: str, params: QueryDict) -> list[dict[str, Any]]:
    """The same list in another form, filters and order kept."""
    current = view if view in VIEWS else ""
    return [
        {"label": label, "url": lists.address(params, view=name or None), "is_current": name == current}
        for name, label in _view_names(reader_language()).items()
    ]


@lru_cache
def _view_names(_language: str) -> dict[str, str]:
    return {
        "": pgettext("view of a list", "Cards"),
        "table": pgettext("view of a list", "Table"),
        "map": pgettext("view of a list", "Map"),
    }


def printed(request: HttpRequest, chips: list[dict[str, str]]) -> dict[str, Any]:
    """What paper needs to say of a list: which filters, where it stands, when it was read."""
    return {
        "filters": [chip["label"] for chip in chips],
        "address": absolute(request.get_full_path()),
        "at": _written_day(timezone.localdate(), reader_language()),
    }


@lru_cache(maxsize=10)
def _written_day(day: date, _language: str) -> str:
    return date_format(day, "DATE_FORMAT")


def sort_links(order: Order, params: QueryDict) -> list[dict[str, Any]]:
    """For `components/results_head.html`."""
    return [
        {"label": label, "url": lists.address(params, sort=name or None), "is_current": name == order.name}
        for name, label in _order_names(reader_language()).items()
    ]


@lru_cache
def _order_names(_language: str) -> dict[str, str]:
    return {
        NEWEST.name: pgettext("order of a list", "newest"),
        ENDING.name: pgettext("order of a list", "ending soonest"),
        URGENT.name: pgettext("order of a list", "most urgent"),
        "place": pgettext("order of a list", "place"),
    }


def is_member(request: HttpRequest) -> bool:
    """Whether the reader finds what is for members, as the desk does; anonymous visitors cost no query."""
    return bool(acting_member(request)) or reader_audience(request.user) != Audience.PUBLIC


def count_words(count: int, kind: str, *, is_exact: bool) -> str:
    """“128 needs”, “20,000+ offers”."""
    return _count_words(count, kind, is_exact, reader_language())


@lru_cache(maxsize=1000)
def _count_words(count: int, kind: str, is_exact: bool, _language: str) -> str:
    number = {"number": lists.written_count(count, cap=MOST, at_least=not is_exact)}
    if kind == Listing.Kind.NEED:
        return ngettext("%(number)s need", "%(number)s needs", count) % number
    if kind == Listing.Kind.OFFER:
        return ngettext("%(number)s offer", "%(number)s offers", count) % number
    return ngettext("%(number)s result", "%(number)s results", count) % number
