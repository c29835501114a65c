"""The forms of a pledge's verbs: so much of each line, when, why, with which file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.forms import Form, dress
from alliance.core.refusals import Refused
from alliance.core.slugs import make_slug
from alliance.core.units import DECIMALS, plain
from alliance.core.uploads import DocumentField
from partnerships.actions.pledge_events import Submission
from partnerships.forms.counted import counted
from partnerships.ledger import Totals
from partnerships.models import PledgeLine
from partnerships.pledge_drafts import EvidenceFile, Quantity, TransportContent
from partnerships.refusals import LedgerRefused, OverCover, PledgeRefused

MAX_REASON = 1000
# A receipt for something that left years ago is a slip of the pen.
LONGEST_AGO_DAYS = 3650


@dataclass(frozen=True)
class Row:
    """A line with its numbers; what it is called and how it stands, ready to be shown."""

    line: PledgeLine
    totals: Totals
    label: Any
    facts: str


def quantity_field(label: Any, initial: Decimal | None, unit: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        validators=[counted(unit, initial)],
        min_value=0,
        max_digits=14,
        decimal_places=DECIMALS,
        required=False,
        initial=plain(initial) if initial else None,
    )


class MeantField(forms.BooleanField):
    """“Yes, this is meant”: hidden until a figure is so unusual that we ask."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, **kwargs)


class LinesForm(Form):
    """Base: one quantity for each line of which there is something left to say."""

    name = "quantity"
    question: Any = gettext_lazy("How many")
    has_day, has_reason, has_evidence = True, False, True
    limit: Callable[[Totals], Decimal] = staticmethod(lambda totals: Decimal(0))
    meant_words: Any = gettext_lazy("Yes, this is meant")
    # Asked after what a verb asks for itself.
    LAST = ("reason", "is_meant", "file", "caption")

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    happened_on = forms.DateField(label=gettext_lazy("When did it happen?"), widget=forms.DateInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_meant = MeantField()
    file = DocumentField(
        label=gettext_lazy("A file that shows it"),
        required=False,
        help_text=gettext_lazy(
            "A signed protocol or a photo, up to 10 MB. Only both sides and the secretariat see it; where and when a"
            " photo was taken is removed from it."
        ),
    )
    caption = forms.CharField(label=gettext_lazy("What the file shows"), max_length=200, required=False)

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = self.rows_of(rows)
        self.initial.setdefault("key", make_slug(20))
        self.initial.setdefault("happened_on", timezone.localdate())
        for has, names in (
            (self.has_day, ["happened_on"]),
            (self.has_reason, ["reason"]),
            (self.has_evidence, ["file", "caption"]),
        ):
            for name in () if has else names:
                del self.fields[name]
        self.fields["is_meant"].label = self.meant_words
        if self.is_bound and self.data.get(self.add_prefix("is_meant")) in ("on", "True"):
            self._ask()
        added = {}
        for row in self.rows:
            own = self.fields_of(row)
            for field in own.values():
                field.about = str(row.line)
            added |= own
        last = {name: self.fields.pop(name) for name in self.LAST if name in self.fields}
        self.fields = {**added, **self.fields, **last}
        for field in added.values():
            dress(field)
        if "happened_on" in self.fields:
            self.fields["happened_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def rows_of(self, rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if self.limit(row.totals) > 0]

    def fields_of(self, row: Row) -> dict[str, forms.Field]:
        return {
            f"{self.name}_{row.line.slug}": quantity_field(
                self.question, self.limit(row.totals), row.line.unit
            )
        }

    @property
    def groups(self) -> list[dict[str, Any]]:
        """For the page: one group of fields for each line."""
        return [
            {"legend": row.label, "hint": row.facts, "fields": [self[name] for name in self.fields_of(row)]}
            for row in self.rows
        ]

    @property
    def others(self) -> list[forms.BoundField]:
        names = {name for row in self.rows for name in self.fields_of(row)}
        return [field for field in self.visible_fields() if field.name not in names]

    def clean_happened_on(self) -> date:
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        if (timezone.localdate() - day).days > LONGEST_AGO_DAYS:
            raise forms.ValidationError(_("This day is too long ago. Please check the year."))
        return day

    # --- What the action gets --------------------------------------------------------------------------------

    def amount(self, name: str, row: Row) -> Decimal:
        return self.cleaned_data.get(f"{name}_{row.line.slug}") or Decimal(0)

    @property
    def quantities(self) -> list[Quantity]:
        reason = self.cleaned_data.get("reason", "")
        found = [Quantity(row.line.slug, self.amount(self.name, row), reason) for row in self.rows]
        return [said for said in found if said.quantity]

    @property
    def submission(self) -> Submission:
        data = self.cleaned_data
        upload = data.get("file")
        return Submission(
            key=data.get("key", ""),
            happened_on=data.get("happened_on"),
            evidence=[EvidenceFile(upload, data.get("caption", ""))] if upload else [],
        )

    # --- What the action said no to ----------------------------------------------------------------------------

    def add_refusal(self, error: Refused) -> None:
        """The refusal at the field that it is about."""
        if isinstance(error, OverCover):
            self.ask_whether_meant(str(error))
            return
        self.add_error(self._field_of(error), str(error))

    def _field_of(self, error: Refused) -> str | None:
        name = None
        if isinstance(error, LedgerRefused):
            name = self.field_of_kind(error.kind, error.line)
        elif isinstance(error, PledgeRefused):
            name = {
                PledgeRefused.NO_LINES: next(iter(self.fields), None),
                PledgeRefused.NO_DATE: "due_on",
                PledgeRefused.NO_REASON: "reason",
                PledgeRefused.FUTURE: "happened_on",
            }.get(error.args[0])
        return name if name in self.fields else None

    def field_of_kind(self, kind: str, line: PledgeLine) -> str:
        return f"{self.name}_{line.slug}"

    def ask_whether_meant(self, why: str) -> None:
        """Say what is unusual and show the box by which it is meant; what was typed stays."""
        self._ask()
        self.add_error("is_meant", why.split("\n"))

    def _ask(self) -> None:
        self.fields["is_meant"].widget = forms.CheckboxInput()
        self.fields["is_meant"].widget.is_required = False


class CommitForm(LinesForm):
    has_day = False
    limit = staticmethod(lambda totals: totals.to_commit)
    meant_words = gettext_lazy("Yes, we mean to give more than is still needed")
    due_on = forms.DateField(
        label=gettext_lazy("To be delivered by"),
        widget=forms.DateInput,
        required=False,
        help_text=gettext_lazy("Everyone can see later whether the promise was kept by this day."),
    )

    def __init__(self, *args: Any, is_first: bool, due_on: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            self.initial.setdefault("due_on", due_on)
            self.fields["due_on"].required = True
            self.fields["due_on"].widget.attrs = {"min": timezone.localdate().isoformat()}
        else:
            del self.fields["due_on"]

    def clean_due_on(self) -> date | None:
        day = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return day


class CancelForm(LinesForm):
    question = gettext_lazy("How many are cancelled")
    has_reason = True
    limit = staticmethod(lambda totals: min(totals.firm, totals.to_dispatch))


class WithdrawForm(LinesForm):
    question = gettext_lazy("How many are withdrawn")
    has_day, has_reason, has_evidence = False, True, False
    limit = staticmethod(lambda totals: totals.to_commit)


class OverDeliverForm(LinesForm):
    question = gettext_lazy("How many more")
    has_reason = True
    limit = staticmethod(lambda totals: totals.committed)
    meant_words = CommitForm.meant_words

    def fields_of(self, row: Row) -> dict[str, forms.Field]:
        return {f"{self.name}_{row.line.slug}": quantity_field(self.question, None, row.line.unit)}


class LoseForm(LinesForm):
    question = gettext_lazy("How many were lost or damaged")
    has_reason = True
    limit = staticmethod(lambda totals: totals.in_transit)

    def fields_of(self, row: Row) -> dict[str, forms.Field]:
        return {f"{self.name}_{row.line.slug}": quantity_field(self.question, None, row.line.unit)}


class ReturnForm(LoseForm):
    question = gettext_lazy("How many go back")
    limit = staticmethod(lambda totals: totals.to_accept)


class DispatchForm(LinesForm):
    """What leaves with one transport. None of it is public."""

    limit = staticmethod(lambda totals: totals.to_dispatch)
    carrier = forms.CharField(label=gettext_lazy("Carrier"), max_length=160, required=False)
    vehicles = forms.CharField(label=gettext_lazy("Number plates"), max_length=120, required=False)
    arrives_on = forms.DateField(label=gettext_lazy("Expected on"), widget=forms.DateInput, required=False)
    route = forms.CharField(
        label=gettext_lazy("Route"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Only both sides and the secretariat see carrier, plates, route and days."),
    )
    packages = forms.IntegerField(
        label=gettext_lazy("Packages"), min_value=1, max_value=1_000_000, required=False
    )
    weight_kg = forms.DecimalField(
        label=gettext_lazy("Gross weight in kg"),
        min_value=Decimal("0.001"),
        max_digits=14,
        decimal_places=DECIMALS,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].label = _("Left on")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        left, arrives = cleaned.get("happened_on"), cleaned.get("arrives_on")
        if left and arrives and arrives < left:
            self.add_error("arrives_on", _("It cannot arrive before it has left."))
        return cleaned

    @property
    def transport(self) -> TransportContent:
        names = ("carrier", "vehicles", "arrives_on", "route", "packages", "weight_kg")
        return TransportContent(
            departs_on=self.cleaned_data["happened_on"], **{name: self.cleaned_data[name] for name in names}
        )


class EvidenceForm(LinesForm):
    """A file behind what was said before."""

    has_day = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = []
        self.fields["file"].required = True


class CorrectForm(Form):
    """Take something off an earlier entry: a counter-entry, the earlier one stays readable."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    quantity = forms.DecimalField(
        label=gettext_lazy("How many were too many"), min_value=0, max_digits=14, decimal_places=DECIMALS
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, left: str, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", make_slug(20))
        self.fields["quantity"].validators.append(counted(unit))
        self.fields["quantity"].help_text = format_lazy(_("So much stands there now: {left}."), left=left)

    @property
    def submission(self) -> Submission:
        return Submission(key=self.cleaned_data["key"])

    def add_refusal(self, error: Refused) -> None:
        self.add_error("quantity" if isinstance(error, LedgerRefused) else None, str(error))
