"""How long a need or an offer holds: whom to warn, whom to ask whether it still stands. Questions over rows and the
numbers of days; `partnerships.actions.validity` acts on them."""

from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

# Days before the last day on which its member is warned.
WARN_DAYS = (14, 3)
# “Still valid” from a warning, or a renewal, adds so many days.
RENEWED_DAYS = 90
# Asked whether it still holds, so long after somebody last said so; reminded once; marked when nobody answers that.
ASK_AFTER_DAYS = 90
ASK_AGAIN_AFTER_DAYS = 14
MARK_AFTER_DAYS = 14


def day_begins(day: date) -> datetime:
    """The first moment of a day in the portal's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def until_days_ago(days: int) -> datetime:
    """Before this moment lies whatever happened ``days`` days ago or earlier, by the portal's calendar."""
    return day_begins(timezone.localdate() - timedelta(days=days - 1))


class ValidityQuerySet(models.QuerySet):
    """Mixin of `ListingQuerySet`, which knows what is open."""

    def due_to_expire(self):
        """Published but past their last day: what the sweep closes."""
        return self.filter(status=self.model.Status.PUBLISHED, expires_on__lt=timezone.localdate())

    def due_for_warning(self, days: int):
        """Open, ``days`` or fewer before the last day, and not yet warned of this last day so late or later.

        Whoever said within these days that it holds until then knows it, and is not warned.
        """
        begins = models.ExpressionWrapper(
            F("expires_on") - timedelta(days=days), output_field=models.DateField()
        )
        return (
            self.open()
            .filter(expires_on__lte=timezone.localdate() + timedelta(days=days))
            .exclude(warned_for=F("expires_on"), warned_days__lte=days)
            .annotate(confirmed_on=TruncDate(Coalesce("confirmed_at", "published_at")))
            .filter(confirmed_on__lt=begins)
        )

    def askable(self):
        """Open, and not so near the last day that a warning asks the same."""
        return self.open().filter(expires_on__gt=timezone.localdate() + timedelta(days=max(WARN_DAYS)))

    def due_for_question(self):
        """Nobody said for `ASK_AFTER_DAYS` that it still holds, and nobody was asked for as long."""
        moment = until_days_ago(ASK_AFTER_DAYS)
        said = Q(confirmed_at__lt=moment) | Q(confirmed_at=None, published_at__lt=moment)
        return self.askable().filter(said, Q(asked_at=None) | Q(asked_at__lt=moment))

    def due_for_second_question(self):
        """Asked `ASK_AGAIN_AFTER_DAYS` ago, not answered, not reminded yet."""
        moment = until_days_ago(ASK_AGAIN_AFTER_DAYS)
        return self.askable().filter(asked_at__lt=moment, asked_again_at=None)

    def awaiting_their_member(self):
        """What the member has to do something about: returned by the desk, about to expire, to be confirmed. The
        nearest last day first."""
        status = self.model.Status
        returned = Q(status=status.DRAFT) & ~Q(desk_message="")
        soon = timezone.localdate() + timedelta(days=max(WARN_DAYS))
        ending = Q(status=status.PUBLISHED) & (Q(expires_on__lte=soon) | Q(asked_at__isnull=False))
        return self.filter(returned | ending).order_by("expires_on", "id")
