"""What the pages of a twinning's life share: the twinning of one's own member, and one verb done politely."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.core.states import NotAllowed
from partnerships.models import Twinning, TwinningParty
from partnerships.permissions import can_see_twinning, can_write_for
from partnerships.permissions.twinning_life import standing_party
from partnerships.views import twinning_facts as facts


def own_twinning(request: HttpRequest, slug: str, *, to_write: bool = True) -> tuple[Twinning, TwinningParty]:
    """A twinning that the reader's member stands by, and its party. For others there is no such page; 403 for those
    who only read."""
    twinning = get_object_or_404(Twinning.objects.with_parties(), slug=slug)
    party = standing_party(request.member, twinning)
    if party is None:
        raise Http404
    if to_write and not can_write_for(request.user, request.member):
        raise PermissionDenied
    return twinning, party


def seen_twinning(request: HttpRequest, slug: str) -> Twinning:
    """A twinning whose page the reader may open."""
    twinning = get_object_or_404(Twinning.objects.with_parties(), slug=slug)
    if not can_see_twinning(request.user, twinning):
        raise Http404
    return twinning


def crumb_of(twinning: Twinning) -> dict[str, Any]:
    """What every page below that of a twinning names: its title, with the language that it is in."""
    return {"twinning": twinning, "twinning_title": facts.title_of(twinning, facts.public_parties(twinning))}


def too_late(request: HttpRequest, twinning: Twinning) -> HttpResponse:
    messages.warning(request, _("Nothing changed: this was done already, perhaps by a colleague."))
    return to_twinning(twinning)


def do(
    request: HttpRequest,
    twinning: Twinning,
    action: Callable[..., Any],
    about: Any,
    done: str,
    *,
    to: str = "",
    **given: Any,
) -> HttpResponse:
    """One action in the name of the member, then back to the page; ``to``: the part of it, or a page of its own."""
    try:
        action(about, member=request.member, by=request.user, **given)
    except NotAllowed:
        return too_late(request, twinning)
    messages.success(request, done)
    return to_twinning(twinning, to)


def to_twinning(twinning: Twinning, anchor: str = "") -> HttpResponse:
    return redirect(reverse("partnerships:twinning_detail", args=[twinning.slug]) + anchor)
