"""The page of a need or offer: lines as a table, facts, notes, each for whom it is."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from partnerships.actions.items import load_items
from partnerships.models import ItemTemplate, ListingLine
from partnerships.views.line_table import line_table
from tests.factories import make_appeal, make_listing, make_place
from tests.partnerships.test_audience import WHO, reader


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


@pytest.fixture
def full(db):
    load_items()
    need = make_listing(
        kind="need",
        original_language="uk",
        line={
            "template": ItemTemplate.objects.get(code="generator"),
            "item": "для лікарні",
            "quantity": 3,
            "unit": "piece",
            "range_min": 10,
            "range_max": 700,
            "range_unit": "kw",
            "specs": {"fuel": "diesel", "phases": "3"},
            "condition": "good",
            "needed_by": date(2027, 1, 15),
        },
    )
    money = ItemTemplate.objects.get(code="funding")
    ListingLine.objects.create(
        listing=need, template=money, quantity="12000.5", unit="money", currency="EUR", position=1
    )
    return need


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        (
            "en",
            [
                'Generator, <span lang="uk">для лікарні</span> (Ukrainian)',
                "3 pieces",
                "10–700 kW",
                "diesel; three-phase, 400 V; used, in good order or better",
                "by 15 January 2027",
            ],
            ["Funding", "12,000.50 EUR", "", "", ""],
        ),
        (
            "pl",
            [
                'Agregat prądotwórczy, <span lang="uk">для лікарні</span> (język: ukraiński)',
                "3 sztuki",
                "10–700 kW",
                "olej napędowy; trójfazowe, 400 V; używane, w dobrym stanie lub lepsze",
                "do 15 stycznia 2027 r.",
            ],
            ["Wsparcie finansowe", "12 000,50 EUR", "", "", ""],
        ),
        (
            "uk",
            [
                "Генератор, для лікарні",
                "3 штуки",
                "10–700 кВт",
                "дизельне пальне; трифазне, 400 В; вживане, у доброму стані або краще",
                "до 15 січня 2027 р.",
            ],
            ["Фінансова підтримка", "12 000,50 EUR", "", "", ""],
        ),
    ],
)
def test_lines_as_a_table_in_the_readers_language(full, language, first, second):
    with translation.override(language):
        table = line_table(full, "public")
        rows = [[str(cell).replace("\xa0", " ") for cell in row] for row in table["rows"]]
    assert rows == [first, second]
    assert [column["is_number"] for column in table["columns"]] == [False, True, True, False, False]


def test_columns_that_say_nothing_are_left_out(db):
    table = line_table(make_listing(), "public")
    assert [column["label"] for column in table["columns"]] == ["What", "How many"]


def test_dates_may_be_kept_for_fewer_people(full):
    full.field_audiences = {"needed_by": "partner"}
    assert "15 January" in str(line_table(full, "partner"))
    assert "15 January" not in str(line_table(full, "members"))
    full.field_audiences = {"lines": "members"}
    assert line_table(full, "public") == {}


NOTED = {"partner_note": ("CANARYPARTNER", 2), "desk_note": ("CANARYDESK", 3)}


@pytest.mark.parametrize("who", WHO)
def test_notes_are_read_by_whom_they_are_for(client, db, who):
    listing = make_listing(**{name: text for name, (text, _rank) in NOTED.items()})
    user = reader(who, listing)
    if user.is_authenticated:
        client.force_login(user)
    seen = {"partner": 2, "general_partner": 2, "own": 3, "desk": 3}.get(who, 0)
    page = client.get(url("listing_detail", listing.slug)).text
    for text, rank in NOTED.values():
        assert (text in page) == (seen >= rank)


def test_facts_say_how_urgent_where_and_who_pays(client, db):
    region = make_place(level="region", country="UA", official_name="Kharkiv Oblast")
    appeal = make_appeal(title_en="Before winter")
    place = make_place(country="UA", official_name="Chuhuiv", region=region)
    facts = {
        "urgency": "high",
        "transport_by": "giver",
        "handover": place,
        "appeal": appeal,
    }
    page = client.get(url("listing_detail", make_listing(**facts).slug)).text
    for words in ("Chuhuiv, Kharkiv Oblast", "the giver", "urgent", "Before winter"):
        assert words in page
    hidden = make_listing(**facts, is_member_hidden=True)
    assert "Chuhuiv" not in client.get(url("listing_detail", hidden.slug)).text


@pytest.mark.parametrize("lines", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_lines(client, db, django_assert_num_queries, lines):
    listing = make_listing()
    for n in range(lines - 1):
        ListingLine.objects.create(listing=listing, item=f"{n}", quantity=1, unit="piece")
    client.get(url("listing_detail", listing.slug))
    with django_assert_num_queries(5):
        client.get(url("listing_detail", listing.slug), {"fresh": lines})
