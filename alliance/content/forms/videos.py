"""What the desk writes of a video: an address on a video service or a film of our own, its words, its captions."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.content.forms.publications import DAY, PublicationForm, text_widgets
from alliance.content.models import Video, VideoWords
from alliance.content.players import SERVICES, read_address
from alliance.core.captions import CaptionField
from alliance.core.films import MAX_FILM_BYTES, FilmField
from alliance.core.languages import LANGUAGES
from alliance.core.uploads import PictureField

FILM_HINT = _(
    "MP4 or WebM of at most %(limit)d MB. Names and places that the camera wrote into it are removed."
)
LENGTH = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):([0-5]\d)", re.A)


class VideoForm(PublicationForm):
    """On a service or in our own storage: one of the two is asked for, and the other is emptied by it."""

    address = forms.URLField(
        label=_("Address on a video service"),
        required=False,
        assume_scheme="https",
        help_text=_(
            "As you copy it from YouTube, Vimeo or the Audiovisual Service of the Commission. Readers are asked before"
            " anything is loaded from there."
        ),
        widget=forms.URLInput(attrs={"class": "vURLField"}),
    )
    film = FilmField(label=_("Or the film itself"), required=False)
    length = forms.CharField(
        label=_("Length"),
        required=False,
        help_text=_("Minutes and seconds, for example 3:45. Of our own films it is read from the film."),
    )
    poster_file = PictureField(
        label=_("Poster"),
        required=False,
        help_text=_(
            "A picture that stands for the film until it is started: PNG, JPEG or WebP, best 960 × 540."
        ),
    )

    class Meta:
        model = Video
        fields = ["language", "recorded_on", "slug", "original_language"]
        fields += [f"{name}_{code}" for name in ("title", "summary") for code in LANGUAGES]
        widgets = {"recorded_on": DAY, **text_widgets(title=1, summary=3)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = {"limit": MAX_FILM_BYTES // (1024 * 1024)}
        self.fields["film"].help_text = FILM_HINT % most
        video = self.instance
        if video.pk:
            self.initial["length"] = f"{video.seconds // 60}:{video.seconds % 60:02}"
            if service := SERVICES.get(video.source):
                self.initial["address"] = service.page_url(video.foreign_id)

    def clean_address(self) -> str:
        address = self.cleaned_data["address"]
        if address and not read_address(address):
            raise forms.ValidationError(
                _("This is no address of a film on YouTube, Vimeo or the Audiovisual Service.")
            )
        return address

    def clean_length(self) -> int | None:
        text = self.cleaned_data["length"].strip()
        if not text:
            return None
        found = LENGTH.fullmatch(text)
        seconds = (
            sum(int(part or 0) * factor for part, factor in zip(found.groups(), (3600, 60, 1), strict=True))
            if found
            else 0
        )
        if not seconds:
            raise forms.ValidationError(_("Write minutes and seconds, for example 3:45."))
        return seconds

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        film, address = cleaned.get("film"), cleaned.get("address")
        if film and address and "address" in self.changed_data:
            self.add_error("film", _("Give an address or a film, not both."))
        elif film:
            self.instance.source, self.instance.foreign_id = Video.Source.OWN, ""
        elif address:
            self.instance.source, self.instance.foreign_id = read_address(address)
        elif not self.instance.is_own and not {"film", "address"} & set(self.errors):
            self.add_error("address", _("Give the address of the film, or the film itself."))
        if film:
            self.instance.seconds = film.seconds
        elif cleaned.get("length"):
            self.instance.seconds = cleaned["length"]
        elif not self.instance.seconds and "length" not in self.errors:
            self.add_error("length", _("How long is it? Write minutes and seconds, for example 3:45."))
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """What is in one place is checked by the database with the film in its place, which the action puts there."""
        return {*super()._get_validation_exclusions(), "source", "file", "size", "foreign_id"}


class VideoWordsForm(forms.ModelForm):
    """Captions, a transcript or both, in one language."""

    caption_file = CaptionField(
        label=_("Captions"),
        required=False,
        help_text=_("A WebVTT file (.vtt). A new one takes the place of the old."),
    )

    class Meta:
        model = VideoWords
        fields = ["language", "transcript"]
        widgets = {"transcript": forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"})}
        help_texts = {
            "transcript": _(
                "What is said, in paragraphs. An empty line begins a new one; **words** stand out."
            )
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("caption_file"):
            self.instance.captions = cleaned["caption_file"]
        if not self.instance.captions and not cleaned.get("transcript") and "caption_file" not in self.errors:
            self.add_error("transcript", _("Write the transcript or choose a file with captions."))
        return cleaned
