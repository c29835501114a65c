"""Seeded random profiles, ties and weights for the tests of scores."""

import random
from datetime import date, timedelta
from decimal import Decimal

from alliance.core.search import phrase
from partnerships.coverage import Item
from partnerships.known_ties import KnownTies, Spot
from partnerships.match_parts import Part, Weights
from partnerships.matching import Ask, Give, Profile

TODAY = date(2026, 11, 26)
SECTORS = ["ENE", "ENE-01", "ENE-02", "HEA", "HEA-01", "EDU", "HOU", "WAT", "CIV", "DEM"]
LANGUAGES = ["uk", "en", "pl", "de", "fr", "cs"]
TEMPLATES = {
    "generator": ("piece", "kw"),
    "beds": ("piece", ""),
    "diesel": ("t", ""),
    "training": ("day", ""),
}
FREE = [("school bus", "en"), ("autobus szkolny", "pl"), ("шкільний автобус", "uk"), ("generator", "en")]
KINDS = ["municipality", "municipality", "municipality", "region", "association"]


def weights(**points: int) -> Weights:
    plain = {part: 4 * n + 2 for n, part in enumerate(Part)}
    return Weights(1, plain | {Part(name): value for name, value in points.items()})


def item(rng: random.Random) -> Item:
    kind = rng.choice(["need", "offer"])
    days = {
        "needed_by": TODAY + timedelta(days=rng.randint(-5, 60)) if rng.random() < 0.4 else None,
        "available_from": TODAY + timedelta(days=rng.randint(-5, 60)) if rng.random() < 0.4 else None,
        "available_until": TODAY + timedelta(days=rng.randint(-5, 90)) if rng.random() < 0.4 else None,
    }
    names = ["needed_by"] if kind == "need" else ["available_from", "available_until"]
    days = {name: value if name in names else None for name, value in days.items()}
    condition = rng.choice(["", "", "new", "good", "usable"])
    if rng.random() < 0.25:
        text, language = rng.choice(FREE)
        return Item("piece", names=(phrase(text, language),), condition=condition, **days)
    code = rng.choice(list(TEMPLATES))
    unit, range_unit = TEMPLATES[code]
    if unit in ("t", "day"):
        unit = rng.choice([unit, "kg" if unit == "t" else "week"])
    bounds = {}
    if range_unit and rng.random() < 0.7:
        low = rng.choice([None, *range(10, 500, 70)])
        high = None if low is None or rng.random() < 0.3 else low + rng.choice([0, 40, 200])
        range_unit = rng.choice(["kw", "mw"])
        bounds = {"range_min": _decimal(low), "range_max": _decimal(high), "range_unit": range_unit}
        bounds = bounds if low is not None else {}
    specs = {"fuel": rng.choice(["diesel", "gas"])} if range_unit and rng.random() < 0.4 else {}
    names = (phrase(code, "en"),)
    return Item(unit, template=code, names=names, specs=specs, condition=condition, **bounds, **days)


def _decimal(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def profile(rng: random.Random, key: int, country: str = "", *, sparse: float = 0.15) -> Profile:
    """One side; ``sparse`` is how often each of its facts is unknown."""

    def known(value):
        return None if rng.random() < sparse else value

    def some(codes: list[str], most: int) -> frozenset[str]:
        return frozenset(rng.sample(codes, rng.randint(0, most)))

    country = country or rng.choice(["PL", "DE", "FR", "SK", "LT"])
    has_spot = rng.random() > sparse
    lat, lon = (
        (rng.uniform(47, 51.5), rng.uniform(23, 38))
        if country == "UA"
        else (rng.uniform(44, 56), rng.uniform(-2, 24))
    )
    needs = [
        Ask(f"n{key}-{n}", item(rng), Decimal(rng.choice([0, 1, 2, 5, 40])), "")
        for n in range(rng.randint(0, 4) if country == "UA" else 0)
    ]
    offers = [
        Give(f"o{key}-{n}", item(rng), Decimal(rng.choice([1, 3, 10]))) for n in range(rng.randint(0, 4))
    ]
    return Profile(
        key=key,
        country=country,
        kind=known(rng.choice(KINDS)) or "",
        region=known(f"{country}{rng.randint(1, 4)}") or "",
        place=known(key * 7),
        population=known(int(2 ** rng.uniform(8, 21))),
        lat=lat if has_spot else None,
        lon=lon if has_spot else None,
        sectors=some(SECTORS, 5),
        offer_sectors=some(SECTORS, 3),
        languages=some(LANGUAGES, 3),
        needs=tuple(needs),
        offers=tuple(offers),
        room=known(rng.randint(0, 3)),
        never_partnered=rng.random() < 0.6,
        partners=rng.choice([0, 0, 0, 1, 5]),
        proposed=rng.choice([0, 50, 100, 130, 300, 900]),
        must_countries=frozenset(["PL", "UA"]) if rng.random() < 0.1 else frozenset(),
        must_languages=some(LANGUAGES, 2) if rng.random() < 0.1 else frozenset(),
        must_sectors=some(SECTORS, 2) if rng.random() < 0.1 else frozenset(),
    )  # fmt: skip


def known_ties(rng: random.Random, lefts: list[Profile], rights: list[Profile], count: int) -> KnownTies:
    """Partnerships of the places of these, and of places that nobody of them holds."""

    def spot(sides: list[Profile]) -> Spot:
        if rng.random() < 0.6:
            return rng.choice(sides).spot
        near = rng.choice(sides)
        if near.lat is None:
            return Spot(f"far-{rng.random()}", near.region, country=near.country)
        move = rng.uniform(-0.4, 0.4)
        return Spot(f"near-{rng.random()}", near.region, near.lat + move, near.lon + move, near.country)

    links = [(spot(lefts), spot(rights)) for _n in range(count)]
    links += [(spot(rights), spot(rights)) for _n in range(count // 4)]
    earlier = [(rng.choice(lefts).key, rng.choice(rights).key) for _n in range(count // 3)]
    return KnownTies(links, earlier)
