"""The evidence of this moment at the desk: for one institution, beside the public tables and not in their place."""

import csv
import io
import json

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from alliance.content.actions.evidence import evidence_of_this_moment, tell_tables
from alliance.content.evidence import FIGURES
from alliance.content.models import EvidenceReport, EvidenceTables
from alliance.core import freshness
from alliance.core.admin.history import details_of
from alliance.core.models import JournalEntry
from members.models import Place, Sector
from partnerships.actions.search import reindex_listings
from tests.content.test_evidence import make_needs, needs  # noqa: F401 - a fixture
from tests.desk import open_desk
from tests.factories import make_coordinator, make_place, make_sector, make_user

pytestmark = pytest.mark.django_db
LIST, NOW, PUBLIC = (
    "admin:content_evidencereport_changelist",
    "admin:content_evidencereport_now",
    "content:evidence",
)
TAKEN = {"institution": "Committee of the Regions", "form": "json", "language": "en"}


@pytest.fixture
def desk():
    return open_desk(Client(), make_coordinator(has_second_factor=True))


def needs_of(report):
    return {(row["oblast"], row["sector"]): row["needs"] for row in report["figures"]["needs-by-sector"]}


def more_energy(count=7):
    """After the public tables were told."""
    tell_tables()
    make_needs(count, sector=Sector.objects.get(code="ENE"), oblast=Place.objects.get(code="UA30"), start=40)
    reindex_listings()
    freshness.touch()


def test_the_desk_reads_what_stands_now_and_everyone_what_was_told(client, desk, needs):  # noqa: F811
    more_energy()
    taken = desk.post(reverse(NOW), TAKEN)
    assert {"private", "no-store"} <= set(taken.headers["Cache-Control"].split(", "))
    assert 'filename="evidence-of-this-moment-' in taken.headers["Content-Disposition"]
    now = json.loads(taken.content)
    assert set(now["figures"]) == set(FIGURES)
    assert needs_of(now)["", "ENE"] == 20
    assert needs_of(now)["UA20", "WAT"] is None, "there are two"
    assert (now["institution"], now["licence"]) == ("Committee of the Regions", None)
    assert "not to be published" in now["note"]
    public = json.loads(client.get(reverse("content:evidence_file", args=["json"])).content)
    assert needs_of(public)["", "ENE"] == 13
    assert EvidenceTables.objects.count() == 1, "nothing of it is kept"


def test_who_took_it_and_for_whom_is_in_the_journal(desk, needs):  # noqa: F811
    for form in ("pdf", "csv", "json"):
        assert desk.post(reverse(NOW), TAKEN | {"form": form}).status_code == 200
    desk.get(reverse(NOW))
    rows = JournalEntry.objects.filter(verb="evidence.taken").order_by("id")
    assert [row.data["form"] for row in rows] == ["pdf", "csv", "json"]
    assert {(row.actor, row.object_id) for row in rows} == {(desk.user, desk.user.pk)}
    assert rows[0].content_type == ContentType.objects.get_for_model(desk.user)
    assert "institution: Committee of the Regions" in details_of(rows[0], type(desk.user))


def test_what_the_public_tables_keep_back_is_not_told_beside_them(needs):  # noqa: F811
    """Each of both would be safe alone; what one keeps back the other must not tell."""
    hidden = {cell for cell, n in needs_of({"figures": tell_tables().figures}).items() if n is None}
    counted = {(row, column): n for row, column, n in EvidenceTables.objects.get().counted}
    new, oblast = make_sector(code="AAA"), Place.objects.get(code="UA20")
    make_needs(2, sector=new, oblast=Place.objects.get(code="UA30"))
    make_needs(5, sector=new, oblast=oblast)
    reindex_listings()
    now = needs_of(evidence_of_this_moment(None))
    same = {("UA20", "ENE"), ("UA20", "WAT"), ("UA30", "ENE"), ("UA30", "WAT"), ("", "ENE"), ("", "WAT")}
    assert hidden & same
    assert all(now[cell] is None for cell in hidden & same)
    assert all(now[cell] in (None, counted[cell]) for cell in same)


def test_the_page_says_for_whom_it_is_and_small_numbers_stay(desk, needs):  # noqa: F811
    page = desk.get(reverse(NOW))
    text = page.content.decode()
    assert page.headers["Cache-Control"].endswith("private")
    assert "not to be published beside the public ones" in text
    for figure in FIGURES:
        assert f'id="{figure}"' in text
    assert "counted for the institution that asked" in text
    block = next(block for block in page.context["blocks"] if block["id"] == "needs-by-sector")
    assert block["tables"][1]["rows"][0][2] == "c"
    assert not JournalEntry.objects.filter(verb="evidence.taken").exists()
    assert reverse(NOW) in desk.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize(
    ("language", "words", "foot"),
    [
        (
            "en",
            "not to be published beside the public ones",
            "For: Committee of the Regions. Not to be published.",
        ),
        (
            "pl",
            "nie należy ich publikować obok publicznych",
            "Dla: Committee of the Regions. Nie do publikacji.",
        ),
        (
            "uk",
            "їх не слід оприлюднювати поряд із публічними",
            "Для: Committee of the Regions. Не для оприлюднення.",
        ),
    ],
)
def test_the_pdf_says_it_in_each_language(desk, needs, language, words, foot):  # noqa: F811
    answer = desk.post(reverse(NOW), TAKEN | {"form": "pdf", "language": language})
    document = PdfReader(io.BytesIO(answer.content))
    assert document.trailer["/Root"]["/Lang"] == language
    text = " ".join(document.pages[0].extract_text().split())
    assert words in text
    assert "Committee of the Regions" in text
    # Pages are passed on singly: each says for whom it is, and that it is not for others.
    for page in document.pages:
        assert foot in " ".join(page.extract_text().split())


def test_the_csv_is_that_of_the_public_page_with_the_moment(desk, needs):  # noqa: F811
    more_energy()
    content = desk.post(reverse(NOW), TAKEN | {"form": "csv"}).content.decode("utf-8-sig")
    lines = {
        (line["figure"], line["oblast"], line["sector"]): line
        for line in csv.DictReader(io.StringIO(content))
    }
    whole = lines["needs-by-sector", "", "ENE"]
    assert (whole["value"], whole["kept_back"]) == ("20", "no")
    assert {line["computed_at"] for line in lines.values()} == {whole["computed_at"]}, "tables too are of now"


@pytest.mark.parametrize(
    ("query", "changed", "words"),
    [
        ("", {"institution": " "}, "institution"),
        ("", {"form": "exe"}, "form"),
        ("", {"language": "de"}, "language"),
        ("?since=2026-05-01&until=2026-02-01", {}, "until"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_leaves(desk, needs, query, changed, words):  # noqa: F811
    page = desk.post(reverse(NOW) + query, TAKEN | changed)
    assert page.status_code == 422
    assert [link["href"] for link in page.context["error_links"]] == [f"#id_{words}"]
    assert not JournalEntry.objects.filter(verb="evidence.taken").exists()


def test_another_period_is_that_of_the_file(desk, needs):  # noqa: F811
    page = desk.get(reverse(NOW), {"since": "2026-02-11", "until": "2026-05-01"})
    assert "January" in page.context["period"]
    taken = json.loads(desk.post(page.context["here"], TAKEN).content)
    assert (taken["from"], taken["until"]) == ("2026-01-01", "2026-06-30")


def test_it_is_for_coordinators_and_the_public_page_leads_only_them_there(client, desk, needs):  # noqa: F811
    link = reverse(NOW)
    assert link in desk.get(reverse(PUBLIC)).content.decode()
    assert link not in client.get(reverse(PUBLIC)).content.decode()
    client.force_login(make_user())
    assert link not in client.get(reverse(PUBLIC)).content.decode()
    for ask in (client.get, client.post):
        assert ask(link, TAKEN).status_code in (302, 403)
    assert desk.put(link).status_code == 405
    assert not JournalEntry.objects.filter(verb="evidence.taken").exists()


def test_quarters_stand_in_words_and_their_counts_nowhere(desk):
    report = EvidenceReport.objects.create(
        quarter="2026-Q2", published={"figures": {}}, counted=[["UA20", "WAT", 77777]]
    )
    for url in (reverse(LIST), reverse("admin:content_evidencereport_change", args=[report.pk])):
        text = desk.get(url).content.decode()
        assert "Quarter 2 of 2026" in text
        assert f"{reverse(PUBLIC)}?quarter=2026-Q2" in text
        assert "77777" not in text


def test_the_number_of_queries_does_not_grow(desk, needs):  # noqa: F811
    tell_tables()
    desk.get(reverse(NOW))
    counts = []
    for name in ("XA", "XB"):
        with CaptureQueriesContext(connection) as asked:
            desk.get(reverse(NOW))
        counts.append(len(asked))
        make_needs(3, sector=make_sector(code=name), oblast=make_place(code=f"UA{name}", level="region"))
        reindex_listings()
    assert counts[0] == counts[1] < 45
