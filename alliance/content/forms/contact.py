"""The contact form."""

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.content.models import Ticket, TicketMessage
from alliance.core.forms import BotTrap, ModelForm
from alliance.core.languages import reader_language


class ContactForm(BotTrap, ModelForm):
    """What a visitor writes to the Alliance: a ticket and its first message."""

    autocomplete = {"name": "name", "organisation": "organization"}

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Your message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))

    class Meta:
        model = Ticket
        fields = ["topic", "name", "organisation", "email"]
        labels = {"topic": _("What is it about?"), "name": _("Your name"), "email": _("Your e-mail address")}
        help_texts = {
            "email": _("We answer to this address and use it for nothing else."),
            "organisation": _("For example your municipality, region, association or newspaper."),
        }

    field_order = ["topic", "subject", "text", "name", "organisation", "email"]

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())

    def build(self) -> tuple[Ticket, TicketMessage]:
        """The unsaved ticket, in the language of the page, and its message."""
        self.instance.language = reader_language()
        message = TicketMessage(subject=self.cleaned_data["subject"], text=self.cleaned_data["text"])
        return self.instance, message
