"""Where goods change hands, in the form of a need or an offer: a hromada or a region of a register, never an address.

The place is found by its name (a submit button), then chosen. What is typed is never stored.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Place

SHOWN = 10


def places() -> Any:
    """What may be chosen: confirmed municipalities and regions."""
    return Place.objects.selectable().with_surroundings()


class HandoverFields(forms.Form):
    """Mixin: the hidden id of the chosen place, and the box in which one looks for it."""

    handover = forms.CharField(widget=forms.HiddenInput, required=False, max_length=18)
    handover_text = forms.CharField(
        label=_("Look for a hromada, town or region"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "In any spelling. A hromada or an oblast is enough: exact places are told to your partner later."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: list[Place] | None = None

    def press_handover(self, data: Mapping[str, Any]) -> None:
        if "drop_place" in data:
            self.initial |= {"handover": "", "handover_text": ""}
        elif "find_place" in data:
            self.initial["handover"] = ""
            self.found = self._look(str(data.get("handover_text", "")))

    def _look(self, text: str) -> list[Place]:
        text = " ".join(text.replace("\0", " ").split())[:100]
        if len(text) < 2:
            return []
        return places().find(text, limit=SHOWN) or places().similar(text, limit=SHOWN)

    @property
    def chosen_place(self) -> Place | None:
        return self._place(str(self["handover"].value() or ""))

    def _place(self, pk: str) -> Place | None:
        if not (pk.isascii() and pk.isdigit()):
            return None
        if self.listing and self.listing.handover_id == int(pk):
            return self.listing.handover  # also one that has left its register since
        return places().filter(pk=int(pk)).first()

    def clean_handover(self) -> int | None:
        value = self.cleaned_data["handover"]
        if not value:
            return None
        place = self._place(value)
        if place is None:
            raise forms.ValidationError(_("Choose a place from the list."))
        return place.pk

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("handover_text") and not cleaned.get("handover") and "handover" not in self.errors:
            self.found = self._look(cleaned["handover_text"])
            self.add_error(
                "handover_text", _("Choose one of the places that were found, or empty this field.")
            )
        return cleaned
