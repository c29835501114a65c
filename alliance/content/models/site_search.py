"""`SiteEntry`: what finds pages, news, events, documents, videos, issues and surveys, one narrow row for each that is
public.

It only finds: what a reader may see is asked of the publications themselves each time (`found_by`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from alliance.content.entry_words import asked, in_titles
from alliance.content.models.documents import Document
from alliance.content.models.events import Event
from alliance.content.models.news import NewsItem
from alliance.content.models.pages import Page
from alliance.content.models.policy import PolicyIssue
from alliance.content.models.revisions import Revised
from alliance.content.models.surveys import Survey
from alliance.content.models.videos import Video
from alliance.core.languages import reader_language

# What stands in the index, in the order in which results are shown; the name is that in addresses.
INDEXED: Mapping[str, type[models.Model]] = {
    "page": Page,
    "news": NewsItem,
    "event": Event,
    "document": Document,
    "video": Video,
    "issue": PolicyIssue,
    "survey": Survey,
}


class SiteEntryQuerySet(models.QuerySet):
    def of(self, model: type[models.Model]):
        return self.filter(content_type=ContentType.objects.get_for_model(model))

    def matching(self, tsquery: str, language: str):
        words = SearchQuery(tsquery, config="simple", search_type="raw")
        return self.filter(**{f"vector_{language}": words})


class SiteEntry(models.Model):
    """Terms of one publication as readers of each language have it; those of its title weigh A."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.BigIntegerField()
    # Which revision was read; of what has none, when it was read.
    revision_id = models.BigIntegerField(default=0)
    indexed_at = models.DateTimeField()
    vector_en = SearchVectorField()
    vector_pl = SearchVectorField()
    vector_uk = SearchVectorField()

    objects = SiteEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_type", "object_id"], name="siteentry_once"),
        ]
        indexes = [
            GinIndex(fields=[f"vector_{code}"], name=f"siteentry_{code}", fastupdate=False)
            for code in ("en", "pl", "uk")
        ]

    def __str__(self) -> str:
        return f"{self.content_type_id}/{self.object_id}"


def found_by(rows: QuerySet, text: str) -> QuerySet:
    """Those of ``rows`` (public ones) that the reader's words find, with `rank`: 0 where the title says them all."""
    language, tsquery = reader_language(), asked(text)
    if not tsquery:  # words that say nothing; a page by key asks for `rank` all the same
        return rows.filter(pk=0).annotate(rank=Value(1, output_field=IntegerField()))
    entries = SiteEntry.objects.of(rows.model)
    titled = entries.matching(in_titles(tsquery), language).values("object_id")
    rank = Case(When(pk__in=titled, then=0), default=1, output_field=IntegerField())
    return rows.filter(pk__in=entries.matching(tsquery, language).values("object_id")).annotate(rank=rank)


def not_indexed(model: type[models.Model], now: datetime) -> QuerySet:
    """Public rows whose entry is missing or tells of something older than what readers see at ``now``."""
    rows: Any = model.objects.public(now)
    entries = SiteEntry.objects.of(model).filter(object_id=OuterRef("pk"))
    if issubclass(model, Revised):
        shown = Case(When(Q(planned_for__lte=now), then=F("planned_id")), default=F("current_id"))
        rows = rows.annotate(_shown=shown)
        return rows.exclude(Exists(entries.filter(revision_id=OuterRef("_shown"))))
    # A move to another status leaves the moment of the last edit as it was.
    fresh = entries.filter(indexed_at__gte=OuterRef("updated_at"))
    return rows.exclude(Exists(fresh.filter(indexed_at__gte=OuterRef("status_changed_at"))))


def not_public(model: type[models.Model], now: datetime) -> QuerySet:
    """Entries of what readers no longer see."""
    public: Any = model.objects.public(now)
    return SiteEntry.objects.of(model).exclude(object_id__in=public.values("pk"))
