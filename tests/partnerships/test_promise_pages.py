"""Making a promise: from a need, from a conversation, in general; what is asked, checked, kept and limited."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.models import OutgoingMail
from partnerships.models import Block, ItemTemplate, ListingLine, Pledge
from tests.factories import (
    PASSWORD,
    make_appeal,
    make_listing,
    make_match,
    make_member,
    make_pledge,
    make_representative,
    make_user,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


def login(client, member, role="editor", **changes):
    representative = make_representative(member=member, role=role, user=make_user(**changes))
    client.login(username=representative.user.email, password=PASSWORD)
    return representative.user


@pytest.fixture
def giver():
    return make_member(official_name="Gdynia")


@pytest.fixture
def receiver():
    return make_member(official_name="Sumy", country="UA")


@pytest.fixture
def generator():
    return ItemTemplate.objects.create(
        code="generator", group="energy", unit="piece", range_unit="kw", has_condition=True,
        name_en="Generator", name_pl="Agregat", name_uk="Генератор",
    )  # fmt: skip


@pytest.fixture
def need(receiver, generator):
    """Six generators of 10–700 kW in good order, and 500 blankets."""
    listing = make_listing(
        kind="need", member=receiver, title_en="Winter in Sumy",
        line={"template": generator, "item": "", "quantity": 6, "unit": "piece", "range_min": 10, "range_max": 700,
              "range_unit": "kw", "condition": "good", "position": 0},
    )  # fmt: skip
    ListingLine.objects.create(listing=listing, item="blankets", quantity=500, unit="piece", position=1)
    return listing


def names(need):
    return [f"need_{line.slug}" for line in need.lines.all()]


def test_a_promise_of_a_part_of_a_need(client, need, giver, receiver):
    told = make_representative(receiver, make_user(language="uk", email="uk@example.org")).user
    user = login(client, giver)
    detail = client.get(url("listing_detail", need.slug))
    assert url("listing_promise", need.slug) in detail.text
    page = client.get(url("listing_promise", need.slug))
    assert "Needed: 6 pieces. Still open: 6 pieces." in page.text
    assert "Needed: 10–700 kW" in page.text
    form = page.context["form"]
    assert form["title"].value() == "Winter in Sumy"
    generators, _blankets = names(need)
    data = {
        "title": "Winter in Sumy", "key": form["key"].value(), "due_on": str(TODAY + timedelta(days=9)),
        "note": "We bring cables, too.", f"{generators}_quantity": "2", f"{generators}_rating": "50",
        f"{generators}_condition": "new", f"{generators}_value": "12500.50",
    }  # fmt: skip
    kept = client.post(url("listing_promise", need.slug), data)
    assert (kept.status_code, set(kept.context["form"].errors)) == (422, {f"{generators}_value_currency"})
    assert "<details open>" in kept.text
    for _click in range(2):
        answer = client.post(
            url("listing_promise", need.slug), data | {f"{generators}_value_currency": "PLN"}
        )
    pledge = Pledge.objects.get()
    assert answer.url == url("pledge_detail", pledge.slug)
    assert (pledge.giver, pledge.receiver, pledge.listing, pledge.language) == (giver, receiver, need, "en")
    line = pledge.lines.get()
    assert (line.range_min, line.range_max, line.range_unit, line.condition) == (50, 50, "kw", "new")
    assert line.listing_line == need.lines.first()
    assert (line.unit_value, line.value_currency) == (Decimal("12500.50"), "PLN")
    assert "12,500.50 PLN" in client.get(answer.url).text
    assert line.events.get().actor == user
    mail = OutgoingMail.objects.get()
    assert (mail.name, mail.to, mail.language) == ("partnerships/pledge_promised", told.email, "uk")
    assert "Генератор" in mail.text
    page = client.get(url("listing_promise", need.slug))
    assert "Others promised, not firmly: 2 pieces." in page.text


@pytest.mark.parametrize(
    ("part", "field", "error"),
    [
        ({"rating": "5"}, "rating", "outside the range"),
        ({"rating": "701"}, "rating", "outside the range"),
        ({"rating": "0"}, "rating", "greater than or equal to 0.001"),
        ({"condition": "usable"}, "condition", "more worn"),
        ({"condition": "broken"}, "condition", "valid choice"),
        ({"quantity": "0.5"}, "quantity", "whole number"),
        ({"quantity": "-2"}, "quantity", "greater than or equal to 0"),
        ({"quantity": "many"}, "quantity", "Enter a number"),
        ({"quantity": ""}, "quantity", "at least one line"),
    ],
)
def test_what_does_not_fit_is_explained_at_its_field_and_kept(client, need, giver, part, field, error):
    login(client, giver)
    prefix = names(need)[0]
    values = {"quantity": "2", "rating": "50", "condition": "new"} | part
    data = {f"{prefix}_{name}": value for name, value in values.items()}
    answer = client.post(
        url("listing_promise", need.slug), {"title": "Kept title", "note": "Kept note", **data}
    )
    assert answer.status_code == 422
    assert error in str(answer.context["form"].errors[f"{prefix}_{field}"])
    assert "Kept title" in answer.text
    assert "Kept note" in answer.text
    assert not Pledge.objects.exists()


def test_more_than_is_open_is_asked_first(client, need, giver):
    make_pledge(
        "committed 5", receiver=need.member,
        line={"template": need.lines.first().template, "item": "", "unit": "piece", "listing_line": need.lines.first()},
    )  # fmt: skip
    login(client, giver)
    data = {"title": "Generators", f"{names(need)[0]}_quantity": "3"}
    answer = client.post(url("listing_promise", need.slug), data)
    assert answer.status_code == 422
    assert "2 pieces more than is still needed" in answer.text
    assert 'type="checkbox" name="is_meant"' in answer.text
    assert client.post(url("listing_promise", need.slug), data | {"is_meant": "on"}).status_code == 302
    assert Pledge.objects.count() == 2


def test_a_title_that_was_taken_over_keeps_its_language(client, giver, receiver):
    need = make_listing(
        kind="need", member=receiver, title_en=None, text_en=None, title_uk="Зима в Сумах", text_uk="Пів сотні.",
        original_language="uk", line={"item": "ковдри", "quantity": 50, "unit": "piece"},
    )  # fmt: skip
    login(client, giver)
    shown = client.get(url("listing_promise", need.slug)).context["form"]
    data = {"title": shown["title"].value(), f"{names(need)[0]}_quantity": "5"}
    for title, language in (("Зима в Сумах", "uk"), ("Winter in Sumy", "en")):
        assert client.post(url("listing_promise", need.slug), data | {"title": title}).status_code == 302
        pledge = Pledge.objects.latest("id")
        assert (pledge.title, pledge.language) == (title, language)


def test_a_need_with_one_line_fills_in_what_is_open(client, giver, receiver):
    need = make_listing(kind="need", member=receiver, line={"item": "beds", "quantity": 40, "unit": "piece"})
    login(client, giver)
    form = client.get(url("listing_promise", need.slug)).context["form"]
    assert form[f"need_{need.lines.get().slug}_quantity"].value() == Decimal(40)


def test_who_may_promise_for_a_need(client, need, giver, receiver):
    address = url("listing_promise", need.slug)
    assert client.get(address).status_code == 302  # to the login
    client.force_login(make_user())
    assert client.get(address).status_code == 404
    login(client, giver, role="viewer")
    assert client.get(address).status_code == client.post(address, {}).status_code == 403
    assert address not in client.get(url("listing_detail", need.slug)).text
    login(client, receiver)
    assert client.get(address).status_code == 403
    login(client, giver)
    for changes in ({"kind": "offer"}, {"kind": "need", "status": "withdrawn"}):
        listing = make_listing(member=receiver, **changes)
        assert client.get(url("listing_promise", listing.slug)).status_code == 404
    kept = make_listing(member=receiver, kind="need", field_audiences={"lines": "partner"})
    assert client.get(url("listing_promise", kept.slug)).status_code == 404
    assert url("listing_promise", kept.slug) not in client.get(url("listing_detail", kept.slug)).text


def test_a_blocked_member_is_told_that_it_is_no_longer_open(client, need, giver, receiver):
    Block.objects.create(member=receiver, blocked=giver)
    login(client, giver)
    answer = client.post(url("listing_promise", need.slug), {"title": "x", f"{names(need)[0]}_quantity": "1"})
    assert answer.status_code == 422
    assert "no longer open" in answer.text
    assert not Pledge.objects.exists()


def test_a_promise_from_a_conversation_about_an_offer(client, need, giver, receiver):
    offer = make_listing(
        member=giver,
        title_en="Pumps",
        line={"item": "pumps", "quantity": 3, "unit": "piece", "condition": "good"},
    )
    match = make_match(giver, receiver, listing=offer)
    login(client, giver)
    page = client.get(url("match_promise", match.slug))
    assert page.context["form"]["title"].value() == "Pumps"
    for words in ("What they need", "What you offered", "Offered: 3 pieces", "Something else"):
        assert words in page.text
    data = {
        "title": "Pumps and a generator", f"offer_{offer.lines.get().slug}_quantity": "2",
        f"{names(need)[0]}_quantity": "1", "free1_item": "hoses", "free1_quantity": "4,5", "free1_unit": "m",
        "free2_template": "generator", "free2_quantity": "1",
    }  # fmt: skip
    answer = client.post(url("match_promise", match.slug, language="pl"), data)
    assert answer.status_code == 302
    pledge = Pledge.objects.get()
    assert (pledge.match, pledge.listing, pledge.language) == (match, offer, "pl")
    rows = [
        (line.template.code if line.template else line.item, line.unit, line.listing_line)
        for line in pledge.lines.all()
    ]
    assert rows == [
        ("pumps", "piece", None), ("generator", "piece", need.lines.first()), ("hoses", "m", None),
        ("generator", "piece", None),
    ]  # fmt: skip
    assert pledge.lines.first().condition == "good"


def test_a_conversation_that_is_not_agreed_takes_no_promise(client, need, giver, receiver):
    match = make_match(receiver, giver, listing=need, status="requested")
    login(client, giver)
    assert client.get(url("match_promise", match.slug)).status_code == 404
    login(client, make_member())
    assert client.get(url("match_promise", make_match(giver, receiver).slug)).status_code == 404


def test_a_promise_in_general(client, need, giver, receiver):
    login(client, giver)
    address = url("member_promise", receiver.slug)
    page = client.get(address)
    assert "What they need" in page.text
    answer = client.post(
        address, {"title": "A visit", "free1_item": "days with an expert", "free1_quantity": "3"}
    )
    assert answer.status_code == 422
    assert "Choose a unit" in answer.text
    for data, error in [
        ({"free1_quantity": "3", "free1_unit": "day"}, "Say what it is"),
        ({"free1_item": "days", "free1_unit": "day"}, "Say how many"),
        ({}, "at least one line"),
        ({"free1_item": "funding", "free1_quantity": "3", "free1_unit": "money"}, "Choose a currency"),
        ({"free1_item": "funding", "free1_quantity": "3.005", "free1_unit": "money"}, "at most two decimals"),
        ({"free1_item": "desks", "free1_quantity": "2.5", "free1_unit": "set"}, "whole number"),
        ({"free1_template": "generator", "free1_quantity": "2.5"}, "whole number"),
        ({"free1_template": "generator", "free1_quantity": "2", "free1_unit": "kg"}, "is counted in"),
    ]:
        assert error in client.post(address, {"title": "A visit", **data}).text
    data = {
        "title": "A visit",
        "free1_item": "days with an expert",
        "free1_quantity": "3",
        "free1_unit": "day",
    }
    assert client.post(address, data).status_code == 302
    pledge = Pledge.objects.get()
    assert (pledge.listing, pledge.match, pledge.lines.get().unit) == (None, None, "day")
    data = {"title": "Money", "free1_item": "for books", "free1_quantity": "1000", "free1_unit": "money"}
    assert client.post(address, data | {"free1_currency": "PLN"}).status_code == 302
    assert Pledge.objects.latest("id").lines.get().currency == "PLN"
    assert Pledge.objects.latest("id").lines.get().unit_value is None
    login(client, receiver)
    assert client.get(address).status_code == 403
    assert client.get(url("member_promise", make_member(status="pending").slug)).status_code == 404


def test_promises_are_limited_per_member(client, need, giver, monkeypatch):
    monkeypatch.setattr("partnerships.views.promises.PROMISES_PER_HOUR", 1)
    login(client, giver)
    data = {"title": "x", f"{names(need)[1]}_quantity": "1"}
    assert client.post(url("listing_promise", need.slug), data).status_code == 302
    assert client.post(url("listing_promise", need.slug), data).status_code == 429
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_costs_the_same_with_one_and_three_lines(
    client, giver, receiver, count, django_assert_num_queries
):
    need = make_listing(kind="need", member=receiver, line={"item": "beds", "quantity": 4, "unit": "piece"})
    for _line in range(count - 1):
        ListingLine.objects.create(listing=need, item="beds", quantity=4, unit="piece")
    login(client, giver)
    client.get(url("listing_promise", need.slug))
    with django_assert_num_queries(FORM_QUERIES):
        client.get(url("listing_promise", need.slug))


FORM_QUERIES = 12


def test_a_promise_in_general_can_name_a_running_appeal(client, giver, receiver):
    login(client, giver)
    address = url("member_promise", receiver.slug)
    make_appeal(status="closed", title_en="Over")
    assert 'name="appeal"' not in client.get(address).content.decode()
    appeal = make_appeal(title_en="Before winter")
    page = client.get(address).content.decode()
    assert "Before winter" in page
    assert "Over" not in page
    said = {"title": "Cable", "free1_item": "cable", "free1_quantity": "5", "free1_unit": "m", "key": "k"}
    assert client.post(address, said | {"appeal": appeal.slug}).status_code == 302
    assert Pledge.objects.get().appeal == appeal
    type(appeal).objects.update(status="closed", closed_at=timezone.now())
    assert client.post(address, said | {"appeal": appeal.slug, "key": "l"}).status_code == 422
    assert Pledge.objects.count() == 1


def test_a_need_of_an_appeal_brings_its_own(client, giver, need):
    login(client, giver)
    make_appeal(title_en="Another")
    assert 'name="appeal"' in client.get(url("listing_promise", need.slug)).content.decode()
    type(need).objects.update(appeal=make_appeal(title_en="Its own"))
    assert 'name="appeal"' not in client.get(url("listing_promise", need.slug)).content.decode()
