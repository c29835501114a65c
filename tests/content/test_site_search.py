"""The search of the site: any form of a word, in the reader's language, and nothing that is not public."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from alliance.content.actions import documents, policy, publications, publishing, surveys, videos
from alliance.content.actions.site_search import index_entries, index_entry
from alliance.content.entry_words import extract_of
from alliance.content.models import (
    Document,
    DocumentVersion,
    Event,
    NewsItem,
    Page,
    PolicyIssue,
    SiteEntry,
    Survey,
    Video,
    VideoWords,
)
from alliance.core import freshness
from alliance.core.journal import SYSTEM
from alliance.core.languages import Shown
from members.models import Member
from members.names import derive_search
from partnerships.actions import search as listing_search
from partnerships.models import Listing
from tests.factories import (
    make_document,
    make_listing,
    make_member,
    make_news,
    make_page,
    make_policy_issue,
    make_public_event,
    make_survey,
    make_twinning,
    make_video,
)


def address(language="en"):
    with translation.override(language):
        return reverse("content:site_search")


def search(client, q, language="en", **more):
    freshness.touch()  # a test commits nothing
    response = client.get(address(language), {"q": q, **more})
    assert response.status_code == 200
    return response


def found(client, q, language="en", **more):
    """Kind → titles, as they are shown."""
    groups = search(client, q, language, **more).context["groups"]
    return {group["key"]: [card.get("title") or card["name"] for card in group["cards"]] for group in groups}


# --- Words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "q"),
    [
        ("pl", "Brakuje generatorów dla szpitali.", "generatory"),
        ("pl", "Łódź wysyła karetki.", "lodz"),
        ("uk", "Допомогли громаду відбудувати.", "громади"),
        ("en", "Two generators were sent.", "generator"),
    ],
)
def test_any_form_of_a_word_finds_a_text_and_is_marked(db, client, language, text, q):
    make_news(**{f"title_{language}": "Tytuł", f"text_{language}": text}, original_language=language)
    response = search(client, q, language)
    assert [group["key"] for group in response.context["groups"]] == ["news"]
    assert response.text.count("<mark>") == 1


def test_a_text_in_another_language_is_found_and_says_so(db, client):
    make_news(title_en="", lead_en="", title_uk="Генератори для лікарень", original_language="uk")
    text = search(client, "генератора", "pl").text
    assert 'lang="uk">Генератори для лікарень</a>' in text
    assert "language-mark" in text
    assert found(client, "lekarza", "pl") == {}


def test_a_reader_is_not_told_of_words_that_only_another_language_has(db, client):
    make_news(title_en="Ambulances", title_pl="Karetki dla Charkowa", lead_en="", original_language="en")
    assert found(client, "Karetki", "pl") == {"news": ["Karetki dla Charkowa"]}
    assert found(client, "karetki", "en") == {}


def test_all_words_must_be_there_and_a_title_comes_first(db, client):
    make_news(title_en="Bridge", text_en="A generator for the school.")
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        make_news(title_en="Generators arrived")
    assert found(client, "generator") == {"news": ["Generators arrived", "Bridge"]}
    assert found(client, "generators school") == {"news": ["Bridge"]}


def test_each_kind_is_found_by_its_texts(db, client):
    make_page({"title_en": "Heading", "text_en": "About **turbines**."}, is_published=True, title_en="Page")
    make_public_event(title_en="Event", text_en="A talk on turbines.")
    document = make_document(title_en="Report")
    DocumentVersion.objects.update(text="Chapter one: a turbine.")
    index_entry(document)
    make_listing(title_en="Listing", text_en="We have a turbine.")
    listing_search.reindex_listings()
    assert found(client, "turbine") == {
        "page": ["Page"],
        "event": ["Event"],
        "document": ["Report"],
        "listing": ["Listing"],
    }
    assert search(client, "turbine").text.count("<mark>turbine") == 3


def test_a_video_is_found_by_what_is_said_in_it(db, client):
    video = make_video(title_en="Film", seconds=125, language="uk")
    said = "<v Olha>Турбіни &lt;чекають&gt; на ремонт"
    captions = VideoWords(language="uk", captions=f"WEBVTT\n\n00:01.000 --> 00:04.000 line:1\n{said}\n")
    transcript = VideoWords(language="pl", transcript="**Łopaty** wirnika.", captions="WEBVTT\n\n00:01.000")
    videos.write_words(video, changed=[captions, transcript], by=SYSTEM)
    response = search(client, "турбіна", "uk")
    (group,) = response.context["groups"]
    assert (group["key"], group["label"]) == ("video", "Відео")
    assert "<mark>Турбіни</mark> &lt;чекають&gt; на ремонт" in response.text
    assert "2\u00a0хв 5\u00a0с" in response.text
    assert found(client, "łopata wirnika", "pl") == {"video": ["Film"]}
    assert found(client, "00:01.000") == {}, "no moment is a word"
    videos.write_words(video, removed=[transcript], by=SYSTEM)
    assert found(client, "łopata", "pl") == {}
    publications.withdraw(video, by=SYSTEM)
    assert found(client, "турбіна", "uk") == {}


def test_an_issue_for_the_institutions_is_found_once_everyone_reads_it(db, client):
    issue = make_policy_issue(title="Ліміти співфінансування", text="Малі громади.")
    index_entries()
    assert found(client, "ліміт", "uk") == {}
    policy.accept_issue(issue, by=SYSTEM)
    assert found(client, "ліміт", "uk") == {"issue": ["Ліміти співфінансування"]}
    policy.forward_issue(issue, institution="European Commission", by=SYSTEM)
    policy.answer_issue(issue, answer="The share is lowered.", answer_language="en", by=SYSTEM)
    assert found(client, "shares") == {"issue": ["Ліміти співфінансування"]}
    SiteEntry.objects.all().delete()
    assert (index_entries(), index_entries()) == (1, 0)
    assert found(client, "ліміти", "pl", kind="issue") == {"issue": ["Ліміти співфінансування"]}
    closed = make_policy_issue("closed", title="Ліміти ваги")
    index_entry(closed)
    assert found(client, "ваги", "uk") == {}


def test_a_survey_is_found_by_its_questions_and_its_summary_while_everyone_reads_it(db, client):
    survey = make_survey("closed", "one", title_uk="Генератори громад", result_en="Diesel is **scarce**.")
    survey.questions.update(label_pl="Ile łopat potrzeba?")
    index_entry(survey)
    assert found(client, "генератор", "uk") == {}
    surveys.publish_survey(survey, by=SYSTEM)
    for words, language in (("генератор", "uk"), ("łopata", "pl"), ("scarce diesel", "en")):
        assert [*found(client, words, language)] == ["survey"]
    SiteEntry.objects.all().delete()
    assert (index_entries(), index_entries()) == (1, 0)
    assert found(client, "генератори", "uk", kind="survey") == {"survey": ["Генератори громад"]}
    surveys.withdraw_summary(survey, by=SYSTEM)
    assert found(client, "генератор", "uk") == {}


def test_members_and_partnerships_are_found_in_any_spelling(db, client):
    member = make_member(official_name="Львів", name_en="Lviv", name_pl="Lwów", country="UA")
    member.save(update_fields=derive_search(member))
    make_twinning(member, make_member(official_name="Płock", name_en="Płock", country="PL"))
    groups = found(client, "lvov")
    assert groups["member"] == ["Lviv"]
    assert len(groups["twinning"]) == 1


# --- Only what is public -----------------------------------------------------------------------------------


def test_drafts_and_working_copies_are_not_found(db, client):
    item = make_news(title_en="Published turbine")
    item.title_en = "Rewritten windmill"
    publishing.save_texts(item, by=SYSTEM)
    make_news(title_en="Windmill draft", is_published=False)
    make_document(title_en="Windmill report", status=Document.Status.DRAFT, published_at=None)
    index_entries()
    assert found(client, "windmill") == {}
    assert found(client, "turbine") == {"news": ["Published turbine"]}
    publishing.publish(item, by=SYSTEM)
    assert found(client, "turbine") == {}


def test_what_is_withdrawn_is_not_found_even_where_the_index_lags(db, client):
    item, document = make_news(title_en="Turbine"), make_document(title_en="Turbine")
    index_entries()
    assert set(found(client, "turbine")) == {"news", "document"}
    NewsItem.objects.update(current=None)
    Document.objects.update(status=Document.Status.WITHDRAWN)
    assert SiteEntry.objects.count() == 2
    assert found(client, "turbine") == {}
    index_entries()
    assert not SiteEntry.objects.exists()
    assert item.pk
    assert document.pk


def test_withdrawing_takes_the_entry_away(db):
    item, document = make_news(), make_document()
    index_entry(document)
    index_entry(item)
    assert SiteEntry.objects.count() == 2
    publishing.withdraw(item, by=SYSTEM)
    publications.withdraw(document, by=SYSTEM)
    assert not SiteEntry.objects.exists()


def test_what_is_planned_is_found_from_its_moment_on(db, client):
    item = make_news(title_en="Turbine", is_published=False)
    moment = timezone.now() + timedelta(hours=2)
    publishing.publish(item, by=SYSTEM, at=moment)
    document = make_document(title_en="Turbine", published_at=moment)
    index_entry(document)
    index_entries()
    assert found(client, "turbine") == {}
    with time_machine.travel(moment + timedelta(minutes=1)):
        assert index_entries() == 2
        assert set(found(client, "turbine")) == {"news", "document"}
        assert index_entries() == 0


def test_a_planned_revision_replaces_what_is_found_at_its_moment(db, client):
    item = make_news(title_en="Turbine")
    item.title_en = "Windmill"
    publishing.save_texts(item, by=SYSTEM)
    moment = timezone.now() + timedelta(hours=2)
    publishing.publish(item, by=SYSTEM, at=moment)
    assert found(client, "windmill") == {}
    with time_machine.travel(moment + timedelta(minutes=1)):
        index_entries()
        assert found(client, "turbine") == {}
        assert found(client, "windmill") == {"news": ["Windmill"]}


def test_who_is_hidden_is_never_named(db, client):
    member = make_member(official_name="Lviv", name_en="Lviv", status=Member.Status.ON_HOLD)
    member.save(update_fields=derive_search(member))
    make_listing(title_en="Turbine", status=Listing.Status.DRAFT, published_at=None)
    listing_search.reindex_listings()
    assert found(client, "Lviv") == {}
    assert found(client, "turbine") == {}


def test_a_file_that_is_no_longer_offered_is_not_read(db, client):
    document = make_document("uk", "en", title_en="Report")
    DocumentVersion.objects.filter(of_file__language="uk").update(text="Secret turbine")
    index_entry(document)
    assert found(client, "turbine") == {"document": ["Report"]}
    file = document.files.get(language="uk")
    documents.change_file(file, title=file.title, is_offered=False, by=SYSTEM)
    assert found(client, "turbine") == {}


# --- The index ---------------------------------------------------------------------------------------------


def test_the_words_of_a_new_file_are_found_once_they_are_read(db, client, monkeypatch):
    make_document(title_en="Report")
    monkeypatch.setattr(documents, "text_of", lambda content, kind: "Turbines for hospitals")
    assert found(client, "turbine") == {}
    documents.read_texts()
    assert found(client, "turbine") == {"document": ["Report"]}


def test_an_empty_table_fills_itself(db, client):
    for make in (make_news, make_public_event, make_document):
        make(title_en="Turbine")
    make_page(title_en="Turbine", is_published=True)
    SiteEntry.objects.all().delete()
    assert found(client, "turbine") == {}
    assert index_entries() == 4
    assert set(found(client, "turbine")) == {"news", "event", "document", "page"}
    assert index_entries() == 0


def test_a_huge_text_is_cut_to_what_the_database_holds(db):
    text = " ".join(f"{n:06}{'x' * 50}" for n in range(6_000))
    document = make_document("de")
    DocumentVersion.objects.update(text=text)
    index_entry(document)
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(vector_en) FROM content_siteentry")
        assert 5_000 < cursor.fetchone()[0] < 6_000


# --- The page ----------------------------------------------------------------------------------------------


def test_an_extract_shows_the_hit_and_escapes_the_text(db, client):
    make_news(title_en="News", text_en="Word " * 100 + "a <b>turbine</b> & more " + "word " * 100)
    text = search(client, "turbine").text
    assert "&lt;b&gt;<mark>turbine</mark>&lt;/b&gt; &amp; more" in text
    extract = extract_of([Shown("word " * 100 + "turbine", "en", False)], "turbines")
    assert extract.pieces[0].text == "… "
    assert [piece.text for piece in extract.pieces if piece.is_hit] == ["turbine"]


def test_a_few_of_each_kind_and_a_way_to_all(db, client):
    for n in range(6):
        make_news(title_en=f"Turbine {n}")
    response = search(client, "turbine")
    (group,) = response.context["groups"]
    assert len(group["cards"]) == 4
    assert f'href="{address()}?q=turbine&amp;kind=news"' in response.text
    assert found(client, "turbine", kind="news") == {"news": [f"Turbine {n}" for n in (5, 4, 3, 2, 1, 0)]}


def test_all_of_one_kind_page_by_page(db, client, monkeypatch):
    monkeypatch.setattr("alliance.core.lists.PAGE_SIZE", 2)
    for n in range(3):
        make_news(title_en=f"Turbine {n}")
    first = search(client, "turbine", kind="news")
    freshness.touch()
    second = client.get(address() + first.context["pages"]["next_url"])
    assert [card["title"] for card in second.context["groups"][0]["cards"]] == ["Turbine 0"]


@pytest.mark.parametrize("q", ["", "???", "qwxzvv", "a'b:*|&!("])
@pytest.mark.parametrize("kind", ["", "news", "none"])
def test_nothing_typed_and_nothing_found_are_helped(db, client, q, kind):
    response = search(client, q, kind=kind)
    assert response.context["groups"] == []
    assert ("Perhaps you were looking for" if q else "Parts of the portal") in response.text
    assert '<meta name="robots" content="noindex">' in response.text


def test_an_address_that_is_not_here_leads_to_the_search(db, client):
    response = client.get("/en/news/none-such/")
    assert response.status_code == 404
    assert f'action="{address()}"' in response.text


def _one_of_each():
    make_news(title_en="Turbine")
    make_public_event(title_en="Turbine")
    make_page(title_en="Turbine", is_published=True)
    index_entry(make_document("uk", "en", title_en="Turbine"))
    index_entry(make_video(title_en="Turbine"))
    index_entry(make_policy_issue("accepted", title="Turbine", language="en"))
    index_entry(make_survey("published", "scale", title_en="Turbine"))
    member = make_member(official_name="Turbine", name_en="Turbine")
    member.save(update_fields=derive_search(member))
    make_twinning(member, make_member())
    make_listing(title_en="Turbine")
    listing_search.reindex_listings()


def test_the_number_of_queries_does_not_grow_with_what_is_found(db, client):
    for model in (NewsItem, Event, Page, Document, Video, PolicyIssue, Survey, Member, Listing):
        ContentType.objects.get_for_model(model)
    _one_of_each()
    counts = []
    for more in (0, 2):
        for _n in range(more):
            _one_of_each()
        with CaptureQueriesContext(connection) as queries:
            groups = found(client, "turbine")
        assert len(groups) == 10
        assert {len(titles) for titles in groups.values()} == {1 + more}
        counts.append(len(queries))
    assert counts[0] == counts[1]
