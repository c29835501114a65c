"""Passing a page on: its address to copy, a mail with it, printing; address and mail without any script."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from alliance.core import freshness
from tests.factories import (
    make_appeal,
    make_document,
    make_listing,
    make_member,
    make_news,
    make_page,
    make_public_event,
    make_representative,
    make_twinning,
    make_video,
)

pytestmark = pytest.mark.django_db
HOST = "http://portal.example.org"
TITLE = 'Roads & bridges: "quick" 100 %'


def content(name, row):
    return reverse(f"content:{name}", args=[row.slug])


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_pages_news_events_documents_and_videos_can_be_passed_on(client, language):
    words = {f"title_{code}": TITLE for code in ("en", "pl", "uk")}
    with override(language):
        paths = [
            make_page(is_published=True, **words).get_absolute_url(),
            content("news_detail", make_news(**words)),
            content("event_detail", make_public_event(**words)),
            content("document_detail", make_document("en", **words)),
            content("video_detail", make_video(**words)),
        ]
        listing = make_listing(original_language="en", **words | {"title_pl": None})
        paths.append(reverse("partnerships:listing_detail", args=[listing.slug]))
        paths.append(reverse("partnerships:appeal_detail", args=[make_appeal(**words).slug]))
    freshness.touch()
    for path in paths:
        page = client.get(f"{path}?utm=1").text
        assert re.search(
            rf'<input id="page-address" type="url" value="{re.escape(HOST + path)}" readonly>', page
        )
        mail = re.search(r'href="(mailto:\?[^"]*)"', page)[1].replace("&amp;", "&")
        assert "+" not in mail
        sent = parse_qs(urlsplit(mail).query)
        assert sent == {"subject": [TITLE], "body": [HOST + path]}
        assert escape(TITLE) in page


def test_a_member_and_a_partnership_can_be_passed_on_and_nothing_that_is_not_for_everyone(client):
    member = make_member(official_name="Gdynia")
    twinning = make_twinning(member, make_member(country="UA"))
    hidden = make_listing(member=member, audience="members")
    client.force_login(make_representative(member).user)
    for name, row in (("members:member_detail", member), ("partnerships:twinning_detail", twinning)):
        path = reverse(name, args=[row.slug])
        assert f'value="{HOST + path}" readonly' in client.get(path).text
    path = reverse("partnerships:listing_detail", args=[hidden.slug])
    assert "page-address" not in client.get(path).text


def test_what_needs_a_script_is_not_there_without_one(client):
    freshness.touch()
    page = client.get(content("news_detail", make_news())).text
    assert re.search(r"<button [^>]*data-print hidden>", page)
    assert re.search(r'<div class="copy" data-copy[^>]*>.*?<button [^>]*hidden>', page, re.S)
