"""Existing partnerships from a table of the desk: first look, then one public twinning for each new pair."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.languages import reader_language
from members.models import Place
from members.models.place_search import EXACT_OTHER
from partnerships import twinning_import as words
from partnerships.business_names import looks_like_business
from partnerships.models import Twinning, TwinningParty
from partnerships.models.twinning_queries import ROOT
from partnerships.refusals import TwinningRefused
from partnerships.twinning_import import Row, Side

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('import_twinnings', 0))"
MOST_CANDIDATES = 5


@dataclass(frozen=True)
class Found:
    """Whom a row names: a place of a register, or a community in a country of which the portal has no register."""

    place: Place | None = None
    name: str = ""
    country: str = ""
    problem: str = ""

    @property
    def key(self) -> Any:
        return self.place.pk if self.place else (self.name.casefold(), self.country)

    def __str__(self) -> str:
        return self.place.name if self.place else self.name


@dataclass(frozen=True)
class Checked:
    """A row of the table beside the two that it names, and the twinning of the pair that is there already."""

    row: Row
    a: Found
    b: Found
    known: Twinning | None = None

    @property
    def is_good(self) -> bool:
        return not self.row.problems and self.known is None

    @property
    def pair(self) -> frozenset:
        return frozenset((self.a.key, self.b.key))


def check_twinnings(rows: list[Row]) -> list[Checked]:
    """Look every row up: its two places, and whether the pair is here already. Changes nothing."""
    finder = _Finder(rows)
    looked_up = [_looked_up(row, finder.find(row.a), finder.find(row.b)) for row in rows]
    known = _known_pairs({found.key for item in looked_up for found in (item.a, item.b)})
    seen: dict[frozenset, int] = {}
    checked = []
    for item in looked_up:
        if not item.row.problems:
            first = seen.setdefault(item.pair, item.row.line)
            if first != item.row.line:
                item = Checked(item.row.with_problem(words.same_pair(first)), item.a, item.b)
            elif twinning := known.get(item.pair):
                item = Checked(item.row, item.a, item.b, twinning)
        checked.append(item)
    return checked


def _looked_up(row: Row, a: Found, b: Found) -> Checked:
    for found in (a, b):
        if found.problem:
            row = row.with_problem(found.problem)
    if not row.problems and a.key == b.key:
        row = row.with_problem(words.SAME_PLACE)
    if not row.problems and a.place is None and b.place is None:
        row = row.with_problem(words.NO_REGISTER)
    return Checked(row, a, b)


class _Finder:
    """Places of one table: by code all at once, by name one question for each name."""

    def __init__(self, rows: list[Row]) -> None:
        self.by_code = _places_by_code(side.code for row in rows for side in (row.a, row.b))
        self.countries = set(
            Place.objects.municipalities().order_by().values_list("country", flat=True).distinct()
        )
        self.by_name: dict[tuple[str, str], Found] = {}

    def find(self, side: Side) -> Found:
        if side.code:
            place = self.by_code.get(side.code)
            return Found(place) if place else Found(problem=words.no_such_code(side.code))
        key = (side.name, side.country)
        if key not in self.by_name:
            self.by_name[key] = self._named(*key)
        return self.by_name[key]

    def _named(self, name: str, country: str) -> Found:
        """The one place that is called exactly so; where there are several, their codes are offered."""
        if not name or not country:
            return Found()
        if country not in self.countries:
            if looks_like_business(name):
                return Found(problem=str(TwinningRefused(TwinningRefused.BUSINESS_NAME)))
            return Found(name=name, country=country)
        places = Place.objects.selectable().with_surroundings().search(name, country=country)
        rows = list(places[: MOST_CANDIDATES + 1])
        exact = [place for place in rows if place.rank <= EXACT_OTHER]
        if len(exact) == 1:
            return Found(exact[0])
        if not rows:
            return Found(problem=words.no_such_name(name, country))
        offered = "; ".join(map(_offered, (exact or rows)[:MOST_CANDIDATES]))
        return Found(problem=words.several_places(name, offered))


def _offered(place: Place) -> str:
    region = f", {place.region.name}" if place.region_id and place.region_id != place.pk else ""
    return f"{place.name}{region} = {place.code}"


def _places_by_code(codes: Iterable[str]) -> dict[str, Place]:
    """The place that each code names: the main entry, whichever of the registers the code is from."""
    wanted = {code for code in codes if code}
    rows = Place.objects.filter(code__in=wanted, gone_on__isnull=True, verified_at__isnull=False)
    mains = {row.code: row.same_as or row for row in rows.select_related("same_as").order_by("register")}
    return {code: place for code, place in mains.items() if place.is_claimable}


def _known_pairs(keys: set[Any]) -> dict[frozenset, Twinning]:
    """The twinnings of any two of these, whatever became of them: what has ended is not entered again in silence."""
    parties: dict[int, set[Any]] = defaultdict(set)
    places = {key for key in keys if isinstance(key, int)}
    rows = TwinningParty.objects.annotate(root=ROOT).order_by("twinning_id")
    # Looked up first: as a subquery, tables without statistics yet are read once for every row of the other.
    twinnings = set(rows.filter(root__in=places).values_list("twinning_id", flat=True))
    for twinning, root, name, country in rows.filter(twinning__in=twinnings).values_list(
        "twinning_id", "root", "name", "country"
    ):
        parties[twinning].add(root or (name.casefold(), country))
    found = Twinning.objects.in_bulk(parties)
    return {
        frozenset(pair): found[twinning]
        for twinning, sides in parties.items()
        for pair in combinations(sides & keys, 2)
    }


@transaction.atomic
def import_twinnings(*, rows: list[Row], by: Any) -> list[Twinning]:
    """Enter every good row as a public twinning of two places with its source; the same pair twice is one.

    Checked again under a lock, so that a table sent twice, or by two at once, enters each pair once. Nobody is
    mailed: a member that holds one of the places sees it on its page. Journal: `twinning.imported` for each.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    return [_entered(checked, by) for checked in check_twinnings(rows) if checked.is_good]


def _entered(checked: Checked, by: Any) -> Twinning:
    row = checked.row
    twinning = Twinning.objects.create(
        origin=Twinning.Origin.IMPORTED,
        status=row.stage,
        # Older than the duty to register, or not told: nobody is asked for a number.
        needs_registration=False,
        public_since=timezone.now(),
        since_year=row.signed_on.year if row.signed_on else row.since_year,
        signed_on=row.signed_on,
        valid_until=row.valid_until,
        source_url=row.source_url,
        source_note=row.source_note,
        source_language=reader_language() if row.source_note else "",
    )
    sides = sorted((checked.a, checked.b), key=lambda found: _country(found) != "UA")
    for position, found in enumerate(sides):
        TwinningParty.objects.create(
            twinning=twinning,
            position=position,
            place=found.place,
            name="" if found.place else found.name,
            country=_country(found),
        )
    record("twinning.imported", twinning, by=by)
    return twinning


def _country(found: Found) -> str:
    return found.place.country if found.place else found.country
