"""Search rows: which languages find what, audience, groups by age, rebuilding."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from alliance.core.lists import Cursor
from partnerships import tasks
from partnerships.actions import search as actions
from partnerships.models import Listing, ListingSearch, search_sql
from partnerships.models.search import AGES, Counts, Criteria
from partnerships.search_text import words_query
from tests.factories import make_listing, make_member, make_place, make_sector


def found(text, language, size=100, cursor=None, **criteria):
    words = words_query(text, language) if text is not None else None
    asked = Criteria(today=timezone.localdate(), words=words, **criteria)
    return [hit.listing_id for hit in ListingSearch.objects.ids(asked, cursor, size)]


def in_polish_only(**changes):
    texts = {"title_en": None, "text_en": None, "title_pl": "Agregaty", "text_pl": "Dwa agregaty dla szkoły."}
    return make_listing(**(texts | {"original_language": "pl"} | changes))


@pytest.mark.parametrize("reader", ["en", "pl", "uk"])
def test_a_text_in_one_language_is_found_by_its_words_whoever_reads(db, reader):
    listing = in_polish_only()
    actions.reindex_listings()
    assert found("szkołach", reader) == [listing.pk]
    assert found("szkoly", reader) == [listing.pk]
    assert found("szpital", reader) == []


def test_a_text_that_a_reader_sees_in_their_language_is_searched_in_it_only(db):
    listing = make_listing(title_en="The most useful", title_pl="Łopaty", text_pl="Dwie.")
    bridge = in_polish_only(title_pl="Most", text_pl="Most.")
    actions.reindex_listings()
    assert found("mosty", "pl") == [bridge.pk]
    assert set(found("useful", "en")) == {listing.pk}
    assert found("useful", "pl") == []


def test_a_text_without_the_readers_language_is_found_by_its_sector_in_it(db):
    sector = make_sector(name_uk="Енергетика", keywords_uk="генератор")
    listing = in_polish_only(sectors=[sector])
    actions.reindex_listings()
    assert found("генератори", "uk") == [listing.pk]


def test_a_german_text_is_found_as_it_is_written(db):
    texts = {"title": "Feuerwehrauto für Schüler", "text": "Baujahr 2010."}
    listing = make_listing(title_en=None, text_en=None, original_language="de", original_texts=texts)
    actions.reindex_listings()
    assert found("feuerwehrauto", "uk") == [listing.pk]
    assert found("schuler", "pl") == [listing.pk]


def test_member_and_place_are_found_in_the_readers_spelling(db):
    place = make_place(name_en="Lviv", name_pl="Lwów", name_uk="Львів")
    listing = make_listing(member=make_member(place=place), title_pl="Łopaty", text_pl="Dwie.")
    actions.reindex_listings()
    assert found("lwowie", "pl") == [listing.pk]
    assert found("lviv", "en") == [listing.pk]


def test_words_of_restricted_texts_are_never_matched_for_everyone(db):
    secret = make_listing(audience="members", title_en="Transformer")
    actions.reindex_listings()
    assert found("transformer", "en") == []
    assert found("transformer", "en", for_members=True) == [secret.pk]
    asked = Criteria(today=timezone.localdate(), words=words_query("transformer", "en"))
    assert ListingSearch.objects.counts(asked) == Counts(0, {})


@pytest.mark.parametrize("text", ["!!!", "' | '", "\\", "()", "…", "\0"])
def test_a_search_without_a_word_finds_nothing(db, text):
    make_listing()
    actions.reindex_listings()
    assert found(text, "en") == []


@pytest.fixture
def small_groups(monkeypatch):
    """Groups of 2, 4 and 8 rows and a probe of 3, so that a few rows fill every group."""
    monkeypatch.setattr(search_sql, "PROBE", 3)
    monkeypatch.setattr(actions, "AGE_SIZES", (2, 4, 8))


@pytest.fixture
def thirty(db, small_groups):
    """Thirty listings in all groups; every third speaks of pumps, every tenth of a bridge. Newest first."""
    member, now = make_member(), timezone.now()
    listings = []
    for n in range(30):
        words = f"Item {n}{' pump' * (n % 3 == 0)}{' bridge' * (n % 10 == 9)}"
        published_at = now - timedelta(minutes=n // 2)
        listings.append(make_listing(member=member, title_en=words, published_at=published_at))
    actions.reindex_listings()
    return sorted(listings, key=lambda listing: (listing.published_at, listing.pk), reverse=True)


def test_groups_hold_the_newest_first_and_do_not_overlap(thirty):
    rows = list(ListingSearch.objects.order_by("-published_at", "-listing_id").values_list("age", flat=True))
    assert rows == [0] * 2 + [1] * 4 + [2] * 8 + [3] * 16


def test_a_new_row_enters_the_group_of_its_neighbours(thirty):
    for position in (0, 1, 5, 13, 29):
        late = make_listing(published_at=thirty[position].published_at - timedelta(seconds=1))
        actions.index_listing(late)
    ages = ListingSearch.objects.order_by("-published_at", "-listing_id").values_list("age", flat=True)
    assert list(ages) == sorted(ages)
    actions.regroup()
    assert list(ListingSearch.objects.order_by("age").values_list("age", flat=True)).count(0) == 2


@pytest.mark.parametrize("size", [1, 2, 5, 25])
@pytest.mark.parametrize(
    ("text", "facets"),
    [(None, ()), ("item", ()), ("pump", ()), ("bridge", ()), ("pump bridge", ()), ("absent", ()),
     (None, (("kind", ("k:offer",)),)), ("pump", (("kind", ("k:offer",)),)), (None, (("sector", ("s:NO",)),))],
)  # fmt: skip
def test_pages_of_a_search_are_the_slices_of_an_honest_list(thirty, text, facets, size):
    expected = [
        listing
        for listing in thirty
        if all(word in listing.title_en.lower() for word in (text or "").split())
        and ("sector", ("s:NO",)) not in facets
    ]
    pages, cursor = [], None
    while True:
        hits = found(text, "en", size, cursor, facets=facets)
        pages.append(hits[:size])
        if len(hits) <= size:
            break
        last = next(listing for listing in thirty if listing.pk == hits[size - 1])
        cursor = Cursor((last.published_at, last.pk), False)
    assert [pk for page in pages for pk in page] == [listing.pk for listing in expected]
    if expected:
        cursor = Cursor((expected[-1].published_at, expected[-1].pk), True)
        back = found(text, "en", size, cursor, facets=facets)[:size]
        assert back == [listing.pk for listing in reversed(expected[:-1])][:size]


def fill_the_table(copies):
    """Rows without a listing, of all groups, none of which says “pump”: among few rows a planner takes any index.
    Forgotten again before the constraints are looked at."""
    columns = [field.column for field in ListingSearch._meta.concrete_fields]
    changed = {
        "listing_id": "listing_id + 1000000 * n",
        "vector": "'else:1'::tsvector",
        "age": f"n %% {len(AGES)}",
    }
    values = ", ".join(f"{changed.get(name, name)}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO partnerships_listingsearch ({', '.join(columns)})"
            f" SELECT {values} FROM partnerships_listingsearch, generate_series(1, %s) n",
            [copies],
        )
        cursor.execute("ANALYZE partnerships_listingsearch")


def test_a_search_reads_the_index_of_its_group(thirty):
    fill_the_table(200)
    sql, params = search_sql.group_sql(
        Criteria(today=timezone.localdate(), words=words_query("pump", "en")), None, 25, 3
    )
    with connection.cursor() as cursor:
        # Among so few rows the index of last days is as cheap, by chance; it comes back with the end of the test.
        cursor.execute("DROP INDEX listing_search_ending")
        cursor.execute(sql.replace("WITH hits", "EXPLAIN WITH hits", 1), params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("DELETE FROM partnerships_listingsearch WHERE listing_id > 1000000")
    assert "listing_search_3" in plan
    assert "Seq Scan on partnerships_listingsearch" not in plan


def test_every_group_has_its_own_index():
    names = {index.name for index in ListingSearch._meta.indexes}
    assert {f"listing_search_{age}" for age in AGES} <= names


def test_the_sweep_finds_rows_that_fell_behind(db):
    fresh, renamed, unknown = make_listing(), make_listing(), make_listing(title_en="Unknown pumps")
    actions.reindex_listings(Listing.objects.filter(pk__in=[fresh.pk, renamed.pk]))
    renamed.member.name_en = "Gdynia"
    renamed.member.save()
    assert found("gdynia", "en") == []
    assert tasks.refresh_search() == 2
    assert found("gdynia", "en") == [renamed.pk]
    assert found("pumps", "en") == [unknown.pk]
    assert tasks.refresh_search() == 0


def test_reindex_listings_rebuilds_everything(db, capsys):
    listing, ended = make_listing(), make_listing()
    actions.reindex_listings()
    Listing.objects.filter(pk=ended.pk).update(status="expired")
    call_command("reindex_listings")
    assert list(ListingSearch.objects.values_list("listing_id", flat=True)) == [listing.pk]
    assert "1 listings are searchable" in capsys.readouterr().out
