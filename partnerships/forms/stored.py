"""What the form of a need or an offer shows of a stored one, its lines apart."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.languages import LANGUAGES, reader_language
from partnerships.models import Listing

# Parts that an author may keep for fewer people (`Listing.RESTRICTABLE`), as the form calls them.
PART_LABELS = {
    "text": _("Description"),
    "lines": _("Quantities"),
    "needed_by": pgettext_lazy("part of a need or offer", "Dates of the lines"),
    "handover": _("Place of hand-over"),
    "files": _("Photos and documents"),
}
SAME = [
    *("expires_on", "audience", "is_member_hidden", "urgency", "transport_by", "dream_id"),
    *("partner_note", "desk_note"),
]


def initial_of(listing: Listing) -> dict[str, Any]:
    """What the form shows of a stored listing, its lines apart."""
    language = listing.original_language or reader_language()
    is_ours = language in LANGUAGES
    initial: dict[str, Any] = {
        "language": language,
        "sectors": [sector.code for sector in listing.sectors.all()],
        "handover": listing.handover_id,
        "appeal": listing.appeal.slug if listing.appeal else "",
        "names_no_site": bool(listing.names_no_site_confirmed_at),
        **{name: getattr(listing, name) for name in SAME},
        **{f"audience_{name}": listing.field_audiences.get(name, "") for name in PART_LABELS},
    }
    for name in ("title", "text"):
        initial[name] = (
            getattr(listing, f"{name}_{language}") if is_ours else listing.original_texts.get(name, "")
        )
        for code in LANGUAGES:
            initial[f"{name}_{code}"] = "" if code == language else getattr(listing, f"{name}_{code}")
    return initial
