"""`ListingSearch`: what finds listings, one narrow row for each published one. Lists and their counts ask it.

All words of a row, in every language, and its facet values are lexemes of one tsvector, stored out of line: a
search with any filters is one intersection in one GIN index. Rows are grouped by `age`; each group has a
partial index and holds several times as many rows as the one before. A search walks the groups, newest first,
until a page is full, so the newest page costs the same among ten thousand rows and a million.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connections, models, transaction
from django.db.models import Q

from alliance.core.languages import LANGUAGES
from alliance.core.lists import Cursor
from members.models import Member
from partnerships.models.facets import SINGLE, exact_counts
from partnerships.models.listings import Listing
from partnerships.models.search_lines import LineAsked, needs_lines
from partnerships.models.search_sql import (
    NEWEST,
    PLAN,
    Order,
    everything_sql,
    facets_sql,
    group_sql,
    ids_sql,
    probe_sql,
    walk_sql,
)
from partnerships.search_text import FOR_MEMBERS, quoted

# Rows of the groups 0, 1, 2; the last group takes the rest.
AGE_SIZES = (2_000, 16_000, 128_000)
AGES = range(len(AGE_SIZES) + 1)
# Counts look at so many hits; beyond them a count is a lower bound (“37+”).
COUNT_SCAN = 20_000
# Facets of what an author may keep for members (`actions.search.facets_of`).
NARROWED = frozenset({"help", "item", "cover", "partner", "dream_id"})


@dataclass(frozen=True)
class Criteria:
    """What a reader asks for. ``words`` is a tsquery; each group of ``facets`` is one of, all groups hold."""

    today: date
    for_members: bool = False
    kind: str = ""
    words: str | None = None
    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    valid_until: date | None = None
    # What one line has to be, where facets do not say it all.
    lines: LineAsked | None = None

    def without(self, name: str) -> "Criteria":
        lines = self.lines.without(name) if self.lines else None
        facets = tuple(group for group in self.facets if group[0] != name)
        return replace(self, facets=facets, lines=lines if needs_lines(lines) else None)

    @property
    def is_summarised(self) -> bool:
        """Whether the summary of facets knows the counts: no words, no day, no size, and one filter at most."""
        if self.words or self.valid_until or self.lines or len(self.facets) > 1:
            return False
        return all(
            name in SINGLE or len({token.removeprefix(FOR_MEMBERS) for token in tokens}) == 1
            for name, tokens in self.facets
        )

    @property
    def tsquery(self) -> str:
        """Words and facets as one tsquery; empty when only columns decide."""
        parts = [f"({self.words})"] if self.words else []
        groups = [tokens for _name, tokens in self.facets]
        if self.lines:
            groups += [seen_tokens(tokens, for_members=self.for_members) for tokens in self.lines.tokens]
        parts += [f"({' | '.join(map(quoted, tokens))})" for tokens in groups]
        return " & ".join(parts)


class ListingSearchQuerySet(models.QuerySet):
    def ids(
        self, criteria: Criteria, cursor: Cursor | None = None, size: int = 25, order: Order = NEWEST
    ) -> list["Hit"]:
        """Up to ``size + 1`` hits in walking order, exactly the first (or next) ones there are."""
        if criteria.words == "":
            return []
        if not criteria.tsquery:  # the columns keep nearly every row: an ordered walk fills the page
            return self._fetch(order, *walk_sql(criteria, cursor, size, order))
        if cursor or not criteria.words or order != NEWEST:
            probed = self._fetch(order, *probe_sql(criteria, cursor, size, order))
            if len(probed) > size:
                return probed
        if order != NEWEST:
            return self._fetch(order, *everything_sql(criteria, cursor, size, order, AGES))
        return self._newest(criteria, cursor, size)

    def _newest(self, criteria: Criteria, cursor: Cursor | None, size: int) -> list["Hit"]:
        """From group to group until the page is full."""
        hits: list[Hit] = []
        seen: set[int] = set()
        for age in reversed(AGES) if cursor and cursor.is_backwards else AGES:
            for hit in self._fetch(NEWEST, *group_sql(criteria, cursor, size, age)):
                if hit.listing_id not in seen:  # a row that grows older between two statements comes twice
                    seen.add(hit.listing_id)
                    hits.append(hit)
            if len(hits) > size:
                break
        return hits[: size + 1]

    def every_id(self, criteria: Criteria) -> array:
        """All hits in the order of the list: eight bytes each, for a file that reads their rows chunk by chunk."""
        found = array("q")
        if criteria.words == "":
            return found
        connection = connections[self.db]
        with transaction.atomic(self.db):
            with connection.cursor() as cursor:
                cursor.execute(PLAN)
            with connection.chunked_cursor() as cursor:
                cursor.execute(*ids_sql(criteria))
                while rows := cursor.fetchmany(COUNT_SCAN):
                    found.extend(pk for (pk,) in rows)
        return found

    def counts(self, criteria: Criteria) -> "Counts":
        """How many hits, and how many of them carry each facet value. Exact without words and with one filter; else
        the first `COUNT_SCAN` hits are counted."""
        if criteria.words == "":
            return Counts(0, {})
        if criteria.is_summarised:
            kinds = [criteria.kind] if criteria.kind else Listing.Kind.values
            asked = criteria.facets[0][1] if criteria.facets else ()
            return Counts(
                *exact_counts(
                    self.db,
                    today=criteria.today,
                    kinds=kinds,
                    is_public_only=not criteria.for_members,
                    asked=asked,
                )
            )
        with connections[self.db].cursor() as cursor:
            cursor.execute(*facets_sql(criteria, COUNT_SCAN, AGES))
            found = dict(cursor.fetchall())
        total = found.pop("*", 0)
        return Counts(total, found, is_exact=total < COUNT_SCAN)

    def _fetch(self, order: Order, sql: str, params: list[Any]) -> list["Hit"]:
        names = ["version" if column == "indexed_at" else column for column in order.columns]
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall()
        if tuple(names) == Hit._fields[: len(names)]:
            return [Hit(*row) for row in rows]
        return [Hit(**dict(zip(names, row, strict=True))) for row in rows]


@dataclass(frozen=True)
class Counts:
    """``total`` hits, and how many of them carry each facet value; lower bounds when they are not exact."""

    total: int
    found: dict[str, int]
    is_exact: bool = True

    def of(self, token: str, *, for_members: bool) -> int:
        """How many a reader finds by a facet value: members also by what only they read. No listing carries both."""
        return sum(self.found.get(each, 0) for each in seen_tokens([token], for_members=for_members))

    def values_of(self, prefix: str, *, for_members: bool) -> list[str]:
        """The values of a facet that occur for a reader."""
        starts = seen_tokens([f"{prefix}:"], for_members=for_members)
        return [
            token.removeprefix(start) for token in self.found for start in starts if token.startswith(start)
        ]


class Hit(NamedTuple):
    """A row of the list before its listing is read; of the keys of orders only those of its own."""

    listing_id: int
    published_at: datetime
    version: datetime  # when the search row was written: with every change that its card shows
    expires_on: date | None = None
    urgency: int | None = None
    sort_en: str = ""
    sort_pl: str = ""
    sort_uk: str = ""


class ListingSearch(models.Model):
    """Written by `actions.search` only; can be rebuilt at any time by `manage.py reindex_listings`."""

    listing = models.OneToOneField(Listing, models.CASCADE, primary_key=True, related_name="search")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    published_at = models.DateTimeField()
    expires_on = models.DateField()
    indexed_at = models.DateTimeField()
    age = models.PositiveSmallIntegerField(default=0)
    is_public = models.BooleanField()
    kind = models.CharField(max_length=5)
    # The position of its urgency, and the place that its card shows in the order of each alphabet.
    urgency = models.PositiveSmallIntegerField(default=0)
    sort_en = models.CharField(max_length=400, db_collation="C", default="")
    sort_pl = models.CharField(max_length=400, db_collation="C", default="")
    sort_uk = models.CharField(max_length=400, db_collation="C", default="")
    facets = ArrayField(models.CharField(max_length=40))
    vector = SearchVectorField()

    objects = ListingSearchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(age__lte=max(AGES)), name="listing_search_age_known"),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-listing"], name="listing_search_newest"),
            models.Index(fields=["expires_on", "listing"], name="listing_search_ending"),
            models.Index(fields=["-urgency", "-published_at", "-listing"], name="listing_search_urgent"),
            *[
                models.Index(fields=[f"sort_{code}", "listing"], name=f"listing_search_by_{code}")
                for code in LANGUAGES
            ],
            *[
                GinIndex(
                    fields=["vector"], condition=Q(age=age), name=f"listing_search_{age}", fastupdate=False
                )
                for age in AGES
            ],
        ]

    def __str__(self) -> str:
        return f"{self.listing_id}"


def tokens_of(values: Sequence[str], prefix: str) -> tuple[str, ...]:
    """Facet values as lexemes: ``s:ENE-02``."""
    return tuple(f"{prefix}:{value}" for value in values)


def seen_tokens(tokens: Sequence[str], *, for_members: bool) -> tuple[str, ...]:
    """What to ask for: members also find by what only they read."""
    more = tuple(f"{FOR_MEMBERS}{token}" for token in tokens) if for_members else ()
    return (*tokens, *more)


def asked_tokens(name: str, values: Sequence[str], prefix: str, *, for_members: bool) -> tuple[str, ...]:
    """The lexemes of the chosen values of a facet, for a reader."""
    tokens = tokens_of(values, prefix)
    return seen_tokens(tokens, for_members=for_members) if name in NARROWED else tokens
