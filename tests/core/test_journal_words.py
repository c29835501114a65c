"""Whoever reads the journal at the desk reads words: every verb that is written to it has some."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin

from alliance.core.admin.history import verb_label

# `record("member.approved", …)`, `move(…, verb="listing.expired")`.
WRITTEN = re.compile(r'(?:\brecord\(|\bverb=)\s*"([a-z_]+\.[a-z_]+)"')
APPS = ("alliance", "members", "partnerships")


def verbs_in(source: str) -> set[str]:
    return set(WRITTEN.findall(source))


def test_verbs_are_found():
    assert verbs_in('record("a.done", row, by=by)\nmove(row, to, by=by, verb="b.moved")') == {
        "a.done",
        "b.moved",
    }


@pytest.mark.parametrize("app", APPS)
def test_every_verb_of_the_journal_has_words(app):
    admin.autodiscover()
    verbs = set().union(*(verbs_in(path.read_text()) for path in Path(settings.BASE_DIR, app).rglob("*.py")))
    assert len(verbs) > 15
    assert not {verb for verb in verbs if verb_label(verb) == verb}
