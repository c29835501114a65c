"""`check --deploy` says what is missing, and is silent about a deployment that is right."""

import re
from pathlib import Path

import pytest

from alliance.core import checks
from alliance.core.checks import deployment

RIGHT = {
    "SECRET_KEY": "k" * 60,
    "DEBUG": False,
    "LOCAL_RUN": False,
    "SECOND_FACTOR_REQUIRED": True,
    "PUBLIC_URL": "https://alliance.europa.test",
    "ALLOWED_HOSTS": ["alliance.europa.test"],
    "TRUSTED_PROXIES": 1,
    "MAIL_FROM": "Alliance <portal@alliance.europa.test>",
    "INBOXES": {"default": "desk@alliance.europa.test"},
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_USE_TLS": True,
    "IATI_ORGANISATION": "BE-BCE_KBO-0123456789",
    "CELERY_BROKER_URL": "redis://valkey:6379/0",
}


@pytest.fixture
def deployed(settings):
    for name, value in RIGHT.items():
        setattr(settings, name, value)
    return settings


def test_a_right_deployment_has_nothing_to_say(deployed):
    assert deployment(None) == []


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("SECRET_KEY", "short", "alliance.E001"),
        ("SECRET_KEY", "insecure-" + "k" * 60, "alliance.E001"),
        ("DEBUG", True, "alliance.E002"),
        ("LOCAL_RUN", True, "alliance.E003"),
        ("SECOND_FACTOR_REQUIRED", False, "alliance.E004"),
        ("PUBLIC_URL", "http://alliance.europa.test", "alliance.E005"),
        ("ALLOWED_HOSTS", ["*"], "alliance.E006"),
        ("PUBLIC_URL", "https://elsewhere.test", "alliance.E007"),
        ("TRUSTED_PROXIES", 0, "alliance.W001"),
        ("MAIL_FROM", "portal@alliance.example", "alliance.E008"),
        ("INBOXES", {"default": "desk@alliance.europa.test", "press": "press"}, "alliance.E009"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "alliance.E010"),
        ("EMAIL_USE_TLS", False, "alliance.W002"),
        ("IATI_ORGANISATION", "XX-UNREGISTERED-ALLIANCE", "alliance.W004"),
        ("CELERY_BROKER_URL", "memory://", "alliance.E011"),
    ],
)
def test_each_wrong_setting_is_found(deployed, name, value, finding):
    setattr(deployed, name, value)
    assert finding in [message.id for message in deployment(None)]


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [("ENGINE", "django.db.backends.sqlite3", "alliance.E012"), ("PASSWORD", "", "alliance.W003")],
)
def test_a_wrong_database_is_found(deployed, monkeypatch, name, value, finding):
    monkeypatch.setitem(deployed.DATABASES["default"], name, value)
    assert [message.id for message in deployment(None)] == [finding]


def test_every_finding_has_its_row():
    """A check that nobody has seen fail may not check anything."""
    tests = (test_each_wrong_setting_is_found, test_a_wrong_database_is_found)
    rows = [row for test in tests for mark in test.pytestmark for row in mark.args[1]]
    code = Path(checks.__file__).read_text()
    assert set(re.findall(r"alliance\.[EW]\d+", code)) == {finding for _name, _value, finding in rows}


@pytest.mark.parametrize("hosts", [[".europa.test"], ["www.europa.test", "alliance.europa.test"]])
def test_hosts_may_be_named_as_django_names_them(deployed, hosts):
    deployed.ALLOWED_HOSTS = hosts
    assert deployment(None) == []
