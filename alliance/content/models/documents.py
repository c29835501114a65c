"""Documents: one publication, a file in each of its languages, and every file that it ever was."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Prefetch, Q
from django.db.models.functions import Coalesce, Left
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.revisions import Translated
from alliance.core.countries import PUBLISHED_IN, native_name, published_in_choices
from alliance.core.languages import any_filled, shown
from alliance.core.models import Dated
from alliance.core.states import Stated


class PublicationQuerySet(models.QuerySet):
    def public(self, now: datetime | None = None):
        """What readers see now: published, and its moment has come."""
        return self.filter(status=Publication.Status.PUBLISHED, published_at__lte=now or timezone.now())

    def known(self, now: datetime | None = None):
        """What readers see, and what they saw once: its address says what became of it."""
        withdrawn = Q(status=Publication.Status.WITHDRAWN)
        return self.filter(
            withdrawn | Q(status=Publication.Status.PUBLISHED, published_at__lte=now or timezone.now())
        )


class Publication(Stated, Dated, Translated):
    """Abstract: a document or a video, from its draft to its withdrawal."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("status of a publication", "draft")
        PUBLISHED = "published", pgettext_lazy("status of a publication", "published")
        WITHDRAWN = "withdrawn", pgettext_lazy("status of a publication", "withdrawn")

    # Back to a draft goes only what is planned and nobody has read yet.
    MOVES = {
        Status.DRAFT: {Status.PUBLISHED},
        Status.PUBLISHED: {Status.WITHDRAWN, Status.DRAFT},
        Status.WITHDRAWN: {Status.PUBLISHED},
    }

    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        help_text=_("Part of the address of its page; links to it break when it changes."),
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    # Ahead of us: it is planned, and read from that moment on.
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=1000, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=any_filled("title"), name="%(class)s_has_title"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="%(class)s_published_since",
            ),
        ]

    def __str__(self) -> str:
        return shown(self, "title").text or self.slug

    def get_absolute_url(self) -> str:
        return reverse(f"content:{self._meta.model_name}_detail", args=[self.slug])

    @property
    def is_withdrawn(self) -> bool:
        return self.status == self.Status.WITHDRAWN

    @property
    def is_planned(self) -> bool:
        return self.status == self.Status.PUBLISHED and self.published_at > timezone.now()

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.PUBLISHED and not self.is_planned


def _fetched(**of: Any) -> Coalesce:
    """How often files were fetched, as a column."""
    rows = DownloadCount.objects.filter(**of).order_by()
    one = next(iter(of))
    sums = rows.values(one).annotate(sum=models.Sum("count")).values("sum")
    return Coalesce(models.Subquery(sums), 0)


class DocumentQuerySet(PublicationQuerySet):
    def with_downloads(self):
        """With how often its files were fetched, in all languages."""
        return self.annotate(downloads_in_all=_fetched(file__document=models.OuterRef("pk")))

    def with_files(self):
        """With the files that readers are offered and the newest version of each: two queries."""
        files = DocumentFile.objects.offered().select_related("current")
        return self.prefetch_related(Prefetch("files", files, to_attr="offered_files"))

    def with_words(self, length: int):
        """With the files that readers may read as `read_files`, each with the beginning of its text as `words`."""
        files = DocumentFile.objects.readable().annotate(words=Left("current__text", length))
        return self.prefetch_related(Prefetch("files", files, to_attr="read_files"))

    def offered_in(self, languages):
        """Those with a file in one of ``languages``."""
        return self.filter(
            pk__in=DocumentFile.objects.offered().filter(language__in=languages).values("document")
        )

    def newest_first(self):
        return self.order_by("-dated_on", "-id")


class Document(Publication):
    """A publication of the Alliance in one or more languages."""

    class Kind(models.TextChoices):
        POSITION = "position", pgettext_lazy("kind of document", "Recommendations and positions")
        REPORT = "report", pgettext_lazy("kind of document", "Reports and studies")
        GUIDE = "guide", pgettext_lazy("kind of document", "Guides and templates")
        AGREEMENT = "agreement", pgettext_lazy("kind of document", "Agreements and declarations")
        MEETING = "meeting", pgettext_lazy("kind of document", "Programmes and minutes")
        NEWSLETTER = "newsletter", pgettext_lazy("kind of document", "Newsletters")
        OTHER = "other", pgettext_lazy("kind of document", "Other documents")

    # What one of them is called; the labels above name lists.
    ONE = {
        Kind.POSITION: pgettext_lazy("one document", "Recommendations"),
        Kind.REPORT: pgettext_lazy("one document", "Report"),
        Kind.GUIDE: pgettext_lazy("one document", "Guide"),
        Kind.AGREEMENT: pgettext_lazy("one document", "Agreement"),
        Kind.MEETING: pgettext_lazy("one document", "Meeting papers"),
        Kind.NEWSLETTER: pgettext_lazy("one document", "Newsletter"),
        Kind.OTHER: pgettext_lazy("one document", "Document"),
    }

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    dated_on = models.DateField(_("date"), help_text=_("The day that stands on the document."))
    # Empty: the Alliance's general rule is shown.
    why_missing = models.CharField(
        _("why other languages are missing"),
        max_length=500,
        blank=True,
        help_text=_("Shown below the files. Left empty, the general rule of the Alliance is shown."),
    )

    objects = DocumentQuerySet.as_manager()

    class Meta(Publication.Meta):
        verbose_name = pgettext_lazy("of the Alliance", "document")
        verbose_name_plural = pgettext_lazy("of the Alliance", "documents")
        ordering = ["-dated_on", "-id"]
        indexes = [models.Index(fields=["-dated_on", "-id"], name="document_newest")]

    @property
    def kind_of_one(self) -> str:
        return str(self.ONE[self.kind])


class DocumentFileQuerySet(models.QuerySet):
    def offered(self):
        """What readers are offered, in the order of the languages."""
        return self.filter(is_offered=True, current__isnull=False).order_by("position", "id")

    def readable(self):
        """What readers are offered and is still handed out."""
        return self.offered().filter(current__is_withheld=False)

    def with_counts(self):
        """With how often each was fetched, ever and in the last 30 days."""
        month = timezone.localdate() - timedelta(days=30)
        mine = models.OuterRef("pk")
        return self.annotate(
            downloads_in_all=_fetched(file=mine), downloads_in_month=_fetched(file=mine, day__gte=month)
        )


class DocumentFile(models.Model):
    """A document in one language: the address of its newest version, which never changes."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="files")
    language = models.CharField(_("language"), max_length=3, choices=published_in_choices)
    title = models.CharField(
        _("title in that language"), max_length=250, help_text=_("As it stands on the document.")
    )
    is_offered = models.BooleanField(
        pgettext_lazy("of a file", "offered"),
        default=True,
        help_text=_("Untick it if this file must not be read any more, its older versions included."),
    )
    # By language, as the institutions of the EU list them.
    position = models.PositiveSmallIntegerField(default=0, editable=False)
    current = models.ForeignKey(
        "DocumentVersion", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)

    objects = DocumentFileQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a document", "file")
        verbose_name_plural = pgettext_lazy("of a document", "files")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["document", "language"], name="documentfile_once_per_language"),
            models.CheckConstraint(condition=Q(title__gt=""), name="documentfile_has_title"),
            models.CheckConstraint(
                condition=Q(language__in=PUBLISHED_IN), name="documentfile_language_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def language_name(self) -> str:
        return native_name(self.language)


class DocumentVersionQuerySet(models.QuerySet):
    def unread(self):
        """Whose text nobody has taken out yet; one that cannot be read is not tried for ever."""
        return self.filter(text__isnull=True, tries__lt=DocumentVersion.MOST_TRIES).order_by("id")


class DocumentVersion(models.Model):
    """A file as it was sent, cleaned. A trigger refuses to change or delete it; what may change is whether it is still
    handed out, and the text that a worker takes out of it for the search."""

    MOST_TRIES = 3

    of_file = models.ForeignKey(DocumentFile, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    file = models.FileField(_("file"), upload_to="documents/")
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size"))
    # SHA-256 of the content: its ETag, and what tells a double click from a new version.
    digest = models.CharField(max_length=64, editable=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by whom")
    )
    is_withheld = models.BooleanField(_("no longer handed out"), default=False)
    # Null until a worker has read the file; empty when there is none in it.
    text = models.TextField(null=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = DocumentVersionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a file", "version")
        verbose_name_plural = pgettext_lazy("of a file", "versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["of_file", "number"], name="documentversion_number_once"),
            models.CheckConstraint(
                condition=Q(number__gt=0, size__gt=0), name="documentversion_is_something"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(text__isnull=True), name="documentversion_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def format(self) -> str:
        """“PDF”: the ending was given by what the file is."""
        return self.file.name.rsplit(".", 1)[-1].upper()


class DownloadCount(models.Model):
    """How often a file was fetched on one day. Nothing about who did."""

    file = models.ForeignKey(DocumentFile, models.CASCADE, related_name="downloads")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "day"], name="downloads_once_per_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"

    @classmethod
    def add_one(cls, file: DocumentFile) -> None:
        """One more today, whatever others add at the same moment."""
        today = timezone.localdate()
        if not cls.objects.filter(file=file, day=today).update(count=F("count") + 1):
            row = cls(file=file, day=today, count=0)
            cls.objects.bulk_create([row], ignore_conflicts=True)
            cls.objects.filter(file=file, day=today).update(count=F("count") + 1)
