"""The sheet that an office fills in: a field for each question, in the reader's language."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.content.models import Survey, SurveyAnswer, SurveyQuestion, SurveyValue
from alliance.content.shown_surveys import label_of
from alliance.content.survey_figures import SCALE
from alliance.core.forms import NO_CHOICE, Form, dress
from alliance.core.languages import shown

Kind = SurveyQuestion.Kind
CHOOSE_ONE = {"required": _("Please choose one of the answers.")}


class SurveyAnswerForm(Form):
    """Of the questions of one survey; filled with what the office said before."""

    # The state of the sheet that was before one's eyes: of two people of an office the second is told.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, survey: Survey, answer: SurveyAnswer | None = None) -> None:
        self.questions = list(survey.questions.all())
        super().__init__(data, initial=initial_of(answer) if answer else {})
        for question in self.questions:
            name = name_of(question)
            self.fields[name] = field = FIELDS[Kind(question.kind)](question)
            field.required = question.is_required
            field.label, field.help_text = label_of(question), shown(question, "help").text
            dress(field)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and all(value in (None, "", []) for value in self.said.values()):
            self.add_error(None, _("Please answer at least one question."))
        return cleaned

    @property
    def said(self) -> dict[SurveyQuestion, Any]:
        """What was said to each question, as `answer_survey` takes it."""
        return {question: self.cleaned_data.get(name_of(question)) for question in self.questions}

    @property
    def seen_version(self) -> int:
        return self.cleaned_data.get("seen") or 0

    def show_again(self, version: int) -> None:
        """What was typed stands; sent once more, it takes the place of what a colleague has said by now."""
        self.data = self.data.copy()
        self.data["seen"] = str(version)


def name_of(question: SurveyQuestion) -> str:
    return f"q{question.pk}"


def initial_of(answer: SurveyAnswer) -> dict[str, Any]:
    found: dict[str, Any] = {"seen": answer.version}
    for value in answer.values.all():
        name = f"q{value.question_id}"
        if value.kind == Kind.SEVERAL:
            found.setdefault(name, []).append(value.option_id)
        else:
            found[name] = said_by(value)
    return found


def said_by(value: SurveyValue) -> Any:
    return {
        Kind.NUMBER: value.number,
        Kind.SCALE: value.scale,
        Kind.TEXT: value.text,
    }.get(Kind(value.kind), value.option_id)


class ChoiceOfOption(forms.TypedChoiceField):
    """One of the rows of `SurveyOption`; radios, so that everything is read before one chooses."""

    def __init__(self, question: SurveyQuestion) -> None:
        self.rows = {str(option.pk): option for option in question.options.all()}
        super().__init__(
            choices=[(pk, shown(option, "label").text) for pk, option in self.rows.items()]
            + left_out(question),
            coerce=self.rows.get,
            empty_value=None,
            widget=forms.RadioSelect,
            error_messages=CHOOSE_ONE,
        )


class ChoiceOfOptions(forms.TypedMultipleChoiceField):
    """Some of them."""

    def __init__(self, question: SurveyQuestion) -> None:
        self.rows = {str(option.pk): option for option in question.options.all()}
        super().__init__(
            choices=[(pk, shown(option, "label").text) for pk, option in self.rows.items()],
            coerce=self.rows.get,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Please choose at least one of the answers.")},
        )


def left_out(question: SurveyQuestion) -> list[tuple[str, Any]]:
    """Without scripts a radio cannot be taken back, so there is one that says nothing."""
    return [] if question.is_required else [("", NO_CHOICE)]


def scale(question: SurveyQuestion) -> forms.Field:
    choices = [(point, point) for point in SCALE] + left_out(question)
    return forms.TypedChoiceField(
        choices=choices, coerce=int, empty_value=None, widget=forms.RadioSelect, error_messages=CHOOSE_ONE
    )


def number(question: SurveyQuestion) -> forms.Field:
    return forms.DecimalField(min_value=0, max_digits=14, decimal_places=2)


def words(question: SurveyQuestion) -> forms.Field:
    return forms.CharField(max_length=3000, widget=forms.Textarea)


FIELDS: dict[Kind, Callable[[SurveyQuestion], forms.Field]] = {
    Kind.ONE: ChoiceOfOption,
    Kind.SEVERAL: ChoiceOfOptions,
    Kind.NUMBER: number,
    Kind.SCALE: scale,
    Kind.TEXT: words,
}
