"""Pages by key: complete, in order, flat; broken keys lead to the first page. Filters, chips, addresses."""

import base64
import json
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from alliance.core import lists
from members.models import Place
from partnerships.models import Listing
from tests.factories import make_listing, make_member, make_place

NEWEST = [("published_at", "desc"), ("id", "desc")]


def pages(queryset, keys, size):
    """Every page from the first to the last."""
    params, found = QueryDict("", mutable=True), []
    while True:
        page = lists.keyset_page(queryset, keys, params, size)
        found.append(page)
        if not page.after:
            return found
        params["after"] = page.after


@pytest.fixture
def listings(db):
    member, now = make_member(), timezone.now()
    # Three share one moment: the id decides between them.
    moments = [now - timedelta(minutes=n // 3) for n in range(7)]
    return [make_listing(member=member, published_at=moment) for moment in moments]


def test_pages_hold_every_row_once_and_in_order(listings):
    found = pages(Listing.objects.all(), NEWEST, 2)
    rows = [row for page in found for row in page.rows]
    assert rows == list(Listing.objects.order_by("-published_at", "-id"))
    assert [len(page.rows) for page in found] == [2, 2, 2, 1]
    assert not found[0].before
    assert not found[-1].after


def test_the_way_back_meets_the_same_pages(listings):
    found = pages(Listing.objects.all(), NEWEST, 2)
    back = lists.keyset_page(Listing.objects.all(), NEWEST, {"before": found[2].before}, 2)
    assert back.rows == found[1].rows
    assert back.before
    first = lists.keyset_page(Listing.objects.all(), NEWEST, {"before": back.before}, 2)
    assert first.rows == found[0].rows
    assert not first.before
    assert first.after


def test_mixed_directions_page_as_well(db):
    for country, name in [("PL", "b"), ("PL", "a"), ("DE", "c"), ("UA", "d"), ("DE", "a")]:
        make_place(country=country, sort_en=name)
    keys = [("country", "asc"), ("sort_en", "desc"), ("id", "asc")]
    rows = [row for page in pages(Place.objects.all(), keys, 2) for row in page.rows]
    assert rows == list(Place.objects.order_by("country", "-sort_en", "id"))


def test_a_row_that_leaves_or_comes_between_two_pages_moves_no_other(listings):
    first = lists.keyset_page(Listing.objects.all(), NEWEST, {}, 3)
    expected = lists.keyset_page(Listing.objects.all(), NEWEST, {"after": first.after}, 3).rows
    make_listing(published_at=timezone.now() + timedelta(minutes=1))
    first.rows[1].lines.all().delete()
    first.rows[1].delete()
    assert lists.keyset_page(Listing.objects.all(), NEWEST, {"after": first.after}, 3).rows == expected


def token(*values):
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


BROKEN = [
    "",
    "x",
    "ż",
    "\0",
    "😀" * 3000,
    "a" * 10_000,
    "W10",
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"{}").decode(),
    token("2026-01-01", 1),
    token("2026-01-01T00:00:00+00:00"),
    token("2026-01-01T00:00:00+00:00", 10**30),
    token("2026-01-01T00:00:00+00:00", "1; DROP TABLE"),
    token("2026-01-01T00:00:00+00:00", True),
    token("2026-01-01T00:00:00+00:00", None),
    token("2026-13-45T00:00:00+00:00", 1),
    token(None, None),
    token(["2026"], {"a": 1}),
]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", ["after", "before"])
def test_a_broken_key_leads_to_the_first_page(listings, name, broken):
    page = lists.keyset_page(Listing.objects.all(), NEWEST, {name: broken}, 2)
    assert page.rows == lists.keyset_page(Listing.objects.all(), NEWEST, {}, 2).rows


@pytest.mark.parametrize("broken", [token("a\0b", 1), token("\ud800", 1), token("x" * 500, 1)])
def test_a_broken_text_in_a_key_leads_to_the_first_page(db, broken):
    place = make_place(sort_en="a")
    page = lists.keyset_page(Place.objects.all(), [("sort_en", "asc"), ("id", "asc")], {"after": broken})
    assert page.rows == [place]


def test_counts_stop_at_their_cap(listings):
    assert lists.capped_count(Listing.objects.all(), cap=3) == 4
    assert lists.capped_count(Listing.objects.all(), cap=50) == 7
    assert lists.written_count(4, cap=3) == "3+"
    assert lists.written_count(1000) == "1,000"
    assert lists.written_count(1001) == "1,000+"
    assert lists.written_count(12, at_least=True) == "12+"


def test_addresses_keep_filters_and_start_at_the_first_page():
    params = QueryDict("q=dach&sector=ENE&sector=EDU&after=abc&empty=")
    assert lists.without(params, "sector", "ENE") == "?q=dach&sector=EDU"
    assert lists.address(params, q=None) == "?sector=ENE&sector=EDU"
    assert lists.address(params, after="x") == "?q=dach&sector=ENE&sector=EDU&after=x"
    assert lists.kept(params, "q") == [
        {"name": "sector", "value": "ENE"},
        {"name": "sector", "value": "EDU"},
        {"name": "empty", "value": ""},
    ]
    assert lists.address(QueryDict("q=dach"), q=None) == "?"


def test_chips_remove_one_value_each():
    params = QueryDict("kind=need&sector=ENE&sector=EDU")
    facet = lists.Facet(
        "sector", "Sector", [lists.Choice("ENE", "Energy", is_checked=True), lists.Choice("EDU", "School")]
    )
    assert lists.chips(params, [facet]) == [{"label": "Energy", "remove_url": "?kind=need&sector=EDU"}]
    assert facet.is_open


def test_values_and_typed_text_are_tamed():
    params = QueryDict("s=a&s=b&s=a&s=&s=zzz", mutable=True)
    params["q"] = "  dach\0 \n nad  " + "x" * 10_000
    assert lists.values_of(params, "s", ["a", "b"]) == ["a", "b"]
    assert lists.text_of(params).startswith("dach nad xxx")
    assert len(lists.text_of(params)) <= lists.MAX_QUERY
