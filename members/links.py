"""Links that let an applicant, an invited person or the owner of a new address act without a login.

The address in the browser (`application_path`) gives the right to edit. Only the mailed link (`resume_path`)
confirms the e-mail address, since only the owner of the mailbox has it. Both end when the version is raised.
Emails build them, `members.views` reads them back.
"""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import translation

from alliance.core.links import absolute, sign, unsign

EMAIL_LINK_SECONDS = 7 * 24 * 3600


def address_for(language: str, path: Callable[..., str], *args: Any) -> str:
    """The full address of a page, for a mail: in the reader's language, whoever caused the mail."""
    with translation.override(language):
        return absolute(path(*args))


def application_token(member: Any) -> str:
    return sign("application", member.slug, member.link_version)


def application_path(member: Any, step: str = "") -> str:
    """The status page, or one step of the application."""
    if step:
        return reverse("members:join_step", args=[application_token(member), step])
    return reverse("members:join_status", args=[application_token(member)])


def application_parts(token: str) -> dict[str, str] | None:
    """Which row the link from a browser is for, as a filter."""
    return _named(unsign("application", token), "slug", "link_version")


def resume_path(member: Any) -> str:
    """The mailed link: shows a button that confirms the address and goes on."""
    token = sign("resume", member.slug, member.link_version, member.contact_email)
    return reverse("members:join_confirm", args=[token])


def resume_parts(token: str) -> dict[str, str] | None:
    """Which row a mailed link is for, if letters still go to the address that it was mailed to."""
    return _named(unsign("resume", token), "slug", "link_version", "contact_email")


def contact_email_path(member: Any, email: str) -> str:
    token = sign("contact-email", member.slug, member.link_version, email)
    return reverse("members:contact_email_confirm", args=[token])


def contact_email_parts(token: str) -> dict[str, str] | None:
    parts = unsign("contact-email", token, max_age=EMAIL_LINK_SECONDS)
    return _named(parts, "slug", "link_version", "email")


def invitation_path(invitation: Any) -> str:
    return reverse("members:invitation", args=[sign("invitation", invitation.pk, invitation.email)])


def invitation_parts(token: str) -> dict[str, str] | None:
    return _named(unsign("invitation", token), "pk", "email")


def _named(parts: list[str] | None, *names: str) -> dict[str, str] | None:
    return dict(zip(names, parts, strict=True)) if parts and len(parts) == len(names) else None
