"""`EvidenceTables`: the needs by sector, code and oblast, as everyone reads them for a quarter; `EvidenceReport`: all
figures for the institutions at the end of a quarter, kept as they were published."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EvidenceReportQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-quarter")

    def of(self, quarter: str):
        """The report of a quarter (“2026-Q3”), if it is kept."""
        return self.filter(quarter=quarter).first()

    def lock_quarter(self, quarter: str) -> bool:
        """Whether a quarter is kept already; until the end of the transaction nobody else keeps one."""
        with connections[self.db].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self.model._meta.db_table])
        return self.filter(quarter=quarter).exists()


class EvidenceReport(models.Model):
    """One quarter. Append-only by a trigger: a published figure stays what it was."""

    quarter = models.CharField(_("quarter"), max_length=7, unique=True)
    computed_at = models.DateTimeField(_("figures computed"), default=timezone.now)
    # What everyone reads (`content.evidence`): figures by their ids, small cells kept back.
    published = models.JSONField(encoder=DjangoJSONEncoder)
    # The table by sector with what is kept back in it. Never shown, not even at the desk.
    counted = models.JSONField(encoder=DjangoJSONEncoder)

    objects = EvidenceReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence of a quarter")
        verbose_name_plural = _("evidence by quarter")
        ordering = ["-quarter"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__regex=r"^\d{4}-Q[1-4]$"), name="evidencereport_quarter_named"
            ),
        ]

    def __str__(self) -> str:
        return self.quarter


class EvidenceTablesQuerySet(models.QuerySet):
    def last(self):
        """What everyone reads now."""
        return self.order_by("-told_at", "-id").first()

    def lock(self) -> None:
        """Until the end of the transaction nobody else tells new ones."""
        with connections[self.db].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [self.model._meta.db_table])


class EvidenceTables(models.Model):
    """The tables of unmet needs, told once in a quarter: two looks in between show the same, so that nobody learns from
    their difference what is kept back. Append-only by a trigger."""

    told_at = models.DateTimeField(default=timezone.now)
    # What everyone reads, by the ids of the figures.
    figures = models.JSONField(encoder=DjangoJSONEncoder)
    # With what is kept back: the next ones are protected against these. Never shown, not even at the desk.
    counted = models.JSONField(encoder=DjangoJSONEncoder)

    objects = EvidenceTablesQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence of a quarter")
        verbose_name_plural = _("evidence by quarter")
        ordering = ["-told_at"]

    def __str__(self) -> str:
        return self.told_at.isoformat()
