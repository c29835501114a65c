"""No mail is lost, whatever dies; what is doubled has the same Message-ID. Real workers, broker, mail server."""

import time

import pytest
from django.db import connection
from django.utils import timezone

from alliance.core.models import OutgoingMail
from tests.faults.seed import DELAY, FEWER, MAILS, SLOW, message_ids, seed_sql
from tests.live import Sink, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
Status = OutgoingMail.Status


def seed(count: int = MAILS) -> None:
    with connection.cursor() as cursor:
        cursor.execute(seed_sql(count))


def wait_until_under_way(sink: Sink, share: float = 0.3, count: int = MAILS) -> None:
    wait_for(lambda: len(sink.taken) >= share * count, 60, "the batch is under way")


def assert_in_the_middle(sink: Sink, count: int = MAILS) -> None:
    """A fault that strikes before or after the batch proves nothing."""
    assert 0.1 * count <= len(sink.taken) <= 0.9 * count


def wait_until_all_sent(seconds: float) -> None:
    wait_for(
        lambda: not OutgoingMail.objects.filter(status=Status.QUEUED).exists(), seconds, "all mails are sent"
    )
    assert not OutgoingMail.objects.exclude(status=Status.SENT).exists()


def doubled(sink: Sink, count: int = MAILS) -> int:
    """How many mails were taken more often than once; fails when one was lost or came under another name."""
    taken = sink.message_ids()
    assert set(taken) == message_ids(count)
    return sum(times - 1 for times in taken.values())


@pytest.mark.parametrize(
    ("delay", "most_doubled", "waits_for_the_lease"), [(SLOW, 1, False), (DELAY, 8, True)]
)
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_next_to_nothing(
    sink, start_worker, start_beat, wake, delay, most_doubled, waits_for_the_lease
):
    seed()
    sink.delay = delay
    victim = start_worker(sink)
    wake()
    wait_until_under_way(sink)
    victim.kill()
    assert_in_the_middle(sink)
    leased = OutgoingMail.objects.filter(status=Status.QUEUED, lease_until__gt=timezone.now())
    assert leased.exists()
    if not waits_for_the_lease:
        leased.update(lease_until=timezone.now())  # as if it had run out; once is waited for in earnest
    sink.delay = 0
    start_worker(sink)
    start_beat(sink)
    wait_until_all_sent(180)
    assert doubled(sink) <= most_doubled


def test_several_workers_at_once_double_nothing(sink, start_worker, wake):
    seed()
    sink.delay = DELAY
    start_worker(sink, concurrency=2)
    start_worker(sink)
    for _ in range(3):
        wake()
    wait_until_all_sent(180)
    assert sink.connections >= 3
    assert doubled(sink) == 0


def test_a_worker_that_is_stopped_in_the_middle_hands_over_at_once(sink, start_worker, wake):
    seed(FEWER)
    sink.delay = SLOW
    first = start_worker(sink)
    wake()
    wait_until_under_way(sink, count=FEWER)
    assert first.terminate() == 0
    assert_in_the_middle(sink, FEWER)
    assert not OutgoingMail.objects.exclude(lease_token=None).exists()
    sink.delay = 0
    start_worker(sink)
    wake()
    wait_until_all_sent(60)
    assert doubled(sink, FEWER) == 0


def test_a_broker_that_is_away_delays_mails_and_loses_none(
    sink, start_worker, start_beat, broker, wake, monkeypatch
):
    worker = start_worker(sink, REDIS_URL=broker.url)
    seed(10)
    wake(broker.url)
    wait_until_all_sent(60)
    beat = start_beat(sink, REDIS_URL=broker.url)
    broker.stop()
    OutgoingMail.objects.all().delete()
    sink.taken.clear()
    seed(500)
    time.sleep(5)  # beat and worker notice, and fail a few times
    assert OutgoingMail.objects.filter(status=Status.QUEUED).count() == 500
    broker.start()
    wait_until_all_sent(180)
    assert doubled(sink, 500) == 0
    assert worker.process.poll() is None
    assert beat.process.poll() is None


def test_a_broker_that_hangs_delays_mails_and_loses_none(sink, start_worker, start_beat, broker):
    worker = start_worker(sink, REDIS_URL=broker.url)
    beat = start_beat(sink, REDIS_URL=broker.url)
    seed(500)
    sink.delay = SLOW
    wait_until_under_way(sink, count=500)
    sink.delay = 1  # the batch waits for the fault
    broker.freeze()
    assert_in_the_middle(sink, 500)
    sink.delay = 0
    wait_until_all_sent(60)  # a batch that is under way needs no broker
    wait_for(lambda: worker.says("took no acknowledgement"), 30, "the worker met the broker that hangs")
    wait_for(lambda: beat.says("Message Error"), 30, "beat met the broker that hangs")
    assert doubled(sink, 500) == 0
    OutgoingMail.objects.all().delete()
    sink.taken.clear()
    seed(500)
    broker.thaw()
    wait_until_all_sent(60)
    assert doubled(sink, 500) == 0


@pytest.mark.parametrize(
    ("stage", "reply", "count"),
    [
        ("connect", "421 4.3.2 Shutting down", FEWER),
        ("RCPT", "451 4.3.0 Try again later", FEWER),
        ("DATA", "452 4.3.1 Full", MAILS),
    ],
)
def test_a_mail_server_that_refuses_for_a_while_gets_every_mail_once(
    sink, start_worker, start_beat, stage, reply, count
):
    seed(count)
    sink.delay = SLOW
    start_worker(sink)
    start_beat(sink)
    wait_until_under_way(sink, count=count)
    sink.answers[stage] = lambda _: reply
    if stage == "connect":
        sink.drop_before = {sink.offered + 5}
    time.sleep(3)
    assert_in_the_middle(sink, count)
    sink.answers.clear()
    sink.delay = 0
    # All but those on which the refusal was seen come within a pause and a sweep; these wait for a minute.
    wait_for(
        lambda: OutgoingMail.objects.filter(status=Status.SENT).count() >= count - 10, 40, "nearly all sent"
    )
    OutgoingMail.objects.filter(status=Status.QUEUED).update(due_at=timezone.now())
    wait_until_all_sent(60)
    assert doubled(sink, count) == 0


def test_a_mail_server_that_is_down_gets_every_mail_once(sink, start_worker, start_beat):
    seed(FEWER)
    sink.delay = SLOW
    start_worker(sink)
    start_beat(sink)
    wait_until_under_way(sink, count=FEWER)
    sink.stop()
    time.sleep(3)
    assert_in_the_middle(sink, FEWER)
    sink.delay = 0
    sink.start()
    wait_for(
        lambda: OutgoingMail.objects.filter(status=Status.SENT).count() >= FEWER - 10, 40, "nearly all sent"
    )
    OutgoingMail.objects.filter(status=Status.QUEUED).update(due_at=timezone.now())
    wait_until_all_sent(60)
    assert doubled(sink, FEWER) <= 1  # the one that was taken when the line was cut


def test_lines_that_break_in_the_middle_lose_nothing(sink, start_worker, start_beat):
    seed(FEWER)
    sink.delay = SLOW
    sink.drop_before, sink.drop_after = {100, 300}, {200, 400}
    start_worker(sink)
    start_beat(sink)
    wait_for(
        lambda: OutgoingMail.objects.filter(status=Status.SENT).count() >= FEWER - 4, 180, "nearly all sent"
    )
    OutgoingMail.objects.filter(status=Status.QUEUED).update(due_at=timezone.now())
    wait_until_all_sent(60)
    assert doubled(sink, FEWER) == 2  # the two whose 250 never came
