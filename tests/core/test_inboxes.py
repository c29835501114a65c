"""The most particular inbox wins; there is always one."""

import pytest

from alliance.core.inboxes import inbox

INBOXES = {
    "default": "all@example.org",
    "uk": "ukrainian@example.org",
    "UA": "ukraine@example.org",
    "membership": "joining@example.org",
    "membership:uk": "joining-uk@example.org",
    "membership:PL": "joining-poland@example.org",
    "membership:PL:uk": "joining-poland-uk@example.org",
}


@pytest.mark.parametrize(
    ("asked", "address"),
    [
        ({}, "all"),
        ({"topic": "press"}, "all"),
        ({"topic": "press", "language": "uk"}, "ukrainian"),
        ({"topic": "press", "language": "uk", "country": "UA"}, "ukraine"),
        ({"topic": "membership", "language": "en"}, "joining"),
        ({"topic": "membership", "language": "uk"}, "joining-uk"),
        ({"topic": "membership", "language": "en", "country": "pl"}, "joining-poland"),
        ({"topic": "membership", "language": "uk", "country": "PL"}, "joining-poland-uk"),
    ],
)
def test_inbox_by_topic_country_and_language(settings, asked, address):
    settings.INBOXES = INBOXES
    assert inbox(**asked) == f"{address}@example.org"


def test_inbox_without_a_default_is_a_wrong_deployment(settings):
    settings.INBOXES = {}
    with pytest.raises(LookupError):
        inbox("press")
