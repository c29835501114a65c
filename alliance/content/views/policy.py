"""Issues for the institutions: the public list and page, and what a member raises and follows."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.content.actions import policy as actions
from alliance.content.forms.policy import IssueForm
from alliance.content.models import PolicyIssue, SurveyAnswer
from alliance.content.views.linked_data import issue_json_ld
from alliance.content.views.surveys import newest_cards
from alliance.core import lists
from alliance.core.forms import sent
from alliance.core.languages import Shown, reader_language, shown
from alliance.core.throttle import allow
from members.decorators import member_page
from members.models import Member
from members.names_shown import hidden_name_of, name_of
from members.permissions import role_of
from partnerships.permissions import can_write_for

Status = PolicyIssue.Status
NEWEST = [("accepted_at", "desc"), ("id", "desc")]
OWN = [("created_at", "desc"), ("id", "desc")]
TONES = {
    Status.RAISED: "wait",
    Status.ACCEPTED: "info",
    Status.FORWARDED: "wait",
    Status.ANSWERED: "ok",
    Status.CLOSED: "nothing",
}
ISSUES_PER_DAY, DAY = 10, 24 * 3600


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """What was accepted, the newest first; above it what members answered last."""
    page = lists.keyset_page(PolicyIssue.objects.public().with_facts(), NEWEST, request.GET)
    is_first = not any(key in request.GET for key in lists.PAGE_KEYS)
    context = {
        "cards": [card_of(issue) for issue in page.rows],
        "pages": page.links(request.GET),
        "surveys": newest_cards() if is_first else [],
    }
    return render(request, "content/policy_list.html", context)


@require_safe
def policy_issue(request: HttpRequest, slug: str) -> HttpResponse:
    issue = get_object_or_404(PolicyIssue.objects.public().with_facts(), slug=slug)
    document = issue.document if issue.document and issue.document.is_public else None
    context = {
        "crumbs": _crumbs(),
        "document": document,
        "json_ld": issue_json_ld(issue, raised_by(issue).text),
        **issue_words(issue),
    }
    return render(request, "content/policy_detail.html", context)


@require_safe
@member_page(role_of)
def policy_ours(request: HttpRequest) -> HttpResponse:
    """What the member has raised, with what is not public, too."""
    rows = PolicyIssue.objects.filter(member=request.member).with_facts()
    page = lists.keyset_page(rows, OWN, request.GET)
    context = {
        "crumbs": _crumbs(),
        "issues": [issue_words(issue) for issue in page.rows],
        "pages": page.links(request.GET),
        "may_write": can_write_for(request.user, request.member),
        "surveys": [survey_row(answer) for answer in SurveyAnswer.objects.newest_of(request.member)],
    }
    return render(request, "content/policy_ours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_write_for)
def policy_raise(request: HttpRequest) -> HttpResponse:
    form = IssueForm(sent(request)[0])
    status = 422 if form.errors else 200
    if form.is_valid():
        if allow("policy-issue", str(request.member.pk), ISSUES_PER_DAY, DAY):
            actions.raise_issue(form.save(commit=False), member=request.member, by=request.user)
            messages.success(request, _("Thank you. The secretariat checks it and writes to you."))
            return redirect("content:policy_ours")
        form.add_error(None, _("Your member raised many issues today. The secretariat has them all."))
        status = 429
    crumbs = [
        *_crumbs(),
        {"label": _("Our issues for the institutions"), "url": reverse("content:policy_ours")},
    ]
    return render(request, "content/policy_raise.html", {"form": form, "crumbs": crumbs}, status=status)


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Policy dialogue"), "url": reverse("content:policy")}]


def survey_row(answer: SurveyAnswer) -> dict[str, Any]:
    """A survey that asked the member, and whether something is to be done."""
    survey, title = answer.survey, shown(answer.survey, "title")
    if answer.is_open:
        state = (
            _("answered; you can change it until %(day)s") if answer.version else _("answer until %(day)s")
        )
        state %= {"day": day(survey.closes_at)}
    else:
        state = pgettext("survey", "answered") if answer.version else pgettext("survey", "not answered")
    return {
        "href": reverse("content:survey_ours", args=[survey.slug]),
        "text": title.text,
        "language": title.language if title.is_other else "",
        "state": state,
    }


def card_of(issue: PolicyIssue) -> dict[str, Any]:
    """One issue in the public list."""
    return {
        "href": issue.get_absolute_url(),
        "title": issue.title,
        "language": other_language(issue.language),
        "state": issue.get_status_display(),
        "tone": TONES[issue.status],
        "facts": [issue.sector.name, raised_by(issue).text, day(issue.accepted_at)],
    }


def issue_words(issue: PolicyIssue) -> dict[str, Any]:
    """What the page of an issue tells, and for its member the page of all of its own."""
    return {
        "issue": issue,
        "state": issue.get_status_display(),
        "tone": TONES[issue.status],
        "language": other_language(issue.language),
        "answer_language": other_language(issue.answer_language),
        "facts": facts_of(issue),
    }


def facts_of(issue: PolicyIssue) -> list[dict[str, str]]:
    """Who, where it belongs, and each step with its day."""
    who = raised_by(issue)
    rows = [
        {"term": _("Raised by"), "text": who.text, "lang": who.language if who.is_other else ""},
        {"term": _("Sector"), "text": issue.sector.name},
    ]
    if issue.is_named and issue.member.status == Member.Status.APPROVED:
        rows[0]["href"] = reverse("members:member_detail", args=[issue.member.slug])
    if issue.accepted_at:
        rows.append({"term": pgettext("step of an issue", "Accepted"), "text": day(issue.accepted_at)})
    if issue.forwarded_at:
        words = _("%(institution)s, %(day)s") % {
            "institution": issue.institution,
            "day": day(issue.forwarded_at),
        }
        rows.append({"term": pgettext("step of an issue", "Forwarded to"), "text": words})
    if issue.answered_at:
        rows.append({"term": pgettext("step of an issue", "Answered"), "text": day(issue.answered_at)})
    return rows


def raised_by(issue: PolicyIssue) -> Shown:
    """The member by its name where it wants that and is in the register; else what it is, and where."""
    if issue.is_named and issue.member.status == Member.Status.APPROVED:
        return name_of(issue.member)
    return Shown(hidden_name_of(issue.member), reader_language(), False)


def other_language(code: str) -> str:
    """The language of words, where it is not the reader's."""
    return code if code != reader_language() else ""


def day(moment: Any) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")
