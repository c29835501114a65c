"""Properties of a score: parts add up, more in common never lowers it, both sides see the same, what is not known never
counts as bad; and a table of what single facts are worth."""

import json
import random
from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from partnerships.coverage import Item
from partnerships.known_ties import KnownTies, OfCountry, Spot
from partnerships.match_parts import Part, Weights
from partnerships.matching import Ask, Give, Pair, Profile, allows, facts_of, needs_met, score, swapped
from tests.partnerships.profiles import LANGUAGES, SECTORS, TODAY, known_ties, profile, weights

seeds = st.integers(0, 2**32)
quick = settings(max_examples=150, deadline=None)
EVEN = weights()


def world(seed: int) -> tuple[random.Random, Profile, Profile, KnownTies]:
    rng = random.Random(seed)
    a, b = profile(rng, 1, "UA", sparse=0.3), profile(rng, 2, sparse=0.3)
    others = [profile(rng, 10 + n, rng.choice(["UA", "PL"])) for n in range(3)]
    return rng, a, b, known_ties(rng, [a, *others[:1]], [b, *others[1:]], 6)


def total(a, b, known, by=EVEN):
    return score(a, b, facts_of(a, b, known, TODAY), by).total


@quick
@given(seeds)
def test_parts_add_up_and_stay_within_what_they_are_worth(seed):
    _rng, a, b, known = world(seed)
    found = score(a, b, facts_of(a, b, known, TODAY), EVEN)
    assert [part.part for part in found.parts] == list(Part)
    assert sum(part.points for part in found.parts) == found.total <= EVEN.total
    for part in found.parts:
        assert 0 <= part.points <= part.most == EVEN.points[part.part] * 10
    json.dumps([part.facts for part in found.parts])


@quick
@given(seeds)
def test_both_sides_see_the_same(seed):
    _rng, a, b, known = world(seed)
    pair = facts_of(a, b, known, TODAY)
    assert facts_of(b, a, known, TODAY) == pair.swapped()
    ours, theirs = score(a, b, pair, EVEN), score(b, a, pair.swapped(), EVEN)
    assert [(part.part, part.points) for part in ours.parts] == [
        (part.part, part.points) for part in theirs.parts
    ]
    assert [swapped(part.facts) for part in ours.parts] == [part.facts for part in theirs.parts]


@quick
@given(seeds)
def test_more_in_common_never_lowers_a_score(seed):
    rng, a, b, known = world(seed)
    before = total(a, b, known)
    sector, language = rng.choice(SECTORS), rng.choice(LANGUAGES)
    more = {
        "a sector of one": (replace(a, sectors=a.sectors | {sector}), b),
        "a sector of both": (
            replace(a, sectors=a.sectors | {sector}),
            replace(b, sectors=b.sectors | {sector}),
        ),
        "a sector with an offer": (a, replace(b, offer_sectors=b.offer_sectors | {sector})),
        "a language of one": (a, replace(b, languages=b.languages | {language})),
        "a language of both": (
            replace(a, languages=a.languages | {language}),
            replace(b, languages=b.languages | {language}),
        ),
        "an offer": (a, replace(b, offers=(*b.offers, *profile(rng, 77).offers))),
        "a need": (replace(a, needs=(*a.needs, *profile(rng, 78, "UA").needs)), b),
        "room": (a, replace(b, room=max(1, b.room or 0))),
    }
    for what, (one, other) in more.items():
        assert total(one, other, known) >= before, what


@quick
@given(seeds)
def test_more_ties_never_lower_a_score(seed):
    _rng, a, b, _known = world(seed)
    links = [(a.spot, Spot("far", "XX", 1, 1))]
    before = total(a, b, KnownTies(links))
    ends = (Spot("p", a.region, country="UA"), Spot("q", b.region, country=b.country))
    for more in (ends, (a.spot, replace(b.spot, key="next door"))):
        assert total(a, b, KnownTies([*links, more])) >= before
    of_b = KnownTies([(replace(b.spot, region=""), Spot("r", country=b.country))])
    one = score(a, b, facts_of(a, b, of_b, TODAY), EVEN).parts[list(Part).index(Part.TWINNINGS)]
    assert (one.points > 0, one.facts) == (True, {"known_a": None, "known_b": 1})
    assert total(a, b, KnownTies(links, [(2, 1)])) >= before


@quick
@given(seeds)
def test_what_is_not_known_never_counts_as_bad(seed):
    """It counts as the middle where facts can be near or far, and like nothing in common where they are lists."""
    _rng, a, b, known = world(seed)
    a = replace(a, population=9000, lat=49.5, lon=31.0, kind="municipality")
    cases = {
        "population": [{"population": None}, {"population": 9000}, {"population": 3_000_000}],
        "kind": [{"kind": ""}, {"kind": "municipality"}, {"kind": "institution"}],
        "coordinates": [{"lat": None, "lon": None}, {"lat": 49.5, "lon": 31.1}, {"lat": 38.7, "lon": -27.2}],
        "room": [{"room": None}, {"room": 1}, {"room": 0}],
    }
    for what, values in cases.items():
        unknown, best, worst = (total(a, replace(b, **each), KnownTies()) for each in values)
        assert worst < unknown < best, what
    for lists in ("sectors", "languages"):
        strangers = replace(b, **{lists: frozenset({"none of theirs"})})
        assert total(a, replace(b, **{lists: frozenset()}), known) >= total(a, strangers, known), lists


@quick
@given(seeds)
def test_neither_language_nor_order_change_anything(seed):
    rng, a, b, known = world(seed)
    expected = score(a, b, facts_of(a, b, known, TODAY), EVEN)
    mixed = replace(
        b, offers=tuple(rng.sample(b.offers, len(b.offers))), needs=tuple(rng.sample(b.needs, len(b.needs)))
    )
    for language in ("en", "pl", "uk"):
        with translation.override(language):
            assert score(a, mixed, facts_of(a, mixed, known, TODAY), EVEN) == expected


def test_weights_decide_alone():
    rng = random.Random(4)
    a, b = profile(rng, 1, "UA"), profile(rng, 2)
    nothing = Weights(2, dict.fromkeys(Part, 0))
    assert score(a, b, Pair(), nothing).total == 0
    only = Weights(2, {Part.SIZE: 7})
    assert [part.points for part in score(a, b, Pair(), only).parts if part.part != Part.SIZE] == [0] * 13


# --- What single facts are worth ----------------------------------------------------------------------------

A, B = Profile(1, country="UA"), Profile(2, country="PL")


@pytest.mark.parametrize(
    ("part", "changes_a", "changes_b", "pair", "points"),
    [
        ("sectors", {}, {}, {}, 0),
        ("sectors", {"sectors": {"ENE"}}, {"sectors": {"ENE", "HEA"}}, {}, 35),
        ("sectors", {"sectors": {*"ABCDEFGHI"}}, {"sectors": {*"ABCDEFGHI"}}, {}, 100),
        ("languages", {"languages": {"en"}}, {"languages": {"pl"}}, {}, 0),
        ("languages", {"languages": {"en"}}, {"languages": {"en", "pl"}}, {}, 70),
        ("experience", {"offer_sectors": {"ENE"}}, {"sectors": {"ENE"}}, {}, 45),
        ("experience", {"sectors": {"ENE"}}, {"offer_sectors": {"ENE"}}, {}, 45),
        ("size", {"population": 10_000}, {}, {}, 60),
        ("size", {"population": 10_000}, {"population": 10_000}, {}, 60),
        ("size", {"population": 10_000}, {"population": 20_000}, {}, 60),
        ("size", {"population": 20_000}, {"population": 10_000}, {}, 60),
        ("size", {"population": 100_000}, {"population": 100_000}, {}, 80),
        ("size", {"population": 1_000}, {"population": 1_000_000}, {}, 0),
        ("level", {"kind": "region"}, {"kind": "region"}, {}, 100),
        ("level", {"kind": "region"}, {"kind": "municipality"}, {}, 30),
        ("border", {}, {}, {"share_a_border": True}, 100),
        ("ties", {}, {}, {"region_ties": 1}, 20),
        ("ties", {}, {}, {"region_ties": 50, "neighbour_ties": 50}, 100),
        ("ties", {}, {}, {"has_earlier_link": True}, 50),
        ("countries", {}, {}, {"of_country": OfCountry(0, 10_000, 0)}, 0),
        ("countries", {}, {}, {"of_country": OfCountry(0, 0, 0)}, 40),
        ("countries", {}, {}, {"of_country": OfCountry(150, 4_000, 0)}, 60),
        ("countries", {}, {}, {"of_country": OfCountry(150, 4_000, 10)}, 80),
        ("twinnings", {}, {}, {"twinnings_b": 0}, 0),
        ("twinnings", {}, {}, {"twinnings_b": 1}, 40),
        ("twinnings", {}, {}, {"twinnings_b": 10}, 70),
        ("capacity", {"room": 0}, {"room": 2}, {}, 50),
        ("first_partner", {"never_partnered": True}, {}, {}, 50),
        ("first_partner", {"never_partnered": True}, {"never_partnered": True}, {}, 100),
        ("attention", {"proposed": 100}, {"proposed": 40}, {}, 100),
        ("attention", {}, {"proposed": 300}, {}, 75),
        ("attention", {}, {"proposed": 500}, {}, 50),
        ("attention", {}, {"proposed": 200, "partners": 2}, {}, 75),
    ],
)
def test_what_a_fact_is_worth(part, changes_a, changes_b, pair, points):
    """Of ten points for the part. To a whole point where it was learnt, since learning anew moves it a little."""
    only = Weights(1, {Part(part): 10})
    found = score(replace(A, **changes_a), replace(B, **changes_b), Pair(**pair), only).total
    is_learnt = part in ("size", "ties", "countries", "twinnings")
    assert (round(found, -1) if is_learnt else found) == points


def test_near_is_worth_more_than_far():
    only = Weights(1, {Part.DISTANCE: 10})
    lviv = replace(A, lat=49.84, lon=24.03)
    places = [(49.84, 24.03), (50.06, 19.94), (48.86, 2.35), (37.74, -25.67)]  # Lviv … Azores
    found = [score(lviv, replace(B, lat=lat, lon=lon), Pair(), only) for lat, lon in places]
    totals = [each.total for each in found]
    assert [round(total, -1) for total in totals] == [100, 50, 10, 0]
    assert score(lviv, B, Pair(), only).total < totals[1]  # unknown is as the average
    assert [each.parts[6].facts["km"] for each in found] == [0, 294, 1569, 4125]


def test_needs_are_met_in_numbers():
    needs = [
        Ask("n1", Item("piece", template="generator"), Decimal(10)),
        Ask("n2", Item("t", template="diesel"), Decimal(3)),
        Ask("n3", Item("piece", template="beds"), Decimal(0)),
    ]
    offers = [
        Give("o1", Item("piece", template="generator"), Decimal(3)),
        Give("o2", Item("piece", template="generator"), Decimal(1)),
        Give("o3", Item("kg", template="diesel"), Decimal(5000)),
        Give("o4", Item("piece", template="beds"), Decimal(9)),
    ]
    generator, diesel = needs_met(needs, offers, TODAY)
    assert (generator.covered, generator.open, generator.unit, generator.offers) == (
        4,
        10,
        "piece",
        ("o1", "o2"),
    )
    assert (diesel.covered, diesel.open, diesel.unit, diesel.share) == (3, 3, "t", 1000)
    only = Weights(1, {Part.NEEDS: 30})
    pair = facts_of(replace(A, needs=tuple(needs)), replace(B, offers=tuple(offers)), KnownTies(), TODAY)
    found = score(A, B, pair, only)
    assert found.total == 140  # 0.4 and 1 of up to three needs, ten points each
    assert found.parts[0].facts["met_a"][0]["covered"] == "4"


@pytest.mark.parametrize(
    ("wish", "other", "is_allowed"),
    [
        ({}, {}, True),
        ({"must_countries": {"PL", "DE"}}, {"country": "PL"}, True),
        ({"must_countries": {"DE"}}, {"country": "PL"}, False),
        ({"must_languages": {"en", "uk"}}, {"languages": {"pl", "uk"}}, True),
        ({"must_languages": {"en"}}, {"languages": set()}, False),
        ({"must_sectors": {"ENE"}}, {"sectors": {"HEA"}}, False),
        ({"must_countries": {"PL"}, "must_sectors": {"ENE"}}, {"country": "PL", "sectors": {"ENE"}}, True),
    ],
)
def test_must_haves(wish, other, is_allowed):
    assert allows(replace(A, **wish), replace(B, **other)) is is_allowed
