"""Keeping a member at a distance, and reporting a listing, a message or a conversation to the desk."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core.forms import sent
from alliance.core.throttle import allow
from members.decorators import member_page
from members.models import Member
from members.permissions import role_of
from partnerships.actions import safety as actions
from partnerships.forms.safety import ReportForm
from partnerships.models import Listing, Message
from partnerships.permissions import can_report, can_write_for
from partnerships.views.handshake import own_match

REPORTS_PER_DAY, DAY = 20, 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def member_block(request: HttpRequest, slug: str) -> HttpResponse:
    """GET asks, POST blocks the member ``slug``; also reached from a conversation that is over."""
    other = get_object_or_404(Member.objects.approved().exclude(pk=request.member.pk), slug=slug)
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    if request.method == "POST":
        actions.block_member(request.member, other=other, by=request.user)
        messages.success(request, _("Blocked: no more requests and messages between you and this member."))
        return redirect("partnerships:block_list")
    return render(request, "partnerships/member_block.html", {"other": other, "other_name": other.shown_name})


@require_safe
@member_page(role_of)
def block_list(request: HttpRequest) -> HttpResponse:
    """Whom the member has blocked."""
    rows = request.member.blocks.select_related("blocked").order_by("-created_at", "-id")
    context = {"rows": rows, "may_lift": can_write_for(request.user, request.member)}
    return render(request, "partnerships/block_list.html", context)


@require_POST
@member_page(role_of)
def member_unblock(request: HttpRequest, slug: str) -> HttpResponse:
    block = get_object_or_404(request.member.blocks.select_related("blocked"), blocked__slug=slug)
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    actions.unblock_member(request.member, other=block.blocked, by=request.user)
    messages.success(request, _("The block is lifted."))
    return redirect("partnerships:block_list")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def listing_report(request: HttpRequest, slug: str) -> HttpResponse:
    listing = get_object_or_404(Listing.objects.visible_to(request.member).with_facts(), slug=slug)
    if not can_report(request.user, request.member, listing.member):
        raise PermissionDenied
    form = ReportForm(sent(request)[0])
    if form.is_valid() and _is_allowed(request, form):
        _report, is_new = actions.report_listing(
            listing, member=request.member, by=request.user, **form.cleaned_data
        )
        return _reported(request, is_new, reverse("partnerships:listing_detail", args=[slug]))
    context = {"form": form, "listing": listing, "about": listing.member.shown_name}
    return _page(request, context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def match_report(request: HttpRequest, slug: str, message_id: int | None = None) -> HttpResponse:
    """A whole conversation, or one message of the other side in it."""
    match = own_match(request, slug)
    other = match.other_side(request.member)
    message: Message | None = None
    if message_id is not None:
        message = get_object_or_404(match.messages.filter(sender=other), pk=message_id)
    form = ReportForm(sent(request)[0])
    if form.is_valid() and _is_allowed(request, form):
        _report, is_new = actions.report_match(
            match, member=request.member, message=message, by=request.user, **form.cleaned_data
        )
        return _reported(request, is_new, reverse("partnerships:match_detail", args=[slug]))
    context = {"form": form, "match": match, "message": message, "about": other.shown_name}
    return _page(request, context)


def _is_allowed(request: HttpRequest, form: ReportForm) -> bool:
    if allow("report", str(request.member.pk), REPORTS_PER_DAY, DAY):
        return True
    form.add_error(None, _("Your member reported a lot today. Please write to the secretariat instead."))
    return False


def _reported(request: HttpRequest, is_new: bool, back: str) -> HttpResponse:
    if is_new:
        messages.success(request, _("Thank you. The desk looks at it and writes to you what came of it."))
    else:
        messages.info(request, _("The desk has this report of yours already and is looking at it."))
    return redirect(back)


def _page(request: HttpRequest, context: dict) -> HttpResponse:
    form: ReportForm = context["form"]
    status = 200
    if form.is_bound:
        status = 429 if form.non_field_errors() else 422
    return render(request, "partnerships/report.html", context, status=status)
