"""What came of surveys among the members, for everyone: the list, the summary of each, and its files."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from alliance.content.exports import surveys as exports
from alliance.content.models import Survey
from alliance.content.shown_surveys import answered_words, crumbs, day, summary_of
from alliance.core import files, lists
from alliance.core.languages import shown
from alliance.core.links import absolute

NEWEST = [("published_at", "desc"), ("id", "desc")]
ON_FIRST_PAGE = 3
CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@require_safe
def survey_list(request: HttpRequest) -> HttpResponse:
    page = lists.keyset_page(Survey.objects.public(), NEWEST, request.GET)
    context = {
        "cards": [card_of(survey) for survey in page.rows],
        "pages": page.links(request.GET),
        "crumbs": crumbs()[:1],
    }
    return render(request, "content/survey_list.html", context)


@require_safe
def survey_detail(request: HttpRequest, slug: str) -> HttpResponse:
    survey = get_object_or_404(Survey.objects.public().with_questions(), slug=slug)
    return render(request, "content/survey_detail.html", summary_of(survey, survey.figures))


@require_safe
def survey_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The same figures as CSV or JSON."""
    if kind not in CONTENT_TYPES:
        raise Http404
    survey = get_object_or_404(Survey.objects.public().with_questions(), slug=slug)
    if refused := files.refused(request):
        return refused
    about = {"address": absolute(survey.get_absolute_url()), "licence": settings.SITE_LICENCE}
    content = exports.as_csv(survey) if kind == "csv" else exports.as_json(survey, about)
    name = f"survey-{survey.slug}.{kind}"
    return files.answer(request, iter([content]), name=name, content_type=CONTENT_TYPES[kind], is_long=False)


def newest_cards() -> list[dict[str, Any]]:
    """For the page of the policy dialogue."""
    return [
        card_of(survey) for survey in Survey.objects.public().order_by("-published_at", "-id")[:ON_FIRST_PAGE]
    ]


def card_of(survey: Survey) -> dict[str, Any]:
    title = shown(survey, "title")
    return {
        "href": survey.get_absolute_url(),
        "title": title.text,
        "language": title.language if title.is_other else "",
        "facts": [answered_words(survey.figures), day(survey.closed_at)],
    }
