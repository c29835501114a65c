"""Meetings of an accepted match: propose, agree, decline, cancel, and the file for a calendar."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.core.forms import sent
from alliance.core.languages import reader_language
from alliance.core.mime import CALENDAR_NAME, calendar_type
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships.actions import meetings as actions
from partnerships.clocks import zone_of
from partnerships.emails.meetings import meeting_file
from partnerships.forms.meetings import MeetingForm
from partnerships.models import Match, Meeting
from partnerships.permissions import meeting_verbs
from partnerships.views.handshake import do, match_for, to_match, too_late

PROPOSALS_PER_DAY, DAY = 30, 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def meeting_propose(request: HttpRequest, slug: str) -> HttpResponse:
    match, is_open = match_for(request, slug, "propose_meeting")
    if not is_open:
        return too_late(request, match)
    other = match.other_side(request.member)
    form = MeetingForm(sent(request)[0], clocks=[zone_of(request.member.country), zone_of(other.country)])
    if form.is_valid():
        if not allow("meeting-propose", str(request.member.pk), PROPOSALS_PER_DAY, DAY):
            form.add_error(None, _("Your member proposed many meetings today. Please try again tomorrow."))
            return _form_page(request, match, form, 429)
        try:
            actions.propose_meeting(match, member=request.member, by=request.user, **form.proposal)
        except NotAllowed:
            return too_late(request, match)
        messages.success(request, _("Proposed. The other side gets it by e-mail and can agree here."))
        return to_match(match, "#meetings")
    return _form_page(request, match, form)


def _form_page(request: HttpRequest, match: Match, form: MeetingForm, status: int = 0) -> HttpResponse:
    context = {"match": match, "form": form, "other_name": match.other_side(request.member).shown_name}
    status = status or (422 if form.is_bound else 200)
    return render(request, "partnerships/meeting_propose.html", context, status=status)


@require_POST
@member_page(role_of)
def meeting_agree(request: HttpRequest, slug: str) -> HttpResponse:
    done = _("Agreed. Both sides get a file for their calendars by e-mail.")
    return _verb(request, slug, "agree", actions.agree_meeting, done)


@require_POST
@member_page(role_of)
def meeting_decline(request: HttpRequest, slug: str) -> HttpResponse:
    done = _("Declined. Propose another time if you like.")
    return _verb(request, slug, "decline", actions.decline_meeting, done)


@require_POST
@member_page(role_of)
def meeting_cancel(request: HttpRequest, slug: str) -> HttpResponse:
    return _verb(
        request, slug, "cancel", actions.cancel_meeting, _("Cancelled. The other side has been told.")
    )


def _verb(request: HttpRequest, slug: str, verb: str, action, done: str) -> HttpResponse:
    meeting = _own(request, slug)
    match, _is_open = match_for(request, meeting.match.slug, "propose_meeting")
    if verb not in meeting_verbs(meeting, request.member):
        return too_late(request, match)
    return do(request, match, action, meeting, done)


@require_safe
@member_page(role_of)
def meeting_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The file of an agreed meeting, or of one that was called off; a proposal has none."""
    meeting = _own(request, slug)
    if meeting.status == Meeting.Status.PROPOSED or not meeting.sequence:
        raise Http404
    if meeting.status == Meeting.Status.DECLINED or meeting.match.status != Match.Status.ACCEPTED:
        raise Http404
    content = meeting_file(meeting, request.member, reader_language())
    response = HttpResponse(content, content_type=f"{calendar_type(content)}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{CALENDAR_NAME}"'
    return response


def _own(request: HttpRequest, slug: str) -> Meeting:
    rows = Meeting.objects.filter(match__in=Match.objects.of(request.member))
    return get_object_or_404(rows.select_related("match__member_a", "match__member_b"), slug=slug)
