"""The public register: who is listed, filters, counts, spellings, order, pages, languages, bad input."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import freshness
from members.models import Member
from members.names import derive_search
from tests.factories import make_member, make_place, make_representative, make_sector


def url(name="member_list", *args, language="en"):
    with translation.override(language):
        return reverse(f"members:{name}", args=args)


def member(name, **changes):
    """A member whose search and order columns are derived from its names, as actions do."""
    made = make_member(official_name=name, **changes)
    made.save(update_fields=derive_search(made))
    return made


def names(response):
    return [card["name"] for card in response.context["cards"]]


def get(client, query="", language="en"):
    response = client.get(f"{url(language=language)}{query}")
    assert response.status_code == 200
    return response


def counts(response, name):
    facet = next((f for f in response.context["facets"] if f.name == name), None)
    return {choice.value: choice.count for choice in facet.choices} if facet else {}


def test_an_empty_register_says_so(client, db):
    assert "The register is still empty" in get(client).content.decode()


def test_only_approved_members_are_listed(client, db):
    for status in Member.Status.values:
        member(f"Town {status}", status=status)
    assert names(get(client)) == ["Town approved"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_with_one_and_three_rows(client, db, django_assert_num_queries, rows):
    for n in range(rows):
        place = make_place(region=make_place(level="region"))
        made = member(f"Town {n}", place=place, languages_spoken=["pl"])
        made.sectors.add(make_sector())
    # members with their places; counts of all filters; names of regions; the taxonomy
    with django_assert_num_queries(4):
        get(client)


@pytest.mark.parametrize("rows", [1, 3])
def test_filters_add_no_query(client, db, django_assert_num_queries, rows):
    sector, region = make_sector(code="ENE"), make_place(level="region", code="PL21")
    for n in range(rows):
        made = member(f"Town {n}", place=make_place(region=region), languages_spoken=["pl"])
        made.sectors.add(sector)
    query = "?q=town&country=PL&region=PL21&kind=municipality&tier=associated&sector=ENE&lang=pl"
    with django_assert_num_queries(4):
        assert len(names(get(client, query))) == rows


def test_counts_are_kept_until_something_is_written(client, db, django_assert_num_queries):
    member("Town")
    freshness.touch()
    get(client)
    with django_assert_num_queries(2):
        get(client, "?fresh")
    member("Village")
    freshness.touch()
    assert get(client, "?again").context["total"] == "2 members"


def test_a_page_for_everybody_sets_no_cookie_and_is_kept(client, db):
    member("Town")
    response = get(client)
    assert not response.cookies
    assert response.headers["ETag"]
    again = client.get(url(), headers={"if-none-match": response.headers["ETag"]})
    assert again.status_code == 304


@pytest.fixture
def four(db):
    """Two in Ukraine, one in Poland, an institution in Brussels."""
    oblast = make_place(
        register="katotth", code="UA18000000000041385", level="region", country="UA", official_name="Oblast"
    )
    energy = make_sector(code="ENE", name_en="Energy")
    backup = make_sector(code="ENE-02", parent=energy, name_en="Backup power")
    rows = {
        "a": member(
            "A", country="UA", place=make_place(country="UA", region=oblast), languages_spoken=["uk"]
        ),
        "b": member("B", country="UA", kind="region", place=oblast, languages_spoken=["uk", "en"]),
        "c": member("C", country="PL", languages_spoken=["pl", "en"], tier="core"),
        "d": member("D", country="BE", kind="institution", tier="institutional"),
    }
    rows["a"].sectors.add(backup)
    rows["c"].sectors.add(energy, backup)
    return rows


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?country=UA", "A B"),
        ("?country=UA&country=PL", "A B C"),
        ("?region=UA18000000000041385", "A B"),
        ("?kind=region&kind=institution", "B D"),
        ("?tier=core", "C"),
        ("?sector=ENE", "A C"),
        ("?sector=ENE-02", "A C"),
        ("?lang=en", "B C"),
        ("?lang=en&country=UA", "B"),
        ("?country=UA&kind=municipality&sector=ENE&lang=uk", "A"),
        ("?country=DE", ""),
    ],
)
def test_filters(client, four, query, expected):
    assert names(get(client, query)) == expected.split()


def test_counts_stand_under_the_other_filters(client, four):
    response = get(client)
    assert counts(response, "country") == {"UA": "2", "PL": "1", "BE": "1"}
    assert counts(response, "kind") == {"municipality": "2", "region": "1", "institution": "1"}
    assert counts(response, "region") == {"UA18000000000041385": "2"}
    assert counts(response, "sector") == {"ENE": "2"}
    assert counts(response, "lang") == {"uk": "2", "en": "2", "pl": "1"}
    response = get(client, "?country=UA")
    assert response.context["total"] == "2 members"
    assert counts(response, "country") == {"UA": "2", "PL": "1", "BE": "1"}
    assert counts(response, "kind") == {"municipality": "1", "region": "1"}
    assert counts(response, "lang") == {"uk": "2", "en": "1"}
    response = get(client, "?sector=ENE&country=UA")
    assert counts(response, "sector") == {"ENE": "1", "ENE-02": "1"}


def test_the_countries_that_are_chosen_stand_on_top(client, four):
    assert list(counts(get(client), "country")) == ["UA", "BE", "PL"]
    assert list(counts(get(client, "?country=PL"), "country")) == ["PL", "UA", "BE"]


def test_counts_equal_what_the_filter_then_shows(client, four):
    for facet in get(client).context["facets"]:
        for choice in facet.choices:
            shown = names(get(client, f"?{facet.name}={choice.value}"))
            assert len(shown) == int(choice.count), (facet.name, choice.value)


def test_chips_remove_one_filter_each(client, four):
    chips = get(client, "?q=c&country=PL&lang=en&lang=pl").context["chips"]
    assert [chip["label"] for chip in chips] == ["“c”", "Poland", "English", "Polish"]
    assert chips[2]["remove_url"] == "?q=c&country=PL&lang=pl"


def test_a_filter_that_nothing_has_any_more_can_be_removed(client, four):
    chips = get(client, "?country=DE&sector=XYZ&association=2345678923").context["chips"]
    assert [chip["label"] for chip in chips] == ["Germany", "XYZ", "2345678923"]
    assert "No member fits all of this" in get(client, "?country=DE").content.decode()


@pytest.mark.parametrize(
    "text", ["Житомир", "Zhytomyr", "Żytomierz", "zytomierz", "Schytomyr", "Jitomir", "жито"]
)
def test_any_spelling_finds(client, db, text):
    member(
        "Житомирська міська територіальна громада",
        name_uk="Житомир",
        name_en="Zhytomyr",
        name_pl="Żytomierz",
        country="UA",
    )
    member("Łódź", name_pl="Łódź")
    assert names(get(client, f"?q={text}")) == ["Zhytomyr"]


def test_what_is_written_so_comes_before_what_only_sounds_so(client, db):
    place = make_place(official_name="Lviv", keys="|lviv|львів|")
    member("Lebiv", name_en="Alviv Lviv Land")
    member("Lviv", place=place)
    member("Lwiw")
    assert names(get(client, "?q=Lviv")) == ["Lviv", "Alviv Lviv Land", "Lwiw"]


def test_words_that_name_nothing_find_nothing(client, four):
    response = get(client, "?q=%3B--%27%22")
    assert names(response) == []
    assert response.context["total"] == "0 members"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("pl", ["Łomża", "Lublin", "Zabrze", "Ïzium", "Єва"]),
        ("uk", ["Єва", "Їзюм", "Lublin", "Łomża", "Zabrze"]),
    ],
)
def test_the_order_is_the_readers_alphabet(client, db, language, expected):
    member("Lublin")
    member("Łomża")
    member("Zabrze")
    member("Єва")
    member("Ïzium", name_uk="Їзюм")
    found = names(get(client, language=language))
    if language == "pl":
        assert found.index("Lublin") < found.index("Łomża") < found.index("Zabrze")
    else:
        assert found[:2] == ["Єва", "Їзюм"]
    assert sorted(found) == sorted(expected)


def test_newest_members_first(client, db):
    now = timezone.now()
    for n, name in enumerate("ABC"):
        member(name, approved_at=now - timedelta(days=n if n else 9))
    response = get(client, "?sort=newest")
    assert names(response) == ["B", "C", "A"]
    assert [link["is_current"] for link in response.context["sort_links"]] == [False, True]


@pytest.mark.parametrize("query", ["?x=1", "?sort=newest", "?q=town"])
def test_pages_by_key_show_each_member_once(client, db, monkeypatch, query):
    for n in range(60):
        member(f"Town {n:02}", approved_at=timezone.now() - timedelta(hours=n // 3))
    seen, address = [], query
    with CaptureQueriesContext(connection) as asked:
        while address:
            response = get(client, address)
            seen += names(response)
            address = response.context["pages"]["next_url"]
    assert "OFFSET" not in str(asked.captured_queries)
    assert len(seen) == len(set(seen)) == 60
    assert len(names(get(client, response.context["pages"]["previous_url"]))) == 25


def test_a_change_of_language_keeps_the_filters(client, four):
    html = get(client, "?country=UA&lang=en").content.decode()
    assert 'href="/pl/members/?country=UA&amp;lang=en"' in html


def test_a_name_in_another_language_is_marked(client, db):
    member("Львівська громада", country="UA", name_en="", name_uk="Львів")
    html = get(client).content.decode()
    assert 'lang="uk">Львівська громада' in html
    assert "shown in Ukrainian" in html


def test_an_association_leads_to_its_members(client, db):
    association = member("Union", kind="association")
    member("Town", parent=association)
    member("Other")
    response = get(client, f"?association={association.slug}")
    assert names(response) == ["Town"]
    assert response.context["chips"][0]["label"] == "Union"


ODD = [
    "%00",
    "\U0001f600",
    "x" * 7000,
    "'\";--",
    "<script>",
    "%F0%28%8C%BC",
    "-1",
    "9" * 30,
    "UA%0AUA",
    "../..",
    "%ff",
]


PARAMETERS = [
    "q", "country", "region", "kind", "tier", "sector", "lang", "association", "sort", "after", "before"
]  # fmt: skip


@pytest.mark.parametrize("value", ODD, ids=range(len(ODD)))
def test_odd_values_are_no_error(client, four, value):
    """List, map and file read one set of filters: they take the parameters in turn."""
    pages = (url(), url("member_map"), url("member_export", "csv"))
    for number, name in enumerate(PARAMETERS, ODD.index(value)):
        cache.clear()
        response = client.get(f"{pages[number % 3]}?{name}={value}")
        assert response.status_code in (200, 400), name
        if response.status_code == 200 and not response.streaming:
            assert "<script>alert" not in response.content.decode(), name


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_only_reading(client, db, method):
    for page in (url(), url("member_map"), url("member_export", "csv"), url("member_detail", "2345678923")):
        assert getattr(client, method)(page).status_code == 405


def test_a_logged_in_reader_sees_the_same_list(client, four):
    client.force_login(make_representative().user)
    assert set("ABCD") <= set(names(get(client)))
