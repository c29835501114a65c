"""The page of the evidence and its files: the same figures everywhere, kept quarters as published, nothing small."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from pypdf import PdfReader

from alliance.content import evidence, tasks
from alliance.content.actions.evidence import freeze_quarter, tell_tables
from alliance.content.evidence import FIGURES, of_quarter
from alliance.content.exports import evidence as exports
from alliance.content.models import EvidenceTables
from alliance.core import freshness
from alliance.core.models import JournalEntry
from members.models import Place, Sector
from partnerships.actions.search import reindex_listings
from tests.factories import make_listing, make_match, make_member, make_place, make_sector

PAGE = "content:evidence"
NOW = datetime(2026, 7, 6, 9, tzinfo=UTC)


def make_needs(count, *, sector, oblast, start=0):
    for n in range(start, start + count):
        place = make_place(code=f"{oblast.code[:4]}{n}{sector.code}", region=oblast, country="UA")
        make_listing(kind="need", member=make_member(country="UA", place=place), sectors=[sector])


@pytest.fixture
def needs():
    energy, water = make_sector(code="ENE", name_en="Energy"), make_sector(code="WAT", name_en="Water")
    wells = make_sector(code="WAT-01", parent=water, dac_codes="14030")
    oblasts = [make_place(code=f"UA{n}0", level="region", region=None, country="UA") for n in (2, 3)]
    for oblast, counts in zip(oblasts, ((6, 2), (7, 8)), strict=True):
        for sector, count in zip((energy, wells), counts, strict=True):
            make_needs(count, sector=sector, oblast=oblast)
    reindex_listings()
    freshness.touch()


def report_of(client, **params):
    return json.loads(client.get(reverse("content:evidence_file", args=["json"]), params).content)


@pytest.mark.django_db
def test_page_and_files_tell_the_same_and_nothing_small(client, needs):
    page = client.get(reverse(PAGE))
    text = page.content.decode()
    assert page.status_code == 200
    for figure in FIGURES:
        assert f'id="{figure}"' in text
    assert '<svg role="img" aria-labelledby="needs-by-sector-chart-title needs-by-sector-chart-about"' in text
    assert '<table class="table" id="needs-by-sector-table-1">' in text
    report = report_of(client)
    cells = {(row["oblast"], row["sector"]): row["needs"] for row in report["figures"]["needs-by-sector"]}
    assert cells["", ""] == 23
    assert cells["", "ENE"] == 13
    assert cells["UA20", "WAT"] is None, "there are two"
    assert report["figures"]["needs-by-dac"] == [{"dac": "140", "needs": 10}]
    lines = list(csv.DictReader(io.StringIO(client.get(_file("csv")).content.decode("utf-8-sig"))))
    told = {
        (line["oblast"], line["sector"]): line["value"]
        for line in lines
        if line["figure"] == "needs-by-sector"
    }
    assert told == {cell: "" if n is None else str(n) for cell, n in cells.items()}
    assert {line["kept_back"] for line in lines if not line["value"]} == {"yes"}
    assert "SELECT" in report["definitions"]["refusals"]
    block = next(block for block in page.context["blocks"] if block["id"] == "needs-by-sector")
    assert block["tables"][-1]["rows"] == [["Energy", "–"], ["Water", "140"]]
    heads = [column["label"] for column in block["tables"][1]["columns"]]
    assert heads == ["Oblast", "Energy", "Water", "Total"], "readers need no codes of sectors"


def _file(kind):
    return reverse("content:evidence_file", args=[kind])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Evidence for the institutions of the Union", "WAT Water", "Exact definitions"]),
        ("pl", ["Dane dla instytucji Unii", "Niezaspokojone potrzeby według dziedzin", "Powody odmowy"]),
        ("uk", ["Дані для інституцій Союзу", "Незадоволені потреби за секторами", "Причини відмови"]),
    ],
)
def test_the_pdf_reads_well_in_each_language(client, needs, language, words):
    with translation.override(language):
        answer = client.get(_file("pdf"))
    assert answer.headers["Content-Type"] == "application/pdf"
    document = PdfReader(io.BytesIO(answer.content))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert document.trailer["/Root"]["/Lang"] == language
    # What typst checked it for stands in its metadata; without a title no reader would announce it.
    about = document.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in about
    assert document.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata.title
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    alternatives = figures_of(document.trailer["/Root"]["/StructTreeRoot"])
    assert len(alternatives) >= 4
    assert all(alternatives), "a chart that is not told in words"
    for word in words:
        assert word in text, word
    assert "SELECT" in text


@pytest.mark.parametrize("total", [[], ["Усього"]])
def test_wide_tables_are_legible_and_their_heads_stand_on_each_page(total):
    """Nothing below 7 points, nothing beyond the edge of the page."""
    heads = [
        "Область",
        *(["HOU", "EDU", "HEA", "SOC", "ENE", "WAT", "MUN", "TRN", "DIG", "CIV", "DEM", "GOV"]),
        *total,
    ]
    rows = [[f"Дніпропетровська область {n}", *["1 843"] * (len(heads) - 1)] for n in range(60)]
    table = {"caption": "За областями", "columns": heads, "rows": rows, "chart": None}
    block = {"id": "x", "title": "T", "meaning": "M", "sql": "SELECT 1", "empty": "", "tables": [table]}
    about = {
        "language": "uk",
        "title": "Дані",
        "author": "A",
        "subtitle": "S",
        "notes": [],
        "lead": [],
        "footer": ["F"],
    }
    made = exports.as_pdf({**about, "blocks": [block], "definitions": {"title": "D", "lead": "L"}}, NOW)
    pages = PdfReader(io.BytesIO(made)).pages
    shown = [page.extract_text() for page in pages]
    told = [text for text in shown if "1 843" in text.replace("\u00a0", " ")]
    assert len(told) >= 2
    assert all(all(head in text for head in heads) for text in told)
    pieces = []
    for page in pages:
        page.extract_text(
            visitor_text=lambda text, _cm, tm, _font, size: pieces.append((text, tm[4], size * abs(tm[0])))
        )
    pieces = [piece for piece in pieces if piece[0].strip()]
    assert min(size for _text, _x, size in pieces) >= 7
    assert max(x for _text, x, _size in pieces) < 210 / 25.4 * 72 - 20 / 25.4 * 72


def figures_of(node):
    """What is read aloud of each picture, down the tree of the document."""
    node = node.get_object()
    if isinstance(node, list):
        return [told for part in node for told in figures_of(part)]
    if not isinstance(node, dict):
        return []
    own = [node.get("/Alt", "")] if node.get("/S") == "/Figure" else []
    return own + (figures_of(node["/K"]) if "/K" in node else [])


@pytest.mark.django_db
def test_a_kept_quarter_stays_as_published(client, needs, monkeypatch):
    assert client.get(reverse(PAGE), {"quarter": "2026-Q2"}).status_code == 404
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    freeze_quarter(now=NOW)
    monkeypatch.undo()
    kept = report_of(client, quarter="2026-Q2")
    assert (kept["quarter"], kept["from"], kept["until"]) == ("2026-Q2", "2026-04-01", "2026-06-30")
    assert kept["is_kept"]
    make_listing(kind="need", sectors=[make_sector(code="NEW")], member=make_member(country="UA"))
    assert report_of(client, quarter="2026-Q2")["figures"] == kept["figures"]
    text = client.get(reverse(PAGE), {"quarter": "2026-Q2"}).content.decode()
    assert "Kept as published" in text
    assert 'href="?quarter=2026-Q2" aria-current="page"' in text


@pytest.mark.django_db
def test_any_two_days_count_the_quarters_that_are_over(client):
    for month in (2, 2, 2, 5, 5, 5, 5, 5):
        make_match(accepted_at=datetime(2026, month, 10, tzinfo=UTC))
    freshness.touch()
    found = report_of(client, since="2026-02-11", until="2026-05-01")
    assert (found["from"], found["until"]) == ("2026-01-01", "2026-06-30")
    assert found["figures"]["time-to-match"][0]["matches"] == 8
    alone = report_of(client, since="2026-01-01", until="2026-03-31")
    assert alone["figures"]["time-to-match"][0]["matches"] is None, "three"
    rest = report_of(client, since="2026-04-01", until="2026-06-30")
    assert rest["figures"]["time-to-match"][0]["matches"] is None, "else eight less five"
    assert (
        "2026" in client.get(reverse(PAGE), {"since": "2026-02-11", "until": "2026-05-01"}).context["period"]
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("since", "until", "field"),
    [
        ("2026-05-01", "2026-02-01", "until"),
        ("soon", "2026-02-01", "since"),
        ("1999-01-01", "2026-02-01", "since"),
    ],
)
def test_a_period_that_is_none_is_told_at_its_field(client, since, until, field):
    page = client.get(reverse(PAGE), {"since": since, "until": until})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert f'value="{since}"' in page.content.decode()
    assert client.get(_file("csv"), {"since": since, "until": until}).status_code == 404


@pytest.mark.django_db
def test_a_sweep_counts_before_anybody_asks(client, needs, monkeypatch):
    tasks.refresh_evidence()
    monkeypatch.setattr("alliance.content.actions.evidence.compute_evidence", None)
    assert report_of(client)["figures"]["needs-by-dac"] == [{"dac": "140", "needs": 10}]


TABLES = ("needs-by-sector", "needs-by-dac-and-oblast", "needs-by-dac")


def tables_of(client):
    cache.clear()
    freshness.touch()
    figures = report_of(client)["figures"]
    return {name: figures[name] for name in TABLES}


@pytest.mark.django_db
def test_two_looks_within_a_quarter_are_the_same_and_cannot_be_subtracted(client, needs):
    """Yesterday: water in UA20 is kept back, there are two. One more, and totals of today would say three."""
    yesterday = tables_of(client)
    make_needs(1, sector=Sector.objects.get(code="WAT-01"), oblast=Place.objects.get(code="UA20"), start=50)
    make_needs(1, sector=Sector.objects.get(code="ENE"), oblast=make_place(code="UA40", level="region"))
    reindex_listings()
    assert tables_of(client) == yesterday, "the day after"
    told = EvidenceTables.objects.get()
    assert JournalEntry.objects.filter(verb="evidence_tables.told").count() == 1
    tell_tables(now=told.told_at + timedelta(days=100))
    anew = tables_of(client)
    total = {row["sector"]: row["needs"] for row in anew["needs-by-sector"] if not row["oblast"]}
    assert total[""] == 25
    small = {(row["oblast"], row["sector"]): row["needs"] for row in anew["needs-by-sector"]}
    assert small["UA20", "WAT"] is None, "three"
    page = client.get(reverse(PAGE)).content.decode()
    assert "As it stood on" in page


def in_care_of(client):
    cache.clear()  # a look after what is remembered is over, or at another period
    rows = report_of(client)["figures"]["blocked-steps"]
    return next(row["waiting"] for row in rows if row["step"] == "matches_handed_over")


@pytest.mark.django_db
@pytest.mark.parametrize(("count", "told"), [(0, 0), (4, None), (5, 5)])
def test_of_handshakes_in_care_a_single_one_does_not_show_from_one_look_to_the_next(
    client, needs, count, told
):
    """Only their two sides and the desk read them. Whoever looked each day would see 0 become “kept back”: one."""
    for _number in range(count):
        make_match(status="requested", handed_over_at=timezone.now())
    assert in_care_of(client) == told
    matches = [make_match(status="requested", handed_over_at=timezone.now()) for _number in range(2)]
    assert in_care_of(client) == told
    for match in matches:
        match.delete()
    assert in_care_of(client) == told
    for _number in range(6):
        make_match(status="requested", handed_over_at=timezone.now())
    tell_tables(now=timezone.now() + timedelta(days=100))
    assert in_care_of(client) == count + 6
    lines = list(csv.DictReader(io.StringIO(exports.as_csv(report_of(client)).decode("utf-8-sig"))))
    moments = {line["step"]: line["computed_at"] for line in lines if line["step"]}
    assert moments["matches_handed_over"] > moments["late_deliveries"], "when it was counted"


@pytest.mark.django_db
def test_as_long_as_no_table_is_told_handshakes_in_care_are_kept_back(client):
    assert in_care_of(client) is None
    for _number in range(7):
        make_match(status="requested", handed_over_at=timezone.now())
    assert in_care_of(client) is None


@pytest.mark.django_db
def test_tables_are_told_anew_when_the_needs_have_doubled(client, needs):
    yesterday = tables_of(client)
    energy, oblast = Sector.objects.get(code="ENE"), make_place(code="UA40", level="region", country="UA")
    make_needs(23, sector=energy, oblast=oblast)
    reindex_listings()
    assert tables_of(client) != yesterday
    assert EvidenceTables.objects.count() == 2


@pytest.mark.django_db
def test_as_long_as_no_number_can_be_told_none_is_kept(client):
    oblast = make_place(code="UA20", level="region", country="UA")
    make_needs(3, sector=make_sector(code="ENE"), oblast=oblast)
    reindex_listings()
    assert all(row["needs"] is None for row in tables_of(client)["needs-by-sector"])
    assert not EvidenceTables.objects.exists()
    make_needs(
        4, sector=make_sector(code="WAT"), oblast=make_place(code="UA30", level="region", country="UA")
    )
    reindex_listings()
    assert len(tables_of(client)["needs-by-sector"]) > 3, "counted anew"


@pytest.mark.django_db
def test_the_same_needs_stand_under_the_code_of_their_sector(client, needs):
    """Water has the code 140, energy has none."""
    page = client.get(reverse(PAGE))
    block = next(block for block in page.context["blocks"] if block["id"] == "needs-by-dac-and-oblast")
    ukraine, by_oblast, under = block["tables"]
    assert ukraine["rows"] == [["140 Water supply and sanitation", "10"], ["without a code", "13"]]
    assert [column["label"] for column in by_oblast["columns"]] == ["Oblast", "140", "without a code"]
    assert under["rows"] == [["Energy", "–"], ["Water", "140"]]
    assert by_oblast["rows"][-1][1:] == ["10", "13"]
    assert by_oblast["rows"][0][1] == "c", "there are two"
    rows = report_of(client)["figures"]["needs-by-dac-and-oblast"]
    assert {(row["oblast"], row["dac"]): row["needs"] for row in rows}["", "140"] == 10


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(client, needs):
    client.get(reverse(PAGE))
    counts = []
    for name in ("XA", "XB"):
        cache.clear()
        freshness.touch()
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse(PAGE))
        counts.append(len(asked))
        make_needs(3, sector=make_sector(code=name), oblast=make_place(code=f"UA{name}", level="region"))
        make_match()
        reindex_listings()
    assert counts[0] == counts[1] < 35


def test_quarters_begin_and_end_where_they_do():
    assert of_quarter("2026-Q1") == evidence.Period(date(2026, 1, 1), date(2026, 4, 1))
    assert evidence.last_finished(date(2026, 1, 2)).quarter == "2025-Q4"
    assert evidence.finished(date(2026, 2, 1), date(2026, 11, 1), date(2026, 8, 3)).last_day == date(
        2026, 6, 30
    )
    assert evidence.finished(date(2026, 7, 1), date(2026, 7, 2), date(2026, 8, 3)) is None
    for name in ("2026-Q5", "2026", "26-Q1", "²026-Q1", "1999-Q1"):
        with pytest.raises(ValueError, match=name):
            of_quarter(name)
