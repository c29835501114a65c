"""Links entries of several registers that are one place (`same_as`), so that it can be claimed once.

The main entry is the municipality: NUTS regions that consist of one city, and rows of our own table once LAU has
them, point to it. A NUTS 1 or 3 region that is its NUTS 2 region again points to that.
"""

from collections import defaultdict

from django.db import transaction

from alliance.core.spelling import fold
from members.models import Place
from members.registers import same
from members.registers.nuts import city_name


def link_twins() -> int:
    """Set every `same_as` that the registers imply; returns how many changed."""
    with transaction.atomic():
        return _apply(_table_to_lau(), _table_rows()) + _apply(
            _nuts_twins(), Place.objects.filter(register="nuts")
        )


def _table_rows():
    return Place.objects.filter(register=Place.Register.TABLE)


def _apply(wanted: dict[int, int], rows) -> int:
    changed = [
        Place(pk=pk, same_as_id=wanted.get(pk))
        for pk, there in rows.values_list("id", "same_as_id")
        if there != wanted.get(pk)
    ]
    Place.objects.bulk_update(changed, ["same_as"], batch_size=2000)
    return len(changed)


def _table_to_lau() -> dict[int, int]:
    cities = list(_table_rows())
    laus = Place.objects.filter(
        register=Place.Register.LAU, gone_on__isnull=True, parent__in={city.parent_id for city in cities}
    ).only("country", "official_name", "name_en", "lat", "lon", "population")
    return {city.pk: row.pk for city, row in same.pairs(cities, laus)}


def _nuts_twins() -> dict[int, int]:
    """NUTS region → the city or the NUTS 2 region that it is."""
    regions = list(
        Place.objects.filter(register=Place.Register.NUTS, gone_on__isnull=True)
        .exclude(category="0")
        .only("code", "category", "official_name", "parent_id")
    )
    cities = _cities_by_district()
    children = defaultdict(list)
    for region in regions:
        children[region.parent_id].append(region)
    twins: dict[int, int] = {}
    for region in sorted(regions, key=lambda region: -int(region.category)):
        if region.category == "3":
            city = cities.get(region.pk, {}).get(fold(city_name(region.official_name)))
        else:
            only = children[region.pk]
            city = twins.get(only[0].pk) if len(only) == 1 and region.category == "2" else None
        if city:
            twins[region.pk] = city
    return twins | _repeated(regions, children, twins)


def _cities_by_district() -> dict[int, dict[str, int]]:
    """NUTS 3 → folded name → municipality, LAU before our own table, the larger first."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Place.objects.filter(
        register__in=[Place.Register.LAU, Place.Register.TABLE],
        gone_on__isnull=True,
        same_as__isnull=True,
        population__gte=20_000,
        parent__register=Place.Register.NUTS,
        parent__category="3",
    )
    for row in rows.order_by("register", "-population").only("parent_id", "official_name", "name_en"):
        for name in (city_name(row.official_name), row.name_en):
            found[row.parent_id].setdefault(fold(name.split(",")[0]), row.pk)
    return found


def _repeated(regions: list[Place], children: dict, twins: dict[int, int]) -> dict[int, int]:
    """Levels that say the same thing twice: the only child of a region, with its name."""
    found: dict[int, int] = {}
    for region in regions:
        only = children[region.pk][0] if len(children[region.pk]) == 1 else None
        if only is None or fold(only.official_name) != fold(region.official_name):
            continue
        if region.category == "1" and region.pk not in twins:
            found[region.pk] = twins.get(only.pk, only.pk)
        elif region.category == "2" and only.pk not in twins:
            found[only.pk] = region.pk
    return found
