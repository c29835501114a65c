"""Filters of the lists: each finds exactly its listings, shows exact counts, comes off as a chip, and tells nobody what
they may not read."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.journal import SYSTEM
from partnerships.actions import matches, pledge_events, search
from partnerships.actions.facets import fold_facets
from partnerships.actions.search import reindex_listings
from partnerships.models import FacetPair, Listing, ListingSearch, SearchLine
from partnerships.models.criteria import Asked
from tests.factories import (
    PASSWORD,
    make_appeal,
    make_listing,
    make_match,
    make_member,
    make_pledge_line,
    make_representative,
    make_template,
)

TODAY = timezone.localdate()


def day(number):
    return timezone.localdate() + timedelta(days=number)


def url(name="listing_list", language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}")


def titles(response):
    return {card["title"] for card in response.context["cards"]}


def counted(response, name):
    found = [facet for facet in response.context["facets"] if facet.name == name]
    return {choice.value: choice.count for facet in found for choice in facet.choices}


def sign_in(client):
    representative = make_representative()
    client.login(username=representative.user.email, password=PASSWORD)


@pytest.fixture
def things(db):
    """A need and offers of two items, one of them with everything, and one in free words."""
    generator = make_template(code="generator", group="energy", range_unit="kw")
    visit = make_template(code="study-visit", group="visits", range_unit="", unit="place")
    appeal = make_appeal()
    piece = {"unit": "piece", "quantity": 2, "item": ""}
    make_listing(
        kind="need", title_en="Big generators", urgency="critical", transport_by="giver", appeal=appeal,
        line={**piece, "template": generator, "range_min": 300, "range_max": 700, "range_unit": "kw",
              "needed_by": day(10)},
    )  # fmt: skip
    make_listing(
        title_en="Small generators", transport_by="shared",
        line={**piece, "template": generator, "range_min": Decimal("0.01"), "range_max": Decimal("0.04"),
              "range_unit": "mw", "available_from": day(20)},
    )  # fmt: skip
    make_listing(
        title_en="Visit", urgency="high", expires_on=day(60),
        line={"template": visit, "item": "", "unit": "place", "quantity": 5,
              "available_from": day(3), "available_until": day(5)},
    )  # fmt: skip
    make_listing(title_en="Free words", expires_on=day(9))
    reindex_listings()
    return appeal


CASES = [
    ("help=energy", {"Big generators", "Small generators"}),
    ("help=energy&help=visits", {"Big generators", "Small generators", "Visit"}),
    ("help=other", {"Free words"}),
    ("item=study-visit", {"Visit"}),
    ("item=generator&kind=need", {"Big generators"}),
    ("item=generator&size_from=40", {"Big generators", "Small generators"}),
    ("item=generator&size_from=41", {"Big generators"}),
    ("item=generator&size_from=41&size_to=299", set()),
    ("item=generator&size_to=0,3&size_unit=mw", {"Big generators", "Small generators"}),
    ("size_from=0.7&size_unit=mw", {"Big generators"}),
    ("size_from=700.01&size_unit=kw", set()),
    ("size_from=10&size_to=20&size_unit=kw", {"Small generators"}),
    ("size_to=5&size_unit=kwh", set()),
    ("needed_by={10}", {"Big generators"}),
    ("needed_by={9}", set()),
    ("available_on={4}", {"Visit", "Free words"}),
    ("available_on={9}", {"Free words"}),
    ("available_on={10}", set()),
    ("available_on={40}", {"Small generators"}),
    ("item=study-visit&available_on={20}", set()),
    ("appeal={appeal}", {"Big generators"}),
    ("urgency=critical&urgency=high", {"Big generators", "Visit"}),
    ("transport=shared", {"Small generators"}),
    ("cover=open", {"Big generators"}),
    ("cover=covered", set()),
    ("partner=never&kind=offer", {"Small generators", "Visit", "Free words"}),
]


def test_each_filter_finds_its_listings_and_comes_off_as_a_chip(client, things):
    for query, expected in CASES:
        query = query.format(*(day(n).isoformat() for n in range(61)), appeal=things.slug)
        response = client.get(f"{url()}?{query}")
        assert response.status_code == 200, query
        assert titles(response) == expected, query
        sizes = any(part.startswith("size") for part in query.split("&"))
        others = [part for part in query.split("&") if not part.startswith("size")]
        chips = response.context["chips"]
        assert len(chips) == len(others) + sizes, query
        for chip in chips:
            fewer = chip["remove_url"].removeprefix("?").split("&")
            assert len([part for part in fewer if part and not part.startswith("size")]) >= len(others) - 1
        total = str(response.context["total"])
        assert total.startswith(str(len(expected))), query
        # The files and the saved search ask the same.
        asked = Asked.of(QueryDict(query), kind="", for_members=False)
        ids = ListingSearch.objects.every_id(asked.criteria)
        assert set(Listing.objects.filter(pk__in=ids).values_list("title_en", flat=True)) == expected
        again = Asked.of(QueryDict(asked.address), kind="", for_members=False)
        assert again.criteria == asked.criteria, query


def test_every_count_is_what_choosing_it_finds(client, things):
    for query in ("", "kind=need", "help=energy", f"needed_by={day(30)}", "urgency=normal&partner=never"):
        response = client.get(f"{url()}?{query}")
        names = {facet.name for facet in response.context["facets"]}
        for group in response.context["facets"]:
            if any(choice.is_checked for choice in group.choices):
                continue
            for choice in group.choices:
                chosen = client.get(f"{url()}?{query}&{group.name}={choice.value}")
                assert str(len(titles(chosen))) == choice.count, (query, group.name, choice.value)
    assert {"help", "item", "urgency", "transport", "partner"} <= names


def test_counts_with_one_filter_come_from_the_summary_and_are_exact(client, things):
    fold_facets()
    assert FacetPair.objects.filter(facet="i:generator", other="g:energy").exists()
    response = client.get(f"{url()}?item=generator")
    assert counted(response, "help") == {"energy": "2"}
    assert counted(response, "kind") == {"need": "1", "offer": "1"}
    assert counted(response, "item") == {"generator": "2", "study-visit": "1"}


REFUSED = [
    ("until=2026-13-45", "until", "2026-13-45"),
    ("needed_by=tomorrow", "needed_by", "tomorrow"),
    ("available_on=31.12.2026", "available_on", "31.12.2026"),
    ("size_from=ten&size_unit=kw", "size_from", "ten"),
    ("size_from=1,000&size_unit=kw", "size_from", "1,000"),
    ("size_from=-5&size_unit=kw", "size_from", "-5"),
    ("size_from=9&size_to=5&size_unit=kw", "size_to", "5"),
    ("size_from=9", "size_unit", ""),
    ("size_from=9&size_unit=parsec", "size_unit", ""),
    ("item=generator&size_from=9&size_unit=kwh", "size_unit", "kwh"),
]


@pytest.mark.parametrize("language", ["en", "uk"])
def test_what_makes_no_sense_is_said_at_its_field_and_kept(client, things, language):
    for query, field, typed in REFUSED:
        response = client.get(f"{url(language=language)}?{query}")
        page = response.content.decode()
        assert response.status_code == 422, query
        form = response.context["form"]
        assert list(form.errors) == [field], query
        assert f'id="filter-{field}_error"' in page
        assert not typed or f'value="{typed}"' in page, query
        assert "error-summary" in page


def test_no_file_is_made_without_the_filter_that_was_meant(client, things):
    response = client.get("/en/listings/listings.csv?needed_by=tomorrow")
    assert response.status_code == 302
    assert response.url == f"{url()}?needed_by=tomorrow"


def test_a_choice_that_is_none_is_refused(client, things):
    for query in ("country=<x>", "urgency=never", "item=A%20B", "region=x", "partner=1"):
        response = client.get(f"{url()}?{query}")
        assert response.status_code == 422
        assert "Part of the address makes no sense" in response.content.decode()


# --- What a reader may not know -----------------------------------------------------------------------------


SECRET = {"template": None, "item": "", "unit": "piece", "quantity": 1, "range_min": 5, "range_max": 5,
          "range_unit": "kw", "needed_by": None, "available_from": None}  # fmt: skip
TELLING = ["item=generator", "help=energy", "size_from=5&size_to=5&size_unit=kw", "cover=open",
           "help=energy&item=generator&kind=need"]  # fmt: skip


@pytest.mark.parametrize(
    ("needed", "everyone", "members"),
    [("public", 1, 1), ("members", 0, 1), ("partner", 0, 0), ("coordinators", 0, 0)],
)
def test_lines_are_found_and_counted_for_those_who_read_them(client, db, needed, everyone, members):
    generator = make_template(code="generator")
    audiences = {} if needed == "public" else {"lines": needed}
    make_listing(kind="need", field_audiences=audiences, line={**SECRET, "template": generator})
    reindex_listings()
    for expected in (everyone, members):
        for query in TELLING:
            assert len(titles(client.get(f"{url()}?{query}"))) == expected, query
        response = client.get(url())
        assert counted(response, "item") == ({"generator": "1"} if expected else {})
        assert counted(response, "help") == ({"energy": "1"} if expected else {})
        assert counted(response, "cover") == ({"open": "1"} if expected else {})
        sign_in(client)


@pytest.mark.parametrize("kind", ["need", "offer"])
def test_dates_are_asked_of_those_who_read_them(client, db, kind):
    generator = make_template(code="generator")
    dates = {"needed_by": day(5)} if kind == "need" else {"available_from": day(5), "available_until": day(6)}
    line = {**SECRET, **dates, "template": generator}
    make_listing(kind=kind, field_audiences={"needed_by": "members"}, line=line, expires_on=day(30))
    reindex_listings()
    query = f"needed_by={day(5)}" if kind == "need" else f"available_on={day(10)}"
    # To everyone the offer names no days; members know that it ends before.
    public, member = (0, 1) if kind == "need" else (1, 0)
    assert len(titles(client.get(f"{url()}?{query}"))) == public
    assert len(titles(client.get(f"{url()}?item=generator&size_to=6"))) == 1
    sign_in(client)
    assert len(titles(client.get(f"{url()}?{query}"))) == member
    assert len(titles(client.get(f"{url()}?item=generator&size_to=6"))) == 1


def test_a_listing_for_members_is_in_no_public_count(client, db):
    make_listing(audience="members", line={**SECRET, "template": make_template(code="generator")})
    reindex_listings()
    response = client.get(url())
    assert counted(response, "item") == counted(response, "urgency") == counted(response, "partner") == {}
    sign_in(client)
    assert counted(client.get(url()), "item") == {"generator": "1"}


def test_a_hidden_member_is_not_told_by_its_partners_nor_by_the_order(client, db):
    listing = make_listing(is_member_hidden=True)
    reindex_listings()
    assert titles(client.get(f"{url()}?partner=never")) == set()
    assert counted(client.get(url()), "partner") == {}
    name = listing.member.name_en or listing.member.official_name
    assert name.lower() not in ListingSearch.objects.get().sort_en
    sign_in(client)
    assert len(titles(client.get(f"{url()}?partner=never"))) == 1


# --- Kept in step -------------------------------------------------------------------------------------------


def cover(listing):
    facets = ListingSearch.objects.get(listing=listing).facets
    return [facet for facet in facets if "o:" in facet]


def test_the_state_of_cover_follows_the_ledger(client, db):
    need = make_listing(kind="need", line={"item": "beds", "unit": "piece", "quantity": 10})
    hidden = make_listing(kind="need", field_audiences={"lines": "members"}, member=need.member)
    reindex_listings()
    assert (cover(need), cover(hidden)) == (["o:open"], ["m-o:open"])
    for quantity, expected in ((4, "o:partly"), (6, "o:covered")):
        line = make_pledge_line(need.lines.get(), {"promised": quantity})
        entry = pledge_events.Entry(line.slug, "committed", Decimal(quantity))
        pledge_events.write_events(
            line.pledge, [entry], by=SYSTEM, side="giver", submission=pledge_events.AT_ONCE
        )
        assert cover(need) == [expected]
        assert titles(client.get(f"{url()}?cover={expected[2:]}")) == {need.title_en}
    entry = pledge_events.Entry(line.slug, "cancelled", Decimal(6), "The truck broke down.")
    pledge_events.write_events(
        line.pledge, [entry], by=SYSTEM, side="giver", submission=pledge_events.AT_ONCE
    )
    assert cover(need) == ["o:partly"]
    before = ListingSearch.objects.get(listing=need)
    reindex_listings()
    after = ListingSearch.objects.get(listing=need)
    assert sorted(before.facets) == sorted(after.facets)
    assert before.vector == after.vector


def never(*members):
    rows = ListingSearch.objects.filter(member__in=members, facets__contains=["p:never"])
    return set(rows.values_list("member", flat=True))


def test_a_member_has_a_partner_from_the_first_agreement_on(db):
    asking, asked, other = (make_member() for _ in range(3))
    for member in (asking, asked, other):
        make_listing(member=member)
    reindex_listings()
    match = make_match(asking, asked, status="requested")
    user = make_representative(member=asked).user
    assert never(asking, asked, other) == {asking.pk, asked.pk, other.pk}
    matches.accept_match(match, member=asked, by=user)
    assert never(asking, asked, other) == {other.pk}
    matches.end_match(match, member=asked, by=user)
    reindex_listings()
    assert never(asking, asked, other) == {other.pk}
    vector = ListingSearch.objects.get(member=asking).vector
    assert "p:never" not in vector


def test_a_firm_commitment_makes_partners_of_both_and_the_sweep_heals(db):
    need = make_listing(kind="need", line={"item": "beds", "unit": "piece", "quantity": 10})
    line = make_pledge_line(need.lines.get(), {"promised": 4})
    make_listing(member=line.pledge.giver)
    reindex_listings()
    both = (need.member, line.pledge.giver)
    assert len(never(*both)) == 2
    make_pledge_line(need.lines.get(), {"promised": 1, "committed": 1}, pledge=line.pledge)
    search.reindex_stale()
    assert never(*both) == set()


def test_search_lines_follow_their_listing(db):
    listing = make_listing(line={**SECRET, "template": make_template(code="generator")})
    search.index_listing(listing)
    search.index_listing(listing)
    row = SearchLine.objects.get()
    assert (row.item, row.dimension, row.low, row.seen_by) == ("generator", "kw", 5, 0)
    search.unindex_listing(listing)
    assert not SearchLine.objects.exists()
    search.index_listing(listing)
    Listing.objects.update(status="withdrawn")
    reindex_listings()
    assert not SearchLine.objects.exists()


# --- Cost ----------------------------------------------------------------------------------------------------


QUERY = f"?item=generator&size_from=1&partner=never&available_on={day(25)}&urgency=normal"


@pytest.mark.parametrize("count", [1, 3])
def test_a_filtered_list_takes_the_same_queries_however_long(client, db, django_assert_num_queries, count):
    generator = make_template(code="generator")
    for _n in range(count):
        make_listing(line={**SECRET, "template": generator})
    reindex_listings()
    client.get(url())
    with django_assert_num_queries(QUERIES):
        assert len(client.get(url() + QUERY).context["cards"]) == count


QUERIES = 12
