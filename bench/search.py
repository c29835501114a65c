"""Search: the newest page of a search among SIZE listings / among 10,000, over common, rare, absent and combined
terms. Then the page at 80 % depth / the first page. Both databases answer in turn, so noise meets both alike."""

import time
from dataclasses import replace

from django.utils import timezone

from alliance.core.lists import Cursor
from bench.data import ABSENT, MARKERS, RARE_COUNTRY, RARE_SECTOR, ensure_listings
from bench.tables import median, percentile, show
from partnerships.models import ListingSearch
from partnerships.models.search import Criteria
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


def timed(alias: str, asked: Criteria, cursor: Cursor | None = None) -> float:
    started = time.perf_counter()
    ListingSearch.objects.using(alias).ids(asked, cursor)
    return (time.perf_counter() - started) * 1000


def deep_ratio(size: int) -> float:
    """A page of the whole list at 80 % depth / the first page."""
    rows = ListingSearch.objects.using("large").order_by("-published_at", "-listing_id")
    row = rows[int(size * 0.8)]
    cursor = Cursor((row.published_at, row.listing_id), False)
    asked = Criteria(today=timezone.localdate())
    first, deep = [], []
    for number in range(ROUNDS * 4 + 2):
        for spent, where in ((first, None), (deep, cursor)):
            milliseconds = timed("large", asked, where)
            if number >= 2:
                spent.append(milliseconds)
    show(
        f"pages of the whole list of {size:,}",
        ["page", "median ms", "p95 ms"],
        [
            ["first", median(first), percentile(first, 0.95)],
            ["at 80 %", median(deep), percentile(deep, 0.95)],
        ],
    )
    return median(deep) / median(first)
