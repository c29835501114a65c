"""The home page: each figure is the number of rows that its link leads to."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import escape

from alliance.core import freshness
from alliance.core.languages import LANGUAGES
from members import map as maps
from members.models import Member
from partnerships.actions.search import reindex_listings
from partnerships.models import Listing
from tests.factories import (
    make_appeal,
    make_document,
    make_listing,
    make_member,
    make_news,
    make_place,
    make_pledge,
    make_public_event,
    make_twinning,
    make_video,
)

pytestmark = pytest.mark.django_db


def figures(client):
    return [(row["number"], row["href"]) for row in client.get(reverse("content:home")).context["figures"]]


@pytest.mark.parametrize("is_local", [True, False])
def test_only_a_demonstration_says_that_it_is_one(client, settings, is_local):
    settings.LOCAL_RUN = is_local
    page = client.get(reverse("content:home")).content.decode()
    assert ("Members, needs and figures on these pages are examples." in page) is is_local


def test_nothing_is_counted_where_nothing_is(client):
    assert [number for number, _href in figures(client)] == ["0", "0", "0", "0"]


def test_figures_count_what_anybody_may_read_and_nothing_else(client):
    hromada = make_member(country="UA")
    make_member(country="UA", kind=Member.Kind.REGION)
    partner = make_member(country="PL")
    for status in set(Member.Status.values) - {Member.Status.APPROVED}:
        make_member(country="UA", status=status)
    for _ in range(3):
        make_listing(member=hromada, kind=Listing.Kind.NEED)
    make_listing(member=partner)
    make_listing(member=partner, audience="members")
    make_listing(member=partner, expires_on=timezone.localdate() - timedelta(days=1))
    for status in set(Listing.Status.values) - {Listing.Status.PUBLISHED}:
        make_listing(member=partner, status=status)
    reindex_listings()
    freshness.touch()
    found = figures(client)
    assert [number for number, _href in found] == ["3", "1", "3", "1"]
    for number, href in found:
        assert client.get(href).context["total"].split()[0] == number, href


@pytest.mark.parametrize("language", LANGUAGES)
def test_partners_of_hromadas_and_kept_promises_are_counted_and_lead_to_what_they_count(client, language):
    """Both are figures of the register and of the ledger: without either they do not stand there."""
    official = {"register": "katotth", "country": "UA"}
    oblast = make_place(level="region", code="UA59000000000057109", **official)
    hromadas = [
        make_place(category="H", region=oblast, code=f"UA5900000000000000{n}", **official) for n in "123"
    ]
    make_twinning(hromadas[0], make_place(country="DE"), status="solidarity")
    make_pledge("committed 10 · dispatched 10 · received 10 · accepted 10")
    overdue = timezone.localdate() - timedelta(days=60)
    make_pledge("committed 10 · dispatched 10 · received 10 · accepted 10", "committed 4", due_on=overdue)
    freshness.touch()
    with translation.override(language):
        home = client.get(reverse("content:home"))
        addresses = [reverse("partnerships:without_partner"), reverse("partnerships:kept_promises")]
    partnered, rate = home.context["figures"][4:]
    assert [partnered["href"], rate["href"]] == addresses
    assert partnered["number"] == "1"
    goal = client.get(partnered["href"]).context["goal"]
    assert (goal["partnered"], goal["alone"]) == (1, 2)
    assert rate["number"].replace("\u00a0", "") == "66%"
    kept = client.get(rate["href"]).text
    for words in (rate["number"], rate["label"]):
        assert escape(words) in home.text
        assert escape(words) in kept


def test_appeals_news_and_events_films_and_papers_stand_there_and_lead_to_their_pages(client):
    appeal = make_appeal()
    rows = [make_news(), make_public_event(), make_document(), make_video()]
    drafts = [make_news(is_published=False), make_public_event(is_published=False)]
    freshness.touch()
    page = client.get(reverse("content:home")).content.decode()
    for row in rows:
        assert f'href="{row.get_absolute_url()}"' in page, row
        assert row.title_en in page
    assert f'href="{reverse("partnerships:appeal_detail", args=[appeal.slug])}"' in page
    assert appeal.title_en in page
    assert not any(draft.title_en in page for draft in drafts)


def test_the_newest_needs_and_offers_and_three_steps_to_join_stand_there(client):
    shown = [make_listing(title_en="Pumps"), make_listing(title_en="Cables", kind=Listing.Kind.NEED)]
    make_listing(title_en="For members", audience="members")
    reindex_listings()
    freshness.touch()
    page = client.get(reverse("content:home")).content.decode()
    for row in shown:
        assert f'href="{reverse("partnerships:listing_detail", args=[row.slug])}"' in page
        assert row.title_en in page
    assert "For members" not in page
    steps = re.search(r'<h2 id="how">Joining takes three steps</h2>\s*<ol>(.*?)</ol>', page, re.S)[1]
    assert steps.count("<li>") == 3


# --- the map and the foot of the page -----------------------------------------------------------------------


def test_the_map_counts_the_members_of_the_register(client, monkeypatch):
    """On a map of its own: the outlines of the real one are a package that a machine may lack."""
    region = make_place(level="region", country="UA", code="UA59000000000057109", name_en="Sumy oblast")
    make_member(country="UA", place=make_place(country="UA", region=region))
    make_member()
    make_member(country="UA", status=Member.Status.DRAFT)
    areas = (maps.Area("UA59", "M0 0h9v9z"), maps.Area("UA18", "M9 9h9v9z"))
    own = maps.Drawing(1000, 800, areas, "", lambda lon, lat: (20 * (lon - 20), 20 * (53 - lat)))
    monkeypatch.setattr(maps, "ukraine", lambda: own)
    response = client.get(reverse("content:home"))
    block = response.context["map"]
    assert block["total"] == "2 members"
    assert f'href="{block["href"]}"' in response.text
    drawn = {area["key"]: area["count"] for area in block["drawing"]["areas"]}
    assert drawn == {"UA59": 1}


def test_without_outlines_the_home_page_has_no_map(client, monkeypatch):
    make_member(country="UA")
    monkeypatch.setattr(maps, "ukraine", lambda: None)
    response = client.get(reverse("content:home"))
    assert response.status_code == 200
    assert response.context["map"] is None


def test_the_foot_leads_to_every_page_that_there_is_and_to_no_other(client):
    page = client.get("/pl/contact/").text
    foot = page[page.index('<footer class="site-foot"') :]
    links = re.findall(r'<a href="(/pl/[^"]*)"', foot)
    assert {"/pl/about/", "/pl/about/partners/", "/pl/legal/legal-notice/", "/pl/legal/languages/"} <= set(
        links
    )
    assert len(links) == len(set(links))
    for link in links:
        assert client.get(link).status_code == 200, link
