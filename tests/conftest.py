"""Fixtures that every test may use."""

import gc

import pytest
from django.core.cache import cache
from django.utils import translation

from partnerships.actions.suggestion_columns import MEMORY

# Thousands of collected tests live to the end: looking through them again and again is a tenth of all the work.
gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True)
def _clean_slate():
    """No cached limit, no language and no remembered candidate of one test reaches the next."""
    cache.clear()
    MEMORY.forget()
    with translation.override("en"):
        yield


@pytest.fixture
def shared_data(settings):
    """The folder of official data beside the checkout; the test is skipped where it is absent."""
    if not settings.SHARED_DATA.is_dir():
        pytest.skip("shared data absent")
    return settings.SHARED_DATA
