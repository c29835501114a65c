"""The form of who a member is: first step of an application, and the member's own page. It checks; actions save."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from alliance.core.countries import country_choices, language_choices, language_name, official_languages
from alliance.core.forms import ModelForm
from alliance.core.languages import LANGUAGES, reader_language
from alliance.core.uploads import PictureField
from members import org_ids
from members.models import Member, Place, Sector

MAX_POPULATION = 100_000_000


class StepForm(ModelForm):
    """Base of the steps. `changes` holds what is valid, also when something else is not."""

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name in self.fields}


def _other_languages() -> list[tuple[str, str]]:
    """Languages that people write in and the portal does not speak."""
    others = [(code, name) for code, name in language_choices() if code not in LANGUAGES]
    return [("", pgettext("a list of languages", "Please choose")), *others]


class AuthorityForm(StepForm):
    """Step 1: who you are. One language is enough for name and description; others may follow."""

    logo_file = PictureField(
        label=_("Logo or coat of arms"), help_text=_("PNG, JPEG or WebP, at most 5 MB."), required=False
    )
    website = forms.URLField(
        label=_("Website"),
        help_text=_("The whole address, for example https://www.example.org"),
        error_messages={"invalid": _("Please enter a web address such as https://www.example.org.")},
        assume_scheme="https",
        max_length=300,
        required=False,
    )
    languages_spoken = forms.MultipleChoiceField(
        label=_("Languages that you can work in"),
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sectors = forms.ModelMultipleChoiceField(
        label=_("Sectors that interest you"),
        queryset=Sector.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    other_language = forms.ChoiceField(label=_("Another language"), choices=_other_languages, required=False)
    other_text = forms.CharField(
        label=_("About you in that language"), widget=forms.Textarea, max_length=3000, required=False
    )

    class Meta:
        model = Member
        fields = [
            "official_name",
            "country",
            *(f"{field}_{code}" for code in LANGUAGES for field in ("name", "description")),
            "population",
            "website",
            "org_id",
            "languages_spoken",
            "sectors",
            "parent",
        ]
        labels = {"official_name": _("Official name"), "parent": _("Association")}
        help_texts = {
            "org_id": _(
                "For public reports: the register and your number there, for example UA-EDR-37472062 or "
                "PL-REGON-000331501. You may leave it empty and add it later."
            ),
            "official_name": _("As it stands in your statute or in official letters, in your own language."),
            "parent": _("If you are a member of an association that has joined the Alliance."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        member = self.instance
        self.main = reader_language()
        self.fields["official_name"].required = True
        self.fields["sectors"].queryset = Sector.objects.top().in_order()
        self._offer_associations(member)
        self._name_languages()
        if text := member.original_texts.get("description"):
            self.initial |= {"other_language": member.original_language, "other_text": text}
        if member.place_id and member.place.register != Place.Register.OWN:
            del self.fields["country"]
        else:
            self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=country_choices)
        if not member.is_authority:
            del self.fields["population"]
        else:
            self.fields["population"].max_value = MAX_POPULATION
            self.fields["population"].validators.append(MaxValueValidator(MAX_POPULATION))

    def clean_org_id(self) -> str:
        value = org_ids.normal(self.cleaned_data["org_id"])
        if value and not org_ids.is_valid(value):
            raise forms.ValidationError(
                _("This is no identifier of that register: check the letters and each digit.")
            )
        return value

    def _offer_associations(self, member: Member) -> None:
        associations = Member.objects.associations().exclude(pk=member.pk)
        self.fields["parent"].queryset = associations.in_reading_order()
        if member.kind == Member.Kind.INSTITUTION or not associations.exists():
            del self.fields["parent"]
        else:
            self.fields["parent"].empty_label = pgettext_lazy("no association", "None of these")

    def _name_languages(self) -> None:
        for code in LANGUAGES:
            language = {"language": language_name(code)}
            self.fields[f"name_{code}"].label = _("Short name (%(language)s)") % language
            self.fields[f"description_{code}"].label = _("About you (%(language)s)") % language
            for field in ("name", "description"):
                self.fields[f"{field}_{code}"].required = False
                self.fields[f"{field}_{code}"].widget.attrs["lang"] = code
        self.fields[f"name_{self.main}"].help_text = _("As people call it, without the word for its kind.")
        self.fields[f"description_{self.main}"].help_text = _(
            "Two or three sentences: who you are, what you can give or what you need. One language is enough."
        )

    @property
    def main_texts(self) -> list[forms.BoundField]:
        return [self[f"name_{self.main}"], self[f"description_{self.main}"]]

    @property
    def other_texts(self) -> list[forms.BoundField]:
        others = [code for code in LANGUAGES if code != self.main]
        names = [f"{field}_{code}" for code in others for field in ("name", "description")]
        return [self[name] for name in (*names, "other_language", "other_text")]

    @property
    def first_languages(self) -> list[Any]:
        """The portal's languages, those of the country, and what is ticked; the others fold away."""
        spoken = {*LANGUAGES, *official_languages(self.instance.country)}
        return [option for option in self["languages_spoken"].subwidgets if _is_first(option, spoken)]

    @property
    def more_languages(self) -> list[Any]:
        first = {option.data["value"] for option in self.first_languages}
        return [option for option in self["languages_spoken"].subwidgets if option.data["value"] not in first]

    @property
    def has_other_errors(self) -> bool:
        return any(field.errors for field in self.other_texts)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        names = [f"name_{code}" for code in LANGUAGES]
        if not any(cleaned.get(name) for name in names) and not any(name in self.errors for name in names):
            self.add_error(f"name_{self.main}", _("Please enter the name in at least one language."))
        if cleaned.get("other_text") and not cleaned.get("other_language"):
            self.add_error("other_language", _("Please say which language the text is in."))
        return cleaned

    @property
    def changes(self) -> dict[str, Any]:
        changes = super().changes
        changes["logo_upload"] = changes.pop("logo_file", None)
        if "sectors" in changes:
            changes["sectors"] = list(changes["sectors"])
        language, text = changes.pop("other_language", ""), changes.pop("other_text", "")
        changes["original_texts"] = {"description": text} if text and language else {}
        written = [code for code in (self.main, *LANGUAGES) if changes.get(f"description_{code}")]
        if changes["original_texts"]:
            changes["original_language"] = language
        elif self.instance.original_language not in LANGUAGES:
            changes["original_language"] = next(iter(written), self.main)
        return changes


def _is_first(option: Any, spoken: set[str]) -> bool:
    return option.data["selected"] or option.data["value"] in spoken
