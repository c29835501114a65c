"""Browser, people and places of the journeys; the real processes come from `tests/live.py`."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.journeys.places import import_some_places
from tests.live import *  # noqa: F403
from tests.live import __all__ as _live

__all__ = ["browser", "open_browser", "places", *_live]

# Playwright's loop runs in this thread, and Django takes that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
CHROMIUM = Path("/usr/bin/chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
LOCALES = {"en": "en-GB", "pl": "pl-PL", "uk": "uk-UA"}
# Milliseconds: what a page is waited for on a machine that is busy elsewhere. Only a test that fails waits so long.
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module", autouse=True)
def _history_as_in_life(field_history) -> None:
    """A story has everything that the portal writes down."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the system with a fresh profile, for the tests of one module."""
    if not CHROMIUM.exists():
        pytest.skip("no chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield chromium
        chromium.close()
        # While Playwright's loop runs, this thread has a connection of its own; nobody else would close it.
        connections.close_all()


@pytest.fixture
def open_browser(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A person's own browser: ``open_browser("uk", PHONE, scripts=False)``."""
    contexts: list[BrowserContext] = []

    def start(language: str, size: dict = DESK, *, scripts: bool = True, **options) -> BrowserContext:
        context = browser.new_context(
            viewport=size, java_script_enabled=scripts, locale=LOCALES[language], **options
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def places(transactional_db) -> None:
    """A few hromadas and gminas, read from small files by the readers of the registers."""
    import_some_places()
