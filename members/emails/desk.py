"""Mails about decisions of the desk: to the applicant in their language, to every other coordinator in theirs."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import Category, send
from alliance.users.models import User
from members.links import application_path, resume_path
from members.models import Member

# What a colleague reads in the subject, and anybody in the journal.
DECISIONS = {
    "member_approved": pgettext_lazy("decision of the desk", "approved"),
    "member_returned": pgettext_lazy("decision of the desk", "returned with a question"),
    "member_refused": pgettext_lazy("decision of the desk", "refused"),
    "member_held": pgettext_lazy("decision of the desk", "put on hold"),
    "member_reactivated": pgettext_lazy("decision of the desk", "re-activated"),
    "member_left": pgettext_lazy("decision of the desk", "marked as having left"),
}

# What the one button of each letter says.
ACTIONS = {
    "member_approved": _("Sign in"),
    "member_returned": _("Open your application"),
    "member_refused": _("See your application"),
    "member_held": _("Write to the desk"),
    "member_reactivated": _("Sign in"),
    "member_left": _("Write to the desk"),
}
WHY_APPLICANT = _("You get this letter because this address stands in an application to join the Alliance.")
WHY_DESK = _("You get this notice because you work at the desk of the Alliance.")


def decision(name: str, member: Member, *, reason: str = "") -> None:
    """The letter about one decision. A reason is quoted: text, never a link."""
    send(
        f"members/{name}",
        member.contact_email,
        member.contact_language,
        {
            "member": member,
            "name": member.official_name,
            "reference": member.reference,
            "reason": reason,
            "why": WHY_APPLICANT,
            "action_label": ACTIONS[name],
            "action_url": absolute(_address(name, member)),
        },
        key=_key(name, member),
    )


def desk_told(
    name: str, member: Member, colleague: User, *, decided_by: User | None, reason: str = ""
) -> None:
    """One colleague reads who decided what."""
    send(
        "members/desk_told",
        colleague.email,
        colleague.language,
        {
            "member": member,
            "name": member.official_name,
            "reference": member.reference,
            "decision": DECISIONS[name],
            "decided_by": decided_by,
            "reason": reason,
            "why": WHY_DESK,
            "action_label": _("Open it at the desk"),
            "action_url": absolute(reverse("admin:members_member_change", args=[member.pk])),
        },
        key=f"desk_told:{_key(name, member)}",
        category=Category.DESK,
    )


def _address(name: str, member: Member) -> str:
    """Where the one button of the letter leads."""
    with translation.override(as_ours(member.contact_language)):
        if name == "member_returned":
            return resume_path(member)
        if name == "member_refused":
            return application_path(member)
        if name in ("member_approved", "member_reactivated"):
            return reverse("account_login")
        return reverse("content:contact")


def _key(name: str, member: Member) -> str:
    """One per decision: a member can be put on hold more than once."""
    return f"{name}:{member.pk}:{member.status_changed_at.isoformat()}"
