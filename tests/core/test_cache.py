"""The shared cache on its short way: what is kept is found, also over a connection that broke, and by a fork."""

import os
import socket

import pytest
import redis.exceptions
from django.core.cache import cache, caches

from alliance.core import cache as patient


@pytest.fixture
def kept():
    cache.set("test-cache", {"a": [1, "ż"]})
    yield {"a": [1, "ż"]}
    cache.delete("test-cache")


def test_what_is_kept_is_found(kept):
    assert cache.get("test-cache") == kept
    assert cache.get("test-cache-nothing", 7) == 7
    cache.set("test-cache", 3)
    assert cache.get("test-cache") == 3


def test_a_connection_that_broke_is_made_anew(kept):
    assert cache.get("test-cache") == kept
    client = caches["default"]._cache
    client._connection()._sock.shutdown(socket.SHUT_RDWR)
    assert cache.get("test-cache") == kept
    assert cache.get("test-cache") == kept


def test_a_fork_does_not_talk_on_the_connection_of_its_parent(kept, monkeypatch):
    assert cache.get("test-cache") == kept
    client = caches["default"]._cache
    first, pid = client._connection(), os.getpid()
    monkeypatch.setattr(patient.os, "getpid", lambda: pid + 1)
    forked = client._connection()
    assert forked is not first
    assert client._connection() is forked
    forked.disconnect()
    vars(client._own).pop(pid + 1)


def test_a_server_that_hangs_reads_as_nothing_kept(kept, monkeypatch):
    monkeypatch.setattr(patient.PatientRedisCache, "_paused_until", 0.0)
    client = caches["default"]._cache

    def hang(*args, **kwargs):
        raise redis.exceptions.TimeoutError

    monkeypatch.setattr(client._connection(), "read_response", hang)
    assert cache.get("test-cache", "nothing") == "nothing"
    client._connection().disconnect()  # its answer was never read
