"""What search engines and those who share a page are told about it: schema.org and Open Graph."""

import html
import json
import re

import pytest
from django.urls import reverse

from alliance.core import freshness
from alliance.core.languages import LANGUAGES
from tests.factories import (
    make_document,
    make_member,
    make_news,
    make_page,
    make_policy_issue,
    make_public_event,
    make_video,
)

pytestmark = pytest.mark.django_db


def page_of(client, path):
    freshness.touch()
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def described(client, path):
    return json.loads(
        re.search(r'<script type="application/ld\+json">(.*?)</script>', page_of(client, path))[1]
    )


def og(text):
    found = re.findall(r'<meta property="og:([a-z_:]+)" content="([^"]*)">', text)
    return {name: html.unescape(value) for name, value in found}


def test_the_alliance_says_who_it_is(client, settings):
    about = described(client, "/pl/")
    assert about["@type"] == "GovernmentOrganization"
    assert about["name"] == str(settings.SITE_NAME)
    assert about["contactPoint"]["availableLanguage"] == list(LANGUAGES)
    assert about["url"] == "http://portal.example.org/pl/"


def test_an_event_in_its_own_time_zone(client):
    event = make_public_event(title_en="A </script> day", place_en="Lviv", time_zone="Europe/Kyiv")
    about = described(client, reverse("content:event_detail", args=[event.slug]))
    assert about["@type"] == "Event"
    assert about["name"] == "A </script> day"
    assert about["startDate"] == event.starts_at.astimezone(event.zone).isoformat()
    assert about["eventStatus"] == "https://schema.org/EventScheduled"
    assert about["location"] == [{"@type": "Place", "name": "Lviv", "address": "Lviv"}]


def test_an_event_that_was_called_off_leads_nowhere(client):
    event = make_public_event(is_cancelled=True, online_url="https://meet.example.org/a")
    about = described(client, reverse("content:event_detail", args=[event.slug]))
    assert about["eventStatus"] == "https://schema.org/EventCancelled"
    assert "meet.example.org" not in json.dumps(about)


def test_news_and_videos_and_data(client):
    item, video = make_news(title_en="Lead", lead_en="Why."), make_video()
    about = described(client, reverse("content:news_detail", args=[item.slug]))
    assert (about["@type"], about["headline"], about["description"]) == ("NewsArticle", "Lead", "Why.")
    about = described(client, reverse("content:video_detail", args=[video.slug]))
    assert (about["@type"], about["duration"]) == ("VideoObject", "PT125S")
    assert "contentUrl" not in about
    about = described(client, reverse("content:open_data"))
    assert about["@type"] == "DataCatalog"
    assert about["dataset"]


def test_a_document_with_a_file_in_each_language(client):
    document = make_document("pl", "uk", title_en="Guide </script>", summary_en="How to.")
    document.files.filter(language="uk").update(is_offered=False)
    about = described(client, reverse("content:document_detail", args=[document.slug]))
    assert (about["@type"], about["name"], about["inLanguage"]) == (
        "DigitalDocument",
        "Guide </script>",
        ["pl"],
    )
    (file,) = about["hasPart"]
    assert file["encodingFormat"] == "application/pdf"
    assert client.get(file["url"].removeprefix("http://portal.example.org")).status_code == 200


def test_an_issue_is_a_question_that_names_nobody_who_is_not_named(client):
    member = make_member(official_name="Canaryville", country="UA")
    issue = make_policy_issue("answered", member=member)
    page = reverse("content:policy_issue", args=[issue.slug])
    about = described(client, page)["mainEntity"]
    assert (about["@type"], about["name"], about["inLanguage"]) == ("Question", issue.title, "uk")
    assert about["acceptedAnswer"]["author"]["name"] == "European Commission"
    assert "Canaryville" not in json.dumps(about)
    open_issue = make_policy_issue("accepted", member=member, is_named=True)
    about = described(client, reverse("content:policy_issue", args=[open_issue.slug]))["mainEntity"]
    assert about["author"]["name"] == "Canaryville"
    assert (about["answerCount"], "acceptedAnswer" in about) == (0, False)


def test_a_page_is_shared_with_its_title_in_its_language(client):
    make_page(slug="cooperation", title_en='Cities & "regions"', title_pl="Miasta", is_published=True)
    shared = og(page_of(client, "/en/about/cooperation/"))
    assert shared["title"].startswith('Cities & "regions" – ')
    assert shared["url"] == "http://portal.example.org/en/about/cooperation/"
    assert (shared["locale"], shared["type"]) == ("en_GB", "website")
    assert og(page_of(client, "/pl/about/cooperation/"))["locale"] == "pl_PL"


def test_what_is_not_for_search_engines_is_not_described(client):
    assert og(client.get("/en/no-such-page/").text) == {}
