"""Facet counts: exact counts by GROUP BY over all rows / ours, the same numbers, at SIZE listings. And what keeping
them costs a statement that changes rows."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from bench.data import RARE_COUNTRY, ensure_listings
from bench.limits import group_by
from bench.tables import median, show
from partnerships.models import ListingSearch
from partnerships.models.search import COUNT_SCAN, Criteria

ROUNDS = 5
CHANGED = 500  # rows of one statement, in the bench of writes


def run(size: int) -> None:
    ensure_listings("large", size)
    rows, limits, ours = compared(criteria())
    columns = ["filter", "hits", "GROUP BY ms", "ours ms", "ratio"]
    show(f"exact counts of all facet values, {size:,} listings, {ROUNDS} rounds", columns, rows)
    rows, _limits, _ours = compared(beyond_the_summary())
    show(f"two filters at once: exact up to {COUNT_SCAN:,} hits", columns, rows)
    print(f"a statement that changes {CHANGED} rows, with counts kept / without: {cost_of_writes():.2f}")
    print(f"facets: {median(limits) / median(ours):.0f}")


def compared(asked_for: Iterable[tuple[str, Criteria]]) -> tuple[list[list], list[float], list[float]]:
    """Rows of a table, and milliseconds of both sides; what we call exact is equal to the recount."""
    rows, limits, ours = [], [], []
    for name, asked in asked_for:
        plain, kept = [], []
        for _round in range(ROUNDS):
            spent, expected = timed(lambda asked=asked: group_by.counts("large", asked))
            plain.append(spent)
            spent, counts = timed(lambda asked=asked: ListingSearch.objects.using("large").counts(asked))
            kept.append(spent)
            if counts.is_exact:
                assert (counts.total, counts.found) == expected, name
        rows.append([name, expected[0], median(plain), median(kept), median(plain) / median(kept)])
        limits.append(median(plain))
        ours.append(median(kept))
    return rows, limits, ours


def criteria():
    today = timezone.localdate()
    yield "none", Criteria(today=today)
    yield "needs", Criteria(today=today, kind="need")
    yield "needs, for members", Criteria(today=today, kind="need", for_members=True)
    yield "one sector", Criteria(today=today, facets=(("sector", ("s:ENE",)),))
    yield "two countries", Criteria(today=today, facets=(("country", ("c:PL", "c:UA")),))
    yield "a rare country", Criteria(today=today, facets=(("country", (f"c:{RARE_COUNTRY}",)),))
    yield "a kind of help", Criteria(today=today, facets=(("help", ("g:energy",)),))
    yield "never had a partner", Criteria(today=today, facets=(("partner", ("p:never",)),))


def beyond_the_summary():
    """Filters that no summary knows: counted among the hits, exactly up to `COUNT_SCAN` of them."""
    today = timezone.localdate()
    country, sector = ("country", (f"c:{RARE_COUNTRY}",)), ("sector", ("s:ENE",))
    yield "sector and rare country", Criteria(today=today, facets=(sector, country))
    yield "sector and open needs", Criteria(today=today, kind="need", facets=(sector, ("cover", ("o:open",))))


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = call()
    return (time.perf_counter() - started) * 1000, result


def cost_of_writes() -> float:
    """Changing the audience of the same rows, rolled back each time."""
    sql = f"""UPDATE partnerships_listingsearch SET is_public = NOT is_public WHERE listing_id IN (
        SELECT listing_id FROM partnerships_listingsearch ORDER BY listing_id LIMIT {CHANGED})"""
    spent: dict[bool, list[float]] = {True: [], False: []}
    for _round in range(ROUNDS):
        for is_kept in (True, False):
            with transaction.atomic(using="large"), connections["large"].cursor() as cursor:
                if not is_kept:
                    cursor.execute("ALTER TABLE partnerships_listingsearch DISABLE TRIGGER facets_update")
                spent[is_kept].append(timed(lambda cursor=cursor: cursor.execute(sql))[0])
                transaction.set_rollback(True, using="large")
    return median(spent[True]) / median(spent[False])
