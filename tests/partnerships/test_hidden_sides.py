"""A member that a need or an offer does not name in public is named beside no promise about it: page, rows, files."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from alliance.core import freshness
from alliance.core.audience import visible
from members.models import Member
from partnerships.exports.iati_pledges import value_of
from partnerships.models import ItemTemplate, Listing, Pledge, PledgeLine, Transport
from partnerships.views.transport_facts import transport_facts
from tests.factories import (
    make_appeal,
    make_event,
    make_listing,
    make_member,
    make_pledge,
    make_representative,
    make_template,
)

pytestmark = pytest.mark.django_db
NAME = "Kanarok"


def url(name, *args):
    with translation.override("en"):
        return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def hidden() -> Member:
    return make_member(official_name=NAME, country="UA", org_id="UA-EDR-37472062")


@pytest.fixture
def other() -> Member:
    return make_member(official_name="Gdynia", country="PL")


def hide(listing: Listing, is_hidden: bool = True) -> None:
    Listing.objects.filter(pk=listing.pk).update(is_member_hidden=is_hidden)
    freshness.touch()  # as the journal does with every verb


def about_an_offer(hidden: Member, other: Member) -> tuple[Pledge, Listing]:
    offer = make_listing(member=hidden, title_en=f"Beds of {NAME}")
    return _promised(offer, listing=offer, giver=hidden, receiver=other, title=offer.title_en)


def about_a_need(hidden: Member, other: Member) -> tuple[Pledge, Listing]:
    need = make_listing(member=hidden, kind="need", title_en=f"Beds for {NAME}")
    return _promised(need, listing=need, giver=other, receiver=hidden, title=need.title_en)


def for_the_line_of_a_need(hidden: Member, other: Member) -> tuple[Pledge, Listing]:
    """In general: only a line of the promise leads to the need."""
    need = make_listing(member=hidden, kind="need", title_en=f"Beds for {NAME}")
    line = {"listing_line": need.lines.get()}
    return _promised(need, giver=other, receiver=hidden, title=need.title_en, line=line)


def _promised(about: Listing, **changes) -> tuple[Pledge, Listing]:
    template = ItemTemplate.objects.filter(code="TEST-BED").first() or make_template(code="TEST-BED")
    appeal = make_appeal(line={"item": "", "template": template, "quantity": 400, "unit": "piece"})
    line = {"item": f"beds of {NAME}", "template": template, "unit": "piece"} | changes.pop("line", {})
    return make_pledge("promised 5 · committed 5", appeal=appeal, line=line, **changes), about


WAYS = [about_an_offer, about_a_need, for_the_line_of_a_need]


def told(client, pledge: Pledge) -> dict[str, str]:
    """Page, rows and files in which everyone reads of the promise."""
    addresses = [
        url("pledge_detail", pledge.slug),
        url("kept_promises_rows"),
        url("kept_promises_file", "csv"),
        url("kept_promises_file", "json"),
        url("iati_alliance"),
        url("appeal_pledges", pledge.appeal.slug),
    ]
    answers = {address: client.get(address) for address in addresses}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {address: answer.getvalue().decode() for address, answer in answers.items()}


def leading(listing: Listing, texts: dict[str, str]) -> set[str]:
    """Which of the name, the page, the number and the listing of the member stand where."""
    words = (NAME, listing.member.slug, listing.member.org_id, listing.slug)
    return {f"{word} in {address}" for address, text in texts.items() for word in words if word in text}


@pytest.mark.parametrize("way", WAYS)
def test_a_hidden_side_is_named_nowhere_and_members_read_it(client, hidden, other, way):
    pledge, listing = way(hidden, other)
    named = leading(listing, told(client, pledge))
    # Named everywhere as long as nothing hides it, so that the words are known to be found.
    assert len([each for each in named if each.startswith(NAME)]) == 6
    assert any(hidden.org_id in each for each in named)
    hide(listing)  # whenever: also when the promise had been there for long
    assert leading(listing, told(client, pledge)) == set()
    assert other.official_name in client.get(url("pledge_detail", pledge.slug)).text
    client.force_login(make_representative(make_member()).user)
    assert NAME in client.get(url("pledge_detail", pledge.slug)).text
    hide(listing, is_hidden=False)
    client.logout()
    assert NAME in client.get(url("pledge_detail", pledge.slug)).text


@pytest.mark.parametrize("way", WAYS)
def test_what_is_told_of_one_member_holds_no_promise_that_does_not_name_it(client, hidden, other, way):
    pledge, listing = way(hidden, other)
    side = "giver" if pledge.giver == hidden else "receiver"
    rows = lambda: client.get(url("kept_promises_rows") + f"?{side}={hidden.slug}").context["rows"]  # noqa: E731
    assert len(rows()) == 1
    assert client.get(url("iati_member", hidden.slug)).status_code == 200
    hide(listing)
    assert rows() == []
    assert client.get(url("iati_member", hidden.slug)).status_code == 404
    page = client.get(url("kept_promises_member", hidden.slug))
    assert [block["is_empty"] for block in page.context["blocks"]] == [True]
    # The other side's own stay its own.
    assert client.get(url("iati_member", other.slug)).status_code == 200
    assert NAME not in client.get(url("iati_member", other.slug)).getvalue().decode()


def test_both_sides_are_hidden_at_once_each_by_its_own(client, hidden, other):
    pledge, need = for_the_line_of_a_need(hidden, other)
    offer = make_listing(member=other, is_member_hidden=True)
    Pledge.objects.filter(pk=pledge.pk).update(listing=offer)
    hide(need)
    text = client.get(url("pledge_detail", pledge.slug)).text
    assert [word for word in (NAME, "Gdynia", offer.slug, need.slug) if word in text] == []
    assert not Pledge.objects.publicly_of(other).exists()
    assert not PledgeLine.objects.publicly_given_by(other).exists()


def test_a_hidden_listing_hides_no_other_promise_of_its_member(hidden, other):
    about_an_offer(hidden, other)
    make_listing(member=hidden, is_member_hidden=True)
    assert PledgeLine.objects.publicly_given_by(hidden).count() == 1
    assert Pledge.objects.publicly_of(hidden).count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_a_row_costs_the_same_however_many_there_are(client, hidden, other, django_assert_num_queries, rows):
    for _n in range(rows):
        pledge, need = for_the_line_of_a_need(hidden, other)
        make_event(PledgeLine.objects.create(pledge=pledge, item="more", unit="piece"), "promised", 1)
        hide(need)
    found = PledgeLine.objects.with_days().order_by("pk")
    with django_assert_num_queries(4):
        assert {line.pledge.narrowed.get("receiver") for line in found} == {"members"}
    with django_assert_num_queries(5):
        assert {row.narrowed.get("receiver") for row in Pledge.objects.with_state()} == {"members"}
    # Named in public or not, its own list shows all.
    client.force_login(make_representative(other).user)
    assert len(client.get(url("my_promises")).context["table"]["rows"]) == rows


def test_its_member_reads_on_the_page_why_it_is_not_named(client, hidden, other):
    pledge, need = about_a_need(hidden, other)
    client.force_login(make_representative(hidden).user)
    assert client.get(url("pledge_detail", pledge.slug)).context["hidden_by"] is None
    hide(need)
    page = client.get(url("pledge_detail", pledge.slug))
    assert page.context["hidden_by"]["slug"] == need.slug
    assert "Show our name" not in page.text


# --- What is shown has an audience of its own -----------------------------------------------------------------


def test_the_value_of_a_unit_is_for_those_who_read_the_quantities(client, hidden, other):
    value = {"unit_value": 1234, "value_currency": "PLN"}
    pledge, need = about_a_need(hidden, other)
    line = pledge.lines.get()
    PledgeLine.objects.filter(pk=line.pk).update(**value)
    assert "1,234.00 PLN" in client.get(url("pledge_detail", pledge.slug)).text
    assert b">6170.00<" in client.get(url("iati_alliance")).getvalue()
    Listing.objects.filter(pk=need.pk).update(field_audiences={"lines": "members"})
    freshness.touch()
    line = PledgeLine.objects.get(pk=line.pk)
    assert [visible(line, name, "public") for name in value] == [False, False]
    assert [visible(line, name, "members") for name in value] == [True, True]
    assert "1,234.00 PLN" not in client.get(url("pledge_detail", pledge.slug)).text
    assert value_of(line, line.unit_value) is None


def test_packages_and_weight_are_for_both_sides(hidden, other):
    pledge, _need = about_a_need(hidden, other)
    row = Transport.objects.create(pledge=pledge, number=1, packages=7, weight_kg=Decimal(840))
    assert transport_facts(row, "members") == []
    assert [fact["text"] for fact in transport_facts(row, "partner")] == ["7", "840"]


def test_the_form_says_who_reads_the_value(client, hidden, other):
    need = make_listing(member=hidden, kind="need", line={"item": "beds", "unit": "piece"})
    client.force_login(make_representative(other).user)
    page = client.get(url("listing_promise", need.slug))
    assert "Everyone can read this value." in page.text
