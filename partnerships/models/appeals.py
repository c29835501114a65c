"""`Appeal`: a campaign of the Alliance with a target; needs and offers attach to it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.audience import Audience
from alliance.core.languages import (
    LANGUAGES,
    WithOriginal,
    all_languages_filled,
    any_language_filled,
    machine_prefetch,
    shown,
)
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from partnerships.coverage import Item, item_of
from partnerships.models.quantities import AskedLine


class AppealQuerySet(models.QuerySet):
    def public(self):
        """What anyone may read: running appeals, and closed ones with what came of them."""
        return self.filter(status__in=[Appeal.Status.OPEN, Appeal.Status.CLOSED])

    def running(self):
        """Open and not past the deadline: what a listing can be attached to."""
        return self.filter(status=Appeal.Status.OPEN, deadline__gte=timezone.localdate())

    def due_to_close(self):
        """Open and past the deadline: what the sweep closes."""
        return self.filter(status=Appeal.Status.OPEN, deadline__lt=timezone.localdate())

    def with_target(self):
        """With the lines of the target and their items, in a fixed number of queries."""
        return self.prefetch_related(*machine_prefetch(), "lines__template")

    def newest_first(self):
        return self.order_by("-opened_at", "-id")


class Appeal(Stated, WithOriginal, Dated):
    """Opened and closed by the desk. What was promised and delivered is computed from the ledger."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("appeal status", "draft")
        OPEN = "open", pgettext_lazy("appeal status", "open")
        CLOSED = "closed", pgettext_lazy("appeal status", "closed")

    MOVES = {
        Status.DRAFT: {Status.OPEN},
        Status.OPEN: {Status.CLOSED},
        Status.CLOSED: {Status.OPEN},
    }
    AUDIENCES = dict.fromkeys(
        ("slug", "title", "text", "lines", "deadline", "opened_at", "status"), Audience.PUBLIC
    )

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.DRAFT, editable=False)
    title = models.CharField(_("title"), max_length=160, blank=True)
    text = models.TextField(_("description"), max_length=5000, blank=True)
    deadline = models.DateField(_("until"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    # Opened before the Alliance asked for its words in all three languages; it keeps those that it has.
    is_from_before_languages = models.BooleanField(default=False, editable=False)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="draft") | (any_language_filled("title") & any_language_filled("text")),
                name="appeal_has_words",
            ),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(is_from_before_languages=True)
                | (all_languages_filled("title") & all_languages_filled("text")),
                name="appeal_speaks_all_languages",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(deadline__isnull=False, opened_at__isnull=False),
                name="appeal_open_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
                name="appeal_closed_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return shown(self, "title").text or self.slug

    @property
    def is_running(self) -> bool:
        """The same question as `AppealQuerySet.running()`, about one row."""
        return self.status == self.Status.OPEN and self.deadline >= timezone.localdate()

    def languages_without(self, field: str) -> list[str]:
        """Our languages in which ``field`` is not written."""
        return [code for code in LANGUAGES if not getattr(self, f"{field}_{code}")]

    @property
    def missing(self) -> list[str]:
        """Names of what a draft still needs before it can be opened."""
        facts = {
            "title": not self.languages_without("title"),
            "text": not self.languages_without("text"),
            "lines": self.lines.all(),
            "deadline": self.deadline and self.deadline >= timezone.localdate(),
        }
        return [name for name, is_there in facts.items() if not is_there]


class AppealLine(AskedLine):
    """One item of the target."""

    appeal = models.ForeignKey(Appeal, models.CASCADE, related_name="lines")

    class Meta(AskedLine.Meta):
        verbose_name = _("line of the target")
        verbose_name_plural = _("target")

    def as_item(self) -> Item:
        """What fitting asks of it."""
        return item_of(self, self.template, self.appeal.original_language)
