"""The forms of a twinning's parties: who comes in, which stage, which step, why not, and one that exists already."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alliance.core.countries import country_choices, language_choices
from alliance.core.forms import Form
from alliance.core.languages import reader_language
from partnerships.models import Twinning, TwinningStep
from partnerships.refusals import TwinningRefused
from partnerships.twinning_rules import DECLARED_STAGES, IN_FORCE, WITH_END, Declared, NamedAs

LONGEST_WORDS, LONGEST_QUERY = 1000, 100
NOBODY = "none"


class WordsForm(Form):
    """A few words to the other parties; ``is_required`` where they have a right to a reason."""

    text = forms.CharField(
        label=gettext_lazy("A few words to the other parties"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, is_required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_required:
            self.fields["text"].required = True
            self.fields["text"].label = gettext_lazy("Reason")

    def add_refusal(self, error: Exception) -> None:
        self.add_error("text", str(error))


class TitleForm(Form):
    """Words of the parties, and the language that they are in."""

    title = forms.CharField(
        label=gettext_lazy("Title of the partnership"),
        max_length=Twinning._meta.get_field("title").max_length,
        required=False,
        help_text=gettext_lazy(
            "Everyone can read it once the page is public. Leave it empty to have the parties named instead."
        ),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language you write in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()
        self.initial["language"] = self.initial.get("language") or reader_language()

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())


class StageForm(Form):
    """``stages``: value and words of each stage that may come next."""

    stage = forms.ChoiceField(label=gettext_lazy("What do you propose?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, stages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = stages

    def add_refusal(self, error: Exception) -> None:
        self.add_error("stage", str(error))


class StepForm(Form):
    """``kinds``: the steps that belong to the stage."""

    kind = forms.ChoiceField(label=gettext_lazy("What happened?"), widget=forms.RadioSelect)
    happened_on = forms.DateField(label=gettext_lazy("On which day?"), widget=forms.DateInput)
    number = forms.CharField(
        label=gettext_lazy("Number of the decision, letter or registration"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("A registration needs it. Everyone can read it."),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("The agreement holds until"),
        required=False,
        widget=forms.DateInput,
        help_text=gettext_lazy("Only for a signature or a change, where the agreement names a day."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Only the parties and the secretariat read it."),
    )
    FIELDS = {
        TwinningRefused.NUMBER: "number",
        TwinningRefused.NOT_NOW: "kind",
        TwinningRefused.NOT_ASKED: "kind",
        TwinningRefused.ENDS_BEFORE: "valid_until",
    }

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, capfirst(TwinningStep.Kind(kind).label)) for kind in kinds]
        if not set(kinds) & set(WITH_END):
            del self.fields["valid_until"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("valid_until") and cleaned.get("kind") not in WITH_END:
            self.add_error(
                "valid_until", _("Only a signature or a change says until when the agreement holds.")
            )
        return cleaned

    def add_refusal(self, error: Exception) -> None:
        self.add_error(self.FIELDS.get(error.args[0], "happened_on"), str(error))


class PickForm(Form):
    """Find somebody and choose them: ``found`` are the values and words of what the search gave."""

    q = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_QUERY,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    pick = forms.ChoiceField(
        label=gettext_lazy("Who is it?"), required=False, widget=forms.RadioSelect, choices=()
    )

    def __init__(self, *args: Any, found: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pick"].choices = found
        if not found:
            self.fields["pick"].widget = forms.HiddenInput()


class PartnerForm(PickForm):
    """Who else is asked to come in: a member of the Alliance."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].label = gettext_lazy("Which member?")
        self.fields["q"].help_text = gettext_lazy("Its name, in any language and alphabet.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("pick"):
            self.add_error("q", _("Search for a member first, then choose it."))
        return cleaned

    def add_refusal(self, error: Exception) -> None:
        self.add_error("pick" if self.fields["pick"].choices else "q", str(error))


class DeclareForm(PickForm):
    """An existing partnership: with whom, since when, how far it is, and whether it is registered."""

    YES, NO = "yes", "no"

    name = forms.CharField(label=gettext_lazy("Its name"), max_length=200, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Its country"), required=False)
    named_as = forms.ChoiceField(
        label=gettext_lazy("What is it?"), choices=NamedAs.choices, required=False, widget=forms.RadioSelect
    )
    stage = forms.ChoiceField(label=gettext_lazy("How far is it?"), widget=forms.RadioSelect)
    since_year = forms.IntegerField(
        label=gettext_lazy("Since which year?"),
        required=False,
        min_value=1000,
        max_value=9999,
        help_text=gettext_lazy("The year is enough where nobody knows the day."),
    )
    signed_on = forms.DateField(
        label=gettext_lazy("When was the agreement signed?"), required=False, widget=forms.DateInput
    )
    is_registered = forms.ChoiceField(
        label=gettext_lazy("Is the agreement in the register of the Ukrainian ministry?"),
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Only for an agreement that is in force."),
        choices=[
            (YES, pgettext_lazy("an agreement is registered", "Yes")),
            (
                NO,
                gettext_lazy(
                    "No: it is older than the law on this register, or no Ukrainian side takes part"
                ),
            ),
        ],
    )
    registry_number = forms.CharField(
        label=gettext_lazy("Number in the register"), max_length=60, required=False
    )
    registered_on = forms.DateField(
        label=gettext_lazy("When was it registered?"), required=False, widget=forms.DateInput
    )
    FIELDS = {
        TwinningRefused.BUSINESS: "named_as",
        TwinningRefused.BUSINESS_NAME: "name",
        TwinningRefused.NOT_PUBLIC_BODY: "named_as",
        TwinningRefused.NO_NUMBER: "registry_number",
        TwinningRefused.NOT_NOW: "stage",
        TwinningRefused.FUTURE: "since_year",
        TwinningRefused.LONG_AGO: "since_year",
    }
    WHO = ("q", "pick")
    BY_NAME = ("name", "country", "named_as")
    FACTS = ("stage", "since_year", "signed_on", "is_registered", "registry_number", "registered_on")

    def __init__(
        self, *args: Any, found: list[tuple[str, str]], has_searched: bool = False, **kwargs: Any
    ) -> None:
        if has_searched or found:
            found = [*found, (NOBODY, _("None of these: I write the name myself"))]
        super().__init__(*args, found=found, **kwargs)
        self.fields["q"].label = gettext_lazy("With whom?")
        self.fields["q"].help_text = gettext_lazy(
            "The name of the municipality, hromada, region or association, in any language and alphabet."
        )
        self.fields["country"].choices = [("", gettext_lazy("Please choose")), *country_choices()]
        self.fields["stage"].choices = [
            (stage, capfirst(Twinning.Status(stage).label)) for stage in DECLARED_STAGES
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("pick") == NOBODY or (not cleaned.get("pick") and cleaned.get("name")):
            self._need(cleaned, "name", _("Write the name of the other side."))
            self._need(cleaned, "country", _("Choose the country of the other side."))
            self._need(cleaned, "named_as", _("Say what the other side is."))
        elif not cleaned.get("pick") and "pick" not in self.errors:
            self.add_error("q", _("Search for the other side first, then choose it."))
        if not (cleaned.get("since_year") or cleaned.get("signed_on")):
            self._need(cleaned, "since_year", _("Name the year, or the day on which it was signed."))
        if cleaned.get("stage") == IN_FORCE:
            self._need(cleaned, "is_registered", _("Say whether the agreement is registered."))
            if cleaned.get("is_registered") == self.YES:
                self._need(cleaned, "registry_number", _("A registered agreement has a number."))
                self._need(cleaned, "registered_on", _("Name the day of the registration."))
        return cleaned

    def _need(self, cleaned: dict[str, Any], name: str, words: str) -> None:
        if not cleaned.get(name) and name not in self.errors:
            self.add_error(name, words)

    @property
    def is_by_name(self) -> bool:
        return self.cleaned_data["pick"] in ("", NOBODY)

    @property
    def declared(self) -> Declared:
        data = self.cleaned_data
        is_registered = data["stage"] == IN_FORCE and data["is_registered"] == self.YES
        return Declared(
            stage=data["stage"],
            since_year=data["since_year"],
            signed_on=data["signed_on"],
            registry_number=data["registry_number"] if is_registered else "",
            registered_on=data["registered_on"] if is_registered else None,
            needs_registration=is_registered,
        )

    @property
    def groups(self) -> list[dict[str, Any]]:
        """For the template: what belongs together."""
        return [
            {
                "legend": _("Only if you did not find it"),
                "hint": _("For communities that stand in no register of the portal, for example overseas."),
                "fields": [self[name] for name in self.BY_NAME],
            },
            {"legend": _("The partnership"), "hint": "", "fields": [self[name] for name in self.FACTS]},
        ]

    def add_refusal(self, error: Exception) -> None:
        place = "pick" if not self.is_by_name else "name"
        self.add_error(self.FIELDS.get(error.args[0], place), str(error))
