"""How well two sides fit: a sum of named parts, each with its points and the facts behind it. Pure arithmetic.

Points are whole tenths, so parts add up to the total exactly, in Python, in numpy (`partnerships.ranking`) and in the
solver of rounds alike. No part is ever negative: what is unknown about level or room counts as the middle, about size
or distance as the average, and what nobody filled in earns nothing and costs nothing. One more shared sector, language
or met need never lowers a score. Swapping the sides changes no points, only whose facts are whose.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from alliance.core.units import base_of, convert, in_base
from partnerships.coverage import ZERO, Item, exact_unit, fits
from partnerships.known_ties import KnownTies, OfCountry, Spot, share_border
from partnerships.learnt import EARTH_KM
from partnerships.match_parts import (
    FULL,
    LANGUAGES_IN_COMMON,
    PARTNER_ATTENTION,
    SECTORS_IN_COMMON,
    SECTORS_OF_OFFERS,
    Part,
    Weights,
    attention_share,
    chord_share,
    chord_square,
    level_share,
    needs_share,
    room_share,
    share_for,
    size_share,
    size_step,
    unit_vector,
)


@dataclass(frozen=True)
class Ask:
    """One line of an open need: what is still open of it."""

    line: str
    item: Item
    open: Decimal
    words: str = ""  # of a free item, as its author wrote it


@dataclass(frozen=True)
class Give:
    """One line of an open offer."""

    line: str
    item: Item
    quantity: Decimal


@dataclass(frozen=True)
class Profile:
    """What one side is, in codes. Empty or None: not known, which never counts as bad."""

    key: int
    country: str = ""
    kind: str = ""  # of `Member.Kind`
    region: str = ""  # code of the oblast or NUTS 2 region
    place: int | None = None
    population: int | None = None
    lat: float | None = None
    lon: float | None = None
    # With the sector of each sub-sector.
    sectors: frozenset[str] = frozenset()
    offer_sectors: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    needs: tuple[Ask, ...] = ()
    offers: tuple[Give, ...] = ()
    # How many more partners it has room for; None: did not say.
    room: int | None = None
    never_partnered: bool = False
    partners: int = 0
    # How often it is proposed to others, in per cent of an even share.
    proposed: int = 0
    # Must-haves of a partner: an empty list asks for nothing.
    must_countries: frozenset[str] = frozenset()
    must_languages: frozenset[str] = frozenset()
    must_sectors: frozenset[str] = frozenset()

    @property
    def attention(self) -> int:
        """Proposals and partners as one load, in per cent of an even share."""
        return self.proposed + PARTNER_ATTENTION * self.partners

    @property
    def spot(self) -> Spot:
        """Its place as ties see it; what has no place is near to nobody."""
        key = f"member-{self.key}" if self.place is None else self.place
        return Spot(key, self.region, self.lat, self.lon, self.country)


@dataclass(frozen=True)
class Met:
    """How much of one need the offers of the other side cover: ``covered`` of ``open`` in ``unit``."""

    line: str
    template: str
    words: str
    covered: Decimal
    open: Decimal
    unit: str
    currency: str
    offers: tuple[str, ...]  # lines of the other side

    @property
    def share(self) -> int:
        """In thousandths; what covers anything at all is at least one."""
        return max(1, int(FULL * self.covered / self.open))


@dataclass(frozen=True)
class Pair:
    """Facts about two sides together, from `facts_of` and from the partnerships that the portal knows."""

    met_a: tuple[Met, ...] = ()  # needs of the first side
    met_b: tuple[Met, ...] = ()
    share_a_border: bool = False  # their countries do
    region_ties: int = 0
    neighbour_ties: int = 0
    has_earlier_link: bool = False
    # Of the side outside Ukraine, where the other one is in Ukraine.
    of_country: OfCountry | None = None
    twinnings_a: int | None = None
    twinnings_b: int | None = None

    def swapped(self) -> "Pair":
        return replace(
            self,
            met_a=self.met_b,
            met_b=self.met_a,
            twinnings_a=self.twinnings_b,
            twinnings_b=self.twinnings_a,
        )


@dataclass(frozen=True)
class PartScore:
    part: Part
    points: int  # tenths
    most: int  # tenths
    # What `partnerships.match_words` says of it; only what JSON has. Keys end in _a and _b where sides differ.
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Score:
    total: int  # tenths
    parts: tuple[PartScore, ...]

    def as_json(self) -> list[dict[str, Any]]:
        """The parts as rows keep them; `mirrored` tells them from the other side."""
        return [
            {"part": each.part.value, "points": each.points, "most": each.most, "facts": each.facts}
            for each in self.parts
        ]


# --- What two sides have to do with each other -------------------------------------------------------------


def facts_of(a: Profile, b: Profile, known: KnownTies, today: date) -> Pair:
    """Everything that a score asks of two sides together."""
    return Pair(
        met_a=needs_met(a.needs, b.offers, today),
        met_b=needs_met(b.needs, a.offers, today),
        share_a_border=share_border(a.country, b.country),
        region_ties=known.of_regions(a.spot, b.spot),
        neighbour_ties=known.of_neighbours(a.spot, b.spot),
        has_earlier_link=known.have_earlier_link(a.key, b.key),
        **_history(a, b, known),
    )


def _history(a: Profile, b: Profile, known: KnownTies) -> dict[str, Any]:
    """Of a side in Ukraine and one elsewhere; between two others nothing is known of twinnings."""
    if (a.country == "UA") == (b.country == "UA"):
        return {}
    hromada, abroad, name = (a, b, "twinnings_b") if a.country == "UA" else (b, a, "twinnings_a")
    return {
        "of_country": known.of_country(abroad.country, hromada.region),
        name: known.abroad_of(abroad.spot.key),
    }


def needs_met(needs: Iterable[Ask], offers: Sequence[Give], today: date) -> tuple[Met, ...]:
    """What ``offers`` cover of each of ``needs``; those that they cover nothing of are left out."""
    found = []
    for need in needs:
        if need.open <= 0:
            continue
        fitting = [offer for offer in offers if not fits(need.item, offer.item, today)]
        given = sum((in_base(offer.quantity, offer.item.unit) for offer in fitting), ZERO)
        if given:
            found.append(met(need, given, tuple(sorted(offer.line for offer in fitting))))
    return tuple(sorted(found, key=lambda one: one.line))


def met(need: Ask, given: Decimal, offers: tuple[str, ...]) -> Met:
    """``given`` in the base unit of the need."""
    base, item = base_of(need.item.unit)[0], need.item
    whole = in_base(need.open, item.unit)
    amounts = [min(whole, given), whole]
    unit = exact_unit(amounts, item.unit)
    covered, asked = (convert(amount, base, unit) if unit != base else amount for amount in amounts)
    return Met(need.line, item.template, need.words, covered, asked, unit, item.currency, offers)


def allows(one: Profile, other: Profile) -> bool:
    """Whether ``other`` has what ``one`` must have in a partner. A list is fulfilled by one entry of it."""
    return (
        (not one.must_countries or other.country in one.must_countries)
        and (not one.must_languages or bool(one.must_languages & other.languages))
        and (not one.must_sectors or bool(one.must_sectors & other.sectors))
    )


def km_between(one: Profile, other: Profile) -> float | None:
    """Along the great circle, from the chord between unit vectors."""
    if one.lat is None or other.lat is None:
        return None
    (ax, ay, az), (bx, by, bz) = unit_vector(one.lat, one.lon), unit_vector(other.lat, other.lon)
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(chord_square(ax * bx + ay * by + az * bz)) / 2))


# --- The score ---------------------------------------------------------------------------------------------


def score(a: Profile, b: Profile, pair: Pair, weights: Weights) -> Score:
    """All parts in their order, also those that earn nothing."""
    parts = tuple(
        PartScore(part, points, weights.most(part), facts)
        for part, points, facts in (
            *_of_work(a, b, pair, weights),
            *_of_kind(a, b, pair, weights),
            *_of_history(a, b, pair, weights),
            *_fair(a, b, weights),
        )
    )
    return Score(sum(part.points for part in parts), parts)


def _of_work(a: Profile, b: Profile, pair: Pair, weights: Weights):
    """What they could do together."""
    shares = [one.share for one in (*pair.met_a, *pair.met_b)]
    yield (
        Part.NEEDS,
        weights.earned(Part.NEEDS, needs_share(shares)),
        {"met_a": [_told(one) for one in pair.met_a], "met_b": [_told(one) for one in pair.met_b]},
    )
    gives_a, gives_b = a.offer_sectors & b.sectors, b.offer_sectors & a.sectors
    share = share_for(len(gives_a) + len(gives_b), SECTORS_OF_OFFERS)
    facts = {"gives_a": sorted(gives_a), "gives_b": sorted(gives_b)}
    yield Part.EXPERIENCE, weights.earned(Part.EXPERIENCE, share), facts
    shared = a.sectors & b.sectors
    share = share_for(len(shared), SECTORS_IN_COMMON)
    facts = {"codes": sorted(shared), "known_a": bool(a.sectors), "known_b": bool(b.sectors)}
    yield Part.SECTORS, weights.earned(Part.SECTORS, share), facts
    spoken = a.languages & b.languages
    share = share_for(len(spoken), LANGUAGES_IN_COMMON)
    facts = {"codes": sorted(spoken), "known_a": bool(a.languages), "known_b": bool(b.languages)}
    yield Part.LANGUAGES, weights.earned(Part.LANGUAGES, share), facts


def _told(one: Met) -> dict[str, Any]:
    return {
        "line": one.line,
        "template": one.template,
        "words": one.words,
        "covered": str(one.covered.normalize()),
        "open": str(one.open.normalize()),
        "unit": one.unit,
        "currency": one.currency,
    }


def _of_kind(a: Profile, b: Profile, pair: Pair, weights: Weights):
    """How alike and how near they are."""
    share = size_share(
        weights.learnt, (a.country, size_step(a.population)), (b.country, size_step(b.population))
    )
    facts = {"population_a": a.population, "population_b": b.population}
    yield Part.SIZE, weights.earned(Part.SIZE, share), facts
    share = level_share(a.kind, b.kind)
    yield Part.LEVEL, weights.earned(Part.LEVEL, share), {"kind_a": a.kind, "kind_b": b.kind}
    km, share = km_between(a, b), weights.learnt.unknown_distance
    if km is not None:
        (ax, ay, az), (bx, by, bz) = unit_vector(a.lat, a.lon), unit_vector(b.lat, b.lon)
        share = chord_share(weights.learnt, chord_square(ax * bx + ay * by + az * bz))
    facts = {"km": None if km is None else round(km)}
    if pair.share_a_border and not weights.most(Part.BORDER):
        facts["is_border_shared"] = True  # said here, where it is no part of its own
    yield Part.DISTANCE, weights.earned(Part.DISTANCE, share), facts
    share = FULL if pair.share_a_border else 0
    facts = {"is_shared": pair.share_a_border, "country_a": a.country, "country_b": b.country}
    yield Part.BORDER, weights.earned(Part.BORDER, share), facts


def _of_history(a: Profile, b: Profile, pair: Pair, weights: Weights):
    """What others did before them."""
    learnt = weights.learnt
    share = learnt.ties(pair.region_ties, pair.neighbour_ties, pair.has_earlier_link)
    facts = {
        "regions": pair.region_ties,
        "neighbours": pair.neighbour_ties,
        "earlier": pair.has_earlier_link,
    }
    yield Part.TIES, weights.earned(Part.TIES, share), facts
    share, facts = 0, {}
    if of := pair.of_country:
        share = learnt.countries(of.with_ukraine, of.with_others, of.with_oblast)
        country = b.country if a.country == "UA" else a.country
        facts = {"country": country, **asdict(of)}
    yield Part.COUNTRIES, weights.earned(Part.COUNTRIES, share), facts
    counts = [count for count in (pair.twinnings_a, pair.twinnings_b) if count is not None]
    facts = {"known_a": pair.twinnings_a, "known_b": pair.twinnings_b}
    yield Part.TWINNINGS, weights.earned(Part.TWINNINGS, sum(map(learnt.of_place, counts))), facts


def _fair(a: Profile, b: Profile, weights: Weights):
    """Each side earns up to half of these."""
    points = (capacity_points(a, weights), capacity_points(b, weights))
    yield Part.CAPACITY, sum(points), {"room_a": a.room, "room_b": b.room}
    points = (first_points(a, weights), first_points(b, weights))
    facts = {"never_a": a.never_partnered, "never_b": b.never_partnered}
    yield Part.FIRST_PARTNER, sum(points), facts
    points = (attention_points(a, weights), attention_points(b, weights))
    facts = {
        "proposed_a": a.proposed,
        "proposed_b": b.proposed,
        "partners_a": a.partners,
        "partners_b": b.partners,
    }
    yield Part.ATTENTION, sum(points), facts


def capacity_points(side: Profile, weights: Weights) -> int:
    return weights.earned_by_half(Part.CAPACITY, room_share(side.room))


def first_points(side: Profile, weights: Weights) -> int:
    return weights.earned_by_half(Part.FIRST_PARTNER, FULL if side.never_partnered else 0)


def attention_points(side: Profile, weights: Weights) -> int:
    share = attention_share(side.attention, weights.attention_cap)
    return weights.earned_by_half(Part.ATTENTION, share)


def swapped(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a part as the other side tells them."""
    ends = {"_a": "_b", "_b": "_a"}
    return {name[:-2] + ends[name[-2:]] if name[-2:] in ends else name: facts[name] for name in facts}


def mirrored(parts: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Kept parts as the other side tells them."""
    return [part | {"facts": swapped(part["facts"])} for part in parts]
