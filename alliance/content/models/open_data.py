"""Open data as tables: the files that are made once a day, and what changed in public, for those who follow us."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The order in which one reads on.
BY_NUMBER = [("number", "asc")]


class Download(models.Model):
    """A whole set as a file. Its bytes never change: a newer file has a name of its own, and the one before stays for a
    day, so that whoever is in the middle of it can go on."""

    name = models.CharField(max_length=30)
    form = models.CharField(max_length=10)
    file = models.FileField(upload_to="open-data/")
    made_at = models.DateTimeField()
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    older = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        ordering = ["name", "form"]
        constraints = [models.UniqueConstraint(fields=["name", "form"], name="download_once_per_form")]

    def __str__(self) -> str:
        return f"{self.name}.{self.form}"


class PublicRecordQuerySet(models.QuerySet):
    def newest(self):
        """Where whoever begins to follow now goes on."""
        return self.order_by("-number").first()


class PublicRecord(models.Model):
    """The last thing that happened in public to one record: it came, it changed, it went. Whoever follows reads on from
    the highest `number` that they know."""

    class Kind(models.TextChoices):
        MEMBER = "member"
        NEED = "need"
        OFFER = "offer"
        APPEAL = "appeal"
        TWINNING = "twinning"
        DELIVERY = "delivery"
        PLACE = "place"
        DOCUMENT = "document"

    kind = models.CharField(max_length=8, choices=Kind)
    key = models.CharField(max_length=90)
    # What was read of it, as a fingerprint: another one means that it changed.
    version = models.CharField(max_length=32)
    number = models.PositiveBigIntegerField(unique=True)
    is_withdrawn = models.BooleanField(default=False)
    # Projects of DREAM that everyone could read of it, now or before: who follows one learns also that it went.
    dream_ids = ArrayField(models.CharField(max_length=30), default=list, db_default=[])
    first_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = PublicRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("public record")
        verbose_name_plural = _("public records")
        indexes = [GinIndex(fields=["dream_ids"], name="publicrecord_dream", fastupdate=False)]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="publicrecord_once"),
            models.CheckConstraint(
                condition=Q(first_at__lte=models.F("changed_at")), name="publicrecord_changed_after_it_came"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def change(self) -> str:
        if self.is_withdrawn:
            return "withdrawn"
        return "published" if self.first_at == self.changed_at else "changed"
