"""Fixtures that every test may use."""

import gc

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.template import Template
from django.test import TransactionTestCase
from django.test.signals import template_rendered
from django.utils import translation

from partnerships.actions.suggestion_columns import MEMORY
from tests import slate
from tests.factories import FieldHistory

# Thousands of collected tests live to the end: looking through them again and again is a tenth of all the work.
gc.disable()


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
    """pytest-django's; what a test commits is wiped our way, and no count of queries depends on who came before: the
    kinds of rows are known, as to a portal that has run for a minute."""
    with django_db_blocker.unblock():
        slate.remember()
        ContentType.objects.get_for_models(*apps.get_models())
    TransactionTestCase._fixture_teardown = lambda _test: slate.wipe()


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
