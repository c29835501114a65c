"""Lists and pages of needs and offers: who sees what, filters, counts, pages, languages, bad input."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import freshness
from partnerships.actions.search import reindex_listings
from partnerships.models import Listing
from partnerships.views import fragments
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_listing,
    make_member,
    make_place,
    make_representative,
    make_sector,
    make_user,
)

LISTS = ["need_list", "offer_list", "listing_list"]


def url(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}", args=args)


def login(client, member=None, **changes):
    representative = make_representative(member=member or make_member(), **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


def titles(response):
    return [card["title"] for card in response.context["cards"]]


@pytest.fixture
def energy(db):
    return make_sector(
        code="ENE-02", parent=make_sector(code="ENE", name_en="Energy"), name_en="Backup power"
    )


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_so(client, db, name):
    response = client.get(url(name))
    assert response.status_code == 200
    assert "Nothing is published here yet" in response.content.decode()


def test_lists_show_their_kind_newest_first(client, energy):
    now = timezone.now()
    for n, kind in enumerate(["need", "offer", "need"]):
        make_listing([energy], kind=kind, title_en=f"{kind} {n}", published_at=now - timedelta(hours=n))
    reindex_listings()
    assert titles(client.get(url("need_list"))) == ["need 0", "need 2"]
    assert titles(client.get(url("offer_list"))) == ["offer 1"]
    response = client.get(url("listing_list"))
    assert titles(response) == ["need 0", "offer 1", "need 2"]
    assert response.context["total"] == "3 results"


def make_every_state():
    """One listing for each reason not to show one, and one to show."""
    today = timezone.localdate()
    return {
        "open": make_listing(title_en="open"),
        "members": make_listing(title_en="members", audience="members"),
        "last day": make_listing(title_en="last day", expires_on=today),
        "past": make_listing(title_en="past", expires_on=today - timedelta(days=1)),
        "on hold": make_listing(title_en="on hold", member=make_member(status="on_hold")),
        **{
            status: make_listing(title_en=status, status=status)
            for status in ("draft", "review", "expired", "withdrawn")
        },
    }


def test_the_list_shows_what_is_open_to_its_reader(client, db):
    make_every_state()
    reindex_listings()
    assert set(titles(client.get(url("offer_list")))) == {"open", "last day"}
    login(client)
    assert set(titles(client.get(url("offer_list")))) == {"open", "members", "last day"}


def test_a_member_that_goes_on_hold_takes_its_listings_along(client, db):
    listing = make_listing()
    reindex_listings()
    type(listing.member).objects.filter(pk=listing.member_id).update(status="on_hold")
    assert titles(client.get(url("offer_list"))) == []
    assert client.get(url("listing_detail", listing.slug)).status_code == 404


@pytest.mark.parametrize("who", ["anonymous", "no member", "applicant", "member", "viewer", "coordinator"])
def test_the_page_shows_what_is_open_to_its_reader(client, db, who):
    listings = make_every_state()
    if who == "no member":
        client.force_login(make_user())
    elif who == "applicant":
        login(client, make_member(status="pending"))
    elif who == "member":
        login(client)
    elif who == "viewer":
        login(client, role="viewer")
    elif who == "coordinator":
        client.force_login(make_coordinator(has_second_factor=True))
    seen = {
        name
        for name, listing in listings.items()
        if client.get(url("listing_detail", listing.slug)).status_code == 200
    }
    open_to_all, everything = {"open", "last day"}, set(listings) - {"draft"}
    more = {"member": {"members"}, "viewer": {"members"}, "coordinator": everything}
    assert seen == open_to_all | more.get(who, set())


def test_its_own_representatives_see_every_state(client, db):
    member = make_member()
    mine = [make_listing(member=member, status=status) for status in Listing.Status.values]
    login(client, member, role="viewer")
    for listing in mine:
        response = client.get(url("listing_detail", listing.slug))
        assert response.status_code == 200
        assert not any(response.context[f"can_{verb}"] for verb in ("edit", "publish", "withdraw", "renew"))


def forget():
    fragments.CARDS.values.clear()
    fragments.CARDS.pages.values.clear()
    fragments.COUNTS.values.clear()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_with_one_and_three_rows(client, energy, django_assert_num_queries, name, rows):
    for _ in range(rows):
        make_listing([energy], kind="need" if name == "need_list" else "offer")
    reindex_listings()
    client.get(url(name))
    forget()
    # ids; marks; listings; lines; sectors; pledges; photos; counts; taxonomy
    with django_assert_num_queries(9):
        client.get(f"{url(name)}?fresh")  # another address than the one the micro-cache knows


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_of_a_member_cost_the_same_with_one_and_three_rows(
    client, energy, django_assert_num_queries, rows
):
    representative = login(client)
    for _ in range(rows):
        make_listing([energy], member=representative.member)
    reindex_listings()
    client.get(url("offer_list"))
    forget()
    with django_assert_num_queries(12):  # session, person, representation, and the nine of everyone
        client.get(url("offer_list"))
    with django_assert_num_queries(
        9
    ):  # session, person, representation, role twice, listings, lines, sectors, pledges
        client.get(url("my_listings"))


def test_cards_and_counts_are_kept_until_something_is_written(client, energy, django_assert_num_queries):
    listing = make_listing([energy])
    reindex_listings()
    freshness.touch()
    client.get(url("offer_list"))
    with django_assert_num_queries(1):  # the ids: cards and counts are known
        client.get(f"{url('offer_list')}?fresh")
    listing.title_en = "Another title"
    listing.save()
    make_listing([energy])
    reindex_listings()
    freshness.touch()
    response = client.get(url("offer_list"))
    assert response.context["total"] == "2 offers"
    assert "Another title" in response.content.decode()


def facet(response, name):
    return next(facet for facet in response.context["facets"] if facet.name == name)


def counted(response, name):
    return {choice.value: choice.count for choice in facet(response, name).choices}


@pytest.fixture
def varied(energy):
    water = make_sector(code="WAT", name_en="Water")
    oblast = make_place(register="katotth", code="UA59", level="region", country="UA", name_en="Sumy oblast")
    sumy = make_member(country="UA", place=make_place(country="UA", region=oblast, name_en="Sumy"))
    gdynia = make_member(country="PL", place=make_place(country="PL", name_en="Gdynia"))
    soon, later = (timezone.localdate() + timedelta(days=days) for days in (5, 90))
    make_listing([energy], kind="need", member=sumy, title_en="Generators", expires_on=later)
    make_listing([energy, water], kind="need", member=sumy, title_en="Pumps", expires_on=soon)
    make_listing(
        [water], kind="offer", member=gdynia, title_en=None, text_en=None, title_pl="Cysterny", text_pl="Dwie.",
        original_language="pl",
    )  # fmt: skip
    make_listing([energy.parent], kind="offer", member=gdynia, title_en="Audit")
    reindex_listings()
    return oblast


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sector=ENE", {"Generators", "Pumps", "Audit"}),
        ("sector=ENE-02", {"Generators", "Pumps"}),
        ("sector=ENE-02&sector=WAT", {"Generators", "Pumps", "Cysterny"}),
        ("country=PL", {"Cysterny", "Audit"}),
        ("kind=need", {"Generators", "Pumps"}),
        ("kind=need&sector=WAT", {"Pumps"}),
        ("lang=pl", {"Cysterny"}),
        ("region={region}", {"Generators", "Pumps"}),
        ("until={later}&kind=need", {"Generators"}),
        ("country=UA&country=PL&sector=WAT&lang=en", {"Pumps"}),
        ("sector=NOPE", set()),
        ("q=generators", {"Generators"}),
        ("q=sumy", {"Generators", "Pumps"}),
        ("q=generators&sector=WAT", set()),
    ],
)
def test_filters_narrow_the_list(client, varied, query, found):
    later = (timezone.localdate() + timedelta(days=60)).isoformat()
    query = query.format(region=varied.pk, later=later)
    response = client.get(f"{url('listing_list')}?{query}")
    assert set(titles(response)) == found
    assert len(response.context["chips"]) == len(query.split("&"))


def test_counts_of_a_filter_ignore_itself_and_respect_the_others(client, varied):
    response = client.get(f"{url('listing_list')}?sector=WAT&kind=need")
    assert counted(response, "kind") == {"need": "1", "offer": "1"}
    assert counted(response, "sector") == {"ENE": "2", "WAT": "1"}
    assert counted(response, "country") == {"UA": "1"}
    response = client.get(f"{url('listing_list')}?sector=ENE-02")
    assert counted(response, "sector") == {"ENE": "3", "ENE-02": "2", "WAT": "2"}


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", ["Czechia", "Ireland", "Italy", "Latvia"]),
        ("pl", ["Czechy", "Irlandia", "Łotwa", "Włochy"]),
        ("uk", ["Ірландія", "Італія", "Латвія", "Чехія"]),
    ],
)
def test_countries_stand_in_the_order_of_the_readers_alphabet(client, db, language, names):
    for country in ("LV", "IT", "CZ", "IE"):
        make_listing(member=make_member(country=country))
    reindex_listings()
    response = client.get(url("offer_list", language=language))
    assert [choice.label for choice in facet(response, "country").choices] == names


def test_every_shown_count_is_what_choosing_it_finds(client, varied):
    for query in ("", "kind=need", "country=PL", "sector=ENE"):
        response = client.get(f"{url('listing_list')}?{query}")
        for group in response.context["facets"]:
            for choice in group.choices:
                if not any(other.is_checked for other in group.choices):
                    chosen = client.get(f"{url('listing_list')}?{query}&{group.name}={choice.value}")
                    assert str(len(titles(chosen))) == choice.count, (query, group.name, choice.value)


def test_a_chip_removes_its_filter_and_keeps_the_others(client, varied):
    response = client.get(f"{url('listing_list')}?sector=WAT&kind=need&q=pumps")
    assert [chip["label"] for chip in response.context["chips"]] == ["“pumps”", "Need", "Water"]
    assert [chip["remove_url"] for chip in response.context["chips"]] == [
        "?sector=WAT&kind=need",
        "?sector=WAT&q=pumps",
        "?kind=need&q=pumps",
    ]


def test_pages_by_key_hold_everything_once_and_keep_filters(client, energy):
    member, now = make_member(), timezone.now()
    for n in range(60):
        make_listing([energy], member=member, title_en=f"{n}", published_at=now - timedelta(minutes=n // 2))
    make_listing(member=member, title_en="other")
    reindex_listings()
    found, address = [], f"{url('offer_list')}?sector=ENE"
    with CaptureQueriesContext(connection) as asked:
        while address:
            response = client.get(address)
            found += titles(response)
            following = response.context["pages"]["next_url"]
            assert not following or "sector=ENE" in following
            address = following and url("offer_list") + following
    assert "OFFSET" not in str(asked.captured_queries)
    assert sorted(map(int, found)) == list(range(60))
    back = client.get(url("offer_list") + response.context["pages"]["previous_url"])
    assert titles(back) == found[25:50]


def test_anonymous_pages_touch_no_session_and_hold_no_token(client, energy):
    listing = make_listing([energy])
    reindex_listings()
    for address in (url("offer_list"), url("listing_detail", listing.slug)):
        response = client.get(address)
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in response.content.decode()
        again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304


def test_a_text_in_another_language_is_marked(client, energy):
    make_listing(
        [energy],
        title_en=None,
        text_en=None,
        title_pl="Agregaty",
        text_pl="Dwa agregaty.",
        original_language="pl",
    )
    german = make_listing(
        [energy],
        title_en=None,
        text_en=None,
        original_language="de",
        original_texts={"title": "Feuerwehrauto", "text": "Baujahr 2010."},
    )
    reindex_listings()
    page = client.get(url("offer_list", language="uk")).content.decode()
    assert 'lang="pl">Agregaty</a>' in page
    assert 'lang="de">Feuerwehrauto</a>' in page
    assert page.count("language-mark") == 2
    detail = client.get(url("listing_detail", german.slug, language="pl")).content.decode()
    assert '<span lang="de">Feuerwehrauto</span>' in detail
    assert '<div class="prose" lang="de">' in detail


def test_the_switch_of_languages_keeps_the_filters(client, varied):
    page = client.get(f"{url('listing_list')}?sector=WAT&q=pumps").content.decode()
    for code, name in (("pl", "Polski"), ("uk", "Українська")):
        there = f'href="/{code}/listings/?sector=WAT&amp;q=pumps" lang="{code}"'
        assert f'{there} hreflang="{code}" rel="alternate">{name}</a>' in page
    assert 'lang="en" aria-current="true">English</span>' in page
    for language, code in (("en", "en"), ("pl", "pl"), ("uk", "uk"), ("x-default", "en")):
        # For machines: the list itself, as its canonical address is.
        assert f'hreflang="{language}" href="http://portal.example.org/{code}/listings/"' in page


@pytest.mark.parametrize(("kind", "word"), [("need", "Demand"), ("offer", "Offer")])
def test_structured_data_carry_public_facts_only(client, energy, kind, word):
    listing = make_listing([energy], kind=kind, title_en="A </script><b>bold</b> title")
    page = client.get(url("listing_detail", listing.slug)).content.decode()
    assert 'type="application/ld+json"' in page
    assert f'"@type": "{word}"' in page
    assert "</script><b>" not in page
    for secret in (listing.member.contact_email, listing.member.contact_name):
        assert secret not in page
    restricted = make_listing([energy], audience="members", member=listing.member)
    login(client)
    assert "ld+json" not in client.get(url("listing_detail", restricted.slug)).content.decode()


NASTY = [
    "\0", "a\0b", "😀", "\u202e" * 50, "x" * 10_000, "'", "\\", "' | '", "!& | :* <-> ()", "'); DROP TABLE", "%00",
    "\ud800", "<script>alert(1)</script>", "{{7*7}}", "-1", "9" * 30, "٣", "2026-13-45", "0000-00-00", "NaN", "İ",
]  # fmt: skip


NAMES = [
    "q",
    "sector",
    "country",
    "kind",
    "item",
    "until",
    "size_from",
    "size_unit",
    "sort",
    "after",
    "nothing",
]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_parameters_do_no_harm(client, db, text):
    """The three lists are one view: they take the parameters in turn, and each gets every one of them."""
    for number, name in enumerate(NAMES, NASTY.index(text)):
        address = url(LISTS[number % len(LISTS)])
        response = client.get(address, {name: text.encode(errors="surrogatepass")})
        assert response.status_code in (200, 400, 422), name
        assert "<script>alert(1)" not in response.content.decode(), name


@pytest.mark.parametrize("slug", ["nothing", "x" * 3000, "😀", "a%00b", "-"])
def test_an_unknown_slug_is_not_found(client, db, slug):
    for name in ("", "edit/", "interest/"):
        assert client.get(f"/en/listings/{slug}/{name}").status_code in (302, 400, 404)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_lists_are_for_reading(client, db, name, method):
    assert getattr(client, method)(url(name)).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "is_marked"), [("en", False), ("uk", True)])
def test_the_item_of_a_line_is_marked_where_it_is_in_another_language(client, language, is_marked):
    listing = make_listing()
    with translation.override(language):
        page = client.get(reverse("partnerships:listing_detail", args=[listing.slug])).content.decode()
    assert "training places" in page
    assert ('<span lang="en">training places</span>' in page) == is_marked
