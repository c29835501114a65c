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
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connections, models, transaction
from django.db.models import Q

from alliance.core.lists import Cursor
from members.models import Member
from partnerships.models.facets import SINGLE, exact_counts
from partnerships.models.listings import Listing
from partnerships.search_text import quoted

# Rows of the groups 0, 1, 2; the last group takes the rest.
AGE_SIZES = (2_000, 16_000, 128_000)
AGES = range(len(AGE_SIZES) + 1)
# So many rows are read in order before the indexes are asked: enough where a filter keeps one row in forty.
PROBE = 1_000
# Counts look at so many hits; beyond them a count is a lower bound (“37+”).
COUNT_SCAN = 20_000
KEYS = [("published_at", "desc"), ("listing_id", "desc")]
# The planner counts no cost for reading vectors that lie out of line, and would read the whole table.
PLAN = "SET LOCAL enable_seqscan = off; "


@dataclass(frozen=True)
class Criteria:
    """What a reader asks for. ``words`` is a tsquery; each group of ``facets`` is one of, all groups hold."""

    today: date
    for_members: bool = False
    kind: str = ""
    words: str | None = None
    facets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    valid_until: date | None = None

    def without(self, name: str) -> "Criteria":
        return replace(self, facets=tuple(group for group in self.facets if group[0] != name))

    @property
    def is_summarised(self) -> bool:
        """Whether the summary of facets knows the counts: no words, no day, and one filter at most."""
        if self.words or self.valid_until or len(self.facets) > 1:
            return False
        return all(len(tokens) == 1 or name in SINGLE for name, tokens in self.facets)

    @property
    def tsquery(self) -> str:
        """Words and facets as one tsquery; empty when only columns decide."""
        parts = [f"({self.words})"] if self.words else []
        for _name, tokens in self.facets:
            parts.append(f"({' | '.join(map(quoted, tokens))})")
        return " & ".join(parts)


class ListingSearchQuerySet(models.QuerySet):
    def ids(self, criteria: Criteria, cursor: Cursor | None = None, size: int = 25) -> list["Hit"]:
        """Up to ``size + 1`` hits in walking order, exactly the newest (or next) ones there are."""
        if criteria.words == "":
            return []
        if not criteria.tsquery:  # the columns keep nearly every row: an ordered walk fills the page
            return self._fetch(*_walk_sql(criteria, cursor, size))
        hits: list[Hit] = []
        if cursor or not criteria.words:
            probed = self._fetch(*_probe_sql(criteria, cursor, size))
            if len(probed) > size:
                return probed
        seen: set[int] = set()
        for age in reversed(AGES) if cursor and cursor.is_backwards else AGES:
            for hit in self._fetch(*_group_sql(criteria, cursor, size, age)):
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
        condition, params = _conditions(criteria, None)
        sql = f"""SELECT s.listing_id FROM partnerships_listingsearch s WHERE {condition} ORDER BY {_order(None)}"""
        connection = connections[self.db]
        with transaction.atomic(self.db):
            with connection.cursor() as cursor:
                cursor.execute(PLAN)
            with connection.chunked_cursor() as cursor:
                cursor.execute(sql, params)
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
        condition, params = _conditions(criteria, None)
        sql = f"""{PLAN}WITH hits AS MATERIALIZED (
                SELECT facets FROM partnerships_listingsearch s WHERE {condition} LIMIT %s)
            SELECT facet, count(*) FROM hits, unnest(facets || '*'::text) facet GROUP BY facet"""
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, [*params, COUNT_SCAN])
            found = dict(cursor.fetchall())
        total = found.pop("*", 0)
        return Counts(total, found, is_exact=total < COUNT_SCAN)

    def _fetch(self, sql: str, params: list[Any]) -> list["Hit"]:
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, params)
            return [Hit(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Counts:
    """``total`` hits, and how many of them carry each facet value; lower bounds when they are not exact."""

    total: int
    found: dict[str, int]
    is_exact: bool = True


@dataclass(frozen=True)
class Hit:
    """A row of the list before its listing is read."""

    listing_id: int
    published_at: datetime
    version: datetime  # when the search row was written: with every change that its card shows


def _conditions(criteria: Criteria, cursor: Cursor | None) -> tuple[str, list[Any]]:
    """The WHERE of every statement here: one place decides what a reader may find."""
    parts = [
        "s.expires_on >= %s",
        # Derived, never stored: a member on hold takes its listings along.
        f"s.member_id NOT IN (SELECT id FROM members_member WHERE status IN ({_NOT_APPROVED}))",
    ]
    params: list[Any] = [max(criteria.valid_until or criteria.today, criteria.today)]
    if not criteria.for_members:
        parts.append("s.is_public")
    if criteria.kind:
        parts.append("s.kind = %s")
        params.append(criteria.kind)
    if query := criteria.tsquery:
        parts.append("s.vector @@ %s::tsquery")
        params.append(query)
    if cursor:
        parts.append(f"(s.published_at, s.listing_id) {'>' if cursor.is_backwards else '<'} (%s, %s)")
        params += cursor.values
    return " AND ".join(parts), params


_NOT_APPROVED = ", ".join(f"'{status}'" for status in Member.Status if status != Member.Status.APPROVED)


def _order(cursor: Cursor | None) -> str:
    way = "ASC" if cursor and cursor.is_backwards else "DESC"
    return f"published_at {way}, listing_id {way}"


def _walk_sql(criteria: Criteria, cursor: Cursor | None, size: int) -> tuple[str, list[Any]]:
    condition, params = _conditions(criteria, cursor)
    sql = f"""SELECT s.listing_id, s.published_at, s.indexed_at FROM partnerships_listingsearch s WHERE {condition}
        ORDER BY {_order(cursor)} LIMIT %s"""
    return PLAN + sql, [*params, size + 1]


def _probe_sql(criteria: Criteria, cursor: Cursor | None, size: int) -> tuple[str, list[Any]]:
    """The next rows in order, filtered as they come: what common words and filters need, at any depth."""
    condition, params = _conditions(criteria, None)
    start, start_params = "TRUE", []
    if cursor:
        start = f"(published_at, listing_id) {'>' if cursor.is_backwards else '<'} (%s, %s)"
        start_params = list(cursor.values)
    sql = f"""SELECT s.listing_id, s.published_at, s.indexed_at FROM (
            SELECT * FROM partnerships_listingsearch WHERE {start} ORDER BY {_order(cursor)} LIMIT {PROBE}) s
        WHERE {condition} ORDER BY {_order(cursor)} LIMIT %s"""
    return PLAN + sql, [*start_params, *params, size + 1]


def _group_sql(criteria: Criteria, cursor: Cursor | None, size: int, age: int) -> tuple[str, list[Any]]:
    """The newest hits of one group, through its own index: MATERIALIZED keeps the ordered index out of it."""
    condition, params = _conditions(criteria, cursor)
    sql = f"""WITH hits AS MATERIALIZED (
            SELECT s.listing_id, s.published_at, s.indexed_at FROM partnerships_listingsearch s
            WHERE s.age = {int(age)} AND {condition})
        SELECT listing_id, published_at, indexed_at FROM hits ORDER BY {_order(cursor)} LIMIT %s"""
    return PLAN + sql, [*params, size + 1]


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
    facets = ArrayField(models.CharField(max_length=40))
    vector = SearchVectorField()

    objects = ListingSearchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(age__lte=max(AGES)), name="listing_search_age_known"),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-listing"], name="listing_search_newest"),
            models.Index(fields=["expires_on"], name="listing_search_expiry"),
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
