"""How a twinning begins: opened from a match, one more member asked in, or declared because it exists already. And the
way in from a mail."""

from collections.abc import Sized
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core.errors import pause_words
from alliance.core.forms import show_typed
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed
from members.decorators import member_page
from members.models import Member, Place
from members.models.member_search import SOUNDS, Criteria
from members.names_shown import place_of
from members.permissions import role_of
from members.views.places import results_of
from partnerships.actions import twinning_declaring
from partnerships.actions import twinnings as actions
from partnerships.forms.twinnings import DeclareForm, PartnerForm, PickForm
from partnerships.links import twinning_parts
from partnerships.models import Match, Twinning, TwinningParty
from partnerships.permissions.twinnings import can_propose_twinning
from partnerships.twinning_rules import OtherSide
from partnerships.views.handshake import own_match, to_match
from partnerships.views.readers import act_for
from partnerships.views.twinning_closed import not_open
from partnerships.views.twinning_shared import (
    HOUR,
    is_allowed,
    title_of,
    to_twinning,
    too_late,
    twinning_for,
)

MOST_FOUND = 8


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_create(request: HttpRequest, slug: str) -> HttpResponse:
    """From an accepted match: who will be its parties, then open it."""
    match = own_match(request, slug)
    if found := Twinning.objects.filter(match=match).first():
        return to_twinning(found)
    if not can_propose_twinning(request.user, request.member):
        raise PermissionDenied
    if match.status != Match.Status.ACCEPTED:
        messages.info(request, _("A partnership begins once both sides have agreed to be in contact."))
        return to_match(match)
    if request.method == "POST":
        return _open(request, match)
    members = [one.shown_name for one, _cluster in actions.parties_of(match, request.member)]
    context = {"match": match, "other_name": match.other_side(request.member).shown_name, "members": members}
    return render(request, "partnerships/twinning_create.html", context)


def _open(request: HttpRequest, match: Match) -> HttpResponse:
    if not is_allowed(request):
        messages.warning(request, pause_words(HOUR))
        return to_match(match)
    try:
        twinning, is_new = actions.open_twinning(match, member=request.member, by=request.user)
    except NotAllowed:
        messages.warning(request, _("Nothing changed: this was done already, perhaps by a colleague."))
        return to_match(match)
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return to_match(match)
    if is_new:
        messages.success(request, _("Opened. The other side is asked by e-mail whether it takes part."))
    else:
        messages.info(request, _("You have this partnership already: here it is."))
    return to_twinning(twinning)


# --- One more party --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_invite(request: HttpRequest, slug: str) -> HttpResponse:
    """Find one more member and ask it in. “Search” only fills the list."""
    twinning, is_open = twinning_for(request, slug, "invite")
    if not is_open:
        return not_open(request, twinning, "invite")
    found = _members(request.POST.get("q", ""), twinning) if request.method == "POST" else []
    choices = [(member.slug, _with_place(member.shown_name, place_of(member))) for member in found]
    form = _typed(request, PartnerForm, found=choices)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            status = 429 if not is_allowed(request) else 422
            other = next(member for member in found if member.slug == form.cleaned_data["pick"])
            if status == 429:
                form.add_error(None, pause_words(HOUR))
            elif answer := _invite(request, twinning, form, other):
                return answer
    context = {
        "form": form,
        "twinning": twinning,
        "title": title_of(twinning),
        "count": _count(request, found),
    }
    return render(request, "partnerships/twinning_invite.html", context, status=status)


def _typed(request: HttpRequest, form: type[PickForm], **more: Any) -> Any:
    """After a search nothing was sent yet, so nothing is wrong yet: what was typed stands in a form without a
    judgement."""
    if request.method != "POST":
        return form(**more)
    if "search" not in request.POST:
        return form(request.POST, **more)
    unsent = form(**more)
    show_typed(unsent, request.POST)
    return unsent


def _count(request: HttpRequest, found: Sized) -> str:
    """How many a search found, in words; empty where nothing was searched for."""
    if not request.POST.get("q"):
        return ""
    number = len(found)
    if not number:
        return _("Nothing found. Check the spelling, or add the country or the oblast after the name.")
    return ngettext("%(number)s found. Choose one.", "%(number)s found. Choose one.", number) % {
        "number": number
    }


def _invite(
    request: HttpRequest, twinning: Twinning, form: PartnerForm, other: Member
) -> HttpResponse | None:
    try:
        actions.invite_party(twinning, member=request.member, other=other, by=request.user)
    except NotAllowed:
        return too_late(request, twinning)
    except Refused as refusal:
        form.add_refusal(refusal)
        return None
    messages.success(request, _("Asked. %(name)s answers for itself.") % {"name": other.shown_name})
    return to_twinning(twinning)


def _members(text: str, twinning: Twinning) -> list[Member]:
    """Members that are no parties yet, best name first."""
    text = " ".join(text.split())[:100]
    if not text:
        return []
    inside = TwinningParty.objects.present().filter(twinning=twinning, member__isnull=False)
    rows = Member.objects.approved().exclude(kind=Member.Kind.INSTITUTION)
    rows = rows.exclude(pk__in=inside.values("member")).found(Criteria(text=text)).ranked(text)
    found = list(rows.select_related("place__region").order_by("rank", "id")[:MOST_FOUND])
    # What only sounds alike is left out where something is spelled alike.
    return [member for member in found if member.rank < SOUNDS] or found


def _with_place(name: str, place: str) -> str:
    return f"{name} ({place})" if place and place != name else name


# --- One that exists already -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_declare(request: HttpRequest) -> HttpResponse:
    """Say that a partnership exists; the other side confirms it. “Search” only fills the list."""
    if not can_propose_twinning(request.user, request.member):
        raise PermissionDenied
    sides = _sides(request.POST.get("q", ""), request.member) if request.method == "POST" else {}
    choices = [(value, words) for value, (_side, words) in sides.items()]
    form = _typed(request, DeclareForm, found=choices, has_searched=bool(request.POST.get("q")))
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            if not is_allowed(request):
                form.add_error(None, pause_words(HOUR))
                status = 429
            elif answer := _declare(request, form, sides):
                return answer
    context = {"form": form, "count": _count(request, sides)}
    return render(request, "partnerships/twinning_declare.html", context, status=status)


def _declare(
    request: HttpRequest, form: DeclareForm, sides: dict[str, tuple[OtherSide, str]]
) -> HttpResponse | None:
    data = form.cleaned_data
    if form.is_by_name:
        other = OtherSide(name=data["name"], country=data["country"], named_as=data["named_as"])
    else:
        other = sides[data["pick"]][0]
    try:
        twinning, is_new = twinning_declaring.declare_twinning(
            member=request.member, other=other, facts=form.declared, by=request.user
        )
    except NotAllowed:
        form.add_error(None, _("Nothing was recorded: one of the two is not an active member at the moment."))
        return None
    except Refused as refusal:
        form.add_refusal(refusal)
        return None
    if not is_new:
        messages.info(request, _("This partnership was known already; you stand by it now."))
    elif other.member:
        messages.success(request, _("Recorded. The other side is asked to confirm it."))
    else:
        messages.success(
            request,
            _("Recorded. The other side is no member yet: it can confirm once it joins the Alliance."),
        )
    return to_twinning(twinning)


def _sides(text: str, member: Member) -> dict[str, tuple[OtherSide, str]]:
    """What the search found: places of the registers, with the member that holds one, and associations."""
    text = " ".join("".join(letter for letter in text if letter.isprintable()).split())[:100]
    if len(text) < 2:
        return {}
    rows = Place.objects.selectable().exclude(pk=member.place_id).with_surroundings()
    sides = {}
    for result in results_of(rows.find(text, limit=MOST_FOUND) or rows.similar(text, limit=MOST_FOUND)):
        words = f"{result.place.name} ({result.kind}, {result.where})"
        holder = result.member if result.member and result.member.status == Member.Status.APPROVED else None
        if holder is None or holder.pk != member.pk:
            sides[f"place:{result.place.pk}"] = (OtherSide(member=holder, place=result.place), words)
    associations = Member.objects.approved().filter(kind=Member.Kind.ASSOCIATION).exclude(pk=member.pk)
    for other in associations.found(Criteria(text=text)).order_by("id")[:MOST_FOUND]:
        words = _with_place(other.shown_name, other.get_kind_display())
        sides[f"member:{other.slug}"] = (OtherSide(member=other), words)
    return sides


# --- From a mail -----------------------------------------------------------------------------------------------


@require_safe
@never_cache
def twinning_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. It names the party the mail was for and lets nobody in: whoever is not signed in does that
    first, and whoever acts for several members acts for that one from here on."""
    slug, side = twinning_parts(token) or ("", "")
    if not slug:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    get_object_or_404(Twinning.objects.filter(slug=slug))
    act_for(request, side)
    return redirect("partnerships:twinning_detail", slug)
