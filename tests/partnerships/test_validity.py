"""Whether needs and offers still hold: warnings, questions and the end on exactly their days, missed days, renewals,
the link of the mails, two at once."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.core.journal import LINK
from alliance.core.models import JournalEntry, MailStop, OutgoingMail
from alliance.core.states import NotAllowed
from partnerships import tasks
from partnerships.actions import listings as actions
from partnerships.actions import validity
from partnerships.links import LAST_DAY, STILL, holds_path
from partnerships.models import Listing, ListingSearch, ReviewRule
from partnerships.views.cards import card
from tests.factories import make_listing, make_member, make_representative, make_sector, make_user
from tests.partnerships.test_listing_actions import content

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Europe/Brussels")
# Summer time begins on 29 March and ends on 25 October: days are counted by the calendar, not in hours.
START = date(2026, 3, 2)
EXPIRING, QUESTION = "listing_expiring", "listing_question"


def at(days, hour=12, **more):
    """A moment so many days after the publication, by the clock of the portal."""
    moment = datetime.combine(START + timedelta(days=days), time(hour), HERE)
    return moment.astimezone(UTC) + timedelta(**more)


def travel(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def member():
    member = make_member(country="UA")
    make_representative(member, make_user(email="uk@example.org", language="uk"), role="editor")
    make_representative(member, make_user(email="viewer@example.org"), role="viewer")
    return member


def published(member, valid_for, **changes):
    """On `START` at noon, for so many days."""
    return make_listing(
        [make_sector()],
        member=member,
        published_at=at(0),
        confirmed_at=at(0),
        expires_on=START + timedelta(days=valid_for),
        **changes,
    )


def fresh(listing):
    return Listing.objects.get(pk=listing.pk)


def sweeps(days, hour=12):
    """What each of these days brings: day → stems of the mails written by its sweeps."""
    found = {}
    for day in days:
        before = set(OutgoingMail.objects.values_list("pk", flat=True))
        with travel(at(day, hour)):
            tasks.look_after_listings()
            tasks.expire_listings()
        stems = [
            mail.name.split("/")[1] for mail in OutgoingMail.objects.exclude(pk__in=before).order_by("pk")
        ]
        if stems:
            found[day] = stems
    return found


# --- The last day --------------------------------------------------------------------------------------------


def test_warnings_and_the_end_come_on_exactly_their_days(member):
    listing = published(member, 60)
    assert sweeps(range(45, 61)) == {46: [EXPIRING], 57: [EXPIRING]}
    assert fresh(listing).status == "published"
    assert sweeps([61, 62]) == {}
    assert fresh(listing).status == "expired"
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {
        "uk@example.org"
    }  # viewers cannot renew


@pytest.mark.parametrize(
    ("days", "mails"),
    [
        ([46, 46, 57, 57], {46: [EXPIRING], 57: [EXPIRING]}),
        ([50, 58], {50: [EXPIRING], 58: [EXPIRING]}),
        ([58, 59, 60], {58: [EXPIRING]}),  # two missed at once: one
        ([60], {60: [EXPIRING]}),  # on the last day there is still time
        ([61, 62], {}),
    ],
)
def test_a_missed_day_is_made_up_for_once(member, days, mails):
    published(member, 60)
    assert sweeps(days) == mails


def test_a_warning_comes_with_the_day_of_the_portals_clock(member):
    published(member, 60)
    with travel(at(46, 0, seconds=-1)):
        assert tasks.look_after_listings()["warned 14 days ahead"] == 0
    with travel(at(46, 0)):
        assert tasks.look_after_listings()["warned 14 days ahead"] == 1


def test_the_last_day_lasts_until_midnight_of_the_portals_clock(member):
    listing = published(member, 60)
    with travel(at(61, 0, seconds=-1)):
        assert tasks.expire_listings() == 0
    with travel(at(61, 0)):
        assert tasks.expire_listings() == 1
    assert fresh(listing).status == "expired"


def test_who_renews_is_warned_of_the_new_day(member):
    listing = published(member, 60)
    sweeps([46])
    with travel(at(47)):
        validity.extend_listing(listing, last_day=listing.expires_on, by=make_user())
    assert fresh(listing).expires_on == START + timedelta(days=150)
    assert sweeps(range(48, 152)) == {136: [EXPIRING], 147: [EXPIRING]}
    assert fresh(listing).status == "expired"


def test_who_publishes_for_a_few_days_is_not_told_at_once(member):
    published(member, 10)
    assert sweeps(range(11)) == {7: [EXPIRING]}


def test_a_day_that_is_moved_away_and_back_is_not_warned_of_twice(member):
    listing = published(member, 60)
    sweeps([46])
    Listing.objects.update(warned_for=None, warned_days=None)
    assert sweeps([47]) == {}
    assert fresh(listing).warned_days == 14


@pytest.mark.parametrize("status", ["draft", "review", "withdrawn", "expired"])
def test_only_what_is_published_is_warned_of_and_asked_about(member, status):
    published(member, 100, status=status)
    assert sweeps([86, 90, 97]) == {}


def test_a_member_on_hold_is_left_alone_and_the_end_comes_all_the_same(member):
    listing = published(member, 60)
    type(member).objects.update(status="on_hold")
    assert sweeps([46, 57, 61]) == {}
    assert fresh(listing).status == "expired"


def test_who_stopped_reminders_gets_none(member):
    MailStop.objects.create(email="uk@example.org", category="reminder")
    published(member, 60)
    assert sweeps([46, 57]) == {}


# --- Does it still hold? -------------------------------------------------------------------------------------


def test_questions_come_on_exactly_their_days_and_the_mark_after_them(member):
    listing = published(member, 300)
    assert sweeps(range(88, 200)) == {90: [QUESTION], 104: [QUESTION], 180: [QUESTION]}
    for day, hour, is_marked in ((117, 23, False), (118, 0, True), (250, 12, True)):
        with travel(at(day, hour)):
            facts = card(Listing.objects.with_facts().get(pk=listing.pk), "public")["facts"]
            assert any(fact.startswith("not confirmed since") for fact in facts) == is_marked, day


@pytest.mark.parametrize(
    ("days", "mails"),
    [
        ([90, 90, 104, 104], {90: [QUESTION], 104: [QUESTION]}),
        ([120, 121, 133, 134], {120: [QUESTION], 134: [QUESTION]}),
        ([95, 96], {95: [QUESTION]}),
    ],
)
def test_a_missed_question_is_made_up_for_once(member, days, mails):
    published(member, 300)
    assert sweeps(days) == mails


def test_a_question_comes_with_the_day_of_the_portals_clock(member):
    """Published half an hour before midnight in Brussels: by UTC that is the same day, by the portal's too."""
    listing = published(member, 300)
    Listing.objects.update(confirmed_at=at(0, 23, minutes=30))
    with travel(at(90, 0, seconds=-1)):
        assert tasks.look_after_listings()["asked"] == 0
    with travel(at(90, 0)):
        assert tasks.look_after_listings()["asked"] == 1
    assert fresh(listing).asked_at == at(90, 0)


@pytest.mark.parametrize("answered_on", [91, 110, 150])
def test_an_answer_stops_the_questions_for_ninety_days_and_takes_the_mark_away(member, answered_on):
    listing = published(member, 400)
    sweeps(range(90, answered_on))
    with travel(at(answered_on)):
        validity.confirm_listing(fresh(listing), since=fresh(listing).last_confirmed_at, by=make_user())
        assert not fresh(listing).is_unconfirmed
    assert fresh(listing).expires_on == listing.expires_on
    assert sweeps(range(answered_on, answered_on + 110)) == {
        answered_on + 90: [QUESTION],
        answered_on + 104: [QUESTION],
    }


def test_near_the_last_day_the_warning_asks_instead(member):
    published(member, 100)
    assert sweeps(range(85, 101)) == {86: [EXPIRING], 97: [EXPIRING]}


def test_whoever_edits_a_published_listing_has_said_that_it_holds(member):
    make_sector(code="ENE-02")
    listing = published(member, 300)
    sweeps([90])
    with travel(at(92)):
        expires_on = START + timedelta(days=300)
        actions.update_listing(listing, content=content(expires_on=expires_on), by=make_user())
    assert (fresh(listing).confirmed_at, fresh(listing).asked_at) == (at(92), None)
    assert sweeps(range(93, 190)) == {182: [QUESTION]}


# --- Answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valid_for", "today", "until"), [(60, 46, 150), (60, 60, 150), (60, 65, 155), (300, 290, 390)]
)
def test_extend_listing_adds_to_the_last_day_and_loses_none(member, valid_for, today, until):
    listing = published(member, valid_for)
    with travel(at(today)):
        validity.extend_listing(listing, last_day=listing.expires_on, by=make_user())
    assert fresh(listing).expires_on == listing.expires_on == START + timedelta(days=until)
    assert fresh(listing).confirmed_at == at(today)
    assert ListingSearch.objects.get().expires_on == fresh(listing).expires_on
    assert JournalEntry.objects.get().verb == "listing.extended"


def test_extend_listing_publishes_again_what_expired_a_moment_ago(member):
    listing = published(member, 60, status="expired")
    with travel(at(62)):
        validity.extend_listing(listing, last_day=listing.expires_on, by=LINK)
    assert (fresh(listing).status, fresh(listing).expires_on) == ("published", START + timedelta(days=152))
    assert JournalEntry.objects.get().verb == "listing.renewed"


@pytest.mark.parametrize("status", Listing.Status.values)
def test_answers_from_every_status(member, status):
    listing = published(member, 60, status=status)
    with travel(at(50)):
        if status in ("published", "expired"):
            validity.extend_listing(fresh(listing), last_day=listing.expires_on, by=LINK)
        else:
            with pytest.raises(NotAllowed):
                validity.extend_listing(fresh(listing), last_day=listing.expires_on, by=LINK)
    other = published(member, 60, status=status)
    with travel(at(50)):
        if status == "published":
            validity.confirm_listing(fresh(other), since=at(0), by=LINK)
        else:
            with pytest.raises(NotAllowed):
                validity.confirm_listing(fresh(other), since=at(0), by=LINK)


def test_nothing_is_extended_long_before_its_last_day_or_from_another_one(member):
    listing = published(member, 60)
    with travel(at(45)), pytest.raises(NotAllowed):
        validity.extend_listing(listing, last_day=listing.expires_on, by=LINK)
    with travel(at(50)), pytest.raises(NotAllowed):
        validity.extend_listing(listing, last_day=listing.expires_on - timedelta(days=1), by=LINK)
    assert not JournalEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["extend twice", "extend and expire", "confirm and withdraw", "warn twice"])
def test_two_at_once(name):
    member = make_member()
    make_representative(member)
    today = timezone.localdate()
    last_day = today - timedelta(days=1) if name == "extend and expire" else today + timedelta(days=5)
    since = timezone.now() - timedelta(days=100)
    listing = make_listing(
        [make_sector()], member=member, expires_on=last_day, published_at=since, confirmed_at=since
    )
    acts = {
        "extend twice": [lambda row: validity.extend_listing(row, last_day=last_day, by=LINK)] * 2,
        "extend and expire": [
            lambda row: validity.extend_listing(row, last_day=last_day, by=LINK),
            actions.expire_listing,
        ],
        "confirm and withdraw": [
            lambda row: validity.confirm_listing(row, since=since, by=LINK),
            lambda row: actions.withdraw_listing(row, by=LINK),
        ],
        "warn twice": [lambda row: validity.warn_of_last_day(row, days=14)] * 2,
    }[name]
    results = at_once(listing, acts)
    row, entries = fresh(listing), JournalEntry.objects.values_list("verb", flat=True)
    assert len(entries) == results.count("done")
    if name == "confirm and withdraw":
        assert row.status == "withdrawn"
    elif name == "warn twice":
        assert sorted(results) == ["done", "refused"]
        assert OutgoingMail.objects.count() == 1
    else:  # whoever comes second, a listing that its member wants stays in the lists, and is renewed once
        assert (row.status, row.expires_on) == ("published", max(last_day, today) + timedelta(days=90))
        assert ListingSearch.objects.filter(listing=row).exists()
        assert [verb for verb in entries if verb != "listing.expired"] in (
            ["listing.extended"],
            ["listing.renewed"],
        )


def at_once(listing, acts):
    start, results = threading.Barrier(len(acts)), []

    def run(act):
        mine = fresh(listing)
        start.wait(timeout=120)
        try:
            act(mine)
            results.append("done")
        except NotAllowed:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    return results


# --- The link ------------------------------------------------------------------------------------------------


@pytest.fixture
def phone():
    """No login, no cookies, and a server that asks for CSRF tokens."""
    return Client(enforce_csrf_checks=True)


def link_of(stem):
    mail = OutgoingMail.objects.filter(name=f"partnerships/{stem}").latest("pk")
    return "/" + next(line for line in mail.text.splitlines() if "/holds/" in line).split("/", 3)[3]


def test_the_link_of_a_warning_asks_and_its_button_renews_once(member, phone):
    listing = published(member, 60, title_uk="Насоси")
    sweeps([46])
    path = link_of(EXPIRING)
    with travel(at(47)):
        for _scanner in range(3):
            assert phone.get(path).status_code == phone.head(path).status_code == 200
        assert not JournalEntry.objects.exclude(verb="listing.warned").exists()
        asked = phone.get(path)
        assert asked.context["is_asked"]
        assert "Насоси" in asked.text
        done = phone.post(path, {"answer": "yes"})
        assert done.context["done"] == "yes"
        assert fresh(listing).expires_on == START + timedelta(days=150)
        again = phone.post(path, {"answer": "yes"})
        assert not again.context["done"]
        assert not again.context["is_asked"]
        assert not phone.get(path).context["is_asked"]
    assert fresh(listing).expires_on == START + timedelta(days=150)
    entry = JournalEntry.objects.latest("id")
    assert (entry.verb, entry.actor_kind) == ("listing.extended", "link")


def test_the_link_of_a_warning_publishes_again_after_the_last_day(member, phone):
    listing = published(member, 60)
    sweeps([57, 61])
    path = link_of(EXPIRING)
    with travel(at(64)):
        assert phone.get(path).context["is_asked"]
        phone.post(path, {"answer": "yes"})
    assert fresh(listing).status == "published"


def test_the_link_of_a_question_confirms_or_withdraws(member, phone):
    listing = published(member, 300)
    sweeps([90])
    path = link_of(QUESTION)
    with travel(at(91)):
        assert phone.get(path).context["is_asked"]
        assert phone.post(path, {"answer": "perhaps"}).context["is_asked"]
        assert phone.post(path, {"answer": "yes"}).context["done"] == "yes"
        assert not phone.post(path, {"answer": "no"}).context["done"]  # an old link does nothing
    assert (fresh(listing).status, fresh(listing).confirmed_at) == ("published", at(91))
    sweeps([181])
    with travel(at(182)):
        path = link_of(QUESTION)
        assert phone.post(path, {"answer": "no"}).context["done"] == "no"
        page = phone.get(path)
        assert not page.context["is_asked"]
    assert fresh(listing).status == "withdrawn"
    assert JournalEntry.objects.filter(verb="listing.withdrawn", actor_kind="link").count() == 1


def test_a_link_is_of_use_to_the_person_it_was_sent_to_alone(member, phone):
    listing = published(member, 60)
    person = member.representatives.get(role="editor")
    path = holds_path(listing, person.user, LAST_DAY)
    with travel(at(50)):
        assert phone.get(path).status_code == 200
        assert phone.get(holds_path(listing, make_user(), LAST_DAY)).status_code == 404
        viewer = member.representatives.get(role="viewer").user
        assert phone.post(holds_path(listing, viewer, STILL), {"answer": "no"}).status_code == 404
        type(person).objects.filter(pk=person.pk).update(until=person.since)
        assert phone.post(path, {"answer": "no"}).status_code == 404
    forged = reverse("partnerships:listing_holds", args=["x:y:z"])
    assert phone.get(forged).status_code == 404
    assert fresh(listing).status == "published"


def test_where_the_desk_reads_first_the_page_says_so(member, phone):
    ReviewRule.objects.update_or_create(tier=member.tier, defaults={"is_required": True})
    listing = published(member, 60, status="expired", unread_since=at(30))
    path = holds_path(listing, member.representatives.get(role="editor").user, LAST_DAY)
    with travel(at(62)):
        assert "The desk reads it first" in phone.post(path, {"answer": "yes"}).text
    assert fresh(listing).status == "review"
