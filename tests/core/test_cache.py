"""The shared cache on its short way: what is kept is found, also over a connection that broke, and by a fork."""

import os
import socket

import pytest
import redis.exceptions
from django.conf import settings

from alliance.core import cache as patient


@pytest.fixture
def shared(monkeypatch):
    """The cache of production, with a value; the tests' own one is in memory."""
    monkeypatch.setattr(patient.PatientRedisCache, "_paused_until", 0.0)
    options = {"socket_timeout": 5, "socket_connect_timeout": 5}
    made = patient.PatientRedisCache(
        settings.REDIS_URL, {"KEY_PREFIX": f"test-{os.getpid()}", "OPTIONS": options}
    )
    made.set("kept", {"a": [1, "ż"]})
    yield made
    made.delete("kept")
    made._cache._connection().disconnect()


def test_what_is_kept_is_found(shared):
    assert shared.get("kept") == {"a": [1, "ż"]}
    assert shared.get("nothing", 7) == 7
    shared.set("kept", 3)
    assert shared.get("kept") == 3


def test_a_connection_that_broke_is_made_anew(shared):
    assert shared.get("kept")
    shared._cache._connection()._sock.shutdown(socket.SHUT_RDWR)
    for _again in range(2):
        assert shared.get("kept") == {"a": [1, "ż"]}


def test_a_fork_does_not_talk_on_the_connection_of_its_parent(shared, monkeypatch):
    first, pid = shared._cache._connection(), os.getpid()
    with monkeypatch.context() as patch:
        patch.setattr(patient.os, "getpid", lambda: pid + 1)
        forked = shared._cache._connection()
        assert forked is not first
        assert shared._cache._connection() is forked
    assert shared._cache._connection() is first


def test_a_server_that_hangs_reads_as_nothing_kept(shared, monkeypatch):
    def hang(*args, **kwargs):
        raise redis.exceptions.TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(shared._cache._connection(), "read_response", hang)
        assert shared.get("kept", "nothing") == "nothing"
    shared._cache._connection().disconnect()  # its answer was never read
    monkeypatch.setattr(patient.PatientRedisCache, "_paused_until", 0.0)
    assert shared.get("kept") == {"a": [1, "ż"]}
