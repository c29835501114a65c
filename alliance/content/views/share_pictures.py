"""Pictures for those who share a public page (Open Graph): its title, what kind of page it is, and who says so.

A picture is made when somebody asks for it, of what anyone may read at that moment: hidden pages have none. Its address
is that of its page with a version, which a new title changes; an older version leads to the one that holds.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf, resolve, reverse
from django.utils.cache import get_conditional_response
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from alliance.content.exports.share_pictures import as_png
from alliance.content.models import Document, Event, NewsItem, NewsletterIssue, PolicyIssue, Video
from alliance.content.share_pictures import HEIGHT, WIDTH, Card, page_title, version_of
from alliance.content.translations import shown_text
from alliance.content.views.pages import shown_at
from alliance.core import errors
from alliance.core.languages import reader_language, shown
from alliance.core.links import absolute
from alliance.core.microcache import etag
from alliance.core.throttle import allow, client_network
from members.models import Member
from members.names_shown import name_of
from partnerships.models import Appeal, Listing, Twinning
from partnerships.views import twinning_facts
from partnerships.views.cards import kind_label

log = logging.getLogger(__name__)
DRAWN_PER_NETWORK, HOUR = 120, 3600
# A page that is hidden takes its picture along; who keeps one asks again after a day.
KEPT_SECONDS = 24 * HOUR
# The networks ask for a new link one after the other, mostly within minutes.
REMEMBERED_SECONDS = HOUR

# Pages of the portal that are no rows, by their routes: their titles stand in no database.
TITLES: dict[str, str | Promise] = {
    "content:home": gettext_lazy("A partner for every Ukrainian hromada"),
    "content:contact": gettext_lazy("Contact"),
    "content:news_list": gettext_lazy("News"),
    "content:event_list": gettext_lazy("Events"),
    "content:newsletter": gettext_lazy("Newsletter “Alliance Insight”"),
    "content:document_list": pgettext_lazy("of the Alliance", "Documents"),
    "content:video_list": gettext_lazy("Videos"),
    "content:evidence": gettext_lazy("Evidence for the institutions of the Union"),
    "content:policy": gettext_lazy("Policy dialogue"),
    "content:survey_list": gettext_lazy("What members told us"),
    "content:open_data": gettext_lazy("Open data"),
    "content:data_dictionary": gettext_lazy("Data dictionary"),
    "members:member_list": gettext_lazy("Members"),
    "members:member_map": gettext_lazy("Members on the map"),
    "members:place_search": gettext_lazy("Find my place"),
    "partnerships:need_list": gettext_lazy("Needs"),
    "partnerships:offer_list": gettext_lazy("Offers"),
    "partnerships:listing_list": gettext_lazy("Needs and offers"),
    "partnerships:appeal_list": gettext_lazy("Appeals"),
    "partnerships:kept_promises": gettext_lazy("Promises and what became of them"),
    "partnerships:match_weights": gettext_lazy("How partners are suggested"),
    "partnerships:twinning_list": gettext_lazy("Partnerships"),
    "partnerships:twinning_map": gettext_lazy("Partnerships on the map"),
    "partnerships:without_partner": gettext_lazy("Still without a partner"),
}


# --- What the pages of rows say: each asks the rows that its page shows to anyone ------------------------------


def _page(slug: str) -> Card:
    page, _address, crumbs = shown_at(slug)
    return Card(page.title.text, crumbs[0]["label"] if crumbs else "")


def _news(slug: str) -> Card:
    item = get_object_or_404(NewsItem.objects.public(), slug=slug)
    return Card(shown_text(item.shown_data, "title").text, pgettext("kind of entry", "News"))


def _event(slug: str) -> Card:
    event = get_object_or_404(Event.objects.public(), slug=slug)
    return Card(shown_text(event.shown_data, "title").text, pgettext("kind of entry", "Event"))


def _document(slug: str) -> Card:
    document = get_object_or_404(Document.objects.public(), slug=slug)
    return Card(shown(document, "title").text, pgettext("kind of entry", "Document"))


def _video(slug: str) -> Card:
    video = get_object_or_404(Video.objects.public(), slug=slug)
    return Card(shown(video, "title").text, pgettext("kind of entry", "Video"))


def _issue(number: int) -> Card:
    issue = get_object_or_404(NewsletterIssue.objects.public(), number=number)
    return Card(shown(issue, "title").text, _("Newsletter"))


def _policy(slug: str) -> Card:
    return Card(get_object_or_404(PolicyIssue.objects.public(), slug=slug).title, _("Policy dialogue"))


def _member(slug: str) -> Card:
    member = get_object_or_404(Member.objects.listed(), slug=slug)
    return Card(name_of(member).text, pgettext("kind of entry", "Member"))


def _listing(slug: str) -> Card:
    listing = get_object_or_404(Listing.objects.visible_to(None).with_words(), slug=slug)
    return Card(shown(listing, "title").text, kind_label(listing.kind))


def _appeal(slug: str) -> Card:
    appeal = get_object_or_404(Appeal.objects.public().with_target(), slug=slug)
    return Card(shown(appeal, "title").text, pgettext("kind of entry", "Appeal"))


def _twinning(slug: str) -> Card:
    twinning = get_object_or_404(Twinning.objects.public().with_parties(), slug=slug)
    title = twinning_facts.title_of(twinning, twinning_facts.public_parties(twinning))
    return Card(title.text, _("Partnership"))


CARDS: dict[str, Callable[..., Card]] = {
    **dict.fromkeys([f"content:{name}" for name in ("about", "joining", "accessibility", "privacy")], _page),
    "content:about_page": _page,
    "content:legal_page": _page,
    "content:news_detail": _news,
    "content:event_detail": _event,
    "content:document_detail": _document,
    "content:video_detail": _video,
    "content:newsletter_issue": _issue,
    "content:policy_issue": _policy,
    "members:member_detail": _member,
    "partnerships:listing_detail": _listing,
    "partnerships:appeal_detail": _appeal,
    "partnerships:twinning_detail": _twinning,
}


# --- Addresses ---------------------------------------------------------------------------------------------


def picture_of(request: HttpRequest, title: str) -> dict[str, Any] | None:
    """The picture of the page that answers ``request``, as base.html says it; no query."""
    match = request.resolver_match
    if match is None:
        return None
    if fixed := TITLES.get(match.view_name):
        title = page_title(str(fixed))
    elif match.view_name not in CARDS:
        return None
    page = request.path_info.strip("/").partition("/")[2]
    address = _known_address(title, page, reader_language(), get_urlconf(), get_script_prefix())
    return {"url": absolute(address), "width": WIDTH, "height": HEIGHT}


@lru_cache(maxsize=1000)
def _known_address(title: str, page: str, _language: str, _urlconf: str | None, _prefix: str) -> str:
    """Worked out once per process; what else decides about it is in the key."""
    return _address(version_of(title), page)


def _address(version: str, page: str) -> str:
    """``page``: what stands in the address of the page behind its language; empty for the home page."""
    return reverse("content:share_picture", args=[version, page] if page else [version])


def card_of(page: str) -> Card:
    """:raises Http404: no such page, none with a picture, or none that anyone may read"""
    match = resolve(f"/{reader_language()}/{page}/" if page else f"/{reader_language()}/")
    if match.view_name in TITLES:
        return Card(str(TITLES[match.view_name]))
    if match.view_name not in CARDS:
        raise Http404
    return CARDS[match.view_name](**match.kwargs)


# --- The picture -------------------------------------------------------------------------------------------


@require_safe
def share_picture(request: HttpRequest, version: str, page: str = "") -> HttpResponse:
    card = card_of(page)
    right = version_of(page_title(card.title))
    if version != right:
        return redirect(_address(right, page))
    language = reader_language()
    told = repr((right, card, language)).encode()
    key = f"share-picture:{hashlib.blake2b(told, digest_size=16).hexdigest()}"
    content = cache.get(key)
    if content is None:
        if not allow("share-picture", client_network(request), DRAWN_PER_NETWORK, HOUR):
            return errors.too_many(request, seconds=HOUR)
        try:
            content = as_png(card, language)
        except Exception:
            # The link is shared without it, by the mark of the Alliance.
            log.exception("a picture for sharing could not be made")
            return _unkept(redirect(static("img/icon-180.png")))
        cache.set(key, content, REMEMBERED_SECONDS)
    return _answer(request, content)


def _answer(request: HttpRequest, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="image/png")
    response.headers["ETag"] = tag = etag(content)
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    # Made to be shown by others.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return get_conditional_response(request, etag=tag, response=response)


def _unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
