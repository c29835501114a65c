"""Orders of the lists: each shows everything once on its pages by key, forwards and backwards, with any filter."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import lists
from partnerships.actions import search as actions
from partnerships.actions.search import reindex_listings
from partnerships.models import ListingSearch, search_sql
from partnerships.models.search import Criteria
from partnerships.models.search_sql import BY_PLACE, ENDING, NEWEST, URGENT, order_named
from tests.factories import make_listing, make_member, make_place

ORDERS = [NEWEST, ENDING, URGENT, BY_PLACE["uk"]]
PLACES = {
    "Lviv": "Львів",
    "Ivankiv": "Іванків",
    "Hirske": "Гірське",
    "Gareli": "Ґарелі",
    "Yaremche": "Яремче",
}


def url(language="en"):
    with translation.override(language):
        return reverse("partnerships:listing_list")


@pytest.fixture
def twenty(db, monkeypatch):
    """Twenty listings, many of them alike in every key but the last; small groups and a short probe."""
    monkeypatch.setattr(search_sql, "PROBE", 3)
    monkeypatch.setattr(actions, "AGE_SIZES", (2, 4, 8))
    members = [
        make_member(country="UA", place=make_place(country="UA", name_en=english, name_uk=ukrainian))
        for english, ukrainian in PLACES.items()
    ]
    now, today = timezone.now(), timezone.localdate()
    for n in range(20):
        make_listing(
            member=members[n * 7 % 5], title_en=f"Item {n}", urgency=["normal", "high", "critical"][n % 3],
            expires_on=today + timedelta(days=n * 3 % 7), published_at=now - timedelta(minutes=n // 2),
            kind="need" if n % 4 == 0 else "offer",
        )  # fmt: skip
    reindex_listings()


def walked(criteria, order, size):
    """All pages forwards, then all backwards from the last one."""
    pages, cursor = [], None
    while True:
        hits = ListingSearch.objects.ids(criteria, cursor, size, order)
        page = lists.cut(hits, order.keys, cursor, size)
        pages.append([hit.listing_id for hit in page.rows])
        if not page.after:
            break
        cursor = lists.read_cursor(ListingSearch, order.keys, {"after": page.after})
    back = [pages[-1]]
    while page.before:
        cursor = lists.read_cursor(ListingSearch, order.keys, {"before": page.before})
        page = lists.cut(ListingSearch.objects.ids(criteria, cursor, size, order), order.keys, cursor, size)
        back.insert(0, [hit.listing_id for hit in page.rows])
    return pages, back


def test_every_order_shows_everything_once(twenty):
    rows = list(ListingSearch.objects.all())
    everything = Criteria(today=timezone.localdate())
    asked = [everything, Criteria(today=everything.today, facets=(("kind", ("k:need",)),)),
             Criteria(today=everything.today, words="'en:item'"),
             Criteria(today=everything.today, facets=(("kind", ("k:none",)),))]  # fmt: skip
    for order in ORDERS:
        for criteria, fits in zip(
            asked, [rows, [r for r in rows if r.kind == "need"], rows, []], strict=True
        ):
            keys = [(column, -1 if way == "desc" else 1) for column, way in order.keys]
            is_down = keys[0][1] < 0
            expected = [
                row.listing_id
                for row in sorted(
                    fits, key=lambda row: tuple(getattr(row, name) for name, _way in keys), reverse=is_down
                )
            ]
            for size in (3, 7, 25):
                pages, back = walked(criteria, order, size)
                assert [pk for page in pages for pk in page] == expected, (order.name, size)
                assert back == pages, (order.name, size)


def test_the_list_stands_in_the_order_that_was_chosen(client, twenty):
    today = timezone.localdate()

    def values(sort, language="uk"):
        response = client.get(f"{url(language)}?sort={sort}")
        current = [link["label"] for link in response.context["sort_links"] if link["is_current"]]
        assert len(current) == 1
        rows = {row.listing.title_en: row for row in ListingSearch.objects.select_related("listing")}
        return [rows[card["title"]] for card in response.context["cards"]], response

    rows, _response = values("ending", "en")
    days = [(row.expires_on - today).days for row in rows]
    assert days == sorted(days)
    rows, _response = values("urgent", "en")
    assert [row.urgency for row in rows] == sorted((row.urgency for row in rows), reverse=True)
    _rows, response = values("place")
    places = list(dict.fromkeys(card["place"] for card in response.context["cards"]))
    assert places == [f"{name}, Україна" for name in ("Гірське", "Ґарелі", "Іванків", "Львів", "Яремче")]
    _rows, response = values("nonsense")
    assert response.context["sort"] == ""


def test_the_order_stays_with_pages_filters_and_the_form(client, twenty):
    response = client.get(f"{url()}?sort=ending&kind=offer")
    assert '<input type="hidden" name="sort" value="ending">' in response.content.decode()
    assert response.context["chips"][0]["remove_url"] == "?sort=ending"
    links = {link["label"]: link["url"] for link in response.context["sort_links"]}
    assert links == {
        "newest": "?kind=offer", "ending soonest": "?sort=ending&kind=offer",
        "most urgent": "?sort=urgent&kind=offer", "place": "?sort=place&kind=offer",
    }  # fmt: skip


@pytest.mark.parametrize("order", ORDERS)
def test_an_index_holds_each_order(twenty, order):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
        statement, params = search_sql.walk_sql(Criteria(today=timezone.localdate()), None, 5, order)
        cursor.execute(statement.replace("SELECT", "EXPLAIN SELECT", 1), params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Sort" not in plan
    assert "listing_search_" in plan


def test_names_of_orders():
    assert order_named("place", "pl") == BY_PLACE["pl"]
    assert order_named("place", "de") == BY_PLACE["en"]
    assert order_named("ending", "uk") == ENDING
    assert order_named("'; DROP", "uk") == NEWEST
