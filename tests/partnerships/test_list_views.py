"""A list as a table, on the map and on paper: the same filters, the same readers, the same cost however long."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core import freshness
from alliance.core.languages import LANGUAGES, fingerprint
from alliance.core.models import MachineText
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


def _changed_title(need):
    need.title_en = "Another title"
    need.save()


def _changed_lines(need):
    need.lines.update(quantity=77)
    need.save()


def _hidden_member(need):
    need.is_member_hidden = True
    need.save()


def _moved_member(need):
    need.member.place = make_place(country="UA", name_en="Konotop")
    need.member.save()


def _committed(need):
    make_pledge_line(need.lines.first(), {"committed": 3})


def _for_members(need):
    need.field_audiences = {"lines": "members"}
    need.save()


CHANGES = [_changed_title, _changed_lines, _hidden_member, _moved_member, _committed, _for_members]


@pytest.mark.parametrize("change", CHANGES)
def test_no_view_shows_what_was_before(client, need, change):
    addresses = [f"{url('need_list', code)}?{view}" for view in ("view=table", "view=") for code in LANGUAGES]
    before = {address: parts(client, address) for address in addresses}
    change(need)
    freshness.touch()  # as the journal does with every verb; the search row is written anew by some of them alone
    for address, shown in before.items():
        assert parts(client, address) != shown, address


def parts(client, address):
    """What of a page is kept: the cards of the list, or its table."""
    page = client.get(address).content.decode()
    part = "<tbody>" if "view=table" in address else 'class="cards"'
    return page[page.index(part) : page.index('class="downloads"')]


def test_a_machines_translation_is_shown_once_it_is_there(client, need, settings):
    settings.MACHINE_TRANSLATION = "libretranslate://translate.example.org"
    views = [f"{url('need_list', 'pl')}?view={view}" for view in ("table", "")]
    assert all("Prąd" not in parts(client, address) for address in views)
    MachineText.objects.create(
        target=need, field="title", source_language="en", language="pl", fingerprint=fingerprint("Power", "en"),
        text="Prąd", status="done", done_at=timezone.now(),
    )  # fmt: skip
    freshness.touch()
    assert all("Prąd" in parts(client, address) for address in views)


def test_rows_of_the_table_are_kept_for_their_readers_and_languages(client, need, django_assert_num_queries):
    need.field_audiences = {"lines": "members"}
    need.save()
    reindex_listings()
    address = f"{url('need_list')}?view=table"
    public = parts(client, address)
    assert "Generator" not in public
    with django_assert_num_queries(1):  # the ids: rows and counts are known
        assert parts(client, f"{address}&fresh=1") == public
    polish = parts(client, f"{url('need_list', 'pl')}?view=table")
    assert "/pl/listings/" in polish
    assert "/en/listings/" not in polish
    assert parts(client, f"{url()}?view=table") != public  # a column more
    sign_in(client)
    assert "Generator" in parts(client, address)
    client.logout()
    assert parts(client, f"{address}&fresh=2") == public


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


@pytest.mark.parametrize(("view", "queries"), [("table", 17), ("map", 6)])
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
