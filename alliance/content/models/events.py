"""Events of the Alliance: what they are about is shown from a revision; when they are and whether they take place holds
at once, since calendars have to follow."""

import zoneinfo
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.revisions import Revised, RevisedQuerySet, Translated
from alliance.content.time_zones import check_time_zone
from alliance.core.languages import any_filled, shown


class EventQuerySet(RevisedQuerySet):
    def coming(self, now: datetime | None = None):
        """What has not ended yet, the next one first."""
        return self.filter(ends_at__gte=now or timezone.now()).order_by("starts_at", "id")

    def past(self, now: datetime | None = None):
        """What is over, the latest first."""
        return self.filter(ends_at__lt=now or timezone.now()).order_by("-starts_at", "-id")


class Event(Revised, Translated):
    """A conference, a webinar, a visit: at a place, on the net, or both."""

    title = models.CharField(_("title"), max_length=150)
    lead = models.CharField(_("lead"), max_length=400, blank=True)
    text = models.TextField(_("text"), max_length=20_000, blank=True)
    place = models.CharField(
        pgettext_lazy("of an event", "place"),
        max_length=200,
        blank=True,
        help_text=_("Town and address; empty for an event on the net."),
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    time_zone = models.CharField(
        _("time zone"), max_length=40, default="Europe/Brussels", validators=[check_time_zone]
    )
    online_url = models.URLField(_("address on the net"), max_length=300, blank=True)
    is_cancelled = models.BooleanField(_("does not take place"), default=False, editable=False)
    # RFC 5545: rises with each change of what a calendar shows.
    sequence = models.PositiveIntegerField(default=0, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta(Revised.Meta):
        verbose_name = pgettext_lazy("of the Alliance", "event")
        verbose_name_plural = pgettext_lazy("of the Alliance", "events")
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["starts_at", "id"], name="event_by_day")]
        constraints = [
            *Revised.Meta.constraints,
            models.CheckConstraint(condition=any_filled("title"), name="event_has_title"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="event_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return shown(self, "title").text or self.slug

    def get_absolute_url(self) -> str:
        return reverse("content:event_detail", args=[self.slug])

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    @property
    def shown_data(self) -> dict[str, Any]:
        """What readers see of its texts; empty when nobody does."""
        revision = self.shown_revision()
        return revision.data if revision else {}
