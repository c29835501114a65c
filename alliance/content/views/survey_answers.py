"""An office answers a survey: by the link of a mail, without a login and without scripts, or from “My page”."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from alliance.content.actions.survey_answers import answer_survey
from alliance.content.forms.survey_answers import SurveyAnswerForm
from alliance.content.models import SurveyAnswer
from alliance.content.shown_surveys import moment, said_words, survey_words
from alliance.content.survey_links import survey_mark, survey_parts
from alliance.core import errors
from alliance.core.forms import sent
from alliance.core.journal import LINK
from alliance.core.languages import reader_language, shown
from alliance.core.refusals import Refused
from alliance.core.throttle import allow
from members.decorators import member_page, private_page
from members.models import Member
from partnerships.emails.readers import confirmers_of
from partnerships.permissions import can_write_for

ANSWERS_PER_MEMBER, HOUR = 60, 3600
SAVED = "saved"


@csrf_exempt  # From a mail, without a cookie; the signed link is the right to do it.
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def survey_answer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening it changes nothing, since mail scanners follow links. It stands for the mailbox that it was sent to, and
    ends when that no longer speaks for the member."""
    parts = survey_parts(token)
    answer = _sheets().filter(slug=parts[0]).first() if parts else None
    if parts is None or answer is None:
        raise Http404
    if parts[1] not in {survey_mark(reader.email) for reader in confirmers_of(answer.member)}:
        return _ended(request, answer, is_theirs=False)
    return _answer(request, answer, by=LINK)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_write_for)
def survey_ours(request: HttpRequest, slug: str) -> HttpResponse:
    """The same sheet for whoever is signed in and writes for the member."""
    answer = get_object_or_404(_sheets(), survey__slug=slug, member=request.member)
    return _answer(request, answer, by=request.user)


def _sheets() -> Any:
    rows = SurveyAnswer.objects.select_related("survey", "member")
    return rows.prefetch_related("survey__questions__options", "values__option")


def _answer(request: HttpRequest, answer: SurveyAnswer, *, by: Any) -> HttpResponse:
    if not answer.is_open:
        return _ended(request, answer, is_theirs=True)
    form = SurveyAnswerForm(sent(request)[0], survey=answer.survey, answer=answer)
    status = 422 if form.errors else 200
    if form.is_valid():
        if not allow("survey", answer.slug, ANSWERS_PER_MEMBER, HOUR):
            form.add_error(None, errors.pause_words(HOUR))
            status = 429
        elif _is_kept(answer, form, by=by):
            return redirect(f"{request.path}?{SAVED}")
        else:
            answer, status = _sheets().get(pk=answer.pk), 409
            if not answer.is_open:  # it closed while one was typing
                return _ended(request, answer, is_theirs=True)
            form.show_again(answer.version)
    return render(request, "content/survey_answer.html", page_of(answer, form, request), status=status)


def _is_kept(answer: SurveyAnswer, form: SurveyAnswerForm, *, by: Any) -> bool:
    """Whether it is stored; else the form says why not."""
    try:
        answer_survey(answer, said=form.said, language=reader_language(), seen=form.seen_version, by=by)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def page_of(answer: SurveyAnswer, form: SurveyAnswerForm, request: HttpRequest) -> dict[str, Any]:
    return {
        **survey_words(answer.survey),
        "form": form,
        "member": answer.member.shown_name,
        "is_answered": answer.version > 0,
        "changed_at": moment(answer.changed_at),
        "is_saved": SAVED in request.GET and answer.version > 0 and not form.is_bound,
        "here": request.path,
        # By link the signed address is the right to do it, and nobody needs a cookie.
        "has_token": request.resolver_match.url_name == "survey_ours",
    }


def _ended(request: HttpRequest, answer: SurveyAnswer, *, is_theirs: bool) -> HttpResponse:
    """Why nobody can answer here, and what to do instead. What the office said is shown to its own people alone."""
    is_member = answer.member.status == Member.Status.APPROVED
    context = {
        "title": shown(answer.survey, "title"),
        "survey": answer.survey,
        "is_over": is_theirs and is_member,
        "is_member": is_member,
        "member": answer.member.shown_name if is_theirs else "",
        "closed": moment(answer.survey.closed_at or answer.survey.closes_at),
        "said": said_words(answer) if is_theirs and is_member else [],
    }
    return render(request, "content/survey_ended.html", context, status=410 if context["is_over"] else 403)
