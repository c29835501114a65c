"""The form of a saved search: what it is called and how often it tells."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import Form
from partnerships.models import SavedSearch


class SavedSearchForm(Form):
    name = forms.CharField(
        label=_("Name of the search"),
        max_length=100,
        help_text=_("You will see it in the subject of the mails."),
    )
    frequency = forms.ChoiceField(
        label=_("How often do you want a mail?"),
        choices=SavedSearch.Frequency.choices,
        widget=forms.RadioSelect,
        initial=SavedSearch.Frequency.DAILY,
    )
