"""Mails to the people of a member about its needs and offers, each in the reader's language: what the desk decided."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.languages import shown
from alliance.core.links import absolute
from alliance.core.mail import Category, send
from partnerships.emails.readers import Reader, people_of
from partnerships.links import listing_path
from partnerships.models import Listing

OPEN = gettext_lazy("Open it")
CORRECT = gettext_lazy("Answer and correct it")


def listing_approved(listing: Listing) -> None:
    """It is published."""
    _decided("listing_approved", listing, OPEN)


def listing_returned(listing: Listing) -> None:
    """The desk has a question first."""
    _decided("listing_returned", listing, CORRECT)


def listing_refused(listing: Listing) -> None:
    """It is not published, with the reason."""
    _decided("listing_refused", listing, OPEN)


def listing_taken_down(listing: Listing) -> None:
    """It was published and is so no longer, with the reason."""
    _decided("listing_taken_down", listing, OPEN)


def _decided(stem: str, listing: Listing, label: Any) -> None:
    key = f"{stem}:{listing.pk}:{listing.status_changed_at.isoformat()}"
    for reader in people_of(listing.member):
        context = context_of(listing, reader) | {"reason": listing.desk_message}
        with translation.override(reader.language):
            context |= {
                "action_url": absolute(listing_path(listing, listing.member)),
                "action_label": str(label),
            }
        write(stem, reader, context, key)


def context_of(listing: Listing, reader: Reader) -> dict[str, Any]:
    """What all of these letters say, in the reader's language."""
    with translation.override(reader.language):
        return {
            "is_need": listing.is_need,
            "title": shown(listing, "title").text,
            "member": listing.member.shown_name,
            "why": _("You get this because you represent %(member)s in the Alliance.")
            % {"member": listing.member.shown_name},
        }


def write(
    stem: str, reader: Reader, context: dict[str, Any], key: str, category: str = Category.TRANSACTIONAL
) -> None:
    send(f"partnerships/{stem}", reader.email, reader.language, context, key=key, category=category)
