"""Needs and offers sent as a table: each row looked at first, bad cells told, nothing half written."""

import contextlib
import io
import zipfile
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry
from alliance.core.tables import Unreadable, plain_number, read_table
from members.models import Sector
from partnerships import tasks
from partnerships.actions.items import load_items
from partnerships.actions.search import index_listing
from partnerships.actions.sheets import KEEP
from partnerships.exports.sheets import COLUMNS
from partnerships.forms import sheet_check, sheets
from partnerships.forms.sheet_cells import Unclear, canonical, day, number
from partnerships.forms.sheet_check import WHOLE
from partnerships.forms.sheet_entry import LINE_COLUMNS
from partnerships.models import Listing, UploadedSheet
from partnerships.sheet_reading import BY_NAME
from tests.factories import (
    make_listing,
    make_member,
    make_place,
    make_pledge_line,
    make_representative,
    make_sector,
)

SOON = (timezone.localdate() + timedelta(days=60)).isoformat()
NEW = {
    "kind": "need",
    "title_uk": "Генератори",
    "text_uk": "Для лікарні.",
    "sectors": "EDU",
    "expires_on": SOON,
    "item": "generator",
    "quantity": "3",
}


def url(name):
    return reverse(f"partnerships:{name}")


def table(*rows):
    """CSV of dicts, with the columns that they name."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    cells = [[f'"{cell}"' for cell in map(str, line)] for line in lines]
    return "\r\n".join(",".join(line) for line in cells).encode()


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.fixture
def ours(client, db):
    load_items()
    for code in ("EDU", "ENE"):
        make_sector(code=code)
    member = make_member(country="UA")
    client.force_login(make_representative(member, role="editor").user)
    return member


def send(client, content, name="needs.csv", **fields):
    return client.post(
        url("sheet_import"), {"file": SimpleUploadedFile(name, content), **fields}, follow=True
    )


def confirm(client, response, **changes):
    fields = {"seen": response.context["check"].digest, **changes}
    return client.post(url("sheet_check"), fields)


def verdicts(response):
    return [one.verdict for one in response.context["check"].checked]


def problems(response):
    return [
        (problem.row, problem.column) for one in response.context["check"].checked for problem in one.problems
    ]


def test_new_rows_become_drafts_after_the_confirmation_only(client, ours):
    content = table(NEW, {"item_words": "парти", "quantity": "2,5", "unit": "t"}, NEW | {"title_uk": "Ліжка"})
    looked = send(client, content)
    assert verdicts(looked) == ["new", "new"]
    assert "needs.csv" in looked.content.decode()
    assert not Listing.objects.exists()
    assert confirm(client, looked).url == url("my_listings")
    first, second = Listing.objects.order_by("id")
    assert (first.status, first.title_uk, first.original_language) == ("draft", "Генератори", "uk")
    assert [(line.item, str(line.quantity), line.unit) for line in first.lines.all()] == [
        ("", "3.000", "piece"),
        ("парти", "2.500", "t"),
    ]
    assert (second.title_uk, second.lines.count(), second.member) == ("Ліжка", 1, ours)
    entry = JournalEntry.objects.get(verb="listings.imported")
    assert entry.data == {"created": 2, "changed": 0}


def test_they_are_published_only_by_choice_and_only_when_complete(client, ours):
    content = table(NEW, NEW | {"title_uk": "Без опису", "text_uk": ""})
    looked = send(client, content, is_publishing="on")
    assert verdicts(looked) == ["new", "bad"]
    assert problems(looked) == [(3, "text_uk")]
    confirm(client, looked)
    assert [row.status for row in Listing.objects.all()] == ["published"]
    assert Listing.objects.get().search


def test_the_same_table_twice_is_written_once(client, ours):
    looked = send(client, table(NEW))
    assert confirm(client, looked).status_code == 302
    assert confirm(client, looked).url == url("sheet_import")  # a double click
    assert Listing.objects.count() == 1
    assert verdicts(send(client, table(NEW))) == ["there"]
    own = client.get(reverse("partnerships:my_listing_sheet", args=["csv"])).getvalue()
    again = send(client, own)
    assert verdicts(again) == ["unchanged"]
    assert 'name="seen"' not in again.content.decode()


BAD = [
    ({"kind": "wish"}, "kind"),
    ({"kind": ""}, "kind"),
    ({"title_uk": ""}, "title_en"),
    ({"title_uk": "x" * 161}, "title_uk"),
    ({"text_uk": "x" * 5001}, "text_uk"),
    ({"sectors": "EDU;XXX"}, "sectors"),
    ({"expires_on": "2020-01-01"}, "expires_on"),
    ({"expires_on": "soon"}, "expires_on"),
    ({"expires_on": "3/4/2031"}, "expires_on"),
    ({"urgency": "very"}, "urgency"),
    ({"handover": "UA00"}, "handover"),
    ({"appeal": "nosuch"}, "appeal"),
    ({"audience": "friends"}, "audience"),
    ({"audience_text": "friends"}, "audience_text"),
    ({"language": "zz"}, "language"),
    ({"item": "spaceship"}, "item"),
    ({"item": "", "item_words": ""}, "item_words"),
    ({"quantity": "0"}, "quantity"),
    ({"quantity": "-3"}, "quantity"),
    ({"quantity": "many"}, "quantity"),
    ({"quantity": "1,000"}, "quantity"),
    ({"quantity": "2.5"}, "quantity"),
    ({"quantity": "9" * 40}, "quantity"),
    ({"unit": "kg"}, "unit"),
    ({"unit": "parsec"}, "unit"),
    ({"currency": "EUR"}, "currency"),
    ({"size_min": "700", "size_max": "10"}, "size_max"),
    ({"size_min": "1", "size_unit": "kg"}, "size_unit"),
    ({"fuel": "milk"}, "fuel"),
    ({"way": "online"}, "way"),
    ({"condition": "broken"}, "condition"),
    ({"needed_by": "2020-01-01"}, "needed_by"),
    ({"available_from": SOON}, "available_from"),
    ({"line_id": "abc"}, "line_id"),
    ({"id": "abc"}, "id"),
    ({"member": "nosuch"}, "member"),
    ({"sectors": "ENE", "audience": "public"}, "names_no_site"),
]


@pytest.mark.parametrize(("changes", "column"), BAD)
def test_what_the_form_refuses_is_told_at_its_cell(client, ours, changes, column):
    looked = send(client, table(NEW | changes, NEW | {"title_uk": "Добрий рядок"}))
    assert verdicts(looked) == ["bad", "new"]
    assert (2, column) in problems(looked)
    confirm(client, looked)
    assert [row.title_uk for row in Listing.objects.all()] == ["Добрий рядок"]


def test_messages_are_in_the_readers_language_with_what_was_typed(client, ours):
    client.post(
        "/uk/my/listings/table/", {"file": SimpleUploadedFile("a.csv", table(NEW | {"quantity": "0"}))}
    )
    page = client.get("/uk/my/listings/table/check/").content.decode()
    assert "Введіть число, більше за нуль" in page
    assert "«0»" in page


def test_words_of_every_language_and_ways_to_write_are_understood(client, ours):
    place = make_place(country="UA", code="UA6301")
    row = NEW | {
        "kind": "Потреба",
        "item": "Agregat prądotwórczy",
        "unit": "szt.",
        "quantity": "1 200",
        "size_max": "1.200,5",
        "size_unit": "кВт",
        "fuel": "diesel",
        "urgency": "термінова",
        "transport_by": "obie strony",
        "handover": "UA6301",
        "expires_on": timezone.localdate()
        .replace(year=timezone.localdate().year + 1, day=1)
        .strftime("%d.%m.%Y"),
        "audience": "members",
        "name_hidden": "tak",
        "member_name": ours.official_name,
    }
    looked = send(client, table(row))
    assert problems(looked) == []
    confirm(client, looked)
    listing = Listing.objects.get()
    (line,) = listing.lines.all()
    assert (line.template.code, line.quantity, str(line.range_max)) == ("generator", 1200, "1200.500")
    assert (listing.urgency, listing.transport_by, listing.handover) == ("high", "shared", place)
    assert (listing.audience, listing.is_member_hidden) == ("members", True)


# --- What is there already ---------------------------------------------------------------------------------


def mine(member, **changes):
    line = changes.pop("line", {"item": "beds", "quantity": 3, "unit": "piece"})
    sectors = [Sector.objects.filter(code="EDU").first() or make_sector(code="EDU")]
    return make_listing(sectors, member=member, kind="need", title_en="Beds", line=line, **changes)


def test_a_line_in_use_is_not_taken_away(client, ours):
    listing = mine(ours)
    line = listing.lines.get()
    make_pledge_line(line, {"promised": 1})
    row = {"id": listing.slug, "title_en": "Beds", "audience": "public"}
    looked = send(
        client, table(row | {"line_id": "", "item_words": "chairs", "quantity": "1", "unit": "piece"})
    )
    assert verdicts(looked) == ["bad"]
    assert (2, "line_id") in problems(looked)
    looked = send(client, table(row | {"line_id": line.slug, "unit": "kg"}))
    assert (2, "unit") in problems(looked)
    looked = send(client, table(row | {"line_id": line.slug, "quantity": "9"}))
    assert problems(looked) == []
    confirm(client, looked)
    line.refresh_from_db()
    assert line.quantity == 9


def test_what_cannot_change_is_told(client, ours):
    listing = mine(ours)
    other = make_member()
    looked = send(client, table({"id": listing.slug, "kind": "offer", "member": other.slug}))
    assert problems(looked) == [(2, "kind"), (2, "member")]


def test_lines_are_told_by_their_codes_only(client, ours):
    listing = mine(ours)
    row = {"id": listing.slug, "audience": "public", "urgency": "high"}
    looked = send(client, table(row | {"quantity": "9"}))
    assert problems(looked) == [(2, "line_id")]
    looked = send(client, table(row))
    assert problems(looked) == []
    confirm(client, looked)
    listing.refresh_from_db()
    assert (listing.urgency, listing.lines.get().quantity) == ("high", 3)


def test_rows_that_contradict_each_other_are_told(client, ours):
    listing = mine(ours)
    rows = [{"id": listing.slug, "title_en": "One"}, {"id": listing.slug, "title_en": "Two"}]
    assert problems(send(client, table(*rows))) == [(3, "title_en")]
    assert problems(
        send(client, table(NEW, NEW | {"item": "beds"}, {"kind": "need", "title_uk": "Інше"}, NEW))
    ) == [(5, "title_uk")]


def test_missing_columns_and_empty_cells_of_a_public_file_change_nothing(client, ours):
    listing = mine(ours, partner_note="Kept", is_member_hidden=True, field_audiences={"lines": "members"})
    client.logout()
    index_listing(listing)
    public = client.get(reverse("partnerships:need_sheet", args=["csv"])).getvalue()
    assert b"beds" not in public
    client.force_login(ours.representatives.get().user)
    assert verdicts(send(client, public)) == ["unchanged"]
    looked = send(client, table({"id": listing.slug, "title_en": "Beds and more"}))
    assert [change.column for change in looked.context["check"].checked[0].changes] == ["title_en"]
    confirm(client, looked)
    listing.refresh_from_db()
    assert (listing.title_en, listing.partner_note, listing.lines.count()) == ("Beds and more", "Kept", 1)


def test_what_changed_after_the_look_is_not_overwritten(client, ours):
    first, second = mine(ours), mine(ours)
    rows = [{"id": row.slug, "title_en": f"New {n}"} for n, row in enumerate((first, second))]
    looked = send(client, table(*rows))
    second.title_en = "A colleague’s"
    second.save()
    answer = confirm(client, looked)
    assert answer.status_code == 409
    assert "nothing was written" in answer.content.decode()
    assert sorted(Listing.objects.values_list("title_en", flat=True)) == ["A colleague’s", "Beds"]
    confirm(client, answer)
    assert sorted(Listing.objects.values_list("title_en", flat=True)) == ["New 0", "New 1"]


# --- In whose name -----------------------------------------------------------------------------------------


def test_an_association_brings_in_what_its_members_need(client, db):
    load_items()
    make_sector(code="EDU")
    union = make_member(kind="association", country="UA")
    child = make_member(parent=union, country="UA", official_name="Громада")
    stranger = make_member(country="UA")
    client.force_login(make_representative(union, role="editor").user)
    looked = send(
        client,
        table(
            NEW | {"member": child.slug},
            NEW | {"member_name": "громада", "title_uk": "Два"},
            NEW | {"member": stranger.slug, "title_uk": "Три"},
        ),
    )
    assert verdicts(looked) == ["new", "new", "bad"]
    confirm(client, looked)
    assert set(Listing.objects.values_list("member", "status")) == {(child.pk, "draft")}
    # Drafts are the member's: the association does not read them, nor writes over them.
    listing = Listing.objects.first()
    assert problems(send(client, table({"id": listing.slug, "title_uk": "X"}))) == [(2, "id")]


def test_an_association_changes_only_what_it_may_read(client, db):
    union = make_member(kind="association", country="UA")
    child = make_member(parent=union, country="UA")
    listing = mine(
        child,
        field_audiences={"text": "partner"},
        text_en="CANARY",
        partner_note="CANARY",
        desk_note="CANARY",
    )
    client.force_login(make_representative(union, role="editor").user)
    looked = send(client, table({"id": listing.slug, "text_en": "Guess", "title_en": "New", "audience": ""}))
    assert problems(looked) == [(2, "text_en")]
    assert "CANARY" not in looked.content.decode()
    looked = send(client, table({"id": listing.slug, "text_en": "", "title_en": "New", "audience": ""}))
    assert problems(looked) == []
    confirm(client, looked)
    listing.refresh_from_db()
    assert (listing.title_en, listing.text_en, listing.partner_note) == ("New", "CANARY", "CANARY")
    assert listing.field_audiences == {"text": "partner"}


@pytest.mark.parametrize("role", ["viewer", "editor"])
def test_viewers_read_and_do_not_write(client, db, role):
    client.force_login(make_representative(role=role).user)
    expected = 200 if role == "editor" else 404
    assert client.get(url("sheet_import")).status_code == expected
    page = client.get(url("my_listings")).content.decode()
    assert (url("sheet_import") in page) is (role == "editor")
    assert ("listings.xlsx" in page) is (role == "viewer")


def test_a_member_without_needs_only_offers(client, db):
    load_items()
    make_sector(code="EDU")
    client.force_login(make_representative(make_member(country="PL"), role="editor").user)
    assert problems(send(client, table(NEW))) == [(2, "kind")]
    assert verdicts(send(client, table(NEW | {"kind": "offer"}))) == ["new"]


# --- The file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (b"name,what\r\na,b", "did not find: id, kind"),
        (b"id,kind,id\r\n1,2,3", "there twice: id"),
        (b"id,kind\r\n", "no rows below"),
        (b"PK\x03\x04 nonsense", "We can take CSV and XLSX"),
        (b"id,kind\r\n" + b"a,b\r\n" * 5001, "more than 5000 rows"),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_explained(client, ours, content, words):
    response = send(client, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not UploadedSheet.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_charsets_and_separators(encoding, delimiter):
    text = (
        delimiter.join(["kind", "title_uk"])
        + "\r\n"
        + delimiter.join(["need", '"Їжа, ""вода""; \nта\tсвітло"'])
    )
    assert read_table(text.encode(encoding), most_rows=5)[1] == (2, ["need", 'Їжа, "вода"; \nта\tсвітло'])


def test_polish_windows_letters():
    text = "kind;title_pl\r\noffer;Łóżka i źródła światła"
    assert read_table(text.encode("cp1250"), most_rows=5)[1][1][1] == "Łóżka i źródła światła"


def test_rows_are_numbered_as_spreadsheets_number_them():
    text = 'kind,title_en\r\n\r\noffer,"two\nlines"\r\n,,\r\nneed,x\r\n'
    assert [number for number, _cells in read_table(text.encode(), most_rows=5)] == [1, 3, 5]
    rows = workbook(["kind", "title_en"], [], ["offer", "a"])
    assert [number for number, _cells in read_table(rows, most_rows=5)] == [1, 3]


def test_cells_of_a_workbook():
    today = timezone.localdate()
    (_head, (_number, cells)) = read_table(
        workbook(["a"] * 7, ["x", 3, 2.5, 0.001, True, today, timezone.now().replace(tzinfo=None)]),
        most_rows=5,
    )
    assert cells[:6] == ["x", "3", "2.5", "0.001", "yes", today.isoformat()]
    assert [plain_number(n) for n in (1e16, 1e-3, 5.0, 99999999999.999)] == [
        *("10000000000000000", "0.001", "5", "99999999999.999"),
    ]


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024 * 1024))
    return out.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused():
    with pytest.raises(Unreadable):
        read_table(bomb(), most_rows=5)


@pytest.mark.parametrize("position", range(0, 6000, 400))
def test_damaged_workbooks_are_refused_or_read(position):
    content = bytearray(workbook(["kind", "title_en"], ["offer", "a"]))
    content[position % len(content)] ^= 0xFF
    with contextlib.suppress(Unreadable):
        read_table(bytes(content), most_rows=5)


def test_unknown_columns_are_named_and_left_out(client, ours):
    page = send(client, table(NEW | {"colour": "blue"})).content.decode()
    assert "left them out: colour." in page


def test_too_many_changes_are_refused(client, ours, monkeypatch):
    monkeypatch.setattr(sheet_check, "MOST_CHANGES", 1)
    response = send(client, table(NEW, NEW | {"title_uk": "Два"}))
    assert response.status_code == 422
    assert "More than 1 needs" in response.content.decode()
    monkeypatch.setattr(sheets, "MOST_CHARACTERS", 10)
    assert "too much text" in send(client, table(NEW)).content.decode()


def test_too_many_tables_are_refused(client, ours, monkeypatch):
    monkeypatch.setattr("partnerships.views.sheet_import.SHEETS_PER_DAY", 1)
    assert [send(client, table(NEW)).status_code for _ in range(2)] == [200, 429]


def test_a_table_is_forgotten_by_its_sender_and_by_the_clock(client, ours):
    send(client, table(NEW))
    assert client.post(url("sheet_check"), {"forget": "1"}).url == url("sheet_import")
    assert not UploadedSheet.objects.exists()
    assert client.get(url("sheet_check")).url == url("sheet_import")
    send(client, table(NEW))
    UploadedSheet.objects.update(uploaded_at=timezone.now() - KEEP + timedelta(minutes=1))
    assert tasks.forget_sheets() == 0
    UploadedSheet.objects.update(uploaded_at=timezone.now() - KEEP - timedelta(minutes=1))
    assert tasks.forget_sheets() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_unchanged_rows_cost_the_same_however_many(client, ours, django_assert_max_num_queries, count):
    for n in range(count):
        mine(ours, title_pl=f"Łóżka {n}")
    own = client.get(reverse("partnerships:my_listing_sheet", args=["csv"])).getvalue()
    send(client, own)
    with django_assert_max_num_queries(30) as queries:
        client.get(url("sheet_check"))
    test_unchanged_rows_cost_the_same_however_many.counts.add(len(queries))
    assert len(test_unchanged_rows_cost_the_same_however_many.counts) == 1


test_unchanged_rows_cost_the_same_however_many.counts = set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *[
            ("12.5", "12.5"),
            ("12,5", "12.5"),
            ("12.500", "12.5"),
            ("0,125", "0.125"),
            ("+3", "3"),
            ("3.0", "3"),
        ],
        *[("1 000,50", "1000.5"), ("1.000.000", "1000000"), ("1,234.5", "1234.5"), ("1.234,5", "1234.5")],
        *[("007", "7"), ("-1", "-1"), ("many", "many"), ("1e9", "1e9"), ("12'000", "12000"), ("0", "0")],
    ],
)
def test_numbers(text, found):
    assert number(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *[("2031-02-03", "2031-02-03"), ("2031-02-03T00:00:00", "2031-02-03"), ("3.2.2031", "2031-02-03")],
        *[("13/2/2031", "2031-02-13"), ("2/13/2031", "2031-02-13"), ("2/2/2031", "2031-02-02")],
        *[("31.2.2031", "31.2.2031"), ("soon", "soon")],
    ],
)
def test_days(text, found):
    assert day(text) == found


@pytest.mark.parametrize(("name", "text"), [("quantity", "1,000"), ("expires_on", "3/4/2031")])
def test_what_two_countries_read_differently_is_not_guessed(name, text):
    with pytest.raises(Unclear):
        canonical(BY_NAME[name], text)


@pytest.mark.parametrize(
    ("text", "unit"),
    [("компл.", "set"), ("комплектів", "set"), ("МІСЦ.", "place"), ("miejsc.", "place"), ("дн.", "day")],
)
def test_units_are_read_in_the_words_of_now_and_of_before(text, unit):
    assert canonical(BY_NAME["unit"], text) == canonical(BY_NAME["size_unit"], text) == unit


def test_every_column_that_is_read_is_written_back():
    assert {column.name for column in COLUMNS if column.is_read} == {"id", *WHOLE, *LINE_COLUMNS}
