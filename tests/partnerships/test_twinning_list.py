"""The list of partnerships, its map and its files: the same rows under every filter, and nothing that is not public."""

import csv
import io
import json
import re
from datetime import date

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import freshness
from members import map as maps
from members.names import derive_search
from partnerships import twinning_map as arcs
from partnerships.models import Twinning
from partnerships.views import twinning_map as map_views
from tests.factories import make_member, make_party, make_place, make_twinning

Status = Twinning.Status


def url(name="twinning_list", *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


def get(client, query="", name="twinning_list", language="en"):
    response = client.get(url(name, language=language) + query)
    assert response.status_code == 200
    return response


def titles(response):
    return [card["title"] for card in response.context["cards"]]


def counts(response, name):
    facet = next((f for f in response.context["facets"] if f.name == name), None)
    return {choice.value: choice.count for choice in facet.choices} if facet else {}


def oblast(code, name):
    return make_place(register="katotth", code=code, level="region", country="UA", official_name=name)


def hromada(name, region, **changes):
    fields = {"register": "katotth", "category": "H", "country": "UA", "region": region} | changes
    place = make_place(official_name=name, **fields)
    place.spellings = place.sort_en = place.sort_uk = place.sort_pl = name.lower()
    place.save()
    return place


def partner(name, country="PL", **changes):
    member = make_member(official_name=name, name_en=name, country=country, **changes)
    member.save(update_fields=derive_search(member))
    return member


@pytest.fixture
def five(db):
    """Two oblasts, three countries, every number of parties, one that ended, one that is not public."""
    lviv, odesa = oblast("UA46000000000026241", "Lviv Oblast"), oblast("UA51000000000030770", "Odesa Oblast")
    zhovkva = hromada("Zhovkva", lviv, lat=50.06, lon=23.97)
    izmail = hromada("Izmail", odesa, lat=45.35, lon=28.84)
    rava = hromada("Rava-Ruska", lviv, lat=50.23, lon=23.63)
    plock = partner("Płock", place=make_place(official_name="Płock", lat=52.55, lon=19.7))
    bonn = partner("Bonn", "DE", place=make_place(official_name="Bonn", country="DE", lat=50.73, lon=7.1))
    made = {
        "pair": make_twinning(zhovkva, plock, status=Status.LETTER),
        "other": make_twinning(izmail, bonn, status=Status.IN_FORCE, signed_on=date(2020, 5, 1)),
        "three": make_twinning(rava, plock, bonn),
        "far": make_twinning(izmail, "Baltimore", since_year=1974),
    }
    make_twinning(zhovkva, bonn, status=Status.ENDED, end_reason="expired", ended_on=timezone.localdate())
    make_twinning(rava, bonn, public_since=None, title="Unseen", language="en")
    made["far"].parties.filter(name="Baltimore").update(country="US")
    return made


def test_an_empty_list_says_so(client, db):
    assert "No partnership is public yet" in get(client).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_twinning_list_costs_the_same_with_one_and_three_rows(client, db, django_assert_num_queries, rows):
    for _n in range(rows):
        region = make_place(level="region", country="UA")
        make_twinning(make_member(country="UA", place=make_place(country="UA", region=region)), make_member())
    # rows; their parties; counts of all filters; names of oblasts; how near the goal is
    with django_assert_num_queries(5):
        get(client)


def test_twinning_list_stands_in_the_order_of_the_hromadas(client, five):
    assert titles(get(client)) == [
        "Izmail – Bonn",
        "Izmail – Baltimore",
        "Rava-Ruska – Płock – Bonn",
        "Zhovkva – Płock",
    ]
    assert titles(get(client, "?sort=newest"))[0] == "Izmail – Baltimore"


def test_pages_follow_each_other_without_a_gap(client, five, monkeypatch):
    monkeypatch.setattr("alliance.core.lists.PAGE_SIZE", 25)
    for n in range(30):
        make_twinning(hromada(f"Hromada {n:02}", None), partner(f"Town {n}"))
    seen, address = [], ""
    while True:
        response = get(client, address)
        seen += titles(response)
        if not (address := response.context["pages"]["next_url"]):
            break
    assert len(seen) == len(set(seen)) == 34


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?country=DE", {"other", "three"}),
        ("?country=DE&country=US", {"other", "three", "far"}),
        ("?region=UA46000000000026241", {"pair", "three"}),
        ("?stage=letter", {"pair"}),
        ("?parties=3", {"three"}),
        ("?parties=2&country=PL", {"pair"}),
        ("?q=plock", {"pair", "three"}),
        ("?q=baltim", {"far"}),
        ("?q=Zhovkva&country=PL", {"pair"}),
        ("?stage=nonsense&country=zz&parties=9", {"pair", "other", "three", "far"}),
    ],
)
def test_list_map_and_files_have_the_same_rows(client, five, query, found):
    slugs = {five[name].slug for name in found}
    listed = {card["href"].split("/")[-2] for card in get(client, query).context["cards"]}
    drawn = {row["url"].split("/")[-2] for row in get(client, query, "twinning_map").context["rows"]}
    filed = {row["id"] for row in files(client, query)["json"]}
    assert listed == drawn == filed == slugs


def test_what_has_ended_is_there_when_it_is_asked_for(client, five):
    assert titles(get(client, "?stage=ended")) == ["Zhovkva – Bonn"]
    assert counts(get(client), "stage") == {
        "first_contact": "2",
        "letter": "1",
        "in_force": "1",
        "ended": "1",
    }


def test_each_count_is_what_its_filter_shows(client, five):
    response = get(client, "?country=DE")
    for facet in response.context["facets"]:
        for choice in facet.choices:
            # What the micro-cache answers has no context to look into: an address of its own for each.
            query = f"?{facet.name}={choice.value}&fresh" + ("" if facet.name == "country" else "&country=DE")
            assert len(titles(get(client, query))) == int(choice.count), query


def test_what_is_not_public_is_nowhere(client, five):
    for query in ("", "?q=unseen", "?stage=first_contact"):
        for name in ("twinning_list", "twinning_map"):
            assert "Unseen" not in get(client, query, name).content.decode().replace("“unseen”", "")
    assert "Unseen" not in json.dumps(files(client)["json"])


def test_counts_are_kept_until_something_is_written(client, five, django_assert_num_queries):
    freshness.touch()
    client.get(url())
    with django_assert_num_queries(4):
        client.get(url() + "?fresh")


# --- Files -------------------------------------------------------------------------------------------------


def files(client, query=""):
    cache.clear()
    found = {}
    for kind in ("csv", "json", "geojson"):
        response = client.get(url("twinning_export", kind) + query)
        assert response.status_code == 200
        found[kind] = response.getvalue().decode("utf-8-sig")
    found["csv"] = list(csv.DictReader(io.StringIO(found["csv"], newline="")))
    found["json"] = json.loads(found["json"])["partnerships"]
    found["geojson"] = json.loads(found["geojson"])["features"]
    return found


def test_the_three_files_say_the_same(client, five):
    found = files(client)
    by_id = {row["id"]: row for row in found["json"]}
    assert [row["id"] for row in found["csv"]] == [row["id"] for row in found["geojson"]] == list(by_id)
    for row in found["csv"]:
        parties = by_id[row["id"]]["parties"]
        assert row["parties"] == "; ".join(party["name"] for party in parties)
        assert row["countries"] == "; ".join(party["country"] for party in parties)
        assert row["stage"] == by_id[row["id"]]["stage"]
    other = by_id[five["other"].slug]
    assert (other["signed_on"], other["since_year"]) == ("2020-05-01", 2020)
    assert by_id[five["far"].slug]["since_year"] == 1974


def test_lines_of_geojson_begin_at_the_hromada_longitude_first(client, five):
    features = {row["id"]: row["geometry"] for row in files(client)["geojson"]}
    assert features[five["three"].slug]["coordinates"] == [
        [[23.63, 50.23], [19.7, 52.55]],
        [[23.63, 50.23], [7.1, 50.73]],
    ]
    assert features[five["far"].slug] is None


def test_no_cell_of_a_table_is_a_formula(client, db):
    make_twinning(make_member(), "=cmd()", title="+1", language="en")
    row = files(client)["csv"][0]
    assert row["title"] == "'+1"
    assert not row["parties"].startswith("=")


def test_an_unknown_format_is_not_found(client, db):
    assert client.get(url("twinning_export", "exe")).status_code == 404


# --- Map ---------------------------------------------------------------------------------------------------


def served_ties(html):
    return re.findall(r'<a href="([^"]+)" tabindex="-1"><title>([^<]+)</title><path class="tie-hit"', html)


def test_every_arc_is_a_link_that_stands_in_the_list(client, five, monkeypatch):
    """On a map of its own: the outlines of the real one are a package that a machine may lack."""
    areas = tuple(maps.Area(code, "M0 0h9v9z") for code in ("DE", "PL", "UA"))
    drawing = maps.Drawing(1000, 800, areas, "", lambda lon, lat: (20 * (lon + 10), 20 * (70 - lat)))
    monkeypatch.setattr(maps, "europe", lambda: drawing)
    response = get(client, name="twinning_map")
    rows = {(row["url"], row["name"]) for row in response.context["rows"]}
    drawn = set(served_ties(response.content.decode()))
    assert len(rows) == 5
    assert drawn == {row for row in rows if "Baltimore" not in row[1]}
    assert response.context["undrawn"] == "Not drawn, but in the list below: 1"


def test_many_arcs_are_joined_by_oblast_and_country(client, five, monkeypatch):
    monkeypatch.setattr(map_views, "MOST_SINGLE", 3)
    response = get(client, name="twinning_map")
    rows = {row["name"]: row for row in response.context["rows"]}
    assert {name: row["count"] for name, row in rows.items()} == {
        "Lviv Oblast – Poland": 2,
        "Lviv Oblast – Germany": 1,
        "Odesa Oblast – Germany": 1,
        "Odesa Oblast – United States": 1,
    }
    for row in rows.values():
        path, _, query = row["url"].partition("?")
        assert path == url()
        assert len(titles(get(client, f"?{query}"))) == row["count"]


@pytest.mark.parametrize("rows", [1, 3])
def test_twinning_map_costs_the_same_with_one_and_three_rows(client, db, django_assert_num_queries, rows):
    for _n in range(rows):
        region = make_place(level="region", country="UA")
        make_twinning(make_member(country="UA", place=make_place(country="UA", region=region)), make_member())
    # parties; counts of all filters; names of oblasts for the filters, and for the arcs
    with django_assert_num_queries(4):
        get(client, name="twinning_map")


def test_names_on_the_map_are_those_of_the_page(client, db):
    gone = make_member(official_name="Gone", status="left", place=make_place(official_name="Old Town"))
    waiting = make_member(official_name="Not asked")
    twinning = make_twinning(make_member(country="UA", official_name="Ї-громада"), gone, "Free Town")
    make_party(twinning, waiting, agreed_at=None, agreed_by=None)
    with translation.override("uk"):
        page = get(client, name="twinning_map", language="uk")
    names = {row["name"] for row in page.context["rows"]}
    assert {name.split(" – ")[1] for name in names} == {"Old Town", "Free Town"}


def test_arcs_swing_to_the_north_whichever_way_they_go():
    for start, end in (((0, 100), (100, 100)), ((100, 100), (0, 100))):
        numbers = [float(n) for n in re.findall(r"-?\d+\.\d", arcs.arc_path(start, end))]
        assert numbers[3] < 100


def test_two_partnerships_of_the_same_partners_are_told_apart_by_their_year():
    pairs = [("old", "Przemyśl", 1999), ("new", "Przemyśl", 2024), ("other", "Rzeszów", 2024)]
    ties = [
        arcs.Tie(key, arcs.End("Chortkiv", "UA61", "UA", year=year), arcs.End(name, "PL", "PL", year=year))
        for key, name, year in pairs
    ]
    assert [arc.year for arc in arcs.single_arcs(ties, None)] == [1999, 2024, None]


def test_two_thousand_partnerships_are_few_enough_arcs_to_be_told_apart():
    ends = [arcs.End(f"H{n}", f"UA{n % 25:02}", "UA", 25 + n % 13, 46 + n % 6) for n in range(2000)]
    others = [arcs.End(f"P{n}", f"C{n % 12}", "PL", 5 + n % 20, 44 + n % 10) for n in range(2000)]
    ties = [
        tie for n, (a, b) in enumerate(zip(ends, others, strict=True)) for tie in arcs.ties_of(str(n), [a, b])
    ]
    joined = arcs.joined_arcs(ties, lambda lon, lat: (lon, lat))
    assert sum(arc.count for arc in joined) == 2000
    assert len(joined) <= 300
    assert [arc.count for arc in joined] == sorted((arc.count for arc in joined), reverse=True)


@pytest.mark.parametrize("ends", [[], [(400.0, 300.0)], [(650.0, 780.0)], [(5.0, 5.0), (990.0, 700.0)]])
def test_the_frame_shows_all_ends_and_is_broader_than_high(ends):
    left, top, width, height = arcs.frame([(640.0, 400.0), (830.0, 560.0), *ends], 1000, 802)
    assert all(left <= x <= left + width and top <= y <= top + height for x, y in ends)
    assert 0 <= left <= left + width <= 1000
    assert width >= min(height * 1.2, 990)
