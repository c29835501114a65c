"""What the desk writes of a matching round: its title and quotas. The actions store it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.countries import country_choices
from partnerships.models import CountryQuota, MatchingRound
from partnerships.refusals import RoundRefused


class RoundForm(forms.ModelForm):
    class Meta:
        model = MatchingRound
        fields = ["title"]
        help_texts = {"title": _("Only the desk reads it, for example: Spring 2027.")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        others = MatchingRound.objects.under_way().exclude(pk=self.instance.pk)
        if self.instance.pk is None and others.exists():
            raise forms.ValidationError(str(RoundRefused(RoundRefused.UNDER_WAY)))
        return cleaned


class QuotaForm(forms.ModelForm):
    class Meta:
        model = CountryQuota
        fields = ["country", "most"]

    country = forms.ChoiceField(label=_("country"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        abroad = [choice for choice in country_choices() if choice[0] != "UA"]
        self.fields["country"].choices = [("", "---------"), *abroad]
        # In a table the column says what a field is, but not to a screen reader.
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = str(field.label)
