"""Atom feeds of exactly the filtered lists, as everyone may read them: whoever reads a feed is signed in nowhere."""

from datetime import datetime
from html import unescape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.html import strip_tags
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.core.audience import Audience, visible
from alliance.core.languages import reader_language, shown
from alliance.core.links import absolute
from alliance.core.microcache import etag
from partnerships.exports import atom
from partnerships.models import Listing, ListingSearch
from partnerships.names_shown import named
from partnerships.views.cards import kind_label, line_text, validity
from partnerships.views.feed_links import feed_link
from partnerships.views.filters import Filters
from partnerships.views.fragments import filter_panel

# Readers come back; what they missed of a busy week is on the list.
MOST_ENTRIES = 50
CONTENT_TYPE = "application/atom+xml; charset=utf-8"


@require_safe
def need_feed(request: HttpRequest) -> HttpResponse:
    return _feed(request, Listing.Kind.NEED)


@require_safe
def offer_feed(request: HttpRequest) -> HttpResponse:
    return _feed(request, Listing.Kind.OFFER)


@require_safe
def listing_feed(request: HttpRequest) -> HttpResponse:
    return _feed(request, "")


def _feed(request: HttpRequest, kind: str) -> HttpResponse:
    filters = Filters.of(request.GET, kind=kind, for_members=False)
    page = reverse(f"partnerships:{kind or 'listing'}_list")
    if filters.refused:  # the list says at its fields what makes no sense
        return redirect(f"{page}?{request.GET.urlencode()}")
    hits = ListingSearch.objects.ids(filters.criteria, size=MOST_ENTRIES)[:MOST_ENTRIES]
    rows = Listing.objects.filter(pk__in=[hit.listing_id for hit in hits]).with_facts().in_bulk()
    entries = [entry_of(rows[hit.listing_id]) for hit in hits if hit.listing_id in rows]
    query = f"?{filters.address}" if filters.address else ""
    feed = atom.Feed(
        key=f"feed:{kind}:{reader_language()}:{filters.address}",
        language=reader_language(),
        title=_title(filters),
        author=str(settings.SITE_NAME),
        own_href=absolute(feed_link(filters)),
        page_href=absolute(page + query),
        rights=settings.SITE_LICENCE,
        updated=max((entry.updated for entry in entries), default=_midnight()),
        entries=entries,
    )
    return _answer(request, atom.as_xml(feed), feed.updated)


def _answer(request: HttpRequest, content: bytes, updated: datetime) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response.headers["ETag"] = tag = etag(content)
    response.headers["Last-Modified"] = http_date(updated.timestamp())
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    # By the tag alone: an entry that left the list makes it older, not newer.
    return get_conditional_response(request, etag=tag, response=response)


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _title(filters: Filters) -> str:
    """“Needs: Energy, Poland”."""
    names = {"need": _("Needs"), "offer": _("Offers"), "": _("Needs and offers")}
    chips = filters.chips(QueryDict(filters.address), filter_panel(filters).facets)
    return ": ".join(filter(None, [names[filters.kind], ", ".join(chip["label"] for chip in chips)]))


def entry_of(listing: Listing) -> atom.Entry:
    """What everyone may read of a listing."""
    viewer = Audience.PUBLIC
    title, text = shown(listing, "title"), shown(listing, "text")
    owner = named(listing, "member", viewer)
    parts = [kind_label(listing.kind), owner.place, validity(listing)]
    if visible(listing, "lines", viewer):
        lines = listing.lines.all()
        texts = [line_text(line, line.quantity, listing.original_language) for line in lines]
        parts += [unescape(strip_tags(each)) for each in texts]
    if visible(listing, "text", viewer):
        parts.append(text.text)
    return atom.Entry(
        key=f"listing:{listing.slug}",
        href=absolute(reverse("partnerships:listing_detail", args=[listing.slug])),
        title=title.text or _("Without a title"),
        text="\n".join(filter(None, parts)),
        author=owner.name.text,
        published=listing.published_at,
        updated=max(listing.published_at, listing.updated_at),
        categories=[(listing.kind, kind_label(listing.kind))]
        + [(sector.code, sector.name) for sector in listing.sectors.all()],
        language=title.language if title.is_other else "",
    )
