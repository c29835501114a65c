"""The form of a need or an offer: one page, as `ListingContent`. The action stores it.

`press()` answers the buttons that change the form itself (a line more, a line less, find a place) without judging it.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from alliance.core.countries import language_choices, language_name_lazy
from alliance.core.forms import Form, show_typed, standing_alone, summary_of
from alliance.core.languages import LANGUAGES, reader_language, shown
from members.models import Member, Sector
from members.names_shown import hidden_name_of
from partnerships.actions.listings import LONGEST_DAYS
from partnerships.drafts import ListingContent
from partnerships.forms.dream import DreamFields
from partnerships.forms.handover import HandoverFields
from partnerships.forms.lines import MOST_LINES, LineForms, item_choices
from partnerships.forms.stored import PART_LABELS, initial_of
from partnerships.models import Appeal, Listing

LONGEST_TITLE, LONGEST_TEXT, LONGEST_NOTE = 160, 5000, 3000
# More would say nothing about any of them.
MOST_SECTORS = 8
REQUIRED_TO_PUBLISH = ("text", "sectors", "expires_on")
LINES_WRONG = _("Please check the lines.")
PRESSES = ("add_line", "remove_line", "find_place", "drop_place")


def title_in(code: str) -> forms.CharField:
    return forms.CharField(
        label=format_lazy("{} ({})", _("Title"), language_name_lazy(code)),
        max_length=LONGEST_TITLE,
        required=False,
        widget=forms.TextInput(attrs={"lang": code}),
    )


def text_in(code: str) -> forms.CharField:
    return forms.CharField(
        label=format_lazy("{} ({})", _("Description"), language_name_lazy(code)),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"lang": code, "rows": 6}),
    )


PART_CHOICES = [
    ("", pgettext_lazy("who sees a part of a need or offer", "All who may read it")),
    ("members", pgettext_lazy("who sees a part of a need or offer", "Members of the Alliance")),
    ("partner", pgettext_lazy("who sees a part of a need or offer", "Our partner, after both sides agreed")),
    ("coordinators", pgettext_lazy("who sees a part of a need or offer", "The secretariat only")),
]


def note(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=hint,
    )


class ListingForm(HandoverFields, DreamFields, Form):
    """``is_draft``: only the title is needed, and a line is whole or absent."""

    # As the page shows them: the summary of errors follows it.
    field_order = [
        *("language", "title", "text"),
        *(f"{name}_{code}" for code in LANGUAGES for name in ("title", "text")),
        *("new_item", "sectors", "urgency", "appeal", "dream_id"),
        *("handover", "handover_text", "transport_by"),
    ]

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
    new_item = forms.ChoiceField(label=_("Item of the next line"), required=False)
    sectors = forms.MultipleChoiceField(
        label=_("Sectors"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Open a sector and tick what fits; several are possible."),
    )
    urgency = forms.ChoiceField(
        label=_("How urgent is it?"),
        choices=standing_alone(Listing.Urgency),
        widget=forms.RadioSelect,
        initial=Listing.Urgency.NORMAL,
        required=False,
    )
    appeal = forms.ChoiceField(
        label=_("Part of an appeal"), required=False, help_text=_("If it answers an appeal of the Alliance.")
    )
    transport_by = forms.ChoiceField(
        label=_("Who pays for transport?"),
        choices=standing_alone(
            Listing.TransportBy,
            ("", pgettext_lazy("who pays transport", "None needed, or not said")),
        ),
        required=False,
    )
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
    vars().update(
        {
            f"audience_{name}": forms.ChoiceField(label=label, choices=PART_CHOICES, required=False)
            for name, label in PART_LABELS.items()
        }
    )
    is_member_hidden = forms.BooleanField(label=_("Do not show our name in public"), required=False)
    names_no_site = forms.BooleanField(
        label=_(
            "The text names no site, no route and no date of delivery, and no photo or document shows one"
        ),
        required=False,
        help_text=_(
            "Needed for needs in energy, shelter, civil protection and demining that everyone may read: "
            "a published address can become a target."
        ),
    )
    partner_note = note(
        _("For your partner only"),
        _("They read it after both sides agreed: details of the place, conditions."),
    )
    desk_note = note(_("For the secretariat only"), _("What helps them find you a partner."))

    def __init__(
        self,
        *args: Any,
        kind: str,
        member: Member,
        listing: Listing | None = None,
        is_draft: bool = True,
        promised: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        self.kind, self.member, self.listing, self.is_draft = kind, member, listing, is_draft
        kwargs.setdefault("use_required_attribute", False)  # a draft may be saved half filled in
        if listing:
            kwargs["initial"] = initial_of(listing) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        stored = listing.lines.all() if listing else ()
        known = {"kind": kind, "stored": stored, "promised": promised}
        self.lines = (
            LineForms.of_data(self.data, is_judged=True, **known)
            if self.is_bound
            else LineForms.of_stored(**known)
        )
        self._offer_choices()
        self._explain()
        if is_draft:
            for name in REQUIRED_TO_PUBLISH:
                self.fields[name].required = False
        if kind == Listing.Kind.OFFER:
            del self.fields["names_no_site"], self.fields["dream_id"]

    @classmethod
    def typed(cls, data: Mapping[str, Any], **kwargs: Any) -> "ListingForm":
        """What was typed so far, shown again without judging it."""
        form = cls(**kwargs)
        show_typed(form, data)
        known = {"kind": form.kind, "stored": form.lines.stored.values(), "promised": form.lines.promised}
        form.lines = LineForms.of_data(data, is_judged=False, **known)
        return form

    def _offer_choices(self) -> None:
        self.fields["language"].choices = language_choices()
        self.initial.setdefault("language", reader_language())
        self._sectors = list(Sector.objects.in_order())
        self.fields["sectors"].choices = [(row.code, row.name) for row in self._sectors]
        self.fields["new_item"].choices = item_choices(self.lines.items)
        appeals = list(Appeal.objects.running().newest_first())
        if self.listing and self.listing.appeal and self.listing.appeal not in appeals:
            appeals.append(self.listing.appeal)
        # One that was closed while somebody wrote is refused in words, not dropped in silence.
        if appeals or (self.is_bound and self.data.get("appeal")):
            empty = ("", pgettext("appeal", "None"))
            self.fields["appeal"].choices = [
                empty,
                *((row.slug, str(shown(row, "title"))) for row in appeals),
            ]
        else:
            del self.fields["appeal"]

    def _explain(self) -> None:
        self.fields["is_member_hidden"].help_text = gettext(
            "Everyone reads “%(words)s” instead; members read your name. Your photos, documents, place of hand-over "
            "and project in DREAM are then shown to members only. See that the title and the description do not name "
            "you."
        ) % {"words": hidden_name_of(self.member)}
        today = timezone.localdate()
        self.fields["expires_on"].widget.attrs |= {
            "min": (today + timedelta(days=1)).isoformat(),
            "max": (today + timedelta(days=LONGEST_DAYS)).isoformat(),
        }

    # --- Buttons that change the form ----------------------------------------------------------------------

    def press(self, data: Mapping[str, Any]) -> None:
        """Do what the pressed button says, on a form that shows what was typed."""
        if "remove_line" in data:
            self.lines.remove(str(data["remove_line"]))
        elif "add_line" in data:
            self.initial["new_item"] = ""
            if data.get("new_item") in dict(self.flat_items):
                self.lines.add(str(data["new_item"]))
        self.press_handover(data)

    def refuse_lines(self, slugs: Iterable[str]) -> None:
        """Something was promised for these lines in the meantime: say so where they stand."""
        self.lines.refuse(slugs)
        self.add_error(None, LINES_WRONG)

    @property
    def flat_items(self) -> list[tuple[str, str]]:
        groups = self.fields["new_item"].choices
        flat = [
            pair
            for value, label in groups
            for pair in (label if isinstance(label, list) else [(value, label)])
        ]
        return [pair for pair in flat if pair[0]]

    @property
    def has_room(self) -> bool:
        return len(self.lines.forms) < MOST_LINES

    # --- What a page shows ---------------------------------------------------------------------------------

    @property
    def sector_groups(self) -> list[dict[str, Any]]:
        """Each sector with its sub-sectors as options; open where something is ticked."""
        options = {option.data["value"]: option for option in self["sectors"].subwidgets}
        groups = []
        for top in (row for row in self._sectors if row.parent_id is None):
            codes = [top.code, *(row.code for row in self._sectors if row.parent_id == top.pk)]
            chosen = [options[code] for code in codes if options[code].data["selected"]]
            options[top.code].data["label"] = pgettext("sector as a whole", "%(sector)s: in general") % {
                "sector": top.name
            }
            groups.append(
                {"label": top.name, "options": [options[code] for code in codes], "count": len(chosen)}
            )
        return groups

    @property
    def part_fields(self) -> list[forms.BoundField]:
        return [self[f"audience_{name}"] for name in PART_LABELS]

    @property
    def has_parts(self) -> bool:
        return any(field.value() or field.errors for field in self.part_fields)

    @property
    def has_notes(self) -> bool:
        return any(self[name].value() or self[name].errors for name in ("partner_note", "desk_note"))

    @property
    def translations(self) -> list[forms.BoundField]:
        return [self[f"{name}_{code}"] for code in LANGUAGES for name in ("title", "text")]

    @property
    def error_links(self) -> list[dict]:
        """The form's own errors in the order of the page, those of its lines where the lines stand."""
        if not self.is_bound:
            return []
        links = [link for link in summary_of(self) if link["text"] != str(LINES_WRONG)]
        words = ["language", "title", "text", *(field.name for field in self.translations)]
        before = {f"#{self[name].id_for_label}" for name in words}
        place = next(
            (n for n, link in enumerate(links) if link["href"] and link["href"] not in before), len(links)
        )
        return [*links[:place], *self.lines.error_links, *links[place:]]

    # --- What is acceptable --------------------------------------------------------------------------------

    def clean_expires_on(self) -> date | None:
        until = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if until and until <= today:
            raise forms.ValidationError(_("Choose a day after today."))
        if until and until > today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(_("Choose a day within one year; you can renew it later."))
        return until

    def clean_sectors(self) -> list[str]:
        codes = self.cleaned_data["sectors"]
        if len(codes) > MOST_SECTORS:
            raise forms.ValidationError(_("Choose at most %(most)d sectors.") % {"most": MOST_SECTORS})
        return codes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._check_translations(cleaned)
        self._check_lines(cleaned)
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

    def _check_lines(self, cleaned: dict[str, Any]) -> None:
        if not self.lines.is_valid():
            self.add_error(None, LINES_WRONG)
        if self.lines.is_too_long:
            self.add_error("new_item", _("At most %(most)d lines fit.") % {"most": MOST_LINES})
        elif cleaned.get("new_item"):
            self.add_error("new_item", _("Press “Add a line” and say how many, or choose nothing here."))
        elif not self.is_draft and not self.lines.forms:
            self.add_error("new_item", _("At least one line is needed: what, and how many."))

    def _needs_confirmation(self, cleaned: dict[str, Any]) -> bool:
        return Listing.must_name_no_site(self.kind, cleaned.get("audience", ""), cleaned.get("sectors") or [])

    @property
    def content(self) -> ListingContent:
        """What was written, when the form is valid."""
        data = self.cleaned_data
        titles, texts = (
            {code: data[f"{name}_{code}"] for code in LANGUAGES} | {data["language"]: data[name]}
            for name in ("title", "text")
        )
        parts = {name: data[f"audience_{name}"] for name in PART_LABELS}
        return ListingContent(
            language=data["language"],
            titles=titles,
            texts=texts,
            sectors=data["sectors"],
            lines=self.lines.written,
            expires_on=data["expires_on"],
            audience=data["audience"],
            field_audiences={name: audience for name, audience in parts.items() if audience},
            is_member_hidden=data["is_member_hidden"],
            urgency=data["urgency"] or Listing.Urgency.NORMAL,
            transport_by=data["transport_by"],
            handover=data["handover"],
            appeal=data.get("appeal", ""),
            dream_id=data.get("dream_id", ""),
            partner_note=data["partner_note"],
            desk_note=data["desk_note"],
            names_no_site=data.get("names_no_site", False),
        )
