"""The answers of a side: yes, no, taken back, ended; and its call for help."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core.forms import sent
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import help_requests as help_actions
from partnerships.actions import matches as actions
from partnerships.forms.matches import DeclineForm, EndForm, HelpForm
from partnerships.models import Match
from partnerships.views.handshake import do, match_for, to_match, too_late

CALLS_PER_DAY, DAY = 10, 24 * 3600


@require_POST
@member_page(role_of)
def match_accept(request: HttpRequest, slug: str) -> HttpResponse:
    match, is_open = match_for(request, slug, "accept")
    if not is_open:
        return too_late(request, match)
    done = _("Accepted. Both sides see each other’s contact person now, and have been told by e-mail.")
    return do(request, match, actions.accept_match, match, done)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def match_decline(request: HttpRequest, slug: str) -> HttpResponse:
    match, is_open = match_for(request, slug, "decline")
    if not is_open:
        return too_late(request, match)
    form = DeclineForm(sent(request)[0])
    if form.is_valid():
        done = _("Declined. The other side has been told by e-mail.")
        return do(request, match, actions.decline_match, match, done, **form.cleaned_data)
    return _page(request, "partnerships/match_decline.html", match, form)


@require_POST
@member_page(role_of)
def match_take_back(request: HttpRequest, slug: str) -> HttpResponse:
    match, is_open = match_for(request, slug, "take_back")
    if not is_open:
        return too_late(request, match)
    done = _("Taken back. The other side has been told that there is nothing to answer.")
    return do(request, match, actions.take_back_match, match, done)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def match_end(request: HttpRequest, slug: str) -> HttpResponse:
    match, is_open = match_for(request, slug, "end")
    if not is_open:
        return too_late(request, match)
    form = EndForm(sent(request)[0])
    if form.is_valid():
        done = _("Ended. Contact persons are no longer shown; the other side has been told.")
        return do(request, match, actions.end_match, match, done, **form.cleaned_data)
    return _page(request, "partnerships/match_end.html", match, form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def help_request(request: HttpRequest, slug: str) -> HttpResponse:
    match, is_open = match_for(request, slug, "request_help")
    if not is_open:
        return too_late(request, match)
    form = HelpForm(sent(request)[0])
    if form.is_valid():
        if not allow("help-request", str(request.member.pk), CALLS_PER_DAY, DAY):
            form.add_error(
                None, _("Your member asked for help many times today. The secretariat has it all.")
            )
            return _page(request, "partnerships/help_request.html", match, form, 429)
        try:
            _call, is_new = help_actions.request_help(
                match, member=request.member, by=request.user, **form.cleaned_data
            )
        except NotAllowed:
            return too_late(request, match)
        if is_new:
            messages.success(request, _("The secretariat has been told and will write to you."))
        else:
            messages.info(request, _("The secretariat has been asked for this already."))
        return to_match(match)
    return _page(request, "partnerships/help_request.html", match, form)


def _page(
    request: HttpRequest, template: str, match: Match, form: DeclineForm | EndForm | HelpForm, status: int = 0
) -> HttpResponse:
    context = {"match": match, "form": form, "other_name": match.other_side(request.member).shown_name}
    return render(request, template, context, status=status or (422 if form.is_bound else 200))
