"""A matching round outlives the machines that compute it: real workers die in the middle, others take it up again, and
nothing is written twice. A table that somebody holds stops a worker at the place where it is to die."""

import contextlib

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships.actions import rounds as actions
from partnerships.models import (
    Match,
    MatchingRound,
    MatchScore,
    MatchWeights,
    RoundParticipant,
    RoundProposal,
)
from partnerships.models.rounds import STALE_AFTER
from tests.factories import make_representative, make_user
from tests.live import database_url, wait_for
from tests.partnerships.round_world import computed, looking, opened, pairs_of

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
Status = MatchingRound.Status
SECONDS = 30


READ, WRITTEN = "ACCESS EXCLUSIVE", "SHARE"


@contextlib.contextmanager
def held(model, what):
    """A table that somebody else holds: whoever reads it, or writes it, waits."""
    other = psycopg2.connect(database_url())
    try:
        with other, other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {model._meta.db_table} IN {what} MODE")
            yield
    finally:
        other.close()


def somebody_waits_for(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass",
            [model._meta.db_table],
        )
        return cursor.fetchone()[0]


def die_at(model, what, start):
    """A worker comes as far as to ``model`` and is killed there."""
    with held(model, what):
        victim = start()
        wait_for(lambda: somebody_waits_for(model), SECONDS, f"the worker comes to {model.__name__}")
        victim.kill()
    wait_for(lambda: not sessions_of_others(), SECONDS, "the database lets go of the dead")


def sessions_of_others():
    """Of the dead: their transactions end when the server next hears of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'active' AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def round_worker(sink, start_worker, start_beat):
    """A worker, and once a clock that sends it what the portal's clock sends."""
    beats = []

    def start():
        worker = start_worker(sink)
        if not beats:
            beats.append(start_beat(sink, LIVE_SWEEP="look_after_rounds", LIVE_SWEEP_SECONDS="0.5"))
        return worker

    return start


def world():
    """Four hromadas and four towns that look for a partner, each with somebody who reads mail."""
    for number in range(1, 5):
        for country in ("UA", "PL"):
            member = looking(country, population=1000 * number + (country == "PL"))
            make_representative(member, make_user())


def started():
    matching_round = opened()
    actions.start_round(matching_round, by=make_user())
    return matching_round


def publish(matching_round, worker):
    actions.publish_round(matching_round, by=make_user())
    return worker


def five_minutes_later():
    MatchingRound.objects.update(pulse_at=timezone.now() - STALE_AFTER * 2)


def verbs(verb):
    return JournalEntry.objects.filter(verb=verb).count()


def test_workers_that_die_in_a_round_are_replaced_and_nothing_is_doubled(round_worker):
    world()
    expected = computed()
    wanted = (expected.inputs_hash, pairs_of(expected), expected.result)
    actions.cancel_round(expected, by=make_user())
    RoundProposal.objects.all().delete()
    matching_round = started()

    # One dies while it writes down who takes part, its successor with the pairs in its hands.
    die_at(MatchWeights, READ, round_worker)
    five_minutes_later()
    die_at(RoundProposal, WRITTEN, round_worker)
    matching_round.refresh_from_db()
    assert (matching_round.status, matching_round.tries) == (Status.COMPUTING, 2)
    assert matching_round.frozen_at
    assert not RoundProposal.objects.exists()

    # Nobody touches a round whose worker was heard of a moment ago; after five minutes the third finishes it.
    last = round_worker()
    wait_for(lambda: last.says("look_after_rounds"), SECONDS, "the clock asks the third")
    wait_for(lambda: last.says("succeeded"), SECONDS, "it looks and goes")
    matching_round.refresh_from_db()
    assert matching_round.tries == 2
    five_minutes_later()
    wait_for(
        lambda: MatchingRound.objects.filter(pk=matching_round.pk, status=Status.COMPUTED).exists(), SECONDS
    )
    matching_round.refresh_from_db()
    assert (matching_round.inputs_hash, pairs_of(matching_round), matching_round.result) == wanted
    assert verbs("round.computed") == 2, "the one of this test, and one"

    # Published: it dies while it writes the mails. Both sides are asked once.
    die_at(OutgoingMail, WRITTEN, lambda: publish(matching_round, last))
    assert not Match.objects.exists()
    round_worker()
    wait_for(lambda: not RoundProposal.objects.to_hand_out().exists(), SECONDS, "all pairs are handed out")
    assert Match.objects.count() == MatchScore.objects.count() == verbs("match.proposed") == len(wanted[1])
    assert OutgoingMail.objects.filter(name="partnerships/match_proposed").count() == 8


def test_a_round_is_cancelled_under_a_worker_and_after_its_death(round_worker):
    world()
    matching_round = started()
    with held(MatchWeights, READ):
        worker = round_worker()
        wait_for(lambda: somebody_waits_for(MatchWeights), SECONDS, "the worker computes")
        actions.cancel_round(matching_round, by=make_user())
    wait_for(lambda: worker.says("'computed': 0"), SECONDS, "the worker gives up")

    # The next one is cancelled when its worker is dead: nobody takes it up.
    die_at(MatchWeights, READ, lambda: started() and worker)
    second = MatchingRound.objects.get(status=Status.COMPUTING)
    actions.cancel_round(second, by=make_user())
    five_minutes_later()
    worker = round_worker()
    wait_for(lambda: worker.says("'computed': 0"), SECONDS, "its successor finds nothing to do")
    for one in (matching_round, second):
        one.refresh_from_db()
        assert (one.status, one.tries, one.token) == (Status.CANCELLED, 1, "")
    assert not RoundParticipant.objects.exists()
    assert not RoundProposal.objects.exists()
    assert not verbs("round.computed")
