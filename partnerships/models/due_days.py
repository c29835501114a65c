"""The day of a promise, moved openly: each wish of the giver with its reason and the receiver's answer."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Member
from partnerships.models.pledges import Pledge


class DayChangeQuerySet(models.QuerySet):
    def awaiting_answer_of(self, member: Member):
        """What a giver asked ``member``, the receiver, and nobody has answered."""
        return self.filter(answer=DayChange.Answer.OPEN, pledge__receiver=member).select_related("pledge")


class DayChange(models.Model):
    """The giver asks for another day. `Pledge.due_on`, by which a promise is late or not, moves only when the receiver
    agrees; the days before it stay readable here, for everyone."""

    class Answer(models.TextChoices):
        OPEN = "", pgettext_lazy("answer to another day", "not answered yet")
        AGREED = "agreed", pgettext_lazy("answer to another day", "agreed")
        DECLINED = "declined", pgettext_lazy("answer to another day", "declined")
        REPLACED = "replaced", pgettext_lazy("answer to another day", "replaced by a newer wish")

    pledge = models.ForeignKey(Pledge, models.PROTECT, related_name="day_changes")
    before = models.DateField()
    after = models.DateField()
    reason = models.TextField(_("reason"), max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=8, choices=Answer, blank=True, default=Answer.OPEN)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DayChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("another day")
        verbose_name_plural = _("other days")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(before=F("after")), name="daychange_is_another_day"),
            models.CheckConstraint(condition=Q(reason__gt=""), name="daychange_has_reason"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="daychange_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["pledge"], condition=Q(answer=""), name="daychange_one_open_question"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pledge}: {self.before} → {self.after}"

    @classmethod
    def first_day_of(cls, pledge: Pledge) -> date | None:
        """The day first agreed, where it was moved since; reads prefetched rows."""
        return next((row.before for row in pledge.day_changes.all() if row.answer == cls.Answer.AGREED), None)

    @property
    def is_open(self) -> bool:
        return self.answer == self.Answer.OPEN
