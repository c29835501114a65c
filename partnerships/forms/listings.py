"""The form of a need or an offer: one page, as `ListingContent`. The action stores it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from alliance.core.countries import language_choices
from alliance.core.forms import Form
from alliance.core.languages import LANGUAGES, NATIVE_NAMES, reader_language
from alliance.core.units import Unit
from members.models import Sector
from partnerships.actions.listings import LONGEST_DAYS
from partnerships.drafts import Line, ListingContent
from partnerships.models import Listing

LONGEST_TITLE, LONGEST_TEXT = 160, 5000
REQUIRED_TO_PUBLISH = ("text", "sector", "item", "quantity", "unit", "expires_on")


def sector_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Sectors with their sub-sectors, as groups of a select."""
    groups: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    rows = list(Sector.objects.in_order())
    for sector in rows:
        if sector.parent_id is None:
            whole = pgettext("sector as a whole", "%(sector)s: in general") % {"sector": sector.name}
            groups[sector.pk] = (sector.name, [(sector.code, whole)])
    for sector in rows:
        if sector.parent_id in groups:
            groups[sector.parent_id][1].append((sector.code, sector.name))
    return list(groups.values())


def title_in(code: str) -> forms.CharField:
    return forms.CharField(
        label=format_lazy("{} ({})", _("Title"), NATIVE_NAMES[code]),
        max_length=LONGEST_TITLE,
        required=False,
        widget=forms.TextInput(attrs={"lang": code}),
    )


def text_in(code: str) -> forms.CharField:
    return forms.CharField(
        label=format_lazy("{} ({})", _("Description"), NATIVE_NAMES[code]),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"lang": code, "rows": 6}),
    )


class ListingForm(Form):
    """``is_draft``: only the title is needed, and a quantity line is whole or absent."""

    language = forms.ChoiceField(
        label=_("Language you write in"),
        help_text=_("One language is enough. Readers of other languages see which one it is."),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        help_text=_("Say what it is in a few words, for example “Generators for the water works”."),
    )
    text = forms.CharField(
        label=_("Description"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "What for, for whom, by when, under which conditions. No names or telephone numbers: "
            "contacts are exchanged after both sides agree."
        ),
    )
    # One pair per language of the portal, whichever they are: title_en, text_en …
    vars().update({f"title_{code}": title_in(code) for code in LANGUAGES})
    vars().update({f"text_{code}": text_in(code) for code in LANGUAGES})
    sector = forms.ChoiceField(label=_("Sector"))
    other_sector = forms.ChoiceField(label=_("Another sector"), required=False)
    item = forms.CharField(label=_("What"), max_length=120)
    quantity = forms.DecimalField(
        label=_("How many"),
        max_digits=14,
        decimal_places=3,
        min_value=Decimal("0.001"),
        localize=True,
        error_messages={"min_value": _("Write a number above zero.")},
    )
    unit = forms.ChoiceField(label=_("Unit"), choices=[("", pgettext_lazy("unit", "Choose")), *Unit.choices])
    expires_on = forms.DateField(
        label=_("Valid until"),
        widget=forms.DateInput,
        help_text=_("At most one year from today. You can renew it with one click."),
    )
    audience = forms.ChoiceField(
        label=_("Who may read it"),
        choices=[
            ("public", pgettext_lazy("audience of a need or offer", "Everyone")),
            ("members", pgettext_lazy("audience of a need or offer", "Members of the Alliance only")),
        ],
        widget=forms.RadioSelect,
        initial="public",
    )
    names_no_site = forms.BooleanField(
        label=_("The text names no site, no route and no date of delivery"),
        required=False,
        help_text=_(
            "Needed for needs in energy, shelter, civil protection and demining that everyone may read: "
            "a published address can become a target."
        ),
    )

    def __init__(self, *args: Any, kind: str, is_draft: bool = True, **kwargs: Any) -> None:
        self.kind, self.is_draft = kind, is_draft
        kwargs.setdefault("use_required_attribute", False)  # a draft may be saved half filled in
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()
        self.initial.setdefault("language", reader_language())
        choices = sector_choices()
        for name in ("sector", "other_sector"):
            self.fields[name].choices = [("", pgettext("sector", "Choose")), *choices]
        today = timezone.localdate()
        self.fields["expires_on"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=LONGEST_DAYS)).isoformat(),
        }
        if kind == Listing.Kind.OFFER:
            del self.fields["names_no_site"]
        if is_draft:
            for name in REQUIRED_TO_PUBLISH:
                self.fields[name].required = False

    def clean_expires_on(self) -> date | None:
        until = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if until and until <= today:
            raise forms.ValidationError(_("Choose a day after today."))
        if until and until > today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choose a day within one year; you can renew it later."))
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_translations(cleaned)
        self._check_line(cleaned)
        if self._needs_confirmation(cleaned) and not cleaned.get("names_no_site"):
            self.add_error(
                "names_no_site",
                _("Confirm that the text names no site, or show the need to members of the Alliance only."),
            )
        return cleaned

    def _check_translations(self, cleaned: dict[str, Any]) -> None:
        for code in LANGUAGES:
            title, text = cleaned.get(f"title_{code}"), cleaned.get(f"text_{code}")
            if code == cleaned.get("language"):
                for name, again in (("title", title), ("text", text)):
                    if again and again != cleaned.get(name):
                        self.add_error(
                            f"{name}_{code}",
                            _(
                                "You wrote this language above already. Leave this field empty or correct the other."
                            ),
                        )
            elif text and not title and f"title_{code}" not in self.errors:
                self.add_error(f"title_{code}", _("Give this translation a title too."))

    def _check_line(self, cleaned: dict[str, Any]) -> None:
        names = ("item", "quantity", "unit")
        if any(cleaned.get(name) for name in names):
            for name in names:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Complete the quantity: what, how many, in which unit."))

    def _needs_confirmation(self, cleaned: dict[str, Any]) -> bool:
        chosen = {cleaned.get("sector") or "", cleaned.get("other_sector") or ""}
        return Listing.must_name_no_site(self.kind, cleaned.get("audience", ""), chosen)

    @property
    def content(self) -> ListingContent:
        """What was written, when the form is valid."""
        data = self.cleaned_data
        titles, texts = (
            {code: data[f"{name}_{code}"] for code in LANGUAGES} | {data["language"]: data[name]}
            for name in ("title", "text")
        )
        lines = [Line(data["item"], data["quantity"], data["unit"])] if data.get("item") else []
        return ListingContent(
            language=data["language"],
            titles=titles,
            texts=texts,
            sectors=[code for code in (data["sector"], data["other_sector"]) if code],
            lines=lines,
            expires_on=data["expires_on"],
            audience=data["audience"],
            names_no_site=data.get("names_no_site", False),
        )


def initial_of(listing: Listing) -> dict[str, Any]:
    """What the form shows of a stored listing."""
    language = listing.original_language or reader_language()
    is_ours = language in LANGUAGES
    line = next(iter(listing.lines.all()), None)
    sectors = [sector.code for sector in listing.sectors.all()]
    initial: dict[str, Any] = {
        "language": language,
        "sector": sectors[0] if sectors else "",
        "other_sector": sectors[1] if len(sectors) > 1 else "",
        "item": line.item if line else "",
        "quantity": line.quantity.normalize() if line else None,
        "unit": line.unit if line else "",
        "expires_on": listing.expires_on,
        "audience": listing.audience,
        "names_no_site": bool(listing.names_no_site_confirmed_at),
    }
    for name in ("title", "text"):
        initial[name] = (
            getattr(listing, f"{name}_{language}") if is_ours else listing.original_texts.get(name, "")
        )
        for code in LANGUAGES:
            initial[f"{name}_{code}"] = "" if code == language else getattr(listing, f"{name}_{code}")
    return initial
