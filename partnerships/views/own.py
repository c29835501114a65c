"""A member's own needs and offers: all of them, the way to one from a mail, and the verbs: publish, withdraw, renew.
`writing` has the form."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from alliance.core import lists
from alliance.core.states import NotAllowed
from members.decorators import member_page
from members.permissions import role_of
from partnerships import permissions
from partnerships.actions import listings as actions
from partnerships.links import listing_parts
from partnerships.models import Listing
from partnerships.views.cards import card
from partnerships.views.listing import listing_page
from partnerships.views.readers import act_for, own_listing
from partnerships.views.sheet_links import sheet_links

NEWEST = [("updated_at", "desc"), ("id", "desc")]
TONES = {"draft": "wait", "review": "wait", "published": "ok", "expired": "warn", "withdrawn": "stop"}


@require_safe
@member_page(role_of)
def my_listings(request: HttpRequest) -> HttpResponse:
    """Everything the member wrote, drafts and ended ones too, last changed first."""
    page = lists.keyset_page(request.member.listings.with_facts(), NEWEST, request.GET)
    may_write = permissions.can_write_for(request.user, request.member)
    context = {
        "cards": [own_card(listing) for listing in page.rows],
        "pages": page.links(request.GET),
        "kinds": permissions.kinds_of(request.member) if may_write else [],
        "member_name": request.member.shown_name,
        "may_import": may_write,
        "sheets": sheet_links("my_listing"),
    }
    return render(request, "partnerships/my_listings.html", context)


def own_card(listing: Listing) -> dict[str, Any]:
    """Parameters of `partnerships/_own_card.html`: a card with the state of its listing."""
    state = {"status": listing.get_status_display(), "tone": TONES[listing.status]}
    return card(listing, permissions.OWN) | state


@require_safe
@never_cache
def listing_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. It names the member it was sent to and lets nobody in: the login comes first."""
    slug, side = listing_parts(token) or ("", "")
    if not slug:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    get_object_or_404(Listing, slug=slug, member__slug=side)
    act_for(request, side)
    return redirect("partnerships:listing_detail", slug)


@require_POST
@member_page(role_of)
def listing_publish(request: HttpRequest, slug: str) -> HttpResponse:
    listing = own_listing(request, slug, permissions.can_write)
    return _verb(request, listing, actions.publish_listing, _("Published."))


@require_POST
@member_page(role_of)
def listing_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    listing = own_listing(request, slug, permissions.can_write)
    return _verb(request, listing, actions.withdraw_listing, _("Withdrawn: it is no longer in the lists."))


@require_POST
@member_page(role_of)
def listing_renew(request: HttpRequest, slug: str) -> HttpResponse:
    listing = own_listing(request, slug, permissions.can_write)
    return _verb(request, listing, actions.renew_listing, _("Published again."))


def _verb(request: HttpRequest, listing: Listing, action: Callable[..., None], done: str) -> HttpResponse:
    """One action; whoever comes second is told what happened meanwhile."""
    try:
        action(listing, by=request.user)
    except actions.Incomplete:
        return listing_page(request, listing, status=422, was_refused=True)
    except NotAllowed:
        messages.warning(request, _("Nothing changed: this was done already, perhaps by a colleague."))
    else:
        if listing.status == Listing.Status.REVIEW:
            done = _("Sent to the desk, which reads it first. You get an e-mail when it is published.")
        messages.success(request, done)
    return redirect("partnerships:listing_detail", listing.slug)
