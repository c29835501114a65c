"""What editors write at the desk beside pages: news, events, issues of the newsletter."""

import zoneinfo
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance.content.forms.pages import RevisedForm, TranslatedForm, language_widgets
from alliance.content.models import Document, Event, NewsItem, NewsletterIssue
from alliance.core.languages import LANGUAGES
from alliance.core.uploads import clean_picture
from partnerships.models import Appeal

# Offered first: where most of the Alliance's events take place.
ZONES = ("Europe/Brussels", "Europe/Kyiv", "Europe/Warsaw")
WORDS = {"title": forms.TextInput(attrs={"size": 60}), "text": forms.Textarea(attrs={"rows": 14, "cols": 60})}
LEAD = forms.Textarea(attrs={"rows": 3, "cols": 60})


MARKS = _(
    "An empty line begins a new paragraph. A line that begins with “- ” is a point of a list. **bold**, *italic*,"
    " [words of a link](address)."
)


def explain_marks(form: forms.Form) -> None:
    for code in LANGUAGES:
        field = form.fields[f"text_{code}"]
        field.help_text = field.help_text or MARKS


def clock() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class NewsForm(RevisedForm):
    """A piece of news, with its picture."""

    upload = forms.FileField(
        label=_("picture"), required=False, help_text=_("PNG, JPEG or WebP, up to 5 MB. It is drawn anew.")
    )
    drops_picture = forms.BooleanField(label=_("without a picture"), required=False)

    class Meta:
        model = NewsItem
        fields = ["slug", "original_language", "appeal"]
        fields += [
            f"{name}_{code}" for name in ("title", "lead", "text", "picture_alt") for code in LANGUAGES
        ]
        widgets = language_widgets(**WORDS, lead=LEAD, picture_alt=forms.TextInput(attrs={"size": 60}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explain_marks(self)
        if "appeal" in self.fields:
            self.fields["appeal"].queryset = Appeal.objects.public().newest_first()

    def clean_upload(self) -> Any:
        return clean_picture(file) if (file := self.cleaned_data["upload"]) else None


class EventForm(RevisedForm):
    """An event. Its times are those of its place."""

    starts = forms.DateTimeField(
        label=_("begins"),
        widget=clock(),
        help_text=_("Day and time at the place of the event, for example 2027-01-31 09:00."),
    )
    ends = forms.DateTimeField(label=_("ends"), widget=clock())
    time_zone = forms.ChoiceField(label=_("time zone"))
    online_url = forms.URLField(
        label=_("address on the net"), max_length=300, required=False, assume_scheme="https"
    )

    class Meta:
        model = Event
        fields = ["slug", "original_language", "time_zone", "online_url"]
        fields += [f"{name}_{code}" for name in ("title", "lead", "text", "place") for code in LANGUAGES]
        widgets = language_widgets(**WORDS, lead=LEAD, place=forms.TextInput(attrs={"size": 60}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        explain_marks(self)
        rest = sorted(zoneinfo.available_timezones() - set(ZONES))
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in (*ZONES, *rest)]
        if self.instance.pk:
            for name in ("starts", "ends"):
                moment = getattr(self.instance, f"{name}_at").astimezone(self.instance.zone)
                self.initial[name] = moment.replace(tzinfo=None)

    def clean(self) -> dict[str, Any]:
        """What was typed is the clock of the place, whatever the clock of the server."""
        cleaned = super().clean()
        starts, ends, name = cleaned.get("starts"), cleaned.get("ends"), cleaned.get("time_zone")
        if starts and ends and name:
            zone = zoneinfo.ZoneInfo(name)
            starts, ends = (timezone.make_naive(one).replace(tzinfo=zone) for one in (starts, ends))
            if ends <= starts:
                self.add_error("ends", _("The event ends before it begins."))
            else:
                self.instance.starts_at, self.instance.ends_at = starts, ends
        return cleaned


class IssueForm(TranslatedForm):
    """An issue of the newsletter, as long as it was not sent."""

    class Meta:
        model = NewsletterIssue
        fields = ["number", "original_language", "document"]
        fields += [f"{name}_{code}" for name in ("title", "text") for code in LANGUAGES]
        widgets = language_widgets(**WORDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.fields:
            explain_marks(self)
            newsletters = Document.objects.filter(kind=Document.Kind.NEWSLETTER)
            self.fields["document"].queryset = newsletters.order_by("-dated_on", "-id")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.require_original_title()
        return cleaned
