"""What documents and videos share at the desk: their words in three languages, their address, when they are read."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import LANGUAGES, NATIVE_NAMES
from alliance.core.slugs import make_slug
from alliance.core.spelling import latin

TITLE_MISSING = _("Write the title in the original language, here: the others are translations of it.")


class PublicationForm(forms.ModelForm):
    """The original has a title; an address that nobody typed is made of it."""

    # Fields per language, and how many lines each of them has.
    TEXTS = {"title": 1, "summary": 3}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, lines in self.TEXTS.items():
            for code in LANGUAGES:
                attrs = {"lang": code, "class": "vLargeTextField" if lines > 1 else "vTextField"}
                field = self.fields[f"{name}_{code}"]
                field.required = False
                field.label = f"{field.label.split(' [')[0]}: {NATIVE_NAMES[code]}"
                field.widget = (
                    forms.Textarea({**attrs, "rows": lines}) if lines > 1 else forms.TextInput(attrs)
                )
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        original = f"title_{cleaned.get('original_language')}"
        if original in self.fields and not cleaned.get(original) and original not in self.errors:
            self.add_error(original, TITLE_MISSING)
        if "slug" in self.fields and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = self._free_address(cleaned.get("title_en") or cleaned.get(original) or "")
        return cleaned

    def _free_address(self, title: str) -> str:
        made = slugify(latin(title))[:70].strip("-") or make_slug()
        taken = type(self.instance)._base_manager.filter(slug=made).exists()
        return f"{made}-{make_slug(5)}" if taken else made


class PublishForm(forms.Form):
    published_at = forms.DateTimeField(
        label=_("From when on"),
        help_text=_(
            "Left empty: at once. Otherwise everyone reads it from that moment on, by the clock of Brussels."
        ),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
