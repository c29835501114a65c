"""The form that asks for the newsletter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import BotTrap, Form
from alliance.core.languages import NATIVE_NAMES, reader_language


class SubscribeForm(BotTrap, Form):
    """An address and a language; the language of the page is offered first."""

    autocomplete = {"email": "email"}

    email = forms.EmailField(label=_("Your e-mail address"), max_length=254)
    language = forms.ChoiceField(
        label=_("In which language?"), choices=list(NATIVE_NAMES.items()), initial=reader_language
    )
