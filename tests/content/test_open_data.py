"""The open data for people and for harvesters: pages, dictionary, daily files, catalogue."""

import csv
import hashlib
import io
import json
import re

import pyogrio
import pytest
import rdflib
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pyshacl import validate

from alliance.content.actions.downloads import build_downloads, build_due_downloads
from alliance.content.actions.public_changes import note_public_changes
from alliance.content.models import Download
from alliance.content.open_data.datasets import DATASETS
from alliance.content.open_data.dictionary import fields_of, schemas_in
from alliance.content.open_data.file_columns import columns_of
from alliance.content.open_data.meaning import meaning_of
from alliance.content.open_data.place_files import COLUMNS
from alliance.core import freshness
from alliance.core.audience import Audience
from alliance.core.languages import LANGUAGES
from partnerships.actions.search import reindex_listings
from tests.factories import (
    make_appeal,
    make_document,
    make_listing,
    make_member,
    make_place,
    make_pledge,
    make_twinning,
)

SHAPES = settings.BASE_DIR.parent / "shared" / "standards" / "dcat-ap-3.0.1"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
DCT = rdflib.Namespace("http://purl.org/dc/terms/")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
FORMATS = {"rdf": "xml", "ttl": "turtle", "jsonld": "json-ld"}
# rdflib's own reader of JSON-LD uses what rdflib calls old.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")


@pytest.fixture
def media(settings, tmp_path):
    """Files on a disk, as GDAL wants them."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    return tmp_path / "open-data"


@pytest.fixture
def rows(db):
    """A little of everything, and what nobody may read of it."""
    place = make_place(
        register="katotth", code="UA5901", country="UA", official_name="Canaryville", lat=50.9, lon=34.8
    )
    hidden = make_member(country="UA", place=place, official_name="Canaryville", contact_name="canaryname")
    make_listing(kind="need", audience="members", title_en="canarymembers")
    need = make_listing(
        kind="need", member=hidden, is_member_hidden=True, partner_note="canarynote", desk_note="canarynote",
        field_audiences={"text": "members"}, text_en="canarytext", title_en="=1+1",
    )  # fmt: skip
    make_pledge("committed 3", receiver=hidden, note="canarynote", line={"listing_line": need.lines.get()})
    make_appeal()
    make_document("pl", "uk", title_en="@Guide")
    make_document("pl", status="draft", title_en="canarydraft")
    make_twinning(make_member(place=make_place(lat=52.2, lon=21.0)), place)
    make_twinning(public_since=None, title="canarytwinning", language="en")
    reindex_listings()
    return hidden


def file_of(name, form, **headers):
    return Client().get(reverse("open_data_file", args=[name, form]), headers=headers)


# --- Daily files -------------------------------------------------------------------------------------------------


def test_every_set_that_has_files_is_written_whole_and_described(rows, media):
    made = build_downloads()
    assert {(row.name, row.form) for row in made} == {(d.name, form) for d in DATASETS for form in d.files}
    for row in Download.objects.all():
        response = file_of(row.name, row.form)
        assert response.status_code == 200
        content = response.content
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row.size, row.sha256)
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        if row.form == "csv":
            assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) > 1
        else:
            found = json.loads(content)
            assert found["licence"] == "CC BY 4.0"


def test_files_say_nothing_that_pages_hide(rows, media):
    build_downloads()
    for row in Download.objects.all():
        text = file_of(row.name, row.form).content.decode()
        for word in (
            "canarymembers",
            "canarytext",
            "canarynote",
            "canaryname",
            "canarytwinning",
            "canarydraft",
            rows.contact_email,
        ):
            assert word not in text
        if row.name in ("needs-and-offers", "promises"):
            assert "Canaryville" not in text
            assert rows.slug not in text


def test_geojson_opens_in_gdal(rows, media):
    build_downloads()
    for name, kind in (("members", "Point"), ("places", "Point"), ("partnerships", "MultiLineString")):
        (path,) = media.glob(f"{name}-*.geojson")
        about = pyogrio.read_info(path)
        assert about["driver"] == "GeoJSON"
        assert about["geometry_type"] == kind
        assert about["crs"] == "EPSG:4326"
        assert about["features"] == len(json.loads(path.read_bytes())["features"])
        west, south, east, north = about["total_bounds"]
        assert 20 < west <= east < 35
        assert 50 < south <= north < 53


def test_small_sets_are_the_rows_of_the_interface_and_whole_tables(rows, media):
    note_public_changes()
    build_downloads()
    for name, parts in (("appeals", "target"), ("documents", "files")):
        found = json.loads(file_of(name, "json").content)
        assert found[name] == Client().get(reverse(f"api:{name}")).json()["data"]
        lines = list(csv.DictReader(io.StringIO(file_of(name, "csv").content.decode("utf-8-sig"))))
        assert len(lines) == sum(len(row[parts]) for row in found[name])
    assert {line["title_en"] for line in lines} == {"'@Guide"}, "no cell is a formula"
    assert {line["language"] for line in lines} == {"pl", "uk"}
    # Whoever begins with a file goes on from where it was made.
    member = make_member()
    note_public_changes()
    later = Client().get(reverse("api:changes", query={"cursor": found["changes_cursor"]})).json()["data"]
    assert [row["id"] for row in later if row["kind"] == "member"] == [member.slug]


def test_a_file_is_had_in_parts_and_only_when_it_changed(rows, media):
    build_downloads()
    whole = file_of("members", "json")
    part = file_of("members", "json", range="bytes=10-19")
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    again = file_of("members", "json", if_none_match=whole.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("made", "now", "is_due"),
    [
        (None, "2026-11-27T12:00Z", True),
        ("2026-11-26T02:10Z", "2026-11-27T01:59Z", False),
        ("2026-11-26T02:10Z", "2026-11-27T02:00Z", True),
        ("2026-11-27T02:10Z", "2026-11-27T23:59Z", False),
    ],
)
def test_files_are_made_once_a_day_in_the_night(db, media, made, now, is_due):
    if made:
        with time_machine.travel(made, tick=False):
            build_downloads()
    with time_machine.travel(now, tick=False):
        assert bool(build_due_downloads()) is is_due
        assert build_due_downloads() == []


def test_the_file_before_stays_for_a_day(rows, media, django_capture_on_commit_callbacks):
    for days, files in enumerate((1, 2, 2), 1):
        with django_capture_on_commit_callbacks(execute=True):
            build_downloads()
        Download.objects.update(made_at="2026-01-01T00:00Z")
        assert len(list(media.glob("members-*.csv"))) == files, days
    assert Download.objects.filter(name="members", form="csv").count() == 1


# --- Catalogue ---------------------------------------------------------------------------------------------------


def catalogue(form="ttl"):
    response = Client().get(reverse("open_data_catalogue", args=[form]))
    assert response.status_code == 200
    return rdflib.Graph().parse(data=response.content, format=FORMATS[form])


def test_the_three_forms_say_the_same(rows, media):
    build_downloads()
    graphs = {form: set(catalogue(form)) for form in FORMATS}
    assert graphs["ttl"] == graphs["rdf"] == graphs["jsonld"]
    assert len(graphs["ttl"]) > 300
    assert Client().get("/data/catalog.csv").status_code == 404


@pytest.mark.skipif(not SHAPES.is_dir(), reason="shared data absent")
@pytest.mark.parametrize("name", ["dcat-ap-SHACL.ttl", "range.ttl"])
def test_the_catalogue_obeys_the_shapes_of_dcat_ap(rows, media, name):
    build_downloads()
    found = catalogue()
    shapes = rdflib.Graph().parse(SHAPES / name)
    # The official file names some properties that it does not define, and validators stop on them.
    for shape, _property, part in shapes.triples((None, SH.property, None)):
        if (part, SH.path, None) not in shapes:
            shapes.remove((shape, SH.property, part))
    conforms, _graph, report = validate(found, shacl_graph=shapes)
    assert conforms, report
    # A title that is missing is found, so the shapes are really applied.
    if name == "dcat-ap-SHACL.ttl":
        dataset = next(found.subjects(rdflib.RDF.type, DCAT.Dataset))
        found.remove((dataset, DCT.title, None))
        assert not validate(found, shacl_graph=shapes)[0]


@pytest.mark.parametrize(
    ("licence", "url", "code"),
    [
        ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "CC_BY_4_0"),
        ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", "CC0"),
        ("Open Licence of the House", "", ""),
    ],
)
def test_the_licence_is_that_of_the_setting(rows, media, settings, licence, url, code):
    settings.SITE_LICENCE = licence
    freshness.touch()
    build_downloads()
    assert json.loads(file_of("members", "json").content)["licence"] == licence
    told = set(map(str, catalogue().objects(None, DCT.license)))
    assert told == ({f"http://publications.europa.eu/resource/authority/licence/{code}"} if code else set())
    asked = [
        Client().get(file)
        for file in (reverse("api:members"), reverse("members:member_export", args=["csv"]))
    ]
    for response in asked:
        assert response.status_code == 200
        assert (f'<{url}>; rel="license"' in response.headers.get("Link", "")) is bool(url)
    for language in LANGUAGES:
        with override(language):
            page = Client().get(reverse("content:open_data")).content.decode()
        assert (f'<a href="{url}" rel="license">{licence}</a>' in page) is bool(url)
        assert page.count(licence) == 2  # beside the sets, and at the foot


def test_the_catalogue_names_everything_in_each_language(rows, media):
    build_downloads()
    graph = catalogue()
    things = [*graph.subjects(rdflib.RDF.type, DCAT.Dataset), *graph.subjects(rdflib.RDF.type, DCAT.Catalog)]
    assert len(things) == len(DATASETS) + 1
    for thing in things:
        titles = {title.language: str(title) for title in graph.objects(thing, DCT.title)}
        assert set(titles) == set(LANGUAGES)
        assert len(set(titles.values())) == len(LANGUAGES)
    row = Download.objects.get(name="members", form="csv")
    (checksum,) = [c for c in graph.objects(None, SPDX.checksumValue) if str(c) == row.sha256]
    assert checksum
    for url in graph.objects(None, DCAT.downloadURL):
        assert Client().get(str(url).removeprefix("http://localhost:8000")).status_code == 200, url


# --- For people --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages(rows, media, language, django_assert_num_queries):
    build_downloads()
    with override(language):
        page, dictionary = reverse("content:open_data"), reverse("content:data_dictionary")
    with django_assert_num_queries(1):
        response = Client().get(page)
    text = response.content.decode()
    assert not response.cookies
    assert response.headers["ETag"]
    for dataset in DATASETS:
        assert f'id="{dataset.name}"' in text
        for form in dataset.files:
            assert reverse("open_data_file", args=[dataset.name, form]) in text
    assert "/en/data/" in text or language != "en"
    anchors = re.findall(r' id="([^"]*)"', text)
    assert len(anchors) == len(set(anchors))
    with django_assert_num_queries(0):
        text = Client().get(dictionary).content.decode()
    assert "lines.coverage.open" in text
    assert "ISO 3166-1 alpha-2" in text


def every_schema():
    found, wait = set(), [dataset.schema for dataset in DATASETS]
    while wait:
        schema = wait.pop()
        found.add(schema)
        wait += [
            s
            for field in schema.model_fields.values()
            for s in schemas_in(field.annotation)
            if s not in found
        ]
    return sorted(found, key=lambda schema: schema.__name__)


@pytest.mark.parametrize("schema", every_schema(), ids=lambda schema: schema.__name__)
def test_every_field_has_a_meaning_and_is_for_everyone(schema):
    for name, field in schema.model_fields.items():
        assert meaning_of(field), name
    for field in fields_of(schema):
        assert field.text
        assert field.type
        assert "<" not in field.type
        assert field.audience == str(Audience.PUBLIC.label)


def test_tables_of_places_have_the_fields_of_the_interface():
    names = {field.name for field in fields_of(DATASETS[1].schema)}
    flat = {name.replace(".", "_") for name in names}
    assert set(COLUMNS) == flat - {"name"}


def test_every_column_of_the_tables_is_explained(rows, media):
    build_downloads()
    for dataset in DATASETS:
        if "csv" in dataset.files and dataset.name != "needs-and-offers":  # which have a page of their own
            heading = file_of(dataset.name, "csv").content.decode("utf-8-sig").split("\r\n")[0].split(",")
            assert [column for column, _field in columns_of(dataset.name)] == heading
