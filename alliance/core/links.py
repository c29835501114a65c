"""Addresses that many pages name, and links that carry a right: signed, without a stored secret, revocable by a version
in the row."""

from functools import lru_cache

from django.conf import settings
from django.core import signing
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language


def address_of(name: str, *args: str) -> str:
    """The address of a page that many pages name, worked out once per process and language.

    Empty for a page that an institution has switched off: it must not break others, error pages least of all.
    """
    return _address(name, args, get_language(), get_urlconf(), get_script_prefix())


@lru_cache(maxsize=400)
def _address(name: str, args: tuple[str, ...], _language: str, _urlconf: str | None, _prefix: str) -> str:
    """What else decides about it is in the key."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def absolute(path: str) -> str:
    """A full address for a mail. Built on a setting: the request's Host header is not to be trusted."""
    return f"{settings.PUBLIC_URL}{path}"


def sign(purpose: str, *parts: str | int) -> str:
    """A token for ``purpose`` that holds ``parts``; safe in a path."""
    return signing.dumps([str(part) for part in parts], salt=f"alliance.link.{purpose}", compress=False)


def unsign(purpose: str, token: str, max_age: int | None = None) -> list[str] | None:
    """The parts of a token, or None when it was not made by us for ``purpose`` (or is older than ``max_age`` s)."""
    try:
        parts = signing.loads(token, salt=f"alliance.link.{purpose}", max_age=max_age)
    except signing.BadSignature:
        return None
    return parts if isinstance(parts, list) else None


def mark(purpose: str, text: str) -> str:
    """What stands for an address inside a token: comparable to `mark()` of the same text, and not readable."""
    return salted_hmac(f"alliance.mark.{purpose}", text.strip().lower(), algorithm="sha256").hexdigest()[:20]
