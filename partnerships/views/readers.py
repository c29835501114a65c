"""Who reads: the member that a person acts for, and its own needs and offers. Views of listings ask here."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from members.middleware import SESSION_KEY
from members.models import Member, Representative
from partnerships.models import Listing


def acting_member(request: HttpRequest) -> Member | None:
    """The member that the reader acts for; anonymous visitors cost no query."""
    return (request.member or None) if request.user.is_authenticated else None


def own_listing(request: HttpRequest, slug: str, may: Callable[[Any, Any], bool]) -> Listing:
    """The member's own listing; somebody else's does not exist here."""
    rows = request.member.listings.with_facts().select_related(
        "appeal", "handover__region", "handover__parent"
    )
    listing = get_object_or_404(rows, slug=slug)
    if not may(request.user, listing):
        raise PermissionDenied
    return listing


def act_for(request: HttpRequest, side: str) -> Member:
    """From a link in a mail: whoever acts for several members acts for the one it was sent to from here on. 404 for
    whoever does not act for it."""
    rows = Representative.objects.active().of(request.user).filter(member__slug=side)
    representative = get_object_or_404(rows.select_related("member"))
    if request.member.pk != representative.member_id:
        request.session[SESSION_KEY] = representative.member_id
        messages.info(request, _("You act for %(name)s now.") % {"name": representative.member.shown_name})
    return representative.member
