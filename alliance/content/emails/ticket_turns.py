"""The mail to the people of a member for whom the desk wrote a need down."""

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core.languages import shown
from alliance.core.links import absolute
from alliance.core.mail import send
from partnerships.emails.readers import people_of
from partnerships.links import listing_path
from partnerships.models import Listing


def listing_drafted(listing: Listing) -> None:
    """To those who may write for the member, each in their language, with the way to the draft."""
    member = listing.member
    for reader in people_of(member, who_write=True):
        with translation.override(reader.language):
            context = {
                "title": str(shown(listing, "title")),
                "member": member.shown_name,
                "action_url": absolute(listing_path(listing, member)),
                "action_label": _("Check the draft and publish it"),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": member.shown_name},
            }
        send(
            "content/listing_drafted",
            reader.email,
            reader.language,
            context,
            key=f"ticket.listing_drafted:{listing.pk}",
        )
