"""The most particular inbox wins; there is always one."""

import pytest

from alliance.core.inboxes import inbox, inbox_language

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


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (("press", "pl"), "en"),
        (("press", "uk"), "uk"),
        (("press", "uk", "UA"), "en"),
        (("membership", "pl"), "en"),
        (("membership", "uk"), "uk"),
        (("membership", "pl", "PL"), "en"),
        (("membership", "uk", "PL"), "uk"),
        (("membership:uk", ""), "en"),
    ],
)
def test_mails_to_an_inbox_are_in_the_language_it_is_kept_for(settings, asked, language):
    settings.INBOXES = INBOXES
    assert inbox_language(*asked) == language


def test_inbox_without_a_default_is_a_wrong_deployment(settings):
    settings.INBOXES = {}
    with pytest.raises(LookupError):
        inbox("press")
