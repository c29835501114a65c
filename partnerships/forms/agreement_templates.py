"""The form in which the desk words a template of agreements; what is wrong is said at the field, with its line."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.countries import language_name
from partnerships.agreement_text import difference, mistakes, read
from partnerships.models import AgreementTemplate, AgreementWording

TEXTS = ("first", "second")
HELP = gettext_lazy(
    "Each line is a paragraph. “= ” begins the title, “# ” a numbered heading, “+ ” a numbered clause, “* ” an item,"
    " “[] ” a box to tick, “> ” a paragraph with space above it."
    " {party_1_name}, {parties}, {place}, {term}, {languages}, {copies} stand for facts; {areas},"
    " {clauses} and {signatures} fill a line of their own. Between {for party} and {end} lines are repeated for each"
    " party ({party_name}, {party_number}, {party_country}, {party_role}, {party_signatory}), between {if clauses},"
    " {if term} or {if no term} and {end} they stand only where that holds."
)


class AgreementTemplateForm(forms.ModelForm):
    first = forms.CharField(
        max_length=30_000, widget=forms.Textarea(attrs={"rows": 30, "class": "vLargeTextField"})
    )
    second = forms.CharField(
        max_length=30_000, widget=forms.Textarea(attrs={"rows": 30, "class": "vLargeTextField"})
    )
    note = forms.CharField(
        label=gettext_lazy("What is new"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "For your colleagues. The next drafts are made of this version; those that are there stay."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    class Meta:
        model = AgreementTemplate
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = self.instance.codes
        newest: AgreementWording | None = self.instance.wordings.first()
        for name, code in zip(TEXTS, self.codes, strict=False):
            field = self.fields[name]
            field.label = _("Text in %(language)s") % {"language": language_name(code)}
            field.widget.attrs["lang"] = code
            self.initial[name] = getattr(newest, name, "")
        self.fields["first"].help_text = HELP
        if len(self.codes) == 1:
            del self.fields["second"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        lines = {name: read(cleaned[name]) for name in TEXTS if cleaned.get(name)}
        for name, rows in lines.items():
            for mistake in mistakes(rows):
                self.add_error(name, str(mistake))
        if len(lines) == 2 and not self.errors and (mistake := difference(lines["first"], lines["second"])):
            self.add_error("second", str(mistake))
        return cleaned

    @property
    def texts(self) -> list[str]:
        """As they are stored: browsers send line ends of two characters."""
        return [self.cleaned_data[name].replace("\r\n", "\n") for name in TEXTS if name in self.fields]
