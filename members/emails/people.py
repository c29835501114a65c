"""Mails to the people who act for a member."""

from django.urls import reverse

from alliance.core.inboxes import inbox
from alliance.core.languages import DEFAULT_LANGUAGE
from alliance.core.links import absolute
from alliance.core.mail import send
from members.links import contact_email_path, invitation_path
from members.models import Invitation, Member, Representative


def representative_invited(invitation: Invitation) -> None:
    send(
        "members/representative_invited",
        invitation.email,
        invitation.language,
        {
            "name": invitation.member.official_name,
            "role": invitation.get_role_display,
            "expires_at": invitation.expires_at,
            "action_url": absolute(invitation_path(invitation)),
        },
        key=f"representative_invited:{invitation.pk}",
    )


def representation_ended(representative: Representative) -> None:
    send(
        "members/representation_ended",
        representative.user.email,
        representative.user.language,
        {"name": representative.member.official_name},
        key=f"representation_ended:{representative.pk}",
    )


def contact_email_confirm(member: Member, email: str) -> None:
    """To the new address. Holds the member's reference and the register's name, nothing that was typed."""
    send(
        "members/contact_email_confirm",
        email,
        member.contact_language,
        {
            "reference": member.reference,
            "place": member.place if member.place and member.place.verified_at else None,
            "action_url": absolute(contact_email_path(member, email)),
        },
    )


def contact_email_changed(member: Member, old: str) -> None:
    """To the old address, which may not have asked for it, and to the desk."""
    context = {"reference": member.reference, "name": member.official_name}
    key = f"contact_email_changed:{member.slug}:{member.link_version}"
    send("members/contact_email_changed", old, member.contact_language, context, key=key)
    send(
        "members/contact_email_changed_desk",
        inbox("membership", member.contact_language),
        DEFAULT_LANGUAGE,
        context | {"action_url": absolute(reverse("admin:members_member_change", args=[member.pk]))},
        key=f"{key}:desk",
    )
