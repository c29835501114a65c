"""What the desk writes of an appeal: its words and day, the lines of its target. The actions store it."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.languages import LANGUAGES, NATIVE_NAMES
from alliance.core.units import plain, same_dimension
from partnerships.forms.counted import parts_refused
from partnerships.models import Appeal, AppealLine, ItemTemplate
from partnerships.refusals import AppealRefused


def deadline_field() -> forms.DateField:
    return forms.DateField(
        label=pgettext_lazy("of an appeal", "Last day"),
        help_text=_("Until the end of this day needs, offers and promises can be attached."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def refuse_past(day: date | None) -> date | None:
    if day and day < timezone.localdate():
        raise forms.ValidationError(_("This day has passed."))
    return day


class AppealForm(forms.ModelForm):
    """A draft may have holes; an appeal that was opened keeps title and text in every language, and its day."""

    class Meta:
        model = Appeal
        fields = [f"{name}_{code}" for name in ("title", "text") for code in LANGUAGES]
        fields += ["deadline", "original_language"]
        widgets = {f"text_{code}": forms.Textarea(attrs={"rows": 6, "lang": code}) for code in LANGUAGES}
        widgets |= {f"title_{code}": forms.TextInput(attrs={"lang": code, "size": 80}) for code in LANGUAGES}

    deadline = deadline_field()
    original_language = forms.ChoiceField(
        label=_("Language of free words in the target"), choices=list(NATIVE_NAMES.items())
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deadline"].required = self.instance.status != Appeal.Status.DRAFT

    def clean_deadline(self) -> date | None:
        day = self.cleaned_data["deadline"]
        return refuse_past(day) if "deadline" in self.changed_data else day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.status == Appeal.Status.DRAFT:
            return cleaned
        for name in ("title", "text"):
            fields = [f"{name}_{code}" for code in LANGUAGES]
            empty = [field for field in fields if not cleaned.get(field) and field not in self.errors]
            if self.instance.is_from_before_languages and len(empty) < len(fields):
                continue
            for field in empty:
                self.add_error(field, AppealRefused.WORDS[name])
        return cleaned


class ReopenForm(forms.Form):
    deadline = deadline_field()

    def clean_deadline(self) -> date | None:
        return refuse_past(self.cleaned_data["deadline"])


class AppealLineForm(forms.ModelForm):
    """One line of the target."""

    class Meta:
        model = AppealLine
        fields = [
            "template",
            "item",
            "quantity",
            "unit",
            "currency",
            "range_min",
            "range_max",
            "range_unit",
            "condition",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = ItemTemplate.objects.current().in_order()
        for name in ("quantity", "range_min", "range_max"):  # 400, not 400.000
            if self.initial.get(name) is not None:
                self.initial[name] = plain(self.initial[name])

    @property
    def has_changed_or_is_stored(self) -> bool:
        return bool(self.instance.pk) or self.has_changed()

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].strip().upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for field, words in line_faults(cleaned):
            if field not in self.errors:
                self.add_error(field, words)
        return cleaned


class TargetFormSet(forms.BaseInlineFormSet):
    """The target; one that everyone sees keeps at least one line."""

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        """The names of columns stand in the head of the table only; each field says its own to a screen reader."""
        super().add_fields(form, index)
        for field in form.fields.values():
            widget = getattr(field.widget, "widget", field.widget)  # the admin wraps lists of other rows
            if field.label and not widget.is_hidden:
                widget.attrs["aria-label"] = str(field.label)

    def clean(self) -> None:
        super().clean()
        kept = [
            form for form in self.forms if form not in self.deleted_forms and form.has_changed_or_is_stored
        ]
        if self.instance.status != Appeal.Status.DRAFT and not kept:
            raise forms.ValidationError(_("Name at least one item of the target and how much of it."))


def line_faults(line: dict[str, Any]) -> list[tuple[str, Any]]:
    """Fields of a line that contradict each other, each with a sentence; what the database would refuse, explained."""
    template, unit, low, high = (line.get(name) for name in ("template", "unit", "range_min", "range_max"))
    faults: list[tuple[str, Any]] = []
    if not template and not line.get("item"):
        faults.append(("template", _("Choose an item of the catalogue or name it in your own words.")))
    if template and unit and not same_dimension(template.unit, unit):
        faults.append(
            ("unit", _("This item is counted in: %(unit)s.") % {"unit": template.get_unit_display()})
        )
    if words := parts_refused(line.get("quantity"), unit or ""):
        faults.append(("quantity", words))
    if unit == "money" and len(line.get("currency") or "") != 3:
        faults.append(("currency", _("Name the currency by its three letters, for example EUR.")))
    if unit and unit != "money" and line.get("currency"):
        faults.append(("currency", _("Only amounts of money have a currency.")))
    if (low or high) and not line.get("range_unit"):
        faults.append(("range_unit", _("Name the unit of the rating, for example kW.")))
    if line.get("range_unit") and not (low or high):
        faults.append(("range_min", _("Name the rating from, to or both, or leave its unit out.")))
    if low and high and low > high:
        faults.append(("range_max", _("This is less than where the range begins.")))
    rated_in = template.range_unit if template else ""
    if rated_in and line.get("range_unit") and not same_dimension(rated_in, line["range_unit"]):
        words = _("This item is rated in: %(unit)s.") % {"unit": template.get_range_unit_display()}
        faults.append(("range_unit", words))
    return faults
