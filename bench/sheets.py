"""Export of needs and offers: all public ones as CSV, as the view streams them to a visitor, against one COPY TO STDOUT
of the same columns. The two sides alternate.

Ours asks for each row who may see which field, walks the search's rows in the order of the list and guards every text
against formulas. Shown beside it: the other forms, once each, and how far the process grew after the first tenth.
"""

from collections.abc import Callable, Iterator

from django.db import connections
from django.utils import timezone, translation

from bench.data import ensure_listings
from bench.exports import PREFIX, ROUNDS, XLSX_UP_TO, streamed
from bench.limits import copy_listings
from bench.tables import median, show
from partnerships.exports.sheets import PUBLIC
from partnerships.models import Listing, ListingSearch
from partnerships.models.search import Criteria
from partnerships.models.sheet_rows import SheetRows

ABOUT = {"licence": "CC BY 4.0"}


def run(size: int) -> None:
    ensure_listings("large", size)
    kept = connections["default"]
    connections["default"] = connections["large"]  # the export asks the portal's own database
    try:
        with translation.override("en"):
            measure(size)
    finally:
        connections["default"] = kept


def measure(size: int) -> None:
    limits: list[float] = []
    ours: list[float] = []
    grown = limit_size = our_size = 0
    for number in range(ROUNDS):
        limit, limit_size = copy_listings.seconds(PREFIX, "en")
        spent, our_size, growth = streamed(as_form("csv"))
        limits.append(limit)
        ours.append(spent)
        grown = max(grown, growth)
        print(f"round {number + 1} of {ROUNDS}: {limit:.2f} s, {spent:.2f} s", flush=True)
    ratio = median(ours) / median(limits)
    rows = [
        ["COPY TO STDOUT", median(limits), round(size / median(limits)), f"{limit_size / 1e6:.1f}", 1.0],
        ["csv", median(ours), round(size / median(ours)), f"{our_size / 1e6:.1f}", ratio],
    ]
    for form in ("json", "xlsx"):
        if form == "xlsx" and size > XLSX_UP_TO:
            continue
        spent, sent, _growth = streamed(as_form(form))
        rows.append([form, spent, round(size / spent), f"{sent / 1e6:.1f}", spent / median(limits)])
    show(
        f"{size} needs and offers, medians of {ROUNDS} rounds",
        ["case", "seconds", "rows/s", "MB", "of the limit"],
        rows,
    )
    print(f"\nThe process grew by {grown / 1024:.1f} MB after the first tenth of the rows.")
    print(f"\nexport-listings: {ratio:.2f}")


def as_form(form: str) -> Callable[[], Iterator[bytes]]:
    """The file of a visitor, from the question on."""

    def content() -> Iterator[bytes]:
        ids = ListingSearch.objects.every_id(Criteria(today=timezone.localdate()))
        rows = SheetRows(Listing.objects.open().for_audience("public"), ids, lambda row: "public", PREFIX)
        return rows.file(PUBLIC, form, ABOUT)

    return content
