"""The world of a crawl: built once per module, committed, so that a web server sees it too."""

import logging
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import override

from tests import slate
from tests.journeys.crawl.world import ACTORS, World, build_world


@pytest.fixture(scope="module", autouse=True)
def _refusals_are_not_written_down() -> Iterator[None]:
    """Thousands of answers are refusals, each with its traceback in a log that nobody reads. Errors still are."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, field_history, request) -> Iterator[World]:
    """One of everything. A module that sets `HAS_FILES` gets uploads too."""
    with django_db_blocker.unblock():
        try:
            with override("uk"), transaction.atomic():
                built = build_world(has_files=getattr(request.module, "HAS_FILES", False))
            yield built
        finally:
            slate.wipe()
            cache.clear()


@pytest.fixture(scope="module")
def cookies(world: World) -> dict[str, SimpleCookie]:
    """What the browser of each actor holds: a session where they have a login."""
    held = {actor: SimpleCookie() for actor in ACTORS}
    for actor, user in world.users.items():
        client = Client()
        client.force_login(user)
        held[actor] = client.cookies
    return held


@pytest.fixture(scope="module")
def asked(cookies: dict[str, SimpleCookie]) -> Callable[..., Any]:
    """`ask` for what a module reads once; needs the database to be open."""

    def ask_once(actor: str, method: str, address: str, *args: Any, **more: Any) -> HttpResponse:
        client = Client(headers={"accept-language": "uk"}, raise_request_exception=False)
        client.cookies = SimpleCookie(cookies[actor].output(header="", sep=";"))
        cache.clear()
        with transaction.atomic():
            response = getattr(client, method)(address, *args, **more)
            response.body = response.getvalue() if response.streaming else response.content
            transaction.set_rollback(True)
        return response

    return ask_once


@pytest.fixture
def ask(asked: Callable[..., Any]) -> Callable[..., Any]:
    """``ask(actor, "get", address, **data)``: the answer, with what it changed undone."""
    return asked
