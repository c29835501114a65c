"""Fixtures that every test may use."""

import gc
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.template import Template
from django.test import TransactionTestCase
from django.test.signals import template_rendered
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from alliance.core import microcache
from partnerships.actions.suggestion_columns import MEMORY
from tests import slate
from tests.factories import FieldHistory

# Thousands of collected tests live to the end: looking through them again and again is a tenth of all the work.
gc.disable()


# The same examples in every run, and no limit of time: a machine that is busy elsewhere proves nothing.
hypothesis_settings.register_profile(
    "house", deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")

# A page that is kept for a moment is kept however slow the machine is.
microcache.SECONDS = 3600

COLLECTED_ON = timezone.localdate()


def pytest_collection_finish(session: pytest.Session) -> None:
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _contexts_of_whole_pages(django_test_environment) -> None:
    """`response.context` is the page's own: Django would copy the context of every component and widget in it, too."""
    is_inside = False

    def render(template, context):
        nonlocal is_inside
        if is_inside:
            return template.nodelist.render(context)
        template_rendered.send(sender=template, template=template, context=context)
        is_inside = True
        try:
            return template.nodelist.render(context)
        finally:
            is_inside = False

    Template._render = render  # Django puts its own back at the end


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """pytest-django's; what a test commits is wiped our way."""
    with django_db_blocker.unblock():
        slate.remember()
        slate.know_the_kinds_of_rows()
    TransactionTestCase._fixture_teardown = lambda _test: slate.wipe()


@pytest.fixture(autouse=True)
def _one_day(request):
    """No test begins just before midnight; and a module that was collected yesterday is told what day it is."""
    now = timezone.localtime()
    if now.hour == 23 and now.minute == 59:
        time.sleep(60 - now.second)
    for name, days in (("TODAY", 0), ("TOMORROW", 1)):
        if getattr(request.module, name, None) == COLLECTED_ON + timedelta(days=days):
            setattr(request.module, name, timezone.localdate() + timedelta(days=days))


@pytest.fixture(autouse=True)
def _clean_slate():
    """No cached limit, no language and no remembered candidate of one test reaches the next."""
    cache.clear()
    MEMORY.forget()
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def field_history():
    """Rows of the factories have a field history, as if somebody had entered them."""
    FieldHistory.is_kept = True
    yield
    FieldHistory.is_kept = False


@pytest.fixture
def shared_data(settings):
    """The folder of official data beside the checkout; the test is skipped where it is absent."""
    if not settings.SHARED_DATA.is_dir():
        pytest.skip("shared data absent")
    return settings.SHARED_DATA
