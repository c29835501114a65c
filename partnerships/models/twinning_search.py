"""The questions of the list of twinnings: which fit the filters and the words, and how many of them each filter has.

What `TwinningQuerySet.found()` and `.facet_counts()` do; list, map and files read one `Criteria`. Knows no model.
"""

from dataclasses import dataclass
from itertools import islice

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least

from alliance.core import filtered, spelling

ENDED = "ended"
MANY = 4  # “four and more” is one choice
# Parties that are in no register are known by one name alone: so many of them are compared with what was typed.
FREE_NAMES = 5_000


@dataclass(frozen=True)
class Criteria(filtered.Criteria):
    """What one address asks for; empty means every twinning that has not ended."""

    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()  # codes of oblasts
    stage: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()  # "2", "3", "4" for four and more


def narrow(rows: QuerySet, criteria: Criteria, *, with_ended: bool = False) -> QuerySet:
    """The rows that fit, each once. What has ended is there where its stage is asked for."""
    rows = with_count(rows)
    if criteria.stage:
        rows = rows.filter(status__in=criteria.stage)
    elif not with_ended:
        rows = rows.exclude(status=ENDED)
    if criteria.country:
        rows = rows.filter(Exists(_parties(rows).filter(country__in=criteria.country)))
    if criteria.region:
        rows = rows.filter(Exists(_parties(rows).filter(_in_regions(criteria.region))))
    if criteria.parties:
        rows = rows.filter(n_parties__in=[int(value) for value in criteria.parties])
    return _named(rows, criteria.text) if criteria.text else rows


def with_count(rows: QuerySet) -> QuerySet:
    """With `n_parties`: how many stand by it, four for four and more."""
    counts = _parties(rows).order_by().values("twinning").annotate(n=Count("id")).values("n")
    number = Coalesce(Subquery(counts, output_field=IntegerField()), Value(0))
    return rows.annotate(n_parties=Least(number, Value(MANY)))


def in_order(rows: QuerySet, language: str) -> QuerySet:
    """With `sort_name`: the name of the Ukrainian party as the reader's alphabet orders it, else of the first."""
    ukraine_first = Case(When(country="UA", then=0), default=1, output_field=IntegerField())
    name = Coalesce(F(f"member__sort_{language}"), F(f"place__sort_{language}"), Value(""))
    first = _parties(rows).order_by(ukraine_first, "position", "id").annotate(sorted_by=name)
    return rows.annotate(sort_name=Coalesce(Subquery(first.values("sorted_by")[:1]), Value("")))


def _parties(rows: QuerySet) -> QuerySet:
    """Of a twinning of an outer query: who stands by it."""
    return _party_model(rows).objects.agreed().filter(twinning=OuterRef("pk"))


def _party_model(rows: QuerySet):
    return rows.model._meta.get_field("parties").related_model


def _in_regions(codes: tuple[str, ...]) -> Q:
    found = Q()
    for place in ("place", "member__place"):
        found |= Q(**{f"{place}__region__code__in": codes})
        found |= Q(**{f"{place}__code__in": codes, f"{place}__level": "region"})
    return found


# --- Words -------------------------------------------------------------------------------------------------


def _named(rows: QuerySet, text: str) -> QuerySet:
    """A party in any spelling: of its place and of the member."""
    tsquery = spelling.place_query(text)
    if not tsquery:
        return rows.filter(pk=0)  # none() has no SQL, and counts and files are made of it
    parties = _party_model(rows)
    members = _spelled(parties._meta.get_field("member").related_model, tsquery)
    places = _spelled(parties._meta.get_field("place").related_model, tsquery)
    known = Q(member__in=members) | Q(place__in=places)
    return rows.filter(Exists(_parties(rows).filter(known | Q(pk__in=_free(parties, text)))))


def _spelled(model, tsquery: str) -> QuerySet:
    words = SearchVector("spellings", config="simple")
    query = SearchQuery(tsquery, config="simple", search_type="raw")
    return model.objects.annotate(_words=words).filter(_words=query).values("pk")


def _free(parties, text: str) -> list[int]:
    """Parties in no register whose name begins like ``text``, or a word of it does. Folded here, not in the
    database."""
    wanted = spelling.fold(text)
    rows = parties.objects.agreed().filter(member=None, place=None).values_list("pk", "name")
    names = ((pk, f" {spelling.fold(name)}") for pk, name in islice(rows.iterator(), FREE_NAMES))
    return [pk for pk, name in names if f" {wanted}" in name]


# --- Counts ------------------------------------------------------------------------------------------------

_STANDING = "p.twinning_id = f.id AND p.left_at IS NULL AND (p.agreed_at IS NOT NULL OR p.member_id IS NULL)"
_GROUPS = {
    "country": """SELECT p.country, count(DISTINCT f.id) FROM {found} f JOIN {parties} p ON {standing}
        WHERE p.country <> 'UA' GROUP BY 1""",
    "region": """SELECT r.code, count(DISTINCT f.id) FROM {found} f JOIN {parties} p ON {standing}
        LEFT JOIN {members} m ON m.id = p.member_id
        JOIN {places} l ON l.id = coalesce(p.place_id, m.place_id)
        JOIN {places} r ON r.id = coalesce(l.region_id, CASE WHEN l.level = 'region' THEN l.id END)
        WHERE r.country = 'UA' GROUP BY 1""",
    "stage": "SELECT status, count(*) FROM {found} GROUP BY 1",
    "parties": "SELECT n_parties::text, count(*) FROM {found} GROUP BY 1",
    "": "SELECT '', count(*) FROM {found}",
}


def facet_counts(rows: QuerySet, criteria: Criteria) -> dict[str, dict[str, int]]:
    """For each filter its values with their counts under all *other* filters; under "" the total. One query, and one
    for names in no register where words are asked for."""
    parties = _party_model(rows)
    tables = {
        "parties": parties._meta.db_table,
        "members": parties._meta.get_field("member").related_model._meta.db_table,
        "places": parties._meta.get_field("place").related_model._meta.db_table,
        "standing": _STANDING,
    }
    # The stages are counted with what has ended, which is offered as one of them.
    scans = {
        name: _scan(rows, criteria.without(name) if name else criteria, with_ended=name == "stage")
        for name in dict.fromkeys(["", *criteria.chosen, "stage"])
    }
    return filtered.counts_by_group(_GROUPS, scans, tables)


def _scan(rows: QuerySet, criteria: Criteria, *, with_ended: bool) -> tuple[str, tuple]:
    found = narrow(rows, criteria, with_ended=with_ended).order_by()
    return found.values("id", "status", "n_parties").query.sql_with_params()
