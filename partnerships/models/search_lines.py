"""`SearchLine`: the lines of listings as lists filter them by size and day, as far as a reader may know them.

A row says for whom it stands: an author may keep lines, or only their dates, for members. Then everyone finds the
listing by what everyone reads, and members by the rest. Sizes are kept in the base unit of their kind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connections, models

from alliance.core.units import in_base
from partnerships.models.listings import Listing

# Lexemes that say where about a size lies: powers of two of the base unit, the last one open upwards.
LARGEST_STEP = 40


@dataclass(frozen=True)
class Size:
    """A range of sizes in the base unit of its kind, ends included; None is open."""

    dimension: str
    low: Decimal | None
    high: Decimal | None

    @classmethod
    def of(cls, low: Decimal | None, high: Decimal | None, unit: str, dimension: str) -> "Size":
        return cls(dimension, *(None if bound is None else in_base(bound, unit) for bound in (low, high)))

    @property
    def steps(self) -> list[str]:
        """``kw:7``: the powers of two that it touches. Two sizes that meet have one in common."""
        first = 0 if self.low is None else _step(self.low)
        last = LARGEST_STEP if self.high is None else _step(self.high)
        return [f"{self.dimension}:{step}" for step in range(first, last + 1)]


def _step(size: Decimal) -> int:
    return min(int(size).bit_length(), LARGEST_STEP)


@dataclass(frozen=True)
class LineAsked:
    """What one and the same line has to be, beside the words and facets of its listing."""

    items: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    size: Size | None = None
    needed_by: date | None = None
    available_on: date | None = None

    def without(self, name: str) -> "LineAsked":
        """The same without the choices of a facet."""
        changes = {"item": {"items": ()}, "help": {"groups": ()}}.get(name, {})
        return replace(self, **changes)

    @property
    def is_only_facets(self) -> bool:
        """Whether the facets of the listing say it all already."""
        measured = self.size or self.needed_by or self.available_on
        return not measured and not (self.items and self.groups)

    @property
    def tokens(self) -> list[tuple[str, ...]]:
        """Lexemes that a listing with such a line has, each group one of."""
        found = []
        if self.size:
            found.append(tuple(f"z:{step}" for step in self.size.steps))
        if self.needed_by:
            found.append(("k:need",))
        if self.available_on:
            found.append(("k:offer",))
        return found

    def condition(self, *, for_members: bool) -> tuple[str, list[Any]]:
        """SQL about a line ``l`` of the search row ``s``."""
        for_whom = SearchLine.For.MEMBERS if for_members else SearchLine.For.PUBLIC
        parts: list[str] = ["l.listing_id = s.listing_id", "l.seen_by IN (%s, %s)"]
        params: list[Any] = [SearchLine.For.ALL, for_whom]
        if self.items:
            parts.append("l.item = ANY(%s)")
            params.append(list(self.items))
        if self.groups:
            parts.append('l."group" = ANY(%s)')
            params.append(list(self.groups))
        if self.size:
            parts.append("l.dimension = %s")
            params.append(self.size.dimension)
            if self.size.low is not None:
                parts.append("(l.high IS NULL OR l.high >= %s)")
                params.append(self.size.low)
            if self.size.high is not None:
                parts.append("(l.low IS NULL OR l.low <= %s)")
                params.append(self.size.high)
        if self.needed_by:
            parts.append("l.needed_by <= %s")
            params.append(self.needed_by)
        if self.available_on:
            # Who names a first day and no last one is there from then on; who names neither, as long as it is valid.
            parts.append(
                "(l.available_from IS NULL OR l.available_from <= %s) AND (l.available_until >= %s OR"
                " (l.available_until IS NULL AND (l.available_from IS NOT NULL OR s.expires_on >= %s)))"
            )
            params += [self.available_on] * 3
        return " AND ".join(parts), params


class SearchLineQuerySet(models.QuerySet):
    def fitting(self, listings: Iterable[int], asked: LineAsked, *, for_members: bool) -> set[int]:
        """The lines of ``listings`` that a reader asked for; one query."""
        condition, params = asked.condition(for_members=for_members)
        with connections[self.db].cursor() as cursor:
            cursor.execute(
                "SELECT l.line_id FROM partnerships_searchline l JOIN partnerships_listingsearch s"
                f" ON s.listing_id = l.listing_id WHERE l.listing_id = ANY(%s) AND {condition}",
                [list(listings), *params],
            )
            return {row[0] for row in cursor.fetchall()}


class SearchLine(models.Model):
    """Written with the search row of its listing by `actions.search` only. It means nothing without that row."""

    class For(models.IntegerChoices):
        ALL = 0
        PUBLIC = 1  # what everyone knows of a line of which members know more
        MEMBERS = 2

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+")
    line = models.ForeignKey("partnerships.ListingLine", models.CASCADE, related_name="+")
    seen_by = models.PositiveSmallIntegerField(choices=For)
    item = models.CharField(max_length=30)
    group = models.CharField(max_length=10)
    dimension = models.CharField(max_length=8)
    low = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    high = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    needed_by = models.DateField(null=True)
    available_from = models.DateField(null=True)
    available_until = models.DateField(null=True)

    objects = SearchLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "seen_by"], name="search_line_once"),
        ]
        indexes = [
            models.Index(
                fields=["needed_by"],
                condition=models.Q(needed_by__isnull=False),
                name="search_line_needed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}"


def needs_lines(asked: LineAsked | None) -> bool:
    return asked is not None and not asked.is_only_facets


def tokens_of_sizes(sizes: Sequence[Size]) -> list[str]:
    return list(dict.fromkeys(f"z:{step}" for size in sizes for step in size.steps))
