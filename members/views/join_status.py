"""Where an application stands, the mailed links that lead there, and the applicant's own file."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import errors
from alliance.core.countries import clock_of
from alliance.core.forms import sent
from alliance.core.throttle import allow, client_network
from alliance.core.uploads import attachment
from members.actions import joining
from members.application import first_open_step, missing_steps
from members.decorators import private_page
from members.forms.joining import ResumeForm
from members.links import application_path, application_token, resume_parts
from members.models import Member
from members.views.join import (
    HOUR,
    LATE_DECISION,
    LINKS_PER_APPLICATION,
    STEP_TITLES,
    application_or_404,
    summary,
)

RESUMES_PER_NETWORK = 10
CONFIRMATIONS_PER_NETWORK = 60
# Of one address: more applications than this get their links one day later.
MAX_LINKS_AT_ONCE = 5


@require_safe
@private_page
def join_status(request: HttpRequest, token: str) -> HttpResponse:
    """Where the application stands, what comes next, what the desk said."""
    member = application_or_404(token)
    timezone.activate(clock_of(member.country))
    try:
        context = {
            "member": member,
            "token": application_token(member),
            "timeline": timeline(member),
            "next_step": first_open_step(member),
            "missing": [STEP_TITLES[step] for step in missing_steps(member)],
            "is_editable": member.status in Member.EDITABLE_BY_APPLICANT,
            "waits_for_email": bool(member.submitted_at) and not member.email_confirmed_at,
            "mandate": getattr(member, "mandate", None),
            "can_add_decision": member.status in LATE_DECISION,
            "summary": summary(member),
        }
        return render(request, "members/join/status.html", context)
    finally:
        timezone.deactivate()


def timeline(member: Member) -> list[dict]:
    """Steps for `components/step_list.html`: what happened, what happens now, what is to come."""
    status = Member.Status
    if member.status == status.DRAFT:
        sent, desk = "", ""
    else:
        sent, desk = "done", "done" if member.status not in Member.APPLYING else "now"
    steps = [
        _event(_("Started"), member.created_at, "done"),
        _event(
            _("E-mail address confirmed"),
            member.email_confirmed_at,
            "done" if member.email_confirmed_at else "now",
        ),
        _event(
            _("Application sent"),
            member.submitted_at if sent else None,
            sent or ("now" if member.email_confirmed_at else ""),
        ),
    ]
    words = {
        status.RETURNED: _("The desk has a question"),
        status.REFUSED: _("Not accepted"),
        status.ON_HOLD: _("Membership on hold"),
        status.LEFT: _("Membership ended"),
    }
    if member.status in (status.APPROVED, status.ON_HOLD, status.LEFT) and member.approved_at:
        steps.append(_event(_("Accepted as a member"), member.approved_at, "done"))
    elif member.status in (status.DRAFT, status.PENDING):
        steps.append(_event(_("The desk decides"), None, desk))
    if member.status in words:
        steps.append(_event(words[member.status], member.status_changed_at, "now"))
    return steps


def _event(title: str, moment: Any, state: str) -> dict:
    when = date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""
    return {"title": title, "when": when, "state": state}


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def join_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link. Opening it changes nothing, since scanners open links too; the button confirms."""
    if not allow("join-confirm", client_network(request), CONFIRMATIONS_PER_NETWORK, HOUR):
        return errors.too_many(request, seconds=HOUR)
    parts = resume_parts(token)
    member = Member.objects.filter(**parts).select_related("place").first() if parts else None
    if member is None:
        return render(request, "members/join/link_ended.html", status=404)
    if request.method != "POST":
        return render(request, "members/join/confirm.html", {"member": member})
    was_confirmed = bool(member.email_confirmed_at)
    member = joining.confirm_email(member)
    if not was_confirmed:
        messages.success(request, _("Thank you: your e-mail address is confirmed."))
    if member.status == Member.Status.DRAFT:
        return redirect(application_path(member, first_open_step(member)))
    return redirect(application_path(member))


@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def join_resume(request: HttpRequest) -> HttpResponse:
    """“Send me the link again”: the same answer whether we know the address or not."""
    form = ResumeForm(sent(request)[0])
    if request.method == "POST" and form.is_valid():
        if not allow("join-resume", client_network(request), RESUMES_PER_NETWORK, HOUR):
            return errors.too_many(request, seconds=HOUR)
        for member in applications_of(form.cleaned_data["who"]):
            if allow("join-link", member.slug, LINKS_PER_APPLICATION, HOUR):
                joining.send_link(member)
        return redirect(f"{reverse('members:join_resume')}?sent=1")
    context = {"form": form, "is_sent": "sent" in request.GET}
    return render(request, "members/join/resume.html", context, status=422 if form.errors else 200)


def applications_of(who: str) -> list[Member]:
    """By reference number or address; the newest first."""
    who = who.strip()
    found = Member.objects.filter(Q(reference=who.upper()) | Q(contact_email=who.lower()))
    return list(found.exclude(contact_email="").select_related("place").order_by("-id")[:MAX_LINKS_AT_ONCE])


@require_safe
@private_page
def join_decision_file(request: HttpRequest, token: str) -> HttpResponse:
    """The applicant's own decision, as they sent it."""
    mandate = getattr(application_or_404(token), "mandate", None)
    if mandate is None or not mandate.file:
        raise Http404
    return attachment(mandate.file, filename=mandate.original_filename, content_type=mandate.content_type)
