"""Coverage of stored needs: by the ledger's events, on cards and pages, in a constant number of queries."""

from decimal import Decimal
from itertools import count

import pytest
from django.urls import reverse
from django.utils import translation

from alliance.core import freshness
from partnerships.actions.search import reindex_listings
from partnerships.coverage import PERCENT
from partnerships.models import Listing, ListingLine
from tests.factories import (
    PASSWORD,
    make_event,
    make_listing,
    make_member,
    make_pledge_line,
    make_representative,
    make_template,
)


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


def make_need(quantity=20, **line):
    fields = {"item": "generator", "quantity": quantity, "unit": "piece"} | line
    return make_listing(kind="need", title_en="Generators", line=fields, member=make_member(country="UA"))


def fresh(need):
    return Listing.objects.with_facts().get(pk=need.pk)


def parts(need):
    coverage = fresh(need).coverage
    names = ("asked", "accepted", "underway", "promised", "open", "over")
    return {name: int(value) for name in names if (value := getattr(coverage, name))}


@pytest.fixture
def need(db):
    return make_need()


def test_a_need_that_nobody_promised_anything_for_is_open(need):
    assert parts(need) == {"asked": 20, "open": 20}
    assert not fresh(need).coverage.is_partly_covered


def test_a_soft_promise_covers_nothing_and_is_shown(need):
    make_pledge_line(need.lines.get(), {"promised": 3})
    assert parts(need) == {"asked": 20, "open": 20, "promised": 3}


def test_what_is_committed_covers_until_it_is_cancelled_lost_or_returned(need):
    line = make_pledge_line(need.lines.get(), {"promised": 12, "committed": 12})
    assert parts(need) == {"asked": 20, "underway": 12, "open": 8}
    for kind, covered in (("cancelled", 11), ("lost", 10), ("returned", 9)):
        make_event(line, "dispatched", 3)
        make_event(line, kind, 1)
        assert parts(need) == {"asked": 20, "underway": covered, "open": 20 - covered}
    make_event(line, "received", 7)
    make_event(line, "accepted", 7)
    assert parts(need) == {"asked": 20, "accepted": 7, "underway": 2, "open": 11}


def test_a_correction_takes_off_what_it_corrects(need):
    line = make_pledge_line(need.lines.get(), {"committed": 12})
    make_event(line, "committed", 2, corrects=line.events.get())
    assert parts(need) == {"asked": 20, "underway": 10, "open": 10}


def test_several_givers_cover_one_need_and_too_much_is_visible(need):
    for quantity in (12, 7, 4):
        make_pledge_line(need.lines.get(), {"committed": quantity})
    assert parts(need) == {"asked": 20, "underway": 20, "over": 3}
    assert fresh(need).coverage.is_covered


def test_what_was_delivered_beyond_the_commitment_covers_too(need):
    line = make_pledge_line(need.lines.get(), {"committed": 10, "over_delivered": 2})
    for kind in ("dispatched", "received", "accepted"):
        make_event(line, kind, 12)
    assert parts(need) == {"asked": 20, "accepted": 12, "open": 8}


def test_other_units_of_the_same_kind_convert(db):
    need = make_need(Decimal(12), unit="t")
    make_pledge_line(need.lines.get(), {"committed": 2500}, unit="kg")
    coverage = fresh(need).coverage
    assert (coverage.covered, coverage.open, coverage.unit) == (Decimal("2.5"), Decimal("9.5"), "t")


@pytest.mark.parametrize(
    "given",
    [
        {"unit": "kg"},
        {"range_min": 10, "range_max": 10, "range_unit": "kw"},
        {"range_min": 400, "range_max": 400, "range_unit": "kwh"},
    ],
)
def test_what_does_not_measure_what_is_asked_covers_nothing(db, given):
    need = make_need(range_min=300, range_max=700, range_unit="kw")
    make_pledge_line(need.lines.get(), {"committed": 5}, **given)
    assert parts(need) == {"asked": 20, "open": 20}


def test_another_currency_covers_nothing(db):
    need = make_need(unit="money", currency="EUR")
    make_pledge_line(need.lines.get(), {"committed": 5}, currency="PLN")
    assert parts(need) == {"asked": 20, "open": 20}


def add_line(need, **changes):
    fields = {"item": "beds", "quantity": 10, "unit": "piece"} | changes
    return ListingLine.objects.create(listing=need, **fields)


def test_lines_of_one_item_add_up(db):
    generator = make_template(code="generator")
    need = make_need(template=generator)
    other = add_line(need, template=generator)
    make_pledge_line(other, {"committed": 4})
    assert parts(need) == {"asked": 30, "underway": 4, "open": 26}


def test_lines_of_different_items_weigh_the_same(need):
    make_pledge_line(add_line(need), {"committed": 10})
    assert fresh(need).coverage.unit == PERCENT
    assert parts(need) == {"asked": 100, "underway": 50, "open": 50}
    assert fresh(need).coverage.is_partly_covered


def test_an_offer_has_no_coverage(db):
    assert fresh(make_listing()).coverage is None


# --- On pages ---------------------------------------------------------------------------------------------


addresses = count(1)


def card_of(client):
    """The first card of the list, each time under another address: the micro-cache knows none of them."""
    return client.get(url("need_list"), {"fresh": next(addresses)}).context["cards"][0]


def test_a_card_follows_the_ledger_at_once(client, need):
    reindex_listings()
    assert card_of(client)["state"] == ""
    line = make_pledge_line(need.lines.get(), {"committed": 8})
    freshness.touch()  # as the journal does with every verb
    assert card_of(client)["state"] == "partly covered"
    make_event(line, "committed", 12)
    freshness.touch()
    assert card_of(client)["state"] == "covered"
    assert "<b>20</b> committed, still to come" in card_of(client)["html"]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            [
                *("partly covered", "<b>8</b> committed, still to come"),
                *("<b>12</b> still needed", "of these <b>3</b> promised"),
            ],
        ),
        (
            "pl",
            ["częściowo zaspokojona", "zobowiązania w realizacji: <b>8</b>", "w tym zadeklarowano: <b>3</b>"],
        ),
        ("uk", ["частково забезпечена", "зобов’язання, що виконуються: <b>8</b>", "з них обіцяно: <b>3</b>"]),
    ],
)
def test_the_page_of_a_need_says_how_it_stands(client, need, language, words):
    make_pledge_line(need.lines.get(), {"committed": 8})
    make_pledge_line(need.lines.get(), {"promised": 3})
    page = client.get(url("listing_detail", need.slug, language=language)).content.decode()
    assert [word for word in words if word not in page] == []


def test_the_page_of_several_lines_has_a_bar_for_each_and_for_the_whole(client, need):
    add_line(need)
    page = client.get(url("listing_detail", need.slug)).content.decode()
    assert page.count('class="coverage"') == 3
    assert "each line weighing the same" in page


def test_a_draft_has_no_bar(client, need):
    Listing.objects.filter(pk=need.pk).update(status="draft", published_at=None)
    client.force_login(make_representative(need.member).user)
    page = client.get(url("listing_detail", need.slug)).content.decode()
    assert "generator" in page
    assert 'class="coverage"' not in page


def test_an_offer_has_no_bar(client, db):
    assert 'class="coverage"' not in client.get(url("listing_detail", make_listing().slug)).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_coverage_costs_a_constant_number_of_queries(db, django_assert_num_queries, count):
    for _ in range(count):
        need = make_need()
        for line in (need.lines.get(), add_line(need)):
            make_pledge_line(line, {"promised": 4, "committed": 4})
            make_pledge_line(line, {"committed": 2})
    with django_assert_num_queries(5):  # listings, lines, sectors, pledge lines, events
        assert [need.coverage.covered > 0 for need in Listing.objects.with_facts()] == [True] * count


@pytest.mark.parametrize("count", [1, 3])
def test_own_listings_cost_the_same_with_pledges(client, db, django_assert_max_num_queries, count):
    member = make_member(country="UA")
    person = make_representative(member)
    client.login(username=person.user.email, password=PASSWORD)
    for _ in range(count):
        need = make_need()
        Listing.objects.filter(pk=need.pk).update(member=member)
        make_pledge_line(need.lines.get(), {"committed": 4})
    with django_assert_max_num_queries(12):
        page = client.get(url("my_listings"))
    assert page.content.decode().count('class="coverage"') == count


def test_who_may_not_see_the_lines_sees_no_coverage(client, need):
    Listing.objects.filter(pk=need.pk).update(field_audiences={"lines": "members"})
    make_pledge_line(need.lines.get(), {"committed": 8})
    reindex_listings()
    address = url("listing_detail", need.slug)
    assert 'class="coverage"' not in client.get(address).content.decode()
    assert (card_of(client)["coverage"], card_of(client)["state"]) == (None, "")
    client.login(username=make_representative().user.email, password=PASSWORD)
    assert 'class="coverage"' in client.get(address).content.decode()
    assert card_of(client)["state"] == "partly covered"
