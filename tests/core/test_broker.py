"""A worker goes on taking tasks when the broker did not take an acknowledgement."""

import uuid

import pytest
from kombu import Connection, Queue
from redis.exceptions import TimeoutError as Hangs

import alliance.celery  # noqa: F401 - installs the transport
from alliance.core.broker import PatientQoS
from tests.live import broker_url


@pytest.fixture
def channel():
    options = {"global_keyprefix": f"{uuid.uuid4().hex}:"}
    with Connection(broker_url(), transport_options=options) as connection:
        yield connection.channel()


def taken(channel):
    """A message that its only consumer holds, who takes one at a time."""
    queue = Queue("tasks", channel=channel)
    queue.declare()
    connection = channel.connection.client
    connection.Producer(channel).publish("do it", routing_key="tasks")
    messages = []
    channel.basic_qos(prefetch_count=1)
    consumer = connection.Consumer(queue, channel=channel, on_message=messages.append)
    with consumer:
        connection.drain_events(timeout=10)
        assert not channel.qos.can_consume()
    return messages[0]


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [("ack", {}), ("reject", {"requeue": True}), ("reject", {"requeue": False})],
)
def test_a_broker_that_hangs_at_the_acknowledgement_does_not_end_the_work(
    channel, monkeypatch, caplog, verb, arguments
):
    message = taken(channel)
    assert isinstance(channel.qos, PatientQoS)

    def hangs(*_arguments, **_options):
        raise Hangs("Timeout reading from socket")

    monkeypatch.setattr(PatientQoS, "_remove_from_indices", hangs)
    monkeypatch.setattr(PatientQoS, "restore_by_tag", hangs)
    getattr(message, verb)(**arguments)
    assert channel.qos.can_consume()
    assert "the task may run again" in caplog.text
    # The broker still holds it and hands it out again after the visibility timeout.
    assert channel.client.hget(channel.unacked_key, message.delivery_tag)


def test_an_acknowledgement_is_the_end_of_a_message(channel):
    message = taken(channel)
    message.ack()
    assert channel.qos.can_consume()
    assert not channel.client.hget(channel.unacked_key, message.delivery_tag)
