"""The handshake: “I am interested”, the list of conversations, the page of one, and the way in from a mail."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import lists
from alliance.core.forms import sent
from alliance.core.languages import shown
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from alliance.users.decorators import login_kept_form
from members.decorators import member_page
from members.models import Member
from members.names_shown import place_of
from members.permissions import role_of
from partnerships.actions import matches as actions
from partnerships.forms.matches import MessageForm, ReplyForm
from partnerships.links import match_parts
from partnerships.models import Listing, Match
from partnerships.permissions import (
    audience_of,
    can_request_match,
    can_write_to_member,
    match_verbs,
    reader_audience,
)
from partnerships.refusals import KeptApart
from partnerships.views.cards import card
from partnerships.views.conversation import page_of
from partnerships.views.handshake import TONES, own_match, to_match
from partnerships.views.readers import act_for
from partnerships.views.score_words import score_between

# Enough for a busy officer, too little for a mailing.
REQUESTS_PER_HOUR, MESSAGES_PER_HOUR, HOUR = 20, 60, 3600
# The filters of the list, by their names in the address.
STATES = {
    "waiting": Q(waits=1),
    "asked": Q(status=Match.Status.REQUESTED, waits=0),
    "accepted": Q(status=Match.Status.ACCEPTED),
    "ended": ~Q(status__in=Match.OPEN),
}
WAITING_FIRST = [("waits", "desc"), ("updated_at", "desc"), ("id", "desc")]


@require_http_methods(["GET", "HEAD", "POST"])
@login_kept_form
def match_request(request: HttpRequest, slug: str) -> HttpResponse:
    """Write to the other side about its listing. Whoever has an open match already is led to it."""
    member = request.member or None
    rows = Listing.objects.visible_to(member, viewer=reader_audience(request.user))
    listing = get_object_or_404(rows.with_facts(), slug=slug)
    may = can_request_match(request.user, member, listing)
    return _request(request, listing.member, may, listing)


@require_http_methods(["GET", "HEAD", "POST"])
@login_kept_form
def match_request_member(request: HttpRequest, slug: str) -> HttpResponse:
    """Write to a member in general, from its page."""
    rows = Member.objects.approved().select_related("place__region")
    other = get_object_or_404(rows, slug=slug)
    may = can_write_to_member(request.user, request.member or None, other)
    return _request(request, other, may, None)


def _request(request: HttpRequest, other: Member, may: bool, listing: Listing | None) -> HttpResponse:
    member = request.member or None
    if member is None:
        back = reverse("partnerships:listing_detail", args=[listing.slug]) if listing else _page_of(other)
        return render(request, "partnerships/match_no_member.html", {"back": back}, status=403)
    if found := Match.objects.between(member, other, listing).open().first():
        messages.info(request, _("You wrote to each other about this already: here is the conversation."))
        return to_match(found)
    if not may:
        raise PermissionDenied
    form = MessageForm(sent(request)[0])
    try:
        actions.refuse_kept_apart(member, other)
        if form.is_valid():
            return _sent(request, other, listing, form)
    except KeptApart as refusal:
        context = {"text": refusal, "is_ours": refusal.args[0] == KeptApart.BY_US, "other": other}
        return render(request, "partnerships/match_refused.html", context, status=403)
    return _request_page(request, other, listing, form, status=422 if form.is_bound else 200)


def _sent(request: HttpRequest, other: Member, listing: Listing | None, form: MessageForm) -> HttpResponse:
    if not allow("match-request", str(request.member.pk), REQUESTS_PER_HOUR, HOUR):
        form.add_error(None, _("Your member wrote to many others in the last hour. Please try again later."))
        return _request_page(request, other, listing, form, status=429)
    try:
        match, is_new = actions.request_match(
            member=request.member,
            listing=listing,
            to=other,
            text=form.cleaned_data["text"],
            is_suggested=_is_suggested(request),
            by=request.user,
        )
    except NotAllowed:
        form.add_error(None, _("This is no longer open: it has just been withdrawn or has expired."))
        return _request_page(request, other, listing, form, status=409)
    if is_new:
        messages.success(request, _("Sent. The other side gets your message by e-mail and can answer here."))
    else:
        messages.info(
            request, _("A colleague was faster: here is the conversation. Your message was not sent.")
        )
    return to_match(match)


def _request_page(
    request: HttpRequest, other: Member, listing: Listing | None, form: MessageForm, status: int
) -> HttpResponse:
    context = {
        "form": form,
        "listing": listing,
        "card": card(listing, audience_of(request.user, listing)) if listing else None,
        "other_place": place_of(other),
        "member_name": other.shown_name,
        "score": score_between(request.member, other) if _is_suggested(request) else {},
    }
    return render(request, "partnerships/match_request.html", context, status=status)


def _is_suggested(request: HttpRequest) -> bool:
    """Whether the reader comes from the list of suggestions; the form keeps its address."""
    return request.GET.get("from") == "suggestion"


def _page_of(member: Member) -> str:
    return reverse("members:member_detail", args=[member.slug])


# --- The list ----------------------------------------------------------------------------------------------


@require_safe
@member_page(role_of)
def match_list(request: HttpRequest) -> HttpResponse:
    """The member's conversations: what waits for it first, then the last exchange first."""
    member = request.member
    chosen = next(iter(lists.values_of(request.GET, "state", STATES)), "")
    rows = Match.objects.of(member).with_waiting(member)
    tabs = _tabs(request, rows, chosen)
    found = rows.filter(STATES[chosen]) if chosen else rows
    found = found.select_related("member_a__place__region", "member_b__place__region", "listing")
    page = lists.keyset_page(found, WAITING_FIRST, request.GET)
    context = {
        "rows": [_row(match, request) for match in page.rows],
        "tabs": tabs,
        "is_filtered": bool(chosen),
        "pages": page.links(request.GET),
    }
    return render(request, "partnerships/match_list.html", context)


def _tabs(request: HttpRequest, rows: Any, chosen: str) -> list[dict[str, Any]]:
    """Links to the filters with how many each holds, in one query."""
    counts = rows.aggregate(
        every=Count("pk"), **{state: Count("pk", filter=wanted) for state, wanted in STATES.items()}
    )
    labels = {
        "": pgettext("conversations", "All"),
        "waiting": pgettext("conversations", "Waiting for you"),
        "asked": pgettext("conversations", "Waiting for the other side"),
        "accepted": pgettext("conversations", "In contact"),
        "ended": pgettext("conversations", "Over"),
    }
    return [
        {
            "label": label,
            "count": lists.written_count(counts[state or "every"]),
            "url": lists.address(request.GET, state=state or None),
            "is_current": state == chosen,
        }
        for state, label in labels.items()
    ]


def _row(match: Match, request: HttpRequest) -> dict[str, Any]:
    title = shown(match.listing, "title") if match.listing else None
    return {
        "href": reverse("partnerships:match_detail", args=[match.slug]),
        "other": match.other_side(request.member).shown_name,
        "place": place_of(match.other_side(request.member)),
        "title": title.text if title else "",
        "language": title.language if title and title.is_other else "",
        "status": pgettext("match", "waits for you") if match.waits else match.get_status_display(),
        "tone": "warn" if match.waits else TONES[match.status],
        "when": date_format(localtime(match.updated_at), "DATETIME_FORMAT"),
    }


# --- One conversation --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def match_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Both sides read and write here; for everyone else the page does not exist."""
    match = own_match(request, slug)
    verbs = match_verbs(request.user, request.member, match)
    form = ReplyForm(sent(request)[0])
    status = 200
    if request.method == "POST":
        if "write" not in verbs:
            raise PermissionDenied
        status = 422
        if form.is_valid():
            if answer := _answer(request, match, form):
                return answer
            status = 429 if not form.non_field_errors() else 409
    context = page_of(request, match, verbs) | {"form": form}
    return render(request, "partnerships/match_detail.html", context, status=status)


def _answer(request: HttpRequest, match: Match, form: MessageForm) -> HttpResponse | None:
    """The redirect after a message, or None when the form says why there is none."""
    if not allow("match-message", str(request.member.pk), MESSAGES_PER_HOUR, HOUR):
        form.add_error("text", _("Your member wrote many messages in the last hour. Please try again later."))
        return None
    try:
        actions.send_message(match, member=request.member, by=request.user, **form.cleaned_data)
    except NotAllowed:
        form.add_error(None, _("This conversation is closed."))
        return None
    messages.success(request, _("Sent."))
    return to_match(match, "#reply")


@require_safe
@never_cache
def match_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. It names the side the mail was for and lets nobody in: whoever is not signed in does that
    first, and whoever acts for several members acts for that one from here on."""
    slug, side = match_parts(token) or ("", "")
    if not slug:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    get_object_or_404(Match.objects.filter(Q(member_a__slug=side) | Q(member_b__slug=side)), slug=slug)
    act_for(request, side)
    return redirect("partnerships:match_detail", slug)
