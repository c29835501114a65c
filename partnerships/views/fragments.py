"""Parts of the lists that are the same for many readers, kept in this process: cards, rows of tables, and filters with
counts.

A card or row is kept under its listing's version (when its search row was written), what else tells it from an older
one (`ListingQuerySet.marks`), audience, language and day: nothing needs to be forgotten when something changes. Lists
know two audiences, everyone and members; what more a partner or its own people may read stands on the page of a
listing. A page of them is kept until anything is written (core.freshness), and so are counts, at most a minute.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from alliance.core import freshness, lists
from alliance.core.audience import Audience
from alliance.core.languages import reader_language
from partnerships.forms.filters import TypedFilters
from partnerships.models import Listing, ListingSearch
from partnerships.models.search import Counts, Hit
from partnerships.views.cards import card, card_photo
from partnerships.views.filters import FIRST, CountsOf, Filters, facets_for

MOST_CARDS, MOST_PAGES = 10_000, 500
COUNTS_SECONDS = 60


class Kept:
    """A small memory that forgets what was not asked for longest; safe between threads."""

    def __init__(self, most: int) -> None:
        self.most, self.lock = most, threading.Lock()
        self.values: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable) -> Any:
        with self.lock:
            if (value := self.values.get(key)) is not None:
                self.values.move_to_end(key)
            return value

    def get_many(self, keys: Mapping[Any, Hashable]) -> dict[Any, Any]:
        """Under the names of ``keys`` what is known."""
        found = {}
        with self.lock:
            for name, key in keys.items():
                if (value := self.values.get(key)) is not None:
                    self.values.move_to_end(key)
                    found[name] = value
        return found

    def put(self, key: Hashable, value: Any) -> None:
        with self.lock:
            self.values[key] = value
            while len(self.values) > self.most:
                self.values.popitem(last=False)


class Parts(Kept):
    """Parts of many listings, and whole pages of them."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.pages = Kept(MOST_PAGES)


CARDS, COUNTS = Parts(MOST_CARDS), Kept(MOST_PAGES)


def cards_of(hits: Sequence[Hit], *, for_members: bool) -> list[dict[str, Any]]:
    """The cards of a page in its order, each with its `html`."""
    return parts_of(CARDS, _with_photos, hits, _card, for_members=for_members)


def _with_photos() -> QuerySet:
    return Listing.objects.with_facts().prefetch_related("files")


def _card(listing: Listing, viewer: str) -> dict[str, Any]:
    made = {**card(listing, viewer), "photo": card_photo(listing, viewer)}
    return {**made, "html": render_to_string("components/card.html", {**made, "level": 2})}


def parts_of(
    memory: Parts,
    read: Callable[[], QuerySet],
    hits: Sequence[Hit],
    write: Callable[[Listing, str], Any],
    *,
    for_members: bool,
    asked: Hashable = None,
) -> list[Any]:
    """What ``write`` makes of each listing of a page for an audience, in its order; only unknown ones are ``read``.
    ``asked``: what else it depends on."""
    language, today = reader_language(), timezone.localdate()
    viewer = Audience.MEMBERS if for_members else Audience.PUBLIC
    # The very page, while nothing was written anywhere: most readers ask for the same ones.
    told = tuple((hit.listing_id, hit.version) for hit in hits)
    page = (version, told, viewer, language, today, asked) if (version := _version()) else None
    if page and (parts := memory.pages.get(page)) is not None:
        return parts
    # What is covered changes by the ledger, and a place by its member, before the search row is written anew.
    marks = Listing.objects.filter(pk__in=[hit.listing_id for hit in hits]).marks()
    keys = {
        hit.listing_id: (
            hit.listing_id, hit.version, marks.get(hit.listing_id), viewer, language, today, asked,
        )
        for hit in hits
    }  # fmt: skip
    known = memory.get_many(keys)
    missing = [pk for pk in keys if pk not in known]
    for listing in read().filter(pk__in=missing) if missing else ():
        known[listing.pk] = write(listing, viewer)
        memory.put(keys[listing.pk], known[listing.pk])
    parts = [known[pk] for pk in keys if pk in known]
    if page:
        memory.pages.put(page, parts)
    return parts


@dataclass(frozen=True)
class FilterPanel:
    """Counts, groups and their HTML for one set of filters in one language; of the groups also those that have
    something chosen."""

    counts: Counts
    facets: list[lists.Facet]
    html: SafeString
    chosen: list[lists.Facet]


def filter_panel(filters: Filters) -> FilterPanel:
    version = _version()
    key = (version, filters.criteria, filters.address, reader_language())
    until, panel = COUNTS.get(key) or (0.0, None)
    if version and until > time.monotonic():
        return panel
    counts = _counts(filters)
    facets = facets_for(filters, counts)
    typed = TypedFilters(QueryDict(filters.address), refused={}, kind=filters.kind)
    html = filter_html(facets, typed)
    panel = FilterPanel(counts[""], facets, html, [facet for facet in facets if facet.is_open])
    if version:
        COUNTS.put(key, (time.monotonic() + COUNTS_SECONDS, panel))
    return panel


def filter_html(facets: list[lists.Facet], typed: TypedFilters) -> SafeString:
    """The groups and fields of the form of a list."""
    context = {
        "first": [facet for facet in facets if facet.name in FIRST],
        "then": [facet for facet in facets if facet.name not in FIRST],
        "typed": typed,
    }
    return render_to_string("partnerships/_filter_groups.html", context)


def _version() -> str:
    """The version to keep counts under; where nothing was written since the cache began, it begins now."""
    if not (version := freshness.version()):
        freshness.touch()
        version = freshness.version()  # still empty when the cache is away: then nothing is kept
    return version


def _counts(filters: Filters) -> CountsOf:
    """Counts under all filters (key ``""``), and for each chosen filter those without itself."""
    criteria = filters.criteria
    found = {"": ListingSearch.objects.counts(criteria)}
    for name, _tokens in criteria.facets:
        found[name] = ListingSearch.objects.counts(criteria.without(name))
    return found
