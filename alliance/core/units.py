"""Units of quantities, from one table. Quantities are Decimal and convert exactly or not at all.

Factors follow the SI (BIPM, The International System of Units, 9th edition); a week is seven days. An hour of an
expert is no part of a day: how long a working day is, nobody wrote down, so the two do not convert.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from django.db import models
from django.utils.formats import number_format
from django.utils.translation import npgettext_lazy, pgettext, pgettext_lazy


class Unit(models.TextChoices):
    PIECE = "piece", pgettext_lazy("unit", "pieces")
    SET = "set", pgettext_lazy("unit", "sets")
    KILOWATT = "kw", pgettext_lazy("unit", "kW")
    MEGAWATT = "mw", pgettext_lazy("unit", "MW")
    KILOWATT_HOUR = "kwh", pgettext_lazy("unit", "kWh")
    MEGAWATT_HOUR = "mwh", pgettext_lazy("unit", "MWh")
    KILOGRAM = "kg", pgettext_lazy("unit", "kg")
    TONNE = "t", pgettext_lazy("unit", "tonnes")
    LITRE = "l", pgettext_lazy("unit", "litres")
    METRE = "m", pgettext_lazy("unit", "metres")
    KILOMETRE = "km", pgettext_lazy("unit", "km")
    SQUARE_METRE = "m2", pgettext_lazy("unit", "m²")
    CUBIC_METRE = "m3", pgettext_lazy("unit", "m³")
    PERSON = "person", pgettext_lazy("unit", "people")
    PLACE = "place", pgettext_lazy("unit", "places")
    DAY = "day", pgettext_lazy("unit", "days")
    WEEK = "week", pgettext_lazy("unit", "weeks")
    HOUR = "hour", pgettext_lazy("unit", "hours")
    MONEY = "money", pgettext_lazy("unit", "amount of money")


# Unit → (the unit it is a whole multiple of, how many of them).
MULTIPLES: dict[str, tuple[str, int]] = {
    Unit.MEGAWATT: (Unit.KILOWATT, 1000),
    Unit.MEGAWATT_HOUR: (Unit.KILOWATT_HOUR, 1000),
    Unit.TONNE: (Unit.KILOGRAM, 1000),
    Unit.KILOMETRE: (Unit.METRE, 1000),
    Unit.CUBIC_METRE: (Unit.LITRE, 1000),
    Unit.WEEK: (Unit.DAY, 7),
}
# Quantities are kept with so many decimals (a column of numeric(14, 3)).
DECIMALS = 3
SMALLEST = Decimal(1).scaleb(-DECIMALS)
CENT = Decimal("0.01")
# What is counted one by one; half a bed is none.
WHOLE = frozenset({Unit.PIECE, Unit.SET, Unit.PERSON, Unit.PLACE})


class NotConvertible(ValueError):
    """The units measure different things, or the result has more decimals than a quantity keeps."""


@lru_cache(maxsize=100)
def base_of(unit: str) -> tuple[str, int]:
    """The unit in which quantities of this kind compare, and how many of it one ``unit`` is."""
    return MULTIPLES.get(unit, (Unit(unit).value, 1))


def same_dimension(one: str, other: str) -> bool:
    """Whether two units measure the same thing, so that quantities in them compare."""
    return base_of(one)[0] == base_of(other)[0]


def in_base(quantity: Decimal, unit: str) -> Decimal:
    """``quantity`` in the base unit of its kind; always exact, since every factor is whole."""
    return quantity * base_of(unit)[1]


def convert(quantity: Decimal, unit: str, to: str) -> Decimal:
    """``quantity`` of ``unit`` as a quantity of ``to``, exact.

    :raises NotConvertible: kW into kg; or 1 day in weeks, which has no exact decimal of three places
    """
    if not same_dimension(unit, to):
        raise NotConvertible(f"{unit} does not measure what {to} measures")
    whole = in_base(quantity, unit)
    result = (whole / base_of(to)[1]).quantize(SMALLEST)
    if in_base(result, to) != whole:
        raise NotConvertible(f"{quantity} {unit} has no exact value in {to}")
    return result


def decimals_of(unit: str) -> int:
    """How many decimals a quantity of ``unit`` may have."""
    return 0 if unit in WHOLE else 2 if unit == Unit.MONEY else DECIMALS


def is_countable(quantity: Decimal, unit: str) -> bool:
    """Whether there can be so much of it: no half bed, no tenth of a cent."""
    return -int(quantity.normalize().as_tuple().exponent) <= decimals_of(unit)


def units_like(unit: str) -> Iterable[Unit]:
    """The units that measure what ``unit`` measures, itself included."""
    return [other for other in Unit if same_dimension(unit, other)]


# --- Written for a reader ----------------------------------------------------------------------------------

# Words that agree with their number. Symbols (kW, kg, m²) do not change; they stand in `Unit` itself.
COUNTED = {
    Unit.PIECE: npgettext_lazy("quantity", "%(number)s piece", "%(number)s pieces", "count"),
    Unit.SET: npgettext_lazy("quantity", "%(number)s set", "%(number)s sets", "count"),
    Unit.TONNE: npgettext_lazy("quantity", "%(number)s tonne", "%(number)s tonnes", "count"),
    Unit.LITRE: npgettext_lazy("quantity", "%(number)s litre", "%(number)s litres", "count"),
    Unit.METRE: npgettext_lazy("quantity", "%(number)s metre", "%(number)s metres", "count"),
    Unit.PERSON: npgettext_lazy("quantity", "%(number)s person", "%(number)s people", "count"),
    Unit.PLACE: npgettext_lazy("quantity", "%(number)s place", "%(number)s places", "count"),
    Unit.DAY: npgettext_lazy("quantity", "%(number)s day", "%(number)s days", "count"),
    Unit.WEEK: npgettext_lazy("quantity", "%(number)s week", "%(number)s weeks", "count"),
    Unit.HOUR: npgettext_lazy("quantity", "%(number)s hour", "%(number)s hours", "count"),
}
# After a fraction Polish and Ukrainian put the word in the genitive singular: 2,5 tony.
FRACTION = {
    Unit.PIECE: pgettext_lazy("quantity that is a fraction", "%(number)s pieces"),
    Unit.SET: pgettext_lazy("quantity that is a fraction", "%(number)s sets"),
    Unit.TONNE: pgettext_lazy("quantity that is a fraction", "%(number)s tonnes"),
    Unit.LITRE: pgettext_lazy("quantity that is a fraction", "%(number)s litres"),
    Unit.METRE: pgettext_lazy("quantity that is a fraction", "%(number)s metres"),
    Unit.PERSON: pgettext_lazy("quantity that is a fraction", "%(number)s people"),
    Unit.PLACE: pgettext_lazy("quantity that is a fraction", "%(number)s places"),
    Unit.DAY: pgettext_lazy("quantity that is a fraction", "%(number)s days"),
    Unit.WEEK: pgettext_lazy("quantity that is a fraction", "%(number)s weeks"),
    Unit.HOUR: pgettext_lazy("quantity that is a fraction", "%(number)s hours"),
}


def plain(quantity: Decimal) -> Decimal:
    """Without trailing zeros and never in powers of ten: 3.000 → 3, 700.50 → 700.5."""
    return Decimal(f"{quantity.normalize():f}")


def amount(money: Decimal) -> Decimal:
    """Money as offices write it: 12000.000 → 12000, 12000.500 → 12000.50."""
    value = plain(money)
    return value.quantize(CENT) if value.as_tuple().exponent == -1 else value


def written(quantity: Decimal, unit: str, currency: str = "") -> str:
    """“3 pieces”, “2.5 tonnes”, “700 kW”, “12,000.50 EUR”: in the reader's language, the word agreeing with the number.

    :param currency: ISO 4217 code; only with `Unit.MONEY`
    """
    value = amount(quantity) if unit == Unit.MONEY else plain(quantity)
    number = number_format(value, use_l10n=True, force_grouping=True)
    if unit == Unit.MONEY:
        return pgettext("amount of money", "%(number)s %(currency)s") % {
            "number": number,
            "currency": currency,
        }
    if unit not in COUNTED:
        return pgettext("quantity with a symbol", "%(number)s %(unit)s") % {
            "number": number,
            "unit": Unit(unit).label,
        }
    if value != value.to_integral_value():
        return FRACTION[Unit(unit)] % {"number": number}
    return COUNTED[Unit(unit)] % {"count": int(value), "number": number}


def written_range(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """“10–700 kW”, “at least 10 kW”, “at most 700 kW”, “50 kW”; empty when nothing is known."""
    if low is None and high is None:
        return ""
    if low is None:
        return pgettext("technical range", "at most %(high)s") % {"high": written(high, unit)}
    if high is None:
        return pgettext("technical range", "at least %(low)s") % {"low": written(low, unit)}
    if low == high:
        return written(low, unit)
    number = number_format(plain(low), use_l10n=True, force_grouping=True)
    return pgettext("technical range", "%(low)s–%(high)s") % {"low": number, "high": written(high, unit)}
