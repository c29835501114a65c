"""Forms of a twinning's life: a line of the work plan, a document, news, contacts, the hand-over of a place."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.countries import language_choices, language_name_lazy
from alliance.core.forms import Form
from alliance.core.languages import LANGUAGES, reader_language
from alliance.core.uploads import AttachmentField
from members.forms.people import InviteForm
from members.models import Representative
from partnerships.actions.twinning_life import News, Plan
from partnerships.forms.listings import LONGEST_TITLE, title_in
from partnerships.forms.matches import OncePerPage
from partnerships.models import Milestone, StaffHandOver, TwinningParty
from partnerships.names_shown import party_named

LONGEST_WHAT, LONGEST_CAPTION, LONGEST_NEWS = 300, 200, 5000


class MilestoneForm(Form):
    """``parties``: who may be named as the one who does it."""

    text = forms.CharField(
        label=_("What is to be done"),
        max_length=LONGEST_WHAT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One thing that can be ticked off. Only the parties and the secretariat read it."),
    )
    language = forms.ChoiceField(label=_("Language you write in"))
    due_on = forms.DateField(
        label=pgettext_lazy("of a line of a work plan", "Until"), widget=forms.DateInput, required=False
    )
    party = forms.ChoiceField(label=_("Who does it"), required=False)

    def __init__(self, *args: Any, parties: Sequence[TwinningParty], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = {str(party.pk): party for party in parties}
        names = [(key, party_named(party).name.text) for key, party in self.parties.items()]
        self.fields["party"].choices = [("", pgettext_lazy("who does it", "All parties together")), *names]
        self.fields["language"].choices = language_choices()
        self.initial.setdefault("language", reader_language())

    @property
    def plan(self) -> Plan:
        """What the action wants, when the form is valid."""
        data = self.cleaned_data
        party = self.parties.get(data["party"])
        return Plan(text=data["text"], language=data["language"], due_on=data["due_on"], party=party)


def initial_of(milestone: Milestone) -> dict[str, Any]:
    return {
        "text": milestone.text,
        "language": milestone.language,
        "due_on": milestone.due_on,
        "party": str(milestone.party_id or ""),
    }


class DocumentForm(Form):
    """One document more, for the parties alone."""

    field_order = ["file", "caption", "language"]

    file = AttachmentField(
        label=_("Document"),
        help_text=_(
            "PDF, DOCX, XLSX, PNG, JPEG or WebP, at most 10 MB. We take out what a file says of its author and of "
            "the place where a photo was taken."
        ),
    )
    caption = forms.CharField(
        label=_("What it is"),
        max_length=LONGEST_CAPTION,
        help_text=_("One sentence, for example “Minutes of the meeting in May”."),
    )
    language = forms.ChoiceField(label=_("Language you write in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()
        self.initial.setdefault("language", reader_language())


def text_in(code: str) -> forms.CharField:
    return forms.CharField(
        label=format_lazy("{} ({})", pgettext_lazy("of news", "Text"), language_name_lazy(code)),
        max_length=LONGEST_NEWS,
        required=False,
        widget=forms.Textarea(attrs={"lang": code, "rows": 6}),
    )


class NewsForm(OncePerPage):
    """One language is enough; the others may be added."""

    language = forms.ChoiceField(
        label=_("Language you write in"),
        help_text=_("One language is enough. Readers of other languages see which one it is."),
    )
    title = forms.CharField(label=_("Title"), max_length=LONGEST_TITLE)
    text = forms.CharField(
        label=pgettext_lazy("of news", "Text"),
        max_length=LONGEST_NEWS,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "What happened, who took part, what comes next. No telephone numbers or addresses of people."
        ),
    )
    vars().update({f"title_{code}": title_in(code) for code in LANGUAGES})
    vars().update({f"text_{code}": text_in(code) for code in LANGUAGES})
    names_no_site = forms.BooleanField(
        label=_("It names no site, no route and no date of a delivery"),
        help_text=_("Everyone will read it. Whoever aims at a place must not find it here."),
        error_messages={
            "required": _("Confirm that the text names no site, no route and no date of a delivery.")
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()
        self.initial.setdefault("language", reader_language())

    @property
    def translations(self) -> list[Any]:
        return [self[f"{name}_{code}"] for code in LANGUAGES for name in ("title", "text")]

    @property
    def has_translations(self) -> bool:
        return any(field.value() or field.errors for field in self.translations)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for code in LANGUAGES:
            title, text = cleaned.get(f"title_{code}"), cleaned.get(f"text_{code}")
            if code == cleaned.get("language"):
                self._check_again(code, title, text)
            elif bool(title) != bool(text) and not {f"title_{code}", f"text_{code}"} & set(self.errors):
                missing = "text" if title else "title"
                self.add_error(f"{missing}_{code}", _("A translation needs both: a title and a text."))
        return cleaned

    def _check_again(self, code: str, title: str | None, text: str | None) -> None:
        for name, again in (("title", title), ("text", text)):
            if again and again != self.cleaned_data.get(name):
                self.add_error(
                    f"{name}_{code}",
                    _("You wrote this language above already. Leave this field empty or correct the other."),
                )

    @property
    def news(self) -> News:
        """What the action wants, when the form is valid."""
        data = self.cleaned_data
        titles, texts = (
            {code: data[f"{name}_{code}"] for code in LANGUAGES} | {data["language"]: data[name]}
            for name in ("title", "text")
        )
        return News(language=data["language"], titles=titles, texts=texts)


NOBODY = pgettext_lazy("contact of a party", "Nobody yet")


class ContactsForm(Form):
    """``people``: the representatives of the party's member."""

    contact = forms.ChoiceField(
        label=pgettext_lazy("of a party of a twinning", "Contact"),
        help_text=_("The other parties see the name and the e-mail address."),
    )
    second = forms.ChoiceField(
        label=pgettext_lazy("of a party of a twinning", "Second contact"),
        required=False,
        help_text=_("For holidays and a change of staff."),
    )

    def __init__(self, *args: Any, people: Iterable[Representative], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(row.user_id): row.user for row in people}
        names = [(key, person.name or person.email) for key, person in self.people.items()]
        self.fields["contact"].choices = [("", _("Please choose")), *names]
        self.fields["second"].choices = [("", NOBODY), *names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("contact") and cleaned.get("contact") == cleaned.get("second"):
            self.add_error("second", _("The second contact has to be another person."))
        return cleaned

    @property
    def chosen(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"contact": self.people[data["contact"]], "second": self.people.get(data["second"])}


class HandOverForm(InviteForm):
    """Whose place goes to whom. ``seats``: the places with who holds them now."""

    field_order = ["seat", "email", "language", "role"]

    seat = forms.ChoiceField(label=_("Which place do you hand over?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, seats: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seat"].choices = seats
        self.initial.setdefault("seat", StaffHandOver.Seat.CONTACT.value)
        self.fields["email"].label = _("E-mail address of the successor")
        self.fields["email"].help_text = _("They need no account. The link works once, for two weeks.")
        self.fields["language"].label = _("Language of the letter")
