"""The form by which a giver asks for another day."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.forms import Form
from partnerships.forms.ledger import MAX_REASON
from partnerships.refusals import PledgeRefused


class DayForm(Form):
    after = forms.DateField(label=gettext_lazy("The new day"), widget=forms.DateInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Both sides and the secretariat read it. Everyone reads the days."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].widget.attrs["min"] = timezone.localdate().isoformat()

    def clean_after(self) -> date:
        day = self.cleaned_data["after"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return day

    def add_refusal(self, error: PledgeRefused) -> None:
        self.add_error("reason" if error.args[0] == PledgeRefused.NO_REASON else "after", str(error))
