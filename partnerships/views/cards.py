"""A listing as a card or a page shows it: every value prepared here, so that templates only print."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from alliance.core.audience import Audience, visible
from alliance.core.countries import language_name
from alliance.core.languages import reader_language, shown
from alliance.core.linked_data import as_json_ld
from alliance.core.links import absolute
from alliance.core.uploads import SMALL_PHOTO
from partnerships.models import Listing
from partnerships.models.quantities import ItemLine
from partnerships.names_shown import named
from partnerships.views.bars import bar, state

# From so few days on a card counts them.
COUNTED_DAYS = 30


def line_text(line: ItemLine, quantity: Decimal, language: str) -> str:
    """“Generator, 10–700 kW: 6 pieces”. Free words stand in the ``language`` they were written in, marked as such."""
    pattern = pgettext("quantity line", "%(item)s: %(quantity)s")
    named = pattern % {"item": "{item}", "quantity": "{quantity}"}
    return format_html(named, item=item_text(line, language), quantity=line.quantity_text(quantity))


def item_text(line: ItemLine, language: str, *, with_range: bool = True) -> SafeString:
    """The item as the catalogue names it, the author's own words behind it, and the technical range."""
    parts: list[Any] = [line.template.name] if line.template else []
    if line.item and language and language != reader_language():
        words = format_html('<span lang="{}">{}</span>', language, line.item)
        pattern = pgettext("words in another language", "%(words)s (%(language)s)")
        named = pattern % {"words": "{words}", "language": "{language}"}
        parts.append(format_html(named, words=words, language=language_name(language)))
    elif line.item:
        parts.append(line.item)
    if line.range_unit and with_range:
        parts.append(line.range_text)
    return format_html_join(", ", "{}", ((part,) for part in parts))


def lines_text(listing: Listing) -> str:
    """The first line of a listing, and how many more there are."""
    lines = list(listing.lines.all())
    if not lines:
        return ""
    first = line_text(lines[0], lines[0].quantity, listing.original_language)
    if more := len(lines) - 1:
        words = ngettext("and %(count)d more line", "and %(count)d more lines", more) % {"count": more}
        return format_html("{} {}", first, words)
    return first


def validity(listing: Listing) -> str:
    """“valid for 12 more days, until 4 December 2026”."""
    if listing.expires_on is None:
        return ""
    until = date_format(listing.expires_on, "DATE_FORMAT")
    days = (listing.expires_on - timezone.localdate()).days
    if days < 0:
        return _("was valid until %(date)s") % {"date": until}
    if days == 0:
        return _("valid until today")
    if days <= COUNTED_DAYS:
        return ngettext(
            "valid for %(days)d more day, until %(date)s",
            "valid for %(days)d more days, until %(date)s",
            days,
        ) % {"days": days, "date": until}
    return _("valid until %(date)s") % {"date": until}


def unconfirmed(listing: Listing, viewer: str) -> str:
    """“not confirmed since 4 December 2026”, where its member was asked and did not answer."""
    if not listing.is_unconfirmed or not visible(listing, "confirmed_at", viewer):
        return ""
    day = date_format(localtime(listing.last_confirmed_at), "DATE_FORMAT")
    return _("not confirmed since %(date)s") % {"date": day}


def card(listing: Listing, viewer: str) -> dict[str, Any]:
    """Parameters of `components/card.html`, for an audience."""
    title = shown(listing, "title")
    sees_lines = visible(listing, "lines", viewer)
    lines, coverage = (lines_text(listing), listing.coverage) if sees_lines else ("", None)
    sector = next(iter(listing.sectors.all()), None)
    derived = state(coverage)
    return {
        "title": title.text or _("Without a title"),
        "language": title.language if title.is_other else "",
        "is_machine": title.is_machine,
        "href": reverse("partnerships:listing_detail", args=[listing.slug]),
        "kind": listing.kind,
        "kind_label": kind_label(listing.kind),
        "state": derived.get("label", ""),
        "state_tone": derived.get("tone", ""),
        "coverage": bar(coverage) if coverage else None,
        "sector": (sector.parent or sector).name if sector else "",
        "place": named(listing, "member", viewer).place,
        "facts": [fact for fact in (lines, validity(listing), unconfirmed(listing, viewer)) if fact],
    }


def card_photo(listing: Listing, viewer: str) -> dict[str, Any] | None:
    """The first photo that an audience sees, small. Reads the files, which the caller prefetches."""
    if not visible(listing, "files", viewer):
        return None
    photo = next((file for file in listing.files.all() if file.is_photo), None)
    if photo is None:
        return None
    width, height = SMALL_PHOTO
    url = reverse("partnerships:listing_photo", args=[listing.slug, photo.slug])
    return {"url": url, "alt": photo.caption, "width": width, "height": height}


def kind_label(kind: str) -> str:
    return (
        pgettext("kind of listing", "Need")
        if kind == Listing.Kind.NEED
        else pgettext("kind of listing", "Offer")
    )


def _public_photos(listing: Listing) -> list[str]:
    if not visible(listing, "files", Audience.PUBLIC):
        return []
    return [
        absolute(reverse("partnerships:listing_file", args=[listing.slug, file.slug]))
        for file in listing.files.all()
        if file.is_photo
    ]


def json_ld(listing: Listing) -> SafeString:
    """schema.org's Offer or Demand, with public fields only."""
    public = Audience.PUBLIC
    title, text = shown(listing, "title"), shown(listing, "text")
    member = named(listing, "member", public)
    lines = listing.lines.all() if visible(listing, "lines", public) else []
    return as_json_ld(
        {
            "@context": "https://schema.org",
            "@type": "Demand" if listing.is_need else "Offer",
            "name": title.text,
            "description": text.text if visible(listing, "text", public) else "",
            "inLanguage": title.language,
            "url": absolute(reverse("partnerships:listing_detail", args=[listing.slug])),
            "availabilityStarts": listing.published_at.date().isoformat() if listing.published_at else None,
            "validThrough": listing.expires_on.isoformat() if listing.expires_on else None,
            "areaServed": member.place,
            "itemOffered": [str(line) for line in lines] or None,
            "image": _public_photos(listing),
            "offeredBy": {"@type": "GovernmentOrganization", "name": member.name.text},
        }
    )
