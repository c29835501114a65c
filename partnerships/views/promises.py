"""Making a promise: from the page of a need, from a conversation, or to a member in general."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from alliance.core.audience import Audience, visible
from alliance.core.forms import sent
from alliance.core.languages import Shown, machine_prefetch, shown
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from alliance.core.units import written
from members.decorators import member_page
from members.models import Member
from members.permissions import role_of
from partnerships.actions import pledges as actions
from partnerships.actions.appeals import appeal_named
from partnerships.forms.promises import NEED, OFFER, Choice, PromiseForm, suggested
from partnerships.models import Appeal, Listing, ListingLine, Match
from partnerships.names_shown import named
from partnerships.permissions import audience_of, can_promise_pledge
from partnerships.views.cards import item_text

PROMISES_PER_HOUR, HOUR = 30, 3600
# Lines of the receiver's open needs that one form offers.
MOST_LINES = 30


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def listing_promise(request: HttpRequest, slug: str) -> HttpResponse:
    """Promise something of what a need asks for."""
    rows = Listing.objects.needs().visible_to(request.member).with_facts()
    need = get_object_or_404(rows, slug=slug)
    _refuse(request, need.member)
    if not need.is_open:
        raise Http404
    viewer = audience_of(request.user, need)
    if not visible(need, "lines", viewer):
        raise Http404
    title = shown(need, "title")
    return _promise_page(
        request, receiver=need.member, listing=need, match=None, title=title,
        choices=choices_of(need, NEED), viewer=viewer,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def match_promise(request: HttpRequest, slug: str) -> HttpResponse:
    """Promise something to the other side of a conversation that both agreed to."""
    rows = Match.objects.of(request.member).select_related("member_a__place", "member_b__place")
    match = get_object_or_404(rows.filter(status=Match.Status.ACCEPTED), slug=slug)
    receiver = match.other_side(request.member)
    _refuse(request, receiver)
    listing = (
        Listing.objects.with_facts()
        .filter(pk=match.listing_id, member__in=[receiver, request.member])
        .first()
    )
    if listing and not (listing.is_open and listing.is_need == (listing.member_id == receiver.pk)):
        listing = None  # over, or the other side's own offer: promised in general
    choices = choices_of(listing, NEED if listing.is_need else OFFER) if listing else []
    if not (listing and listing.is_need):
        choices += needs_of(receiver)
    return _promise_page(
        request, receiver=receiver, listing=listing, match=match, viewer=Audience.PARTNER,
        title=shown(listing, "title") if listing else None, choices=choices,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def member_promise(request: HttpRequest, slug: str) -> HttpResponse:
    """Promise something to a member in general: for any of its open needs, or something else."""
    receiver = get_object_or_404(Member.objects.filter(status=Member.Status.APPROVED), slug=slug)
    _refuse(request, receiver)
    return _promise_page(
        request, receiver=receiver, listing=None, match=None, viewer=Audience.MEMBERS, title=None,
        choices=needs_of(receiver),
    )  # fmt: skip


def _refuse(request: HttpRequest, receiver: Member) -> None:
    if not can_promise_pledge(request.user, request.member, receiver):
        raise PermissionDenied


def choices_of(listing: Listing, kind: str) -> list[Choice]:
    """The lines of one need or offer; of a need with a single line what is open is filled in."""
    lines = list(listing.lines.all())
    return [_choice(line, listing, kind, fill=kind == NEED and len(lines) == 1) for line in lines]


def needs_of(receiver: Member) -> list[Choice]:
    """Lines of the receiver's open needs that members may see, as far as they are still open."""
    needs = (
        Listing.objects.needs().open().filter(member=receiver).with_facts().order_by("-published_at", "-id")
    )
    choices = [
        _choice(line, need, NEED, fill=False)
        for need in needs[:MOST_LINES]
        if visible(need, "lines", Audience.MEMBERS)
        for line in need.lines.all()
    ]
    return choices[:MOST_LINES]


def _choice(line: ListingLine, listing: Listing, kind: str, *, fill: bool) -> Choice:
    coverage = line.coverage if kind == NEED else None
    label = item_text(line, listing.original_language)
    if coverage is None:
        facts = _("Offered: %(quantity)s") % {"quantity": line.quantity_text(line.quantity)}
        return Choice(kind, line, label, facts)
    facts = pgettext("a line of a need", "Needed: %(asked)s. Still open: %(open)s.") % {
        "asked": line.quantity_text(line.quantity),
        "open": _in_words(line, coverage.open, coverage.unit),
    }
    if coverage.promised:
        facts += " " + pgettext("a line of a need", "Others promised, not firmly: %(promised)s.") % {
            "promised": _in_words(line, coverage.promised, coverage.unit)
        }
    same = coverage.unit == line.unit
    return Choice(kind, line, label, facts, suggested(coverage.open) if fill and same else None)


def _in_words(line: ListingLine, quantity: Any, unit: str) -> str:
    return written(quantity, unit, line.currency)


def _promise_page(
    request: HttpRequest,
    *,
    receiver: Member,
    listing: Listing | None,
    match: Match | None,
    title: Shown | None,
    choices: list[Choice],
    viewer: str,
) -> HttpResponse:
    running = Appeal.objects.running().prefetch_related(*machine_prefetch()).newest_first()
    form = PromiseForm(
        *sent(request),
        choices=choices,
        has_free_lines=not (listing and listing.is_need),
        appeals=[] if listing and listing.appeal_id else list(running),
        title_language=title.language if title else "",
        initial={"title": title.text if title else ""},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if not allow("promise", str(request.member.pk), PROMISES_PER_HOUR, HOUR):
                form.add_error(
                    None, _("Your member promised very much in the last hour. Please try again later.")
                )
                status = 429
            elif answer := _promise(request, form, receiver, listing, match):
                return answer
    context = {
        "form": form,
        "listing": listing,
        "match": match,
        "receiver": named(listing, "member", viewer).name
        if listing and listing.is_need
        else receiver.shown_name,
    }
    return render(request, "partnerships/pledge_promise.html", context, status=status)


def _promise(
    request: HttpRequest, form: PromiseForm, receiver: Member, listing: Listing | None, match: Match | None
) -> HttpResponse | None:
    """The redirect to the pledge, or None when the form says why there is none."""
    try:
        pledge, is_new = actions.promise_pledge(
            giver=request.member,
            receiver=receiver,
            content=form.content,
            by=request.user,
            listing=listing,
            match=match,
            appeal=appeal_named(form.cleaned_data.get("appeal", "")),
            accepts_over=form.cleaned_data["is_meant"],
            key=form.cleaned_data["key"],
        )
    except NotAllowed:
        form.add_error(None, _("This is no longer open: it has just been withdrawn or has expired."))
        return None
    except Refused as error:
        form.add_refusal(error)
        return None
    if is_new:
        messages.success(request, _("Promised. The receiver is told. A signatory can make it firm."))
    else:
        messages.info(request, _("This was recorded already; it was not written a second time."))
    return redirect("partnerships:pledge_detail", pledge.slug)
