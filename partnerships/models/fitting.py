"""Which stored lines may fit a need or an offer: what the database can say of `partnerships.coverage.fits`.

It never leaves out a line that fits, and lets through few that do not; the pure function has the last word.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.db.models import Q

from alliance.core.units import SMALLEST, base_of, in_base, units_like
from partnerships.coverage import CONDITIONS, Item
from partnerships.models.listings import Listing
from partnerships.models.search import Criteria, ListingSearch
from partnerships.search_text import phrase_query

# The largest number a bound can be (numeric(14, 3)).
LARGEST = Decimal(10) ** 11 - SMALLEST
# So many of the newest listings that hold the words of an item are looked at.
MOST_BY_WORDS = 200


def may_fit(items: Sequence[Item], kind: str, today: date) -> Q:
    """The lines of listings of ``kind`` that may fit one of ``items``, which are of the other kind."""
    condition = Q(pk__in=[])
    worded = _with_words(items, kind, today)
    for item in items:
        # A line of the catalogue is known by its code. Free words are compared with those of whoever has any: other
        # free lines, and names of the catalogue.
        thing = Q(template__isnull=True, listing__in=worded)
        thing |= Q(template__code=item.template) if item.template else Q(listing__in=worded)
        condition |= thing & _measured_alike(item) & _specs_agree(item) & _good_enough(item, kind)
    if kind == Listing.Kind.OFFER:
        condition &= Q(available_until__isnull=True) | Q(available_until__gte=today)
    return condition


def _with_words(items: Iterable[Item], kind: str, today: date) -> list[int]:
    """The newest open listings that hold all words of a name of one of ``items``, in any language."""
    queries = dict.fromkeys(query for item in items for name in item.names if (query := phrase_query(name)))
    if not queries:
        return []
    words = " | ".join(f"({query})" for query in queries)
    criteria = Criteria(today, for_members=True, kind=kind, words=words)
    return [hit.listing_id for hit in ListingSearch.objects.ids(criteria, size=MOST_BY_WORDS)]


def _measured_alike(item: Item) -> Q:
    """The same dimension and currency; a size in both ranges, where both name one."""
    condition = Q(unit__in=list(units_like(item.unit)), currency=item.currency)
    if not item.range_unit:
        return condition
    meets = Q(range_unit="")
    low = None if item.range_min is None else in_base(item.range_min, item.range_unit)
    high = None if item.range_max is None else in_base(item.range_max, item.range_unit)
    for unit in units_like(item.range_unit):
        here, factor = Q(range_unit=unit), base_of(unit)[1]
        if low is not None:
            bound = min((low / factor).quantize(SMALLEST, ROUND_FLOOR), LARGEST)
            here &= Q(range_max__isnull=True) | Q(range_max__gte=bound)
        if high is not None:
            bound = min((high / factor).quantize(SMALLEST, ROUND_CEILING), LARGEST)
            here &= Q(range_min__isnull=True) | Q(range_min__lte=bound)
        meets |= here
    return condition & meets


def _specs_agree(item: Item) -> Q:
    condition = Q()
    for name, value in item.specs.items():
        condition &= ~Q(specs__has_key=name) | Q(specs__contains={name: value})
    return condition


def _good_enough(item: Item, kind: str) -> Q:
    if not item.condition:
        return Q()
    position = CONDITIONS.index(item.condition)
    wanted = CONDITIONS[: position + 1] if kind == Listing.Kind.OFFER else CONDITIONS[position:]
    return Q(condition__in=["", *wanted])
