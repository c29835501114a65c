"""Mails of surveys: members are asked, once reminded, and told that their office has answered. Each holds the link by
which its reader answers for the member, so nobody else reads it, at the desk neither."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from alliance.content.models import SurveyAnswer
from alliance.content.survey_links import survey_path
from alliance.core.languages import shown
from alliance.core.links import absolute
from alliance.core.mail import Letter, send_many
from alliance.core.models import OutgoingMail
from partnerships.emails.readers import Reader, confirmers_of_each


def survey_asked(answers: Sequence[SurveyAnswer]) -> None:
    """To everybody who may write for each of the members, each in their language."""
    letters = list(_letters(answers, "survey_asked"))
    send_many("content/survey_asked", letters, category=OutgoingMail.Category.SURVEY, is_secret=True)


def survey_reminder(answers: Sequence[SurveyAnswer]) -> None:
    """Once more to the same, where nobody has answered."""
    letters = list(_letters(answers, "survey_reminder"))
    send_many("content/survey_reminder", letters, category=OutgoingMail.Category.SURVEY, is_secret=True)


def survey_answered(answer: SurveyAnswer) -> None:
    """To the same: somebody of the office answered or changed the answers; at most once a day, however often."""
    day = localtime(answer.changed_at).date().isoformat()
    letters = [letter._replace(key=f"{letter.key}:{day}") for letter in _letters([answer], "survey_answered")]
    send_many("content/survey_answered", letters, is_secret=True)


def _letters(answers: Sequence[SurveyAnswer], stem: str) -> Iterator[Letter]:
    readers = confirmers_of_each([answer.member for answer in answers])
    for answer in answers:
        for reader in readers[answer.member_id]:
            yield Letter(reader.email, reader.language, _context(answer, reader), f"{stem}:{answer.pk}")


def _context(answer: SurveyAnswer, reader: Reader) -> dict[str, Any]:
    survey, member = answer.survey, answer.member
    with translation.override(reader.language):
        return {
            "title": shown(survey, "title").text,
            "member": member.shown_name,
            "until": date_format(localtime(survey.closes_at), "DATETIME_FORMAT"),
            "is_change": answer.version > 1,
            "action_url": absolute(survey_path(answer, reader.email)),
            "action_label": _("See and change the answers") if answer.version else _("Answer the questions"),
            "why": _("You get this because you represent %(member)s in the Alliance.")
            % {"member": member.shown_name},
        }
