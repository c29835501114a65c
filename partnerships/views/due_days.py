"""The day of a promise: asking for another one, answering, and how a page tells of it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core.errors import pause_words
from alliance.core.forms import sent
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import due_days as actions
from partnerships.forms.due_days import DayForm
from partnerships.models import DayChange, Pledge
from partnerships.permissions import can_commit_pledge, can_confirm_pledge
from partnerships.refusals import PledgeRefused
from partnerships.views import pledge_facts as facts
from partnerships.views.pledge_verbs import ENTRIES_PER_HOUR, HOUR, own_pledge


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def pledge_day(request: HttpRequest, slug: str) -> HttpResponse:
    """The giver's signatory asks for another day, with the reason."""
    pledge = own_pledge(request, slug)
    if pledge.giver_id != request.member.pk:
        get_object_or_404(Pledge.objects.none())
    if not can_commit_pledge(request.user, pledge):
        raise PermissionDenied
    if not may_move(pledge):
        messages.info(request, _("There is nothing to do here any more: perhaps a colleague was faster."))
        return redirect("partnerships:pledge_detail", slug)
    form, status = DayForm(sent(request)[0]), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if not allow("pledge", str(request.member.pk), ENTRIES_PER_HOUR, HOUR):
                form.add_error(None, pause_words(HOUR))
                status = 429
            else:
                try:
                    actions.ask_for_day(pledge, **form.cleaned_data, by=request.user)
                except PledgeRefused as error:
                    form.add_refusal(error)
                else:
                    messages.success(
                        request,
                        _("Asked. Both sides are told; until the receiver agrees the old day counts."),
                    )
                    return redirect("partnerships:pledge_detail", slug)
    context = {
        "pledge": pledge,
        "form": form,
        "title": facts.title_of(pledge, "partner"),
        "due": facts.day(pledge.due_on),
    }
    return render(request, "partnerships/pledge_day.html", context, status=status)


def may_move(pledge: Pledge) -> bool:
    """A firm day, and something that is still awaited."""
    totals = [line_totals for _line, line_totals in facts.totals_of(pledge)]
    return bool(pledge.due_on) and any(each.committed and each.outstanding for each in totals)


@require_POST
@member_page(role_of)
def pledge_day_answer(request: HttpRequest, slug: str) -> HttpResponse:
    """The receiver agrees to the day that it was shown, or does not."""
    pledge = own_pledge(request, slug)
    if pledge.receiver_id != request.member.pk:
        get_object_or_404(Pledge.objects.none())
    if not can_confirm_pledge(request.user, pledge):
        raise PermissionDenied
    number = request.POST.get("change", "")
    rows = (
        pledge.day_changes.filter(pk=int(number))
        if number.isascii() and number.isdigit() and len(number) < 10
        else []
    )
    change = next(iter(rows), None)
    if change and actions.answer_day(change, agrees=request.POST.get("agree") == "1", by=request.user):
        messages.success(request, _("Answered. Both sides are told."))
    else:
        messages.info(request, _("This was answered already, or another day was asked for meanwhile."))
    return redirect("partnerships:pledge_detail", slug)


def day_facts(pledge: Pledge) -> dict[str, Any]:
    """What a page tells of the day: the one first promised, where the receiver agreed to another; reads prefetched
    rows."""
    first = DayChange.first_day_of(pledge)
    return {"first": facts.day(first) if first else ""}


def has_open_day(pledge: Pledge) -> bool:
    return any(row.is_open for row in pledge.day_changes.all())


def day_rows(pledge: Pledge) -> list[dict[str, str]]:
    """Every wish for another day, for both sides and the desk; the newest first."""
    return [
        {
            "before": facts.day(row.before),
            "after": facts.day(row.after),
            "reason": row.reason,
            "answer": row.get_answer_display(),
            "open_id": row.pk if row.is_open else "",
        }
        for row in reversed(pledge.day_changes.all())
    ]
