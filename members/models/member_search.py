"""The register's questions: which members fit the filters and the words, and how many of them each filter has.

What `MemberQuerySet.found()`, `.ranked()` and `.facet_counts()` do. Knows no model of its own.
"""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import (
    Avg,
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf, Round

from alliance.core import filtered, spelling

# Members that are counted for the filters: beyond it a count reads “20,000+” and costs no more.
COUNT_SCAN = 20_000
EXACT, WRITTEN, SOUNDS = range(3)


@dataclass(frozen=True)
class Criteria(filtered.Criteria):
    """What one address of the register asks for."""

    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()  # codes of oblasts and regions
    kind: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()
    sector: tuple[str, ...] = ()  # codes; a sector includes its sub-sectors
    lang: tuple[str, ...] = ()
    association: tuple[str, ...] = ()  # slugs


def narrow(rows: QuerySet, criteria: Criteria) -> QuerySet:
    """The rows that fit. Adds no duplicates, whatever the filters."""
    conditions = {
        "country": Q(country__in=criteria.country),
        "region": Q(place__region__code__in=criteria.region)
        | Q(place__code__in=criteria.region, place__level="region"),
        "kind": Q(kind__in=criteria.kind),
        "tier": Q(tier__in=criteria.tier),
        "lang": Q(languages_spoken__overlap=list(criteria.lang)),
        "association": Q(parent__slug__in=criteria.association),
    }
    for name in criteria.chosen:
        rows = rows.filter(_in_sectors(rows, criteria.sector) if name == "sector" else conditions[name])
    return _spelled(rows, criteria.text) if criteria.text else rows


def _in_sectors(rows: QuerySet, codes: tuple[str, ...]) -> Exists:
    links = rows.model.sectors.through.objects.filter(member_id=OuterRef("pk"))
    return Exists(links.filter(Q(sector__code__in=codes) | Q(sector__parent__code__in=codes)))


def _spelled(rows: QuerySet, text: str) -> QuerySet:
    tsquery = spelling.place_query(text)
    if not tsquery:
        return rows.filter(pk=0)  # none() has no SQL, and counts and exports are made of it
    return rows.annotate(_words=SearchVector("spellings", config="simple")).filter(_words=_raw(tsquery))


def _raw(tsquery: str) -> SearchQuery:
    return SearchQuery(tsquery, config="simple", search_type="raw")


def rank(rows: QuerySet, text: str) -> QuerySet:
    """With `rank`: 0 where a whole name is written like ``text``, 1 where its words are, 2 where it only sounds so."""
    if "_words" not in rows.query.annotations:  # words that name nothing, so there are no rows either
        return rows.annotate(rank=Value(SOUNDS, output_field=IntegerField()))
    folded = spelling.fold(text).replace("|", " ").replace("¦", " ").strip()
    written = " & ".join(folded.split()[: spelling.MAX_WORDS])
    whens = [When(Q(place__keys__contains=f"|{folded}|"), then=Value(EXACT))]
    if written:
        whens.append(When(Q(_words=_raw(written)), then=Value(WRITTEN)))
    return rows.annotate(rank=Case(*whens, default=Value(SOUNDS), output_field=IntegerField()))


# --- Counts ------------------------------------------------------------------------------------------------

_GROUPS = {
    "country": "SELECT country, count(*) FROM {found} GROUP BY 1",
    "region": "SELECT region_code, count(*) FROM {found} WHERE region_code IS NOT NULL GROUP BY 1",
    "kind": "SELECT kind, count(*) FROM {found} GROUP BY 1",
    "tier": "SELECT tier, count(*) FROM {found} GROUP BY 1",
    "lang": "SELECT spoken, count(*) FROM {found}, unnest(languages_spoken) AS spoken GROUP BY 1",
    "sector": """SELECT code, count(DISTINCT member_id) FROM (
            SELECT l.member_id, unnest(ARRAY[s.code, top.code]) AS code FROM {found}
            JOIN {links} l ON l.member_id = {found}.id JOIN {sectors} s ON s.id = l.sector_id
            LEFT JOIN {sectors} top ON top.id = s.parent_id
        ) AS named WHERE code IS NOT NULL GROUP BY 1""",
    "": "SELECT '', count(*) FROM {found}",
}


def facet_counts(rows: QuerySet, criteria: Criteria) -> dict[str, dict[str, int]]:
    """For each filter its values with their counts under all *other* filters; under "" the total. One query."""
    tables = {
        "links": rows.model.sectors.through._meta.db_table,
        "sectors": rows.model.sectors.rel.model._meta.db_table,
    }
    names = ["", *(name for name in criteria.chosen if name in _GROUPS)]
    scans = {name: _scan(rows, criteria.without(name) if name else criteria) for name in names}
    return filtered.counts_by_group(_GROUPS, scans, tables)


def _scan(rows: QuerySet, criteria: Criteria) -> tuple[str, tuple]:
    """SQL of the rows to count, with what the groups need."""
    found = narrow(rows, criteria)
    columns = ("id", "country", "kind", "tier", "languages_spoken", "region_code")
    found = found.annotate(region_code=region_code()).order_by().values(*columns)
    return found[: COUNT_SCAN + 1].query.sql_with_params()


def region_code() -> Case:
    """The code of the oblast or region that a member is or lies in."""
    return Case(When(place__level="region", then=F("place__code")), default=F("place__region__code"))


# --- Map ---------------------------------------------------------------------------------------------------

SPOT_DECIMALS = 1  # of a degree: members some ten kilometres apart are one spot


def area_counts(rows: QuerySet) -> list[tuple[str, str | None, int]]:
    """(country, code of the region, members)."""
    grouped = rows.annotate(region_code=region_code()).order_by().values("country", "region_code")
    return list(grouped.annotate(n=Count("id")).values_list("country", "region_code", "n"))


def spots(rows: QuerySet, language: str) -> list[dict]:
    """Where members are, close ones together: lon, lat, n, country, region_code, a name and a slug of one of them."""
    tenth = DecimalField(max_digits=9, decimal_places=6)
    cells = {
        f"{axis}_cell": Round(Cast(f"place__{axis}", tenth), precision=SPOT_DECIMALS)
        for axis in ("lon", "lat")
    }
    grouped = (
        rows.filter(place__lat__isnull=False)
        .annotate(region_code=region_code(), **cells)
        .order_by()
        .values("country", "region_code", *cells)
    )
    name = Coalesce(NullIf(F(f"name_{language}"), Value("")), F("official_name"))
    return list(
        grouped.annotate(
            n=Count("id"), lon=Avg("place__lon"), lat=Avg("place__lat"), a_name=Min(name), a_slug=Min("slug")
        ).order_by("lon_cell", "lat_cell")
    )
