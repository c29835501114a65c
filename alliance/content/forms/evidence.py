"""Which period the evidence is asked for: any two days."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.evidence import FIRST_YEAR
from alliance.core.forms import Form


class EvidencePeriodForm(Form):
    since = forms.DateField(label=pgettext_lazy("first day of a period", "From"))
    until = forms.DateField(label=pgettext_lazy("last day of a period", "Until"))

    def clean_since(self) -> date:
        day = self.cleaned_data["since"]
        if day.year < FIRST_YEAR:
            raise ValidationError(_("There are no figures from before %(year)d.") % {"year": FIRST_YEAR})
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if "since" in found and "until" in found and found["until"] < found["since"]:
            self.add_error("until", _("This day is before the first one."))
        return found
