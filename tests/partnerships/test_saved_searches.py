"""Saved searches: kept once, told in the reader’s language on exactly their days, each entry once, one click stops."""

import re
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
import time_machine
from django.db import connection, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships import tasks
from partnerships.actions import listings, reviews
from partnerships.actions import saved_searches as actions
from partnerships.actions.search import index_listing
from partnerships.emails.digests import stop_path
from partnerships.models import Listing, SavedSearch, SavedSearchHit
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
    verbs = JournalEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["search.saved", "search.changed"]


def test_saving_the_same_again_changes_nothing_and_is_no_entry(db):
    user = make_user()
    make_search(user)
    make_search(user)
    assert list(JournalEntry.objects.values_list("verb", flat=True)) == ["search.saved"]


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
    assert {hit.listing.title_en for hit in search.hits.all()} == {"Old beds", "New beds"}


@pytest.mark.django_db(transaction=True)
def test_what_was_still_being_published_while_the_sweep_read_is_told_by_the_next():
    make_search()
    written, swept = Event(), Event()

    def publish_slowly():
        try:
            with transaction.atomic():
                publish(title_en="Slow beds")
                written.set()
                swept.wait(120)
        finally:
            connection.close()

    slow = Thread(target=publish_slowly)
    slow.start()
    assert written.wait(120)
    first = actions.send_digests(now=later(minutes=1))
    swept.set()
    slow.join(120)
    assert (first, actions.send_digests(now=later(minutes=6))) == (0, 1)
    assert "Slow beds" in OutgoingMail.objects.get().text
    assert actions.send_digests(now=later(minutes=11)) == 0


@pytest.mark.parametrize("is_one_moment", [True, False])
def test_more_than_one_digest_tells_are_told_by_the_next_ones(db, monkeypatch, is_one_moment):
    monkeypatch.setattr(actions, "MOST_TOLD", 3)
    monkeypatch.setattr(actions, "MOST_SHOWN", 2)
    search, moment = make_search(), timezone.now()
    for number in range(7):
        at = moment if is_one_moment else moment + timedelta(minutes=number)
        publish(title_en=f"Beds no. {number}", published_at=at)
    now = later(minutes=30)
    assert [actions.send_digests(now=now) for _sweep in range(4)] == [1, 1, 1, 0]
    texts = list(OutgoingMail.objects.order_by("id").values_list("text", flat=True))
    shown = [re.findall(r"Beds no\. (\d)", text) for text in texts]
    assert shown == [["2", "1"], ["5", "4"], ["6"]]
    assert [re.findall(r"nd (\d) more", text) for text in texts] == [["1"], ["1"], []]
    assert search.hits.count() == 7
    search.refresh_from_db()
    assert search.seen_until == now


def test_what_the_desk_publishes_is_told_from_that_day_and_an_edit_is_not(db):
    make_search(query="q=beds")
    waiting = make_listing([make_sector()], status="review", title_en="Beds at the desk", published_at=None)
    edited = publish(title_en="Pumps")
    assert actions.send_digests(now=later(hours=2)) == 0
    with time_machine.travel(later(days=3)):
        reviews.approve_listing(waiting, by=make_user())
        Listing.objects.filter(pk=edited.pk).update(title_en="Beds after all")
        index_listing(Listing.objects.get(pk=edited.pk))
        assert actions.send_digests(now=later(minutes=1)) == 1
    text = OutgoingMail.objects.get(name="partnerships/digest").text
    assert "Beds at the desk" in text
    assert "after all" not in text


def test_old_hits_and_stopped_searches_are_forgotten(db):
    kept, stopped = make_search(), make_search(query="q=beds")
    publish(title_en="Beds")
    actions.send_digests(now=later(minutes=1))
    actions.stop_search(stopped)
    for sweep, rest in [
        (actions.KEEP_STOPPED - timedelta(days=1), ({kept.pk, stopped.pk}, 2)),
        (actions.KEEP_STOPPED + timedelta(days=1), ({kept.pk}, 1)),
        (actions.KEEP_HITS + timedelta(days=1), ({kept.pk}, 0)),
    ]:
        with time_machine.travel(timezone.now() + sweep):
            tasks.forget_saved_searches()
        left = set(SavedSearch.objects.values_list("pk", flat=True))
        assert (left, SavedSearchHit.objects.count()) == rest


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
        ("pl", "Nowe wyniki wyszukiwania „Beds”"),
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
    search.delete()
    assert "no more mails" in client.get(stop_path(search)).text
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
    form = client.get(address)
    assert "“beds”" in form.content.decode()
    name = form.context["form"]["name"].value()
    assert "beds" in name
    assert "“" not in name  # mails write it between such marks
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


def test_the_list_says_when_the_last_mail_went_out(client, db):
    user = make_user()
    search = make_search(user)
    client.force_login(user)
    page = reverse("partnerships:saved_search_list")
    assert "No mail sent yet" in client.get(page).content.decode()
    SavedSearch.objects.filter(pk=search.pk).update(
        last_sent_at=at("2026-11-25T23:30")
    )  # past midnight there
    assert "Last mail: 26 November 2026" in client.get(page).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_with_one_and_three_rows(client, db, django_assert_num_queries, rows):
    user = make_user()
    for number in range(rows):
        make_search(user, query=f"q=word{number}")
    client.force_login(user)
    with django_assert_num_queries(3):
        client.get(reverse("partnerships:saved_search_list"))
