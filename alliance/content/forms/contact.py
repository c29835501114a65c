"""The contact form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.content.forms.attachments import AttachmentsField
from alliance.content.models import Ticket, TicketMessage
from alliance.core.countries import country_choices
from alliance.core.forms import NO_CHOICE, BotTrap, ModelForm
from alliance.core.languages import reader_language


class ContactForm(BotTrap, ModelForm):
    """What a visitor writes to the Alliance: a ticket and its first message."""

    autocomplete = {"name": "name", "organisation": "organization"}

    subject = forms.CharField(label=_("Subject"), max_length=200)
    text = forms.CharField(label=_("Your message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8}))
    country = forms.ChoiceField(label=_("Your country"), required=False)
    files = AttachmentsField(
        label=_("Files"),
        required=False,
        help_text=_("At most five: PDF, DOCX, XLSX, PNG, JPEG or WebP, each no larger than 10 MB."),
    )

    class Meta:
        model = Ticket
        fields = ["topic", "name", "organisation", "email", "country"]
        labels = {"topic": _("What is it about?"), "name": _("Your name"), "email": _("Your e-mail address")}
        help_texts = {
            "email": _("We answer to this address and use it for nothing else."),
            "organisation": _("For example your municipality, region, association or newspaper."),
        }

    field_order = ["topic", "subject", "text", "files", "name", "organisation", "country", "email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", NO_CHOICE), *country_choices()]

    def clean_subject(self) -> str:
        return " ".join(self.cleaned_data["subject"].split())

    def build(self) -> tuple[Ticket, TicketMessage]:
        """The unsaved ticket, in the language of the page, and its message."""
        self.instance.language = reader_language()
        message = TicketMessage(subject=self.cleaned_data["subject"], text=self.cleaned_data["text"])
        return self.instance, message
