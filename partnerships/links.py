"""Links from mails to a handshake. They name the match and the side the mail was for, and let nobody in: a login
comes first. Emails build them, `partnerships.views` reads them back."""

from typing import Any

from django.urls import reverse

from alliance.core.links import sign, unsign

PURPOSE = "match"


def match_path(match: Any, member: Any) -> str:
    """Where ``member`` reads and answers; in the active language."""
    return reverse("partnerships:match_open", args=[sign(PURPOSE, match.slug, member.slug)])


def match_parts(token: str) -> tuple[str, str] | None:
    """The slugs of the match and of the side; None when the link is not ours."""
    parts = unsign(PURPOSE, token)
    return (parts[0], parts[1]) if parts and len(parts) == 2 else None
