"""Mails about a person's account: which there are, what each lets its reader do, and which must stay secret."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.inboxes import inbox, inbox_language
from alliance.core.languages import reader_language
from alliance.core.links import absolute
from alliance.core.mail import send
from alliance.users.models import User

TOPIC = "desk"
WHY = _("You get this message because this address is used, or was typed, at the portal of the Alliance.")
# Bodies that let their holder in: blanked after delivery, never shown in the admin.
SECRET = {"login_code", "password_reset_key", "email_confirmation", "email_confirmation_signup"}
# The one thing to do: the name of the address in the context, and what the button says.
ACTIONS: dict[str, tuple[str, Any]] = {
    "email_confirmation": ("activate_url", _("Confirm the address")),
    "email_confirmation_signup": ("activate_url", _("Confirm the address")),
    "password_reset_key": ("password_reset_url", _("Choose a new password")),
    "unknown_account": ("signup_url", _("Open an account")),
    "account_already_exists": ("login_url", _("Sign in")),
    "password_changed": ("reset_url", _("Choose a new password")),
    "password_set": ("reset_url", _("Choose a new password")),
    "password_reset": ("reset_url", _("Choose a new password")),
}


def account_mail(stem: str, email: str, context: dict[str, Any]) -> None:
    """Send one of allauth's mails as ours. ``context`` is allauth's; only plain values of it are used."""
    known = User.objects.filter(email=email.strip().lower()).first()
    values = {
        "code": context.get("code", ""),
        "activate_url": context.get("activate_url", ""),
        "password_reset_url": context.get("password_reset_url", ""),
        "signup_url": absolute(reverse("account_signup")),
        "reset_url": absolute(reverse("account_reset_password")),
        "login_url": absolute(reverse("account_login")),
    }
    url, label = ACTIONS.get(stem, ("", ""))
    send(
        f"users/{stem}",
        email,
        known.language if known else reader_language(),
        {"why": WHY, "code": values["code"], "action_url": values.get(url, ""), "action_label": label},
        is_secret=stem in SECRET,
    )


def coordinator_reported(user: User, *, verbs: dict[str, int], since: datetime, until: datetime) -> None:
    """To every other coordinator and the desk's inbox: who decided how much of what. Nobody can stop these."""
    journal = reverse("admin:core_journalentry_changelist")
    context = {
        "person": user,
        "count": sum(verbs.values()),
        "verbs": list(verbs.items()),
        "since": since,
        "until": until,
        "why": _("You get this notice because you work at the desk of the Alliance."),
        "action_url": absolute(f"{journal}?actor__id__exact={user.pk}"),
        "action_label": _("See them in the journal"),
    }
    colleagues = User.objects.coordinators().exclude(pk=user.pk)
    readers = [(colleague.email, colleague.language) for colleague in colleagues.order_by("pk")]
    for email, language in [*readers, (inbox(TOPIC), inbox_language(TOPIC))]:
        key = f"coordinator.reported:{user.pk}:{until.isoformat()}"
        send("users/coordinator_reported", email, language, context, key=key)


def coordinator_welcome(user: User) -> None:
    """To a new coordinator: where the desk is and that a second factor is needed first."""
    send(
        "users/coordinator_welcome",
        user.email,
        user.language,
        {
            "why": _("You get this message because you were made a coordinator of the Alliance."),
            "action_url": absolute(reverse("admin:index")),
            "action_label": _("Open the desk"),
        },
        key=f"coordinator.created:{user.pk}",
    )
