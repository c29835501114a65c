"""Which fields of which listing who sees: the answer for every kind of reader, and each place that asks for it."""

import json
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.audience import Audience, visible
from members.models import Place, Representative
from partnerships.actions.search import reindex_listings
from partnerships.models import ListingSearch, Pledge
from partnerships.models.search import Criteria
from partnerships.names_shown import named
from partnerships.permissions import audience_of, audience_of_member, audience_of_pledge, reader_audience
from partnerships.search_text import words_query
from tests.factories import (
    make_coordinator,
    make_listing,
    make_match,
    make_member,
    make_place,
    make_representative,
    make_user,
)

WHO = [
    "anonymous",
    "stranger",
    "member",
    "asking",
    "partner",
    "general_partner",
    "own",
    "desk_one_factor",
    "desk",
]


def reader(who, listing):
    """A person of each kind, in front of ``listing``."""
    if who == "anonymous":
        return AnonymousUser()
    if who == "stranger":
        return make_user()
    if who.startswith("desk"):
        return make_coordinator(has_second_factor=who == "desk")
    if who == "own":
        return make_representative(listing.member, role="viewer").user
    person = make_representative()
    if who == "asking":
        make_match(person.member, listing.member, listing=listing, status="requested")
    if who == "partner":
        make_match(person.member, listing.member, listing=listing)
    if who == "general_partner":
        make_match(listing.member, person.member)
    return person.user


@pytest.mark.parametrize(
    ("who", "audience"),
    [
        ("anonymous", "public"),
        ("stranger", "public"),
        ("member", "members"),
        ("asking", "members"),
        ("partner", "partner"),
        ("general_partner", "partner"),
        ("own", "coordinators"),
        ("desk_one_factor", "public"),
        ("desk", "coordinators"),
    ],
)
def test_audience_of_every_kind_of_reader(db, who, audience):
    listing = make_listing()
    assert audience_of(reader(who, listing), listing) == audience


def test_a_partner_about_another_listing_is_none_here(db):
    listing = make_listing()
    other = make_listing(member=listing.member)
    user = reader("partner", other)
    assert audience_of(user, listing) == Audience.MEMBERS
    assert audience_of(user, other) == Audience.PARTNER
    assert audience_of_member(user, listing.member) == Audience.PARTNER


def test_what_ended_gives_no_right(db):
    listing = make_listing()
    closed = make_representative()
    make_match(closed.member, listing.member, listing=listing, status="closed", close_reason="ended")
    left = make_representative(listing.member)
    Representative.objects.filter(pk=left.pk).update(until=timezone.now())
    held = make_representative(make_member(status="on_hold"))
    assert audience_of(closed.user, listing) == Audience.MEMBERS
    assert audience_of(left.user, listing) == Audience.PUBLIC
    assert audience_of(held.user, listing) == reader_audience(held.user) == Audience.PUBLIC


def test_both_sides_of_a_pledge_are_partners_of_it(db):
    giver, receiver, other = make_representative(), make_representative(), make_representative()
    pledge = Pledge.objects.create(giver=giver.member, receiver=receiver.member, title="Beds", language="en")
    seen = [audience_of_pledge(person.user, pledge) for person in (giver, receiver, other)]
    assert seen == [Audience.PARTNER, Audience.PARTNER, Audience.MEMBERS]
    assert audience_of_pledge(AnonymousUser(), pledge) == Audience.PUBLIC
    assert audience_of_pledge(make_coordinator(has_second_factor=True), pledge) == Audience.COORDINATORS


def test_audience_of_many_listings_costs_two_queries(db, django_assert_num_queries):
    first = make_listing()
    user = reader("partner", first)
    listings = [first, make_listing(), make_listing()]
    with django_assert_num_queries(2):
        assert [audience_of(user, listing) for listing in listings] == ["partner", "members", "members"]


# --- Pages -------------------------------------------------------------------------------------------------


def make_restricted(needed, **changes):
    return make_listing(
        title_en="Title to read",
        text_en="CANARYTEXT",
        line={"item": "CANARYLINE", "quantity": 3, "unit": "piece"},
        field_audiences={"text": needed, "lines": needed},
        **changes,
    )


@pytest.mark.parametrize("needed", ["members", "partner", "coordinators"])
@pytest.mark.parametrize("who", WHO)
def test_the_page_of_a_listing_shows_each_reader_what_is_for_them(client, db, who, needed):
    listing = make_restricted(needed)
    user = reader(who, listing)
    if user.is_authenticated:
        client.force_login(user)
    html = client.get(reverse("partnerships:listing_detail", args=[listing.slug])).content.decode()
    ranks = ["public", "members", "partner", "coordinators"]
    may = ranks.index(audience_of(user, listing)) >= ranks.index(needed)
    _head, body = html.split("</head>")
    assert "Title to read" in body
    assert ("CANARYTEXT" in body, "CANARYLINE" in body) == (may, may)
    data = "".join(re.findall(r"<script[^>]*ld\+json[^>]*>(.*?)</script>", html, re.DOTALL))
    assert json.loads(data)["name"] == "Title to read"
    assert "CANARY" not in data


def test_lists_and_the_home_page_show_no_restricted_line(client, db):
    make_restricted("members")
    reindex_listings()
    for address in (reverse("partnerships:offer_list"), reverse("content:home")):
        html = client.get(address).content.decode()
        assert "Title to read" in html
        assert "CANARY" not in html
    client.force_login(make_representative().user)
    assert "CANARYLINE" in client.get(reverse("partnerships:offer_list")).content.decode()
    client.logout()
    assert "CANARYLINE" not in client.get(reverse("partnerships:offer_list")).content.decode()


def test_the_desk_opens_what_is_for_members_and_what_it_reviews(client, db):
    client.force_login(make_coordinator(has_second_factor=True))
    for status, code in (("published", 200), ("review", 200), ("withdrawn", 200), ("draft", 404)):
        listing = make_listing(status=status, audience="members")
        address = reverse("partnerships:listing_detail", args=[listing.slug])
        assert client.get(address).status_code == code


# --- A member that is not named ----------------------------------------------------------------------------


def make_hidden(**changes):
    region = make_place(
        country="UA",
        level=Place.Level.REGION,
        register="katotth",
        official_name="Харківська область",
        name_en="Kharkiv Oblast",
        name_pl="obwód charkowski",
    )
    place = make_place(country="UA", register="katotth", official_name="Канаркове", region=region)
    member = make_member(
        country="UA", place=place, official_name="Канаркова громада", name_en="Canary hromada"
    )
    return make_listing(member=member, is_member_hidden=True, kind="need", **changes)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "a hromada in Kharkiv Oblast"),
        ("pl", "hromada, obwód charkowski"),
        ("uk", "громада, Харківська область"),
    ],
)
def test_everyone_reads_the_oblast_instead_of_the_name(client, db, language, words):
    listing = make_hidden()
    reindex_listings()
    with translation.override(language):
        page = reverse("partnerships:listing_detail", args=[listing.slug])
        listed = reverse("partnerships:need_list")
    html = client.get(page).content.decode()
    assert words in html
    html += client.get(listed).content.decode()
    assert not re.search("канарк|canary|Канарк|Canary", html)
    assert listing.member.slug not in html
    client.force_login(make_representative().user)
    html = client.get(page).content.decode()
    assert re.search("Канаркова громада|Canary hromada", html)
    assert listing.member.slug in html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "municipality", "country": "PL"}, "a municipality in Poland"),
        ({"kind": "association", "country": "PL", "place": None}, "an association of authorities in Poland"),
        ({"kind": "institution", "country": "DE", "place": None}, "an institution in Germany"),
        ({"kind": "region", "country": "UA"}, "a region in Ukraine"),
    ],
)
def test_the_words_for_other_members(db, changes, words):
    if changes["kind"] == "region":
        changes["place"] = make_place(country="UA", level=Place.Level.REGION, official_name="Canary Oblast")
    listing = make_listing(member=make_member(**changes), is_member_hidden=True)
    shown = named(listing, "member", Audience.PUBLIC)
    assert shown.name.text == words
    assert not shown.slug
    assert "Canary" not in shown.place


# --- Search ------------------------------------------------------------------------------------------------


def found(text, language="en", *, for_members):
    words = words_query(text, language, for_members=for_members)
    asked = Criteria(today=timezone.localdate(), words=words, for_members=for_members)
    return [hit.listing_id for hit in ListingSearch.objects.ids(asked, None, 25)]


@pytest.mark.parametrize(
    ("needed", "everyone_finds", "members_find"),
    [("members", False, True), ("partner", False, False), ("coordinators", False, False)],
)
def test_words_are_found_by_those_who_may_read_them(db, needed, everyone_finds, members_find):
    listing = make_restricted(needed)
    reindex_listings()
    for word in ("canarytext", "canaryline"):
        assert bool(found(word, for_members=False)) == everyone_finds
        assert bool(found(word, for_members=True)) == members_find
    for for_members in (True, False):
        assert found("titles", for_members=for_members) == [listing.pk]
    # A restricted word and a public one in one search.
    assert bool(found("canarytext title", for_members=True)) == members_find
    assert found("canarytext title", for_members=False) == []


def test_a_listing_for_members_is_found_by_members_with_all_its_words(db):
    listing = make_restricted("public", audience="members")
    reindex_listings()
    assert found("canarytext", for_members=True) == [listing.pk]
    assert found("canarytext", for_members=False) == found("title", for_members=False) == []


def test_a_hidden_member_is_found_by_its_region_only(db):
    listing = make_hidden()
    reindex_listings()
    for text, language in (("Канаркова", "uk"), ("Канаркове", "uk"), ("Canary", "en")):
        assert found(text, language, for_members=False) == []
        assert found(text, language, for_members=True) == [listing.pk]
    assert found("Харківська", "uk", for_members=False) == [listing.pk]
    row = ListingSearch.objects.get()
    assert f"r:{listing.member.place.region_id}" in row.facets
    assert "c:UA" in row.facets


def test_a_hidden_oblast_is_not_found_by_itself(db):
    oblast = make_place(country="UA", level=Place.Level.REGION, official_name="Canary Oblast")
    make_listing(member=make_member(kind="region", country="UA", place=oblast), is_member_hidden=True)
    reindex_listings()
    assert found("canary", for_members=False) == []
    assert not [facet for facet in ListingSearch.objects.get().facets if facet.startswith("r:")]


@pytest.mark.parametrize("field", ["member", "handover", "files"])
def test_a_hidden_member_is_not_told_by_another_field(db, field):
    listing = make_listing(is_member_hidden=True)
    assert not visible(listing, field, Audience.PUBLIC)
    assert visible(listing, field, Audience.MEMBERS)
    listing.field_audiences = {"handover": "partner", "files": "partner"}
    assert visible(listing, field, Audience.MEMBERS) == (field == "member")
