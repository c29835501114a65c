"""System checks of a deployment; `manage.py check --deploy` runs them. Each says what to set."""

from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http.request import validate_host

UNSAFE_KEYS = ("insecure-", "only-for-", "change-me")
SHORTEST_KEY = 50
EXAMPLE_DOMAINS = (".example", "example.org", "example.com", "localhost")


@checks.register(checks.Tags.security, deploy=True)
def deployment(app_configs: Any, **_kwargs: Any) -> list[checks.CheckMessage]:
    """What Django's own deployment checks do not know about this portal."""
    return [*secrets_and_switches(), *addresses(), *mail(), *services(), *reports()]


def secrets_and_switches() -> Iterator[checks.CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_KEY or key.startswith(UNSAFE_KEYS):
        yield checks.Error(
            "SECRET_KEY is short or a placeholder.", hint="Set a random one.", id="alliance.E001"
        )
    if settings.DEBUG:
        yield checks.Error("DEBUG is on: visitors would read our code.", id="alliance.E002")
    if settings.LOCAL_RUN:
        yield checks.Error(
            "LOCAL_RUN is on: mails are public and the second factor is off.", id="alliance.E003"
        )
    if not settings.SECOND_FACTOR_REQUIRED:
        yield checks.Error(
            "Coordinators need no second factor.", hint="Unset SECOND_FACTOR_REQUIRED.", id="alliance.E004"
        )


def addresses() -> Iterator[checks.CheckMessage]:
    if not settings.PUBLIC_URL.startswith("https://"):
        yield checks.Error("PUBLIC_URL is not https: links in mails would be unsafe.", id="alliance.E005")
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield checks.Error("ALLOWED_HOSTS must name the hosts of this site.", id="alliance.E006")
    if not validate_host(urlsplit(settings.PUBLIC_URL).hostname or "", settings.ALLOWED_HOSTS):
        yield checks.Error("The host of PUBLIC_URL is not in ALLOWED_HOSTS.", id="alliance.E007")
    if not settings.TRUSTED_PROXIES:
        yield checks.Warning(
            "TRUSTED_PROXIES is 0: behind a proxy all visitors would share one rate limit.",
            hint="Set it to the number of proxies in front, 1 with compose.yaml.",
            id="alliance.W001",
        )


def reports() -> Iterator[checks.CheckMessage]:
    if settings.IATI_ORGANISATION.startswith("XX-"):
        yield checks.Warning(
            "IATI_ORGANISATION is no registered identifier; IATI files are not fit for publication.",
            id="alliance.W004",
        )


def mail() -> Iterator[checks.CheckMessage]:
    if not _is_real(parseaddr(settings.MAIL_FROM)[1]):
        yield checks.Error("MAIL_FROM is no real address.", id="alliance.E008")
    wrong = [name for name, address in settings.INBOXES.items() if not _is_real(address)]
    if wrong:
        yield checks.Error(f"INBOXES holds no real address for: {', '.join(wrong)}.", id="alliance.E009")
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        yield checks.Error("EMAIL_URL delivers nowhere.", hint="Set smtp+tls://…", id="alliance.E010")
    elif not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        yield checks.Warning(
            "Mail leaves without TLS.", hint="Use smtp+tls:// or smtp+ssl://.", id="alliance.W002"
        )


def _is_real(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return not address.endswith(EXAMPLE_DOMAINS)


def services() -> Iterator[checks.CheckMessage]:
    if not settings.CELERY_BROKER_URL.startswith(("redis://", "rediss://")):
        yield checks.Error("REDIS_URL names no Redis or Valkey.", id="alliance.E011")
    database = settings.DATABASES["default"]
    if "postgresql" not in database["ENGINE"]:
        yield checks.Error("DATABASE_URL names no PostgreSQL.", id="alliance.E012")
    if not database.get("PASSWORD"):
        yield checks.Warning("The database has no password.", id="alliance.W003")
