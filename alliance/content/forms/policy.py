"""What a member raises with the institutions, and what the desk writes about it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.content.models import Document, PolicyIssue
from alliance.core.forms import ModelForm
from alliance.core.languages import reader_language
from members.models import Sector


class IssueForm(ModelForm):
    """It builds the unsaved issue."""

    class Meta:
        model = PolicyIssue
        fields = ["title", "text", "language", "sector", "is_named"]
        labels = {
            "title": _("What is it about, in one sentence?"),
            "text": _("What should the institutions know, and what do you ask of them?"),
            "language": _("In which language do you write?"),
            "sector": _("Where does it belong?"),
            "is_named": _("Name our member in public"),
        }
        help_texts = {
            "text": _(
                "Please name no persons, routes or places at risk: everyone can read it once it is accepted."
            ),
            "is_named": _("Unless you tick this, only the kind of your member and its region are shown."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].queryset = Sector.objects.top().in_order()
        self.initial.setdefault("language", reader_language())

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())


class ForwardForm(forms.Form):
    institution = forms.CharField(
        label=_("To which institution"),
        max_length=200,
        help_text=_("Its official name, as everyone shall read it."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("What the institution answered"),
        max_length=10_000,
        help_text=_("Its own words or a fair summary, without names of persons. Everyone reads it."),
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
    )
    answer_language = forms.ChoiceField(label=_("Language of the answer"), choices=PolicyIssue.LANGUAGES)
    answer_url = forms.URLField(
        label=_("Where it is published"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    document = forms.ModelChoiceField(
        label=_("Or the document of ours that holds it"), queryset=Document.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].queryset = Document.objects.public().order_by("-pk")
