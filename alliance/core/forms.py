"""Base of every form: the look of its fields, the summary of its errors, and a trap for bots.

Used as ``class ContactForm(BotTrap, Form)`` or ``class ListingForm(ModelForm)``; rendered by
``components/form.html`` or field by field by ``components/field.html``.
"""

import time
from typing import Any

from django import forms
from django.core import signing
from django.db.models import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils.choices import BlankChoiceIterator
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# What browsers may fill in, by type of field; a form names the others in `autocomplete`.
AUTOCOMPLETE = {forms.EmailField: "email", forms.URLField: "url"}
NO_AUTOCOMPLETE = (
    forms.CheckboxInput,
    forms.RadioSelect,
    forms.CheckboxSelectMultiple,
    forms.HiddenInput,
    forms.FileInput,
)
DASHES = BLANK_CHOICE_DASH[0][1]
# Instead of Django's dashes: where something must be chosen, and where nothing need be.
CHOOSE = pgettext_lazy("first line of a list", "Please choose")
NO_CHOICE = pgettext_lazy("first line of a list", "No choice")


def standing_alone(kinds: Any, *before: tuple) -> list[tuple]:
    """Choices whose labels begin with a capital, and are translated only when somebody reads them."""
    return [*before, *((value, capfirst(label)) for value, label in kinds.choices)]


class Renderer(DjangoTemplates):
    """Django's own widgets, our components around them; needs nothing in the settings."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("components/"):
            return get_template(template_name)
        return super().get_template(template_name)

    def render(self, template_name: str, context: dict, request: Any = None) -> str:
        template = self.get_template(template_name)
        return template.render(context, request=request).strip()


class _Look:
    """What `Form` and `ModelForm` share."""

    default_renderer = Renderer
    required_css_class = error_css_class = ""
    autocomplete: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            dress(field, self.autocomplete.get(name))

    @property
    def error_links(self) -> list[dict]:
        return summary_of(self)


class Form(_Look, forms.Form):
    """A plain form in the portal's look."""


class ModelForm(_Look, forms.ModelForm):
    """A model form in the portal's look. It builds the unsaved object; the action saves it."""


def sent(request: HttpRequest) -> tuple[Any, Any]:
    """Data and files for a form: those of a POST, also of an empty one; nothing otherwise."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def show_typed(form: forms.BaseForm, data: Any) -> None:
    """Fill an unbound form with what somebody typed, right or wrong, without judging it."""
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(data, {}, form.add_prefix(name))


def dress(field: forms.Field, autocomplete: str | None = None) -> None:
    """Attributes that help people fill a field in, and our own look for uploads."""
    widget = field.widget
    if isinstance(widget, forms.ClearableFileInput):
        widget.template_name = "components/upload.html"
    if isinstance(widget, forms.DateInput) and not isinstance(widget, forms.DateTimeInput):
        # A date picker needs type=date, and that type needs the date written as ISO 8601.
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    if isinstance(widget, forms.Textarea):
        widget.attrs["cols"] = widget.attrs.get("cols", "40")
        widget.attrs["rows"] = widget.attrs["rows"] if widget.attrs.get("rows") != "10" else "6"
    _first_line(field, CHOOSE if field.required else NO_CHOICE)
    if isinstance(widget, NO_AUTOCOMPLETE):
        return
    known = next((value for kind, value in AUTOCOMPLETE.items() if isinstance(field, kind)), "")
    if autocomplete or known:
        widget.attrs.setdefault("autocomplete", autocomplete or known)
    if isinstance(widget, forms.NumberInput):
        _number(field, widget)


def _first_line(field: forms.Field, words: Any) -> None:
    """A list made of a model's choices begins with dashes; one that says something itself is left alone."""
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = words
    elif isinstance(field, forms.ChoiceField) and isinstance(field.choices, BlankChoiceIterator):
        field.choices = [(value, words if text == DASHES else text) for value, text in field.choices]


def _number(field: forms.Field, widget: forms.Widget) -> None:
    """Digits keyboard without the arrows of type=number, which change amounts by accident and refuse “7,5”."""
    whole = isinstance(field, forms.IntegerField) and not isinstance(
        field, forms.DecimalField | forms.FloatField
    )
    widget.input_type = "text"
    for attribute in ("min", "max", "step"):
        widget.attrs.pop(attribute, None)
    widget.attrs.setdefault("inputmode", "numeric" if whole else "decimal")
    field.localize = widget.is_localized = True


def summary_of(form: forms.BaseForm) -> list[dict]:
    """Every error of ``form`` with the address of the control it belongs to, in the order of the fields. ``about`` of a
    field says of what it asks, where a page asks the same of several things."""
    if not form.is_bound:
        return []
    links = [{"href": "", "label": "", "text": message} for message in form.non_field_errors()]
    for bound in form:
        href = "" if bound.is_hidden else _target(bound)
        about = getattr(bound.field, "about", "")
        label = (f"{about}, " if about else "") + str(bound.label).rstrip("?:.! ")
        links += [{"href": href, "label": label, "text": message} for message in bound.errors]
    return links


def _target(bound: forms.BoundField) -> str:
    """A group of radios or checkboxes has no control with the field's own id: its first option has."""
    if bound.use_fieldset:
        return f"#{bound.auto_id}_0"
    return f"#{bound.id_for_label}"


class Honeypot(forms.CharField):
    """A field that people do not see (`components/field.html` moves it away) and bots fill in."""

    is_trap = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Leave this field empty"),
            required=False,
            widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
            **kwargs,
        )


class BotTrap(forms.Form):
    """Mixin for public forms: a field that only bots fill in, and a signed moment when the page was made.

    Nothing is dropped silently: a person who trips it is told what to do, and what they typed stays.
    """

    MIN_SECONDS = 2
    MAX_SECONDS = 24 * 3600

    homepage = Honeypot()
    shown_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["shown_at"] = shown_at_token()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if message := self._trap_message():
            self.add_error(None, forms.ValidationError(message, code="bot_trap"))
        return cleaned

    def _trap_message(self) -> Any:
        seconds = _seconds_since(self.cleaned_data.get("shown_at", ""))
        if self.cleaned_data.get("homepage"):
            self._replace(homepage="")
            return _(
                "A hidden field was filled in, perhaps by your browser. Nothing is lost: please send the form again."
            )
        if seconds is None or seconds > self.MAX_SECONDS:
            self._replace(shown_at=shown_at_token())
            return _(
                "This page was open for a long time. Nothing is lost: please check the form and send it again."
            )
        if seconds < self.MIN_SECONDS:
            return _("That was very quick. Please wait a few seconds and send the form again.")
        return None

    def _replace(self, **values: str) -> None:
        """What the form shows next time, whatever was sent."""
        self.data = self.data.copy()
        for name, value in values.items():
            self.data[self.add_prefix(name)] = value


_SALT = "alliance.form.shown"


def shown_at_token(seconds_ago: float = 0) -> str:
    """The signed moment for a form shown now; tests ask for an earlier one."""
    return signing.dumps(int(time.time() - seconds_ago), salt=_SALT)


def _seconds_since(token: str) -> float | None:
    try:
        return time.time() - float(signing.loads(token, salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
