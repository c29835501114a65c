"""The forms of a transport after it left: carrier and papers, and the day on which the report was filed."""

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.forms import Form as PlainForm
from alliance.core.forms import ModelForm, dress
from members.org_ids import is_edrpou
from partnerships.actions.transports import BY_GIVER, PAPERS
from partnerships.forms.ledger import LONGEST_AGO_DAYS
from partnerships.models import Transport
from partnerships.refusals import TransportRefused

# The state system may change how its codes look: what could be none of them is refused, nothing more.
STATE_CODE = re.compile(r"(?=.*\d)[\w][\w./-]{3,39}")


class TransportForm(ModelForm):
    """What a side knows of a transport: the giver all of it, the receiver the papers."""

    # Longer than the column: numbers are written with spaces.
    receiver_edrpou = forms.CharField(
        label=gettext_lazy("EDRPOU of the receiver"),
        help_text=gettext_lazy("Eight digits, as in Ukraine’s state register."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    class Meta:
        model = Transport
        fields = BY_GIVER
        labels = {
            "carrier": gettext_lazy("Carrier"),
            "vehicles": gettext_lazy("Number plates"),
            "route": gettext_lazy("Route"),
            "arrives_on": gettext_lazy("Expected on"),
            "packages": gettext_lazy("Packages"),
            "weight_kg": gettext_lazy("Gross weight in kg"),
            "state_code": gettext_lazy("Code of the state system"),
            "cleared_on": gettext_lazy("Cleared by customs on"),
        }
        help_texts = {
            "route": gettext_lazy("Only both sides and the secretariat see carrier, plates, route and days."),
            "state_code": gettext_lazy(
                "The unique code that good.gov.ua gives to the declaration of humanitarian aid. Customs ask the driver"
                " for it. Letters, digits, hyphens; as it stands there."
            ),
            "cleared_on": gettext_lazy("From this day the receiver has 90 calendar days for its report."),
        }
        widgets = {"arrives_on": forms.DateInput, "cleared_on": forms.DateInput}

    def __init__(self, *args: Any, is_giver: bool, has_papers: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [n for n in BY_GIVER if (is_giver or n in PAPERS) and (has_papers or n not in PAPERS)]
        self.fields = {name: self.fields[name] for name in allowed}
        if "state_code" in self.fields:
            self.fields["state_code"].widget.attrs["autocomplete"] = "off"
        if "cleared_on" in self.fields:
            self.fields["cleared_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        for field in self.fields.values():
            dress(field)

    def clean_receiver_edrpou(self) -> str:
        number = re.sub(r"[\s-]", "", self.cleaned_data["receiver_edrpou"])
        if number and not is_edrpou(number):
            raise forms.ValidationError(
                _(
                    "An EDRPOU has eight digits, the last of which proves the others: please compare it once more."
                )
            )
        return number

    def clean_state_code(self) -> str:
        code = re.sub(r"\s", "", self.cleaned_data["state_code"]).upper()
        if code and not STATE_CODE.fullmatch(code):
            raise forms.ValidationError(
                _("A code has at least four letters, digits or hyphens, and one digit among them.")
            )
        return code

    def clean_cleared_on(self) -> date | None:
        day = self.cleaned_data["cleared_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        if day and day < timezone.localdate() - timedelta(days=LONGEST_AGO_DAYS):
            raise forms.ValidationError(_("This day is too long ago. Please check the year."))
        return day

    def clean_arrives_on(self) -> date | None:
        day, left = self.cleaned_data["arrives_on"], self.instance.departs_on
        if day and left and day < left:
            raise forms.ValidationError(_("It cannot arrive before it has left."))
        return day

    def add_refusal(self, error: TransportRefused) -> None:
        self.add_error("cleared_on" if "cleared_on" in self.fields else None, str(error))


class ReportForm(PlainForm):
    """“Report filed on …”."""

    reported_on = forms.DateField(label=gettext_lazy("Report filed on"), widget=forms.DateInput)

    def __init__(self, *args: Any, cleared_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("reported_on", timezone.localdate())
        self.fields["reported_on"].widget.attrs |= {
            "min": cleared_on.isoformat(),
            "max": timezone.localdate().isoformat(),
        }
