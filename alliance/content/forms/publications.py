"""What documents and videos share at the desk: their words in three languages, their address, when they are read."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from alliance.content.forms.pages import TranslatedForm, language_widgets
from alliance.core.slugs import make_slug
from alliance.core.spelling import latin

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def text_widgets(**lines: int) -> dict[str, forms.Widget]:
    """A widget per language for each field: as many lines as its texts need."""
    kinds = {
        name: forms.Textarea(attrs={"rows": number, "class": "vLargeTextField"})
        if number > 1
        else forms.TextInput(attrs={"class": "vTextField"})
        for name, number in lines.items()
    }
    return language_widgets(**kinds)


class PublicationForm(TranslatedForm):
    """The original has a title; an address that nobody typed is made of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.require_original_title()
        original = f"title_{cleaned.get('original_language')}"
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
