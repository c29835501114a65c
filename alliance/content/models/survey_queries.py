"""The answers to a survey, counted: what everyone reads of them (`published_figures`) and what the desk reads."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Count

from alliance.content.models.surveys import Survey, SurveyQuestion, SurveyValue
from alliance.content.survey_figures import SCALE, Counted, figures_of


def counted(survey: Survey) -> tuple[int, int, list[Counted]]:
    """How many were asked and answered, and each question in its order; a constant number of queries."""
    numbers = SurveyQuestion.Kind.NUMBER
    values = SurveyValue.objects.filter(answer__survey=survey).order_by()
    chosen: dict[int, dict[str, int]] = defaultdict(dict)
    for row in values.values("question", "option", "scale").annotate(n=Count("pk")):
        chosen[row["question"]][str(row["option"] or row["scale"])] = row["n"]
    given = dict(values.values_list("question").annotate(Count("answer", distinct=True)))
    said: dict[int, list[Decimal]] = defaultdict(list)
    for question, number in values.filter(kind=numbers).values_list("question", "number"):
        said[question].append(number)
    questions = []
    for question in survey.questions.prefetch_related("options"):
        keys = [str(option.pk) for option in question.options.all()] if question.has_choices else []
        keys = list(SCALE) if question.kind == SurveyQuestion.Kind.SCALE else keys
        counts = {key: chosen[question.pk].get(key, 0) for key in keys}
        n = given.get(question.pk, 0)
        questions.append(Counted(question.pk, question.kind, counts, n, tuple(said[question.pk])))
    answers = survey.answers
    return answers.count(), answers.given().count(), questions


def published_figures(survey: Survey) -> dict[str, Any]:
    """Small counts kept back, as plain values for JSON."""
    return figures_of(*counted(survey))
