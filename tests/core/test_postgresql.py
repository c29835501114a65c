"""A kept connection: not asked with every request, and noticed when the server ended it."""

import pytest
from django.db import connection

from alliance.core.postgresql import base


@pytest.fixture
def asked(monkeypatch):
    """How often the server was asked whether it is there."""
    calls = []
    plain = base.base.DatabaseWrapper.is_usable

    def is_usable(self):
        calls.append(1)
        return plain(self)

    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", is_usable)
    return calls


@pytest.fixture
def other(db):
    """A connection of our own: that of the test stays as it is."""
    copy = connection.copy()
    copy.connect()
    copy.answered_at = float("-inf")
    yield copy
    copy.close()


def test_a_connection_that_answered_a_moment_ago_is_not_asked(other, asked, monkeypatch):
    assert other.is_usable()
    assert other.is_usable()
    assert len(asked) == 1
    monkeypatch.setattr(base, "PAUSE_SECONDS", 0)
    assert other.is_usable()
    assert len(asked) == 2


def test_a_connection_that_the_server_ended_is_not_usable(other, asked):
    assert other.is_usable()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
        assert cursor.fetchone() == (True,)
    assert not other.is_usable()
    assert len(asked) == 2


def test_a_connection_that_is_closed_here_is_not_usable(other):
    assert other.is_usable()
    other.connection.close()
    assert not other.is_usable()
