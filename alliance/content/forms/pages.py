"""What editors write at the desk: a page, its sections, when it is published. Warnings stand at the field."""

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models import Page, Section
from alliance.content.points import anchors_of
from alliance.content.refusals import PublishingRefused
from alliance.content.translations import State, findings
from alliance.core.languages import LANGUAGES, NATIVE_NAMES

OUTDATED = _(
    "Attention: the original was changed after this translation was made. Correct it, or confirm with the button"
    " “Translations still fit” that it may stay."
)


def language_widgets(**kinds: forms.Widget) -> dict[str, forms.Widget]:
    """A widget for each field and language, which says its language to screen readers and spelling checks."""
    widgets = {}
    for name, widget in kinds.items():
        for code in LANGUAGES:
            widgets[f"{name}_{code}"] = type(widget)(attrs={**widget.attrs, "lang": code})
    return widgets


class TranslatedForm(forms.ModelForm):
    """A form of the desk for something `Translated`: names its languages, warns where the original is newer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            stem, _line, code = name.rpartition("_")
            if stem and code in LANGUAGES:
                # Each language may wait; which are missing is shown above the form.
                field.required = False
                words = capfirst(self._meta.model._meta.get_field(stem).verbose_name)
                field.label = f"{words} – {NATIVE_NAMES[code]}"
        if self.instance.pk:
            for finding in findings(self.instance):
                field = self.fields.get(f"{finding.field}_{finding.language}")
                if field and finding.state == State.OUTDATED:
                    field.help_text = OUTDATED
                    field.widget.attrs["class"] = f"{field.widget.attrs.get('class', '')} is-outdated".strip()

    def require_original_title(self) -> None:
        """Whatever has a title has it in the language that it is written in first."""
        name = f"title_{self.cleaned_data.get('original_language')}"
        if name in self.fields and name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, _("Please write a title in the original language."))


class Unseen(forms.HiddenInput):
    """Django's admin labels hidden fields, too, and a label may lead to no control that nobody sees."""

    def id_for_label(self, id_: str) -> str:
        return ""


class RevisedForm(TranslatedForm):
    """The working copy of something `Revised`. Once published it keeps its address."""

    # The version that was before the editor's eyes: who saves second is told, and what was typed stays.
    seen = forms.CharField(required=False, widget=Unseen)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.version
        if self.instance.published_at and "slug" in self.fields:
            self.fields["slug"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        seen = cleaned.get("seen")
        if self.instance.pk and seen and seen != self.instance.version:
            raise forms.ValidationError(PublishingRefused.WORDS[PublishingRefused.CHANGED])
        self.require_original_title()
        return cleaned


class PageForm(RevisedForm):
    """Address, place and head of a page."""

    class Meta:
        model = Page
        fields = ["slug", "kind", "parent", "position", "original_language"]
        fields += [f"{name}_{code}" for name in ("title", "summary") for code in LANGUAGES]
        widgets = language_widgets(
            title=forms.TextInput(attrs={"size": 60}), summary=forms.Textarea(attrs={"rows": 3})
        )
        labels = {"position": _("place in lists")}
        help_texts = {
            "slug": _("The end of the page’s address: small Latin letters, digits and hyphens. Others link to it, so it"
                      " stays once the page is published."),
            "parent": _("The page that is shown above this one in the path."),
            "position": _("Pages with a smaller number come first."),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:
            self.fields["parent"].queryset = Page.objects.filter(parent=None).exclude(pk=self.instance.pk)


class SectionForm(TranslatedForm):
    """One section; its order is a number, so that it can be changed without scripts."""

    position = forms.IntegerField(
        label=pgettext_lazy("of a section", "Order"),
        required=False,
        min_value=1,
        max_value=999,
        help_text=_("1 stands on top. Two sections with the same number keep their order."),
    )

    class Meta:
        model = Section
        fields = ["position", "kind", "anchor", "original_language", "documents", "videos"]
        fields += [f"{name}_{code}" for name in ("title", "text") for code in LANGUAGES]
        widgets = language_widgets(
            title=forms.TextInput(attrs={"size": 40}), text=forms.Textarea(attrs={"rows": 9, "cols": 40})
        )
        help_texts = {
            "anchor": _("Letters may quote it: …/#address. Left empty, it is made from the English heading."),
            "kind": _("Numbered points: one point in each line that begins with “1. ”, its address at the end in"
                      " {#address}. The one thing to do: the first link becomes a button."),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["anchor"].required = False

    def clean_anchor(self) -> str:
        """Where nobody chose one: of the heading, or a number that no other section has."""
        anchor = self.cleaned_data["anchor"]
        if anchor:
            return anchor
        found = slugify(self.data.get(self.add_prefix("title_en"), ""))[:60].strip("-")
        return found if re.match(r"^[a-z]", found) else f"part-{self.prefix.rpartition('-')[2]}"

    def clean(self) -> dict[str, Any]:
        """Other pages and letters lead to the points of a page that the portal itself links to."""
        cleaned = super().clean()
        if self.instance.pk and self.instance.page.is_fixed:
            for code in LANGUAGES:
                known = set(anchors_of(self.initial.get(f"text_{code}") or ""))
                if lost := known - set(anchors_of(cleaned.get(f"text_{code}") or "")):
                    self.add_error(
                        f"text_{code}",
                        _("Other pages lead to these points, so their addresses must stay: %(names)s")
                        % {"names": ", ".join(f"{{#{name}}}" for name in sorted(lost))},
                    )
        return cleaned


class SectionFormSet(forms.BaseInlineFormSet):
    """The sections of a page; no two with one address."""

    def clean(self) -> None:
        """Instead of Django's own check, which would say it in words about columns."""
        seen: set[str] = set()
        for form in self.forms:
            anchor = getattr(form, "cleaned_data", {}).get("anchor")
            if not anchor or form in self.deleted_forms or not (form.instance.pk or form.has_changed()):
                continue
            if anchor in seen:
                form.add_error("anchor", _("Another section of this page has this address."))
            seen.add(anchor)

    def in_order(self) -> list[Section]:
        """What the page has from now on, by the numbers that the editor gave; without one, at the end."""
        kept = [
            form
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        numbered = sorted(
            enumerate(kept), key=lambda row: (row[1].cleaned_data.get("position") or 1000, row[0])
        )
        return [form.instance for _number, form in numbered]


class PublishForm(forms.Form):
    """At once, or at a moment that comes."""

    at = forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("Left empty: at once. Otherwise day and time in Brussels, for example 2027-01-31 09:00."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(
        label=_("What changed"),
        required=False,
        max_length=200,
        help_text=_("A few words for the other editors. Readers do not see them."),
        widget=forms.TextInput(attrs={"size": 60}),
    )

    def clean_at(self) -> Any:
        at = self.cleaned_data["at"]
        if at and at <= timezone.now():
            raise forms.ValidationError(
                _("This moment has passed. Leave the field empty to publish at once.")
            )
        return at


class ConfirmTranslationsForm(forms.Form):
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=list(NATIVE_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one language.")},
    )
