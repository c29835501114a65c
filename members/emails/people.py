"""Mails to the people who act for a member."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.mail import send
from alliance.users.models import User
from members.links import address_for, contact_email_path, invitation_path
from members.models import Invitation, Member, Representative

WHY_INVITED = _("You get this message because a representative of a member entered your address.")
WHY_ENDED = _("You get this message because you acted for a member of the Alliance.")
WHY_SIGNATORY = _("You get this message because you are a signatory of a member of the Alliance.")
WHY_CONTACT = _(
    "You get this message because your address is, was or shall be the contact address of a member."
)
WHY_DESK = _("You get this message because this inbox looks after the members of the Alliance.")


def representative_invited(invitation: Invitation) -> None:
    send(
        "members/representative_invited",
        invitation.email,
        invitation.language,
        {
            "name": invitation.member.official_name,
            "role": invitation.get_role_display,
            "expires_at": invitation.expires_at,
            "why": WHY_INVITED,
            "action_url": address_for(invitation.language, invitation_path, invitation),
            "action_label": _("See the invitation"),
        },
        key=f"representative_invited:{invitation.pk}",
        is_secret=True,
    )


def representation_ended(representative: Representative) -> None:
    send(
        "members/representation_ended",
        representative.user.email,
        representative.user.language,
        {"name": representative.member.official_name, "why": WHY_ENDED},
        key=f"representation_ended:{representative.pk}",
    )


def contact_handed_over(member: Member, successor: User) -> None:
    """To the signatory who gets the letters of the member from now on. Does not say who got them before."""
    send(
        "members/contact_handed_over",
        successor.email,
        successor.language,
        {
            "name": member.official_name,
            "why": WHY_SIGNATORY,
            "action_url": address_for(successor.language, reverse, "members:contact_edit"),
            "action_label": _("See the contact data"),
        },
        key=f"contact_handed_over:{member.slug}:{member.link_version}",
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
            "why": WHY_CONTACT,
            "action_url": address_for(member.contact_language, contact_email_path, member, email),
            "action_label": _("Confirm the address"),
        },
        is_secret=True,
    )
