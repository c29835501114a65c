"""The digest of a saved search, in its reader's language."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.core.languages import as_ours, shown
from alliance.core.links import absolute, sign
from alliance.core.mail import Category, send
from partnerships.models import Listing, SavedSearch

LIST = {"need": "need_list", "offer": "offer_list", "": "listing_list"}
STOP = "saved-search-stop"


def digest(search: SavedSearch, listings: Sequence[Listing], *, more: int, now: datetime) -> bool:
    """What is new for one search; each line leads to its page, one link stops this search alone. False when the reader
    takes no digests at all."""
    language = as_ours(search.user.language)
    with translation.override(language):
        query = f"?{search.query}" if search.query else ""
        context = {
            "name": search.name,
            "rows": [_row(listing) for listing in listings],
            "more": max(0, more),
            "action_url": absolute(reverse(f"partnerships:{LIST[search.kind]}") + query),
            "action_label": _("See the whole list"),
            "stop_url": absolute(stop_path(search)),
            "why": _("You get this because you asked to be told of new needs and offers that fit a search."),
        }
    # Nothing is told twice, so what a mail tells first tells the mails of one moment apart.
    key = f"digest:{search.pk}:{now.isoformat()}:{listings[0].pk}"
    mail = send(
        "partnerships/digest", search.user.email, language, context, key=key, category=Category.DIGEST
    )
    return mail is not None


def stop_path(search: SavedSearch) -> str:
    return reverse("partnerships:saved_search_stop", args=[sign(STOP, search.slug)])


def _row(listing: Listing) -> dict[str, str]:
    title = shown(listing, "title")
    return {
        "kind": listing.get_kind_display(),
        "title": title.text,
        "language": title.language,
        "url": absolute(reverse("partnerships:listing_detail", args=[listing.slug])),
    }
