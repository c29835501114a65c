"""The register as files: exactly the filtered list, valid for independent readers, nothing personal, streamed."""

import csv
import io
import json
from datetime import date

import openpyxl
import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import files, sheets
from alliance.core.audience import public_fields
from members import exports
from members.models import Member, member_export
from members.names import derive_search
from tests.factories import make_member, make_place, make_representative, make_sector

KINDS = ["csv", "xlsx", "json", "geojson"]
CANARIES = {
    "contact_name": "Canary Person",
    "contact_role": "Canary Role",
    "contact_email": "canary@example.org",
    "contact_phone": "+48221234567",
    "signatory_name": "Canary Signatory",
    "signatory_role": "Canary Mayor",
    "desk_message": "Canary of the desk",
    "reference": "ALL-CANARY",
}


def url(kind, query="", language="en"):
    with translation.override(language):
        return reverse("members:member_export", args=[kind]) + query


def member(name, **changes):
    made = make_member(official_name=name, **changes)
    made.save(update_fields=derive_search(made))
    return made


def content(client, kind, query="", language="en"):
    response = client.get(url(kind, query, language))
    assert response.status_code == 200
    return response.getvalue()


def rows_of(kind, data):
    """Every format as a list of dicts, each read by somebody else's parser."""
    if kind == "csv":
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if kind == "json":
        return json.loads(data)["members"]
    if kind == "geojson":
        return [feature["properties"] for feature in json.loads(data)["features"]]
    sheet = openpyxl.load_workbook(io.BytesIO(data))["members"]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def three(db):
    oblast = make_place(
        register="katotth", code="UA18000000000041385", level="region", country="UA", official_name="Oblast"
    )
    place = make_place(
        register="katotth",
        code="UA18040190000057814",
        country="UA",
        region=oblast,
        lat=50.254651,
        lon=28.658667,
    )
    sector = make_sector(code="ENE")
    union = member("Union", kind="association", country="UA", name_en="")
    first = member(
        "Житомирська громада",
        name_uk="Житомир",
        name_en="Zhytomyr",
        name_pl="Żytomierz",
        country="UA",
        place=place,
        population=261624,
        languages_spoken=["uk", "en"],
        parent=union,
        website="https://example.org/?a=1&b=2",
        **CANARIES,
    )
    Member.objects.filter(pk=first.pk).update(approved_at="2026-05-01T10:00Z")
    first.sectors.add(sector, make_sector(code="WAT"))
    return [first, union, member('Łódź; "quoted", <b>', country="PL")]


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_are_those_of_the_list_in_the_order_of_entry(client, three, kind):
    listed = [card["name"] for card in client.get(reverse("members:member_list")).context["cards"]]
    found = rows_of(kind, content(client, kind))
    assert sorted(row["name_en"] or row["official_name"] for row in found) == sorted(listed)
    assert [row["id"] for row in found] == list(Member.objects.order_by("id").values_list("slug", flat=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "query",
    [
        "?country=UA",
        "?q=Schytomyr",
        "?sector=ENE&lang=uk",
        "?region=UA18000000000041385",
        "?country=DE",
        "?q=%3B",
    ],
)
def test_the_rows_are_those_of_the_filtered_list(client, three, kind, query):
    cards = client.get(reverse("members:member_list") + query).context["cards"]
    listed = {card["href"].split("/")[-2] for card in cards}
    assert {row["id"] for row in rows_of(kind, content(client, kind, query))} == listed


@pytest.mark.parametrize("kind", KINDS)
def test_only_listed_members(client, db, kind):
    for status in Member.Status.values:
        member(f"Town {status}", status=status)
    assert [row["official_name"] for row in rows_of(kind, content(client, kind))] == ["Town approved"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_says_what_the_member_says(client, three, kind):
    row = next(r for r in rows_of(kind, content(client, kind)) if r["id"] == three[0].slug)
    assert row["url"] == f"http://portal.example.org/en/members/{three[0].slug}/"
    assert (row["name_en"], row["name_pl"], row["name_uk"]) == ("Zhytomyr", "Żytomierz", "Житомир")
    assert row["official_name"] == "Житомирська громада"
    assert row["place_code"] == "UA18040190000057814"
    assert row["region_code"] == "UA18000000000041385"
    assert row["website"] == "https://example.org/?a=1&b=2"
    assert row["association"] == three[1].slug
    assert str(row["population"]) == "261624"
    assert row["member_since"] == "2026-05-01"
    plain = kind in ("csv", "xlsx")
    assert row["languages"] == ("uk en" if plain else ["uk", "en"])
    assert row["sectors"] == ("ENE WAT" if plain else ["ENE", "WAT"])
    if kind != "geojson":
        assert (float(row["lat"]), float(row["lon"])) == (50.2547, 28.6587)


def test_geojson_follows_rfc_7946(client, three):
    data = json.loads(content(client, "geojson"))
    assert data["type"] == "FeatureCollection"
    assert "crs" not in data
    features = {feature["id"]: feature for feature in data["features"]}
    assert all(set(f) == {"type", "id", "geometry", "properties"} for f in features.values())
    assert features[three[0].slug]["geometry"] == {"type": "Point", "coordinates": [28.6587, 50.2547]}
    assert features[three[1].slug]["geometry"] is None  # unlocated, yet in the list


@pytest.mark.parametrize("kind", ["json", "geojson"])
def test_json_says_its_licence_and_source(client, three, kind):
    data = json.loads(content(client, kind, "?country=UA"))
    assert data["licence"] == "CC BY 4.0"
    assert data["source"] == "http://portal.example.org/en/members/?country=UA"
    assert date.fromisoformat(data["generated_at"][:10])


def test_the_workbook_says_its_licence_and_source(client, three):
    about = openpyxl.load_workbook(io.BytesIO(content(client, "xlsx")))["about"]
    assert dict(about.iter_rows(values_only=True))["licence"] == "CC BY 4.0"


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("geojson", "application/geo+json"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_headers(client, db, kind, content_type):
    response = client.get(url(kind))
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="members.{kind}"'
    assert response["Link"] == '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    assert not response.cookies


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_list_is_a_valid_file(client, db, kind):
    assert rows_of(kind, content(client, kind)) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["anonymous", "member"])
def test_no_person_is_in_a_file(client, three, kind, who):
    if who == "member":
        client.force_login(make_representative(member=three[0]).user)
    data = content(client, kind)
    if kind == "xlsx":
        sheets = openpyxl.load_workbook(io.BytesIO(data)).worksheets
        data = str([list(sheet.iter_rows(values_only=True)) for sheet in sheets]).encode()
    for field, words in CANARIES.items():
        assert words.encode() not in data, field


def test_columns_come_from_public_fields():
    assert {column.field for column in exports.COLUMNS} <= set(public_fields(Member))


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://evil.example")']


@pytest.mark.parametrize("formula", FORMULAS)
def test_csv_has_no_formula(client, db, formula):
    make_member(official_name=formula, name_uk=formula, website=formula)
    row = rows_of("csv", content(client, "csv"))[0]
    for name in ("official_name", "name_en", "name_uk", "website"):
        assert row[name] == f"'{formula}"
    raw = content(client, "csv").decode("utf-8-sig")
    for line in csv.reader(io.StringIO(raw, newline="")):
        assert not [cell for cell in line if cell[:1] in ("=", "+", "-", "@", "\t", "\r")]


def test_the_workbook_has_texts_not_formulas(client, db):
    for formula in FORMULAS:
        make_member(official_name=formula)
    sheet = openpyxl.load_workbook(io.BytesIO(content(client, "xlsx")))["members"]
    column = exports.NAMES.index("official_name")
    cells = [row[column] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert {cell.value.strip() for cell in cells} == {formula.strip() for formula in FORMULAS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "line\nbreak",
        "bell\x07",
        "tab\tin",
        "\\backslash \\n",
        "\u202eright to left",
        "🏛 emoji",
        "\x01\x02",
        "]]>",
        "'",
    ],
)
def test_odd_names_survive(client, db, kind, name):
    make_member(official_name=name)
    found = rows_of(kind, content(client, kind))[0]["official_name"]
    unwritable = {7: None, 1: None, 2: None} if kind == "xlsx" else {}  # XML has no way to write them
    assert found == name.translate(unwritable)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("query", ["", "?sort=newest", "?q=town"])
def test_chunks_join_without_a_gap_or_a_double(client, db, monkeypatch, kind, query):
    monkeypatch.setattr(member_export.copied, "__defaults__", (2,))
    monkeypatch.setattr(member_export.fetched, "__defaults__", (2,))
    now = timezone.now()
    for n in range(7):
        member(f"Town {n // 2}", approved_at=now)
    found = [row["id"] for row in rows_of(kind, content(client, kind, query))]
    assert len(found) == 7
    assert set(found) == set(Member.objects.values_list("slug", flat=True))


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_each_chunk_costs_the_same(db, django_assert_num_queries, count):
    """One look for the end of a chunk and one statement for its rows, however many chunks there are."""
    for n in range(count * 2):
        member(f"Town {n}")
    rows = Member.objects.listed()
    with django_assert_num_queries(2 * (count + 1)):
        chunks = member_export.fetched(rows, exports.values(), "", 2)
        assert [len(chunk) for chunk in chunks] == [2] * count + [0]


def test_chunks_are_read_only_when_they_are_asked_for(db, django_assert_num_queries):
    for n in range(6):
        member(f"Town {n}")
    chunks = member_export.copied(Member.objects.listed(), exports.cells(), member_export.CSV, "", 2)
    with django_assert_num_queries(2):
        next(chunks)


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_list_is_streamed_and_the_same(client, three, monkeypatch, kind):
    whole = rows_of(kind, content(client, kind))
    monkeypatch.setattr(files, "WHOLE_UP_TO", 2)
    response = client.get(url(kind))
    assert response.streaming
    assert rows_of(kind, response.getvalue()) == whole


def test_one_stream_at_a_time(client, three, monkeypatch):
    monkeypatch.setattr(files, "WHOLE_UP_TO", 2)
    first = client.get(url("csv"))
    assert client.get(url("json")).status_code == 429
    first.getvalue()
    assert client.get(url("json")).status_code == 200


def test_a_reader_who_goes_away_lets_the_next_one_begin():
    cache.add(files.STREAM_LOCK, "mine", 30)
    stream = files._Alone(iter([b"a", b"b"]), "mine")
    assert next(iter(stream)) == b"a"
    stream.close()
    assert cache.add(files.STREAM_LOCK, "next")


def test_a_stream_that_ends_late_leaves_the_lock_of_the_next_one_alone():
    late = files._Alone(iter([b"a"]), "late")
    cache.add(files.STREAM_LOCK, "next", 30)
    assert list(late) == [b"a"]
    assert cache.get(files.STREAM_LOCK) == "next"


def test_a_reader_who_stops_reading_holds_up_the_next_one_for_a_moment_only(client, three, monkeypatch):
    monkeypatch.setattr(files, "WHOLE_UP_TO", 2)
    monkeypatch.setattr(files, "STALLED_SECONDS", 1)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        stalled = client.get(url("csv"))
        refused = client.get(url("json"))
        assert (refused.status_code, refused["Retry-After"]) == (429, "1")
        clock.shift(1.1)
        answer = client.get(url("json"))
        assert answer.status_code == 200
        stalled.getvalue()
        assert client.get(url("json")).status_code == 429  # the lock is that of the answer


@pytest.mark.parametrize(("slowest", "is_free"), [(120, False), (0, True)])
def test_a_stream_keeps_its_lock_while_it_is_read_but_not_for_ever(monkeypatch, slowest, is_free):
    monkeypatch.setattr(files, "REFRESH_SECONDS", 0)
    monkeypatch.setattr(files, "SLOWEST_SECONDS", slowest)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        cache.add(files.STREAM_LOCK, "mine", 1)
        chunks = iter(files._Alone(iter([b"a", b"b", b"c"]), "mine"))
        next(chunks)
        next(chunks)
        clock.shift(1.1)
        assert cache.add(files.STREAM_LOCK, "next") is is_free


def test_a_short_list_is_handed_over_whole(client, three):
    """A worker must not wait for a slow reader."""
    assert not client.get(url("csv")).streaming


@pytest.mark.parametrize("kind", KINDS)
def test_too_many_downloads_are_refused(client, db, monkeypatch, kind):
    monkeypatch.setattr(files, "FILES_PER_NETWORK", 2)
    statuses = [
        client.get(url(kind), headers={"x-forwarded-for": f"10.0.0.{n}"}).status_code for n in range(4)
    ]
    assert statuses == [200, 200, 429, 429]
    assert client.get(url(kind)).headers["Retry-After"]


@pytest.mark.parametrize("kind", ["", "exe", "csv2", "CSV", "x" * 300])
def test_other_kinds_are_404(client, db, kind):
    assert client.get(f"/en/members/members.{kind}").status_code == 404


def test_a_list_longer_than_a_sheet_is_refused(client, db, monkeypatch):
    monkeypatch.setattr(sheets, "XLSX_MOST", 1)
    monkeypatch.setattr(files, "WHOLE_UP_TO", 0)
    make_member()
    assert rows_of("xlsx", content(client, "xlsx"))
    make_member()
    refused = client.get(url("xlsx", "?country=PL"))
    assert refused.status_code == 413
    assert f'href="{url("csv", "?country=PL")}"' in refused.content.decode()
    assert "What you sent" not in refused.content.decode()
    assert len(rows_of("csv", content(client, "csv"))) == 2
