"""The page of one member: what everybody sees, what nobody sees, and what happens before and after membership."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alliance.core import freshness
from alliance.core.audience import Audience, public_fields
from members.models import Member
from members.permissions import audience_of
from tests.factories import (
    make_coordinator,
    make_member,
    make_place,
    make_representative,
    make_sector,
    make_user,
)

CANARIES = {
    "contact_name": "Canary Person",
    "contact_role": "Canary Role",
    "contact_email": "canary@example.org",
    "contact_phone": "+48221234567",
    "signatory_name": "Canary Signatory",
    "signatory_role": "Canary Mayor",
    "desk_message": "Canary of the desk",
}


def url(member):
    return reverse("members:member_detail", args=[member.slug])


def page(client, member, status=200):
    response = client.get(url(member))
    assert response.status_code == status
    return response


def facts(response):
    return {fact["term"]: fact["text"] for fact in response.context["facts"]}


@pytest.fixture
def zhytomyr(db):
    oblast = make_place(
        register="katotth",
        code="UA18000000000041385",
        level="region",
        country="UA",
        official_name="Zhytomyr Oblast",
    )
    raion = make_place(level="district", country="UA", official_name="Zhytomyr raion", parent=oblast)
    place = make_place(
        register="katotth",
        code="UA18040190000057814",
        country="UA",
        official_name="Zhytomyr",
        parent=raion,
        region=oblast,
        population=261624,
        population_year=2022,
        lat=50.25,
        lon=28.66,
    )
    member = make_member(
        official_name="Житомирська міська територіальна громада",
        name_en="Zhytomyr",
        name_uk="Житомир",
        description_uk="Місто на Тетереві.",
        original_language="uk",
        country="UA",
        place=place,
        population=261624,
        languages_spoken=["uk", "en"],
        website="https://житомир.example.org/path",
        **CANARIES,
    )
    member.sectors.add(make_sector(code="ENE", name_en="Energy"))
    return member


def test_the_page_says_what_the_register_knows(client, zhytomyr):
    response = page(client, zhytomyr)
    shown = facts(response)
    assert shown["Place"] == "Zhytomyr\nZhytomyr raion, Zhytomyr Oblast\nKATOTTH UA18040190000057814"
    assert shown["Population"] == "261,624 (2022)"
    assert shown["Languages"] == "English, Ukrainian"
    assert shown["Official name"] == "Житомирська міська територіальна громада"
    assert {"Kind", "Class of partner", "Country", "Member since"} <= set(shown)
    html = response.content.decode()
    assert 'dd lang="uk">Житомирська' in html
    assert "Energy" in html
    assert "/about/#principles" in html
    assert reverse("partnerships:match_request_member", args=[zhytomyr.slug]) in html


def test_a_text_in_another_language_is_marked(client, zhytomyr):
    html = page(client, zhytomyr).content.decode()
    assert '<div class="prose" lang="uk">' in html
    assert "shown in Ukrainian" in html


def test_look_alike_hosts_are_written_in_punycode(client, zhytomyr):
    html = page(client, zhytomyr).content.decode()
    assert 'href="https://xn--' in html
    assert 'rel="nofollow noopener external">xn--' in html


@pytest.mark.parametrize(
    "website",
    [
        "javascript:alert(1)",
        "https://user:pass@example.org/",
        "https://[::1",
        "https://" + "a" * 70 + ".org",
        "https://exa mple:99999/",
    ],
)
def test_an_odd_web_site_is_left_out(client, db, website):
    html = page(client, make_member(website=website)).content.decode()
    assert "nofollow noopener external" not in html


@pytest.mark.parametrize("who", ["anonymous", "member", "coordinator", "its own"])
def test_contact_persons_are_never_shown(client, zhytomyr, who):
    if who == "member":
        client.force_login(make_representative().user)
    elif who == "coordinator":
        client.force_login(make_coordinator())
    elif who == "its own":
        client.force_login(make_representative(member=zhytomyr).user)
    html = page(client, zhytomyr).content.decode()
    for field, words in CANARIES.items():
        assert words not in html, field


def test_a_field_that_is_no_longer_public_disappears(client, zhytomyr, monkeypatch):
    hidden = {**Member.AUDIENCES, "population": Audience.COORDINATORS, "website": Audience.COORDINATORS}
    monkeypatch.setattr(Member, "AUDIENCES", hidden)
    response = page(client, zhytomyr)
    assert "Population" not in facts(response)
    assert "xn--" not in response.content.decode()


def test_audiences(db):
    member = make_member()
    own = make_representative(member=member, role="viewer").user
    cases = {
        make_user(): Audience.PUBLIC,
        make_representative().user: Audience.MEMBERS,
        make_representative(member=make_member(status="on_hold")).user: Audience.PUBLIC,
        own: Audience.PARTNER,
        make_coordinator(): Audience.PUBLIC,  # not before the second factor
        make_coordinator(has_second_factor=True): Audience.COORDINATORS,
    }
    assert {user: audience_of(user, member) for user in cases} == cases
    assert audience_of(None, member) == Audience.PUBLIC


@pytest.mark.parametrize("status", Member.Status.values)
def test_what_strangers_see_of_each_status(client, db, status):
    member = make_member(status=status, official_name="Town of Canary")
    expected = {"approved": 200, "left": 410}.get(status, 404)
    response = page(client, member, expected)
    assert ("Town of Canary" in response.content.decode()) == (expected != 404)


@pytest.mark.parametrize("status", ["pending", "on_hold", "left", "draft"])
def test_its_own_people_and_the_desk_see_every_status(client, db, status):
    member = make_member(status=status)
    for user in (make_representative(member=member).user, make_coordinator()):
        client.force_login(user)
        html = page(client, member).content.decode()
        assert "This page is not public" in html
        assert '<meta name="robots" content="noindex">' in html
        assert "ld+json" not in html


def test_a_former_member_is_remembered_with_its_days(client, db):
    member = make_member(status="left", approved_at="2026-01-15T12:00Z", left_at="2026-10-03T12:00Z")
    html = page(client, member, 410).content.decode()
    assert "from 15 January 2026 until 3 October 2026" in html


def test_only_those_who_may_edit_see_the_link(client, db):
    member = make_member()
    edit = reverse("members:member_edit")
    assert edit not in page(client, member).content.decode()
    for role, sees in (("viewer", False), ("editor", True), ("signatory", True)):
        client.force_login(make_representative(member=member, role=role).user)
        assert (edit in page(client, member).content.decode()) == sees


def test_an_association_and_its_members(client, db):
    association = make_member(kind="association", official_name="Union of Towns")
    child = make_member(parent=association, official_name="Town in it")
    make_member(parent=association, official_name="Town not yet in it", status="pending")
    html = page(client, association).content.decode()
    assert "Town in it" in html
    assert "Town not yet in it" not in html
    assert facts(page(client, child))["Member of the association"] == "Union of Towns"
    Member.objects.filter(pk=association.pk).update(status="on_hold")
    freshness.touch()
    assert "Member of the association" not in facts(page(client, child))


def structured(response):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode())
    return json.loads(found[1])


def test_structured_data(client, zhytomyr):
    data = structured(page(client, zhytomyr))
    assert data["@type"] == "GovernmentOrganization"
    assert data["name"] == "Zhytomyr"
    assert "Житомир" in data["alternateName"]
    assert data["location"]["geo"] == {"@type": "GeoCoordinates", "latitude": 50.25, "longitude": 28.66}
    assert data["@id"].startswith("http://portal.example.org/")
    assert structured(page(client, make_member(kind="association")))["@type"] == "Organization"


def test_a_name_cannot_end_the_structured_data(client, db):
    member = make_member(official_name="</script><script>alert(1)</script>", name_en="")
    response = page(client, member)
    assert "<script>alert(1)" not in response.content.decode()
    assert structured(response)["name"] == "</script><script>alert(1)</script>"


def test_open_graph_and_addresses_in_every_language(client, zhytomyr):
    html = page(client, zhytomyr).content.decode()
    assert '<meta property="og:title" content="Zhytomyr – ' in html
    assert html.count('property="og:type"') == 1
    assert '<meta property="og:type" content="profile">' in html
    assert f'<link rel="canonical" href="http://portal.example.org/en/members/{zhytomyr.slug}/">' in html
    assert f'hreflang="uk" href="http://portal.example.org/uk/members/{zhytomyr.slug}/"' in html


def test_a_page_for_everybody_is_kept(client, zhytomyr):
    response = page(client, zhytomyr)
    assert not response.cookies
    assert response.headers["ETag"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_with_more_sectors_and_members(client, db, django_assert_num_queries, count):
    association = make_member(kind="association")
    for _ in range(count):
        association.sectors.add(make_sector())
        make_member(parent=association)
    # the member; sectors; members; its partnerships; promises given, received
    with django_assert_num_queries(6):
        page(client, association)


def test_the_logo_stands_on_the_page(client, db):
    member = make_member(logo=SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n"))
    assert reverse("members:member_logo", args=[member.slug]) in page(client, member).content.decode()


@pytest.mark.parametrize(
    "slug", ["x", "abcdefghij/", "2345678923", "%F0%9F%98%80", "a" * 5000, "..", "UPPERCASE2"]
)
def test_addresses_of_nobody_are_404(client, db, slug):
    assert client.get(f"/en/members/{slug}/").status_code in (301, 302, 400, 404)


def test_public_fields_hold_no_person():
    assert not {name for name in public_fields(Member) if name.startswith(("contact", "signatory", "desk"))}


def test_a_name_with_a_mark_is_explained_where_it_stands(client, db):
    """Kosovo's name carries the asterisk of the European Union, and its footnote; other pages carry neither."""
    other, marked = make_member(country="PL"), make_member(country="XK")
    for member, is_marked in ((other, False), (marked, True)):
        page = client.get(reverse("members:member_detail", args=[member.slug])).content.decode()
        assert ("Kosovo*" in page) == ("1244/1999" in page) == is_marked
    page = client.get(reverse("members:member_list")).content.decode()
    assert page.count("1244/1999") == 1
    marked.delete()
    freshness.touch()
    assert "1244/1999" not in client.get(reverse("members:member_list")).content.decode()
