"""An association brings its members in: the file in every shape, the look before, and each good row once."""

import contextlib
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from members import csv_import
from members.actions import bulk
from members.csv_import import Unreadable, parse
from members.models import Member, Place
from members.models.people import Role
from tests.factories import make_member, make_place, make_representative, make_user

GOOD = (
    "name;code;email;contact;language\nŁódź;;office@example.org;Jan Kowalski;pl\nŻory;;zory@example.org;;\n"
)
UKRAINIAN = "назва,код,пошта,контакт,мова\nЖитомирська громада,,zt@example.org,Олена Коваль,українська\n"


def make_association(**changes):
    return make_member(kind=Member.Kind.ASSOCIATION, contact_language="uk", **changes)


# --- the file ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1250"])
def test_a_polish_list_in_every_encoding(encoding):
    rows = parse(GOOD.encode(encoding))
    assert [(row.name, row.email, row.contact, row.language) for row in rows] == [
        ("Łódź", "office@example.org", "Jan Kowalski", "pl"),
        ("Żory", "zory@example.org", "", ""),
    ]
    assert [row.line for row in rows] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1251"])
def test_a_ukrainian_list_in_every_encoding(encoding):
    (row,) = parse(UKRAINIAN.encode(encoding))
    assert (row.name, row.contact, row.language) == ("Житомирська громада", "Олена Коваль", "uk")
    assert row.problems == ()


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_delimiter(delimiter):
    assert parse(GOOD.replace(";", delimiter).encode())[0].name == "Łódź"


def test_quotes_and_line_breaks_inside_a_cell_keep_the_line_numbers():
    rows = parse(b'name,email\n"A, ""B""\nC",a@example.org\nD,d@example.org\n')
    assert [(row.name, row.line) for row in rows] == [('A, "B" C', 3), ("D", 4)]


@pytest.mark.parametrize(
    "content",
    [b"", b"\n \n", b"\xff\xfe\x00", b"name\nx\n", b"PK\x03\x04\0\0", b"name;email\n", b"%PDF-1.4"],
)
def test_what_is_no_list_is_refused(content):
    with pytest.raises(Unreadable):
        parse(content)


def test_too_many_rows_are_refused():
    lines = "".join(f"n{n};n{n}@example.org\n" for n in range(501))
    with pytest.raises(Unreadable, match="500"):
        parse(f"name;email\n{lines}".encode())


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_else(content):
    for start in (b"", b"name;email\n"):
        with contextlib.suppress(Unreadable):
            assert all(len(row.name) <= 200 for row in parse(start + content))


def test_each_bad_row_says_what_is_wrong():
    rows = parse(
        b"name;code;email;language\n;;a@example.org;\nB;;nonsense;\nC;;c@example.org;klingon\n"
        b"D;X1;d@example.org;\nE;X1;e@example.org;\nF;;f@example.org;\nf;;g@example.org;\n"
    )
    problems = [" ".join(str(p) for p in row.problems) for row in rows]
    assert problems == [
        "The name is missing.",
        "The e-mail address is missing or wrong.",
        "We do not know this language: please write uk, pl or en.",
        "",
        "The same as line 5.",
        "",
        "The same as line 7.",
    ]


def test_what_is_sent_along_reads_back_the_same():
    rows = parse(b'name;email;contact\n"A;""B""";a@example.org;"=1+1"\n')
    (back,) = parse(csv_import.as_csv(rows).encode())
    assert (back.name, back.contact) == (rows[0].name, rows[0].contact)


# --- the verbs ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_import_members_makes_one_draft_and_one_mail_of_each_good_row():
    association, user, place = (
        make_association(),
        make_user(),
        make_place(code="PL_106101", official_name="Łódź"),
    )
    rows = parse(
        "name;code;email;contact;language\nŁódź;PL_106101;a@example.org;Jan;pl\nB;NOPE;b@example.org;;\n".encode()
    )
    (member,) = bulk.import_members(association, rows=rows, by=user)
    assert (member.status, member.parent, member.place) == (Member.Status.DRAFT, association, place)
    assert (member.contact_email, member.contact_name) == ("a@example.org", "Jan")
    mail = OutgoingMail.objects.get()
    assert (mail.name, mail.to, mail.language) == ("members/application_invited", "a@example.org", "pl")
    assert association.official_name in mail.text
    assert JournalEntry.objects.get(verb="members.imported").data == {"count": 1}


@pytest.mark.django_db
def test_import_members_a_second_time_makes_nothing():
    association, user = make_association(), make_user()
    place = make_place()
    rows = parse(f"name;code;email\nA;{place.code};a@example.org\nB;;b@example.org\n".encode())
    assert len(bulk.import_members(association, rows=rows, by=user)) == 2
    assert bulk.import_members(association, rows=rows, by=user) == []
    assert OutgoingMail.objects.count() == 2


@pytest.mark.django_db
def test_check_rows_knows_who_is_a_member_already():
    association, place = make_association(), make_place()
    make_member(place=place)
    (checked,) = bulk.check_rows(
        association, parse(f"name;code;email\nA;{place.code};a@example.org\n".encode())
    )
    assert [str(p) for p in checked.row.problems] == ["Already a member, or an application is open."]


def twin_entries():
    """One city in two registers: the municipality, and the NUTS region that consists of it."""
    main = make_place(code="PL_146501", official_name="Warszawa")
    nuts = {"register": Place.Register.NUTS, "level": Place.Level.REGION, "same_as": main}
    return main, make_place(code="PL911", official_name="Miasto Warszawa", **nuts)


def problems_of(association, *codes):
    lines = "".join(f"N{n};{code};n{n}@example.org\n" for n, code in enumerate(codes))
    checked = bulk.check_rows(association, parse(f"name;code;email\n{lines}".encode()))
    return [" ".join(str(p) for p in item.row.problems) for item in checked]


TAKEN = "Already a member, or an application is open."


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["approved", "on_hold", "pending", "returned"])
@pytest.mark.parametrize("held", [0, 1])
def test_check_rows_takes_the_entries_of_one_city_for_one_place(held, status):
    entries = twin_entries()
    make_member(place=entries[held], status=status)
    assert problems_of(make_association(), *[entry.code for entry in entries]) == [TAKEN, TAKEN]


@pytest.mark.django_db
def test_check_rows_knows_an_invited_city_under_its_other_code():
    main, twin = twin_entries()
    association = make_association()
    make_member(place=twin, status="draft", parent=association)
    assert problems_of(association, main.code) == [TAKEN]


@pytest.mark.django_db
def test_a_city_listed_twice_under_two_codes_is_invited_once():
    main, twin = twin_entries()
    association, user = make_association(), make_user()
    assert problems_of(association, twin.code, main.code) == ["", "The same as line 2."]
    rows = parse(f"name;code;email\nA;{twin.code};a@example.org\nB;{main.code};b@example.org\n".encode())
    (member,) = bulk.import_members(association, rows=rows, by=user)
    # The application is for the main entry, whichever code the list has.
    assert (member.place, member.kind, member.contact_email) == (main, "municipality", "a@example.org")


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_check_rows_asks_a_constant_number_of_questions(django_assert_num_queries, count):
    association = make_association()
    places = [make_place() for _ in range(count)]
    lines = "".join(f"A;{place.code};a{n}@example.org\n" for n, place in enumerate(places))
    rows = parse(f"name;code;email\n{lines}".encode())
    with django_assert_num_queries(3):
        assert all(item.is_good for item in bulk.check_rows(association, rows))


@pytest.mark.django_db
def test_import_members_is_for_approved_associations():
    rows = parse(GOOD.encode())
    for member in (make_association(status=Member.Status.ON_HOLD), make_member()):
        with pytest.raises(NotAllowed):
            bulk.import_members(member, rows=rows, by=make_user())


@pytest.mark.django_db(transaction=True)
def test_a_list_sent_twice_at_once_is_imported_once():
    association, user, rows = make_association(), make_user(), parse(GOOD.encode())
    barrier, failures = threading.Barrier(2), []

    def act():
        try:
            barrier.wait(timeout=120)
            bulk.import_members(association, rows=rows, by=user)
        except Exception as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Member.objects.filter(parent=association).count() == OutgoingMail.objects.count() == 2


# --- the page ----------------------------------------------------------------------------------------------


def upload(text, name="list.csv"):
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


@pytest.fixture
def association_client(client):
    client.force_login(make_representative(make_association(), role=Role.EDITOR).user)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bulk_import", "bulk_template"])
def test_bulk_import_is_for_associations(client, name):
    url = reverse(f"members:{name}")
    client.force_login(make_representative().user)
    assert client.get(url).status_code == 404
    client.force_login(make_representative(make_association(), role=Role.VIEWER).user)
    assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_bulk_import_shows_first_and_sends_after_the_confirmation(association_client):
    url = reverse("members:bulk_import")
    page = association_client.post(url, {"file": upload(GOOD + "Bad;;nonsense;;\n")})
    assert page.status_code == 200
    assert b"2 rows are ready" in page.content
    assert b"The e-mail address is missing or wrong." in page.content
    assert not OutgoingMail.objects.exists()
    assert association_client.post(url, {"rows": page.context["rows"]}).url == url
    assert association_client.post(url, {"rows": page.context["rows"]}).url == url
    assert OutgoingMail.objects.count() == 2
    assert "Łódź".encode() in association_client.get(url).content


@pytest.mark.django_db
def test_bulk_import_explains_in_the_readers_language(association_client):
    with translation.override("uk"):
        page = association_client.post(reverse("members:bulk_import"), {"file": upload(GOOD)})
    assert page.status_code == 200
    assert b'lang="uk"' in page.content


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["", "nonsense", "name;email\n", b"\x00\x01\x02", "x" * 500_001])
def test_bulk_import_refuses(association_client, content):
    answer = association_client.post(reverse("members:bulk_import"), {"file": upload(content)})
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors


@pytest.mark.django_db
def test_bulk_import_believes_nothing_that_is_sent_along(association_client):
    answer = association_client.post(reverse("members:bulk_import"), {"rows": "nonsense"})
    assert answer.status_code == 422
    association_client.post(reverse("members:bulk_import"), {"rows": "name;email\nA;nonsense\n"})
    assert not OutgoingMail.objects.exists()


@pytest.mark.django_db
def test_the_empty_list_reads_back(association_client):
    content = association_client.get(reverse("members:bulk_template")).content
    with pytest.raises(Unreadable, match="no rows"):
        parse(content)
