"""Atom feeds: valid, of exactly the filtered list, in the reader's language, ids for ever, nothing restricted."""

import re
from datetime import datetime
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import translation

from alliance.core import freshness
from partnerships.actions.search import reindex_listings
from partnerships.views import feeds
from tests.factories import (
    PASSWORD,
    make_listing,
    make_member,
    make_representative,
    make_sector,
    make_template,
)

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
URN = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def url(name="need_feed", language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}")


def read(response):
    """The feed, after all that RFC 4287 asks of one."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(response.content)
    assert root.tag == f"{ATOM}feed"
    seen = set()
    for part in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(part.findall(f"{ATOM}{name}")) == 1, name
        assert URN.fullmatch(part.findtext(f"{ATOM}id"))
        assert datetime.fromisoformat(part.findtext(f"{ATOM}updated")).tzinfo
        assert part.find(f"{ATOM}author/{ATOM}name").text
        links = [(link.get("rel"), link.get("type")) for link in part.findall(f"{ATOM}link")]
        assert len(set(links)) == len(links)
        assert ("alternate", "text/html") in links
        assert all(link.get("href").startswith("http://") for link in part.findall(f"{ATOM}link"))
        seen.add(part.findtext(f"{ATOM}id"))
    assert len(seen) == 1 + len(root.findall(f"{ATOM}entry"))
    updated = [part.findtext(f"{ATOM}updated") for part in root.findall(f"{ATOM}entry")]
    assert not updated or root.findtext(f"{ATOM}updated") == max(updated)
    return root


def titles(root):
    return [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]


def test_a_feed_holds_exactly_the_filtered_list_newest_first(client, db):
    generator = make_template(code="generator", name_en="Generator")
    for n in range(3):
        make_listing(
            kind="need", title_en=f"Need {n}", line={"template": generator, "item": "", "unit": "piece"}
        )
    make_listing(kind="need", title_en="Free words")
    make_listing(title_en="Offer")
    reindex_listings()
    assert titles(read(client.get(url()))) == ["Free words", "Need 2", "Need 1", "Need 0"]
    root = read(client.get(f"{url()}?item=generator&page=2"))
    assert titles(root) == ["Need 2", "Need 1", "Need 0"]
    assert root.findtext(f"{ATOM}title") == "Needs: Generator"
    hrefs = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert hrefs["alternate"].endswith("/en/needs/?item=generator")
    assert hrefs["self"].endswith("/en/needs/needs.atom?item=generator")
    assert titles(read(client.get(url("offer_feed")))) == ["Offer"]
    assert len(titles(read(client.get(url("listing_feed"))))) == 5
    page = client.get(f"{reverse('partnerships:need_list')}?item=generator&sort=ending").content.decode()
    assert 'type="application/atom+xml" title="Needs" href="/en/needs/needs.atom?item=generator"' in page


def test_ids_stay_whatever_language_name_and_change(client, db, settings):
    listing = make_listing(kind="need", title_en="Beds", title_pl="Łóżka", original_language="en")
    reindex_listings()
    english = read(client.get(url()))
    listing.title_en = "More beds"
    listing.save()
    reindex_listings()
    settings.PUBLIC_URL = "http://another.example.org"
    polish = read(client.get(url(language="pl")))
    ids = [root.find(f"{ATOM}entry/{ATOM}id").text for root in (english, polish)]
    assert ids[0] == ids[1]
    assert (english.get(LANG), polish.get(LANG)) == ("en", "pl")
    assert titles(polish) == ["Łóżka"]
    entries = [root.find(f"{ATOM}entry/{ATOM}updated").text for root in (english, polish)]
    assert entries[1] > entries[0]


def test_a_title_in_another_language_says_so(client, db):
    make_listing(kind="need", title_en=None, text_en=None, title_uk="Ліжка", text_uk="Двадцять.",
                 original_language="uk")  # fmt: skip
    reindex_listings()
    root = read(client.get(url()))
    assert root.find(f"{ATOM}entry").get(LANG) == "uk"
    assert read(client.get(url(language="uk"))).find(f"{ATOM}entry").get(LANG) is None


def test_a_feed_holds_nothing_restricted_whoever_asks(client, db):
    member = make_member(name_en="Canaryville", official_name="Canaryville")
    make_listing(kind="need", audience="members", title_en="canarymembers")
    make_listing(
        kind="need", member=member, is_member_hidden=True, text_en="canarytext", partner_note="canarynote",
        field_audiences={"text": "members", "lines": "partner"}, line={"item": "canaryline"},
    )  # fmt: skip
    reindex_listings()
    for _who in ("anonymous", "member"):
        response = client.get(url())
        assert len(titles(read(response))) == 1
        text = response.content.decode().lower()
        for word in ("canary", member.contact_email.lower(), member.slug):
            assert word not in text
        representative = make_representative()
        client.login(username=representative.user.email, password=PASSWORD)


def test_any_text_is_well_formed(client, db):
    nasty = 'a < b & "c" ]]> <script> \u202e 😀 \x0b\x1b'
    sector = make_sector(name_en=nasty[:40])
    make_listing([sector], kind="need", title_en=nasty, text_en=nasty, line={"item": nasty})
    reindex_listings()
    root = read(client.get(url()))
    assert titles(root) == [nasty.replace("\x0b\x1b", "")]
    assert 'a < b & "c" ]]> <script>' in root.findtext(f"{ATOM}entry/{ATOM}summary")


def test_a_feed_that_did_not_change_is_not_sent_again(client, db):
    make_listing(kind="need")
    reindex_listings()
    first = client.get(url())
    assert first.headers["ETag"]
    assert first.headers["Last-Modified"]
    assert not first.cookies
    again = client.get(url(), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    make_listing(kind="need")
    reindex_listings()
    client.cookies["sessionid"] = "past the micro-cache"
    changed = client.get(url(), headers={"If-None-Match": first.headers["ETag"]})
    assert len(titles(read(changed))) == 2


def test_a_feed_is_bounded_and_costs_the_same(client, db, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 2)
    member = make_member()
    client.get(url())
    for n in range(1, 4):
        make_listing(kind="need", member=member)
        reindex_listings()
        freshness.touch()
        with django_assert_num_queries(QUERIES):
            assert len(titles(read(client.get(url())))) == min(n, 2)


QUERIES = 7


def test_an_empty_feed_is_valid_and_a_senseless_one_leads_to_the_list(client, db):
    assert titles(read(client.get(url()))) == []
    response = client.get(f"{url()}?until=tomorrow")
    assert (response.status_code, response.url) == (302, "/en/needs/?until=tomorrow")


@pytest.mark.parametrize("name", ["need_feed", "offer_feed", "listing_feed"])
def test_feeds_are_for_reading(client, db, name):
    assert client.post(url(name)).status_code == 405
