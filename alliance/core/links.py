"""Links that carry a right: signed, without a stored secret, revocable by a version in the row."""

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac


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
