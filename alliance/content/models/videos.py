"""Videos: on a foreign service, embedded after a click, or in our own storage; with captions and transcripts."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Prefetch, Q
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.documents import Publication, PublicationQuerySet
from alliance.core.countries import PUBLISHED_IN, native_name, published_in_choices


class VideoQuerySet(PublicationQuerySet):
    def with_words(self):
        """With its captions and transcripts, in the order of the languages: one query more."""
        return self.prefetch_related("words")

    def with_said(self, length: int):
        """With the beginning of each transcript and captions as `begun_transcript` and `begun_captions` of `said`."""
        begun = VideoWords.objects.annotate(
            begun_transcript=Left("transcript", length), begun_captions=Left("captions", length)
        )
        return self.prefetch_related(Prefetch("words", begun.defer("transcript", "captions"), to_attr="said"))

    def newest_first(self):
        return self.order_by("-recorded_on", "-id")


class Video(Publication):
    """A film of the Alliance, or one that it points to."""

    class Source(models.TextChoices):
        OWN = "own", pgettext_lazy("source of a video", "our own storage")
        YOUTUBE = "youtube", "YouTube"
        VIMEO = "vimeo", "Vimeo"
        EU = "eu", pgettext_lazy("source of a video", "Audiovisual Service of the European Commission")

    source = models.CharField(_("where it is"), max_length=7, choices=Source)
    # What the foreign service calls it; taken from the address that an editor pastes.
    foreign_id = models.CharField(
        max_length=40, blank=True, editable=False, validators=[RegexValidator(r"^[\w-]+$")]
    )
    file = models.FileField(_("film"), upload_to="videos/", blank=True, editable=False)
    content_type = models.CharField(max_length=20, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size"), default=0, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    poster = models.FileField(_("poster"), upload_to="videos/", blank=True, editable=False)
    language = models.CharField(_("spoken language"), max_length=3, choices=published_in_choices)
    seconds = models.PositiveIntegerField(_("length in seconds"))
    recorded_on = models.DateField(_("date"))

    objects = VideoQuerySet.as_manager()

    class Meta(Publication.Meta):
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["-recorded_on", "-id"]
        indexes = [models.Index(fields=["-recorded_on", "-id"], name="video_newest")]
        constraints = [
            *Publication.Meta.constraints,
            # In our own storage or with a foreign service, never both and never nowhere.
            models.CheckConstraint(
                condition=Q(source="own", foreign_id="", file__gt="", size__gt=0)
                | (~Q(source="own") & Q(file="") & ~Q(foreign_id="")),
                name="video_is_in_one_place",
            ),
            models.CheckConstraint(condition=Q(seconds__gt=0), name="video_has_length"),
            models.CheckConstraint(condition=Q(language__in=PUBLISHED_IN), name="video_language_is_known"),
        ]

    @property
    def is_own(self) -> bool:
        return self.source == self.Source.OWN

    @property
    def language_name(self) -> str:
        return native_name(self.language)


class VideoWords(models.Model):
    """What is said in a video, in one language: captions (WebVTT) beside the picture, a transcript below it."""

    video = models.ForeignKey(Video, models.CASCADE, related_name="words")
    language = models.CharField(_("language"), max_length=3, choices=published_in_choices)
    # By language, as the institutions of the EU list them.
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    captions = models.TextField(_("captions"), blank=True, editable=False)
    # Plain words with blank lines, lists, links and emphasis (Markdown).
    transcript = models.TextField(_("transcript"), max_length=200_000, blank=True)

    class Meta:
        verbose_name = _("captions and transcript")
        verbose_name_plural = _("captions and transcripts")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["video", "language"], name="videowords_once_per_language"),
            models.CheckConstraint(
                condition=Q(captions__gt="") | Q(transcript__gt=""), name="videowords_say_something"
            ),
            models.CheckConstraint(
                condition=Q(language__in=PUBLISHED_IN), name="videowords_language_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.language

    @property
    def language_name(self) -> str:
        return native_name(self.language)
