"""The sitemap: well-formed, complete in every language, and nothing in it that is not for everyone."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alliance.content.models import NewsletterIssue
from alliance.content.views import sitemap_sections
from alliance.core import freshness
from alliance.core.languages import LANGUAGES
from members.models import Member
from partnerships.models import Listing
from tests.factories import (
    make_appeal,
    make_document,
    make_issue,
    make_listing,
    make_member,
    make_news,
    make_page,
    make_policy_issue,
    make_public_event,
    make_twinning,
    make_video,
)

pytestmark = pytest.mark.django_db
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


def read(client, url):
    freshness.touch()
    answer = client.get(url)
    assert answer.status_code == 200, url
    assert answer.headers["Content-Type"] == "application/xml"
    return ElementTree.fromstring(answer.content)


def parts(client):
    cache.clear()
    root = read(client, "/sitemap.xml")
    return [loc.text.removeprefix("http://testserver") for loc in root.iter(f"{SITEMAP}loc")]


def paths(client, settings):
    """Every address of every part, without its host."""
    settings.PUBLIC_URL = "http://testserver"
    return [
        loc.text.removeprefix("http://testserver")
        for part in parts(client)
        for loc in read(client, part).iter(f"{SITEMAP}loc")
    ]


def test_it_names_what_is_public_in_every_language_and_each_address_answers(client, settings):
    rows = [make_news(), make_public_event(), make_document("en"), make_video(), make_member()]
    rows.append(make_policy_issue("accepted"))
    rows += [
        make_listing(),
        make_appeal(),
        make_twinning(make_member(), make_member(country="UA")),
    ]
    page = make_page(is_published=True)
    issue = make_issue()
    NewsletterIssue.objects.filter(pk=issue.pk).update(status="sent", sent_at=timezone.now())
    found = paths(client, settings)
    assert len(found) == len(set(found))
    assert all(path.split("/")[1] in LANGUAGES for path in found)
    for words in [*(row.slug for row in rows), page.slug, f"newsletter/{issue.number}"]:
        assert sum(path.endswith(f"/{words}/") for path in found) == len(LANGUAGES), words
    for path in found:
        if path.startswith("/en/"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "noindex" not in answer.text, path


def test_nothing_hidden_stands_in_it(client, settings):
    hidden = [
        make_news(is_published=False),
        make_public_event(is_published=False),
        make_document("en", status="draft", published_at=None),
        make_document("en", published_at=timezone.now() + timedelta(days=1)),
        make_video(status="draft", published_at=None),
        make_page(),
        make_listing(audience="members"),
        make_listing(status=Listing.Status.DRAFT),
        make_listing(expires_on=timezone.localdate() - timedelta(days=1)),
        make_appeal(status="draft"),
        make_policy_issue(),
        make_policy_issue("closed"),
        make_member(status=Member.Status.PENDING),
        make_member(status=Member.Status.ON_HOLD),
        make_twinning(make_member(), make_member(country="UA"), public_since=None),
    ]
    issue = make_issue()
    shown = make_news()
    found = paths(client, settings)
    assert [path for path in found if path.endswith(f"/{shown.slug}/")]
    for words in [*(row.slug for row in hidden), f"newsletter/{issue.number}"]:
        assert not [path for path in found if path.endswith(f"/{words}/")], words


def test_each_address_names_all_its_languages_and_itself(client):
    make_news()
    for url in read(client, "/sitemap/news/0.xml").iter(f"{SITEMAP}url"):
        links = {link.get("hreflang"): link.get("href") for link in url.iter(LINK)}
        assert set(links) == {*LANGUAGES, "x-default"}
        assert url.findtext(f"{SITEMAP}loc") in links.values()
        assert url.findtext(f"{SITEMAP}lastmod")


def test_parts_hold_rows_by_their_key(client, monkeypatch):
    monkeypatch.setattr(sitemap_sections, "PART", 2)
    rows = [make_news() for _ in range(5)]
    numbers = sorted({row.pk // 2 for row in rows})
    named = [part for part in parts(client) if "/news/" in part]
    assert [part.partition("/sitemap/")[2] for part in named] == [f"news/{n}.xml" for n in numbers]
    found = [
        loc.text for n in numbers for loc in read(client, f"/sitemap/news/{n}.xml").iter(f"{SITEMAP}loc")
    ]
    assert len(found) == len(set(found)) == 5 * len(LANGUAGES)


@pytest.mark.parametrize("part", ["news/0", "news/99999999999999999999", "people/0", "pages/1"])
def test_a_part_that_is_not_there(client, part):
    assert client.get(f"/sitemap/{part}.xml").status_code == 404


def test_the_number_of_queries_is_constant(client):
    counts = []
    for _ in range(2):
        for make in (make_news, make_public_event, make_listing, make_member, make_appeal):
            make()
        with CaptureQueriesContext(connection) as queries:
            for part in parts(client):
                read(client, part)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_robots_are_told_where_it_is(client, settings):
    settings.PUBLIC_URL = "https://portal.example.org"
    assert "\nSitemap: https://portal.example.org/sitemap.xml\n" in client.get("/robots.txt").text
