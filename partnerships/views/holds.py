"""“Does it still hold?”: the page that a link in a mail leads to, without a login, on a phone, scripts off."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alliance.core.journal import LINK
from alliance.core.languages import shown
from alliance.core.states import NotAllowed
from alliance.users.models import User
from partnerships.actions import validity
from partnerships.actions.listings import Incomplete, withdraw_listing
from partnerships.links import LAST_DAY, HoldsLink, holds_parts, stands
from partnerships.models import Listing
from partnerships.permissions import can_write

Status = Listing.Status


@csrf_exempt  # From a mail, without a cookie; the signed link is the right to do it.
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def listing_holds(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only asks, since mail scanners follow links; a button keeps the listing or withdraws it. The link stands
    for the person it was sent to: whoever does not write for the member any more cannot use it."""
    link = holds_parts(token)
    if link is None:
        raise Http404
    listing = get_object_or_404(Listing.objects.select_related("member"), slug=link.slug)
    if not can_write(get_object_or_404(User, pk=link.person), listing):
        raise Http404
    done = _answer(listing, link, request.POST.get("answer", "")) if request.method == "POST" else ""
    if done:
        listing.refresh_from_db()
    return render(request, "partnerships/listing_holds.html", _context(listing, link, done))


def _answer(listing: Listing, link: HoldsLink, answer: str) -> str:
    """What was done; empty when the link is old or says nothing: then the page says how the listing stands."""
    if not _is_asked(listing, link) or answer not in ("yes", "no"):
        return ""
    try:
        if answer == "no":
            withdraw_listing(listing, by=LINK)
        elif link.asks == LAST_DAY:
            validity.extend_listing(listing, last_day=date.fromisoformat(link.stood), by=LINK)
        else:
            validity.confirm_listing(listing, since=datetime.fromisoformat(link.stood), by=LINK)
    except (NotAllowed, Incomplete):
        listing.refresh_from_db()
        return ""
    return answer


def _is_asked(listing: Listing, link: HoldsLink) -> bool:
    """Whether the question is still open: nobody answered it, and the listing stands as it did."""
    open_to_answer = [Status.PUBLISHED, Status.EXPIRED] if link.asks == LAST_DAY else [Status.PUBLISHED]
    return listing.status in open_to_answer and stands(listing, link.asks) == link.stood


def _context(listing: Listing, link: HoldsLink, done: str) -> dict[str, Any]:
    title = shown(listing, "title")
    said = listing.last_confirmed_at
    return {
        "listing": listing,
        "title": title.text,
        "language": title.language if title.is_other else "",
        "done": done,
        "is_asked": not done and _is_asked(listing, link),
        "asks_day": link.asks == LAST_DAY,
        "until": date_format(listing.expires_on, "DATE_FORMAT") if listing.expires_on else "",
        "since": date_format(localtime(said), "DATE_FORMAT") if said else "",
    }
