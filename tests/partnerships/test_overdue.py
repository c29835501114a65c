"""Reminders of deliveries: on the agreed day, a week and a month after it; each once, on its day, also after missed
days; and none for what has arrived, was cancelled, or is disputed. The giver is reminded of what it has not sent, the
receiver asked for what it has not confirmed."""

import re
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from partnerships.actions.due_days import answer_day, ask_for_day
from partnerships.actions.overdue import ask_for_receipt, remind_of_pledge
from partnerships.models import Transport
from partnerships.tasks import remind_of_pledges
from tests.factories import (
    make_event,
    make_member,
    make_pledge,
    make_representative,
    make_user,
    write_history,
)

pytestmark = pytest.mark.django_db
DUE = date(2026, 10, 20)  # the clocks change five days later
ACTION_REQUIRED = {"uk": "[Потрібна ваша дія]", "pl": "[Wymaga działania]", "en": "[Action required]"}


def day(number, hour=8):
    return datetime(DUE.year, DUE.month, DUE.day, hour, tzinfo=UTC) + timedelta(days=number)


@pytest.fixture
def giver():
    """One reader of each language who may write, a viewer, and one who has left."""
    member = make_member(official_name="Gdynia")
    for language, role in (("uk", "editor"), ("pl", "signatory"), ("en", "editor")):
        make_representative(member, make_user(email=f"{language}@example.org", language=language), role=role)
    make_representative(member, make_user(email="viewer@example.org"), role="viewer")
    gone = make_representative(member, make_user(email="gone@example.org"))
    type(gone).objects.filter(pk=gone.pk).update(until=gone.since)
    return member


def late_pledge(giver, *histories, **changes):
    return make_pledge(*(histories or ("committed 10",)), giver=giver, **({"due_on": DUE} | changes))


def around(*days):
    """Each day with its neighbours: where a reminder could slip to. Every day of all is walked once, below."""
    return sorted({number + step for number in days for step in (-1, 0, 1)})


def sweeps(numbers, hours=(8,)):
    """Runs the sweep on each day; on which days how many mails were written."""
    found = {}
    for number in numbers:
        before = OutgoingMail.objects.count()
        for hour in hours:
            with time_machine.travel(day(number, hour), tick=False):
                remind_of_pledges()
        if new := OutgoingMail.objects.count() - before:
            found[number] = new
    return found


def test_each_comes_on_exactly_its_day_and_once(giver):
    pledge = late_pledge(giver)
    assert sweeps(range(-3, 8)) == {0: 3, 7: 3}
    assert sweeps([7, 29, 30, 30], hours=(8, 9, 16)) == {30: 3}
    assert sweeps(range(31, 45)) == {}
    assert [entry.data["days"] for entry in JournalEntry.objects.about(pledge).order_by("pk")] == [0, 7, 30]
    assert JournalEntry.objects.filter(verb="pledge.reminded", actor_kind="system").count() == 3
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {
        f"{language}@example.org" for language in ("uk", "pl", "en")
    }


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([8, 9, 29, 30], {8: 3, 30: 3}),  # the beat stood still for a week
        ([40, 41], {40: 3}),  # and for a month
        ([0, 33, 34], {0: 3, 33: 3}),
    ],
)
def test_after_missed_days_only_the_latest_comes(giver, days, expected):
    late_pledge(giver)
    assert sweeps(days) == expected


def test_a_day_that_is_moved_begins_anew(giver):
    pledge = late_pledge(giver)
    assert sweeps(around(0, 7)) == {0: 3, 7: 3}
    someone = make_user()
    with time_machine.travel(day(8), tick=False):
        wish = ask_for_day(pledge, after=DUE + timedelta(days=20), reason="The road is closed.", by=someone)
    assert sweeps([9]) == {}  # a wish alone moves nothing, and what was sent is not sent again
    with time_machine.travel(day(9), tick=False):
        answer_day(wish, agrees=True, by=someone)
    assert sweeps([*around(20, 27, 50), 59]) == {20: 3, 27: 3, 50: 3}


def test_a_mail_says_what_is_missing_line_by_line(giver):
    pledge = late_pledge(
        giver, "committed 10 · dispatched 6 · received 2", "committed 5 · dispatched 5 · received 5", "promised 3",
        receiver=make_member(official_name="Sumy", country="UA"), title="Pumps http://evil.example",
    )  # fmt: skip
    with time_machine.travel(day(9), tick=False):
        remind_of_pledges()
    mails = {mail.language: mail for mail in OutgoingMail.objects.all()}
    assert {code: mail.subject.partition("]")[0] + "]" for code, mail in mails.items()} == ACTION_REQUIRED
    english = mails["en"]
    assert english.subject.startswith("[Action required] 9 days late: Pumps")
    for text in (english.text, english.html):
        assert "20 October 2026" in text
        assert "4 pieces of 10 pieces" in text
        assert "we ask Sumy about it" in text
        assert "generators 1" in text
        assert "generators 2" not in text
        assert "generators 3" not in text
        assert f"{settings.PUBLIC_URL}/en/pledges/{pledge.slug}/" in text
        assert "http://evil" not in text
    assert f"{settings.PUBLIC_URL}/uk/pledges/{pledge.slug}/" in mails["uk"].text
    assert english.category == "reminder"
    assert english.headers  # one click stops them


ENDED = {
    "accepted": "committed 10 · dispatched 10 · received 10 · accepted 10",
    "confirmed, and not accepted yet": "committed 10 · dispatched 10 · received 10",
    "sent, and not confirmed": "committed 10 · dispatched 10",
    "cancelled": "committed 10 · cancelled 10",
    "the rest cancelled": "committed 10 · dispatched 4 · received 4 · cancelled 6",
    "lost": "committed 10 · dispatched 10 · receiver:lost 10",
    "disputed": "committed 10 · dispatched 2 · received 5",
    "soft": "promised 10",
    "committed by mistake": "committed 10 · fix#1 10",
}


@pytest.mark.parametrize("history", ENDED.values(), ids=ENDED)
def test_none_comes_when_nothing_is_missing(giver, history):
    pledge = late_pledge(giver, history)
    assert sweeps([0, 7, 30]) == {}
    with time_machine.travel(day(7)), pytest.raises(NotAllowed):
        remind_of_pledge(pledge, days=7)
    pledge.refresh_from_db()
    assert pledge.reminded_days is None


def test_none_comes_without_a_day_or_while_the_giver_is_on_hold(giver):
    late_pledge(giver, due_on=None)
    held = make_member(status="held")
    make_representative(held)
    late_pledge(held)
    assert sweeps([0, 7, 30]) == {}


def test_it_stops_on_the_day_it_is_sent_and_returns_when_that_was_a_mistake(giver):
    pledge = late_pledge(giver)
    line = pledge.lines.get()
    assert sweeps([0]) == {0: 3}
    dispatched = write_history(line, "dispatched 10")[-1]
    assert sweeps(around(1, 7, 18)) == {}
    make_event(line, "dispatched", 4, corrects=dispatched)
    assert sweeps(around(21, 30)) == {20: 3, 30: 3}


def test_one_asked_twice_sends_once(giver):
    pledge = late_pledge(giver)
    with time_machine.travel(day(7), tick=False):
        remind_of_pledge(pledge, days=7)
        for days in (0, 7):
            with pytest.raises(NotAllowed):
                remind_of_pledge(pledge, days=days)
    assert OutgoingMail.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_sweeps_at_one_instant_one_reminds():
    member = make_member()
    make_representative(member)
    pledge, start, results = late_pledge(member, due_on=timezone.localdate()), threading.Barrier(2), []

    def remind():
        try:
            start.wait(timeout=120)
            remind_of_pledge(pledge, days=0)
            results.append("sent")
        except NotAllowed:
            results.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=remind) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["sent", "told"]
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_sweep_asks_the_same_questions_of_one_and_of_many(giver, django_assert_num_queries, count):
    for _ in range(count):
        late_pledge(giver, "committed 10 · received 10")
    with time_machine.travel(day(7)), django_assert_num_queries(6):  # three stages, two sides
        remind_of_pledges()


# --- The receiver ------------------------------------------------------------------------------------------

SENT = "committed 10 · dispatched 10 2026-10-01"


@pytest.fixture
def receiver():
    """Somebody who may confirm, and a viewer, who may not."""
    member = make_member(official_name="Sumy", country="UA")
    make_representative(member, make_user(email="sumy@example.org", language="uk"), role="editor")
    make_representative(member, make_user(email="watch@example.org"), role="viewer")
    return member


def mails_of(numbers):
    """Runs the sweep on each day, once more where it wrote; name of the mail → on which days, one for each reader."""
    found = {}
    for number in numbers:
        seen = set(OutgoingMail.objects.values_list("pk", flat=True))
        for hour in (8, 9):
            with time_machine.travel(day(number, hour), tick=False):
                if not remind_of_pledges():
                    break  # a second time would see the same rows on the same day
        for mail in OutgoingMail.objects.exclude(pk__in=seen):
            found.setdefault((mail.name.rpartition("/")[2], mail.to), []).append(number)
    return found


def test_for_what_was_sent_the_receiver_is_asked_and_the_giver_told_so(giver, receiver):
    pledge = late_pledge(giver, SENT, receiver=receiver)
    found = mails_of([-8, *around(0, 7, 30), 44])
    told = {("receipt_awaited", f"{code}@example.org"): [0, 7, 30] for code in ("uk", "pl", "en")}
    assert found == {("receipt_asked", "sumy@example.org"): [0, 7, 30], **told}
    entries = JournalEntry.objects.about(pledge).filter(verb="pledge.receipt_asked", actor_kind="system")
    assert [entry.data["days"] for entry in entries.order_by("pk")] == [0, 7, 30]
    asked = OutgoingMail.objects.filter(name="partnerships/receipt_asked").first()
    assert (asked.is_secret, asked.category, asked.language) == (True, "reminder", "uk")
    assert asked.subject.startswith(ACTION_REQUIRED["uk"])
    token = re.search(r"/uk/deliveries/\S+", asked.text)
    assert token, asked.text
    told = OutgoingMail.objects.filter(name="partnerships/receipt_awaited", language="en").first()
    assert not told.is_secret
    assert "[" not in told.subject
    assert "Sumy" in told.subject
    assert "10 pieces recorded as sent" in told.text


def test_a_silent_receiver_is_asked_to_accept_what_arrived(giver, receiver):
    late_pledge(giver, SENT + " · received 10 2026-10-02 · accepted 4 2026-10-02", receiver=receiver)
    found = mails_of(around(0, 7))
    assert found["receipt_asked", "sumy@example.org"] == [0, 7]
    mail = OutgoingMail.objects.filter(name="partnerships/receipt_awaited", language="en").first()
    assert "6 pieces arrived and not yet accepted" in mail.text


def test_each_side_is_asked_for_its_own_part_alone(giver, receiver):
    late_pledge(giver, "committed 10 · dispatched 6 2026-10-01", receiver=receiver)
    found = mails_of(around(0, 7))
    assert found["receipt_asked", "sumy@example.org"] == [0, 7]
    assert found["pledge_overdue", "en@example.org"] == [0, 7]
    assert not any(name == "receipt_awaited" for name, _to in found)  # one mail tells the giver both
    reminder = OutgoingMail.objects.filter(name="partnerships/pledge_overdue", language="en").first()
    assert "4 pieces of 10 pieces" in reminder.text
    assert "we ask Sumy about it" in reminder.text


@pytest.mark.parametrize(
    ("sent_on", "arrives_on", "days"),
    [
        ("2026-10-13", None, [0, 7, 30]),  # a week before the agreed day
        ("2026-10-17", None, [4, 11, 34]),  # the receiver has a week to tell
        ("2026-10-25", None, [12, 19, 42]),  # sent late
        ("2026-10-01", "2026-10-21", [8, 15, 38]),  # three weeks on the road
    ],
)
def test_a_transport_is_given_a_week_after_it_was_to_arrive(giver, receiver, sent_on, arrives_on, days):
    pledge = late_pledge(giver, "committed 10", receiver=receiver)
    transport = Transport.objects.create(pledge=pledge, number=1, arrives_on=arrives_on)
    write_history(pledge.lines.get(), f"dispatched 10 {sent_on}", transport=transport)
    assert mails_of([-3, *around(0, *days), 49])["receipt_asked", "sumy@example.org"] == days


def test_after_missed_days_the_receiver_gets_the_latest_question_alone(giver, receiver):
    late_pledge(giver, SENT, receiver=receiver)
    assert mails_of([3, 33, 34])["receipt_asked", "sumy@example.org"] == [3, 33]


STOPPED = {
    "accepted": SENT + " · received 10 · accepted 10",
    "returned": SENT + " · received 10 · returned 10",
    "lost": SENT + " · receiver:lost 10",
    "disputed": SENT + " · received 12",
    "nothing sent": "committed 10",
}


@pytest.mark.parametrize("history", STOPPED.values(), ids=STOPPED)
def test_the_receiver_is_not_asked_when_there_is_nothing_to_tell(giver, receiver, history):
    pledge = late_pledge(giver, history, receiver=receiver)
    assert ("receipt_asked", "sumy@example.org") not in mails_of([0, 7, 30])
    with time_machine.travel(day(7)), pytest.raises(NotAllowed):
        ask_for_receipt(pledge, days=7)


def test_a_receiver_on_hold_is_not_asked_and_nobody_told_that_it_was(giver, receiver):
    late_pledge(giver, SENT, receiver=receiver)
    type(receiver).objects.filter(pk=receiver.pk).update(status="held")
    assert mails_of([0, 7, 30]) == {}


def test_the_question_stops_when_it_is_answered(giver, receiver):
    pledge = late_pledge(giver, SENT, receiver=receiver)
    assert mails_of([0])["receipt_asked", "sumy@example.org"] == [0]
    write_history(pledge.lines.get(), "received 10 2026-10-22 · accepted 10 2026-10-22")
    assert mails_of(around(7, 30)) == {}


def test_a_question_asked_twice_is_sent_once(giver, receiver):
    pledge = late_pledge(giver, SENT, receiver=receiver)
    with time_machine.travel(day(7), tick=False):
        ask_for_receipt(pledge, days=7)
        for days in (0, 7):
            with pytest.raises(NotAllowed):
                ask_for_receipt(pledge, days=days)
    assert OutgoingMail.objects.filter(name="partnerships/receipt_asked").count() == 1
