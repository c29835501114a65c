"""What the pages of a handshake share: the member's own match, whether a verb is open, and one verb done politely."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core.states import NotAllowed
from partnerships.models import Match
from partnerships.permissions import can_write_for, match_verbs

TONES = {"requested": "wait", "accepted": "ok", "declined": "stop", "closed": "stop"}


def own_match(request: HttpRequest, slug: str) -> Match:
    """A match of the member that the person acts for; anybody else's does not exist."""
    rows = Match.objects.of(request.member).select_related(
        "member_a__place__region",
        "member_b__place__region",
        "listing",
        "closed_by",
        "requested_by",
        "cluster_a",
        "cluster_b",
    )
    return get_object_or_404(rows, slug=slug)


def match_for(request: HttpRequest, slug: str, verb: str) -> tuple[Match, bool]:
    """The match, and whether ``verb`` is open in it now; 403 for those who may read only."""
    match = own_match(request, slug)
    verbs = match_verbs(request.user, request.member, match)
    if not verbs and not can_write_for(request.user, request.member):
        raise PermissionDenied
    return match, verb in verbs


def too_late(request: HttpRequest, match: Match) -> HttpResponse:
    """Somebody was faster, or the time is over: the page says how it stands now."""
    messages.warning(request, _("Nothing changed: this was done already, perhaps by a colleague."))
    return to_match(match)


def do(
    request: HttpRequest, match: Match, action: Callable[..., Any], about: Any, done: str, **given: Any
) -> HttpResponse:
    """One action in the name of the member, then back to the conversation."""
    try:
        action(about, member=request.member, by=request.user, **given)
    except NotAllowed:
        return too_late(request, match)
    messages.success(request, done)
    return to_match(match)


def to_match(match: Match, anchor: str = "") -> HttpResponse:
    return redirect(reverse("partnerships:match_detail", args=[match.slug]) + anchor)
