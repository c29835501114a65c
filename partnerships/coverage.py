"""What of a need is covered, and which offer fits which need. Pure arithmetic: who reads rows hands them in.

Covered is what was firmly promised and not cancelled, lost or returned; a soft promise covers nothing. For every line
at every time asked = covered + open; what exceeds the asked quantity is `over`, shown and never silent. Sums are made
in the base unit of a kind (kg for tonnes, days for weeks), so they are exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from alliance.core.languages import LANGUAGES
from alliance.core.search import Phrase, phrase, same_words
from alliance.core.units import NotConvertible, base_of, convert, in_base, same_dimension

ZERO = Decimal(0)
# The unit of a whole whose lines do not add up: each line weighs the same.
PERCENT = "percent"
CONDITIONS = ("new", "good", "usable")  # from best to least


# --- How much is covered -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What one line of a pledge adds up to, in its own unit.

    ``net``: committed and more than committed, less cancelled, lost and returned; ``accepted``: what of it the
    receiver accepted; ``promised``: soft, not yet committed.
    """

    unit: str
    net: Decimal = ZERO
    accepted: Decimal = ZERO
    promised: Decimal = ZERO


@dataclass(frozen=True)
class Coverage:
    """The four parts of the bar and what they add up to. asked = covered + open, covered = accepted + underway,
    open = promised + empty."""

    asked: Decimal
    accepted: Decimal
    underway: Decimal
    promised: Decimal
    over: Decimal
    unit: str
    currency: str = ""

    @property
    def covered(self) -> Decimal:
        return self.accepted + self.underway

    @property
    def open(self) -> Decimal:
        return self.asked - self.covered

    @property
    def empty(self) -> Decimal:
        return self.open - self.promised

    @property
    def is_covered(self) -> bool:
        return not self.open

    @property
    def is_partly_covered(self) -> bool:
        return bool(self.covered) and not self.is_covered


def coverage_of(asked: Decimal, unit: str, given: Iterable[Given], currency: str = "") -> Coverage:
    """How ``asked`` of ``unit`` stands with what is ``given``.

    In ``unit`` where all parts have an exact value in it, else in the base unit of its kind: 10 of 28 days are
    no exact part of four weeks. What measures something else is a mistake of the caller.

    :raises NotConvertible: kW for kg
    """
    net = accepted = promised = ZERO
    for part in given:
        if not same_dimension(part.unit, unit):
            raise NotConvertible(f"{part.unit} does not measure what {unit} measures")
        firm = max(in_base(part.net, part.unit), ZERO)
        net += firm
        accepted += min(max(in_base(part.accepted, part.unit), ZERO), firm)
        promised += max(in_base(part.promised, part.unit), ZERO)
    whole = in_base(asked, unit)
    covered = min(whole, net)
    accepted = min(covered, accepted)
    amounts = [whole, accepted, covered - accepted, min(whole - covered, promised), max(ZERO, net - whole)]
    base = base_of(unit)[0]
    shown_in = exact_unit(amounts, unit)
    return Coverage(
        *(convert(amount, base, shown_in) if shown_in != base else amount for amount in amounts),
        unit=shown_in,
        currency=currency,
    )


def exact_unit(amounts: Iterable[Decimal], unit: str) -> str:
    """``unit`` when all ``amounts`` of its base unit have an exact value in it, else the base unit."""
    base = base_of(unit)[0]
    try:
        for amount in amounts:
            convert(amount, base, unit)
    except NotConvertible:
        return base
    return unit


def together(coverages: Sequence[Coverage], *, adds_up: bool) -> Coverage | None:
    """Several lines as one. Where they add up (the same item), their sum; else per cent, each line weighing the
    same. None when there is no line.

    Per cents are whole, add up to 100, and no part that exists reads 0.
    """
    if not coverages:
        return None
    if len(coverages) == 1:
        return coverages[0]
    first = coverages[0]
    if adds_up and all(
        same_dimension(first.unit, each.unit) and first.currency == each.currency for each in coverages
    ):
        return _summed(coverages)
    parts = [
        sum((Fraction(getattr(each, name)) / Fraction(each.asked) for each in coverages), Fraction(0))
        for name in ("accepted", "underway", "promised", "empty")
    ]
    accepted, underway, promised, _empty = _percents(parts)
    return Coverage(Decimal(100), accepted, underway, promised, ZERO, PERCENT)


def _summed(coverages: Sequence[Coverage]) -> Coverage:
    base = base_of(coverages[0].unit)[0]
    names = ("asked", "accepted", "underway", "promised", "over")
    sums = [sum((in_base(getattr(each, name), each.unit) for each in coverages), ZERO) for name in names]
    unit = exact_unit(sums, coverages[0].unit)
    amounts = (convert(amount, base, unit) if unit != base else amount for amount in sums)
    return Coverage(*amounts, unit=unit, currency=coverages[0].currency)


def _percents(parts: Sequence[Fraction]) -> list[Decimal]:
    """Whole per cents of parts of one whole, by largest remainder; what exists is at least 1."""
    whole = sum(parts)
    exact = [part * 100 / whole for part in parts]
    floors = [max(int(share), 1) if share else 0 for share in exact]
    while (missing := 100 - sum(floors)) != 0:
        step = 1 if missing > 0 else -1
        # Up where the remainder is largest, down where there is most to take from.
        able = [i for i, share in enumerate(exact) if share and (step > 0 or floors[i] > 1)]
        chosen = max(able, key=lambda i: (exact[i] - floors[i]) * step)
        floors[chosen] += step
    return [Decimal(floor) for floor in floors]


# --- Which offer fits which need ---------------------------------------------------------------------------


class Reason(StrEnum):
    """Why an offer does not fit a need."""

    ITEM = "item"  # something else
    UNIT = "unit"  # counted in what does not convert
    CURRENCY = "currency"
    RANGE = "range"  # no size is in both technical ranges
    SPECS = "specs"  # another fuel, other phases …
    CONDITION = "condition"  # more worn than asked
    LATE = "late"  # there only after it is needed
    ENDED = "ended"  # was there until an earlier day


@dataclass(frozen=True)
class Item:
    """One line of a need, an offer, an appeal or a pledge, as far as fitting asks. Empty means not known.

    ``names``: the words of a free item; for one of the catalogue its name in each language.
    """

    unit: str
    template: str = ""
    names: tuple[Phrase, ...] = ()
    currency: str = ""
    range_min: Decimal | None = None
    range_max: Decimal | None = None
    range_unit: str = ""
    specs: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""
    needed_by: date | None = None
    available_from: date | None = None
    available_until: date | None = None


SAME = ["unit", "currency", "range_min", "range_max", "range_unit", "specs", "condition"]
DATES = ["needed_by", "available_from", "available_until"]


def item_of(line: Any, template: Any = None, language: str = "") -> Item:
    """A line (a row, or `drafts.Line`) as an `Item`; ``template`` is its row of the catalogue, if it has one,
    ``language`` that of its free words."""
    if template is not None:
        code = template.code
        names = tuple(phrase(getattr(template, f"name_{each}"), each) for each in LANGUAGES)
    else:
        code, names = "", (phrase(line.item, language),)
    values = {name: getattr(line, name) for name in SAME}
    dates = {name: getattr(line, name, None) for name in DATES}
    return Item(template=code, names=names, **values, **dates)


def fits(need: Item, offer: Item, today: date) -> list[Reason]:
    """Why ``offer`` cannot cover any of ``need``; empty when it can. Missing data never counts as bad."""
    reasons = _differences(need, offer)
    if not _ranges_meet(need, offer):
        reasons.append(Reason.RANGE)
    if offer.available_from and need.needed_by and offer.available_from > need.needed_by:
        reasons.append(Reason.LATE)
    if offer.available_until and offer.available_until < today:
        reasons.append(Reason.ENDED)
    return reasons


def serves(need: Item, given: Item) -> list[Reason]:
    """Why a promised item does not count for the line it names; empty when it does.

    Stricter than `fits`: what is promised has its size, and that lies inside the range that is asked for.
    """
    reasons = _differences(need, given)
    if not _range_inside(need, given):
        reasons.append(Reason.RANGE)
    return reasons


def counts_for(need: Any, given: Any) -> bool:
    """Whether what was promised for a line still measures what the line asks for: unit, currency, size.

    `serves` decided more when it was promised; this is asked of stored rows whenever they are added up, since the
    author may have changed the range of the line meanwhile.
    """
    return (
        same_dimension(need.unit, given.unit)
        and need.currency == given.currency
        and _range_inside(need, given)
    )


def would_cover(coverage: Coverage, quantity: Decimal, unit: str) -> tuple[Decimal, str]:
    """How much of what is open ``quantity`` of ``unit`` would cover, and in which unit that is exact."""
    part = min(in_base(coverage.open, coverage.unit), in_base(quantity, unit))
    for shown_in in (coverage.unit, unit):
        if exact_unit([part], shown_in) == shown_in:
            return convert(part, base_of(unit)[0], shown_in), shown_in
    return part, base_of(unit)[0]


def _differences(need: Item, other: Item) -> list[Reason]:
    reasons = []
    if not _same_item(need, other):
        reasons.append(Reason.ITEM)
    if not same_dimension(need.unit, other.unit):
        reasons.append(Reason.UNIT)
    elif need.currency != other.currency:
        reasons.append(Reason.CURRENCY)
    if any(other.specs.get(name, value) != value for name, value in need.specs.items()):
        reasons.append(Reason.SPECS)
    if _wear(other) > _wear(need) >= 0:
        reasons.append(Reason.CONDITION)
    return reasons


def _same_item(one: Item, other: Item) -> bool:
    """The same entry of the catalogue; free words that say the same, also when one of them is the catalogue's."""
    if one.template and other.template:
        return one.template == other.template
    return any(same_words(mine, its) for mine in one.names for its in other.names)


def _wear(item: Item) -> int:
    """How worn a thing may be, or is; below zero when nobody said."""
    return CONDITIONS.index(item.condition) if item.condition else -1


def _bounds(item: Any) -> tuple[Decimal | None, Decimal | None]:
    return tuple(
        None if bound is None else in_base(bound, item.range_unit)
        for bound in (item.range_min, item.range_max)
    )


def _ranges_meet(one: Any, other: Any) -> bool:
    """Whether some size is in both ranges, ends included; power and storage never meet."""
    if not one.range_unit or not other.range_unit:
        return True
    if not same_dimension(one.range_unit, other.range_unit):
        return False
    (low, high), (its_low, its_high) = _bounds(one), _bounds(other)
    return not (_above(low, its_high) or _above(its_low, high))


def _range_inside(need: Any, given: Any) -> bool:
    if not _ranges_meet(need, given):
        return False
    if not need.range_unit or not given.range_unit:
        return True
    (low, high), (its_low, its_high) = _bounds(need), _bounds(given)
    return not (_above(low, its_low) or _above(its_high, high))


def _above(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and one > other
