"""News: shown from what was published, at its moment, in the reader's language; a list, a feed, a picture."""

import datetime
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from alliance.content.actions import publishing
from alliance.content.models import NewsItem
from alliance.core import freshness
from alliance.core.journal import SYSTEM
from tests.factories import make_appeal, make_news

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def address(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"content:{name}", args=args)


def get(client, url, *args, **kwargs):
    """What a visitor gets after the last write: a test commits nothing, so it tells the cache of pages itself."""
    freshness.touch()
    return client.get(url, *args, **kwargs)


def titles(response):
    return [story.title.text for story in response.context["stories"]]


def test_the_newest_stands_first_and_drafts_are_not_shown(client):
    first = make_news(title_en="First")
    make_news(title_en="Draft", is_published=False)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=1)):
        make_news(title_en="Second")
        assert titles(get(client, address("news_list"))) == ["Second", "First"]
    assert get(client, address("news_detail", first.slug)).status_code == 200
    draft = NewsItem.objects.get(title_en="Draft")
    assert get(client, address("news_detail", draft.slug)).status_code == 404


def test_readers_see_what_was_published_and_not_the_working_copy(client):
    item = make_news(title_en="As published", text_en="Old **words**.")
    item.title_en, item.text_en = "Being rewritten", "New words."
    publishing.save_texts(item, by=SYSTEM)
    page = get(client, address("news_detail", item.slug)).text
    assert "As published" in page
    assert "Old <strong>words</strong>." in page
    assert "Being rewritten" not in page
    publishing.publish(item, by=SYSTEM)
    assert "Being rewritten" in get(client, address("news_detail", item.slug)).text


def test_news_appears_at_its_moment_without_anybody_at_work(client):
    moment = timezone.now() + datetime.timedelta(hours=3)
    item = make_news(is_published=False)
    publishing.publish(item, by=SYSTEM, at=moment)
    page, feed = address("news_detail", item.slug), address("news_feed")
    assert get(client, page).status_code == 404
    assert item.slug not in get(client, feed).text
    with time_machine.travel(moment + datetime.timedelta(seconds=10)):
        assert get(client, page).status_code == 200
        assert item.get_absolute_url() in get(client, feed).text
        assert titles(get(client, address("news_list"))) == [item.title_en]


def test_a_text_in_another_language_says_so(client):
    item = make_news(title_en="", title_pl="Tylko po polsku", lead_en="", original_language="pl")
    page = get(client, address("news_detail", item.slug, language="uk")).text
    assert '<span lang="pl">Tylko po polsku</span>' in page
    assert "lang-mark" in page or "language-mark" in page
    assert '<span lang="pl">' not in get(client, address("news_detail", item.slug, language="pl")).text


def test_what_is_withdrawn_is_gone(client):
    item = make_news()
    publishing.withdraw(item, by=SYSTEM)
    assert get(client, address("news_detail", item.slug)).status_code == 404
    assert titles(get(client, address("news_list"))) == []


def test_the_list_asks_the_same_for_one_and_many(client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert get(client, address("news_list")).status_code == 200
        return len(queries)

    make_news()
    asked()
    one = asked()
    make_news(), make_news()
    assert asked() == one <= 3


def test_the_feed_is_atom_in_the_language_of_its_address(client):
    make_news(title_en="A partner", title_pl="Partner", lead_pl="Zdanie.")
    response = get(client, address("news_feed", language="pl"))
    assert response.headers["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    assert [title.text for title in feed.iter(f"{ATOM}title")][1:] == ["Partner"]
    entry = feed.find(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link").get("href").startswith("http")
    again = get(
        client, address("news_feed", language="pl"), headers={"if-none-match": response.headers["ETag"]}
    )
    assert again.status_code == 304


def test_the_picture_is_that_of_the_published_version_alone(client):
    kept = default_storage.save("news/abcdefghij.png", ContentFile(b"\x89PNG\r\n\x1a\n"))
    name = kept.rsplit("/", 1)[-1]
    item = make_news(picture=kept, picture_width=640, picture_height=360, picture_alt_en="A bridge")
    assert 'alt="A bridge"' in get(client, address("news_detail", item.slug)).text
    response = get(client, address("news_picture", item.slug, name))
    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]
    assert get(client, address("news_picture", item.slug, "another.png")).status_code == 404
    item.picture, item.picture_width, item.picture_height = "", 0, 0
    publishing.save_texts(item, by=SYSTEM)
    publishing.publish(item, by=SYSTEM)
    assert get(client, address("news_picture", item.slug, name)).status_code == 404


def test_news_about_an_appeal_leads_to_it(client):
    appeal = make_appeal()
    item = make_news(appeal=appeal)
    assert f"/en/appeals/{appeal.slug}/" in get(client, address("news_detail", item.slug)).text


def test_an_appeal_shows_the_news_that_readers_see_about_it(client):
    appeal, other = make_appeal(), make_appeal()
    kept, moved = (
        make_news(title_en="Kept news", appeal=appeal),
        make_news(title_en="Moved news", appeal=appeal),
    )
    make_news(title_en="Draft news", appeal=appeal, is_published=False)
    make_news(title_en="Elsewhere news", appeal=other)
    kept.appeal, moved.appeal = None, None
    for item in (kept, moved):
        publishing.save_texts(item, by=SYSTEM)
    publishing.publish(moved, by=SYSTEM, at=timezone.now() + datetime.timedelta(hours=1))
    with translation.override("en"):
        page = reverse("partnerships:appeal_detail", args=[appeal.slug])

    def told():
        text = get(client, page).text
        return [
            title for title in ("Kept news", "Moved news", "Draft news", "Elsewhere news") if title in text
        ]

    # The working copies say otherwise already; readers do not see them yet.
    assert told() == ["Kept news", "Moved news"]
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=2)):
        assert told() == ["Kept news"]


def test_script_in_a_text_is_text(client):
    item = make_news(text_en="<script>alert(1)</script> [x](javascript:alert(1))", title_en="<b>x</b>")
    page = get(client, address("news_detail", item.slug)).text
    assert "<script>alert" not in page
    assert "javascript:alert(1)" not in page.replace("[x](javascript:alert(1))", "")
    assert "&lt;b&gt;x&lt;/b&gt;" in page
