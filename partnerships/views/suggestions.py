"""Suggested partners of a member, what it looks for, whom it leaves out; and for everyone what a score is made of."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core.forms import sent
from alliance.core.states import NotAllowed
from members.decorators import member_page
from members.models import Member
from members.models.member_search import Criteria
from members.names_shown import name_of, place_of
from partnerships.actions import suggestions as actions
from partnerships.actions import wishes as wish_actions
from partnerships.actions.weights import weights_to_show
from partnerships.choosing import SIZE
from partnerships.forms.suggestions import AsideForm, WishForm
from partnerships.known_ties import NEIGHBOUR_KM
from partnerships.match_parts import EVEN_ATTENTION, PARTNER_ATTENTION, Part
from partnerships.match_words import LABELS, MEANINGS, points_in_words
from partnerships.models import PartnerWish, Suggestion, SuggestionList
from partnerships.permissions import can_be_suggested, can_write_for
from partnerships.views.score_words import names_for, score_context

LONGEST_SEARCH = 100
MOST_FOUND = 10


@require_safe
@member_page(can_be_suggested)
def suggestion_list(request: HttpRequest) -> HttpResponse:
    """The list as it was made last, without whom it must not name any more."""
    member = request.member
    wish = PartnerWish.objects.filter(member=member).first()
    is_resting = wish is not None and wish.looking_since is None
    rows = Suggestion.objects.none() if is_resting else Suggestion.objects.filter(member=member).standing()
    rows = list(rows.best_first().with_facts())
    names = names_for(row.parts for row in rows)
    aside = Suggestion.objects.filter(member=member).set_aside().order_by("-dismissed_at", "-id")
    context = {
        "cards": [_card(row, names) for row in rows],
        "made": _made(member),
        "is_resting": is_resting,
        "has_wish": wish is not None,
        "aside": [_aside(row) for row in aside.select_related("other")],
        "may_write": can_write_for(request.user, member),
    }
    return render(request, "partnerships/suggestion_list.html", context)


def _card(row: Suggestion, names: Any) -> dict[str, Any]:
    other = row.other
    return {
        "slug": other.slug,
        "name": name_of(other),
        "place": place_of(other),
        "href": reverse("members:member_detail", args=[other.slug]),
        "write": reverse("partnerships:match_request_member", args=[other.slug]) + "?from=suggestion",
        "has_kept_seat": row.is_kept_seat,
        "score": score_context(row.total, row.parts, names),
    }


def _made(member: Member) -> dict[str, Any]:
    """When the list was made, and of how many; empty before it was made for the first time."""
    row = SuggestionList.objects.filter(member=member).first()
    if row is None:
        return {}
    return {
        "when": date_format(localtime(row.computed_at), "DATETIME_FORMAT"),
        "candidates": row.candidates,
        "never": row.never_partnered,
    }


def _aside(row: Suggestion) -> dict[str, Any]:
    return {"slug": row.other.slug, "name": name_of(row.other), "reason": row.get_reason_display()}


def _own_suggestion(request: HttpRequest, slug: str) -> Suggestion:
    """A row of the person's member about ``slug``; 403 for those who may read only."""
    rows = Suggestion.objects.filter(member=request.member).select_related("other__place__region")
    row = get_object_or_404(rows, other__slug=slug)
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_be_suggested)
def suggestion_set_aside(request: HttpRequest, slug: str) -> HttpResponse:
    """“Not for us”, with a reason."""
    row = _own_suggestion(request, slug)
    form = AsideForm(sent(request)[0])
    if form.is_valid():
        try:
            actions.set_suggestion_aside(row, member=request.member, by=request.user, **form.cleaned_data)
            messages.success(request, _("Set aside. The other side has not been told."))
        except NotAllowed:
            messages.warning(request, _("Nothing changed: this was done already, perhaps by a colleague."))
        return redirect("partnerships:suggestion_list")
    context = {"form": form, "other_name": row.other.shown_name, "other_place": place_of(row.other)}
    return render(
        request, "partnerships/suggestion_set_aside.html", context, status=422 if form.is_bound else 200
    )


@require_POST
@member_page(can_be_suggested)
def suggestion_restore(request: HttpRequest, slug: str) -> HttpResponse:
    row = _own_suggestion(request, slug)
    try:
        actions.restore_suggestion(row, member=request.member, by=request.user)
        messages.success(request, _("This member may be suggested again, with one of the next lists."))
    except NotAllowed:
        messages.warning(request, _("Nothing changed: this was done already, perhaps by a colleague."))
    return redirect("partnerships:suggestion_list")


# --- What a member looks for --------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_be_suggested)
def partner_wish(request: HttpRequest) -> HttpResponse:
    """Whether and how many partners, which must be, and whom not."""
    member = request.member
    may_write = can_write_for(request.user, member)
    wish = PartnerWish.objects.filter(member=member).prefetch_related("must_sectors").first()
    form = WishForm(sent(request)[0], member=member, initial=WishForm.initial_of(wish))
    if form.is_bound and not may_write:
        raise PermissionDenied
    if form.is_valid():
        wish_actions.change_partner_wish(member=member, by=request.user, **form.wish)
        messages.success(request, _("Saved. Your list follows within a few minutes."))
        return redirect("partnerships:suggestion_list")
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    vetoes = member.vetoes.select_related("other").order_by("-created_at", "-id")
    context = {
        "form": form,
        "may_write": may_write,
        "vetoes": [{"slug": veto.other.slug, "name": name_of(veto.other)} for veto in vetoes],
        "q": text,
        "found": _found(member, text) if text and may_write else [],
    }
    return render(request, "partnerships/partner_wish.html", context, status=422 if form.is_bound else 200)


def _found(member: Member, text: str) -> list[dict[str, Any]]:
    """Members by name, to choose whom not to be proposed."""
    others = Member.objects.approved().exclude(pk__in=member.vetoes.values("other")).exclude(pk=member.pk)
    rows = others.found(Criteria(text=text)).ranked(text).select_related("place__region")
    return [
        {"slug": row.slug, "name": name_of(row), "place": place_of(row)}
        for row in rows.order_by("rank", "id")[:MOST_FOUND]
    ]


@require_POST
@member_page(can_be_suggested)
def veto_set(request: HttpRequest, slug: str) -> HttpResponse:
    other = get_object_or_404(Member.objects.approved().exclude(pk=request.member.pk), slug=slug)
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    wish_actions.set_veto(member=request.member, other=other, by=request.user)
    messages.success(request, _("You are not proposed to each other any more. The other side is not told."))
    return redirect(reverse("partnerships:partner_wish") + "#vetoes")


@require_POST
@member_page(can_be_suggested)
def veto_lift(request: HttpRequest, slug: str) -> HttpResponse:
    veto = get_object_or_404(request.member.vetoes.select_related("other"), other__slug=slug)
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    wish_actions.lift_veto(member=request.member, other=veto.other, by=request.user)
    messages.success(request, _("You may be proposed to each other again."))
    return redirect(reverse("partnerships:partner_wish") + "#vetoes")


# --- For everyone -------------------------------------------------------------------------------------------


@require_safe
def match_weights(request: HttpRequest) -> HttpResponse:
    """What a score is made of, what each part is worth now, how fairness works, what is never used."""
    row = weights_to_show()
    weights = row.weights
    parts = [
        {
            "label": LABELS[part],
            "meaning": MEANINGS[part],
            "points": weights.points[part],
            "percent": round(100 * weights.most(part) / weights.total),
        }
        for part in Part
        if weights.points[part]
    ]
    context = {
        "parts": parts,
        "total": points_in_words(weights.total),
        "version": row.version,
        "since": date_format(localtime(row.created_at), "DATE_FORMAT"),
        "size": SIZE,
        "even": EVEN_ATTENTION,
        "cap": weights.attention_cap,
        "per_partner": PARTNER_ATTENTION,
        "neighbour_km": NEIGHBOUR_KM,
    }
    return render(request, "partnerships/match_weights.html", context)
