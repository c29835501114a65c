"""Forms of the desk at a ticket. `start(ticket, data)` fills in what is known before anybody types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.canned import filled
from alliance.content.forms.attachments import MOST_ANSWER_BYTES, AttachmentsField
from alliance.content.models import CannedAnswer, Ticket, TicketMessage
from alliance.core.countries import country_choices
from alliance.core.forms import CHOOSE
from alliance.core.languages import NATIVE_NAMES, shown
from alliance.users.models import User
from members.models import Member

MAX_ANSWER = 20_000
MOST_TAGS, LONGEST_TAG = 10, 40
WORDS = {"required": _("Please write a few words here: nothing is sent without them.")}


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "class": "vLargeTextField"})


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Your answer"),
        help_text=_(
            "It goes out by e-mail, with the message it answers below it. Blank lines make paragraphs."
        ),
        max_length=MAX_ANSWER,
        widget=_area(14),
        error_messages=WORDS,
    )
    files = AttachmentsField(
        label=_("Files"),
        required=False,
        most_bytes=MOST_ANSWER_BYTES,
        help_text=_(
            "They go out with the e-mail and stay at the ticket. At most five, together no larger than 15 MB:"
            " PDF, DOCX, XLSX, PNG, JPEG or WebP."
        ),
    )
    closes = forms.BooleanField(label=_("Close the ticket with this answer"), required=False)

    def start(self, ticket: Ticket, data: Any) -> None:
        """With the words of a prepared answer that a link of the page chose."""
        chosen = str(data.get("canned", ""))
        answer = CannedAnswer.objects.filter(pk=chosen, is_used=True).first() if chosen.isdecimal() else None
        if answer:
            words = str(shown(answer, "text", ticket.language))
            self.initial["text"] = filled(words, name=ticket.name, number=ticket.number)


class PreparedForm(forms.Form):
    """One prepared answer for many tickets. `seen`: the newest messages of all that were shown."""

    canned = forms.ModelChoiceField(
        label=_("Prepared answer"),
        help_text=_(
            "Everybody gets it in the language of their ticket. You read each letter before it is sent."
        ),
        queryset=CannedAnswer.objects.filter(is_used=True),
        empty_label=CHOOSE,
        error_messages={"required": _("Please choose a prepared answer.")},
    )
    closes = forms.BooleanField(label=_("Close the tickets with this answer"), required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_seen(self) -> set[int]:
        return {int(key) for key in self.cleaned_data["seen"].split(",") if key.isdecimal()}


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Your note"),
        help_text=_("Only the desk reads it. It is erased together with the ticket."),
        max_length=MAX_ANSWER,
        widget=_area(6),
        error_messages={"required": _("Please write a few words here.")},
    )


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, user: User) -> str:
        return user.name or user.email


class AssignForm(forms.Form):
    coordinator = PersonField(
        label=_("Who has it in hand"),
        required=False,
        queryset=User.objects.none(),
        empty_label=pgettext_lazy("of a ticket", "Nobody yet"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_staff=True, is_active=True).order_by("name", "email")
        self.fields["coordinator"].queryset = people

    def start(self, ticket: Ticket, data: Any) -> None:
        self.initial["coordinator"] = ticket.coordinator_id


class SortForm(forms.Form):
    topic = forms.ChoiceField(label=_("Topic"), choices=Ticket.Topic)
    language = forms.ChoiceField(
        label=_("Language in which it is answered"), choices=list(NATIVE_NAMES.items())
    )
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=400,
        help_text=_("Separated by commas, at most ten."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def start(self, ticket: Ticket, data: Any) -> None:
        names = ticket.tags.values_list("name", flat=True)
        self.initial |= {"topic": ticket.topic, "language": ticket.language, "tags": ", ".join(names)}

    def clean_tags(self) -> list[str]:
        tags = [" ".join(tag.split()).lower() for tag in self.cleaned_data["tags"].split(",")]
        tags = list(dict.fromkeys(filter(None, tags)))
        if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
            raise forms.ValidationError(_("At most ten tags, each no longer than 40 characters."))
        return tags


class SpamForm(forms.Form):
    is_sender_listed = forms.BooleanField(
        label=_("Put the sender on the list: what they write next goes to the folder, too"), required=False
    )


class ApplicationForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of member"), choices=Member.Kind)
    official_name = forms.CharField(label=_("Official name"), max_length=200)
    country = forms.ChoiceField(label=_("Country"))
    region_text = forms.CharField(label=_("Region"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", CHOOSE), *country_choices()]

    def start(self, ticket: Ticket, data: Any) -> None:
        self.initial |= {"official_name": ticket.organisation, "country": ticket.country}


class NeedForm(forms.Form):
    member = forms.CharField(
        label=_("Number of the member"), help_text=_("For example ALL-7F3K-9QXM."), max_length=20
    )
    title = forms.CharField(
        label=_("Title"), max_length=160, widget=forms.TextInput(attrs={"class": "vTextField"})
    )
    text = forms.CharField(
        label=_("Description"),
        help_text=_(
            "The words of the message. Leave out names and addresses of people: the need may be published."
        ),
        max_length=5000,
        widget=_area(10),
    )

    def start(self, ticket: Ticket, data: Any) -> None:
        members = Member.objects.filter(status=Member.Status.APPROVED, contact_email__iexact=ticket.email)
        known = members.values_list("reference", flat=True)[:2]
        first = ticket.messages.filter(kind=TicketMessage.Kind.RECEIVED).first()
        self.initial |= {
            "member": known[0] if len(known) == 1 else "",
            "title": first.subject[:160] if first else "",
            "text": first.text[:5000] if first else "",
        }

    def clean_member(self) -> Member:
        reference = self.cleaned_data["member"].strip().upper()
        member = Member.objects.filter(reference=reference, status=Member.Status.APPROVED).first()
        if member is None:
            raise forms.ValidationError(_("No accepted member has this number."))
        return member
