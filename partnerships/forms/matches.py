"""The forms of a handshake: the first message and the answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.core.forms import Form

LONGEST_MESSAGE = 3000


class MessageForm(Form):
    """One message to the other side."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It is sent in the name of your member. Your address is not shown."),
    )
