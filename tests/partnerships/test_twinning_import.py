"""Existing partnerships from a table of the desk: every bad row is shown, the same pair twice is one."""

import csv

import pytest
from django.conf import settings
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.spelling import spellings
from alliance.core.tables import Unreadable, read_table
from members.models import Place
from members.models.place_search import make_keys
from partnerships.actions.twinning_desk import end_unreal_twinning
from partnerships.actions.twinning_import import check_twinnings, import_twinnings
from partnerships.models import Twinning
from partnerships.models.profiles import known_ties
from partnerships.models.twinning_queries import tie_pairs
from partnerships.twinning_import import TEMPLATE, as_table, from_table, read_rows
from tests.desk import open_desk
from tests.factories import (
    make_coordinator,
    make_member,
    make_party,
    make_place,
    make_representative,
    make_twinning,
    make_user,
)

HEADING = "code_a;name_a;country_a;code_b;name_b;country_b;stage;since_year;signed_on;source_url;source_note"
NOTE = ";;;;;;;;;;"


def rows_of(*lines, heading=HEADING):
    return read_rows(read_table("\n".join([heading, *lines]).encode(), most_rows=2000))


def pair(a, b, rest=";;;https://example.org/a;"):
    return f"{a.code};;;{b.code};;;{rest}"


def spelled(name, **changes):
    place = make_place(official_name=name, **changes)
    place.keys, place.spellings = make_keys([name]), spellings([name])
    place.save()
    return place


def problems(checked):
    return [" ".join(map(str, item.row.problems)) for item in checked]


@pytest.fixture
def two(db):
    hromada = spelled("Zhovkva", register="katotth", country="UA", category="H")
    return hromada, spelled("Płock", country="PL")


@pytest.fixture
def desk(client, settings, db):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


# --- One row by itself -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (";;;PL_1;;;;;;https://example.org/;", "Each side needs a code"),
        (";Zhovkva;;PL_1;;;;;;https://example.org/;", "Each side needs a code"),
        ("UA1;;;PL_1;;;;;;;", "The source is missing"),
        ("UA1;;;PL_1;;;;;;ftp://example.org;", "The address of the source is wrong"),
        ("UA1;;;PL_1;;;married;;;https://example.org/;", "We do not know this stage"),
        ("UA1;;;PL_1;;;;1815;;https://example.org/;", "The year must lie between 1900 and today"),
        ("UA1;;;PL_1;;;;2999;;https://example.org/;", "The year must lie between"),
        ("UA1;;;PL_1;;;;;31.02.2020;https://example.org/;", "“31.02.2020” is no day"),
        ("UA1;;;PL_1;;;;;2020-02-31;https://example.org/;", "is no day"),
        ("UA1;;;PL_1;;;;;2999-01-01;https://example.org/;", "signed in the future"),
    ],
)
def test_a_bad_row_says_what_is_wrong(line, words):
    assert words in " ".join(map(str, rows_of(line)[0].problems))


@pytest.mark.parametrize("heading", ["code_a;code_b", "code_b;source_url", "x;y"])
def test_a_table_without_a_side_or_a_source_is_not_read(heading):
    with pytest.raises(Unreadable):
        rows_of("1;2", heading=heading)


def test_the_heading_that_is_shown_is_one_that_is_read():
    assert (
        rows_of("UA1;;;PL_1;;;letter;1994;1994-05-31;https://example.org/", heading=TEMPLATE.strip())[
            0
        ].problems
        == ()
    )


def test_rows_come_back_from_the_confirmation_as_they_were():
    rows = rows_of(
        "UA1;;;PL_1;;;letter;1994;1994-05-31;https://example.org/;a; note",
        ";Жовква;UA;;Płock;PL;;;;;letter of the town",
    )
    assert from_table(as_table(rows)) == rows


# --- Beside what is stored ---------------------------------------------------------------------------------


def test_a_good_row_becomes_a_public_twinning_of_two_places(two):
    hromada, city = two
    by = make_coordinator()
    made = import_twinnings(rows=rows_of(pair(city, hromada, ";1994;;https://example.org/a;")), by=by)
    twinning = made[0]
    assert (twinning.origin, twinning.status, twinning.since_year) == ("imported", "in_force", 1994)
    assert twinning.public_since
    assert [(p.place, p.member, p.country) for p in twinning.parties.all()] == [
        (hromada, None, "UA"),
        (city, None, "PL"),
    ]
    entry = JournalEntry.objects.about(twinning).get()
    assert (entry.verb, entry.actor) == ("twinning.imported", by)
    # What the map draws, and what scores count as ties.
    assert tie_pairs() == [tuple(sorted([hromada.pk, city.pk]))]
    assert set(known_ties().linked) == {hromada.pk, city.pk}


def test_the_same_pair_twice_is_one(two):
    hromada, city = two
    by = make_coordinator()
    rows = rows_of(pair(hromada, city), pair(city, hromada))
    assert "The same pair as in line 2" in problems(check_twinnings(rows))[1]
    assert len(import_twinnings(rows=rows, by=by)) == 1
    assert import_twinnings(rows=rows, by=by) == []
    assert check_twinnings(rows)[0].known == Twinning.objects.get()


def test_a_pair_that_members_have_already_is_known(two):
    hromada, city = two
    twinning = make_twinning(make_member(country="UA", place=hromada), make_member(place=city))
    twinning.parties.update(place=None)
    assert check_twinnings(rows_of(pair(hromada, city)))[0].known == twinning


def test_a_pair_that_the_desk_found_unreal_does_not_come_back(two):
    by = make_coordinator()
    rows = rows_of(pair(*two))
    twinning = import_twinnings(rows=rows, by=by)[0]
    end_unreal_twinning(twinning, reason="Nobody there knows of it.", by=by)
    twinning.refresh_from_db()
    assert (twinning.status, twinning.end_reason, twinning.public_since) == ("ended", "not_real", None)
    assert import_twinnings(rows=rows, by=by) == []


def test_two_registers_of_one_city_are_one_place(two):
    hromada, city = two
    nuts = make_place(register="nuts", level="region", code="PL999", same_as=city)
    checked = check_twinnings(rows_of(pair(hromada, nuts), pair(nuts, city)))
    assert checked[0].b.place == city
    assert "Both sides are the same place" in problems(checked)[1]


def test_an_unknown_code_is_told(two):
    assert "No place has the code PL_000" in problems(
        check_twinnings(rows_of(f"{two[0].code};;;PL_000;;;;;;https://example.org/;"))
    )[0]  # fmt: skip


def test_a_name_is_found_or_its_candidates_are_offered(two):
    region = make_place(level="region", official_name="Podlaskie")
    namesakes = [spelled("Łomża", region=region), spelled("Łomża")]
    checked = check_twinnings(
        rows_of(
            ";Zhovkva;UA;;Płock;PL;;;;;letter",
            ";Zhovkva;UA;;Łomża;PL;;;;;letter",
            ";Zhovkva;UA;;Nowhere;PL;;;;;letter",
            ";Zhovkva;UA;;Baltimore;US;;;;;letter",
            ";Washington;US;;Baltimore;US;;;;;letter",
            ";Zhovkva;UA;;Acme Ltd.;US;;;;;letter",
        )
    )
    assert (checked[0].a.place, checked[0].b.place) == two
    several = problems(checked)[1]
    assert all(place.code in several for place in namesakes)
    assert "Podlaskie" in several
    assert "No place in Poland is called Nowhere" in problems(checked)[2]
    assert (checked[3].b.place, checked[3].b.name, checked[3].is_good) == (None, "Baltimore", True)
    assert "At least one side must be in a register" in problems(checked)[4]
    assert "a business cannot be a party" in problems(checked)[5]


@pytest.mark.parametrize("count", [1, 3])
def test_looking_at_codes_costs_the_same_for_one_and_three_rows(db, django_assert_num_queries, count):
    lines = [pair(make_place(country="UA"), make_place()) for _n in range(count)]
    rows = rows_of(*lines)
    # places; countries of the registers; parties of known pairs
    with django_assert_num_queries(3):
        check_twinnings(rows)


# --- At the desk -------------------------------------------------------------------------------------------


def url(name="import", *args):
    return reverse(f"admin:partnerships_twinning_{name}", args=args)


def upload(*lines):
    return {"file": SimpleUploadedFile("pairs.csv", "\n".join([HEADING, *lines]).encode())}


def test_a_dry_run_shows_every_row_and_writes_nothing(desk, two):
    page = desk.post(url(), upload(pair(*two), pair(two[0], two[0]), f"{two[0].code}{NOTE}")).text
    assert "1 row is new." in page
    assert "2 rows are left out" in page
    assert "Both sides are the same place." in page
    assert "Each side needs a code" in page
    assert not Twinning.objects.exists()


def test_what_was_looked_at_is_entered_once(desk, two):
    response = desk.post(url(), upload(pair(*two)))
    for words in ("1 partnership was entered.", "0 partnerships were entered."):
        done = desk.post(url(), {"rows": response.context["table"]})
        assert done.status_code == 302
        assert words in [str(message) for message in get_messages(done.wsgi_request)]
    assert Twinning.objects.count() == 1


def test_a_file_that_is_no_table_is_refused_at_the_field(desk):
    response = desk.post(url(), {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 nothing")})
    assert response.status_code == 422
    assert "did not find" in response.text


def test_the_list_of_the_desk_finds_by_a_party_and_filters(desk, two):
    shown = make_twinning(*two)
    make_twinning(make_place(), make_place(), public_since=None)
    assert desk.get(url("changelist") + "?q=Zhovkva").context["cl"].result_list.get() == shown
    assert shown not in desk.get(url("changelist") + "?public=no").context["cl"].result_list


def test_the_desk_publishes_a_declared_one_with_its_source(desk, two):
    twinning = make_twinning(*two, public_since=None)
    address = url("verb", twinning.pk, "publish")
    assert desk.post(address, {"source_url": "nothing"}).status_code == 422
    assert desk.post(address, {"source_url": "https://example.org/news"}).status_code == 302
    twinning.refresh_from_db()
    assert twinning.public_since
    assert twinning.source_url == "https://example.org/news"
    assert JournalEntry.objects.about(twinning).get().verb == "twinning.published"
    before = twinning.public_since
    desk.post(address, {"source_url": "https://example.org/other"})
    twinning.refresh_from_db()
    assert (twinning.public_since, twinning.source_url) == (before, "https://example.org/news")


def test_the_desk_ends_what_does_not_exist_and_says_why(desk, two):
    twinning = make_twinning(*two)
    address = url("verb", twinning.pk, "unreal")
    assert desk.post(address, {"reason": ""}).status_code == 422
    assert desk.post(address, {"reason": "The town denies it."}).status_code == 302
    twinning.refresh_from_db()
    assert (twinning.status, twinning.end_reason) == ("ended", "not_real")
    told = JournalEntry.objects.about(twinning).get(verb="twinning.found_unreal")
    assert told.data["reason"] == "The town denies it."
    desk.logout()
    page = desk.get(reverse("partnerships:twinning_detail", args=[twinning.slug]))
    assert page.status_code == 404


def test_members_are_told_that_their_partnership_ended(desk, two):
    member = make_member(place=two[1])
    user = make_user(language="pl")
    make_representative(member, user)
    end_unreal_twinning(make_twinning(member, two[0]), reason="No such thing.", by=desk.user)
    mail = OutgoingMail.objects.get(to=user.email)
    assert "nie istnieje" in mail.text
    assert "No such thing." not in mail.text


def test_what_only_the_desk_can_publish_waits_for_it(desk, two):
    member = make_member(place=two[1])
    waits = make_twinning(member, two[0], public_since=None)
    asked = make_twinning(member, make_place(), public_since=None)
    make_party(asked, make_member(), agreed_at=None, agreed_by=None)
    make_twinning(member, make_member(), public_since=None)
    make_twinning(member, make_place())
    assert desk.get(url("changelist") + "?public=desk").context["cl"].result_list.get() == waits


def test_what_was_opened_from_a_match_is_not_the_desks_to_end(desk, two):
    twinning = make_twinning(*two)
    Twinning.objects.filter(pk=twinning.pk).update(
        status="ended", end_reason="agreed", ended_on=timezone.localdate()
    )
    desk.post(url("verb", twinning.pk, "unreal"), {"reason": "Why not"})
    twinning.refresh_from_db()
    assert twinning.end_reason == "agreed"


# --- Real pairs --------------------------------------------------------------------------------------------


@pytest.mark.skipif(not settings.SHARED_DATA.is_dir(), reason="shared data absent")
def test_the_known_pairs_of_real_hromadas_come_in_once(db):
    with (settings.SHARED_DATA / "twinning" / "twinning_ua_eu_train.csv").open(encoding="utf-8") as file:
        pairs = list(csv.DictReader(file))
    hromadas = {row["ua_katottg"]: row["ua_seat_uk"] for row in pairs}
    partners = {row["partner_gisco_id"]: row["partner_name"] for row in pairs}
    lau = {code: name for code, name in partners.items() if code}
    fields = {"level": "municipality", "verified_at": timezone.now()}
    Place.objects.bulk_create(
        [
            *(
                Place(register="katotth", code=code, country="UA", category="H", official_name=name, **fields)
                for code, name in hromadas.items()
            ),
            *(
                Place(register="lau", code=code, country=code[:2], official_name=name, **fields)
                for code, name in lau.items()
            ),
        ]
    )
    names = [name for name in pairs[0] if name not in ("lat", "lon", "population_2020")]
    lines = [";".join(names), *(";".join(row[name] for name in names) for row in pairs)]
    rows = read_rows(read_table("\n".join(lines).encode(), most_rows=2000))
    checked = check_twinnings(rows)
    good = [item for item in checked if item.is_good]
    distinct = {(row["ua_katottg"], row["partner_gisco_id"]) for row in pairs if row["partner_gisco_id"]}
    assert len(good) == len(distinct)
    assert len(distinct) > 300
    by = make_coordinator()
    assert len(import_twinnings(rows=rows, by=by)) == len(distinct)
    assert import_twinnings(rows=rows, by=by) == []
