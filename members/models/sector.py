"""The taxonomy of sectors, two levels. It stands with members, who name their sectors of interest; listings,
one floor up, use the same rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import reader_language


class SectorQuerySet(models.QuerySet):
    def top(self):
        return self.filter(parent__isnull=True)

    def in_order(self):
        return self.order_by("position", "code")


class Sector(models.Model):
    """A sector (``ENE``) or sub-sector (``ENE-02``) with its official correspondences."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField(default=0)
    name_en = models.CharField(max_length=200)
    name_pl = models.CharField(max_length=200)
    name_uk = models.CharField(max_length=200)
    keywords_en = models.TextField(blank=True)
    keywords_pl = models.TextField(blank=True)
    keywords_uk = models.TextField(blank=True)
    dac_codes = models.CharField(_("DAC 5-digit codes"), max_length=100, blank=True, help_text="73010;16040")
    rdna_sector = models.CharField(max_length=100, blank=True)
    ua_investment_sector = models.CharField(max_length=150, blank=True)
    sdg = models.CharField(max_length=40, blank=True)

    objects = SectorQuerySet.as_manager()

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return getattr(self, f"name_{reader_language()}")
