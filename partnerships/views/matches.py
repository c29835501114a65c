"""The handshake: “I am interested”, and the thread in which both sides write."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import lists
from alliance.core.languages import reader_language, shown
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from alliance.users.decorators import login_kept_form
from members.decorators import member_page
from members.names_shown import place_of
from members.permissions import role_of
from partnerships.actions import matches as actions
from partnerships.forms.matches import MessageForm
from partnerships.models import Listing, Match
from partnerships.names_shown import named
from partnerships.permissions import audience_of, can_request_match, can_send_message, reader_audience
from partnerships.views.cards import card

# Enough for a busy officer, too little for a mailing.
REQUESTS_PER_HOUR, MESSAGES_PER_HOUR, HOUR = 20, 60, 3600
NEWEST = [("updated_at", "desc"), ("id", "desc")]
TONES = {"requested": "wait", "accepted": "ok", "declined": "stop", "closed": "stop"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_kept_form
def match_request(request: HttpRequest, slug: str) -> HttpResponse:
    """Write to the other side about its listing. Whoever has an open match already is led to it."""
    member = request.member or None
    rows = Listing.objects.visible_to(member, viewer=reader_audience(request.user))
    listing = get_object_or_404(rows.with_facts(), slug=slug)
    if member is None:
        return render(request, "partnerships/match_no_member.html", {"listing": listing}, status=403)
    if found := Match.objects.between(member, listing.member, listing).open().first():
        messages.info(request, _("You wrote to each other about this already: here is the conversation."))
        return redirect("partnerships:match_detail", found.slug)
    if not can_request_match(request.user, member, listing):
        raise PermissionDenied
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not allow("match-request", str(member.pk), REQUESTS_PER_HOUR, HOUR):
            form.add_error(
                None, _("Your member wrote to many others in the last hour. Please try again later.")
            )
            return _request_page(request, listing, form, status=429)
        try:
            match, is_new = actions.request_match(
                member=member, listing=listing, text=form.cleaned_data["text"], by=request.user
            )
        except NotAllowed:
            form.add_error(None, _("This is no longer open: it has just been withdrawn or has expired."))
            return _request_page(request, listing, form, status=409)
        if is_new:
            messages.success(
                request, _("Sent. The other side gets your message by e-mail and can answer here.")
            )
        else:
            messages.info(
                request, _("A colleague was faster: here is the conversation. Your message was not sent.")
            )
        return redirect("partnerships:match_detail", match.slug)
    return _request_page(request, listing, form, status=422 if form.is_bound else 200)


def _request_page(request: HttpRequest, listing: Listing, form: MessageForm, status: int) -> HttpResponse:
    viewer = audience_of(request.user, listing)
    context = {
        "form": form,
        "listing": listing,
        "card": card(listing, viewer),
        "member_name": named(listing, "member", viewer).name,
    }
    return render(request, "partnerships/match_request.html", context, status=status)


@require_safe
@member_page(role_of)
def match_list(request: HttpRequest) -> HttpResponse:
    """The member's conversations, the last exchange first."""
    rows = Match.objects.of(request.member).select_related("member_a__place", "member_b__place", "listing")
    page = lists.keyset_page(rows, NEWEST, request.GET)
    context = {
        "rows": [_row(match, request) for match in page.rows],
        "pages": page.links(request.GET),
    }
    return render(request, "partnerships/match_list.html", context)


def _row(match: Match, request: HttpRequest) -> dict:
    title = shown(match.listing, "title") if match.listing else None
    return {
        "href": reverse("partnerships:match_detail", args=[match.slug]),
        "other": match.other_side(request.member).shown_name,
        "title": title.text if title else "",
        "language": title.language if title and title.is_other else "",
        "status": match.get_status_display(),
        "tone": TONES[match.status],
        "when": date_format(localtime(match.updated_at), "DATETIME_FORMAT"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def match_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Both sides read and write here; for everyone else the page does not exist."""
    rows = Match.objects.of(request.member).select_related(
        "member_a__place__region", "member_b__place__region"
    )
    match = get_object_or_404(rows.select_related("listing"), slug=slug)
    may_write = can_send_message(request.user, request.member, match)
    form = MessageForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if not may_write:
            raise PermissionDenied
        status = 422
        if form.is_valid():
            if answer := _send(request, match, form):
                return answer
            status = 429 if not form.non_field_errors() else 409
    return _thread_page(request, match, form, may_write, status)


def _send(request: HttpRequest, match: Match, form: MessageForm) -> HttpResponse | None:
    """The redirect after a message, or None when the form says why there is none."""
    if not allow("match-message", str(request.member.pk), MESSAGES_PER_HOUR, HOUR):
        form.add_error("text", _("Your member wrote many messages in the last hour. Please try again later."))
        return None
    try:
        actions.send_message(match, member=request.member, text=form.cleaned_data["text"], by=request.user)
    except NotAllowed:
        form.add_error(None, _("This conversation is closed."))
        return None
    messages.success(request, _("Sent."))
    return redirect("partnerships:match_detail", match.slug)


def _thread_page(
    request: HttpRequest, match: Match, form: MessageForm, may_write: bool, status: int
) -> HttpResponse:
    other = match.other_side(request.member)
    language = reader_language()
    context = {
        "match": match,
        "form": form,
        "may_write": may_write,
        "other_name": other.shown_name,
        "other_place": place_of(other),
        "status": match.get_status_display(),
        "tone": TONES[match.status],
        "title": shown(match.listing, "title") if match.listing else None,
        "thread": [
            {
                "is_own": message.sender_id == request.member.pk,
                "name": message.sender.shown_name,
                "when": date_format(localtime(message.sent_at), "DATETIME_FORMAT"),
                "text": message.text,
                "language": message.language if message.language != language else "",
            }
            for message in match.messages.select_related("sender")
        ],
    }
    return render(request, "partnerships/match_detail.html", context, status=status)
