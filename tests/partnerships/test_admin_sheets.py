"""Needs and offers as files at the desk: the filtered list, a table for any member, a second proof before each."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from alliance.users import step_up
from partnerships.actions.items import load_items
from partnerships.models import Listing, UploadedSheet
from tests.desk import open_desk
from tests.factories import make_coordinator, make_listing, make_member, make_representative, make_sector

SOON = (timezone.localdate() + timedelta(days=60)).isoformat()


def url(name, *args):
    return reverse(f"admin:partnerships_listing_{name}", args=args)


@pytest.fixture
def desk(client, settings, db):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator()
    return open_desk(client, client.user)


def send(desk, text):
    file = SimpleUploadedFile("needs.csv", text.encode())
    return desk.post(url("sheets"), {"file": file}, follow=True)


def rows(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline="")))


def test_the_file_is_the_filtered_list_with_all_fields_and_no_drafts(desk):
    listing = make_listing(kind="need", partner_note="For them", desk_note="For us", is_member_hidden=True)
    make_listing(kind="offer")
    make_listing(kind="need", status="draft")
    (row,) = rows(desk.get(url("sheet", "csv"), {"kind__exact": "need"}))
    assert (row["id"], row["partner_note"], row["desk_note"]) == (listing.slug, "For them", "For us")
    assert row["member"] == listing.member.slug
    page = desk.get(url("changelist"), {"kind__exact": "need"}).content.decode()
    assert f"{url('sheets')}?kind__exact=need" in page
    assert (
        f"{url('sheet', 'xlsx')}?kind__exact=need"
        in desk.get(url("sheets"), {"kind__exact": "need"}).content.decode()
    )
    assert desk.get(url("sheet", "json")).status_code == 404


def test_what_is_exported_is_unchanged_and_a_new_row_names_its_member(desk):
    load_items()
    make_sector(code="EDU")
    member = make_member(country="UA", official_name="Громада")
    make_listing(member=member, kind="need", field_audiences={"text": "partner"}, desk_note="For us")
    own = desk.get(url("sheet", "csv")).getvalue().decode()
    assert [one.verdict for one in send(desk, own).context["check"].checked] == ["unchanged"]
    looked = send(
        desk,
        f"kind,title_uk,item,quantity,member_name,expires_on\nneed,Ліжка,beds,3,Громада,{SOON}\nneed,Ліжка,beds,3,Ніхто,\nneed,Ні,beds,3,,\n",
    )
    check = looked.context["check"]
    assert [one.verdict for one in check.checked] == ["new", "bad", "bad"]
    assert [(p.row, p.column) for one in check.checked for p in one.problems] == [
        (3, "member_name"),
        (4, "member"),
    ]
    assert desk.post(url("sheet_check"), {"seen": "of another look"}).status_code == 409
    assert desk.post(url("sheet_check"), {"seen": check.digest}).url == url("changelist")
    made = Listing.objects.get(title_uk="Ліжка")
    assert (made.member, made.status, made.lines.count()) == (member, "draft", 1)
    assert not UploadedSheet.objects.exists()


def test_nobody_writes_for_a_member_that_they_act_for(desk):
    ours = make_member(country="UA", official_name="Ours")
    make_representative(ours, desk.user)
    listing = make_listing(member=ours)
    text = f"id,kind,title_en,member_name\n{listing.slug},,New,\n,offer,Another,Ours\n"
    check = send(desk, text).context["check"]
    assert [problem.column for one in check.checked for problem in one.problems] == ["id", "member_name"]


def test_a_file_and_a_confirmation_ask_who_it_is(desk, monkeypatch):
    make_sector(code="EDU")
    make_member(country="UA", official_name="Town")
    looked = send(desk, "kind,title_en,member_name\noffer,Beds,Town\n")
    monkeypatch.setattr(step_up, "has_proved", lambda request: False)
    assert "reauthenticate" in desk.get(url("sheet", "csv")).url
    answer = desk.post(url("sheet_check"), {"seen": looked.context["check"].digest})
    assert "reauthenticate" in answer.url
    assert not Listing.objects.exists()


def test_a_bad_file_is_told_and_a_table_can_be_forgotten(desk):
    answer = send(desk, "nothing")
    assert answer.status_code == 422
    assert "did not find" in answer.content.decode()
    send(desk, "kind,title_en\noffer,Beds\n")
    assert desk.post(url("sheet_check"), {"forget": "1"}).url == url("sheets")
    assert desk.get(url("sheet_check")).url == url("sheets")
