"""The age of what visitors see: a version in the shared cache that every committed write raises.

`journal.record()` calls `touch_on_commit()`, so an action cannot forget it. Without the cache, pages are at
most `microcache.SECONDS` old.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.cache import cache
from django.db import transaction

KEY = "freshness"
# What the request that runs here has been told; None outside a request.
_told: ContextVar[list[str] | None] = ContextVar("told", default=None)


def version() -> str:
    """The current version; empty when the shared cache does not answer or knows none."""
    if (told := _told.get()) is None:
        return cache.get(KEY, "")
    if not told:
        told.append(cache.get(KEY, ""))
    return told[0]


@contextmanager
def asked_once() -> Iterator[None]:
    """Inside, the cache is asked for the version once: the one from before anything was read, so what is kept
    under it is at least as new as it says."""
    token = _told.set([])
    try:
        yield
    finally:
        _told.reset(token)


def touch() -> None:
    """What was rendered before this moment is old. Random, so a cache that forgets never repeats a version."""
    cache.set(KEY, secrets.token_hex(8), None)
    if told := _told.get():
        told.clear()


def touch_on_commit() -> None:
    """Touch when the running transaction commits; once per transaction."""
    if not any(call is touch for _sids, call, *_rest in transaction.get_connection().run_on_commit):
        transaction.on_commit(touch, robust=True)
