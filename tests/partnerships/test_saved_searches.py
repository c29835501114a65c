"""Saved searches: kept once, told in the reader’s language on exactly their days, each entry once, one click stops."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships.actions import listings
from partnerships.actions import saved_searches as actions
from partnerships.actions.search import index_listing
from partnerships.emails.digests import stop_path
from partnerships.models import Listing, SavedSearch
from partnerships.models.criteria import Asked
from tests.factories import (
    make_listing,
    make_match,
    make_member,
    make_representative,
    make_sector,
    make_template,
    make_user,
)


def asked(query="", kind="offer"):
    return Asked.of(QueryDict(query), kind=kind, for_members=False)


def make_search(user=None, query="", kind="offer", frequency="at_once", **changes):
    fields = {"name": "Beds", "language": "en"} | changes
    search, _is_new = actions.save_search(
        user=user or make_user(), kind=kind, asked=asked(query, kind), frequency=frequency, **fields
    )
    return search


def publish(**changes):
    listing = make_listing([make_sector()], **({"published_at": timezone.now()} | changes))
    index_listing(listing)
    return listing


def later(**delta):
    return timezone.now() + timedelta(**delta)


def test_save_search_keeps_a_question_once_whatever_its_order(db):
    user = make_user()
    first, is_new = actions.save_search(
        user=user,
        kind="offer",
        asked=asked("country=PL&country=DE&q=beds"),
        name="A",
        frequency="daily",
        language="en",
    )
    again, is_again = actions.save_search(
        user=user, kind="offer", asked=asked("q=beds&country=DE&country=PL&after=x"), name="B", frequency="weekly",
        language="en",
    )  # fmt: skip
    assert (is_new, is_again, first.pk) == (True, False, again.pk)
    assert (again.name, again.frequency) == ("B", "weekly")
    assert JournalEntry.objects.filter(verb="search.saved").count() == 1


def test_save_search_has_a_limit_per_person(db):
    user = make_user()
    for number in range(actions.MOST_PER_PERSON):
        make_search(user, query=f"q=word{number}")
    with pytest.raises(actions.TooMany):
        make_search(user, query="q=another")
    actions.stop_search(user.saved_searches.first(), by=user)
    make_search(user, query="q=another")


def test_a_digest_tells_what_fits_and_came_later_once(db):
    publish(title_en="Old beds")
    search = make_search(query="q=beds")
    publish(title_en="New beds")
    publish(title_en="New pumps")
    publish(title_en="Beds needed", kind="need")
    assert actions.send_digests(now=later(minutes=1)) == 1
    mail = OutgoingMail.objects.get()
    assert "New beds" in mail.text
    assert not any(words in mail.text for words in ("Old beds", "pumps", "Beds needed"))
    assert actions.send_digests(now=later(minutes=6)) == 0
    assert search.hits.count() == 1


def test_a_digest_knows_items_sizes_days_and_partners(db):
    generator = make_template(code="generator")
    line = {"template": generator, "item": "", "unit": "piece", "range_unit": "kw"}
    day = timezone.localdate() + timedelta(days=9)
    search = make_search(
        query=f"item=generator&size_from=0.1&size_unit=mw&available_on={day}&partner=never&urgency=high"
    )
    assert "size_from=0.1&size_unit=mw" in search.query
    had_partner = make_match().member_a
    fits = {"line": line | {"range_min": 100, "range_max": 200}, "urgency": "high"}
    publish(title_en="Fits", **fits)
    publish(title_en="Too small", **fits | {"line": line | {"range_min": 10, "range_max": 99}})
    publish(
        title_en="Too late", **fits | {"line": fits["line"] | {"available_from": day + timedelta(days=1)}}
    )
    publish(title_en="No hurry", **fits | {"urgency": "normal"})
    publish(title_en="Has partners", **fits | {"member": had_partner})
    publish(title_en="Kept for members", **fits | {"field_audiences": {"lines": "members"}})
    assert actions.send_digests(now=later(minutes=1)) == 1
    text = OutgoingMail.objects.get().text
    assert "Fits" in text
    for title in ("Too small", "Too late", "No hurry", "Has partners", "Kept for members"):
        assert title not in text


def test_what_is_renewed_is_not_told_again(db):
    search = make_search()
    listing = publish()
    assert actions.send_digests(now=later(minutes=1)) == 1
    listings.withdraw_listing(listing, by=make_user())
    with time_machine.travel(later(days=2)):
        listings.renew_listing(Listing.objects.get(pk=listing.pk), by=make_user())
        assert actions.send_digests(now=later(minutes=1)) == 0
    assert search.hits.count() == 1


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("en", "New for your search “Beds”"),
        ("pl", "Nowości w wyszukiwaniu „Beds”"),
        ("uk", "Нове за вашим пошуком «Beds»"),
    ],
)
def test_a_digest_is_in_its_readers_language_with_one_click_stop(db, language, subject):
    make_search(make_user(language=language))
    publish(title_uk="Ліжка", title_pl="Łóżka")
    with translation.override("pl"):
        actions.send_digests(now=later(minutes=1))
    mail = OutgoingMail.objects.get()
    assert (mail.subject, mail.language, mail.category) == (subject, language, "digest")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/{language}/listings/" in mail.text


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "saved", "not_yet", "due"),
    [
        ("at_once", "2026-11-26T12:00", "2026-11-26T12:00", "2026-11-26T12:05"),
        ("daily", "2026-11-26T12:00", "2026-11-26T22:30", "2026-11-27T06:05"),  # 7 o'clock in Brussels
        ("daily", "2026-11-26T12:00", "2026-11-27T05:55", "2026-11-29T12:00"),  # missed days: one digest
        ("weekly", "2026-11-26T12:00", "2026-11-29T22:30", "2026-11-30T06:05"),  # Monday
        ("weekly", "2026-11-26T12:00", "2026-11-30T05:55", "2026-12-01T03:00"),  # Monday was missed
    ],
)
def test_digests_go_out_on_exactly_their_days(db, frequency, saved, not_yet, due):
    with time_machine.travel(at(saved), tick=False):
        make_search(frequency=frequency)
    with time_machine.travel(at(saved) + timedelta(minutes=1), tick=False):
        publish(expires_on=timezone.localdate() + timedelta(days=90))
    with time_machine.travel(at(not_yet), tick=False):
        assert actions.send_digests() == 0
    with time_machine.travel(at(due), tick=False):
        assert actions.send_digests() == 1
        assert actions.send_digests() == 0


def test_words_are_looked_up_in_the_language_they_were_typed_in(db):
    make_search(make_user(language="en"), query="q=łóżek", language="pl")
    publish(title_pl="Łóżka szpitalne", text_pl="Czterdzieści.")
    assert actions.send_digests(now=later(minutes=1)) == 1


def test_what_only_members_read_is_told_to_members_only(db):
    citizen, officer = make_user(), make_user()
    make_representative(make_member(), officer)
    for user in (citizen, officer):
        make_search(user)
    publish(audience="members")
    assert actions.send_digests(now=later(minutes=1)) == 1
    assert OutgoingMail.objects.get().to == officer.email


def test_a_stopped_search_and_a_blocked_account_tell_nothing(db):
    search, gone = make_search(), make_search(make_user(is_active=False))
    actions.stop_search(search)
    actions.stop_search(search)
    publish()
    assert actions.send_digests(now=later(minutes=1)) == 0
    assert JournalEntry.objects.filter(verb="search.stopped").count() == 1
    assert gone.hits.count() == 0


def test_a_get_of_the_stop_link_only_asks(client, db):
    search = make_search()
    assert client.get(stop_path(search)).status_code == 200
    search.refresh_from_db()
    assert search.stopped_at is None
    assert "no more mails" in client.post(stop_path(search)).content.decode()
    search.refresh_from_db()
    assert search.stopped_at is not None
    assert client.get(reverse("partnerships:saved_search_stop", args=["forged"])).status_code == 404


# --- Pages -------------------------------------------------------------------------------------------------

CREATE = "partnerships:saved_search_create"


def test_saving_from_a_list_and_changing_it(client, db):
    user = make_user()
    client.force_login(user)
    page = client.get(reverse("partnerships:offer_list") + "?q=beds&country=PL").content.decode()
    address = reverse(CREATE) + "?list=offer&amp;q=beds&amp;country=PL"
    assert address in page
    address = address.replace("&amp;", "&")
    assert "“beds”" in client.get(address).content.decode()
    assert client.post(address, {"name": "", "frequency": "hourly"}).status_code == 422
    assert client.post(address, {"name": "Beds", "frequency": "weekly"}).status_code == 302
    search = SavedSearch.objects.get()
    assert (search.user, search.kind, search.query) == (user, "offer", "q=beds&country=PL")
    edit = reverse("partnerships:saved_search_edit", args=[search.slug])
    client.post(edit, {"name": "Łóżka", "frequency": "daily"})
    assert "Łóżka" in client.get(reverse("partnerships:saved_search_list")).content.decode()
    client.post(reverse("partnerships:saved_search_end", args=[search.slug]))
    assert client.get(edit).status_code == 404


def test_one_search_too_many_is_told_and_keeps_what_was_typed(client, db):
    user = make_user()
    for number in range(actions.MOST_PER_PERSON):
        make_search(user, query=f"q=word{number}")
    client.force_login(user)
    answer = client.post(reverse(CREATE) + "?list=need", {"name": "Kept words", "frequency": "daily"})
    assert answer.status_code == 409
    assert "Kept words" in answer.content.decode()


def test_a_strangers_search_does_not_exist(client, db):
    search = make_search()
    client.force_login(make_user())
    assert client.get(reverse("partnerships:saved_search_edit", args=[search.slug])).status_code == 404
    assert client.post(reverse("partnerships:saved_search_end", args=[search.slug])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_with_one_and_three_rows(client, db, django_assert_num_queries, rows):
    user = make_user()
    for number in range(rows):
        make_search(user, query=f"q=word{number}")
    client.force_login(user)
    with django_assert_num_queries(3):
        client.get(reverse("partnerships:saved_search_list"))
