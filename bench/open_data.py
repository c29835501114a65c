"""Open data of many rows: the sweep behind the feed of changes, the daily files, the sitemap, the evidence.

A sweep that finds nothing is set against one pass of the database over the same rows. Beside it, once each: the first
sweep of all, one after each hundredth row changed, deep pages of the interface, the files and how far the process grew
while it wrote them, the index of the sitemap, the figures for the institutions.
"""

import io
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from alliance.content.actions.downloads import CONTENTS
from alliance.content.actions.evidence import compute_evidence, compute_tables
from alliance.content.actions.public_changes import note_public_changes
from alliance.content.models import PublicRecord
from alliance.core import lists
from bench.data import ensure_listings
from bench.exports import streamed
from bench.tables import median, show

ROUNDS = 3
OF_ALL_ROWS = """COPY (SELECT l.slug, md5(l.updated_at::text || s.indexed_at::text) FROM partnerships_listing l
    JOIN partnerships_listingsearch s ON s.listing_id = l.id JOIN members_member m ON m.id = l.member_id
    WHERE l.status = 'published' AND l.audience = 'public' AND m.status = 'approved') TO STDOUT"""
FILES = [
    ("needs-and-offers", "csv"),
    ("needs-and-offers", "json"),
    ("members", "json"),
    ("places", "geojson"),
]


def run(size: int) -> None:
    ensure_listings("large", size)
    kept = connections["default"]
    connections["default"] = connections["large"]  # everything asks the portal's own database
    settings.ALLOWED_HOSTS = ["*"]
    try:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE content_publicrecord")
        measure()
    finally:
        connections["default"] = kept


def measure() -> None:
    rows: list[list[Any]] = []

    def once(name: str, work: Callable[[], Any]) -> Any:
        spent, found = seconds(work)
        rows.append([name, spent, found if isinstance(found, int) else ""])
        print(f"{name}: {spent:.2f} s", flush=True)
        return found

    once("first sweep of the changes", note_public_changes)
    passes, quiet = (
        [seconds(work)[0] for _round in range(ROUNDS)] for work in (one_pass, note_public_changes)
    )
    rows += [["one pass over the rows", median(passes), ""], ["sweep that finds nothing", median(quiet), 0]]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE partnerships_listing SET updated_at = now() WHERE mod(id, 100) = 0")
    once("sweep after each hundredth row changed", note_public_changes)
    get(reverse("api:documents"))  # the first request of all imports what pages are made of
    newest = PublicRecord.objects.newest()
    middle = PublicRecord.objects.filter(number__gte=newest.number // 2).order_by("number").first()
    cursor_of = lists.encode(middle, [("number", "asc")])
    once("changes, a page in the middle", lambda: get(reverse("api:changes"), cursor=cursor_of))
    once("index of the sitemap", lambda: get("/sitemap.xml"))
    once("index of the sitemap again", lambda: get("/sitemap.xml"))
    once("a part of the sitemap", lambda: get("/sitemap/listings/1.xml"))
    once("evidence", lambda: len(compute_tables()[1]) + len(compute_evidence(None)[1]))
    for name, form in FILES:
        spent, sent, growth = streamed(
            lambda name=name, form=form: CONTENTS[name](form, {"licence": "CC BY 4.0"})
        )
        rows.append([f"{name}.{form}", spent, f"{sent / 1e6:.0f} MB, grew by {growth / 1024:.0f} MB"])
        print(f"{name}.{form}: {spent:.2f} s", flush=True)
    show("Open data", ["case", "seconds", "rows or bytes"], rows)
    print(f"\nopen-data: {median(quiet) / median(passes):.2f}")


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = work()
    return time.perf_counter() - started, found


def one_pass() -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(OF_ALL_ROWS, io.BytesIO())


def get(path: str, **query: str) -> int:
    """Bytes of an answer that no cache had."""
    if path != "/sitemap.xml":
        cache.clear()
    response = Client().get(path, query)
    if response.status_code != 200:
        raise RuntimeError(f"{path}: {response.status_code}")
    return len(response.content)
