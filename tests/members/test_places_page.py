"""The page “Find my place”: whole, as a fragment, as suggestions; and what it says about members."""

import pytest
from django.urls import reverse

from members.actions.places import fill_search
from members.models import Member, Place
from tests.factories import make_member, make_place

HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "place-results"}


def lodz(**changes) -> Place:
    place = make_place(official_name="Łódź", name_uk="Лодзь", population=645_000, **changes)
    fill_search(place)
    place.save()
    return place


@pytest.fixture
def url(db) -> str:
    return reverse("members:place_search")


def test_place_search_plain_get_finds_and_offers_the_claim(client, url):
    place = lodz()
    page = client.get(url, {"q": "lodz"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "Łódź" in text
    assert "645,000" in text
    assert "Poland" in text  # also before a register of countries is loaded
    assert f"{reverse('members:join_start')}?place={place.code}" in text
    assert f"{reverse('members:join_start')}?place=none" in text
    assert "<html" in text


def test_place_search_answers_htmx_with_the_list_alone(client, url):
    lodz()
    text = client.get(url, {"q": "Лодзь"}, **HTMX).content.decode()
    assert "Łódź" in text
    assert "<html" not in text


def test_place_search_answers_a_search_box_with_suggestions(client, url):
    lodz()
    text = client.get(url, {"q": "lodz"}, **(HTMX | {"HTTP_HX_TARGET": "place-list"})).content.decode()
    assert text.count('role="option"') == 1


def test_place_search_varies_by_htmx_so_that_no_cache_mixes_page_and_list(client, url):
    assert "HX-Request" in client.get(url)["Vary"]
    assert "HX-Target" in client.get(url)["Vary"]


def test_place_search_shows_the_member_instead_of_the_claim(client, url):
    place = lodz()
    member = make_member(place=place, official_name="City of Łódź")
    text = client.get(url, {"q": "lodz"}).content.decode()
    assert "City of Łódź" in text
    assert reverse("members:member_detail", args=[member.slug]) in text
    assert f"place={place.code}" not in text


def test_place_search_knows_the_member_that_joined_under_the_other_register(client, url):
    place = lodz()
    twin = make_place(code="PL-lodz", register=Place.Register.TABLE, same_as=place)
    make_member(place=twin, official_name="City of Łódź")
    text = client.get(url, {"q": "lodz"}).content.decode()
    assert "City of Łódź" in text
    assert f"place={place.code}" not in text


def test_place_search_says_that_a_place_is_applied_for_and_nothing_more(client, url):
    place = lodz()
    make_member(
        place=place, status=Member.Status.PENDING, contact_name="Jan Tajny", official_name="Urząd Miasta"
    )
    text = client.get(url, {"q": "lodz"}).content.decode()
    assert "Application under way" in text
    assert "Tajny" not in text
    assert "Urząd" not in text


def test_place_search_says_nothing_of_drafts(client, url):
    place = lodz()
    make_member(place=place, status=Member.Status.DRAFT)
    assert "Application under way" not in client.get(url, {"q": "lodz"}).content.decode()


def test_place_search_empty_short_nothing_and_similar(client, url):
    lodz()
    make = make_place(official_name="Częstochowa")
    fill_search(make)
    make.save()
    assert "Type at least two letters" not in client.get(url).content.decode()
    assert "Type at least two letters" in client.get(url, {"q": "ł"}).content.decode()
    assert "Nothing found" in client.get(url, {"q": "Xyzzyqq"}).content.decode()
    assert "These names are similar" in client.get(url, {"q": "Czestohcowa"}).content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "a" * 900,
        "🏠🏠",
        "'; DROP TABLE members_place; --",
        "<script>alert(1)</script>",
        "‮dzoŁ",
        "%",
        "a|b&!:*(",
    ],
)
def test_place_search_takes_anything(client, url, text):
    page = client.get(url, {"q": text})
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()


def test_place_search_refuses_nul_10_kb_and_other_verbs_without_a_5xx(client, url):
    assert client.get(url, {"q": "a" * 10_000}).status_code in (200, 400, 414)
    assert client.get(url, {"q": "a\0b"}).status_code in (200, 400)
    assert client.post(url, {"q": "a"}).status_code in (403, 405)


@pytest.mark.parametrize("count", [1, 3])
def test_place_search_asks_a_constant_number_of_times(client, url, count, django_assert_num_queries):
    for n in range(count):
        place = lodz(code=f"PL_{n}", parent=make_place(level="district"), region=make_place(level="region"))
        make_member(place=place)
    with django_assert_num_queries(3):  # places, their members, the countries
        text = client.get(url, {"q": "lodz"}).content.decode()
    assert text.count('class="place-result"') == count


def test_place_search_tells_namesakes_apart_by_region_and_country(client, url):
    make_place(code="PL", official_name="Poland", level="country", name_pl="Polska")
    lodz(region=make_place(official_name="Łódzkie", level="region", code="PL71"))
    assert "Łódzkie, Poland" in client.get(url, {"q": "lodz"}).content.decode()


def test_place_search_tells_namesakes_of_one_district_apart_by_their_official_names(client, url):
    for kind in ("сільська", "селищна"):
        named = make_place(official_name=f"Миколаївська {kind} громада", name_en="Mykolaivka", country="UA")
        fill_search(named)
        named.save()
    text = client.get(url, {"q": "Mykolaivka"}).content.decode()
    assert text.count("Миколаївська сільська громада") >= 1
    assert text.count("Миколаївська селищна громада") >= 1


def test_place_search_in_ukrainian_uses_the_readers_names(client, db):
    lodz()
    text = client.get("/uk/members/find-a-place/", {"q": "lodz"}).content.decode()
    assert "Лодзь" in text
    assert "645 000".replace(" ", "\u00a0") in text
