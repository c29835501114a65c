"""Imports into the table, and the verbs of entries that no register has."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from alliance.core.models import JournalEntry
from members.actions import place_import, places
from members.actions.place_import import Refused, import_reading
from members.actions.sectors import load_sectors
from members.models import Member, Place, Sector
from members.registers.rows import MUNICIPALITY, REGION, Reading, Row
from tests.factories import make_coordinator, make_member, make_place

pytestmark = pytest.mark.django_db


def row(code: str, name: str = "Łódź", **changes) -> Row:
    fields = {
        "register": "lau", "code": code, "level": "municipality", "depth": MUNICIPALITY, "country": "PL",
        "official_name": name, "name_en": name, "name_pl": name, "name_uk": name,
    } | changes  # fmt: skip
    return Row(**fields)


def reading(*rows: Row, edition: str = "2025", register: str = "lau") -> Reading:
    return Reading(register, edition, list(rows))


def test_import_adds_changes_and_leaves_alone():
    first = import_reading(reading(row("PL_1"), row("PL_2", "Sopot", aliases={"Zoppot"}, population=5)))
    again = import_reading(reading(row("PL_1"), row("PL_2", "Sopot", aliases={"Zoppot"}, population=5)))
    third = import_reading(reading(row("PL_1"), row("PL_2", "Sopot", population=6), row("PL_3", "Gdynia")))
    assert (first.added, first.changed) == (2, 0)
    assert (again.touched, again.same) == (0, 2)
    assert (third.added, third.changed, third.same) == (1, 1, 1)
    place = Place.objects.get(code="PL_1")
    assert place.verified_at is not None
    assert "lodz" in place.spellings.split()
    assert place.sort_pl
    assert "|lodz|" in place.keys


def test_import_writes_tabs_backslashes_and_nothing_as_they_are():
    import_reading(reading(row("PL_1", "A\\N\tb\\", category="\\N")))
    place = Place.objects.get(code="PL_1")
    assert (place.official_name, place.category, place.lat) == ("A\\N\tb\\", "\\N", None)


def test_import_ties_places_to_what_lies_above_them():
    above = row("PL71", "Łódzkie", level="region", depth=REGION)
    below = row("PL_1", parent=above.key, region=above.key)
    lost = row("PL_2", parent=("nuts", "PL99"))
    kyiv = row("K", "Kyiv", depth=REGION, region=("lau", "K"))
    import_reading(reading(below, lost, above, kyiv))
    place = Place.objects.get(code="PL_1")
    assert place.region.code == place.parent.code == "PL71"
    assert Place.objects.get(code="PL_2").parent is None
    assert Place.objects.get(code="K").region.code == "K"
    assert import_reading(reading(below, lost, above, kyiv)).touched == 0


def test_a_new_row_and_a_changed_one_are_written_alike():
    above = row("PL71", "Łódzkie", level="region", depth=REGION, category="2")
    rows = [
        above,
        row("PL_1", "Łódź 2", parent=above.key, region=above.key, aliases={"Lodsch"}, lat=51.7, lon=19.4),
        row(
            "UA_1",
            "Велика Багачка",
            country="UA",
            name_en="Velyka Bahachka",
            population=7,
            population_year=2022,
        ),
        row("GR_1", "Αθήνα", country="GR", name_en="Athens", name_pl="Ateny", name_uk="Афіни"),
    ]
    import_reading(reading(*rows))
    written = [place.items() for place in columns()]
    before = [row(new.code, "Another name", country="DE", population=1, aliases={"Other"}) for new in rows]
    assert import_reading(reading(*before)).changed == len(rows)
    assert not [place for place, new in zip(columns(), written, strict=True) if place.items() == new]
    outcome = import_reading(reading(*rows))
    assert (outcome.added, outcome.changed) == (0, len(rows))
    assert [place.items() for place in columns()] == written


def columns() -> list[dict]:
    return list(Place.objects.order_by("code").values())


def test_import_computes_the_columns_that_search_and_order_use():
    import_reading(reading(row("UA_1", "Велика Багачка", name_en="Velyka Bahachka", aliases={"Bogaczka"})))
    imported = Place.objects.get()
    computed = Place.objects.get()
    places.fill_search(computed)
    assert [imported.sort_en, imported.sort_pl, imported.sort_uk] == [
        computed.sort_en,
        computed.sort_pl,
        computed.sort_uk,
    ]
    assert imported.keys == "|velyka bahachka|велика багачка|¦bogaczka¦"
    assert set(imported.spellings.split()) == {*computed.spellings.split(), "bogaczka", "0bhsk"}


@pytest.mark.parametrize("is_known", [False, True])
def test_import_of_a_place_that_the_file_has_twice_writes_nothing(is_known):
    if is_known:
        import_reading(reading(row("PL_1")))
    with pytest.raises(IntegrityError), transaction.atomic():
        import_reading(reading(row("PL_1", "Zgierz"), row("PL_1", "Zduny")))
    assert list(Place.objects.values_list("name_en", flat=True)) == ["Łódź"] * is_known


def test_import_marks_what_left_the_register_and_welcomes_it_back():
    import_reading(reading(row("PL_1"), row("PL_2"), row("DE_1", country="DE")))
    member = make_member(place=Place.objects.get(code="PL_2"))
    gone = import_reading(reading(row("PL_1")))
    assert gone.gone == 1
    assert Place.objects.get(code="PL_2").gone_on is not None
    assert Place.objects.get(code="DE_1").gone_on is None  # the file does not cover Germany
    assert Member.objects.get(pk=member.pk).place.code == "PL_2"
    back = import_reading(reading(row("PL_1"), row("PL_2")))
    assert back.changed == 1
    assert Place.objects.get(code="PL_2").gone_on is None


def test_import_refuses_an_older_an_empty_and_a_cut_off_file():
    import_reading(reading(*(row(f"PL_{n}") for n in range(10)), edition="2025"))
    for harmful in (
        reading(),
        reading(row("PL_1")),
        reading(*(row(f"PL_{n}") for n in range(10)), edition="2024"),
    ):
        with pytest.raises(Refused):
            import_reading(harmful)
    assert import_reading(reading(row("PL_1")), is_forced=True).gone == 9


def test_import_of_everything_installed_twice_changes_nothing_the_second_time():
    first = places.import_default_places()
    assert {outcome.register: outcome.bad for outcome in first} == {"nuts": [], "katotth": [], "table": []}
    assert sum(outcome.touched for outcome in places.import_default_places()) == 0
    claimable = Place.objects.selectable()
    assert claimable.filter(country="UA", level="municipality").count() == 1772 + 2
    lodz = Place.objects.get(register="nuts", code="PL711")
    assert lodz.same_as.code == "PL-lodz"
    assert Place.objects.get(code="PL-lodz").region.code == "PL71"
    assert [place.code for place in claimable.search("Lemberg")[:1]] == [claimable.get(name_pl="Lwów").code]


def test_command_shows_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(place_import, "REPORT_EVERY", 2)
    file, out = tmp_path / "lau.csv", StringIO()
    file.write_text("gisco_id,country,name\nPL_1,PL,Łódź\nPL_2,PL,Żory\nPL_3,PL,Kutno\n", encoding="utf-8")
    call_command("import_places", "lau", file=file, stdout=out)
    assert "lau: 2 of 3 rows prepared" in out.getvalue()


def test_command_reports_bad_lines_with_their_number(tmp_path):
    file = tmp_path / "lau.csv"
    file.write_text("gisco_id,country,name\nPL_1,PL,Łódź\nPL_2,PL,\n", encoding="utf-8")
    out, err = StringIO(), StringIO()
    call_command("import_places", "lau", file=file, stdout=out, stderr=err)
    assert "lau, line 3: PL_2 has no name" in err.getvalue()
    assert "1 added" in out.getvalue()
    assert Place.objects.get().code == "PL_1"


@pytest.mark.parametrize(
    "arguments",
    [{"register": "lau"}, {"register": "all", "edition": "1"}, {"register": "lau", "file": "/nowhere"}],
)
def test_command_says_what_is_missing(arguments):
    register = arguments.pop("register")
    if "file" in arguments:
        arguments["file"] = Path(arguments["file"])
    with pytest.raises(CommandError):
        call_command("import_places", register, **arguments)


def test_command_refuses_a_file_that_is_no_text(tmp_path):
    file = tmp_path / "lau.csv"
    file.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(CommandError):
        call_command("import_places", "lau", file=file)


def test_create_own_place_waits_for_the_desk():
    user = make_coordinator()
    region = make_place(level="region", code="PL71")
    place = places.create_own_place(
        name="Nowa  Gmina", country="PL", level="municipality", parent=region, by=user
    )
    assert (place.official_name, place.region, place.verified_at) == ("Nowa Gmina", region, None)
    assert list(Place.objects.awaiting_confirmation()) == [place]
    assert not Place.objects.selectable().search("Nowa Gmina").exists()
    assert JournalEntry.objects.get(verb="place.entered").object_id == place.pk
    with pytest.raises(ValueError, match="name"):
        places.create_own_place(name=" ", country="PL", level="municipality", by=user)


def own_place(**changes) -> Place:
    return make_place(register="own", code="NEW-1", official_name="Nowa Gmina", verified_at=None, **changes)


def test_confirm_place_makes_it_findable_once():
    user, place = make_coordinator(), own_place()
    places.confirm_place(place, by=user)
    assert Place.objects.selectable().search("nowa gmina").get() == place
    assert JournalEntry.objects.get(verb="place.confirmed").actor == user
    with pytest.raises(places.PlaceConflict):
        places.confirm_place(place, by=user)


def test_merge_places_moves_the_claims_and_keeps_the_trace():
    user, place, into = make_coordinator(), own_place(), make_place(code="PL_9")
    member = make_member(place=place, status=Member.Status.PENDING)
    assert places.merge_places(place, into, by=user) == into
    place.refresh_from_db()
    member.refresh_from_db()
    assert (member.place, place.same_as) == (into, into)
    assert place.gone_on is not None
    assert JournalEntry.objects.get(verb="place.merged").data == {"into": "PL_9"}
    assert JournalEntry.objects.get(verb="member.place_changed").object_id == member.pk
    with pytest.raises(places.PlaceConflict):
        places.merge_places(place, into, by=user)


def test_merge_places_never_gives_one_place_two_members():
    user, place, into = make_coordinator(), own_place(), make_place()
    make_member(place=place)
    make_member(place=into)
    with pytest.raises(places.PlaceConflict):
        places.merge_places(place, into, by=user)
    place.refresh_from_db()
    assert place.same_as is None


@pytest.mark.parametrize("changes", [{"level": "country"}, {"level": "district"}, {"gone_on": "2026-01-01"}])
def test_merge_places_only_into_what_can_be_claimed(changes):
    with pytest.raises(places.PlaceConflict):
        places.merge_places(own_place(), make_place(**changes), by=make_coordinator())


def test_a_place_of_a_register_is_neither_confirmed_nor_merged():
    user, place = make_coordinator(), make_place(verified_at=None)
    with pytest.raises(places.PlaceConflict):
        places.confirm_place(place, by=user)
    with pytest.raises(places.PlaceConflict):
        places.merge_places(place, make_place(), by=user)


def test_load_sectors_twice():
    assert load_sectors() == 18 + 72
    assert load_sectors() == 0
    roof = Sector.objects.get(code="HOU-01")
    assert (roof.parent.code, roof.dac_codes) == ("HOU", "73010;16040")
    assert "дах" in roof.keywords_uk
