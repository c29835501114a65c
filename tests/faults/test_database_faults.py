"""A database that goes away in the middle of a batch: the worker waits for it, and nothing is lost."""

import time

import pytest

from tests.faults.seed import DELAY, MAILS, message_ids, seed_sql
from tests.live import Sink, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def sent(database) -> int:
    return database.rows("SELECT count(*) FROM core_outgoingmail WHERE status = 'sent'")[0][0]


def under_way(sink: Sink, database, start_worker, wake) -> None:
    """A worker in the middle of the batch of that database."""
    database.rows(seed_sql())
    sink.delay = DELAY
    start_worker(sink, DATABASE_URL=database.url)
    wake()
    wait_for(lambda: len(sink.taken) >= 0.3 * MAILS, 60, "the batch is under way")


def assert_all_came(sink: Sink, database, most_doubled: int) -> None:
    sink.delay = 0
    wait_for(lambda: sent(database) == MAILS, 60, "all mails are sent")
    taken = sink.message_ids()
    assert set(taken) == message_ids()
    assert sum(taken.values()) - MAILS <= most_doubled


def test_a_database_that_is_restarted_in_the_middle_loses_and_doubles_nothing(
    sink, database, start_worker, wake
):
    under_way(sink, database, start_worker, wake)
    database.stop()
    assert 0.1 * MAILS <= len(sink.taken) <= 0.9 * MAILS
    time.sleep(2)
    taken = len(sink.taken)
    time.sleep(1)
    assert len(sink.taken) == taken, "a worker without its database must not send"
    database.start()
    assert_all_came(sink, database, most_doubled=0)


def test_a_database_that_crashes_in_the_middle_loses_nothing_and_doubles_at_most_eight(
    sink, database, start_worker, start_beat, wake
):
    under_way(sink, database, start_worker, wake)
    database.crash()
    assert 0.1 * MAILS <= len(sink.taken) <= 0.9 * MAILS
    database.start()
    start_beat(sink, DATABASE_URL=database.url)
    assert_all_came(sink, database, most_doubled=8)
