"""Search on forty parallel texts: what readers type finds what it should in each language, and little else."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from members.models import Sector
from partnerships.actions.search import reindex_listings
from partnerships.models import ListingSearch
from partnerships.models.search import Criteria
from partnerships.search_text import words_query
from tests.factories import make_listing, make_member

GOAL = 0.95


@pytest.fixture
def texts(shared_data, db):
    """The forty texts as published listings with their sub-sectors: {listing id: text id}."""
    call_command("load_sectors", verbosity=0)
    member, now, known = make_member(official_name="X", place=None, kind="association"), timezone.now(), {}
    lines = (shared_data / "texts" / "needs_offers_sample.jsonl").read_text(encoding="utf-8").splitlines()
    for n, row in enumerate(map(json.loads, lines)):
        words = {
            f"{name}_{code}": row[code][name] for code in ("en", "pl", "uk") for name in ("title", "text")
        }
        listing = make_listing(
            [Sector.objects.get(code=row["subsector"])],
            kind=row["kind"],
            member=member,
            published_at=now - timedelta(minutes=n),
            **words,
        )
        listing.lines.all().delete()
        known[listing.pk] = row["id"]
    reindex_listings()
    return known


def found(text, language, **criteria):
    asked = Criteria(today=timezone.localdate(), words=words_query(text, language), **criteria)
    return [hit.listing_id for hit in ListingSearch.objects.ids(asked, size=100)]


@pytest.mark.shared
@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_recall_and_precision(texts, shared_data, language):
    queries = json.loads((shared_data / "texts" / "search_queries.json").read_text(encoding="utf-8"))[
        language
    ]
    right = wanted = given = 0
    faults = []
    for query in queries:
        relevant = set(query["relevant"])
        hits = {texts[pk] for pk in found(query["q"], language)}
        right, wanted, given = right + len(hits & relevant), wanted + len(relevant), given + len(hits)
        if hits != relevant:
            faults.append((query["q"], sorted(relevant - hits), sorted(hits - relevant)))
    recall, precision = right / wanted, right / given
    print(f"{language}: recall {recall:.3f}, precision {precision:.3f}, {len(queries)} queries; {faults}")  # noqa: T201
    assert recall >= GOAL, faults
    assert precision >= GOAL, faults
