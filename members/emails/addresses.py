"""Mails about a new contact address or web site. What was typed is quoted, never a link."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.core.inboxes import inbox, inbox_language
from alliance.core.links import absolute
from alliance.core.mail import send
from members.domains import domain_of, host_of, punycode
from members.emails.joining import TOPIC
from members.emails.people import WHY_CONTACT, WHY_DESK
from members.models import AddressChange

# All of them quote both addresses.
NAMES = (
    "address_change_requested",
    "address_change_arrived",
    "address_change_accepted",
    "address_change_refused",
)


def key_of(name: str, change: AddressChange) -> str:
    return f"{name}:{change.pk}"


def address_change_requested(change: AddressChange) -> None:
    """To the present address, whose owner may know nothing of it."""
    _to_member("address_change_requested", change, change.member.contact_email)


def address_change_arrived(change: AddressChange) -> None:
    """To the inbox: a second look is wanted."""
    whose = (TOPIC, change.member.contact_language, change.member.country)
    more = {
        "why": WHY_DESK,
        "action_url": absolute(reverse("admin:members_addresschange_change", args=[change.pk])),
        "action_label": _("Open it at the desk"),
    }
    _send("address_change_arrived", change, inbox(*whose), inbox_language(*whose), **more)


def address_change_accepted(change: AddressChange, *, before: str) -> None:
    """To the address that letters went to ``before``, and to the one they go to now."""
    for email in dict.fromkeys([before, change.member.contact_email]):
        _to_member("address_change_accepted", change, email)


def address_change_refused(change: AddressChange, *, reason: str) -> None:
    """To the address that stays, and to the new one, whose owner had confirmed it."""
    for email in [change.member.contact_email, *([change.new] if change.is_email else [])]:
        _to_member("address_change_refused", change, email, reason=reason)


def _to_member(name: str, change: AddressChange, email: str, **more: Any) -> None:
    _send(name, change, email, change.member.contact_language, why=WHY_CONTACT, **more)


def _send(name: str, change: AddressChange, email: str, language: str, **more: Any) -> None:
    domain = domain_of(change.new) if change.is_email else host_of(change.new)
    context = {
        "reference": change.member.reference,
        "name": change.member.official_name,
        "what": change.get_field_display,
        "old": change.old,
        "new": change.new,
        "machine": punycode(domain),
        **more,
    }
    send(f"members/{name}", email, language, context, key=key_of(name, change))
