"""Where a reader is: every page of one thing says above its heading what it belongs to, and each step of it answers."""

import re

import pytest
from django.urls import reverse

from alliance.core import freshness
from tests.factories import (
    make_appeal,
    make_document,
    make_listing,
    make_member,
    make_news,
    make_page,
    make_public_event,
    make_twinning,
    make_video,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_every_page_of_one_thing_says_what_it_belongs_to(client, language):
    above = make_page(is_published=True)
    below = make_page(is_published=True, parent=above)
    addresses = {
        below.get_absolute_url(): above.get_absolute_url().removeprefix("/en"),
        reverse("content:news_detail", args=[make_news().slug]): "/news/",
        reverse("content:event_detail", args=[make_public_event().slug]): "/events/",
        reverse("content:document_detail", args=[make_document().slug]): "/documents/",
        reverse("content:video_detail", args=[make_video().slug]): "/videos/",
        reverse("content:evidence"): "",
        reverse("members:member_detail", args=[make_member().slug]): "/members/",
        reverse("partnerships:listing_detail", args=[make_listing().slug]): "/offers/",
        reverse("partnerships:appeal_detail", args=[make_appeal().slug]): "/appeals/",
        reverse("partnerships:twinning_detail", args=[make_twinning().slug]): "/twinnings/",
    }
    freshness.touch()
    steps = set()
    for address, belongs_to in addresses.items():
        page = client.get(address.replace("/en/", f"/{language}/", 1)).text
        found = re.search(r'<nav class="breadcrumbs"[^>]*>(.*?)</nav>', page, re.S)
        assert found, address
        links = re.findall(r'href="([^"]+)"', found[1])
        assert links[0] == f"/{language}/", address
        assert not belongs_to or f"/{language}{belongs_to}" in links[1:], (address, links)
        steps |= {link.replace("&amp;", "&") for link in links}
    assert {client.get(step).status_code for step in steps} == {200}
