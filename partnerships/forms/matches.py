"""The forms of a handshake: messages, the answers, calls for help."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.forms import Form
from partnerships.models import Match

LONGEST_MESSAGE, LONGEST_WORDS = 3000, 1000


class OncePerPage(Form):
    """A form that says which showing of the page it comes from: sent twice, it is one."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", str(uuid.uuid4()))

    def clean_key(self) -> str:
        """Empty when it is not ours: then nothing protects against a double click, and nothing is lost."""
        try:
            return str(uuid.UUID(self.cleaned_data["key"]))
        except ValueError:
            return ""


class MessageForm(OncePerPage):
    """One message to the other side."""

    text = forms.CharField(
        label=_("Your message"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("It is sent in the name of your member. Your address is not shown."),
    )


class ReplyForm(MessageForm):
    """The same in an open conversation, where the page has said so already."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = ""
        self.fields["text"].widget.attrs["rows"] = 4


class DeclineForm(Form):
    reason = forms.ChoiceField(
        label=pgettext_lazy("of a refusal", "Why not?"),
        choices=Match.DeclineReason.choices,
        widget=forms.RadioSelect,
        help_text=_("The other side reads it. The Alliance counts the reasons, without names."),
    )
    text = forms.CharField(
        label=_("A few words to the other side"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict:
        cleaned = super().clean()
        if (
            cleaned.get("reason") == Match.DeclineReason.OTHER
            and not cleaned.get("text")
            and "text" not in self.errors
        ):
            self.add_error("text", _("Say in a few words what the reason is."))
        return cleaned


class EndForm(Form):
    text = forms.CharField(
        label=_("A few words to the other side"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class HelpForm(Form):
    kind = forms.ChoiceField(
        label=_("What do you need?"),
        choices=[
            (Match.Help.INTERPRETER, _("An interpreter: we have no common language")),
            (Match.Help.MEDIATOR, _("A mediator: we do not get any further on our own")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What should the secretariat know?"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For example the languages, and when you want to talk. Only the secretariat reads it."),
    )
