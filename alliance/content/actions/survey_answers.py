"""What members say to a survey, the mails that ask them, and how long their own words are kept."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from alliance.content.emails import surveys as mails
from alliance.content.models import Survey, SurveyAnswer, SurveyQuestion, SurveyValue
from alliance.content.refusals import SurveyRefused
from alliance.core.erasure import NOTHING
from alliance.core.journal import SYSTEM, record
from alliance.core.states import NotAllowed, lock
from members.models import Member

# Members whose mails are written in one transaction.
MEMBERS_AT_ONCE = 200
# How long what members wrote in their own words is kept after a survey has closed; numbers and choices stay.
KEEP_WORDS = timedelta(days=365)


@transaction.atomic
def answer_survey(
    answer: SurveyAnswer, *, said: Mapping[SurveyQuestion, Any], language: str, seen: int, by: Any
) -> bool:
    """Keep what an office says, in place of what it said before. False when it said the very same already.

    :param said: a choice, several, a number, a point of the scale, or words, as each question asks; nothing is left out
    :param seen: the `version` of the sheet that the form showed

    Journal: `survey_answer.given`, `survey_answer.changed`. Mail: `survey_answered`. Raises `SurveyRefused` when the
    survey has closed, the member does not take part now, or a colleague answered meanwhile.
    """
    survey = lock(answer.survey)  # whoever closes it waits for us, or we for them
    stored = lock(answer)
    if not survey.is_open:
        raise SurveyRefused(SurveyRefused.CLOSED)
    if lock(answer.member).status != Member.Status.APPROVED:
        raise SurveyRefused(SurveyRefused.NO_MEMBER)
    rows = [row for question, value in said.items() for row in _rows(answer, question, value)]
    if stored.version and {_key(row) for row in rows} == {_key(row) for row in stored.values.all()}:
        return False
    if stored.version != seen:
        raise SurveyRefused(SurveyRefused.ANSWERED)
    stored.values.all().delete()
    SurveyValue.objects.bulk_create(rows)
    answer.version, answer.language, answer.changed_at = stored.version + 1, language, timezone.now()
    answer.answered_at = stored.answered_at or answer.changed_at
    answer.save(update_fields=["version", "language", "changed_at", "answered_at"])
    record(f"survey_answer.{'changed' if stored.version else 'given'}", answer, by=by)
    mails.survey_answered(answer)
    return True


def _rows(answer: SurveyAnswer, question: SurveyQuestion, value: Any) -> Iterable[SurveyValue]:
    if value in (None, "", []):
        return
    name = {"one": "option", "several": "option"}.get(question.kind, question.kind)
    for each in value if question.kind == SurveyQuestion.Kind.SEVERAL else [value]:
        yield SurveyValue(answer=answer, question=question, kind=question.kind, **{name: each})


def _key(row: SurveyValue) -> tuple[Any, ...]:
    return (row.question_id, row.option_id, row.number, row.scale, row.text)


def write_survey_mails() -> int:
    """Ask and remind the next members of every open survey; returns how many. Each sheet notes that its mails were
    written, in the transaction that wrote them, so a sweep that died goes on where it stopped."""
    return sum(
        _write_some(rows, field, write)
        for rows, field, write in (
            (SurveyAnswer.objects.to_invite, "invited_at", mails.survey_asked),
            (SurveyAnswer.objects.to_remind, "reminded_at", mails.survey_reminder),
        )
    )


@transaction.atomic
def _write_some(rows: Callable[[], QuerySet], field: str, write: Callable[[list], None]) -> int:
    waiting = rows().select_related("survey", "member").select_for_update(of=("self",), skip_locked=True)
    answers = list(waiting.order_by("pk")[:MEMBERS_AT_ONCE])
    if answers:
        write(answers)
        SurveyAnswer.objects.filter(pk__in=[row.pk for row in answers]).update(**{field: timezone.now()})
    return len(answers)


@transaction.atomic
def take_answers(survey: Survey, *, by: Any) -> QuerySet:
    """Every sheet of a survey, for a file that leaves the desk: whose answers they are is noted with who took them.

    Journal: `survey.answers_taken`. Raises `NotAllowed` as long as nobody was asked.
    """
    stored = lock(survey)
    if stored.is_draft:
        raise NotAllowed(survey, stored.status, "answers taken")
    rows = SurveyAnswer.objects.filter(survey=survey)
    record("survey.answers_taken", survey, by=by, answered=rows.given().count())
    return rows.for_desk()


@transaction.atomic
def forget_words() -> int:
    """What members wrote in their own words to surveys that closed long ago; returns how many. That they wrote stays.

    Journal: `survey.words_forgotten`.
    """
    rows = SurveyValue.objects.filter(
        answer__survey__closed_at__lt=timezone.now() - KEEP_WORDS, kind=SurveyQuestion.Kind.TEXT
    ).exclude(text=NOTHING)
    for survey in Survey.objects.filter(pk__in=rows.values("answer__survey")):
        record("survey.words_forgotten", survey, by=SYSTEM)
    return rows.update(text=NOTHING)
