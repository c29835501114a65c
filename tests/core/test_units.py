"""Units: exact or not at all, and words that agree with their number."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alliance.core.units import (
    MULTIPLES,
    NotConvertible,
    Unit,
    convert,
    in_base,
    is_countable,
    same_dimension,
    units_like,
    written,
    written_range,
)

quantities = st.decimals(min_value="0.001", max_value="99999999", places=3)


@pytest.mark.parametrize(
    ("quantity", "unit", "to", "expected"),
    [
        ("0.7", "mw", "kw", "700"),
        ("700", "kw", "mw", "0.7"),
        ("1.5", "t", "kg", "1500"),
        ("2", "week", "day", "14"),
        ("14", "day", "week", "2"),
        ("0.25", "m3", "l", "250"),
        ("3", "piece", "piece", "3"),
    ],
)
def test_convert(quantity, unit, to, expected):
    assert convert(Decimal(quantity), unit, to) == Decimal(expected)


@pytest.mark.parametrize(
    ("quantity", "unit", "to"),
    [
        ("1", "kw", "kg"),
        ("1", "hour", "day"),
        ("1", "day", "week"),
        ("0.001", "kw", "mw"),
        ("1", "piece", "set"),
    ],
)
def test_what_has_no_exact_value_is_refused(quantity, unit, to):
    with pytest.raises(NotConvertible):
        convert(Decimal(quantity), unit, to)


@given(quantities, st.sampled_from(list(MULTIPLES)))
def test_there_and_back_is_the_same(quantity, unit):
    smaller = MULTIPLES[unit][0]
    assert convert(convert(quantity, unit, smaller), smaller, unit) == quantity


@given(quantities, quantities, st.sampled_from(list(Unit)), st.sampled_from(list(Unit)))
def test_sums_in_the_base_unit_are_exact(one, two, unit, other):
    if same_dimension(unit, other):
        total = in_base(one, unit) + in_base(two, other)
        assert total - in_base(two, other) == in_base(one, unit)


@pytest.mark.parametrize(
    ("quantity", "unit", "is_there"),
    [
        *[("3.000", "piece", True), ("0.5", "piece", False), ("1.5", "person", False), ("2.5", "set", False)],
        *[
            ("0.5", "place", False),
            ("0.125", "t", True),
            ("0.5", "week", True),
            ("99999999999.999", "kw", True),
        ],
        *[
            ("1e300", "piece", True),
            ("12.50", "money", True),
            ("12.005", "money", False),
            ("99999999999", "piece", True),
        ],
    ],
)
def test_what_is_counted_one_by_one_has_no_parts(quantity, unit, is_there):
    assert is_countable(Decimal(quantity), unit) is is_there


def test_units_like_are_of_one_kind():
    assert set(units_like("kw")) == {Unit.KILOWATT, Unit.MEGAWATT}
    assert list(units_like("hour")) == [Unit.HOUR]


@pytest.mark.parametrize(
    ("language", "quantity", "unit", "expected"),
    [
        ("en", "1", "piece", "1 piece"),
        ("en", "1200", "piece", "1,200 pieces"),
        ("en", "2.500", "t", "2.5 tonnes"),
        ("pl", "1", "place", "1 miejsce"),
        ("pl", "3", "place", "3 miejsca"),
        ("pl", "12", "place", "12 miejsc"),
        ("pl", "22", "week", "22 tygodnie"),
        ("pl", "2.5", "set", "2,5 zestawu"),
        ("pl", "700", "kw", "700 kW"),
        ("uk", "21", "piece", "21 штука"),
        ("uk", "4", "day", "4 дні"),
        ("uk", "11", "day", "11 днів"),
        ("uk", "1.5", "set", "1,5 комплекту"),
        ("uk", "1000", "kw", "1 000 кВт"),
    ],
)
def test_written_quantities_agree_with_their_number(language, quantity, unit, expected):
    with translation.override(language):
        text = written(Decimal(quantity), unit)
    assert text.replace("\xa0", " ") == expected
    # In Polish and Ukrainian no line ends between a number and its unit.
    assert (" " in text) is (language == "en")


@pytest.mark.parametrize(
    ("money", "expected"),
    [("12000.00", "12,000 PLN"), ("12000.500", "12,000.50 PLN"), ("0.05", "0.05 PLN"), ("1.2", "1.20 PLN")],
)
def test_written_money_keeps_its_currency_and_its_cents(money, expected):
    assert written(Decimal(money), "money", "PLN") == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (10, 700, "10–700 kW"),
        (10, None, "at least 10 kW"),
        (None, 700, "at most 700 kW"),
        (50, 50, "50 kW"),
        (None, None, ""),
    ],
)
def test_written_range(low, high, expected):
    values = [None if value is None else Decimal(value) for value in (low, high)]
    assert written_range(*values, "kw") == expected
