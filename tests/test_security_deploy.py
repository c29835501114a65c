"""`.env.example`, filled in as its comments say, is a deployment that `check --deploy` finds nothing wrong with."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def filled(**changes):
    """The example's variables with the values of a real portal."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = (line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
    values = {name: value.strip("\"'") for name, value in pairs}
    values = {name: value.replace("example.org", "alliance.europa.eu") for name, value in values.items()}
    return values | {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "POSTGRES_PASSWORD": secrets.token_hex(24),
        "REDIS_PASSWORD": secrets.token_hex(24),
        # what compose.yaml adds
        "DATABASE_URL": "postgres://alliance:secret@postgres:5432/alliance",
        "REDIS_URL": "redis://:secret@redis:6379/0",
        "TRUSTED_PROXIES": "1",
        **changes,
    }


def check(env):
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
    argv = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(argv, cwd=ROOT, env=kept | env, capture_output=True, text=True, timeout=120)


def test_the_filled_example_is_silent():
    done = check(filled())
    assert "no issues (0 silenced)" in done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"PUBLIC_URL": "http://portal.alliance.europa.eu"}, "https"),
        ({"LOCAL_RUN": "true"}, "LOCAL_RUN"),
    ],
)
def test_what_is_wrong_is_told(change, word):
    done = check(filled(**change))
    assert done.returncode != 0
    assert word in done.stderr


def test_https_hardens_the_cookies():
    code = (
        "import django; django.setup()\nfrom django.conf import settings as s\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,"
        " s.LANGUAGE_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 31536000, s.DEBUG)"
    )
    env = filled(DJANGO_SETTINGS_MODULE="alliance.settings", PATH=os.environ["PATH"])
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.split() == (
        ["__Host-sessionid", "__Host-csrftoken", "True", "True", "True", "True", "True", "False"]
    )


def test_the_address_of_the_database_may_ask_for_encryption():
    code = (
        "import django; django.setup()\nfrom django.conf import settings as s\n"
        "options = s.DATABASES['default']['OPTIONS']\n"
        "print(options['sslmode'], 'statement_timeout' in options['options'], options['connect_timeout'])"
    )
    address = "postgres://alliance:secret@db.alliance.europa.eu/alliance?sslmode=verify-full"
    env = filled(DJANGO_SETTINGS_MODULE="alliance.settings", PATH=os.environ["PATH"], DATABASE_URL=address)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout.split() == ["verify-full", "True", "3"]
