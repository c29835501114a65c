"""Search: the newest page of a search among SIZE listings / among 10,000, over common, rare, absent and combined
terms. Then the page at 80 % depth / the first page, in every order. Both databases answer in turn, so noise meets both
alike."""

import time
from dataclasses import replace

from django.utils import timezone

from alliance.core.lists import Cursor, ordering
from bench.data import ABSENT, MARKERS, RARE_COUNTRY, RARE_SECTOR, ensure_listings
from bench.tables import median, percentile, show
from partnerships.models import ListingSearch
from partnerships.models.search import Criteria
from partnerships.models.search_sql import BY_PLACE, ENDING, NEWEST, URGENT, Order
from partnerships.search_text import words_query

SMALL = 10_000
ROUNDS = 15
GOAL_P95_MS = 20.0


def run(size: int) -> None:
    ensure_listings("small", SMALL)
    ensure_listings("large", size)
    cases = list(criteria())
    times: dict[tuple[str, str], list[float]] = {}
    for number in range(ROUNDS + 2):
        for name, asked in cases:
            for alias in ("small", "large"):
                spent = timed(alias, asked)
                if number >= 2:  # the first rounds warm caches and plans
                    times.setdefault((name, alias), []).append(spent)
    rows, all_times = [], {"small": [], "large": []}
    for name, _asked in cases:
        few, many = times[name, "small"], times[name, "large"]
        all_times["small"] += few
        all_times["large"] += many
        rows.append([name, median(few), median(many), percentile(many, 0.95), median(many) / median(few)])
    show(
        f"newest 25 hits, {len(cases)} searches × {ROUNDS} rounds, {size:,} against {SMALL:,} listings",
        ["search", "10k ms", "size ms", "size p95 ms", "ratio"],
        rows,
    )
    p95 = percentile(all_times["large"], 0.95)
    print(f"p95 of all at {size:,}: {p95:.2f} ms (goal {GOAL_P95_MS:.0f})")
    deep = deep_ratio(size)
    print(f"deep page: {deep:.2f}")
    print(f"search: {median(all_times['large']) / median(all_times['small']):.2f}")


def criteria():
    """Every kind of search in every language."""
    today = timezone.localdate()
    for n, language in enumerate(("en", "pl", "uk")):
        words = {f"{share:.2%}": texts[n] for share, texts in MARKERS.items()}
        shares = list(words)
        searches = {
            **words,
            "absent": ABSENT[n],
            f"{shares[0]} and {shares[1]}": f"{words[shares[0]]} {words[shares[1]]}",
            f"{shares[1]} and {shares[3]}": f"{words[shares[1]]} {words[shares[3]]}",
        }
        for name, text in searches.items():
            asked = Criteria(today=today, words=words_query(text, language))
            yield f"{language} {name}", asked
            if name in shares[:2]:
                country = replace(asked, facets=(("country", (f"c:{RARE_COUNTRY}",)),))
                yield f"{language} {name} in a rare country", country
                sector = replace(asked, facets=(("sector", (f"s:{RARE_SECTOR}",)),))
                yield f"{language} {name} in a rare sector", sector


def timed(alias: str, asked: Criteria, cursor: Cursor | None = None, order: Order = NEWEST) -> float:
    started = time.perf_counter()
    ListingSearch.objects.using(alias).ids(asked, cursor, order=order)
    return (time.perf_counter() - started) * 1000


def deep_ratio(size: int) -> float:
    """A page of the whole list at 80 % depth / the first page, in the newest order; shown beside it the other orders,
    each language's alphabet, and a list under a filter."""
    today = timezone.localdate()
    whole = Criteria(today=today)
    one_sector = Criteria(today=today, facets=(("sector", ("s:ENE",)),))
    cases = {
        "newest": (NEWEST, whole),
        "ending soonest": (ENDING, whole),
        "most urgent": (URGENT, whole),
        **{f"by place, {code}": (order, whole) for code, order in BY_PLACE.items()},
        "newest, one sector": (NEWEST, one_sector),
        "by place, uk, one sector": (BY_PLACE["uk"], one_sector),
    }
    rows, ratios = [], {}
    for name, (order, asked) in cases.items():
        cursor = cursor_at(asked, order)
        first, deep = [], []
        for number in range(ROUNDS * 4 + 2):
            for spent, where in ((first, None), (deep, cursor)):
                milliseconds = timed("large", asked, where, order)
                if number >= 2:
                    spent.append(milliseconds)
        ratios[name] = median(deep) / median(first)
        rows.append([name, median(first), median(deep), percentile(deep, 0.95), ratios[name]])
    show(
        f"pages of the list of {size:,}: the first, and at 80 % depth",
        ["order", "first ms", "deep ms", "deep p95 ms", "ratio"],
        rows,
    )
    return ratios["newest"]


def cursor_at(asked: Criteria, order: Order, depth: float = 0.8) -> Cursor:
    """The key of the row that so much of the list stands before."""
    rows = ListingSearch.objects.using("large").filter(is_public=True)
    for _name, tokens in asked.facets:
        rows = rows.filter(facets__overlap=list(tokens))
    rows = rows.order_by(*ordering(order.keys, None))
    row = rows.values_list(*(column for column, _way in order.keys))[int(rows.count() * depth)]
    return Cursor(tuple(row), False)
