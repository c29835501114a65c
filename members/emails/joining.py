"""Mails about an application. Every function writes one mail in the caller's transaction."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.inboxes import inbox, inbox_language
from alliance.core.links import absolute
from alliance.core.mail import Category, send
from members.links import address_for, application_path, resume_path
from members.models import Member

TOPIC = "membership"
WHY_APPLICANT = _(
    "You get this message because your address was given in an application to join the Alliance."
)
WHY_DESK = _("You get this message because this inbox receives the applications to join the Alliance.")
# What the one button of each mail says.
LABELS = {
    "application_started": _("Confirm the address and go on"),
    "application_link": _("Open the application"),
    "application_invited": _("Open the application"),
    "application_received": _("See where it stands"),
    "application_reminder": _("Go on with the application"),
    "application_expiring": _("Go on with the application"),
    "mandate_reminder": _("Attach the decision"),
    "application_arrived": _("Open it at the desk"),
    "application_resubmitted": _("Open it at the desk"),
}


def application_started(member: Member) -> None:
    """The link to go on with. Holds nothing that the visitor typed: anybody can enter anybody's address."""
    _to_applicant("application_started", member, resume_path, key="application_started")


def application_link(member: Member, key: str) -> None:
    """The link once more; ``key`` names the occasion."""
    _to_applicant("application_link", member, resume_path, key=key)


def application_invited(member: Member) -> None:
    """An association entered its member; the link leads to the prepared application."""
    _to_applicant(
        "application_invited",
        member,
        resume_path,
        key="application_invited",
        association=member.parent.official_name,
    )


def application_received(member: Member) -> None:
    moment = member.status_changed_at.isoformat()
    _to_applicant("application_received", member, application_path, key=f"application_received:{moment}")


def application_arrived(member: Member) -> None:
    """To the inbox of the application's language: a decision is wanted."""
    _to_desk("application_arrived", member)


def application_resubmitted(member: Member) -> None:
    """To the inbox: the applicant has answered the desk's question."""
    _to_desk("application_resubmitted", member)


def application_reminder(member: Member, days: int) -> None:
    _to_applicant(
        "application_reminder",
        member,
        resume_path,
        key=f"application_reminder:{days}",
        category=Category.REMINDER,
    )


def application_expiring(member: Member, day: date) -> None:
    """It will be removed with everything that was entered. Necessary mail: whoever stopped reminders must know, too."""
    _to_applicant(
        "application_expiring", member, resume_path, key=f"application_expiring:{day:%Y-%m-%d}", day=day
    )


def mandate_reminder(member: Member) -> None:
    """The day by which the council decision was promised has come."""
    day = member.mandate.promised_by
    _to_applicant(
        "mandate_reminder",
        member,
        application_path,
        key=f"mandate_reminder:{day:%Y-%m-%d}",
        category=Category.REMINDER,
        promised_by=day,
    )


def _to_applicant(
    name: str,
    member: Member,
    path: Callable[[Member], str],
    *,
    key: str,
    category: str = Category.TRANSACTIONAL,
    **extra: Any,
) -> None:
    send(
        f"members/{name}",
        member.contact_email,
        member.contact_language,
        {
            "reference": member.reference,
            "place": member.place if member.place and member.place.verified_at else None,
            "name": member.official_name,
            "why": WHY_APPLICANT,
            "action_url": address_for(member.contact_language, path, member),
            "action_label": LABELS[name],
            **extra,
        },
        key=f"{key}:{member.slug}:{member.link_version}",
        category=category,
    )


def _to_desk(name: str, member: Member) -> None:
    whose = (TOPIC, member.contact_language, member.country)
    send(
        f"members/{name}",
        inbox(*whose),
        inbox_language(*whose),
        {
            "place": member.place,
            "reference": member.reference,
            "name": member.official_name,
            "kind": lambda: member.kind_name,  # called in the language of the inbox
            "has_rivals": Member.objects.rivals_of(member).exists(),
            "mandate": getattr(member, "mandate", None),
            "why": WHY_DESK,
            "action_url": absolute(reverse("admin:members_member_change", args=[member.pk])),
            "action_label": LABELS[name],
        },
        key=f"{name}:{member.slug}:{member.status_changed_at.isoformat()}",
        category=Category.TRANSACTIONAL,
    )
