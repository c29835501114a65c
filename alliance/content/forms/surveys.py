"""What the desk writes down of a survey: its words, whom it asks, and its questions with their choices."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.actions.surveys import Written
from alliance.content.forms.pages import TranslatedForm, Unseen
from alliance.content.forms.publications import PublicationForm, text_widgets
from alliance.content.models import Survey, SurveyOption, SurveyQuestion
from alliance.content.refusals import SurveyRefused
from alliance.core.countries import country_choices
from alliance.core.languages import LANGUAGES, NATIVE_NAMES
from members.models import Member

MOST_QUESTIONS, MOST_CHOICES = 20, 20
LONGEST_CHOICE = SurveyOption._meta.get_field("label").max_length
FIXED = ("slug", "side", "tier", "countries", "original_language")
MARKS = _("An empty line begins a new paragraph. **bold**, *italic*, [words of a link](address).")


class SurveyForm(PublicationForm):
    """Once members are asked, its words can be corrected, and not whom it asks."""

    # The state that was before the editor's eyes: who saves second is told, and what was typed stays.
    seen = forms.CharField(required=False, widget=Unseen)
    closes_at = forms.DateTimeField(
        label=_("answers until"),
        required=False,
        help_text=_("Day and time in Brussels. As long as the survey is open, it can be moved."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    countries = forms.MultipleChoiceField(
        label=_("only these countries"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: all of them. Only countries with members are listed."),
    )

    class Meta:
        model = Survey
        fields = ["slug", "original_language", "side", "tier", "countries", "closes_at"]
        fields += [f"{name}_{code}" for name in ("title", "introduction", "result") for code in LANGUAGES]
        widgets = text_widgets(title=1, introduction=6, result=12)
        help_texts = {
            "slug": _("Part of the address of the summary. Left empty, it is made of the title."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("closes_at", "countries"):
            if name in self.fields:
                self.fields[name].label = capfirst(self.fields[name].label)
        self.fields["seen"].initial = self.instance.version if self.instance.pk else ""
        for code in LANGUAGES:
            for name in ("introduction", "result"):
                if field := self.fields.get(f"{name}_{code}"):
                    field.help_text = field.help_text or MARKS
        if "countries" in self.fields:
            with_members = set(
                Member.objects.approved().order_by().values_list("country", flat=True).distinct()
            )
            wanted = with_members | set(self.instance.countries)
            self.fields["countries"].choices = [row for row in country_choices() if row[0] in wanted]
        if self.instance.pk and not self.instance.is_draft:
            ended = () if self.instance.status == Survey.Status.OPEN else ("closes_at",)
            for name in (*FIXED, *ended):
                if name in self.fields:
                    self.fields[name].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seen = cleaned.get("seen")
        if self.instance.pk and seen and seen != self.instance.version:
            raise forms.ValidationError(SurveyRefused.WORDS[SurveyRefused.CHANGED])
        if self.instance.pk and not self.instance.is_draft:
            for code in LANGUAGES:
                if not cleaned.get(f"title_{code}") and f"title_{code}" not in self.errors:
                    self.add_error(f"title_{code}", SurveyRefused.WORDS[SurveyRefused.LANGUAGES])
        return cleaned

    def clean_closes_at(self) -> Any:
        closes_at = self.cleaned_data["closes_at"]
        is_asked = self.instance.pk and self.instance.status == Survey.Status.OPEN
        if "closes_at" in self.changed_data and closes_at and closes_at <= timezone.now():
            raise forms.ValidationError(SurveyRefused.WORDS[SurveyRefused.NO_END])
        if is_asked and not closes_at:
            raise forms.ValidationError(SurveyRefused.WORDS[SurveyRefused.OVER])
        return closes_at


def _lines(code: str) -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=(LONGEST_CHOICE + 2) * MOST_CHOICES,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField", "lang": code}),
        help_text=_("One in each line, in the same order in every language."),
    )


class SurveyQuestionForm(TranslatedForm):
    """One question; its choices are lines, so that nobody needs scripts or a second page."""

    position = forms.IntegerField(
        label=pgettext_lazy("of a question", "Order"), required=False, min_value=1, max_value=999
    )
    en_choices, pl_choices, uk_choices = _lines("en"), _lines("pl"), _lines("uk")

    class Meta:
        model = SurveyQuestion
        fields = ["position", "kind", "is_required"]
        fields += [f"{name}_{code}" for name in ("label", "help", "unit") for code in LANGUAGES]
        widgets = text_widgets(label=1, help=2, unit=1)

    def __init__(self, *args: Any, is_fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_fixed = is_fixed and bool(self.instance.pk)
        options = self.instance.options.all() if self.instance.pk else ()
        for code in LANGUAGES:
            self.fields[f"{code}_choices"].label = _("Choices – %(language)s") % {
                "language": NATIVE_NAMES[code]
            }
            self.initial[f"{code}_choices"] = "\n".join(
                getattr(option, f"label_{code}") or "" for option in options
            ).strip("\n")
        for name, field in self.fields.items():
            if self.is_fixed and not name.startswith("help_") and name not in ("id", "survey"):
                field.disabled = True

    @property
    def choices(self) -> list[dict[str, str]]:
        """The choices by language, as `save_survey` takes them."""
        lines = {code: lines_of(self.cleaned_data.get(f"{code}_choices", "")) for code in LANGUAGES}
        size = max(map(len, lines.values()))
        return [
            {code: each[place] if place < len(each) else "" for code, each in lines.items()}
            for place in range(size)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.has_changed() and not self.instance.pk:
            return cleaned
        if not any(cleaned.get(f"label_{code}") for code in LANGUAGES):
            self.add_error(f"label_{LANGUAGES[0]}", _("Please write the question."))
        if not self.is_fixed:
            self._check_choices(cleaned)
        return cleaned

    def _check_choices(self, cleaned: dict[str, Any]) -> None:
        lines = {code: lines_of(cleaned.get(f"{code}_choices", "")) for code in LANGUAGES}
        size = max(map(len, lines.values()))
        has_choices = cleaned.get("kind") in SurveyQuestion.CHOICES
        for code, each in lines.items():
            message = None
            if each and not has_choices:
                message = _("A question of this kind has no choices: choose another kind, or take them away.")
            elif len(each) > MOST_CHOICES:
                message = _("At most %(count)d choices.") % {"count": MOST_CHOICES}
            elif any(len(line) > LONGEST_CHOICE for line in each):
                message = _("A choice has at most %(count)d characters.") % {"count": LONGEST_CHOICE}
            elif each and len(each) != size:
                message = _(
                    "Here are %(here)d lines, in another language %(there)d: one for each choice."
                ) % {
                    "here": len(each),
                    "there": size,
                }
            if message:
                self.add_error(f"{code}_choices", message)


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class SurveyQuestionFormSet(forms.BaseInlineFormSet):
    """The questions of a survey, in the order of their numbers."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        is_fixed = bool(self.instance.pk) and not self.instance.is_draft
        return {**super().get_form_kwargs(index), "is_fixed": is_fixed}

    def written(self) -> Sequence[Written]:
        """What the survey asks from now on; a question without a number comes last."""
        kept = [
            form
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        places = {id(form): form.cleaned_data.get("position") or 1000 for form in kept}
        return [(form.instance, form.choices) for form in sorted(kept, key=lambda form: places[id(form)])]
