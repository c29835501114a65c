"""`LineForm`: one line of a need or an offer, built for its item of the catalogue.

An item says which units, which rating and which specs its line asks for, so a line is added by choosing the item first.
"""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import localize_input
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from alliance.core.currencies import currency_choices
from alliance.core.forms import Form
from alliance.core.units import SMALLEST, Unit, plain, units_like
from partnerships.drafts import Line
from partnerships.forms.counted import parts_refused
from partnerships.models import ItemTemplate, Listing, ListingLine
from partnerships.models.quantities import Condition
from partnerships.specs import LABELS, SPECS

# The choice “in our own words” of the list of items.
FREE = "free"
# Sizes that a free item may have: what machines and rooms are rated in.
RATED_IN = [
    *(Unit.KILOWATT, Unit.MEGAWATT, Unit.KILOWATT_HOUR, Unit.MEGAWATT_HOUR, Unit.KILOGRAM, Unit.TONNE),
    *(Unit.LITRE, Unit.CUBIC_METRE, Unit.METRE, Unit.KILOMETRE, Unit.SQUARE_METRE, Unit.PERSON),
]


def _amount(label: Any, **more: Any) -> forms.DecimalField:
    messages = {"min_value": _("Write a number above zero.")}
    return forms.DecimalField(
        label=label, max_digits=14, decimal_places=3, min_value=SMALLEST, error_messages=messages, **more
    )


class LineForm(Form):
    """One line. ``entry`` None: an item in free words."""

    slug = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12)
    template = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
    item = forms.CharField(label=_("What"), max_length=120)
    quantity = _amount(_("How many"))
    unit = forms.ChoiceField(label=_("Unit"))
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    range_min = _amount(_("Size of each, from"), required=False)
    range_max = _amount(pgettext_lazy("size of an item", "to"), required=False)
    range_unit = forms.ChoiceField(label=pgettext_lazy("size of an item", "measured in"), required=False)
    vars().update({f"spec_{name}": forms.ChoiceField(label=LABELS[name], required=False) for name in SPECS})
    condition = forms.ChoiceField(required=False)
    needed_by = forms.DateField(label=_("Needed by"), required=False, widget=forms.DateInput)
    available_from = forms.DateField(label=_("Available from"), required=False, widget=forms.DateInput)
    available_until = forms.DateField(label=_("Available until"), required=False, widget=forms.DateInput)

    def __init__(
        self,
        *args: Any,
        kind: str,
        entry: ItemTemplate | None,
        stored: ListingLine | None = None,
        is_promised: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        self.kind, self.entry, self.stored, self.is_promised = kind, entry, stored, is_promised
        self.is_need = kind == Listing.Kind.NEED
        self._suit_dates()
        self._suit_item()
        self._suit_rating()
        self._suit_specs()

    def _suit_dates(self) -> None:
        for name in ("available_from", "available_until") if self.is_need else ("needed_by",):
            del self.fields[name]

    def _suit_item(self) -> None:
        unit, item = self.fields["unit"], self.entry
        if item is None:
            units = [unit for unit in Unit if unit != Unit.MONEY]
            self.fields["item"].help_text = _("In a few words, for example “desks for pupils”.")
        else:
            units = list(units_like(item.unit))
            self.fields["item"].label = _("In more detail")
            self.fields["item"].required = False
            self.fields["item"].help_text = _("For example what it is for, or a make. Name no site.")
        if self.stored and self.is_promised:
            units = [Unit(self.stored.unit)]
        if units != [Unit.MONEY]:
            del self.fields["currency"]
        else:
            self.fields["quantity"].label = _("Amount")
        if len(units) > 1:
            unit.choices = [("", pgettext("unit", "Choose")), *((unit.value, unit.label) for unit in units)]
            self.initial.setdefault("unit", item.unit if item else "")
        else:
            self._settle("unit", units[0])
            if units[0] != Unit.MONEY:
                self.fields["quantity"].label = _("How many (%(unit)s)") % {"unit": units[0].label}

    def _suit_rating(self) -> None:
        """From–to of one piece, in the units that measure what the item is rated in."""
        item = self.entry
        units = RATED_IN if item is None else list(units_like(item.range_unit)) if item.range_unit else []
        if not units:
            for name in ("range_min", "range_max", "range_unit"):
                del self.fields[name]
        elif len(units) == 1:
            self._settle("range_unit", units[0])
            self.fields["range_min"].label = _("Size of each, from (%(unit)s)") % {"unit": units[0].label}
            self.fields["range_max"].label = pgettext("size of an item", "to (%(unit)s)") % {
                "unit": units[0].label
            }
        else:
            empty = [("", pgettext("unit", "Choose"))] if item is None else []
            self.fields["range_unit"].choices = [*empty, *((unit.value, unit.label) for unit in units)]
            self.initial.setdefault("range_unit", item.range_unit if item else "")

    def _suit_specs(self) -> None:
        item = self.entry
        empty = (
            pgettext("a property of an item", "any")
            if self.is_need
            else pgettext("a property of an item", "not said")
        )
        for name, choices in SPECS.items():
            if item and name in item.specs:
                self.fields[f"spec_{name}"].choices = [("", empty), *choices.choices]
            else:
                del self.fields[f"spec_{name}"]
        if item and not item.has_condition:
            del self.fields["condition"]
        else:
            self.fields["condition"].label = _("Condition, at least") if self.is_need else _("Condition")
            self.fields["condition"].choices = [("", empty), *Condition.choices]

    def _settle(self, name: str, unit: Unit) -> None:
        """A unit that leaves no choice is not asked for."""
        self.fields[name] = forms.ChoiceField(
            choices=[(unit.value, unit.label)], widget=forms.HiddenInput, required=False
        )
        self.initial[name] = unit.value

    # --- What a page shows ---------------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return self.entry.name if self.entry else str(_("In our own words"))

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return self._named("item") if self.entry is None else []

    @property
    def amount_fields(self) -> list[forms.BoundField]:
        return self._named("quantity", "unit", "currency")

    @property
    def rating_fields(self) -> list[forms.BoundField]:
        return self._named("range_min", "range_max", "range_unit")

    @property
    def more_fields(self) -> list[forms.BoundField]:
        dates = ("needed_by", "available_from", "available_until")
        return self._named(*(f"spec_{name}" for name in SPECS), "condition", *dates)

    @property
    def last_fields(self) -> list[forms.BoundField]:
        return self._named("item") if self.entry else []

    def _named(self, *names: str) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    @property
    def number(self) -> str:
        return self.prefix.removeprefix("lines-")

    # --- What is acceptable --------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("unit", "range_unit"):
            if name in self.fields and self.fields[name].widget.is_hidden:
                cleaned[name] = self.initial[name]
        self._check_whole(cleaned)
        self._check_rating(cleaned)
        self._check_dates(cleaned)
        return cleaned

    def _check_whole(self, cleaned: dict[str, Any]) -> None:
        if words := parts_refused(cleaned.get("quantity"), cleaned.get("unit", "")):
            self.add_error("quantity", words)

    def _check_rating(self, cleaned: dict[str, Any]) -> None:
        low, high = cleaned.get("range_min"), cleaned.get("range_max")
        if low is None and high is None:
            cleaned["range_unit"] = ""
            return
        if not cleaned.get("range_unit") and "range_unit" not in self.errors:
            self.add_error("range_unit", _("Choose in which unit the size is measured."))
        if low is not None and high is not None and low > high:
            self.add_error("range_max", _("This is less than the number before it."))

    def _check_dates(self, cleaned: dict[str, Any]) -> None:
        today = timezone.localdate()
        for name in ("needed_by", "available_until"):
            day = cleaned.get(name)
            if day and day < today and day != getattr(self.stored, name, None):
                self.add_error(name, _("This day is over. Choose a later one."))
        start, end = cleaned.get("available_from"), cleaned.get("available_until")
        if start and end and start > end:
            self.add_error("available_until", _("This day is before the one from which it is available."))

    @property
    def line(self) -> Line:
        """What was written, when the form is valid."""
        data = self.cleaned_data
        return Line(
            item=data["item"],
            quantity=data["quantity"],
            unit=data["unit"],
            template=self.entry.code if self.entry else "",
            currency=data.get("currency", ""),
            range_min=data.get("range_min"),
            range_max=data.get("range_max"),
            range_unit=data.get("range_unit", ""),
            specs={name: data[f"spec_{name}"] for name in SPECS if data.get(f"spec_{name}")},
            condition=data.get("condition", ""),
            needed_by=data.get("needed_by"),
            available_from=data.get("available_from"),
            available_until=data.get("available_until"),
            slug=data["slug"],
        )


def initial_of(line: ListingLine) -> dict[str, Any]:
    """What the form shows of a stored line."""
    names = (
        "item",
        "unit",
        "currency",
        "range_unit",
        "condition",
        "needed_by",
        "available_from",
        "available_until",
    )
    amounts = {
        name: None if (value := getattr(line, name)) is None else plain(value)
        for name in ("quantity", "range_min", "range_max")
    }
    specs = {f"spec_{name}": value for name, value in line.specs.items()}
    initial = {name: getattr(line, name) for name in names} | amounts | specs
    return {name: value for name, value in initial.items() if value not in ("", None)}


def written(line: ListingLine) -> dict[str, str]:
    """The same as a browser would send it."""
    shown = initial_of(line) | {"slug": line.slug, "template": line.template.code if line.template else FREE}
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else str(localize_input(value))
        for name, value in shown.items()
    }
