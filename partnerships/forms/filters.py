"""The filters that are typed: days and sizes. `models.criteria` reads them; this form shows them, and what is wrong."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.forms import Form
from alliance.core.units import Unit
from partnerships.forms.line import RATED_IN
from partnerships.models.criteria import Wrong

MESSAGES = {
    Wrong.CHOICE: _("Please choose one of the values that are offered here."),
    Wrong.DATE: _("Write a day that exists, as in 2026-12-31."),
    Wrong.NUMBER: _("Write a number with at most three decimals, as in 2.5."),
    Wrong.THOUSANDS: _("Write the number without a separator of thousands, as in 1000."),
    Wrong.ORDER: _("The largest size must not be below the smallest."),
    Wrong.NO_UNIT: _("Choose the unit of the size."),
    Wrong.OTHER_UNIT: _("What you chose is not measured in this unit."),
}


def _day(label: Any, hint: Any = "") -> forms.CharField:
    """Not a DateField: what was typed is judged already, and stays as it is."""
    widget = forms.DateInput
    return forms.CharField(label=label, help_text=hint, required=False, widget=widget, strip=False)


def _number(label: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return forms.CharField(label=label, required=False, widget=widget, strip=False)


class TypedFilters(Form):
    """Bound to what stands in the address. ``refused``: what `Asked.of` did not take, and why."""

    size_from = _number(_("Size of each, from"))
    size_to = _number(_("Size of each, to"))
    size_unit = forms.ChoiceField(
        label=pgettext_lazy("size of an item", "measured in"),
        required=False,
        choices=[("", pgettext_lazy("unit", "that of the item")), *((u.value, u.label) for u in RATED_IN)],
    )
    needed_by = _day(_("Needed by"), _("Needs of which something must be there by this day."))
    available_on = _day(
        _("Available on"),
        _("Offers that are there on this day. One without days counts for as long as it is valid here."),
    )
    until = _day(_("Valid at least until"))

    def __init__(self, data: Any, *, refused: dict[str, Wrong], kind: str = "") -> None:
        super().__init__(data, auto_id="filter-%s", use_required_attribute=False)
        self.refused = refused
        for name, other in (("needed_by", "offer"), ("available_on", "need")):
            if kind == other and not data.get(name):
                del self.fields[name]
        known = {value for value, _label in self.fields["size_unit"].choices}
        if (unit := data.get("size_unit")) in Unit and unit not in known:
            self.fields["size_unit"].choices += [(unit, Unit(unit).label)]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name, why in self.refused.items():
            if name in self.errors:
                continue
            if name in self.fields:
                self.add_error(name, str(MESSAGES[why]))
            else:  # a choice that nobody could make here
                self.add_error(None, _t("Part of the address makes no sense: %(name)s.") % {"name": name})
        return cleaned

    @property
    def size_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("size_from", "size_to", "size_unit")]

    @property
    def day_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("needed_by", "available_on", "until") if name in self.fields]

    @property
    def has_size(self) -> bool:
        return _is_set(self.size_fields)

    @property
    def has_days(self) -> bool:
        return _is_set(self.day_fields)


def _is_set(fields: list[forms.BoundField]) -> bool:
    return any(field.value() or field.errors for field in fields)
