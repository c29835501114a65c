"""A list as a table, on the map and on paper: the same filters, the same readers, the same cost however long."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import freshness
from members import map as maps
from partnerships.actions.search import reindex_listings
from tests.factories import (
    PASSWORD,
    make_listing,
    make_member,
    make_place,
    make_pledge_line,
    make_representative,
    make_template,
)


def url(name="listing_list", language="en"):
    with translation.override(language):
        return reverse(f"partnerships:{name}")


def sign_in(client):
    client.login(username=make_representative().user.email, password=PASSWORD)


def cells(response):
    """The rows of the table as texts; the first cell names the listing."""
    rows = response.context["table"]["rows"] if response.context["table"] else []
    return [[str(cell["text"]) if isinstance(cell, dict) else str(cell) for cell in row] for row in rows]


@pytest.fixture
def oblast(db):
    return make_place(register="katotth", code="UA59", level="region", country="UA", name_en="Sumy oblast")


@pytest.fixture
def need(oblast):
    place = make_place(country="UA", region=oblast, name_en="Sumy")
    line = {"template": make_template(code="generator", name_en="Generator"), "item": "", "quantity": 10,
            "unit": "piece", "range_min": 300, "range_max": 700, "range_unit": "kw",
            "needed_by": timezone.localdate() + timedelta(days=5)}  # fmt: skip
    listing = make_listing(
        kind="need", title_en="Power", member=make_member(country="UA", place=place), line=line
    )
    listing.lines.create(item="cables", quantity=40, unit="m", position=1)
    make_pledge_line(listing.lines.first(), {"committed": 4})
    reindex_listings()
    return listing


def test_the_table_shows_lines_with_what_is_open(client, need):
    response = client.get(f"{url('need_list')}?view=table")
    assert [column["label"] for column in response.context["table"]["columns"]] == [
        "Item", "How many", "Still needed", "When", "Where",
    ]  # fmt: skip
    first, second = cells(response)
    assert first[:3] == ["Generator, 300–700 kW: Power", "10 pieces", "6 pieces"]
    assert first[3].startswith("by ")
    assert first[4] == "Sumy, Sumy oblast"
    assert second == ["cables: Power", "40 metres", "40 metres", "–", "Sumy, Sumy oblast"]


def test_the_table_shows_only_lines_that_were_asked_for(client, need):
    for query in ("item=generator", "size_from=400&size_unit=kw", "help=energy&kind=need"):
        response = client.get(f"{url()}?view=table&{query}")
        assert [row[0] for row in cells(response)] == ["Generator, 300–700 kW: Power"]
    assert [row[0] for row in cells(client.get(f"{url()}?view=table&help=other"))] == ["cables: Power"]


@pytest.mark.parametrize(("field", "hidden"), [("lines", {0, 1, 2, 3}), ("needed_by", {3}), ("member", {4})])
def test_the_table_keeps_what_its_reader_may_not_see(client, need, field, hidden):
    whole = cells(client.get(f"{url('need_list')}?view=table"))[0]
    if field == "member":
        need.is_member_hidden = True
    else:
        need.field_audiences = {field: "members"}
    need.save()
    reindex_listings()
    row = cells(client.get(f"{url('need_list')}?view=table"))[0]
    assert {n for n, cell in enumerate(row) if cell != whole[n]} == hidden
    sign_in(client)
    assert cells(client.get(f"{url('need_list')}?view=table"))[0] == whole


@pytest.mark.parametrize("view", ["table", "map"])
def test_another_view_keeps_filters_order_and_search(client, need, view):
    response = client.get(f"{url()}?kind=need&q=power&sort=ending&view={view}")
    page = response.content.decode()
    assert f'<input type="hidden" name="view" value="{view}">' in page
    links = {link["label"]: link for link in response.context["view_links"]}
    assert links["Cards"]["url"] == "?kind=need&q=power&sort=ending"
    assert links[view.capitalize()]["is_current"]
    assert response.context["chips"][0]["remove_url"] == f"?kind=need&sort=ending&view={view}"
    assert {"name": "view", "value": view} in response.context["kept"]


def area(rows, key):
    return next(row for row in rows if row["key"] == key)


def test_the_map_counts_what_was_found_and_leads_to_it(client, need, oblast):
    make_listing(member=make_member(country="PL", place=make_place(country="PL", name_en="Gdynia")))
    reindex_listings()
    shown = client.get(f"{url()}?view=map&q=power").context["map"]
    assert [(row["key"], row["count"]) for row in shown["countries"]] == [("UA", 1)]
    row = area(shown["oblasts"], "UA59")
    assert (row["name"], row["count"], row["url"]) == (
        "Sumy oblast", 1, f"?q=power&region={oblast.pk}&country=UA"
    )  # fmt: skip
    found = client.get(url() + row["url"])
    assert [card["title"] for card in found.context["cards"]] == ["Power"]
    shown = client.get(f"{url()}?view=map").context["map"]
    assert [(row["key"], row["count"]) for row in shown["countries"]] == [("UA", 1), ("PL", 1)]


def test_crimea_is_ukraine_on_this_map_too(client, need):
    response = client.get(f"{url()}?view=map")
    if maps.ukraine() is None:
        pytest.skip("no outlines here")
    keys = {area.key for area in maps.ukraine().areas}
    assert {maps.CRIMEA, maps.SEVASTOPOL} <= keys
    assert response.context["map"]["ukraine"]["dots"] == []


def test_the_map_names_nobody_who_is_not_named(client, oblast):
    """An oblast that hides its name counts for its country alone; a hromada for its oblast."""
    make_listing(member=make_member(kind="region", country="UA", place=oblast), is_member_hidden=True)
    reindex_listings()
    shown = client.get(f"{url()}?view=map").context["map"]
    assert [row["key"] for row in shown["countries"]] == ["UA"]
    assert shown["oblasts"] == []
    make_listing(audience="members", member=make_member(country="PL"))
    reindex_listings()
    assert [row["key"] for row in client.get(f"{url()}?view=map").context["map"]["countries"]] == ["UA"]
    sign_in(client)
    assert len(client.get(f"{url()}?view=map").context["map"]["countries"]) == 2


def test_paper_says_which_list_it_is(client, need):
    page = client.get(f"{url()}?kind=need&item=generator").content.decode()
    printed = page[page.index('class="print-only"') :]
    assert "Need; Generator." in printed
    assert "http://portal.example.org/en/listings/?kind=need&amp;item=generator" in printed
    assert str(timezone.localdate().year) in printed


@pytest.mark.parametrize(("view", "queries"), [("table", 16), ("map", 6)])
def test_a_view_costs_the_same_however_long(client, need, django_assert_num_queries, view, queries):
    client.get(url())
    for _n in range(2):
        freshness.touch()
        with django_assert_num_queries(queries):
            client.get(f"{url()}?view={view}&urgency=normal")
        make_listing(kind="need", member=need.member)
        make_pledge_line(make_listing(kind="need", member=need.member).lines.get(), {"committed": 1})
        reindex_listings()


def test_a_country_with_a_mark_has_its_footnote_among_the_filters(client, db):
    make_listing(member=make_member(country="XK"))
    reindex_listings()
    page = client.get(reverse("partnerships:listing_list")).content.decode()
    assert "Kosovo*" in page
    assert page.count("1244/1999") == 1
