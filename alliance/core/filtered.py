"""Lists whose filters the database counts when they are asked: criteria from an address, a count for each filter under
all the others, chips. The register of members and the list of twinnings are such lists."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

from django.core.cache import cache
from django.db import connection
from django.http import QueryDict

from alliance.core import freshness, lists

COUNTS_SECONDS = 60
NEWEST = "newest"
Counts = Mapping[str, Mapping[str, int]]
Scan = tuple[str, Iterable[Any]]


@dataclass(frozen=True)
class Criteria:
    """What one address asks for; empty means everything. A list adds a tuple of values for each of its filters."""

    text: str = ""

    def without(self, name: str) -> Self:
        return replace(self, **{name: ()})

    @property
    def chosen(self) -> list[str]:
        """The filters that are set."""
        return [part.name for part in fields(self) if part.name != "text" and getattr(self, part.name)]


@dataclass(frozen=True)
class Filters:
    """The filters and the order of one address."""

    # Name in the address → what a value looks like; anything else is ignored, as if it were not there.
    SHAPES: ClassVar[Mapping[str, re.Pattern]] = {}
    CRITERIA: ClassVar[type[Criteria]] = Criteria

    criteria: Any
    sort: str

    @classmethod
    def of(cls, params: QueryDict) -> Self:
        chosen = {
            name: tuple(value for value in lists.values_of(params, name) if shape.fullmatch(value))
            for name, shape in cls.SHAPES.items()
        }
        sort = NEWEST if params.get("sort") == NEWEST else ""
        return cls(cls.CRITERIA(text=lists.text_of(params), **chosen), sort)

    @property
    def count(self) -> int:
        return sum(len(getattr(self.criteria, name)) for name in self.criteria.chosen)

    def chips(self, params: QueryDict, facets: Iterable[lists.Facet]) -> list[dict[str, str]]:
        return lists.text_chip(params, self.criteria.text) + lists.chips(params, facets)


def kept_counts(name: str, criteria: Criteria, count: Callable[[Criteria], Counts]) -> Counts:
    """Counts of all filters of the list ``name``, kept until something is written."""
    version = freshness.version()
    fingerprint = hashlib.sha256(repr(criteria).encode()).hexdigest()
    key = f"{name}-counts:{version}:{fingerprint}"
    if version and (known := cache.get(key)) is not None:
        return known
    found = count(criteria)
    if version:
        cache.set(key, found, COUNTS_SECONDS)
    return found


def counts_by_group(
    groups: Mapping[str, str], scans: Mapping[str, Scan], tables: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    """For each filter its values with their counts, in one query.

    :param groups: filter → SQL of (value, count) over ``{found}``; ``""`` counts all
    :param scans: the rows to count: ``""`` → under all filters, the name of a filter → under all others
    :param tables: what ``groups`` name in braces beside ``{found}``; names of ours, never what people typed
    """
    params = [value for _sql, values in scans.values() for value in values]
    found = [f"found_{name or 'all'} AS MATERIALIZED ({sql})" for name, (sql, _values) in scans.items()]
    parts = [
        f"SELECT '{name}', g.* FROM ({_group(sql, name if name in scans else '', tables)}) AS g"  # noqa: S608
        for name, sql in groups.items()
    ]
    counts: dict[str, dict[str, int]] = {name: {} for name in groups}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(found)} {' UNION ALL '.join(parts)}", params)
        for name, value, number in cursor.fetchall():
            counts[name][value] = number
    return counts


def _group(sql: str, scan: str, tables: Mapping[str, str]) -> str:
    return sql.format(found=f"found_{scan or 'all'}", **tables)
