"""News of the Alliance: shown from a revision, the newest first."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.revisions import Revised, RevisedQuerySet, Translated
from alliance.core.languages import any_filled, shown
from partnerships.models import Appeal


class NewsQuerySet(RevisedQuerySet):
    def newest_first(self):
        return self.order_by("-published_at", "-id")

    def about(self, appeal: Appeal):
        """Of which readers see that it belongs to an appeal; a working copy may say otherwise."""
        now = timezone.now()
        is_planned = Q(planned_for__lte=now)
        in_plan, in_current = (
            Q(**{f"{name}__data__appeal_id": appeal.pk}) for name in ("planned", "current")
        )
        # What is not planned has no moment, which is neither before nor after now.
        not_yet = Q(planned_for__isnull=True) | Q(planned_for__gt=now)
        return self.public(now).filter(is_planned & in_plan | not_yet & in_current)


class NewsItem(Revised, Translated):
    """A piece of news, as the editors have it now; readers see its `current` revision."""

    REVISED = ("picture", "picture_width", "picture_height", "appeal_id")

    title = models.CharField(_("title"), max_length=150)
    lead = models.CharField(
        _("lead"),
        max_length=400,
        blank=True,
        help_text=_("One or two sentences that stand alone: they are shown in lists and feeds."),
    )
    text = models.TextField(_("text"), max_length=20_000, blank=True)
    # Where the picture is kept. A picture that was replaced stays there, since earlier versions show it.
    picture = models.CharField(max_length=120, blank=True, editable=False)
    picture_width = models.PositiveSmallIntegerField(default=0, editable=False)
    picture_height = models.PositiveSmallIntegerField(default=0, editable=False)
    picture_alt = models.CharField(
        _("what the picture shows"),
        max_length=200,
        blank=True,
        help_text=_("For people who cannot see it; left empty for a picture that only decorates."),
    )
    appeal = models.ForeignKey(
        Appeal, models.PROTECT, null=True, blank=True, related_name="news", verbose_name=_("about the appeal")
    )

    objects = NewsQuerySet.as_manager()

    class Meta(Revised.Meta):
        verbose_name = pgettext_lazy("of the Alliance", "news item")
        verbose_name_plural = pgettext_lazy("of the Alliance", "news")
        ordering = ["-published_at", "-id"]
        indexes = [models.Index(fields=["-published_at", "-id"], name="news_newest")]
        constraints = [
            *Revised.Meta.constraints,
            models.CheckConstraint(condition=any_filled("title"), name="news_has_title"),
            models.CheckConstraint(
                condition=Q(picture="") | Q(picture_width__gt=0, picture_height__gt=0),
                name="news_picture_has_a_size",
            ),
        ]

    def __str__(self) -> str:
        return shown(self, "title").text or self.slug

    def get_absolute_url(self) -> str:
        return reverse("content:news_detail", args=[self.slug])

    @property
    def shown_data(self) -> dict[str, Any]:
        """What readers see of it; empty when nobody does."""
        revision = self.shown_revision()
        return revision.data if revision else {}
