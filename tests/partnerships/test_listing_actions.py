"""Verbs of needs and offers: rows, journal, search rows; every move; twice and two at once."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from alliance.core.models import JournalEntry
from alliance.core.states import NotAllowed
from members.models import Member
from partnerships import tasks
from partnerships.actions import listings as actions
from partnerships.actions.search import index_listing
from partnerships.drafts import Line, ListingContent
from partnerships.models import Listing, ListingSearch
from tests.factories import make_listing, make_member, make_sector, make_user

Status = Listing.Status


def content(**changes):
    fields = {
        "language": "uk",
        "titles": {"uk": "Генератори для водоканалу"},
        "texts": {"uk": "Три генератори на 100 кВт."},
        "sectors": ["ENE-02"],
        "lines": [Line("генератори", Decimal(3), "piece")],
        "expires_on": timezone.localdate() + timedelta(days=60),
        "audience": "public",
        "names_no_site": True,
    }
    return ListingContent(**(fields | changes))


@pytest.fixture
def sector(db):
    return make_sector(code="ENE-02", parent=make_sector(code="ENE"))


@pytest.fixture
def draft(sector):
    member = make_member(country="UA")
    return actions.create_listing(member=member, kind="need", content=content(), by=make_user())


def verbs():
    return list(JournalEntry.objects.order_by("id").values_list("verb", flat=True))


def test_create_listing_stores_a_draft(draft):
    listing = Listing.objects.get(pk=draft.pk)
    assert listing.status == Status.DRAFT
    assert (listing.title_uk, listing.title_pl, listing.original_language) == (
        "Генератори для водоканалу",
        None,
        "uk",
    )
    assert [sector.code for sector in listing.sectors.all()] == ["ENE-02"]
    line = listing.lines.get()
    assert (line.item, line.quantity, line.unit) == ("генератори", 3, "piece")
    assert verbs() == ["listing.created"]
    assert not ListingSearch.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["title", "text"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_the_database_refuses_a_published_listing_without_words(field, nothing):
    listing = make_listing()
    emptied = {f"{field}_{code}": nothing for code in ("en", "pl", "uk")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(**emptied)
    Listing.objects.filter(pk=listing.pk).update(**emptied, original_texts={field: "Feuerwehrauto"})


def test_create_listing_keeps_a_german_text_as_the_original(sector):
    written = content(language="de", titles={"de": "Feuerwehrauto"}, texts={"de": "Baujahr 2010."})
    listing = actions.create_listing(member=make_member(), kind="offer", content=written, by=make_user())
    listing.refresh_from_db()
    assert listing.original_texts == {"title": "Feuerwehrauto", "text": "Baujahr 2010."}
    actions.publish_listing(listing, by=make_user())
    assert "l:de" in ListingSearch.objects.get().facets


def test_update_listing_replaces_what_it_says(draft):
    make_sector(code="WAT")
    actions.update_listing(
        draft, content=content(titles={"uk": "Насоси"}, sectors=["WAT"], lines=[]), by=make_user()
    )
    listing = Listing.objects.get(pk=draft.pk)
    assert listing.title_uk == "Насоси"
    assert [sector.code for sector in listing.sectors.all()] == ["WAT"]
    assert not listing.lines.exists()
    assert verbs()[-1] == "listing.updated"


def test_update_listing_of_a_published_one_is_found_by_its_new_words(draft):
    actions.publish_listing(draft, by=make_user())
    actions.update_listing(draft, content=content(titles={"uk": "Насоси"}), by=make_user())
    listing = Listing.objects.get(pk=draft.pk)
    assert listing.status == Status.PUBLISHED
    assert search_words(listing) >= {"uk:насоси"}


def test_update_listing_refuses_to_empty_a_published_one(draft):
    actions.publish_listing(draft, by=make_user())
    with pytest.raises(actions.Incomplete):
        actions.update_listing(draft, content=content(sectors=[]), by=make_user())
    assert Listing.objects.get(pk=draft.pk).sectors.count() == 1


def search_words(listing):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unnest(tsvector_to_array(vector)) FROM partnerships_listingsearch WHERE listing_id = %s",
            [listing.pk],
        )
        return {row[0] for row in cursor.fetchall()}


def test_publish_listing_shows_it_and_makes_it_findable(draft):
    actions.publish_listing(draft, by=make_user())
    listing = Listing.objects.get(pk=draft.pk)
    assert listing.status == Status.PUBLISHED
    assert listing.published_at
    assert verbs()[-1] == "listing.published"
    row = ListingSearch.objects.get(listing=listing)
    about_lines = {"g:other", "o:open"}
    assert set(row.facets) == about_lines | {
        "k:need",
        "s:ENE",
        "s:ENE-02",
        "c:UA",
        "l:uk",
        "u:normal",
        "p:never",
    }
    assert row.is_public
    assert row.published_at == listing.published_at


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"texts": {}}, ["text"]),
        ({"sectors": []}, ["sectors"]),
        ({"lines": []}, ["item"]),
        ({"expires_on": None}, ["expires_on"]),
        ({"texts": {}, "lines": []}, ["text", "item"]),
    ],
)
def test_publish_listing_names_what_is_missing(sector, changes, missing):
    draft = actions.create_listing(
        member=make_member(), kind="offer", content=content(**changes), by=make_user()
    )
    with pytest.raises(actions.Incomplete) as refused:
        actions.publish_listing(draft, by=make_user())
    assert refused.value.missing == missing
    assert Listing.objects.get().status == Status.DRAFT
    assert verbs() == ["listing.created"]


def test_create_listing_stores_when_the_author_gave_the_word(draft):
    assert Listing.objects.get().names_no_site_confirmed_at
    actions.update_listing(draft, content=content(names_no_site=False), by=make_user())
    assert Listing.objects.get().names_no_site_confirmed_at is None


GUARDED = [
    *((code, True) for code in ("ENE", "ENE-02", "CIV", "CIV-01", "DEM", "DEM-03", "EDU-02", "HOU-03")),
    *((code, False) for code in ("EDU", "EDU-01", "HOU", "HOU-01", "WAT")),
]


@pytest.mark.parametrize(("code", "is_guarded"), GUARDED)
@pytest.mark.parametrize("kind", Listing.Kind.values)
@pytest.mark.parametrize("audience", ["public", "members"])
@pytest.mark.parametrize("has_word", [True, False])
def test_publish_listing_asks_for_the_word_that_no_site_is_named(
    db, code, is_guarded, kind, audience, has_word
):
    make_sector(code=code)
    make_sector(code="GOV")
    written = content(sectors=["GOV", code], audience=audience, names_no_site=has_word)
    draft = actions.create_listing(member=make_member(), kind=kind, content=written, by=make_user())
    if is_guarded and kind == "need" and audience == "public" and not has_word:
        with pytest.raises(actions.Incomplete) as refused:
            actions.publish_listing(draft, by=make_user())
        assert refused.value.missing == ["names_no_site_confirmed_at"]
        assert Listing.objects.get().status == Status.DRAFT
    else:
        actions.publish_listing(draft, by=make_user())
        assert Listing.objects.get().status == Status.PUBLISHED


@pytest.mark.parametrize(
    "changes", [{"audience": "public"}, {"audience": "public", "sectors": ["WAT", "ENE-02"]}]
)
def test_update_listing_opens_a_guarded_need_to_everyone_only_with_the_word(sector, changes):
    make_sector(code="WAT")
    closed = {"audience": "members", "names_no_site": False}
    need = actions.create_listing(
        member=make_member(), kind="need", content=content(**closed), by=make_user()
    )
    actions.publish_listing(need, by=make_user())
    with pytest.raises(actions.Incomplete):
        actions.update_listing(need, content=content(**closed | changes), by=make_user())
    assert Listing.objects.get().audience == "members"
    actions.update_listing(need, content=content(**changes), by=make_user())
    assert Listing.objects.get().audience == "public"


def test_renew_listing_of_a_guarded_need_asks_for_the_word(sector):
    need = make_listing([sector], kind="need", status=Status.EXPIRED)
    with pytest.raises(actions.Incomplete) as refused:
        actions.renew_listing(need, by=make_user())
    assert refused.value.missing == ["names_no_site_confirmed_at"]


def test_publish_listing_needs_an_approved_member(draft):
    Member.objects.filter(pk=draft.member_id).update(status="on_hold")
    with pytest.raises(NotAllowed):
        actions.publish_listing(draft, by=make_user())


def test_withdraw_listing_takes_it_off_the_lists(draft):
    actions.publish_listing(draft, by=make_user())
    actions.withdraw_listing(draft, by=make_user())
    assert Listing.objects.get().status == Status.WITHDRAWN
    assert not ListingSearch.objects.exists()
    assert verbs()[-1] == "listing.withdrawn"


def test_renew_listing_publishes_again_as_new(draft):
    actions.publish_listing(draft, by=make_user())
    before = draft.published_at
    actions.withdraw_listing(draft, by=make_user())
    actions.renew_listing(draft, by=make_user())
    listing = Listing.objects.get()
    assert listing.status == Status.PUBLISHED
    assert listing.expires_on == timezone.localdate() + timedelta(days=actions.RENEWED_DAYS)
    assert listing.published_at > before
    assert ListingSearch.objects.filter(listing=listing).exists()
    assert verbs()[-1] == "listing.renewed"


def test_renew_listing_of_a_discarded_incomplete_draft_is_refused(sector):
    draft = actions.create_listing(
        member=make_member(), kind="offer", content=content(lines=[]), by=make_user()
    )
    actions.withdraw_listing(draft, by=make_user())
    with pytest.raises(actions.Incomplete):
        actions.renew_listing(draft, by=make_user())


def test_the_sweep_expires_what_is_past_its_last_day_and_nothing_else(sector):
    today = timezone.localdate()
    past = make_listing(expires_on=today - timedelta(days=1))
    last_day = make_listing(expires_on=today)
    for listing in (past, last_day):
        index_listing(listing)
    assert tasks.expire_listings() == 1
    assert tasks.expire_listings() == 0
    assert Listing.objects.get(pk=past.pk).status == Status.EXPIRED
    assert Listing.objects.get(pk=last_day.pk).status == Status.PUBLISHED
    assert list(ListingSearch.objects.values_list("listing_id", flat=True)) == [last_day.pk]
    entry = JournalEntry.objects.get(verb="listing.expired")
    assert (entry.actor_kind, entry.object_id) == ("system", past.pk)


ACTIONS = {
    "publish": (actions.publish_listing, {Status.DRAFT}, Status.PUBLISHED),
    "renew": (actions.renew_listing, set(Listing.ENDED), Status.PUBLISHED),
    "withdraw": (
        actions.withdraw_listing,
        {status for status in Status if Status.WITHDRAWN in Listing.MOVES[status]},
        Status.WITHDRAWN,
    ),
    "expire": (actions.expire_listing, {Status.PUBLISHED}, Status.EXPIRED),
}


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", ACTIONS)
def test_every_verb_moves_from_its_statuses_only(sector, name, status):
    action, allowed, to = ACTIONS[name]
    until = timezone.localdate() + timedelta(days=-1 if name == "expire" else 10)
    listing = make_listing([sector], status=status, expires_on=until)
    if status in allowed:
        action(listing, by=make_user())
        assert Listing.objects.get().status == to
        assert JournalEntry.objects.count() == 1
    else:
        with pytest.raises(NotAllowed):
            action(listing, by=make_user())
        assert Listing.objects.get().status == status
        assert not JournalEntry.objects.exists()


@pytest.mark.parametrize("was", Status.values)
@pytest.mark.parametrize("to", Status.values)
def test_moves_are_the_ones_of_the_house(was, to):
    known = {
        ("draft", "review"), ("draft", "published"), ("draft", "withdrawn"),
        ("review", "draft"), ("review", "published"), ("review", "withdrawn"),
        ("published", "expired"), ("published", "withdrawn"),
        ("expired", "review"), ("expired", "published"), ("expired", "withdrawn"),
        ("withdrawn", "review"), ("withdrawn", "published"),
    }  # fmt: skip
    assert Listing(status=was).can_move_to(to) == ((was, to) in known)


@pytest.mark.parametrize("name", ["publish", "renew", "withdraw"])
def test_a_verb_twice_works_once(sector, name):
    action, allowed, _to = ACTIONS[name]
    listing = make_listing([sector], status=min(allowed, key=Status.values.index))
    action(listing, by=make_user())
    if name == "publish":
        listing = Listing.objects.get()
    with pytest.raises(NotAllowed):
        action(listing, by=make_user())
    assert JournalEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["publish", "renew", "withdraw"])
def test_two_at_once_work_once(name):
    action, allowed, to = ACTIONS[name]
    listing = make_listing([make_sector()], status=min(allowed, key=Status.values.index))
    user, start, results = make_user(), threading.Barrier(2), []

    def run():
        mine = Listing.objects.get(pk=listing.pk)
        start.wait(timeout=120)
        try:
            action(mine, by=user)
            results.append("done")
        except NotAllowed:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert sorted(results) == ["done", "refused"]
    assert Listing.objects.get().status == to
    assert JournalEntry.objects.count() == 1
