"""Mails that ask a member whether a need or an offer still holds. Their link answers without a login, one for each
reader: a GET asks, a button answers."""

from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import as_ours
from alliance.core.links import absolute
from alliance.core.mail import Category
from partnerships.emails.listings import context_of, write
from partnerships.emails.readers import Reader, writers_of
from partnerships.links import LAST_DAY, STILL, holds_path
from partnerships.models import Listing

STILL_VALID = _("Say whether it is still valid")
STILL_HOLDS = _("Answer with one click")


def listing_expiring(listing: Listing, days: int) -> None:
    """To everybody who may write for its member: it ends soon; one click keeps it for longer."""
    key = f"listing_expiring:{listing.pk}:{listing.expires_on.isoformat()}:{days}"
    _ask("listing_expiring", listing, LAST_DAY, STILL_VALID, key, lambda: {"until": day(listing.expires_on)})


def listing_question(listing: Listing, *, is_second: bool) -> None:
    """To the same: nobody said for a while that it still holds."""
    moment = listing.asked_again_at if is_second else listing.asked_at
    key = f"listing_question:{listing.pk}:{moment.isoformat()}"

    def words() -> dict[str, Any]:
        return {
            "is_second": is_second,
            "since": day(localtime(listing.last_confirmed_at)),
            "asked": day(localtime(listing.asked_at)),
        }

    _ask("listing_question", listing, STILL, STILL_HOLDS, key, words)


def day(value: Any) -> str:
    return date_format(value, "DATE_FORMAT")


def _ask(stem: str, listing: Listing, asks: str, label: Any, key: str, words: Any) -> None:
    for person in writers_of(listing.member):
        reader = Reader(person.email, as_ours(person.language))
        with translation.override(reader.language):
            context = {
                **words(),
                "action_url": absolute(holds_path(listing, person, asks)),
                "action_label": str(label),
            }
        write(stem, reader, context_of(listing, reader) | context, key, Category.REMINDER)
