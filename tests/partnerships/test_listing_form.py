"""The form of a need or an offer beyond its words: lines of the catalogue, sectors, place of hand-over, audiences."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance.core.spelling import spellings
from alliance.core.units import Unit
from members.models import Place, Sector
from members.models.place_search import make_keys
from partnerships.actions.items import load_items
from partnerships.actions.lines import LineInUse, write_lines
from partnerships.actions.listings import update_listing
from partnerships.drafts import Line
from partnerships.forms.lines import MOST_LINES
from partnerships.models import ItemTemplate, Listing, ListingLine, Pledge, PledgeLine
from tests.factories import (
    make_appeal,
    make_listing,
    make_member,
    make_place,
    make_representative,
    make_sector,
    make_user,
)
from tests.forms import sent_by_a_browser
from tests.meanwhile import just_before_the_lock
from tests.partnerships.test_listing_actions import content
from tests.partnerships.test_own import without_lines


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def ours(client, db):
    load_items()
    for code in ("EDU", "ENE"):
        make_sector(code=code)
    member = make_member(country="UA")
    client.force_login(make_representative(member, role="editor").user)
    return member


def line(n=0, template="generator", **fields):
    given = {"template": template, "quantity": "3", "unit": "piece", **fields}
    return {f"lines-{n}-{name}": value for name, value in given.items()}


def save(client, *lines, kind="need", **changes):
    fields = without_lines(**changes)
    for one in lines:
        fields |= one
    return client.post(url("listing_create", kind), fields)


FULL = {
    "item": "для водоканалу",
    "range_min": "10",
    "range_max": "700",
    "range_unit": "kw",
    "spec_fuel": "diesel",
    "spec_phases": "3",
    "condition": "good",
    "needed_by": (timezone.localdate() + timedelta(days=40)).isoformat(),
}


def test_lines_of_the_catalogue_are_stored_with_all_they_say(client, ours):
    money = line(1, "funding", quantity="12000.50", currency="EUR", unit="money")
    assert save(client, line(**FULL), money, line(7, "free", item="парти")).status_code == 302
    first, second, third = Listing.objects.get().lines.all()
    assert (first.template.code, first.item, first.quantity, first.unit) == (
        "generator",
        "для водоканалу",
        3,
        "piece",
    )
    assert (first.range_min, first.range_max, first.range_unit) == (10, 700, "kw")
    assert (first.specs, first.condition) == ({"fuel": "diesel", "phases": "3"}, "good")
    assert first.needed_by == timezone.localdate() + timedelta(days=40)
    assert (second.unit, second.currency, second.quantity) == ("money", "EUR", Decimal("12000.5"))
    assert (third.template, third.item) == (None, "парти")


TODAY = timezone.localdate()
BAD = [
    ({"quantity": "0"}, "quantity"),
    ({"quantity": "-5"}, "quantity"),
    ({"quantity": "many"}, "quantity"),
    ({"quantity": "1e400"}, "quantity"),
    ({"quantity": "NaN"}, "quantity"),
    ({"quantity": "9" * 30}, "quantity"),
    ({"quantity": ""}, "quantity"),
    ({"quantity": "2.5"}, "quantity"),
    ({"range_min": "700", "range_max": "10", "range_unit": "kw"}, "range_max"),
    ({"range_min": "0", "range_unit": "kw"}, "range_min"),
    ({"range_min": "10", "range_unit": "kg"}, "range_unit"),
    ({"range_min": "10"}, "range_unit"),
    ({"spec_fuel": "milk"}, "spec_fuel"),
    ({"condition": "broken"}, "condition"),
    ({"item": "x" * 121}, "item"),
    ({"needed_by": (TODAY - timedelta(days=1)).isoformat()}, "needed_by"),
    ({"needed_by": "2026-02-31"}, "needed_by"),
    ({"template": "free", "item": ""}, "item"),
    ({"template": "free", "item": "парти", "unit": ""}, "unit"),
    ({"template": "free", "item": "парти", "unit": "parsec"}, "unit"),
    ({"template": "free", "item": "парти", "unit": "money"}, "unit"),
    ({"template": "no-such-item"}, "item"),
    ({"template": "funding", "unit": "money", "currency": "GOLD"}, "currency"),
    ({"template": "funding", "unit": "money", "currency": "EUR", "quantity": "1.234"}, "quantity"),
    ({"template": "building-material", "unit": "piece"}, "unit"),
]


@pytest.mark.parametrize(("changes", "field"), BAD)
def test_bad_input_is_refused_at_its_line_and_kept(client, ours, changes, field):
    response = save(client, line(1, "expert-days", unit="day"), line(4, **changes))
    assert response.status_code == 422
    good, bad = response.context["form"].lines.forms
    assert (list(good.errors), list(bad.errors)) == ([], [field])
    assert f'href="#id_lines-4-{field}"' in response.text
    assert "Line 2, " in response.text
    assert f'id="id_lines-4-{field}_error"' in response.text
    assert good["quantity"].value() == "3"
    assert not Listing.objects.exists()


def test_an_offer_says_from_when_until_when(client, ours):
    days = {"available_from": TODAY + timedelta(days=9), "available_until": TODAY + timedelta(days=5)}
    response = save(client, line(**{name: day.isoformat() for name, day in days.items()}), kind="offer")
    assert list(response.context["form"].lines.forms[0].errors) == ["available_until"]
    days["available_until"] += timedelta(days=10)
    save(client, line(**{name: day.isoformat() for name, day in days.items()}), kind="offer")
    stored = ListingLine.objects.get()
    assert (stored.available_from, stored.available_until, stored.needed_by) == (*days.values(), None)


@pytest.mark.parametrize(
    ("code", "units", "sizes"),
    [
        ("generator", [], ["kw", "mw"]),
        ("building-material", ["kg", "t"], None),
        ("expert-days", ["day", "week"], None),
        ("bus", [], []),
        ("funding", [], None),
        ("free", sorted(set(Unit.values) - {"money"}), "many"),
    ],
)
def test_a_line_asks_for_what_its_item_needs(client, ours, code, units, sizes):
    page = client.post(url("listing_create", "need"), {"new_item": code, "add_line": "1"})
    assert page.status_code == 200
    (form,) = page.context["form"].lines.forms
    offered = [value for value, _label in form.fields["unit"].choices if value]
    assert (sorted(offered) if len(offered) > 1 else []) == units
    if sizes is None:
        assert "range_min" not in form.fields
    elif sizes == "many":
        assert len(form.fields["range_unit"].choices) > 5
    else:
        offered = [value for value, _label in form.fields["range_unit"].choices]
        assert (offered if len(offered) > 1 else []) == sizes
    item = ItemTemplate.objects.filter(code=code).first()
    specs = [name.removeprefix("spec_") for name in form.fields if name.startswith("spec_")]
    assert sorted(specs) == sorted(item.specs if item else [])
    assert ("condition" in form.fields) == (item is None or item.has_condition)
    assert ("currency" in form.fields) == (code == "funding")


def test_lines_come_and_go_by_buttons_and_nothing_typed_is_lost(client, ours):
    typed = {"title": "Половина", "expires_on": "soon", "sectors": ["EDU"]} | line(2, quantity="many")
    page = client.post(url("listing_create", "need"), typed | {"new_item": "beds", "add_line": "1"})
    assert page.status_code == 200
    form = page.context["form"]
    assert [one.entry.code for one in form.lines.forms] == ["generator", "beds"]
    assert "autofocus" in form.lines.forms[1].amount_fields[0].as_widget()
    assert not form.errors
    again = sent_by_a_browser(page)
    assert (again["title"], again["expires_on"], again["sectors"]) == (["Половина"], ["soon"], ["EDU"])
    assert (again["lines-2-quantity"], again["lines-3-template"]) == (["many"], ["beds"])
    page = client.post(url("listing_create", "need"), again | {"remove_line": "2"})
    assert [one.entry.code for one in page.context["form"].lines.forms] == ["beds"]
    assert not Listing.objects.exists()


def test_no_more_than_twenty_lines(client, ours):
    many = {}
    for n in range(MOST_LINES):
        many |= line(n)
    page = client.post(url("listing_create", "need"), many | {"new_item": "beds", "add_line": "1"})
    assert len(page.context["form"].lines.forms) == MOST_LINES
    assert "The list is full" in page.text
    assert save(client, many).status_code == 302
    assert save(client, many, line(MOST_LINES)).status_code == 422


@pytest.mark.parametrize("lines", [1, 3, 20])
def test_the_form_costs_the_same_for_any_number_of_lines(client, ours, django_assert_num_queries, lines):
    listing = make_listing(member=ours, line={"item": "", "template": ItemTemplate.objects.first()})
    for n in range(lines - 1):
        ListingLine.objects.create(listing=listing, item=f"{n}", quantity=1, unit="piece")
    client.get(url("listing_edit", listing.slug))
    with django_assert_num_queries(16):
        client.get(url("listing_edit", listing.slug))


# --- Lines that something was promised for -----------------------------------------------------------------


@pytest.fixture
def promised(ours):
    """A published need with two lines; something was promised for the first."""
    need = make_listing(
        [*make_sectors("EDU")],
        member=ours,
        kind="need",
        line={"item": "", "template": ItemTemplate.objects.get(code="generator"), "unit": "piece"},
    )
    ListingLine.objects.create(listing=need, item="парти", quantity=5, unit="piece", position=1)
    pledge = Pledge.objects.create(giver=make_member(), receiver=ours, title="Generators", language="en")
    PledgeLine.objects.create(pledge=pledge, listing_line=need.lines.first(), item="generators", unit="piece")
    return need


def make_sectors(code):
    return Sector.objects.filter(code=code)


def test_a_promised_line_cannot_be_taken_away_but_its_number_changes(client, ours, promised):
    address = url("listing_edit", promised.slug)
    page = client.get(address)
    assert page.text.count("Remove this line") == 1
    fields = sent_by_a_browser(page) | {"lines-0-quantity": "9"}
    assert client.post(address, fields).status_code == 302
    assert promised.lines.first().quantity == 9
    fields = sent_by_a_browser(client.get(address))
    pressed = client.post(address, fields | {"remove_line": "0"})
    assert len(pressed.context["form"].lines.forms) == 2
    without = {name: value for name, value in fields.items() if not name.startswith("lines-0-")}
    refused = client.post(address, without)
    assert refused.status_code == 422
    back = refused.context["form"].lines.forms[-1]
    assert back.entry.code == "generator"
    assert "Something was promised for this line already" in str(back.errors["quantity"])
    assert f'href="#id_lines-{back.number}-quantity"' in refused.text
    assert promised.lines.count() == 2


def test_a_promise_that_comes_while_the_line_is_removed_is_kept(client, ours, promised):
    PledgeLine.objects.all().delete()
    pledge, first = Pledge.objects.get(), promised.lines.first()
    address = url("listing_edit", promised.slug)
    fields = sent_by_a_browser(client.get(address))
    without = {name: value for name, value in fields.items() if not name.startswith("lines-0-")}

    def promise():
        PledgeLine.objects.create(pledge=pledge, listing_line=first, item="generators", unit="piece")

    with just_before_the_lock(promise):
        assert client.post(address, without).status_code == 422
    assert promised.lines.count() == 2


def test_another_item_cannot_slip_under_a_promise(ours, promised):
    first = promised.lines.first()
    for change in ({"template": "beds"}, {"template": "", "item": "beds"}):
        lines = [Line(**{"item": "", "quantity": Decimal(1), "unit": "piece", "slug": first.slug} | change)]
        with pytest.raises(LineInUse) as refused:
            update_listing(promised, content=content(sectors=["EDU"], lines=lines), by=make_user())
        assert first.slug in [line.slug for line in refused.value.lines]
    assert promised.lines.count() == 2


def test_lines_keep_their_slugs_and_rows_through_the_form(client, ours, promised):
    before = list(promised.lines.values_list("pk", "slug"))
    address = url("listing_edit", promised.slug)
    client.post(address, sent_by_a_browser(client.get(address)))
    assert list(promised.lines.values_list("pk", "slug")) == before


def test_a_slug_that_comes_twice_or_is_foreign_makes_a_new_line(ours, promised):
    foreign = make_listing().lines.get()
    first = promised.lines.first()
    same = {"item": "x", "quantity": Decimal(1), "unit": "piece"}
    lines = [
        Line(**same | {"slug": first.slug, "template": "generator"}),
        Line(**same | {"slug": first.slug}),
        Line(**same | {"slug": foreign.slug}),
    ]
    write_lines(promised, lines)
    assert promised.lines.count() == 3
    assert promised.lines.first().pk == first.pk
    foreign.refresh_from_db()
    assert foreign.item == "training places"


def test_a_retired_item_stays_on_the_line_that_names_it_and_is_not_offered(client, ours, promised):
    ItemTemplate.objects.filter(code="generator").update(is_current=False)
    page = client.get(url("listing_edit", promised.slug))
    form = page.context["form"]
    assert form.lines.forms[0].entry.code == "generator"
    assert "generator" not in dict(form.flat_items)
    assert client.post(url("listing_edit", promised.slug), sent_by_a_browser(page)).status_code == 302


# --- Sectors, place, audiences -----------------------------------------------------------------------------


def test_several_sectors_and_sub_sectors(client, ours):
    make_sector(code="EDU-03", parent=make_sectors("EDU").get())
    save(client, sectors=["EDU", "EDU-03", "ENE"], names_no_site="on")
    assert {sector.code for sector in Listing.objects.get().sectors.all()} == {"EDU", "EDU-03", "ENE"}
    page = client.get(url("listing_edit", Listing.objects.get().slug))
    groups = page.context["form"].sector_groups
    assert [(len(group["options"]), group["count"]) for group in groups if group["count"]] == [(2, 2), (1, 1)]
    for n in range(9):
        make_sector(code=f"S-{n}")
    too_many = save(client, sectors=[f"S-{n}" for n in range(9)])
    assert list(too_many.context["form"].errors) == ["sectors"]


def test_the_place_of_hand_over_is_found_chosen_and_dropped(client, ours):
    region = make_place(level=Place.Level.REGION, country="UA", official_name="Житомирська область")
    place = make_place(country="UA", official_name="Житомир", region=region, **searched("Житомир"))
    page = client.post(url("listing_create", "need"), {"handover_text": "житомир", "find_place": "1"})
    assert [found.pk for found in page.context["form"].found] == [place.pk]
    assert f'name="handover" value="{place.pk}"' in page.text
    assert save(client, handover_text="житомир", handover=str(place.pk)).status_code == 302
    listing = Listing.objects.get()
    assert listing.handover == place
    page = client.get(url("listing_edit", listing.slug))
    assert "Житомир" in page.text
    dropped = client.post(url("listing_edit", listing.slug), sent_by_a_browser(page) | {"drop_place": "1"})
    assert dropped.context["form"].chosen_place is None
    client.post(url("listing_edit", listing.slug), sent_by_a_browser(dropped))
    assert Listing.objects.get().handover is None


def searched(name):
    return {"keys": make_keys([name]), "spellings": spellings([name])}


@pytest.mark.parametrize("value", ["a district", "abc", "-1", "9" * 18, "٣"])
def test_no_other_place_is_taken(client, ours, value):
    district = make_place(level=Place.Level.DISTRICT)
    refused = save(client, handover=str(district.pk) if value == "a district" else value)
    assert list(refused.context["form"].errors) == ["handover"]


def test_what_is_narrower_and_what_is_noted_is_stored(client, ours):
    appeal = make_appeal(title_en="Winter")
    changes = {
        "audience_text": "members",
        "audience_lines": "partner",
        "audience_files": "coordinators",
        "is_member_hidden": "on",
        "urgency": "critical",
        "transport_by": "shared",
        "appeal": appeal.slug,
        "partner_note": "Hall 3",
        "desk_note": "Call us",
    }
    assert save(client, **changes).status_code == 302
    listing = Listing.objects.get()
    assert listing.field_audiences == {"text": "members", "lines": "partner", "files": "coordinators"}
    assert (listing.is_member_hidden, listing.urgency, listing.transport_by) == (True, "critical", "shared")
    assert (listing.appeal, listing.partner_note, listing.desk_note) == (appeal, "Hall 3", "Call us")
    shown = sent_by_a_browser(client.get(url("listing_edit", listing.slug)))
    assert {name: shown.get(name, [""])[0] for name in changes} == changes


def test_an_appeal_that_is_over_is_kept_and_not_offered(client, ours):
    appeal = make_appeal(title_en="Winter", status="closed", deadline=TODAY)
    assert "appeal" not in client.get(url("listing_create", "need")).context["form"].fields
    listing = make_listing(member=ours, appeal=appeal)
    page = client.get(url("listing_edit", listing.slug))
    assert [value for value, _label in page.context["form"].fields["appeal"].choices] == ["", appeal.slug]


def test_two_colleagues_do_not_overwrite_each_other_unawares(client, ours):
    listing = make_listing(make_sectors("EDU"), member=ours, kind="offer")
    address = url("listing_edit", listing.slug)
    page = client.get(address)
    fields = sent_by_a_browser(page) | {"title": "Mine"}
    listing.title_en = "Theirs"
    listing.save()
    told = client.post(address, fields)
    assert told.status_code == 409
    assert "A colleague has changed this" in told.text
    listing.refresh_from_db()
    assert listing.title_en == "Theirs"
    assert client.post(address, sent_by_a_browser(told)).status_code == 302
    listing.refresh_from_db()
    assert listing.title_en == "Mine"
