"""Two at one instant, with real threads on the database: one wins, the other is told, and every mail is sent once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed
from partnerships.actions import help_requests, safety, waiting
from partnerships.actions import matches as actions
from partnerships.actions import meetings as meeting_actions
from partnerships.models import Block, HelpRequest, Match, Meeting, Message, Report
from tests.factories import (
    make_coordinator,
    make_listing,
    make_meeting,
    make_member,
    make_representative,
    make_request,
    make_user,
)

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(4)  # the same race several times: which thread comes first differs


def at_once(*acts):
    """Runs every act in a thread of its own, all at one instant; what each returned or was refused with."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number, act):
        try:
            start.wait(timeout=120)
            results[number] = act()
        except (NotAllowed, Refused) as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=240)
    assert not [thread for thread in threads if thread.is_alive()], "a deadlock"
    return results


def refused(results):
    return [isinstance(result, NotAllowed | Refused) for result in results]


def count(verb):
    return JournalEntry.objects.filter(verb=verb).count()


def mails(stem):
    return OutgoingMail.objects.filter(name=f"partnerships/{stem}")


@pytest.fixture
def people():
    asker, asked = make_member(), make_member(country="UA")
    for member in (asker, asked):
        make_representative(member)
    return asker, asked, make_user()


@pytest.mark.parametrize("_round", ROUNDS)
def test_accept_against_take_back(people, _round):
    asker, asked, user = people
    match = make_request(asker, asked)
    results = at_once(
        lambda: actions.accept_match(Match.objects.get(pk=match.pk), member=asked, by=user),
        lambda: actions.take_back_match(Match.objects.get(pk=match.pk), member=asker, by=user),
    )
    match.refresh_from_db()
    assert sorted(refused(results)) == [False, True]
    won = "accepted" if refused(results)[1] else "closed"
    assert match.status == won
    assert count("match.accepted") + count("match.taken_back") == 1
    assert mails("match_accepted").exists() == (won == "accepted")
    assert mails("match_taken_back").exists() == (won == "closed")


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_colleagues_accept(people, _round):
    asker, asked, user = people
    match = make_request(asker, asked)
    results = at_once(
        *[
            lambda: actions.accept_match(Match.objects.get(pk=match.pk), member=asked, by=user)
            for _ in range(3)
        ]
    )
    assert sorted(refused(results)) == [False, True, True]
    assert count("match.accepted") == 1
    assert mails("match_accepted").count() == 4  # two people and two contact persons, each once


@pytest.mark.parametrize("_round", ROUNDS)
def test_both_sides_of_a_suggestion_accept(people, _round):
    asker, asked, user = people
    match = make_request(asker, asked, origin="suggestion", requested_by=None)
    Match.objects.filter(pk=match.pk).update(answer_a="", answer_b="", answered_a_at=None, answered_b_at=None)
    results = at_once(
        lambda: actions.accept_match(Match.objects.get(pk=match.pk), member=asked, by=user),
        lambda: actions.accept_match(Match.objects.get(pk=match.pk), member=asker, by=user),
    )
    match.refresh_from_db()
    assert refused(results) == [False, False]
    assert match.status == "accepted"
    assert (count("match.answered"), count("match.accepted")) == (1, 1)
    assert mails("match_accepted").count() == 4


@pytest.mark.parametrize("_round", ROUNDS)
def test_accept_against_the_sweep_that_closes(people, _round):
    asker, asked, user = people
    match = make_request(asker, asked, asked_at=timezone.now() - timedelta(days=31))
    results = at_once(
        lambda: actions.accept_match(Match.objects.get(pk=match.pk), member=asked, by=user),
        waiting.look_after_matches,
    )
    match.refresh_from_db()
    is_accepted = not refused(results)[0]
    assert match.status == ("accepted" if is_accepted else "closed")
    assert results[1]["closed"] == (0 if is_accepted else 1)
    assert mails("match_accepted").exists() == is_accepted
    assert mails("match_closed").exists() != is_accepted


@pytest.mark.parametrize("_round", ROUNDS)
def test_accept_against_decline(people, _round):
    asker, asked, user = people
    match = make_request(asker, asked)
    results = at_once(
        lambda: actions.accept_match(Match.objects.get(pk=match.pk), member=asked, by=user),
        lambda: actions.decline_match(
            Match.objects.get(pk=match.pk), member=asked, reason="language", by=user
        ),
    )
    assert sorted(refused(results)) == [False, True]
    assert count("match.accepted") + count("match.declined") == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_sweeps_remind_once(people, _round):
    asker, asked, _user = people
    for days in (6, 11, 15):
        make_request(asker, asked, listing=make_listing(), asked_at=timezone.now() - timedelta(days=days))
    at_once(waiting.look_after_matches, waiting.look_after_matches, waiting.look_after_matches)
    assert (count("match.reminded"), count("match.handed_over")) == (2, 1)
    assert mails("match_reminder").count() == 2
    assert mails("match_unanswered").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_both_sides_end_it(people, _round):
    asker, asked, user = people
    match = make_request(asker, asked, status="accepted")
    make_meeting(match, status="agreed", sequence=1)
    results = at_once(
        lambda: actions.end_match(Match.objects.get(pk=match.pk), member=asked, by=user),
        lambda: actions.end_match(Match.objects.get(pk=match.pk), member=asker, by=user),
    )
    assert sorted(refused(results)) == [False, True]
    assert (count("match.ended"), count("meeting.cancelled")) == (1, 1)
    assert mails("meeting_cancelled").count() == 2


@pytest.mark.parametrize("_round", ROUNDS)
def test_both_sides_ask_each_other(people, _round):
    asker, asked, user = people
    results = at_once(
        lambda: actions.request_match(member=asker, to=asked, text="Hi", by=user),
        lambda: actions.request_match(member=asked, to=asker, text="Hi", by=user),
    )
    assert sorted(is_new for _match, is_new in results) == [False, True]
    assert Match.objects.count() == Message.objects.count() == mails("match_requested").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_request_against_a_block(people, _round):
    asker, asked, user = people
    at_once(
        lambda: actions.request_match(member=asker, to=asked, text="Hi", by=user),
        lambda: safety.block_member(asked, other=asker, by=user),
    )
    assert Block.objects.count() == 1
    assert not Match.objects.open().exists()


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_message_against_the_end(people, _round):
    asker, asked, user = people
    match = make_request(asker, asked, status="accepted")
    results = at_once(
        lambda: actions.send_message(Match.objects.get(pk=match.pk), member=asker, text="Hi", by=user),
        lambda: actions.end_match(Match.objects.get(pk=match.pk), member=asked, by=user),
    )
    assert not refused(results)[1]
    assert Message.objects.filter(text="Hi").exists() == mails("message_sent").exists() != refused(results)[0]


def test_a_double_click_on_send_and_on_propose(people):
    asker, asked, user = people
    match = make_request(asker, asked, status="accepted")
    key = "3f1f3a1e-6f0b-4a3c-9a55-0e3f1c2d4b5a"
    starts_at = timezone.now() + timedelta(days=1)
    at_once(
        *[lambda: actions.send_message(match, member=asker, text="Hi", by=user, key=key) for _ in range(3)]
    )
    proposal = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "zone": "Europe/Kyiv"}
    at_once(
        *[
            lambda: meeting_actions.propose_meeting(match, member=asker, by=user, key=key, **proposal)
            for _ in range(3)
        ]
    )
    assert Message.objects.filter(key=key).count() == mails("message_sent").count() == 1
    assert Meeting.objects.count() == mails("meeting_proposed").count() == 1


@pytest.mark.parametrize("_round", ROUNDS)
@pytest.mark.parametrize("other", ["cancel", "decline", "agree", "end"])
def test_agreeing_to_a_meeting_against_another_verb(people, other, _round):
    asker, asked, user = people
    match = make_request(asker, asked, status="accepted")
    meeting = make_meeting(match, asker)
    verbs = {
        "cancel": lambda m: meeting_actions.cancel_meeting(m, member=asker, by=user),
        "decline": lambda m: meeting_actions.decline_meeting(m, member=asked, by=user),
        "agree": lambda m: meeting_actions.agree_meeting(m, member=asked, by=user),
        "end": lambda m: actions.end_match(m.match, member=asker, by=user),
    }
    results = at_once(
        lambda: meeting_actions.agree_meeting(Meeting.objects.get(pk=meeting.pk), member=asked, by=user),
        lambda: verbs[other](Meeting.objects.get(pk=meeting.pk)),
    )
    meeting.refresh_from_db()
    agreed, cancelled = not refused(results)[0], other in ("cancel", "end") and not refused(results)[1]
    if other in ("cancel", "end"):  # agreed first, then called off; or called off at once
        assert not refused(results)[1]
        assert meeting.status == "cancelled"
        assert meeting.sequence == (2 if agreed else 1)
    else:
        assert sorted(refused(results)) == [False, True]
        assert meeting.sequence == 1
    assert (count("meeting.cancelled") == 1) == cancelled
    assert mails("meeting_agreed").count() == (2 if agreed or other == "agree" else 0)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_coordinators_take_over(people, _round):
    match = make_request(*people[:2])
    desk = [make_coordinator(), make_coordinator()]
    results = at_once(
        *[
            lambda who=who: help_requests.take_over_match(Match.objects.get(pk=match.pk), by=who)
            for who in desk
        ]
    )
    match.refresh_from_db()
    assert sorted(refused(results)) == [False, True]
    assert match.coordinator == desk[refused(results).index(False)]
    assert count("match.taken_over") == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_coordinators_decide_a_report_and_finish_a_call(people, _round):
    asker, asked, user = people
    match = make_request(asker, asked)
    report, _new = safety.report_match(match, member=asked, reason="abuse", by=user)
    call, _new = help_requests.request_help(match, member=asked, kind="mediator", by=user)
    decided = at_once(
        lambda: safety.uphold_report(Report.objects.get(pk=report.pk), outcome="Done.", by=user),
        lambda: safety.dismiss_report(Report.objects.get(pk=report.pk), outcome="No.", by=user),
    )
    done = at_once(
        *[
            lambda: help_requests.finish_help(HelpRequest.objects.get(pk=call.pk), answer="Yes.", by=user)
            for _ in range(2)
        ]
    )
    assert sorted(refused(decided)) == sorted(refused(done)) == [False, True]
    assert mails("report_decided").count() == mails("help_finished").count() == 1


def test_asking_reporting_and_blocking_by_double_click(people):
    asker, asked, user = people
    match, listing = make_request(asker, asked), make_listing()
    for act in (
        lambda: help_requests.request_help(match, member=asked, kind="interpreter", by=user),
        lambda: safety.report_match(match, member=asked, reason="abuse", by=user),
        lambda: safety.report_listing(listing, member=asked, reason="fraud", by=user),
    ):
        assert sorted(is_new for _row, is_new in at_once(act, act, act)) == [False, False, True]
    assert sorted(at_once(*[lambda: safety.block_member(asked, other=asker, by=user)] * 3)) == [
        False, False, True,
    ]  # fmt: skip
    assert (HelpRequest.objects.count(), Report.objects.count(), Block.objects.count()) == (1, 2, 1)
    assert mails("help_requested").count() == 1
    assert mails("report_made").count() == 2
    assert mails("match_closed").count() == 1
