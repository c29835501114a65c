"""The link by which an office answers a survey, without a login: it stands for the sheet of its member and for the
mailbox that it was sent to, and ends when that no longer speaks for the member. Emails build it, a view reads it back.
"""

from typing import Any

from django.urls import reverse

from alliance.core.links import mark, sign, unsign

PURPOSE = "survey"


def survey_path(answer: Any, email: str) -> str:
    """Where whoever reads ``email`` answers for the member; in the active language."""
    return reverse("content:survey_answer", args=[sign(PURPOSE, answer.slug, mark(PURPOSE, email))])


def survey_parts(token: str) -> tuple[str, str] | None:
    """The slug of the sheet and the mark of the mailbox; None when the link is not ours."""
    parts = unsign(PURPOSE, token)
    return (parts[0], parts[1]) if parts and len(parts) == 2 else None


def survey_mark(email: str) -> str:
    return mark(PURPOSE, email)
