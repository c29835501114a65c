"""`UploadedSheet`: a table of needs and offers that a person sent and has not confirmed yet."""

import json

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Member


class UploadedSheetQuerySet(models.QuerySet):
    def of(self, user, member: Member | None):
        """The one table that a person has sent for a member, or without one at the desk."""
        rows = self.filter(user=user)
        return rows.filter(member=member) if member else rows.filter(member__isnull=True)


class UploadedSheet(models.Model):
    """Seen by the person alone; nothing of it is in a need or offer before it is confirmed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    # Empty: sent at the desk, for members that the table names.
    member = models.ForeignKey(Member, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=150)
    # Numbers of rows and their cells as JSON; text, since a table of its parts would say no more.
    rows = models.TextField()
    is_publishing = models.BooleanField(default=False)
    uploaded_at = models.DateTimeField(auto_now=True)

    objects = UploadedSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("table of needs and offers")
        verbose_name_plural = _("tables of needs and offers")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "member"], nulls_distinct=False, name="uploaded_sheet_one_each"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def table(self) -> list[tuple[int, list[str]]]:
        return [(number, cells) for number, cells in json.loads(self.rows)]
