"""The joint work plan of a twinning: its rows on the page, and the form of one line."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core.forms import sent
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import twinning_life as actions
from partnerships.forms.twinning_life import MilestoneForm, initial_of
from partnerships.models import Milestone, Twinning
from partnerships.names_shown import party_named
from partnerships.refusals import LifeRefused
from partnerships.views import twinning_facts as facts
from partnerships.views.twinning_keeping import crumb_of, do, own_twinning, to_twinning, too_late

PER_HOUR, HOUR = 120, 3600
PLAN = "#work-plan"


def plan_rows(twinning: Twinning) -> list[dict[str, Any]]:
    """For `_twinning_plan.html`; one query."""
    return [
        {
            "slug": row.slug,
            "text": row.text,
            "language": row.language,
            "due": facts.day(row.due_on),
            "is_late": row.is_late,
            "who": party_named(row.party) if row.party else None,
            "done": facts.day(row.done_at),
        }
        for row in twinning.milestones.in_order()
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_milestone_add(request: HttpRequest, slug: str) -> HttpResponse:
    return _form(request, slug, None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def twinning_milestone_edit(request: HttpRequest, slug: str, milestone: str) -> HttpResponse:
    return _form(request, slug, milestone)


def _form(request: HttpRequest, slug: str, milestone: str | None) -> HttpResponse:
    twinning, _party = own_twinning(request, slug)
    row = get_object_or_404(twinning.milestones, slug=milestone) if milestone else None
    form = MilestoneForm(
        sent(request)[0],
        parties=facts.public_parties(twinning),
        initial=initial_of(row) if row else {},
    )
    if not form.is_valid():
        return _page(request, twinning, row, form, 422 if form.is_bound else 200)
    if not allow("twinning-life", str(request.member.pk), PER_HOUR, HOUR):
        form.add_error(None, _("Your member changed much in the last hour. Please try again later."))
        return _page(request, twinning, row, form, 429)
    try:
        if row:
            actions.change_milestone(row, member=request.member, plan=form.plan, by=request.user)
        else:
            actions.add_milestone(twinning, member=request.member, plan=form.plan, by=request.user)
    except LifeRefused as refused:
        form.add_error(None, str(refused))
        return _page(request, twinning, row, form, 409)
    except NotAllowed:
        return too_late(request, twinning)
    messages.success(request, _("Saved."))
    return to_twinning(twinning, PLAN)


def _page(
    request: HttpRequest, twinning: Twinning, row: Milestone | None, form: MilestoneForm, status: int
) -> HttpResponse:
    context = {"milestone": row, "form": form, **crumb_of(twinning)}
    return render(request, "partnerships/twinning_milestone.html", context, status=status)


VERBS = {
    "finish": actions.finish_milestone,
    "reopen": actions.reopen_milestone,
    "remove": actions.remove_milestone,
}


@require_POST
@member_page(role_of)
def twinning_milestone_verb(request: HttpRequest, slug: str, milestone: str, verb: str) -> HttpResponse:
    """Done, not done after all, or out of the plan."""
    twinning, _party = own_twinning(request, slug)
    row = get_object_or_404(twinning.milestones.select_related("twinning"), slug=milestone)
    done = {"finish": _("Done. Well done."), "reopen": _("It is open again."), "remove": _("Removed.")}
    return do(request, twinning, VERBS[verb], row, done[verb], to=PLAN)
