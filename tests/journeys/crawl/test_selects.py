"""No list of choices begins with dashes or nothing: its first line is a word in the reader's language."""

import re

import pytest
from django.utils.translation import override

from tests.journeys.crawl.routes import ROUTES, Route
from tests.journeys.crawl.world import World

pytestmark = pytest.mark.django_db
HAS_FILES = False
# The desk works in Django's admin, whose lists are known to its people.
PAGES = [route for route in ROUTES if route.seen_by and not route.name.startswith("admin:")]
SELECT = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>\s*<option[^>]*>([^<]*)</option>')


def selects(ask, world: World, route: Route, language: str) -> dict[str, str]:
    """Name of each list on a page and what its first line says."""
    with override(language):
        address = route.address(world)
    return dict(SELECT.findall(ask(route.seen_by, "get", address).body.decode()))


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_every_list_of_choices_begins_with_a_word(world, ask, language):
    first = {route.name: selects(ask, world, route, language) for route in PAGES}
    found = {(page, name): words for page, lists in first.items() for name, words in lists.items()}
    assert {name for _page, name in found} >= {"topic", "language"}, "there are lists on these pages"
    assert {where: words for where, words in found.items() if not re.search(r"[^\W_]", words)} == {}


def test_the_topic_of_a_question_is_chosen_not_given(world, ask):
    route = next(route for route in PAGES if route.name == "content:contact")
    words = {language: selects(ask, world, route, language)["topic"] for language in ("en", "pl", "uk")}
    assert words == {"en": "Please choose", "pl": "Prosimy wybrać", "uk": "Виберіть зі списку"}
