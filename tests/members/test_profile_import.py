"""Profiles from a partner's file: found by official codes, filling what is empty, replacing nothing, with a source."""

import json

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from alliance.core.journal import SYSTEM
from alliance.core.models import JournalEntry
from alliance.core.tables import Unreadable
from members.actions.profile_import import check_profiles, import_profiles
from members.models import Member
from members.profile_import import read_profiles
from tests.desk import open_desk
from tests.factories import make_member, make_place, make_sector

HEADING = "place_register,place_code,name_en,name_pl,description_pl,website,population,languages,sectors"


def csv(*lines):
    return "\n".join([HEADING, *lines]).encode()


# --- Reading ---------------------------------------------------------------------------------------------------


def test_tables_and_json_say_the_same():
    row = {
        "place_register": "lau",
        "place_code": "PL_1",
        "name_en": "Gdynia",
        "population": 240000,
        "languages": ["pl", "de"],
        "sectors": "ENE WAT",
        "id": "left out",
    }
    (table,) = read_profiles(csv("LAU,PL_1,Gdynia,,,,240000,pl de,ENE WAT"), Member)
    for content in ([row], {"members": [row]}):
        (found,) = read_profiles(json.dumps(content).encode(), Member)
        assert (found.code, found.register, found.says) == (table.code, table.register, table.says)
    assert found.says == {
        "name_en": "Gdynia", "population": 240000, "languages_spoken": ["pl", "de"], "sectors": ["ENE", "WAT"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"name,other\nx,y", "heading"),
        (b"{nonsense", "JSON"),
        (b'{"members": 3}', "list"),
        (b"[1, 2]", "list"),
    ],
)
def test_what_is_no_list_of_members_is_refused(content, why):
    with pytest.raises(Unreadable) as refused:
        read_profiles(content, Member)
    assert why in str(refused.value.message)


def test_values_that_no_field_takes_are_told_and_left_out():
    (found,) = read_profiles(csv("lau,PL_1,'=Gdynia,,,javascript:alert(1),many,,"), Member)
    assert found.says == {"name_en": "=Gdynia"}
    assert [problem.split(":")[0] for problem in found.problems] == ["website", "population"]


# --- Matching and filling --------------------------------------------------------------------------------------


@pytest.fixture
def gdynia(db):
    place = make_place(code="PL_1", register="lau")
    return make_member(place=place, official_name="Gdynia", name_en="Gdynia", name_pl="", population=None)


def apply(content, source="CEMR"):
    return import_profiles(read_profiles(content, Member), source=source, by=SYSTEM)


def test_empty_fields_are_filled_and_the_source_is_kept(gdynia):
    sector = make_sector(code="WAT")
    apply(csv("lau,PL_1,Another,Gdynia,Miasto nad morzem.,https://gdynia.example,240000,pl xx,WAT NONE"))
    gdynia.refresh_from_db()
    assert (gdynia.name_en, gdynia.name_pl, gdynia.population) == ("Gdynia", "Gdynia", 240000)
    assert (gdynia.description_pl, gdynia.original_language) == ("Miasto nad morzem.", "pl")
    assert gdynia.website == "https://gdynia.example"
    assert gdynia.languages_spoken == ["pl"]
    assert list(gdynia.sectors.all()) == [sector]
    entry = JournalEntry.objects.get(verb="member.profile_imported")
    assert entry.target == gdynia
    assert entry.data["source"] == "CEMR"
    assert "name_en" not in entry.data["fields"]
    assert gdynia.sort_pl


def test_nothing_that_a_member_wrote_is_replaced(gdynia):
    gdynia.sectors.add(make_sector(code="ENE"))
    make_sector(code="WAT")
    own = {
        "name_pl": "Własna", "description_en": "Our words.", "original_language": "en", "website": "https://own.example",
        "population": 5, "languages_spoken": ["en"],
    }  # fmt: skip
    Member.objects.filter(pk=gdynia.pk).update(**own)
    (outcome,) = apply(csv("lau,PL_1,A,B,Opis,https://b.example,9,pl,WAT"))
    gdynia.refresh_from_db()
    assert {name: getattr(gdynia, name) for name in own} == own
    assert not gdynia.description_pl  # words beside its own would pass for a translation of them
    assert [sector.code for sector in gdynia.sectors.all()] == ["ENE"]
    assert outcome.fills == {}
    assert not JournalEntry.objects.filter(verb="member.profile_imported").exists()


def test_a_second_run_changes_nothing(gdynia):
    content = csv("lau,PL_1,,Gdynia,,,240000,pl,")
    apply(content)
    apply(content)
    assert JournalEntry.objects.filter(verb="member.profile_imported").count() == 1


def test_codes_decide_whose_profile_it_is(gdynia):
    make_place(code="PL63", register="nuts", same_as=gdynia.place)
    other = make_member(official_name="Union", kind="association", org_id="PL-REGON-7")
    hold = make_member(place=make_place(code="PL_9"), status="on_hold")
    lines = [
        {"place_code": "PL63", "place_register": "nuts", "population": 1},
        {"org_id": "PL-REGON-7", "population": 2},
        {"place_code": hold.place.code, "population": 3},
        {"place_code": "PL_1", "place_register": "lau", "population": 4},
        {"name_en": "Nobody"},
        {"place_code": "PL_1", "place_register": "katotth", "population": 5},
    ]
    outcomes = check_profiles(read_profiles(json.dumps(lines).encode(), Member))
    assert [outcome.member for outcome in outcomes] == [gdynia, other, None, None, None, None]
    assert [bool(outcome.problems) for outcome in outcomes] == [False, False, True, True, True, True]


# --- The command -----------------------------------------------------------------------------------------------


def test_the_command_tells_before_it_writes(gdynia, tmp_path, capsys):
    path = tmp_path / "profiles.csv"
    path.write_bytes(csv("lau,PL_1,,Gdynia,,,240000,,", "lau,PL_7,,,,,1,,"))
    call_command("import_profiles", path, source="CEMR")
    told = capsys.readouterr().out
    assert f"line 2: {gdynia.reference}; fills name_pl, population" in told
    assert "line 3: nobody; No member of the Alliance stands for this code." in told
    assert "2 lines, 1 members, 1 would be filled" in told
    gdynia.refresh_from_db()
    assert gdynia.population is None
    call_command("import_profiles", path, source="CEMR", write=True)
    gdynia.refresh_from_db()
    assert gdynia.population == 240000
    with pytest.raises(CommandError):
        call_command("import_profiles", tmp_path / "absent.csv", source="CEMR")


# --- At the desk -----------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client, settings, db):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


URL = "admin:members_member_profiles"


def upload(content, name="profiles.csv"):
    return {"file": SimpleUploadedFile(name, content), "source": "CEMR, 2026-11-27"}


def test_the_desk_sees_every_line_before_anything_is_written(desk, gdynia):
    lines = ("lau,PL_1,Another,Gdynia,,,many,pl xx,", "lau,PL_7,,,,,1,,")
    page = desk.post(reverse(URL), upload(csv(*lines)))
    for words in ("1 member was found.", "Name – Polski: Gdynia", "Unknown code: xx", "population:", "PL_7"):
        assert words in page.text
    assert page.context["rows"][0]["kept"] == ["Name – English"]
    gdynia.refresh_from_db()
    assert gdynia.name_pl == ""
    for _twice in range(2):
        assert desk.post(reverse(URL), {"kept": page.context["kept"]}).status_code == 302
    gdynia.refresh_from_db()
    assert (gdynia.name_en, gdynia.name_pl, gdynia.languages_spoken) == ("Gdynia", "Gdynia", ["pl"])
    entry = JournalEntry.objects.get(verb="member.profile_imported")
    assert (entry.actor, entry.data["source"]) == (desk.user, "CEMR, 2026-11-27")


def test_what_was_not_looked_at_is_not_written(desk, gdynia):
    made = signing.dumps({"source": "x", "rows": []}, salt="another")
    for kept in ("", "nonsense", made):
        assert desk.post(reverse(URL), {"kept": kept}).headers["Location"] == reverse(URL)
    assert not JournalEntry.objects.filter(verb="member.profile_imported").exists()


@pytest.mark.parametrize(
    ("content", "words"), [(b"%PDF-1.4", "neither"), (b"{nonsense", "JSON"), (b"x" * 2**21 + b"y", "2 MB")]
)
def test_a_file_that_holds_no_profiles_is_refused_at_the_field(desk, content, words):
    response = desk.post(reverse(URL), upload(content))
    assert response.status_code == 422
    assert words in response.text
    assert 'value="CEMR, 2026-11-27"' in response.text
