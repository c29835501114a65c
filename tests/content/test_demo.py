"""The demonstration has one account per role, each of which can log in."""

import json
import random

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from alliance.content.actions.documents import read_texts
from alliance.content.canned import unknown
from alliance.content.management.commands import demo
from alliance.content.management.demo_appeal import write_appeal
from alliance.content.management.demo_inbox import write_inbox
from alliance.content.management.demo_life import write_life
from alliance.content.management.demo_publications import NOTE as NOTES
from alliance.content.management.demo_publications import write_publications
from alliance.content.management.demo_surveys import write_surveys
from alliance.content.management.demo_twinnings import NOTE, write_twinnings
from alliance.content.models import (
    CannedAnswer,
    Document,
    DocumentVersion,
    PolicyIssue,
    Survey,
    SurveyAnswer,
    Ticket,
    TranslationGap,
    Video,
)
from alliance.core.audience import Audience
from members.models import Member, Representative
from partnerships.actions.items import load_items
from partnerships.actions.listings import Incomplete
from partnerships.models import ItemTemplate, Listing, ListingLine, Pledge, ReviewRule, Twinning
from partnerships.views.progress import progress_of
from tests.factories import (
    make_coordinator,
    make_member,
    make_place,
    make_representative,
    make_sector,
    make_user,
)

pytestmark = pytest.mark.django_db
GUARDED = tuple(Listing.GUARDED_SECTORS)


@pytest.fixture
def accounts(settings, tmp_path, monkeypatch):
    settings.STATE_DIR = tmp_path
    monkeypatch.setattr(demo, "UKRAINIAN", ["Житомир"])
    monkeypatch.setattr(demo, "EUROPEAN", [("Gdynia", "PL")])
    monkeypatch.setattr(demo, "PENDING", [])
    monkeypatch.setattr(demo.Command, "listings", lambda *_args: None)
    monkeypatch.setattr(demo, "write_appeal", lambda *_args: None)
    monkeypatch.setattr(demo, "write_life", lambda *_args: None)
    monkeypatch.setattr(demo, "write_twinnings", lambda *_args: None)
    monkeypatch.setattr(demo, "write_publications", lambda *_args: None)
    monkeypatch.setattr(demo, "write_inbox", lambda *_args: None)
    monkeypatch.setattr(demo, "write_surveys", lambda *_args: None)
    for name, country in (("Житомир", "UA"), ("Gdynia", "PL")):
        make_place(official_name=name, country=country, spellings=name.casefold())
    make_place(official_name="Mazowieckie", level="region", country="PL")
    parent = make_sector()
    for _ in range(3):
        make_sector(parent=parent)
    call_command("demo")
    return json.loads((tmp_path / demo.ACCOUNTS).read_text(encoding="utf-8"))


def test_every_role_has_an_account_with_a_password_that_works(accounts):
    users = {
        row["role"]: authenticate(None, username=row["email"], password=row["password"]) for row in accounts
    }
    assert all(users.values())
    acting = Representative.objects.active()
    kinds = {(r.member.kind, r.role) for r in acting.filter(user__in=users.values())}
    assert {kind for kind, _role in kinds} == set(Member.Kind.values)
    assert {role for _kind, role in kinds} == set(Representative.Role.values)
    assert users["coordinator"].is_coordinator


def test_a_second_run_changes_nothing(accounts):
    before = Member.objects.count()
    call_command("demo")
    assert Member.objects.count() == before


def test_the_example_needs_keep_the_rule_of_guarded_sectors(accounts, monkeypatch):
    rows = [json.loads(line) for line in demo.LISTINGS.read_text(encoding="utf-8").splitlines()]
    load_items()
    for code in {row["sector"] for row in rows}:
        make_sector(code=code)
    members = list(Member.objects.approved()[:2])
    command = demo.Command()
    command.random = random.Random(demo.SEED)
    monkeypatch.undo()  # the listings themselves
    command.listings(members[:1], members[1:])
    assert Listing.objects.filter(status=Listing.Status.PUBLISHED).count() == len(rows)
    guarded = [row for row in rows if row["kind"] == "need" and row["sector"].startswith(GUARDED)]
    assert len(guarded) >= 5
    assert Listing.objects.filter(names_no_site_confirmed_at__isnull=False).count() == len(guarded)


def test_an_example_need_without_the_word_stops_the_demo(accounts, monkeypatch, tmp_path):
    rows = [json.loads(line) for line in demo.LISTINGS.read_text(encoding="utf-8").splitlines()]
    row = next(row for row in rows if row.get("names_no_site"))
    make_sector(code=row["sector"])
    monkeypatch.undo()
    (tmp_path / "rows.jsonl").write_text(json.dumps(row | {"names_no_site": False}), encoding="utf-8")
    monkeypatch.setattr(demo, "LISTINGS", tmp_path / "rows.jsonl")
    command = demo.Command()
    command.random = random.Random(demo.SEED)
    members = list(Member.objects.approved()[:1])
    with pytest.raises(Incomplete):
        command.listings(members, members)


def test_the_example_appeal_has_every_state_of_a_promise():
    load_items()
    make_sector(code="ENE-02")
    ukrainian, european = (
        [make_member(country=code, contact_language=language) for _ in range(7)]
        for code, language in (("UA", "uk"), ("PL", "pl"))
    )
    appeal = write_appeal(ukrainian, european, make_coordinator())
    generators, units = progress_of([appeal], Audience.PUBLIC)[appeal.pk].lines
    figures = generators.figures
    assert (figures.promised, figures.firm, figures.delivered) == (9, 27, 21)
    assert (units.figures.firm, units.coverage.open) == (1, 11)
    assert appeal.is_running
    assert Listing.objects.open().filter(appeal=appeal).count() == 9
    titles = ItemTemplate.objects.filter(code__in=("generator", "cogeneration")).values_list(
        "name_pl", flat=True
    )
    promises = Pledge.objects.values_list("language", "title").distinct()
    assert set(promises) == {("pl", title) for title in titles}, "whoever promises writes in its own language"


def test_the_example_needs_and_offers_have_every_state_of_their_life():
    load_items()
    ReviewRule.objects.get_or_create(tier="institutional")
    rows = [json.loads(line) for line in demo.LISTINGS.read_text(encoding="utf-8").splitlines()]
    for code in {row["sector"] for row in rows} | {"URB-02"}:
        make_sector(code=code)
    ukrainian, european = ([make_member(country=code) for _ in range(4)] for code in ("UA", "PL"))
    command = demo.Command()
    command.random = random.Random(demo.SEED)
    command.listings(ukrainian, european)
    institution = make_member(tier="institutional", kind="institution")
    write_life(ukrainian, european, institution, make_coordinator())
    assert ListingLine.objects.exclude(template=None).count() > 20
    states = set(Listing.objects.values_list("status", flat=True))
    assert states == {"published", "review", "draft", "expired"}
    covered = [need.coverage for need in Listing.objects.needs().with_facts()]
    assert {(whole.is_covered, whole.is_partly_covered) for whole in covered} == {
        (True, False),
        (False, True),
        (False, False),
    }
    assert Listing.objects.filter(warned_days=14).count() == 2
    assert Listing.objects.filter(asked_at__isnull=False).count() == 2
    for member in (ukrainian[0], european[0]):
        assert member.listings.awaiting_their_member().count() == 2
    assert institution.listings.awaiting_their_member().get().desk_message


def test_the_example_partnerships_have_every_stage_and_say_that_they_are_examples():
    ukrainian, european = (
        [
            make_member(country=code, place=make_place(country=code), contact_language=language)
            for _ in range(16)
        ]
        for code, language in (("UA", "uk"), ("PL", "pl"))
    )
    for member in (*ukrainian, *european):
        make_representative(member, make_user())
    for n in range(9):
        make_place(register="katotth", category="H", country="UA", code=f"UA46{n:015}", lat=49.8, lon=24.0)
        make_place(country="DE", code=f"DE_{n}", lat=50.7, lon=7.1)
    write_twinnings(ukrainian, european, make_coordinator(language="pl"))
    twinnings = Twinning.objects.all()
    assert set(twinnings.values_list("status", flat=True)) == set(Twinning.Status.values)
    notes = twinnings.values_list("origin", "source_language", "source_note").distinct()
    assert set(notes) == {("declared", "uk", NOTE["uk"]), ("imported", "pl", NOTE["pl"])}
    assert twinnings.filter(origin="imported").count() == 8
    assert max(twinning.parties.count() for twinning in twinnings) == 4


def test_documents_and_films_of_the_demonstration_say_that_they_are_examples():
    write_publications(make_coordinator())
    read_texts()
    assert Document.objects.public().count() == 3
    assert Video.objects.public().count() == 2
    for version in DocumentVersion.objects.all():
        assert NOTES[version.of_file.language] in version.text.replace("\n", " ")
    assert not TranslationGap.objects.exists()
    film = Video.objects.get(source="own")
    assert (film.seconds, film.words.count(), bool(film.poster)) == (10, 3, True)


def test_the_inbox_shows_letters_an_answer_and_prepared_answers(settings):
    member = make_member(country="UA")
    member.sectors.add(make_sector())
    write_inbox(member, make_coordinator())
    assert set(Ticket.objects.values_list("language", flat=True)) == {"en", "pl", "uk"}
    assert Ticket.objects.waiting().count() == 2
    assert not TranslationGap.objects.exists()
    assert not any(unknown(text) for row in CannedAnswer.objects.all() for text in (row.text_pl, row.text_uk))
    assert list(PolicyIssue.objects.order_by("id").values_list("status", flat=True)) == [
        "forwarded",
        "raised",
    ]


def test_one_survey_has_its_summary_and_one_can_be_answered_and_both_say_that_they_are_examples(client):
    for country in ["UA", "PL"] * 12:
        make_member(country=country)
    write_surveys(make_coordinator())
    summary, is_open = Survey.objects.order_by("pk")
    assert summary.is_public
    assert is_open.is_open
    assert (summary.figures["asked"], summary.figures["answered"]) == (24, 21)
    first = [cell["count"] for cell in summary.figures["questions"][0]["cells"]]
    assert sum(count is not None for count in first) >= 2, "a reader sees how a summary looks"
    assert SurveyAnswer.objects.filter(survey=is_open).given().count() == 7
    assert not TranslationGap.objects.exists()
    for survey in (summary, is_open):
        assert [
            "example" in survey.title_en,
            "przykład" in survey.title_pl,
            "приклад" in survey.title_uk,
        ] == [True] * 3
    page = client.get(summary.get_absolute_url())
    assert page.status_code == 200
    text = page.content.decode()
    assert "made up" in text
    assert "62%" in text, "13 of 21, rounded and not cut off"
