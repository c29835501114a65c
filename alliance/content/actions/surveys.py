"""Verbs of surveys at the desk: written, opened to the members, closed, and their summary published."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.content.actions.site_search import index_entry
from alliance.content.actions.translations import keep_gaps
from alliance.content.models import Survey, SurveyAnswer, SurveyOption, SurveyQuestion
from alliance.content.models.survey_queries import published_figures
from alliance.content.refusals import SurveyRefused
from alliance.content.translations import State, findings, note_origins
from alliance.core.journal import SYSTEM, record
from alliance.core.languages import LANGUAGES
from alliance.core.states import NotAllowed, lock, move

Status = Survey.Status
# What gives answers their meaning: it stays as members read it.
FIXED = ("slug", "side", "tier", "countries")
FIXED_OF_QUESTION = (
    "position",
    "kind",
    "is_required",
    *(f"{n}_{c}" for n in ("label", "unit") for c in LANGUAGES),
)
# A question as a form writes it down: the row, and its choices by language.
Written = tuple[SurveyQuestion, Sequence[Mapping[str, str]]]


@transaction.atomic
def save_survey(
    survey: Survey,
    *,
    by: Any,
    seen: str = "",
    questions: Sequence[Written] | None = None,
    removed: Sequence[SurveyQuestion] = (),
) -> None:
    """Save a survey with all of its questions, in their order; None leaves these alone.

    :param seen: the `version` that the form showed; empty asks for none

    Journal: `survey.created`, `survey.edited`. Raises `SurveyRefused` when somebody else saved meanwhile, or when it
    would change what members were asked already.
    """
    stored = lock(survey) if survey.pk else None
    if stored and seen and stored.version != seen:
        raise SurveyRefused(SurveyRefused.CHANGED)
    if stored and not stored.is_draft:
        _check_fixed(survey, stored, questions, removed)
    note_origins(survey, stored)
    survey.save()
    if questions is not None:
        _write_questions(survey, questions, removed)
    record(f"survey.{'edited' if stored else 'created'}", survey, by=by)
    keep_gaps(survey)
    index_entry(survey)


def _check_fixed(
    survey: Survey, stored: Survey, questions: Sequence[Written] | None, removed: Sequence[SurveyQuestion]
) -> None:
    if any(getattr(survey, name) != getattr(stored, name) for name in FIXED) or removed:
        raise SurveyRefused(SurveyRefused.LOCKED)
    if survey.closes_at != stored.closes_at:
        if stored.status != Status.OPEN:
            raise SurveyRefused(SurveyRefused.LOCKED)
        if survey.closes_at is None or survey.closes_at <= timezone.now():
            raise SurveyRefused(SurveyRefused.OVER)
    if questions is None:
        return
    before = list(stored.questions.prefetch_related("options"))
    if len(before) != len(questions):
        raise SurveyRefused(SurveyRefused.LOCKED)
    for position, (was, (question, choices)) in enumerate(zip(before, questions, strict=True), start=1):
        question.position = position
        same = [getattr(was, name) or "" for name in FIXED_OF_QUESTION]
        now = [getattr(question, name) or "" for name in FIXED_OF_QUESTION]
        labels = [
            {code: getattr(option, f"label_{code}") or "" for code in LANGUAGES}
            for option in was.options.all()
        ]
        if was.pk != question.pk or same != now or labels != [dict(choice) for choice in choices]:
            raise SurveyRefused(SurveyRefused.LOCKED)


def _write_questions(survey: Survey, questions: Sequence[Written], removed: Sequence[SurveyQuestion]) -> None:
    for question in removed:
        question.delete()
    before = {row.pk: row for row in survey.questions.all()}
    for position, (question, choices) in enumerate(questions, start=1):
        question.survey, question.position = survey, position
        question.original_language = survey.original_language
        note_origins(question, before.get(question.pk))
        question.save()
        _write_choices(question, choices if question.has_choices else ())
    getattr(survey, "_prefetched_objects_cache", {}).pop("questions", None)


def _write_choices(question: SurveyQuestion, choices: Sequence[Mapping[str, str]]) -> None:
    """By their places: a choice that stays where it stood keeps its row, and so the notes for translators."""
    before = list(question.options.all())
    for option in before[len(choices) :]:
        option.delete()
    for position, labels in enumerate(choices, start=1):
        stored = before[position - 1] if position <= len(before) else None
        option = SurveyOption(pk=stored.pk if stored else None, question=question, position=position)
        option.original_language = question.original_language
        for code in LANGUAGES:
            setattr(option, f"label_{code}", labels.get(code, ""))
        note_origins(option, stored)
        option.save()
    getattr(question, "_prefetched_objects_cache", {}).pop("options", None)


@transaction.atomic
def open_survey(survey: Survey, *, by: Any) -> None:
    """Every member that it is for is asked; a sweep writes their mails. Who becomes a member later is not.

    Journal: `survey.opened`. Raises `NotAllowed` when it was open once, `SurveyRefused` while something is missing.
    """
    stored = lock(survey)
    if stored.is_draft:
        _check_complete(stored)
    now = timezone.now()
    move(survey, Status.OPEN, by=by, verb="survey.opened", opened_at=now)
    asked = stored.members_to_ask().order_by("pk").values_list("pk", flat=True)
    SurveyAnswer.objects.bulk_create(
        [SurveyAnswer(survey=survey, member_id=pk, asked_at=now) for pk in asked], batch_size=1000
    )


def _check_complete(survey: Survey) -> None:
    questions = list(survey.questions.prefetch_related("options"))
    if not questions:
        raise SurveyRefused(SurveyRefused.NO_QUESTIONS)
    if any(question.has_choices and len(question.options.all()) < 2 for question in questions):
        raise SurveyRefused(SurveyRefused.FEW_CHOICES)
    parts = survey.translated_parts()
    lacks = [row for part in parts for row in findings(part) if row.state == State.MISSING]
    if any(row.field != "result" for row in lacks):
        raise SurveyRefused(SurveyRefused.LANGUAGES)
    if survey.closes_at is None or survey.closes_at <= timezone.now():
        raise SurveyRefused(SurveyRefused.NO_END)
    if not survey.members_to_ask().exists():
        raise SurveyRefused(SurveyRefused.NOBODY)


@transaction.atomic
def remind_of_survey(survey: Survey, *, by: Any) -> None:
    """Who has not answered yet is reminded, once; a sweep writes the mails.

    Journal: `survey.reminded`. Raises `NotAllowed` when that was done, or when nobody can answer any more.
    """
    stored = lock(survey)
    if not stored.is_open or stored.reminded_at:
        raise NotAllowed(survey, stored.status, "reminded")
    survey.reminded_at = timezone.now()
    survey.save(update_fields=["reminded_at", "updated_at"])
    record("survey.reminded", survey, by=by)


@transaction.atomic
def close_survey(survey: Survey, *, by: Any) -> None:
    """No answer is taken any more. Journal: `survey.closed`. Raises `NotAllowed` when it is not open."""
    stored = lock(survey)
    if stored.status != Status.OPEN:  # from a summary, another verb leads back here
        raise NotAllowed(survey, stored.status, Status.CLOSED)
    move(survey, Status.CLOSED, by=by, verb="survey.closed", closed_at=timezone.now())


@transaction.atomic
def publish_survey(survey: Survey, *, by: Any) -> None:
    """Everyone reads the words of the desk and the figures, small ones kept back, as they are counted now.

    Journal: `survey.published`. Raises `NotAllowed` when it is not closed.
    """
    lock(survey)
    changes = {"figures": published_figures(survey), "published_at": timezone.now()}
    move(survey, Status.PUBLISHED, by=by, verb="survey.published", **changes)
    keep_gaps(survey)
    index_entry(survey)


@transaction.atomic
def withdraw_summary(survey: Survey, *, by: Any) -> None:
    """Nobody reads the summary any more; it can be published again, with the same figures.

    Journal: `survey.withdrawn`. Raises `NotAllowed` when it is not published.
    """
    stored = lock(survey)
    if stored.status != Status.PUBLISHED:
        raise NotAllowed(survey, stored.status, Status.CLOSED)
    move(survey, Status.CLOSED, by=by, verb="survey.withdrawn", figures=None, published_at=None)
    index_entry(survey)


def close_due() -> int:
    """Surveys whose last moment has passed; returns how many. Their answers were refused from that moment on."""
    return sum(_close_over(survey) for survey in Survey.objects.over().order_by("pk"))


@transaction.atomic
def _close_over(survey: Survey) -> bool:
    """Not where the desk was faster, or gave it more time."""
    stored = lock(survey)
    if stored.status != Status.OPEN or stored.is_open:
        return False
    close_survey(survey, by=SYSTEM)
    return True
