"""The age of what visitors see: a version in the shared cache that every committed write raises.

`journal.record()` calls `touch_on_commit()`, so an action cannot forget it. Without the cache, pages are at
most `microcache.SECONDS` old.
"""

import secrets

from django.core.cache import cache
from django.db import transaction

KEY = "freshness"


def version() -> str:
    """The current version; empty when the shared cache does not answer or knows none."""
    return cache.get(KEY, "")


def touch() -> None:
    """What was rendered before this moment is old. Random, so a cache that forgets never repeats a version."""
    cache.set(KEY, secrets.token_hex(8), None)


def touch_on_commit() -> None:
    """Touch when the running transaction commits; once per transaction."""
    if not any(call is touch for _sids, call, *_rest in transaction.get_connection().run_on_commit):
        transaction.on_commit(touch, robust=True)
