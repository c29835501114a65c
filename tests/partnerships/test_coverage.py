"""Coverage: the hand-made truth table of thirty needs and thirty offers, and properties of the arithmetic."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.core.units import NotConvertible, Unit, base_of, in_base, units_like
from partnerships.coverage import (
    CONDITIONS,
    PERCENT,
    Given,
    Item,
    Reason,
    coverage_of,
    fits,
    item_of,
    serves,
    together,
    would_cover,
)
from partnerships.drafts import Line
from partnerships.models.quantities import Condition

TODAY = date(2026, 10, 1)
HERE = Path(__file__).parent / "coverage_table"
CATALOGUE = Path(__file__).parents[2] / "partnerships" / "data" / "items.csv"


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TEMPLATES = {row["code"]: SimpleNamespace(**row) for row in rows(CATALOGUE)}


def number(text):
    return Decimal(text) if text else None


def day(text):
    return date.fromisoformat(text) if text else None


def line_of(row):
    return Line(
        item=row["item"],
        quantity=Decimal(row["quantity"]),
        unit=row["unit"],
        template=row["template"],
        currency=row["currency"],
        range_min=number(row["range_min"]),
        range_max=number(row["range_max"]),
        range_unit=row["range_unit"],
        specs=dict(pair.split("=") for pair in row["specs"].split()),
        condition=row["condition"],
        needed_by=day(row.get("needed_by")),
        available_from=day(row.get("available_from")),
        available_until=day(row.get("available_until")),
    )


def lines(name):
    return {
        row["id"]: (line_of(row), item_of(line_of(row), TEMPLATES.get(row["template"]), row["language"]))
        for row in rows(HERE / name)
    }


NEEDS, OFFERS = lines("needs.csv"), lines("offers.csv")
PAIRS = {(row["need"], row["offer"]): row for row in rows(HERE / "pairs.csv")}
NEAR_MISSES = {(row["need"], row["offer"]): row for row in rows(HERE / "near_misses.csv")}


def test_the_table_is_whole():
    assert (len(NEEDS), len(OFFERS)) == (30, 30)
    for table in (PAIRS, NEAR_MISSES):
        assert all(need in NEEDS and offer in OFFERS for need, offer in table)
    assert not PAIRS.keys() & NEAR_MISSES.keys()
    assert all(line.template in TEMPLATES for line, _ in (NEEDS | OFFERS).values() if line.template)


def test_conditions_are_those_of_the_tables_from_best_to_least():
    assert list(CONDITIONS) == Condition.values


def test_every_pair_of_the_table_is_found_and_no_other():
    found = {
        (need, offer)
        for need, (_, asked) in NEEDS.items()
        for offer, (_, offered) in OFFERS.items()
        if not fits(asked, offered, TODAY)
    }
    assert found - PAIRS.keys() == set()
    assert PAIRS.keys() - found == set()


@pytest.mark.parametrize("pair", NEAR_MISSES, ids="-".join)
def test_a_near_miss_says_all_its_reasons(pair):
    need, offer = pair
    assert set(fits(NEEDS[need][1], OFFERS[offer][1], TODAY)) == set(NEAR_MISSES[pair]["reasons"].split())


@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_what_an_offer_would_cover(pair):
    need, offer = NEEDS[pair[0]][0], OFFERS[pair[1]][0]
    nothing = coverage_of(need.quantity, need.unit, [], need.currency)
    expected = PAIRS[pair]
    assert would_cover(nothing, offer.quantity, offer.unit) == (Decimal(expected["covers"]), expected["unit"])


# --- What is promised must lie inside what is asked for ---------------------------------------------------

ASKED = Item(
    unit="piece", template="generator", range_min=Decimal(10), range_max=Decimal(700), range_unit="kw"
)


@pytest.mark.parametrize(
    ("low", "high", "unit", "serves_it"),
    [
        (10, 10, "kw", True),
        (700, 700, "kw", True),
        (None, None, "", True),
        (Decimal("0.05"), Decimal("0.7"), "mw", True),
        (5, 50, "kw", False),
        (650, 701, "kw", False),
        (None, 700, "kw", True),
        (None, 9, "kw", False),
        (10, None, "kw", True),
        (701, None, "kw", False),
        (50, 50, "kwh", False),
    ],
)
def test_a_promised_item_has_its_size_inside_the_range(low, high, unit, serves_it):
    bounds = [None if bound is None else Decimal(bound) for bound in (low, high)]
    promised = Item(
        unit="piece", template="generator", range_min=bounds[0], range_max=bounds[1], range_unit=unit
    )
    assert serves(ASKED, promised) == ([] if serves_it else [Reason.RANGE])


def test_a_10_kw_unit_never_covers_a_300_kw_line():
    asked, offered = (
        Item(unit="piece", template="generator", range_min=size, range_max=size, range_unit="kw")
        for size in (Decimal(300), Decimal(10))
    )
    assert fits(asked, offered, TODAY) == serves(asked, offered) == [Reason.RANGE]


# --- The arithmetic --------------------------------------------------------------------------------------

quantities = st.decimals(min_value=0, max_value=10**9, places=3)
positive = st.decimals(min_value=Decimal("0.001"), max_value=10**9, places=3)
units = st.sampled_from([unit.value for unit in Unit])


@st.composite
def gifts(draw, like):
    """What a line of a pledge may add up to; also nonsense that a disputed one can show."""
    unit = draw(st.sampled_from([unit.value for unit in units_like(like)]))
    return Given(
        unit,
        net=draw(st.decimals(min_value=-(10**6), max_value=10**9, places=3)),
        accepted=draw(quantities),
        promised=draw(quantities),
    )


@st.composite
def covered_lines(draw):
    unit = draw(units)
    return draw(positive), unit, draw(st.lists(gifts(unit), max_size=6))


def base(coverage, name):
    return in_base(getattr(coverage, name), coverage.unit)


@settings(max_examples=250)
@given(covered_lines())
def test_asked_is_covered_and_open_at_every_time(case):
    asked, unit, given_by_all = case
    for time in range(len(given_by_all) + 1):
        coverage = coverage_of(asked, unit, given_by_all[:time])
        assert coverage.asked == coverage.covered + coverage.open
        assert coverage.open == coverage.promised + coverage.empty
        parts = [coverage.accepted, coverage.underway, coverage.promised, coverage.empty, coverage.over]
        assert min(parts) >= 0
        assert base(coverage, "asked") == in_base(asked, unit)  # nothing is lost to a rounding
        # Exactly what was given is covered or over, whatever units it came in: counted again in fractions of base.
        firm = sum(max(each.net, Decimal(0)) * base_of(each.unit)[1] for each in given_by_all[:time])
        assert base(coverage, "covered") + base(coverage, "over") == firm
        assert not coverage.over or coverage.is_covered


@settings(max_examples=150)
@given(covered_lines(), st.data())
def test_more_given_never_covers_less(case, data):
    asked, unit, given_by_all = case
    before = coverage_of(asked, unit, given_by_all)
    after = coverage_of(asked, unit, [*given_by_all, data.draw(gifts(unit))])
    for name in ("covered", "accepted", "over"):
        assert base(after, name) >= base(before, name)
    assert base(after, "open") <= base(before, "open")


@settings(max_examples=100)
@given(covered_lines())
def test_soft_promises_are_in_no_total(case):
    asked, unit, given_by_all = case
    hard = [Given(each.unit, each.net, each.accepted) for each in given_by_all]
    with_promises, without = (coverage_of(asked, unit, each) for each in (given_by_all, hard))
    for name in ("accepted", "covered", "open", "over"):
        assert base(with_promises, name) == base(without, name)


@settings(max_examples=100)
@given(covered_lines())
def test_the_order_of_gifts_does_not_matter(case):
    asked, unit, given_by_all = case
    assert coverage_of(asked, unit, given_by_all) == coverage_of(asked, unit, reversed(given_by_all))


@given(st.lists(covered_lines(), min_size=2, max_size=5))
def test_a_whole_of_different_things_is_a_hundred_per_cent(cases):
    whole = together([coverage_of(*case) for case in cases], adds_up=False)
    assert (whole.unit, whole.asked) == (PERCENT, 100)
    assert whole.accepted + whole.underway + whole.promised + whole.empty == 100
    each = [coverage_of(*case) for case in cases]
    for name in ("accepted", "underway", "promised", "empty"):
        assert bool(getattr(whole, name)) == any(getattr(one, name) for one in each)


@given(st.lists(st.tuples(positive, st.lists(gifts("t"), max_size=3)), min_size=2, max_size=5))
def test_a_whole_of_one_thing_is_the_sum_of_its_lines(cases):
    each = [coverage_of(asked, "t", given_by_all) for asked, given_by_all in cases]
    whole = together(each, adds_up=True)
    for name in ("asked", "covered", "accepted", "promised", "open", "over"):
        assert base(whole, name) == sum(base(one, name) for one in each)


def test_over_cover_is_visible():
    coverage = coverage_of(Decimal(6), "piece", [Given("piece", net=Decimal(8), accepted=Decimal(7))])
    assert (coverage.covered, coverage.open, coverage.over) == (6, 0, 2)
    assert (coverage.accepted, coverage.underway) == (6, 0)


def test_days_that_are_no_exact_part_of_weeks_are_counted_in_days():
    coverage = coverage_of(Decimal(4), "week", [Given("day", net=Decimal(10))])
    assert (coverage.asked, coverage.covered, coverage.open, coverage.unit) == (28, 10, 18, "day")
    coverage = coverage_of(Decimal(4), "week", [Given("day", net=Decimal(14))])
    assert (coverage.asked, coverage.covered, coverage.open, coverage.unit) == (4, 2, 2, "week")


def test_what_measures_something_else_is_refused_and_not_counted():
    with pytest.raises(NotConvertible):
        coverage_of(Decimal(4), "t", [Given("kw", net=Decimal(10))])


def test_one_line_is_its_own_whole():
    coverage = coverage_of(Decimal(4), "t", [])
    assert together([coverage], adds_up=False) is coverage
    assert together([], adds_up=True) is None
