"""Forms of the desk for prepared answers and rules against spam."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.content.canned import unknown
from alliance.content.models import CannedAnswer, SpamRule
from alliance.core.languages import LANGUAGES


class CannedAnswerForm(forms.ModelForm):
    """At least one language; and no placeholder that a reader would see as it is."""

    class Meta:
        model = CannedAnswer
        fields = ["title", "topic", "original_language", *(f"text_{code}" for code in LANGUAGES), "is_used"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for code in LANGUAGES:
            if wrong := unknown(cleaned.get(f"text_{code}") or ""):
                words = _("Nothing fills in %(names)s. There are {name} and {number}.")
                names = ", ".join(f"{{{name}}}" for name in wrong)
                self.add_error(f"text_{code}", ValidationError(words, params={"names": names}))
        original = cleaned.get("original_language")
        if original and not cleaned.get(f"text_{original}") and f"text_{original}" not in self.errors:
            self.add_error(f"text_{original}", _("Please write the text in the original language first."))
        return cleaned


class SpamRuleForm(forms.ModelForm):
    class Meta:
        model = SpamRule
        fields = ["kind", "value", "is_used"]

    def clean_value(self) -> str:
        value = " ".join(self.cleaned_data["value"].lower().split())
        if self.cleaned_data.get("kind") == SpamRule.Kind.SENDER and (" " in value or "." not in value):
            raise ValidationError(_("This is neither an address nor a domain."))
        if len(value) < 3:
            raise ValidationError(_("So few letters would catch too much."))
        return value
