"""What waits for a translator: one row for each thing and language, kept by `actions.translations`."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.languages import NATIVE_NAMES


class TranslationGapQuerySet(models.QuerySet):
    def waiting(self):
        """The longest wait first, with the things they are about."""
        return self.order_by("since", "id").prefetch_related("target")


class TranslationGap(models.Model):
    """Texts of one page, news item, document … that one language lacks, or has older than the original."""

    content_type = models.ForeignKey(
        ContentType, models.CASCADE, verbose_name=pgettext_lazy("of a page", "kind")
    )
    object_id = models.BigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    language = models.CharField(_("language"), max_length=3, choices=list(NATIVE_NAMES.items()))
    missing = models.PositiveSmallIntegerField(pgettext_lazy("translations", "missing"), default=0)
    outdated = models.PositiveSmallIntegerField(pgettext_lazy("translations", "outdated"), default=0)
    since = models.DateTimeField(pgettext_lazy("translations", "waiting since"), default=timezone.now)

    objects = TranslationGapQuerySet.as_manager()

    class Meta:
        verbose_name = _("translation to do")
        verbose_name_plural = _("translations to do")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "language"], name="translation_gap_once"
            ),
            models.CheckConstraint(
                condition=Q(missing__gt=0) | Q(outdated__gt=0), name="translation_gap_has_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} – {self.get_language_display()}"
