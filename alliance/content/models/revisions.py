"""What the Alliance publishes in its own words, kept whole at each publication: the working copy is the row, what
readers see is a revision of it. Pages, news and events build on `Revised`; whatever has texts per language on
`Translated`."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.translations import texts_of
from alliance.core.languages import DEFAULT_LANGUAGE, NATIVE_NAMES
from alliance.core.models import Dated


class Translated(models.Model):
    """Abstract: texts in each of our languages, one of which is the original of the others."""

    original_language = models.CharField(
        _("original language"),
        max_length=3,
        choices=list(NATIVE_NAMES.items()),
        default=DEFAULT_LANGUAGE,
        help_text=_("The language in which the texts are written first; the others are translations of it."),
    )
    # {"title": {"pl": fingerprint of the original that the Polish title was made from}}; `content.translations` reads
    # it to tell which translation is missing and which one is older than its original.
    made_from = models.JSONField(default=dict, blank=True, editable=False)
    # Fields without a language that belong to what is published and can be restored.
    REVISED: tuple[str, ...] = ()

    class Meta:
        abstract = True

    @property
    def version(self) -> str:
        """Which state of the row this is: what a form sends along, so that nobody overwrites another."""
        changed_at = getattr(self, "updated_at", None)
        return changed_at.isoformat() if changed_at else ""

    def translated_parts(self) -> list["Translated"]:
        """Everything whose texts belong to this: itself, and what is edited on its page."""
        return [self]

    def as_part(self) -> dict[str, Any]:
        """The texts in every language and what belongs to them, as plain JSON."""
        facts = {name: getattr(self, name) for name in self.REVISED}
        part = {
            **facts,
            "texts": texts_of(self),
            "original_language": self.original_language,
            "made_from": self.made_from,
        }
        return json.loads(json.dumps(part, cls=DjangoJSONEncoder))


class Revision(models.Model):
    """All of one page, news item or event as it was published, in every language. Append-only by a trigger."""

    content_type = models.ForeignKey(ContentType, models.PROTECT)
    object_id = models.BigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    number = models.PositiveIntegerField(_("version"))
    # Texts, order of sections and references by id; the model that publishes says what stands in it.
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("saved"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("by whom")
    )

    class Meta:
        verbose_name = pgettext_lazy("of a page", "version")
        verbose_name_plural = pgettext_lazy("of a page", "versions")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "number"], name="revision_number_once"
            ),
            models.CheckConstraint(condition=Q(number__gt=0), name="revision_number_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


class RevisedQuerySet(models.QuerySet):
    def public(self, now: datetime | None = None):
        """What readers see now: published, or planned for a moment that has come. With the revisions to show."""
        now = now or timezone.now()
        return self.filter(Q(current__isnull=False) | Q(planned_for__lte=now)).select_related(
            "current", "planned"
        )


class Revised(Dated):
    """Abstract: a working copy that editors change, and the revision of it that readers see.

    What is planned needs no sweep: the moment decides when it is read. `content.actions.publishing` turns the one
    that has come into `current` whenever somebody publishes again.
    """

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    current = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    planned = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    planned_for = models.DateTimeField(_("is published at"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("first published"), null=True, blank=True, editable=False)
    revisions = GenericRelation(Revision)

    objects = RevisedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(planned__isnull=True, planned_for__isnull=True)
                | Q(planned__isnull=False, planned_for__isnull=False),
                name="%(class)s_planned_with_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(current__isnull=True) | Q(published_at__isnull=False),
                name="%(class)s_published_since",
            ),
        ]

    def shown_revision(self, now: datetime | None = None) -> Revision | None:
        """The revision that readers see at ``now``; nothing before the first publication and after a withdrawal."""
        if self.planned_for and self.planned_for <= (now or timezone.now()):
            return self.planned
        return self.current

    @property
    def is_public(self) -> bool:
        return self.shown_revision() is not None

    @property
    def is_withdrawn(self) -> bool:
        """Was published once, and neither shown nor planned now."""
        return bool(self.published_at) and self.current_id is None and self.planned_id is None

    def snapshot(self) -> dict[str, Any]:
        """All of the working copy as plain JSON: what a revision keeps, and what a preview shows."""
        return self.as_part()

    def differs_from(self, revision: Revision | None) -> bool:
        """Whether readers of ``revision`` would read something else in the working copy."""
        return revision is None or words_in(revision.data) != words_in(self.snapshot())


def words_in(data: Any) -> Any:
    """A snapshot without the notes for translators, which no reader sees."""
    if isinstance(data, dict):
        return {name: words_in(value) for name, value in data.items() if name != "made_from"}
    return [words_in(value) for value in data] if isinstance(data, list) else data


NEWEST_FIRST = [F("published_at").desc(nulls_last=True), "-id"]
