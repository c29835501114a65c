"""The forms of a member that looks for partners: what it wishes, why a suggestion is not for it, whom to leave out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.countries import country_choices, language_choices
from alliance.core.forms import Form
from members.models import Member, Sector
from partnerships.models import PartnerWish, Suggestion
from partnerships.models.wishes import MAX_CAPACITY

# More would be no condition any more.
MOST_MUSTS = 15


class AsideForm(Form):
    reason = forms.ChoiceField(
        label=pgettext_lazy("of a suggestion", "Why not?"),
        choices=Suggestion.Reason.choices,
        widget=forms.RadioSelect,
        help_text=_("The other side is not told. The Alliance counts the reasons, without names."),
    )
    is_veto = forms.BooleanField(
        label=_("Do not propose us to each other in matching rounds either"), required=False
    )


class WishForm(Form):
    is_looking = forms.ChoiceField(
        label=_("Are you looking for a partner?"),
        choices=[
            ("yes", _("Yes: suggest partners, and let us take part in matching rounds")),
            ("no", _("Not now: suggest nobody to us, and us to nobody")),
        ],
        widget=forms.RadioSelect,
    )
    capacity = forms.IntegerField(
        label=_("How many new partners can you take on?"),
        min_value=1,
        max_value=MAX_CAPACITY,
        help_text=_("A partnership takes somebody’s time. Most members begin with one."),
    )
    countries = forms.MultipleChoiceField(
        label=_("Only partners from these countries"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Tick nothing if the country does not matter."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Only partners that can work in one of these languages"),
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sectors = forms.ModelMultipleChoiceField(
        label=_("Only partners interested in one of these sectors"),
        queryset=Sector.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sectors"].queryset = Sector.objects.top().in_order()
        if member.country == "UA":
            self.fields["countries"].choices = [each for each in country_choices() if each[0] != "UA"]
        else:
            # Their partners are all in Ukraine.
            del self.fields["countries"]

    @classmethod
    def initial_of(cls, wish: PartnerWish | None) -> dict[str, Any]:
        if wish is None:
            return {"capacity": 1}
        return {
            "is_looking": "yes" if wish.looking_since else "no",
            "capacity": wish.capacity,
            "countries": wish.must_countries,
            "languages": wish.must_languages,
            "sectors": [sector.pk for sector in wish.must_sectors.all()],
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("countries", "languages", "sectors"):
            if len(cleaned.get(name) or ()) > MOST_MUSTS:
                self.add_error(
                    name, _("Choose at most %(most)d, or none if it does not matter.") % {"most": MOST_MUSTS}
                )
        return cleaned

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """The must-haves, folded away where nothing is chosen and nothing is wrong."""
        labels = {"countries": _("Countries"), "languages": _("Languages"), "sectors": _("Sectors")}
        return [
            {"label": label, "field": self[name], "is_open": bool(self[name].value() or self[name].errors)}
            for name, label in labels.items()
            if name in self.fields
        ]

    @property
    def wish(self) -> dict[str, Any]:
        """What `actions.change_partner_wish` takes."""
        data = self.cleaned_data
        return {
            "is_looking": data["is_looking"] == "yes",
            "capacity": data["capacity"],
            "countries": data.get("countries", []),
            "languages": data["languages"],
            "sectors": list(data["sectors"]),
        }
