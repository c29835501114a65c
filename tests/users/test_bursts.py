"""Many decisions within an hour: the arithmetic, the sweep, who is told what, and that it is said once an hour."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from alliance.core.journal import LINK, SYSTEM, record
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.users import actions
from alliance.users.bursts import MOST_DECISIONS, WINDOW, latest_burst
from alliance.users.models import User
from alliance.users.tasks import report_busy_coordinators
from members.models import Member
from tests.desk import open_desk
from tests.factories import make_coordinator, make_member, make_user

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def moments(*minutes):
    return [NOON + minute * MINUTE for minute in minutes]


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        ([], None),
        ([0, 1], None),
        ([0, 1, 2], (0, 3)),
        ([0, 30, 59], (0, 3)),
        ([0, 30, 60], None),  # an hour holds its end and not its beginning
        ([0, 1, 2, 200], (0, 3)),
        ([0, 1, 2, 200, 201, 202], (3, 6)),
        ([0, 50, 55, 65], (1, 4)),
        ([5, 5, 5, 5], (0, 4)),
    ],
)
def test_latest_burst_of_more_than_two(minutes, found):
    burst = latest_burst(moments(*minutes), most=2)
    assert (burst and (burst.start, burst.stop)) == found


@given(st.lists(st.integers(0, 300), max_size=40).map(sorted), st.integers(1, 8))
def test_latest_burst_is_what_counting_by_hand_finds(minutes, most):
    row = moments(*minutes)
    full = [
        end
        for end in range(len(row))
        if sum(row[end] - WINDOW < moment <= row[end] for moment in row[: end + 1]) > most
    ]
    burst = latest_burst(row, most=most)
    assert (burst is None) == (not full)
    if burst:
        assert burst.stop - 1 == full[-1]
        assert len(row[burst]) > most


pytestmark = pytest.mark.django_db


def decide(user, count, verb="member.approved", **data):
    member = Member.objects.first() or make_member()
    for _n in range(count):
        record(verb, member, by=user, **({"was": "pending", "now": "approved"} | data))


def told():
    return OutgoingMail.objects.filter(name="users/coordinator_reported").order_by("id")


@pytest.fixture
def busy(db):
    return make_coordinator(name="Ada Busy", language="en")


def test_every_other_coordinator_and_the_inbox_are_told_in_their_language(busy, settings):
    settings.INBOXES = {"default": "all@example.org", "desk": "desk@example.org"}
    others = {language: make_coordinator(language=language) for language in ("uk", "pl", "en")}
    make_user(is_staff=True)
    make_user()
    decide(busy, MOST_DECISIONS)
    decide(busy, 2, "member.refused", now="refused")
    assert report_busy_coordinators() == 1
    assert {(mail.to, mail.language) for mail in told()} == {
        *((user.email, language) for language, user in others.items()),
        ("desk@example.org", "en"),
    }
    words = {mail.language: mail.text for mail in told()}
    assert f"Approved: {MOST_DECISIONS}" in words["en"]
    assert "Refused: 2" in words["en"]
    assert f"Схвалено: {MOST_DECISIONS}" in words["uk"]
    for mail in told():
        assert "Ada Busy" in mail.text
        assert busy.email in mail.text
        assert f"?actor__id__exact={busy.pk}" in mail.text
        assert str(MOST_DECISIONS + 2) in mail.subject
        assert mail.category == "transactional", "a thief of one account cannot stop them for the others"
        assert not mail.headers


def test_the_journal_says_so(client, busy, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    decide(busy, MOST_DECISIONS + 1)
    report_busy_coordinators()
    entry = JournalEntry.objects.about(busy).get(verb="coordinator.reported")
    assert entry.actor_kind == "system"
    assert entry.data == {"count": MOST_DECISIONS + 1, "verbs": {"member.approved": MOST_DECISIONS + 1}}
    page = open_desk(client).get(reverse("admin:core_journalentry_changelist")).text
    assert "the colleagues were told" in page
    assert f"approved: {MOST_DECISIONS + 1}" in page
    listed = client.get(f"{reverse('admin:core_journalentry_changelist')}?actor__id__exact={busy.pk}")
    assert listed.context["cl"].result_count == MOST_DECISIONS + 1


def test_few_decisions_are_nobodys_concern(busy):
    decide(busy, MOST_DECISIONS)
    assert report_busy_coordinators() == 0
    assert not told().exists()


def test_what_is_no_decision_or_nobodys_does_not_count(busy):
    decide(busy, MOST_DECISIONS)
    member = Member.objects.get()
    for _n in range(5):
        record("member.edited", member, by=busy, fields=["name"])
        for by in (SYSTEM, LINK, make_coordinator(), make_user()):
            record("member.approved", member, by=by, was="pending", now="approved")
    assert report_busy_coordinators() == 0


def test_a_busy_member_of_the_public_is_not_reported(busy):
    decide(make_user(), MOST_DECISIONS + 5)
    assert report_busy_coordinators() == 0


def test_once_per_hour_and_person(busy):
    other = make_coordinator()
    with time_machine.travel(NOON, tick=False):
        decide(busy, MOST_DECISIONS + 1)
        assert [report_busy_coordinators() for _n in range(3)] == [1, 0, 0]
    with time_machine.travel(NOON + 30 * MINUTE, tick=False):
        decide(busy, MOST_DECISIONS + 1)
        decide(other, MOST_DECISIONS + 1)
        assert report_busy_coordinators() == 1, "the other one, for the first time"
    with time_machine.travel(NOON + 61 * MINUTE, tick=False):
        assert report_busy_coordinators() == 1, "those of the last half hour were not told yet"
    with time_machine.travel(NOON + 150 * MINUTE, tick=False):
        assert report_busy_coordinators() == 0
    mine = JournalEntry.objects.about(busy).filter(verb="coordinator.reported")
    assert [entry.data["count"] for entry in mine] == [MOST_DECISIONS + 1] * 2


def test_a_sweep_that_was_away_still_tells(busy):
    with time_machine.travel(NOON, tick=False):
        decide(busy, MOST_DECISIONS + 1)
    with time_machine.travel(NOON + 5 * WINDOW, tick=False):
        assert report_busy_coordinators() == 1
    assert actions.REPORT_WITHIN > 5 * WINDOW


def test_a_login_closed_meanwhile_is_told_too(busy):
    make_coordinator()
    decide(busy, MOST_DECISIONS + 1)
    User.objects.filter(pk=busy.pk).update(is_active=False)
    assert report_busy_coordinators() == 1


def test_decisions_made_at_the_desk_count_singly_and_in_bulk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    make_coordinator(language="uk")
    open_desk(client)
    members = [make_member(status="pending") for _n in range(MOST_DECISIONS + 1)]
    client.post(reverse("admin:members_member_verb", args=[members[0].pk, "approve"]))
    data = {"action": "approve", "_selected_action": [m.pk for m in members[1:]], "_confirmed": "1"}
    client.post(reverse("admin:members_member_changelist"), data)
    assert Member.objects.approved().count() == MOST_DECISIONS + 1
    assert report_busy_coordinators() == 1
    assert "21 рішення за годину" in told().get(language="uk").subject


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once():
    user, gate = make_coordinator(), Barrier(2)
    decide(user, MOST_DECISIONS + 1)

    def sweep(_n):
        try:
            gate.wait(timeout=120)
            return report_busy_coordinators()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sweep, range(2))) == [0, 1]
    assert JournalEntry.objects.filter(verb="coordinator.reported").count() == 1
    assert told().count() == 1


def test_the_sweep_is_on_the_clock(settings):
    tasks = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert "alliance.users.tasks.report_busy_coordinators" in tasks


def test_the_sweep_asks_once_when_nobody_was_busy(busy, django_assert_num_queries):
    decide(busy, MOST_DECISIONS)
    with django_assert_num_queries(1):
        report_busy_coordinators()
