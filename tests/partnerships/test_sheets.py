"""Needs and offers as files: exactly the filtered list as its reader may see it, every value exact, streamed."""

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import files, sheets
from alliance.core.audience import audience_of_field
from partnerships.actions.items import load_items
from partnerships.actions.listings import withdraw_listing
from partnerships.actions.search import index_listing, reindex_listings
from partnerships.exports.sheets import COLUMNS, FULL, PUBLIC, columns_of
from partnerships.models import ItemTemplate, Listing, ListingLine, sheet_rows
from partnerships.sheet_help import ABOUT
from tests.factories import (
    make_appeal,
    make_coordinator,
    make_listing,
    make_match,
    make_member,
    make_place,
    make_representative,
    make_sector,
)

FORMS = ["csv", "xlsx", "json"]
SECRET = {
    "text_en": "CANARY text",
    "partner_note": "CANARY partner",
    "desk_note": "CANARY desk",
}


def url(name, form, query="", language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}_sheet", args=[form]) + query


def content(client, form, name="listing", query="", language="en"):
    response = client.get(url(name, form, query, language))
    assert response.status_code == 200
    return response.getvalue()


def rows_of(form, data):
    """Each row as a dict of texts, read by somebody else's parser; of JSON one dict for each listing."""
    if form == "csv":
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if form == "json":
        return json.loads(data)["listings"]
    head, *rows = openpyxl.load_workbook(io.BytesIO(data))["listings"].iter_rows(values_only=True)
    return [
        {name: "" if cell is None else cell for name, cell in zip(head, row, strict=True)} for row in rows
    ]


def listed(*listings):
    for listing in listings:
        index_listing(listing)
    return listings[0] if len(listings) == 1 else listings


@pytest.fixture
def need(db):
    """A need with all that one can say, in two lines."""
    load_items()
    oblast = make_place(register="katotth", code="UA63", level="region", country="UA", official_name="Oblast")
    place = make_place(register="katotth", code="UA6301", country="UA", region=oblast)
    member = make_member(official_name="Харківська", name_uk="Харків", country="UA", place=place)
    listing = make_listing(
        [make_sector(code="ENE", name_en="Energy"), make_sector(code="WAT", name_en="Water")],
        member=member,
        kind="need",
        title_en="Generators, 3 pcs",
        title_pl="Agregaty; „3”",
        title_uk="Генератори 🔌",
        text_en="For the water works.\nSecond line.",
        original_language="uk",
        urgency="high",
        transport_by="giver",
        handover=place,
        appeal=make_appeal(),
        line={
            "template": ItemTemplate.objects.get(code="generator"),
            "item": "для водоканалу",
            "quantity": Decimal("3"),
            "unit": "piece",
            "range_min": Decimal("10"),
            "range_max": Decimal("700.5"),
            "range_unit": "kw",
            "specs": {"fuel": "diesel", "phases": "3"},
            "condition": "good",
            "needed_by": date(2031, 1, 2),
        },
    )
    ListingLine.objects.create(listing=listing, position=1, item="desks", quantity="0.125", unit="t")
    return listed(listing)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_row_says_what_a_line_says_and_the_first_one_what_the_need_says(client, need, form):
    first, second = rows_of(form, content(client, form, language="pl"))
    generator, desks = need.lines.all()
    assert {
        name: first[name] for name in ("id", "kind", "member", "member_name", "country", "region_code")
    } == {
        "id": need.slug,
        "kind": "need",
        "member": need.member.slug,
        "member_name": "Харківська",
        "country": "UA",
        "region_code": "UA63",
    }
    assert first["url"] == f"http://portal.example.org/pl/listings/{need.slug}/"
    assert (first["title_en"], first["title_pl"], first["title_uk"], first["title_other"]) == (
        *("Generators, 3 pcs", "Agregaty; „3”", "Генератори 🔌", ""),
    )
    assert (first["language"], first["text_en"]) == ("uk", "For the water works.\nSecond line.")
    assert (first["sectors"], first["sector_names"][:6]) == ("ENE WAT", "Sektor")
    assert (first["urgency"], first["transport_by"], first["handover"]) == ("high", "giver", "UA6301")
    assert (first["appeal"], first["expires_on"]) == (need.appeal.slug, need.expires_on.isoformat())
    assert (first["line_id"], first["item"], first["item_name"], first["item_words"]) == (
        *(generator.slug, "generator", "Agregat prądotwórczy", "для водоканалу"),
    )
    numbers = [str(first[name]) for name in ("quantity", "size_min", "size_max")]
    assert numbers == ["3", "10", "700.5"]
    assert (first["unit"], first["size_unit"], first["fuel"], first["phases"]) == (
        "piece",
        "kw",
        "diesel",
        "3",
    )
    assert (first["condition"], first["needed_by"]) == ("good", "2031-01-02")
    assert (second["id"], second["line_id"], second["title_en"], second["sectors"]) == (
        *(need.slug, desks.slug, "", ""),
    )
    assert (str(second["quantity"]), second["unit"], second["item"]) == ("0.125", "t", "")


def test_json_holds_the_lines_of_each_need(client, need):
    data = json.loads(content(client, "json"))
    assert data["source"] == "http://portal.example.org/en/listings/"
    assert data["columns"] == "http://portal.example.org/en/listings/files/help/"
    (found,) = data["listings"]
    assert (found["id"], found["sectors"], found["title_uk"]) == (need.slug, ["ENE", "WAT"], "Генератори 🔌")
    first, second = found["lines"]
    assert (first["item"], first["size_max"], second["quantity"], second["item"]) == (
        *("generator", 700.5, 0.125, None),
    )
    assert set(first) == {column.name for column in COLUMNS if column.is_line}


def test_a_text_in_another_language_is_kept(client, db):
    listed(
        make_listing(
            title_en=None,
            text_en=None,
            original_language="de",
            original_texts={"title": "Feuerwehr", "text": "Zwei Wochen."},
        )
    )
    (row,) = rows_of("csv", content(client, "csv"))
    assert (row["language"], row["title_other"], row["text_other"]) == ("de", "Feuerwehr", "Zwei Wochen.")


@pytest.mark.parametrize(
    "query", ["", "?country=UA", "?sector=ENE", "?q=generators", "?q=zzz", "?country=DE"]
)
def test_the_rows_are_those_of_the_filtered_list(client, need, query):
    listed(make_listing(title_en="Other"), make_listing(kind="need", title_en="Tents"))
    for name in ("need", "offer", "listing"):
        page = client.get(reverse(f"partnerships:{name}_list") + query)
        cards = [
            f'/listings/{row["id"]}/"' in page.content.decode()
            for row in rows_of("json", content(client, "json", name, query))
        ]
        assert all(cards)
        assert len(cards) == len(page.context["cards"])


def test_only_what_is_open_even_when_the_search_lags_behind(client, db):
    open_one, gone = listed(make_listing(), make_listing())
    for status in ("draft", "review", "withdrawn"):
        make_listing(status=status)
    Listing.objects.filter(pk=gone.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    assert [row["id"] for row in rows_of("csv", content(client, "csv"))] == [open_one.slug]
    withdraw_listing(open_one, by=make_coordinator())
    for form in FORMS:
        assert rows_of(form, content(client, form)) == []


# --- Who sees what -----------------------------------------------------------------------------------------


def as_reader(client, who, listing):
    if who == "member":
        client.force_login(make_representative().user)
    if who == "partner":
        person = make_representative()
        make_match(person.member, listing.member, listing=listing)
        client.force_login(person.user)
    if who == "own":
        client.force_login(make_representative(listing.member, role="viewer").user)
    if who == "desk":
        client.force_login(make_coordinator(has_second_factor=True))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("anonymous", set()),
        ("member", set()),
        ("partner", {"CANARY text", "CANARY partner", "CANARY line", "2031"}),
        ("own", {"CANARY text", "CANARY partner", "CANARY line", "2031", "CANARY desk"}),
        ("desk", {"CANARY text", "CANARY partner", "CANARY line", "2031", "CANARY desk"}),
    ],
)
def test_each_reader_finds_what_the_page_shows_them(client, db, form, who, sees):
    parts = dict.fromkeys(["text", "lines", "needed_by", "handover"], "partner")
    line = {"item": "CANARY line", "needed_by": date(2031, 1, 2)}
    listing = listed(make_listing(kind="need", line=line, field_audiences=parts, **SECRET))
    as_reader(client, who, listing)
    data = content(client, form)
    if form == "xlsx":
        data = repr(rows_of(form, data)).encode()
    for words in ("CANARY text", "CANARY partner", "CANARY desk", "CANARY line", "2031"):
        assert (words.encode() in data) is (words in sees), words


@pytest.mark.parametrize("form", FORMS)
def test_a_member_that_is_not_named_is_not_named_in_a_file(client, db, form):
    oblast = make_place(level="region", country="UA", official_name="Oblast of H", code="UA63")
    place = make_place(country="UA", region=oblast, official_name="CANARYPLACE", code="CANARYCODE")
    member = make_member(official_name="CANARYNAME", country="UA", place=place, slug="canaryslug")
    listed(make_listing(member=member, kind="need", is_member_hidden=True, handover=place))
    row = rows_of(form, content(client, form))[0]
    assert "CANARY" not in repr(row).upper()
    assert (row["country"], row["region_code"]) == ("UA", "UA63")
    assert row["member_name"] == "a hromada in Oblast of H"
    client.force_login(make_representative().user)
    row = rows_of(form, content(client, form))[0]
    assert (row["member"], row["member_name"], row["handover"]) == ("canaryslug", "CANARYNAME", "CANARYCODE")


def test_lines_that_are_kept_back_do_not_even_show_their_number(client, need):
    Listing.objects.update(field_audiences={"lines": "members"})
    (row,) = rows_of("csv", content(client, "csv"))
    assert not any(row[column.name] for column in columns_of(PUBLIC) if column.is_line)
    assert rows_of("json", content(client, "json"))[0]["lines"] is None
    client.force_login(make_representative().user)
    assert len(rows_of("csv", content(client, "csv"))) == 2


def test_what_is_for_members_is_in_their_file_only(client, db):
    listed(make_listing(audience="members", title_en="Members only"))
    assert rows_of("csv", content(client, "csv")) == []
    person = make_representative()
    client.force_login(person.user)
    assert len(rows_of("csv", content(client, "csv"))) == 1
    response = client.get(url("listing", "csv"))
    assert response["Cache-Control"] == "private, no-store"
    assert "Link" not in response


def test_the_public_file_has_public_columns_only():
    for column in columns_of(PUBLIC):
        assert {audience_of_field(Listing, field) for field in column.fields} == {"public"}, column.name
    assert set(ABOUT) == {column.name for column in COLUMNS}


# --- One's own ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_ones_own_file_holds_all_of_it_drafts_too(client, db, role):
    person = make_representative(role=role)
    make_listing(member=person.member, status="draft", published_at=None, **SECRET)
    make_listing(
        member=person.member,
        is_member_hidden=True,
        field_audiences={"text": "partner"},
        names_no_site_confirmed_at=timezone.now(),
    )
    make_listing()
    client.force_login(person.user)
    draft, other = rows_of("csv", content(client, "csv", "my_listing"))
    assert (draft["status"], draft["desk_note"], draft["name_hidden"]) == ("draft", "CANARY desk", "no")
    assert (other["audience"], other["audience_text"], other["audience_lines"]) == ("public", "partner", "")
    assert (other["name_hidden"], other["names_no_site"]) == ("yes", "yes")
    assert list(draft) == [column.name for column in columns_of(FULL)]


@pytest.mark.parametrize(("role", "count"), [("editor", 2), ("viewer", 1)])
def test_an_associations_file_has_what_it_may_read_of_its_members(client, db, role, count):
    union = make_member(kind="association")
    child = make_member(parent=union)
    make_listing(member=union)
    make_listing(member=child, field_audiences={"text": "partner"}, **SECRET)
    make_listing(member=child, status="draft", title_en="Not yet")
    client.force_login(make_representative(union, role=role).user)
    data = content(client, "csv", "my_listing")
    assert len(rows_of("csv", data)) == count
    assert b"CANARY" not in data
    assert b"Not yet" not in data


@pytest.mark.parametrize("who", ["anonymous", "desk"])
def test_nobody_else_gets_it(client, db, who):
    if who == "desk":
        client.force_login(make_coordinator(has_second_factor=True))
    assert client.get(url("my_listing", "csv")).status_code == (302 if who == "anonymous" else 404)


# --- Safe and valid ----------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", "''-1"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula(client, db, form, formula):
    listed(make_listing(title_en=formula, text_en=formula, line={"item": formula}))
    (row,) = rows_of(form, content(client, form))
    assert [row[name] for name in ("title_en", "text_en", "item_words")] == [f"'{formula}"] * 3
    assert not [cell for cell in map(str, row.values()) if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


@pytest.mark.parametrize("text", ["'s-Hertogenbosch", "'", "line\nbreak", "\u202eright", '"; ,\t', "]]>"])
def test_other_texts_stay_as_they_are(client, db, text):
    listed(make_listing(title_en=text))
    for form in FORMS:
        assert rows_of(form, content(client, form))[0]["title_en"] == text


@pytest.mark.parametrize("form", FORMS)
def test_chunks_join_without_a_gap_or_a_double(client, db, monkeypatch, form):
    monkeypatch.setattr(sheet_rows.SheetRows, "size", 2)
    monkeypatch.setattr(files, "WHOLE_UP_TO", 2)
    member = make_member()
    made = [make_listing(member=member, title_en=f"Offer {n}") for n in range(5)]
    reindex_listings()
    response = client.get(url("offer", form))
    assert response.streaming
    assert {row["id"] for row in rows_of(form, response.getvalue())} == {row.slug for row in made}


@pytest.mark.parametrize("count", [1, 3])
def test_a_chunk_costs_the_same_however_long_it_is(client, db, django_assert_num_queries, count):
    for n in range(count):
        listed(make_listing(title_en=f"Offer {n}", is_member_hidden=True))
    ids = sheet_rows.ids_of(Listing.objects.all())
    rows = sheet_rows.SheetRows(Listing.objects.open(), ids, lambda row: "public", "")
    with django_assert_num_queries(3):
        (chunk,) = rows.fetched(PUBLIC)
    assert len(chunk) == count


def test_names_of_files_and_what_they_say_of_themselves(client, db):
    listed(make_listing())
    response = client.get(url("need", "xlsx"))
    today = timezone.localdate().isoformat()
    assert response["Content-Disposition"] == f'attachment; filename="needs-{today}.xlsx"'
    assert response["Content-Type"] == sheets.CONTENT_TYPES["xlsx"]
    about = dict(openpyxl.load_workbook(io.BytesIO(response.getvalue()))["about"].iter_rows(values_only=True))
    assert about["licence"] == "CC BY 4.0"
    assert (
        client.get(url("need", "csv"))["Link"]
        == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    )
    assert client.get("/en/needs/needs.exe").status_code == 404


def test_a_list_longer_than_a_sheet_is_refused(client, db, monkeypatch):
    monkeypatch.setattr("partnerships.views.sheets.XLSX_MOST", 1)
    listed(make_listing(), make_listing())
    refused = client.get(url("listing", "xlsx", "?country=PL"))
    assert refused.status_code == 413
    assert 'href="/en/listings/listings.csv?country=PL"' in refused.content.decode()


def test_too_many_files_are_refused(client, db, monkeypatch):
    monkeypatch.setattr(files, "FILES_PER_NETWORK", 1)
    assert [client.get(url("need", form)).status_code for form in FORMS] == [200, 429, 429]
    monkeypatch.setattr("partnerships.views.sheets.OWN_FILES_PER_HOUR", 1)
    client.force_login(make_representative().user)
    assert [client.get(url("my_listing", form)).status_code for form in FORMS] == [200, 429, 429]


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_the_help_names_every_column_and_code(client, need, language):
    page = client.get(f"/{language}/listings/files/help/").content.decode()
    for word in [*ABOUT, "generator", "megawatt"[:2], "diesel", "ENE", "funding"]:
        assert word in page


def test_the_lists_offer_their_files(client, need):
    page = client.get(reverse("partnerships:need_list") + "?country=UA&after=zz").content.decode()
    assert 'href="/en/needs/needs.csv?country=UA"' in page
