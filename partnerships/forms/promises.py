"""The form of a promise: so much of what is needed, of what was offered, or of something else, each with its rating."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from alliance.core.currencies import currency_choices
from alliance.core.forms import Form, dress
from alliance.core.languages import reader_language, shown
from alliance.core.refusals import Refused
from alliance.core.slugs import make_slug
from alliance.core.units import SMALLEST, Unit, plain, same_dimension
from partnerships.coverage import Reason
from partnerships.forms.counted import parts_refused
from partnerships.forms.ledger import MeantField, quantity_field
from partnerships.models import Appeal, ItemTemplate
from partnerships.models.quantities import Condition, ItemLine
from partnerships.pledge_drafts import PledgeContent, PromisedLine
from partnerships.refusals import AppealRefused, DoesNotFit, OverCover, PledgeRefused

NEED, OFFER = "need", "offer"
# So many lines of one's own beside those that are listed.
FREE_LINES = 2


@dataclass(frozen=True)
class Choice:
    """A line that something can be promised for: of a need of the receiver, or of an offer of the giver."""

    kind: str
    line: ItemLine
    label: Any
    facts: str
    suggested: Decimal | None = None

    @property
    def prefix(self) -> str:
        return f"{self.kind}_{self.line.slug}"

    @property
    def range_unit(self) -> str:
        template = self.line.template
        return self.line.range_unit or (template.range_unit if template else "")

    @property
    def has_condition(self) -> bool:
        return bool(self.line.condition or (self.line.template and self.line.template.has_condition))


class PromiseForm(Form):
    title = forms.CharField(
        label=gettext_lazy("What the promise is about"),
        max_length=160,
        help_text=gettext_lazy("Everyone can read it. Name no site."),
    )
    due_on = forms.DateField(
        label=gettext_lazy("To be delivered by"),
        widget=forms.DateInput,
        required=False,
        help_text=gettext_lazy("A soft promise needs no day; a firm commitment will."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note for both sides"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The receiver and the secretariat read it, nobody else."),
    )
    appeal = forms.ChoiceField(
        label=gettext_lazy("Part of an appeal"),
        required=False,
        help_text=gettext_lazy("If it answers an appeal of the Alliance: then it counts for that one."),
    )
    is_meant = MeantField(label=gettext_lazy("Yes, we mean to give more than is still needed"))
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(
        self,
        *args: Any,
        choices: Sequence[Choice],
        has_free_lines: bool,
        appeals: Sequence[Appeal] = (),
        title_language: str = "",
        **kwargs: Any,
    ) -> None:
        """``appeals``: those that the promise may name; ``title_language``: what the title that stands there is in."""
        super().__init__(*args, **kwargs)
        self.title_language = title_language
        self.choices = list(choices)
        self.free = range(1, FREE_LINES + 1) if has_free_lines else range(0)
        self.initial.setdefault("key", make_slug(20))
        self._offer_appeals(appeals)
        self.fields["due_on"].widget.attrs["min"] = timezone.localdate().isoformat()
        added: dict[str, forms.Field] = {}
        for choice in self.choices:
            own = self._fields_of(choice)
            for field in own.values():
                field.about = str(choice.line)
            added |= own
        for number in self.free:
            added |= self._free_fields(number)
        for field in added.values():
            dress(field)
        self.fields = {**added, **self.fields}
        if self.is_bound and self.data.get("is_meant") in ("on", "True"):
            self._ask()

    def _offer_appeals(self, appeals: Sequence[Appeal]) -> None:
        # One that was closed since the page was opened is refused, not forgotten.
        if not (appeals or (self.is_bound and self.data.get("appeal"))):
            del self.fields["appeal"]
            return
        named = [(row.slug, str(shown(row, "title"))) for row in appeals]
        self.fields["appeal"].choices = [("", pgettext("appeal", "None")), *named]

    def _fields_of(self, choice: Choice) -> dict[str, forms.Field]:
        fields: dict[str, forms.Field] = {
            f"{choice.prefix}_quantity": quantity_field(
                _("How many, in %(unit)s") % {"unit": choice.line.currency or Unit(choice.line.unit).label},
                choice.suggested,
                choice.line.unit,
            )
        }
        if choice.range_unit:
            fields[f"{choice.prefix}_rating"] = forms.DecimalField(
                label=_("Rating of each, in %(unit)s") % {"unit": Unit(choice.range_unit).label},
                help_text=_("Needed: %(range)s") % {"range": choice.line.range_text}
                if choice.kind == NEED and choice.line.range_text
                else "",
                min_value=SMALLEST,
                max_digits=14,
                decimal_places=3,
                required=False,
            )
        if choice.has_condition:
            fields[f"{choice.prefix}_condition"] = forms.ChoiceField(
                label=pgettext_lazy("of goods", "Condition"),
                choices=[("", pgettext_lazy("condition of goods", "not said")), *Condition.choices],
                required=False,
            )
        return fields if choice.line.currency else fields | self._value_fields(choice.prefix)

    def _value_fields(self, prefix: str) -> dict[str, forms.Field]:
        """What one unit is worth, in the currency that the giver keeps its books in."""
        return {
            f"{prefix}_value": forms.DecimalField(
                label=_("Value of one unit"),
                help_text=_("Everyone can read this value."),
                min_value=0,
                max_digits=14,
                decimal_places=2,
                required=False,
            ),
            f"{prefix}_value_currency": forms.ChoiceField(
                label=_("Currency of the value"),
                choices=[("", _("please choose")), *currency_choices()],
                required=False,
            ),
        }

    def _free_fields(self, number: int) -> dict[str, forms.Field]:
        items = ItemTemplate.objects.current().in_order()
        return {
            f"free{number}_template": forms.ChoiceField(
                label=_("From the catalogue"),
                choices=[("", _("in our own words")), *[(item.code, item.name) for item in items]],
                required=False,
            ),
            f"free{number}_item": forms.CharField(
                label=_("In your own words"), max_length=120, required=False
            ),
            f"free{number}_quantity": quantity_field(_("How many"), None),
            f"free{number}_unit": forms.ChoiceField(
                label=_("Unit"), choices=[("", _("the usual one")), *Unit.choices], required=False
            ),
            f"free{number}_currency": forms.ChoiceField(
                label=_("Currency"), choices=[("", _("for money only")), *currency_choices()], required=False
            ),
            **self._value_fields(f"free{number}"),
        }

    # --- For the page ------------------------------------------------------------------------------------------

    @property
    def groups(self) -> list[dict[str, Any]]:
        return [
            {"kind": choice.kind, "legend": choice.label, "hint": choice.facts, **self._folded(names)}
            for choice in self.choices
            for names in [list(self._fields_of(choice))]
        ]

    def _folded(self, names: list[str]) -> dict[str, Any]:
        """Fields of a group; those of the value are folded away until something stands in them."""
        is_rare = lambda name: "_value" in name  # noqa: E731
        rare = [self[name] for name in names if is_rare(name)]
        return {
            "fields": [self[name] for name in names if not is_rare(name)],
            "rare": rare,
            "rare_label": _("What one is worth (for reports in money)"),
            "is_open": any(field.errors or field.value() for field in rare),
        }

    @property
    def needed(self) -> list[dict[str, Any]]:
        return [group for group in self.groups if group["kind"] == NEED]

    @property
    def offered(self) -> list[dict[str, Any]]:
        return [group for group in self.groups if group["kind"] == OFFER]

    @property
    def others(self) -> list[dict[str, Any]]:
        names = ("template", "item", "quantity", "unit", "currency", "value", "value_currency")
        return [
            {"legend": _("Line %(number)d") % {"number": number}}
            | self._folded([f"free{number}_{name}" for name in names])
            for number in self.free
        ]

    @property
    def last(self) -> list[forms.BoundField]:
        return [self[name] for name in ("title", "due_on", "note", "appeal") if name in self.fields]

    # --- What is checked -----------------------------------------------------------------------------------------

    def clean_due_on(self) -> date | None:
        day = self.cleaned_data["due_on"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("Choose today or a later day."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in [name for name in self.fields if name.endswith("_value")]:
            if cleaned.get(name) is not None and not cleaned.get(f"{name}_currency"):
                self.add_error(f"{name}_currency", _("Choose a currency."))
        for number in self.free:
            values = {
                name: cleaned.get(f"free{number}_{name}") for name in ("template", "item", "quantity", "unit")
            }
            if not any(values.values()):
                continue
            if not values["template"] and not values["item"]:
                self.add_error(f"free{number}_item", _("Say what it is, or choose it from the catalogue."))
            if not values["quantity"] and f"free{number}_quantity" not in self.errors:
                self.add_error(f"free{number}_quantity", _("Say how many."))
            self._check_counted(number, values)
            if not values["template"] and not values["unit"]:
                self.add_error(f"free{number}_unit", _("Choose a unit."))
            elif self._unit_of(number) == Unit.MONEY and not cleaned.get(f"free{number}_currency"):
                self.add_error(f"free{number}_currency", _("Choose a currency."))
        if not self.errors and not self.lines:
            first = next(iter(self.fields))
            self.add_error(first, str(PledgeRefused(PledgeRefused.NO_LINES)))
        return cleaned

    def _check_counted(self, number: int, values: dict[str, Any]) -> None:
        """An item of the catalogue is counted in its unit or one like it, and in whole numbers where it must be."""
        usual = self._usual_units.get(values["template"] or "", "")
        unit = values["unit"] or usual
        if usual and not same_dimension(usual, unit):
            words = _("This item is counted in: %(unit)s.") % {"unit": Unit(usual).label}
            self.add_error(f"free{number}_unit", words)
        elif words := parts_refused(values["quantity"], unit):
            self.add_error(f"free{number}_quantity", words)

    @cached_property
    def _usual_units(self) -> dict[str, str]:
        return dict(ItemTemplate.objects.values_list("code", "unit"))

    @property
    def lines(self) -> list[PromisedLine]:
        found = [self._promised(choice) for choice in self.choices]
        found += [self._promised_free(number) for number in self.free]
        return [line for line in found if line is not None]

    def _promised(self, choice: Choice) -> PromisedLine | None:
        value = lambda name: self.cleaned_data.get(f"{choice.prefix}_{name}")  # noqa: E731
        if not value("quantity"):
            return None
        line, rating = choice.line, value("rating")
        own = {"range_min": rating, "range_max": rating, "range_unit": choice.range_unit if rating else ""}
        if choice.kind == OFFER:
            if rating is None:
                own = {name: getattr(line, name) for name in ("range_min", "range_max", "range_unit")}
            own["specs"] = line.specs
        return PromisedLine(
            quantity=value("quantity"),
            unit=line.unit,
            item=line.item,
            template=line.template.code if line.template else "",
            currency=line.currency,
            condition=value("condition") or (line.condition if choice.kind == OFFER else ""),
            need_line=line.slug if choice.kind == NEED else "",
            **own,
            **self._value_of(choice.prefix),
        )

    def _value_of(self, prefix: str) -> dict[str, Any]:
        """Value and currency as they were written; a currency without a value says nothing."""
        value = self.cleaned_data.get(f"{prefix}_value")
        currency = self.cleaned_data.get(f"{prefix}_value_currency")
        return {} if value is None else {"unit_value": value, "value_currency": currency}

    def _promised_free(self, number: int) -> PromisedLine | None:
        value = lambda name: self.cleaned_data.get(f"free{number}_{name}")  # noqa: E731
        if not value("quantity"):
            return None
        unit = self._unit_of(number)
        return PromisedLine(
            quantity=value("quantity"),
            unit=unit,
            item=value("item"),
            template=value("template"),
            currency=value("currency") if unit == Unit.MONEY else "",
            **({} if unit == Unit.MONEY else self._value_of(f"free{number}")),
        )

    def _unit_of(self, number: int) -> str:
        """What was chosen, else what the catalogue counts the item in."""
        unit, code = (self.cleaned_data.get(f"free{number}_{name}") for name in ("unit", "template"))
        return unit or self._usual_units[code]

    @property
    def content(self) -> PledgeContent:
        data = self.cleaned_data
        return PledgeContent(
            title=data["title"],
            language=self._language,
            lines=self.lines,
            due_on=data["due_on"],
            note=data["note"],
        )

    @property
    def _language(self) -> str:
        """The reader's; that of the title where it was taken over as it stood, and no words were added to it."""
        words = [
            data
            for name, data in self.cleaned_data.items()
            if name.startswith("free") and name.endswith("_item")
        ]
        is_kept = self.cleaned_data["title"] == self.initial.get("title")
        return (
            self.title_language if self.title_language and is_kept and not any(words) else reader_language()
        )

    # --- What the action said no to ------------------------------------------------------------------------------

    def add_refusal(self, error: Refused) -> None:
        if isinstance(error, OverCover):
            self._ask()
            self.add_error("is_meant", str(error).split("\n"))
        elif isinstance(error, DoesNotFit):
            name = {Reason.RANGE: "rating", Reason.CONDITION: "condition"}.get(error.args[0], "quantity")
            prefix = f"{NEED}_{error.need_line}"
            field = f"{prefix}_{name}"
            self.add_error(field if field in self.fields else f"{prefix}_quantity", str(error))
        elif isinstance(error, AppealRefused):
            self.add_error("appeal" if "appeal" in self.fields else None, str(error))
        else:
            self.add_error(None, str(error))

    def _ask(self) -> None:
        self.fields["is_meant"].widget = forms.CheckboxInput()


def suggested(quantity: Decimal) -> Decimal | None:
    """What a form fills in: nothing rather than a zero."""
    return plain(quantity) if quantity > 0 else None
