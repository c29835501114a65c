"""The form of a report to the desk."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import Form
from partnerships.models import Report

LONGEST_REPORT = 2000


class ReportForm(Form):
    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=Report.Reason.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("In your words"),
        max_length=LONGEST_REPORT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What exactly, and where. Only the desk reads it; the other side does not learn of it."),
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        if (
            cleaned.get("reason") == Report.Reason.OTHER
            and not cleaned.get("text")
            and "text" not in self.errors
        ):
            self.add_error("text", _("Say in a few words what is wrong."))
        return cleaned
