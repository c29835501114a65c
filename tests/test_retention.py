"""How long the portal remembers: docs/limits.md and the code say the same, and each sweep is on the clock."""

import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parent.parent / "docs" / "limits.md"
ROW = re.compile(r"^\|[^|]+\| (?P<days>\d+) days? \| `(?P<name>[\w.]+)` \|$", re.M)
KEPT = {row["name"]: int(row["days"]) for row in ROW.finditer(DOCUMENT.read_text())}
SWEEPS = [
    "alliance.core.tasks.forget_old_mail",
    "alliance.content.tasks.forget_tickets",
    "alliance.content.tasks.forget_survey_words",
    "alliance.users.tasks.forget_unconfirmed_accounts",
    "alliance.users.tasks.forget_ended_sessions",
    "members.tasks.announce_removals",
    "members.tasks.delete_drafts",
    "partnerships.tasks.forget_unsaved",
    "partnerships.tasks.forget_sheets",
    "partnerships.tasks.forget_saved_searches",
]


def in_days(value):
    if isinstance(value, timedelta):
        return value.days
    return value // (24 * 3600) if value > 1000 else value


def test_the_table_is_read_and_says_everything_once():
    assert len(KEPT) >= 6
    assert len(KEPT) == len(ROW.findall(DOCUMENT.read_text()))


@pytest.mark.parametrize("name", KEPT)
def test_the_document_says_what_the_code_does(name):
    module, _dot, constant = name.rpartition(".")
    assert in_days(getattr(import_module(module), constant)) == KEPT[name]


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_the_privacy_page_promises_the_same(client, language):
    page = client.get(f"/{language}/privacy/").text
    told = {int(number) for number in re.findall(r"\b(\d+) (?:days|dni|днів)", page)}
    assert told == {30, 180, 14, 90, 365} <= set(KEPT.values())


@pytest.mark.parametrize("task", SWEEPS)
def test_every_sweep_is_on_the_clock(settings, task):
    assert task in [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]


FITS = re.compile(r"^\|[^|]+\| (?P<most>[\d,]+)(?P<mb> MB)? \| `(?P<name>[\w.]+)` \|$", re.M)


def test_what_fits_is_what_the_code_says():
    rows = list(FITS.finditer(DOCUMENT.read_text()))
    assert len(rows) >= 12
    for row in rows:
        module, _dot, constant = row["name"].rpartition(".")
        most = int(row["most"].replace(",", "")) * (1024 * 1024 if row["mb"] else 1)
        assert getattr(import_module(module), constant) == most, row["name"]
