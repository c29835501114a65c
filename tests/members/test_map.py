"""The maps: Ukraine is whole on what is served, dots stand where members are, the list says the same."""

import json
import math
import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.urls import reverse

from members import geometry
from members import map as maps
from members.models import Place
from tests.factories import make_member, make_place

ASSETS = [settings.MAP_ASSETS_DIR / file for file in (maps.COUNTRIES_FILE, maps.OBLASTS_FILE)]
with_outlines = pytest.mark.skipif(not all(file.exists() for file in ASSETS), reason="no outlines installed")

# Longitude, latitude, first letters of the oblast's code. From the gazetteer, not from the code under test.
CONTROL_CITIES = {
    "Simferopol": (34.10, 44.95, "UA01"),
    "Sevastopol": (33.52, 44.60, "UA85"),
    "Yalta": (34.16, 44.50, "UA01"),
    "Kerch": (36.47, 45.36, "UA01"),
    "Donetsk": (37.80, 48.00, "UA14"),
    "Luhansk": (39.31, 48.57, "UA44"),
    "Vinnytsia": (28.48, 49.23, "UA05"),
    "Lutsk": (25.34, 50.75, "UA07"),
    "Dnipro": (35.04, 48.46, "UA12"),
    "Zhytomyr": (28.66, 50.25, "UA18"),
    "Uzhhorod": (22.29, 48.62, "UA21"),
    "Zaporizhzhia": (35.14, 47.84, "UA23"),
    "Ivano-Frankivsk": (24.71, 48.92, "UA26"),
    "Bila Tserkva": (30.11, 49.80, "UA32"),
    "Kropyvnytskyi": (32.26, 48.51, "UA35"),
    "Lviv": (24.03, 49.84, "UA46"),
    "Mykolaiv": (32.00, 46.97, "UA48"),
    "Odesa": (30.72, 46.48, "UA51"),
    "Poltava": (34.55, 49.59, "UA53"),
    "Rivne": (26.25, 50.62, "UA56"),
    "Sumy": (34.80, 50.91, "UA59"),
    "Ternopil": (25.59, 49.55, "UA61"),
    "Kharkiv": (36.23, 49.99, "UA63"),
    "Kherson": (32.62, 46.67, "UA65"),  # its centre; the quays lie in what the package draws as the river
    "Khmelnytskyi": (26.99, 49.42, "UA68"),
    "Cherkasy": (32.06, 49.44, "UA71"),
    "Chernivtsi": (25.94, 48.29, "UA73"),
    "Chernihiv": (31.29, 51.50, "UA74"),
    "Kyiv": (30.52, 50.45, "UA80"),
}
OCCUPIED = ("Simferopol", "Sevastopol", "Yalta", "Kerch", "Donetsk", "Luhansk")


def url():
    return reverse("members:member_map")


@pytest.fixture
def no_outlines(settings, tmp_path):
    settings.MAP_ASSETS_DIR = tmp_path
    _forget()
    yield tmp_path
    _forget()


def _forget():
    maps.europe.cache_clear()
    maps.ukraine.cache_clear()


# --- What is served ----------------------------------------------------------------------------------------


def served_rings(d):
    """The rings of a served path, read by a reader of its own: “M x y l dx dy … z”."""
    rings = []
    for part in re.findall(r"M([^z]*)z", d):
        start, steps = part.split("l")
        x, y = map(float, start.split())
        ring = [(x, y)]
        numbers = [float(n) for n in re.findall(r"-?\d+", steps)]
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        rings.append(ring)
    return rings


def lies_in(rings, x, y):
    """By winding angle, another way than the code's even-odd rule; holes count negative."""
    winding = 0
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
            if y1 <= y < y2 and cross > 0:
                winding += 1
            elif y2 <= y < y1 and cross < 0:
                winding -= 1
    return winding != 0


def served_maps(html):
    """{kind: {label of the area: rings}} of every SVG on the page."""
    found = {}
    for svg in re.findall(r"<svg class=\"map .*?</svg>", html, re.S):
        tree = ElementTree.fromstring(svg)
        areas = {a.find("title").text: served_rings(a.find("path").get("d")) for a in tree.findall("a")}
        found[tree.get("class").split("map-")[1]] = areas
    return found


def cities_outside(rings, project):
    """The cities under occupation that lie in none of the rings."""
    return [name for name in OCCUPIED if not lies_in(rings, *project(*CONTROL_CITIES[name][:2]))]


@pytest.fixture
def served(client, db):
    for code in {row[2] for row in CONTROL_CITIES.values()} | {"UA85"}:
        make_place(
            register="katotth",
            code=f"{code}000000000000001",
            level="region",
            country="UA",
            official_name=code,
        )
    return served_maps(client.get(url()).content.decode())


@with_outlines
def test_occupied_cities_lie_in_ukraine_on_the_served_map_of_europe(served):
    ukraine = served["europe"]["Ukraine: no members yet"]
    assert cities_outside(ukraine, maps.project_europe) == []
    others = {label: rings for label, rings in served["europe"].items() if not label.startswith("Ukraine:")}
    for name in OCCUPIED:
        point = maps.project_europe(*CONTROL_CITIES[name][:2])
        assert [label for label, rings in others.items() if lies_in(rings, *point)] == [], name


@with_outlines
def test_occupied_cities_lie_in_no_land_around(client, db):
    html = client.get(url()).content.decode()
    land = served_rings(re.search(r'class="map-land" d="([^"]*)"', html)[1])
    for name in OCCUPIED:
        assert not lies_in(land, *maps.project_europe(*CONTROL_CITIES[name][:2])), name


@with_outlines
def test_every_control_city_lies_in_its_oblast_on_the_served_map(served):
    areas = served["ukraine"]
    assert len(areas) == 27
    for name, (lon, lat, code) in CONTROL_CITIES.items():
        point = maps.project_ukraine(lon, lat)
        found = [label.split(":")[0] for label, rings in areas.items() if lies_in(rings, *point)]
        assert code in found, name
        # Kyiv lies in a hole of its oblast; nowhere else may two oblasts hold one city.
        assert set(found) <= ({"UA80", "UA32"} if name == "Kyiv" else {code}), name


def without_crimea(text):
    """The countries' outlines with the peninsula cut off Ukraine: what Natural Earth's default shows."""
    topology = json.loads(text)
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    for number, steps in enumerate(topology["arcs"]):
        x = y = 0
        kept, last = [], (0, 0)
        for dx, dy in steps:
            x, y = x + dx, y + dy
            lon, lat = x * kx + x0, y * ky + y0
            if not (32.4 < lon < 36.7 and 44.2 < lat < 46.0):
                kept.append([x - last[0], y - last[1]])
                last = (x, y)
        topology["arcs"][number] = kept or steps
    return json.dumps(topology)


@with_outlines
def test_outlines_without_crimea_are_found_and_never_drawn(settings, client, db, tmp_path):
    text = ASSETS[0].read_text(encoding="utf-8")
    planted = without_crimea(text)
    with pytest.raises(maps.NotUkraine):
        maps.draw_europe(planted)
    wrong = tmp_path / maps.COUNTRIES_FILE
    wrong.parent.mkdir(parents=True)
    wrong.write_text(planted)
    settings.MAP_ASSETS_DIR = tmp_path
    _forget()
    try:
        html = client.get(url()).content.decode()
    finally:
        _forget()
    assert '<svg class="map ' not in html


@with_outlines
def test_the_check_of_these_tests_finds_a_planted_outline(monkeypatch):
    monkeypatch.setattr(maps, "check_ukraine", lambda *_: None)
    wrong = maps.draw_europe(without_crimea(ASSETS[0].read_text(encoding="utf-8")))
    ukraine = next(area for area in wrong.areas if area.key == "UA")
    assert {"Simferopol", "Sevastopol", "Yalta", "Kerch"} <= set(
        cities_outside(served_rings(ukraine.path), maps.project_europe)
    )


@with_outlines
def test_oblasts_without_donetsk_are_refused():
    text = ASSETS[1].read_text(encoding="utf-8")
    package = json.loads(text[text.index("{") : text.rindex("}") + 1])
    package["locations"] = [place for place in package["locations"] if place["id"] != "donetsk"]
    with pytest.raises(maps.NotUkraine, match="Donetsk"):
        maps.draw_ukraine(json.dumps(package))


@with_outlines
def test_cyprus_is_whole_and_every_country_of_europe_is_there():
    drawing = maps.europe()
    areas = {area.key: served_rings(area.path) for area in drawing.areas}
    assert set(areas) == maps.COUNTRIES
    for lon, lat in ((33.38, 35.10), (33.32, 35.34)):  # south of Nicosia; Kyrenia
        assert lies_in(areas["CY"], *drawing.project(lon, lat))


@with_outlines
@pytest.mark.parametrize(
    ("code", "lon", "lat"),
    [
        ("PL", 19.0, 52.0),
        ("DE", 10.0, 51.0),
        ("FR", 2.5, 47.0),
        ("XK", 20.9, 42.6),
        ("IS", -19.0, 65.0),
        ("PT", -8.0, 39.5),
    ],
)
def test_countries_stand_where_they_are(code, lon, lat):
    drawing = maps.europe()
    holding = [a.key for a in drawing.areas if lies_in(served_rings(a.path), *drawing.project(lon, lat))]
    assert holding == [code]


# --- The page ----------------------------------------------------------------------------------------------


def hromada(code, name, lon, lat, **changes):
    oblast, _ = Place.objects.get_or_create(
        register="katotth",
        code=f"{code}000000000000001",
        defaults={
            "level": "region",
            "country": "UA",
            "official_name": f"{code} oblast",
            "name_en": f"{code} oblast",
        },
    )
    place = make_place(country="UA", region=oblast, lon=lon, lat=lat)
    return make_member(official_name=name, country="UA", place=place, **changes)


@with_outlines
def test_members_are_dots_and_numbers(client, db):
    for n in range(3):
        hromada("UA18", f"Town {n}", 28.66, 50.25)
    hromada("UA46", "Lviv", 24.03, 49.84)
    make_member(official_name="Gdynia", place=make_place(lon=18.53, lat=54.52))
    make_member(official_name="On hold", status="on_hold", place=make_place(lon=18.5, lat=54.5))
    make_member(official_name="Nowhere")
    response = client.get(url())
    words = {dot["words"] for dot in response.context["europe"]["dots"]}
    assert words == {"Town 0 and 2 more members", "Lviv", "Gdynia"}
    words = {dot["words"] for dot in response.context["ukraine"]["dots"]}
    assert words == {"Town 0 and 2 more members", "Lviv"}
    lviv = next(dot for dot in response.context["ukraine"]["dots"] if dot["words"] == "Lviv")
    x, y = maps.project_ukraine(24.03, 49.84)
    assert abs(float(lviv["x"]) - x) < 1
    assert abs(float(lviv["y"]) - y) < 1
    assert {row["name"]: row["count"] for row in response.context["countries"]} == {"Ukraine": 4, "Poland": 2}
    oblasts = {row["key"]: row for row in response.context["oblasts"]}
    assert oblasts["UA18"]["count"] == 3
    assert oblasts["UA18"]["url"] == "/en/members/?country=UA&region=UA18000000000000001"


@with_outlines
def test_every_area_of_the_map_is_a_link_of_the_list(client, db):
    hromada("UA18", "Town", 28.66, 50.25)
    html = client.get(url()).content.decode()
    lists = html[html.index('id="areas"') :]
    for svg in re.findall(r"<svg class=\"map .*?</svg>", html, re.S):
        for a in ElementTree.fromstring(svg).findall("a"):
            href = a.get("href").replace("&", "&amp;")
            assert f'href="{href}"' in lists


def test_every_link_of_the_list_shows_so_many_members(client, db):
    for n in range(3):
        hromada("UA18", f"Town {n}", 28.66, 50.25)
    make_member()
    context = client.get(url()).context
    for row in [*context["countries"], *context["oblasts"]]:
        assert client.get(row["url"]).context["total"].startswith(str(row["count"]))


def test_without_outlines_there_is_the_list(client, db, no_outlines):
    make_member()
    html = client.get(url()).content.decode()
    assert '<svg class="map ' not in html
    assert "Poland" in html


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"transform": 1}', "export default {"])
def test_broken_outlines_are_no_failed_page(client, db, no_outlines, content):
    for file in (maps.COUNTRIES_FILE, maps.OBLASTS_FILE):
        (no_outlines / file).parent.mkdir(parents=True, exist_ok=True)
        (no_outlines / file).write_text(content)
    assert client.get(url()).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_with_one_and_three_rows(client, db, django_assert_num_queries, rows):
    for n in range(rows):
        hromada("UA18", f"Town {n}", 28.0 + n, 50.25)
    with django_assert_num_queries(3):  # counts by area; spots; oblasts
        client.get(url())


@with_outlines
def test_the_page_stays_light(client, db):
    for n in range(400):
        hromada(
            f"UA{18 if n % 2 else 46}",
            f"Дуже довга назва громади {n}",
            23 + (n % 20) * 0.8,
            46 + n // 20 * 0.3,
        )
    for n in range(200):
        make_member(
            official_name=f"Stowarzyszona gmina o bardzo długiej nazwie {n}",
            place=make_place(lon=-8 + (n % 20) * 1.6, lat=38 + n // 20 * 2.5),
        )
    response = client.get(f"/uk{url()[3:]}")
    assert len(response.content) < 150_000, len(response.content)
    for drawing in ("europe", "ukraine"):
        assert 40 < len(response.context[drawing]["dots"]) <= 80
    assert not response.cookies
    assert response.headers["ETag"]


# --- Geometry ----------------------------------------------------------------------------------------------


def test_paths_survive_writing_and_reading():
    square = [[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]]
    assert geometry.write_path(square) == "M0 0l10 0 0 10-10 0z"
    assert geometry.read_path("M0 0l10 0 0 10-10 0z") == square
    assert geometry.read_path("M0,0H10V10h-10z") == square
    assert geometry.read_path("m1 1l2 0 0 2zm4 0l1 0 0 1z")[1][0] == (5.0, 1.0)


def test_clipping_keeps_what_is_inside():
    ring = [(-5.0, 2.0), (5.0, 2.0), (5.0, 8.0), (-5.0, 8.0)]
    assert abs(geometry.area_of(geometry.clip(ring, 0, 0, 10, 10))) == 30
    assert geometry.clip([(20.0, 20.0), (30.0, 20.0), (30.0, 30.0)], 0, 0, 10, 10) == []


def test_thin_drops_repeats_and_middles():
    assert geometry.thin([(0, 0), (0, 0), (1, 1), (2, 2), (2, 0), (0, 0)]) == [(0, 0), (2, 2), (2, 0)]


def test_the_projection_keeps_areas():
    """A degree cell at 40° and at 60° north keep the ratio of their areas on the sphere."""

    def cell(lon, lat):
        corners = [(lon, lat), (lon + 1, lat), (lon + 1, lat + 1), (lon, lat + 1)]
        return abs(geometry.area_of([maps.project_europe(*corner) for corner in corners]))

    expected = math.cos(math.radians(40.5)) / math.cos(math.radians(60.5))
    assert abs(cell(20, 40) / cell(5, 60) - expected) < 0.01
