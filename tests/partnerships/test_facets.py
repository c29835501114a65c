"""Facet counts: equal to a recount after whatever happened, folded or not, for every audience and single filter."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from members.models import Member
from partnerships.actions.facets import fold_facets
from partnerships.actions.search import index_listing, unindex_listing
from partnerships.models import FacetDelta, FacetPair, ListingSearch
from partnerships.models.search import Criteria
from tests.factories import make_listing, make_member, make_sector


@pytest.fixture
def sectors(db):
    tops = [make_sector(code=code) for code in ("ENE", "EDU")]
    return [make_sector(code=f"{top.code}-0{n}", parent=top) for top in tops for n in (1, 2)]


def make_indexed(sectors, **changes):
    listing = make_listing(sectors, **changes)
    index_listing(listing)
    return listing


def recount(criteria: Criteria) -> tuple[int, dict[str, int]]:
    """By reading every row, sharing nothing with what is tested."""
    rows = []
    for row in ListingSearch.objects.select_related("member"):
        fits = row.expires_on >= criteria.today and row.member.status == "approved"
        fits &= row.is_public or criteria.for_members
        fits &= not criteria.kind or row.kind == criteria.kind
        fits &= all(set(tokens) & set(row.facets) for _name, tokens in criteria.facets)
        if fits:
            rows.append(row)
    return len(rows), dict(Counter(facet for row in rows for facet in row.facets))


def every_criteria():
    today = timezone.localdate()
    filters = [
        (),
        (("sector", ("s:ENE",)),),
        (("sector", ("s:EDU-02",)),),
        (("sector", ("s:NONE",)),),
        (("country", ("c:PL",)),),
        (("country", ("c:PL", "c:UA")),),
        (("lang", ("l:en",)),),
        (("help", ("g:other", "m-g:other")),),
        (("urgency", ("u:high", "u:critical")),),
        (("partner", ("p:never", "m-p:never")),),
    ]
    for facets in filters:
        for kind in ("", "need", "offer"):
            for for_members in (False, True):
                yield Criteria(today=today, for_members=for_members, kind=kind, facets=facets)


def check():
    for criteria in every_criteria():
        assert criteria.is_summarised
        counts = ListingSearch.objects.counts(criteria)
        assert (counts.total, counts.found, counts.is_exact) == (*recount(criteria), True), criteria


def test_counts_equal_a_recount_whatever_happens(sectors):
    rng = random.Random(7)
    members = [make_member(country=country) for country in ("PL", "UA", "DE")]
    listings = []
    for step in range(60):
        choice = rng.random()
        if choice < 0.5 or not listings:
            changes = {
                "kind": rng.choice(["need", "offer"]),
                "audience": rng.choice(["public", "public", "members"]),
                "member": rng.choice(members),
                "urgency": rng.choice(["normal", "high", "critical"]),
                "field_audiences": rng.choice([{}, {"lines": "members"}, {"lines": "partner"}]),
            }
            listings.append(make_indexed(rng.sample(sectors, rng.randint(1, 3)), **changes))
        elif choice < 0.7:
            listing = rng.choice(listings)
            listing.sectors.set(rng.sample(sectors, rng.randint(1, 2)))
            index_listing(type(listing).objects.with_facts().get(pk=listing.pk))
        elif choice < 0.8:
            unindex_listing(listings.pop(rng.randrange(len(listings))))
        elif choice < 0.9:
            fold_facets()
        else:
            ListingSearch.objects.update(age=1)
        if step % 6 == 5:
            check()
    assert ListingSearch.objects.count() > 10
    fold_facets()
    check()
    assert not FacetDelta.objects.exists()


def test_what_is_past_its_day_or_whose_member_is_on_hold_does_not_count(sectors):
    make_indexed(sectors[:1])
    make_indexed(sectors[:2], member=make_member(status=Member.Status.ON_HOLD, country="UA"))
    late = make_indexed(sectors[2:])
    ListingSearch.objects.filter(listing=late).update(expires_on=timezone.localdate() - timedelta(days=1))
    assert ListingSearch.objects.counts(Criteria(today=timezone.localdate())).total == 1
    check()


def test_an_update_that_changes_no_facet_writes_no_delta(sectors):
    make_indexed(sectors)
    fold_facets()
    ListingSearch.objects.update(age=1, indexed_at=timezone.now())
    assert not FacetDelta.objects.exists()


def test_what_is_gone_leaves_no_row_behind(sectors):
    listing = make_indexed(sectors)
    fold_facets()
    assert FacetPair.objects.filter(facet="s:ENE", other="*", count=1).exists()
    unindex_listing(listing)
    fold_facets()
    assert not FacetPair.objects.exists()


def test_emptying_the_search_empties_the_counts(sectors):
    make_indexed(sectors)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE partnerships_listingsearch")
    assert not FacetDelta.objects.exists()
    check()


@pytest.mark.parametrize(
    "changes",
    [
        {"words": "'en:bed'"},
        {"valid_until": timezone.localdate()},
        {"facets": (("sector", ("s:ENE",)), ("country", ("c:PL",)))},
        {"facets": (("sector", ("s:ENE", "s:EDU")),)},
    ],
)
def test_what_the_summary_does_not_know_is_counted_row_by_row(sectors, changes):
    criteria = Criteria(today=timezone.localdate(), **changes)
    assert not criteria.is_summarised
    for codes in (sectors[:1], sectors[2:], [sectors[0], sectors[3]]):
        make_indexed(codes, member=make_member(country="PL"))
    if "words" not in changes:
        counts = ListingSearch.objects.counts(criteria)
        assert (counts.total, counts.found) == recount(criteria)
