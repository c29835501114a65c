"""Somebody else acts in the instant before an action locks its row: what two threads would meet once in a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def just_before_the_lock(change: Callable[[], Any]) -> Iterator[None]:
    """Runs ``change`` once, before the first `SELECT … FOR UPDATE` inside the block."""
    done = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "FOR UPDATE" in sql and not done:
            done.append(sql)
            change()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    assert done, "nothing was locked"
