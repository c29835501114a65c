"""The evidence of this moment as a file: in which form and language, and which institution asked for it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.forms import Form
from alliance.core.languages import NATIVE_NAMES

FORMS = {"pdf": "PDF", "csv": "CSV", "json": "JSON"}


class EvidenceTakingForm(Form):
    institution = forms.CharField(
        label=_("Which institution asked?"),
        help_text=_(
            "Its name alone, such as “European Committee of the Regions”: it stands in the file and in the journal."
        ),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    form = forms.ChoiceField(label=pgettext_lazy("form of a file", "File"), choices=list(FORMS.items()))
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Of the PDF. CSV and JSON hold codes."),
        choices=list(NATIVE_NAMES.items()),
    )
