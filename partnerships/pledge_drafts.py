"""What a person says about a promise, before it is a row: forms, links and imports make it, actions store it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from alliance.core.units import in_base, same_dimension
from alliance.core.uploads import CleanUpload


@dataclass(frozen=True)
class PromisedLine:
    """One item of a promise. ``need_line`` is the slug of the line of a need that it covers; ``template`` a code of the
    catalogue; ``range_min`` and ``range_max`` the rating of each piece in ``range_unit``.
    """

    quantity: Decimal
    unit: str
    item: str = ""
    template: str = ""
    currency: str = ""
    range_min: Decimal | None = None
    range_max: Decimal | None = None
    range_unit: str = ""
    specs: Mapping[str, str] = field(default_factory=dict)
    condition: str = ""
    need_line: str = ""
    unit_value: Decimal | None = None
    value_currency: str = ""


@dataclass(frozen=True)
class PledgeContent:
    """``is_receiver_hidden`` of None: as the need says that is promised for."""

    title: str
    language: str
    lines: Sequence[PromisedLine]
    due_on: date | None = None
    note: str = ""
    is_receiver_hidden: bool | None = None


@dataclass(frozen=True)
class Quantity:
    """So much of a line, by its slug; ``reason`` where the kind of event asks for one."""

    line: str
    quantity: Decimal
    reason: str = ""


@dataclass(frozen=True)
class Confirmation:
    """What became of a line, as the receiver reports it in one go; zero says nothing."""

    line: str
    received: Decimal = Decimal(0)
    accepted: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    reason: str = ""


@dataclass(frozen=True)
class TransportContent:
    """One dispatch. Nothing of it is public."""

    carrier: str = ""
    departs_on: date | None = None
    arrives_on: date | None = None
    route: str = ""
    packages: int | None = None
    weight_kg: Decimal | None = None
    receiver_edrpou: str = ""
    state_code: str = ""


@dataclass(frozen=True)
class EvidenceFile:
    """A file that passed `core.uploads`, and what it shows."""

    upload: CleanUpload
    caption: str = ""


class Misfit(StrEnum):
    """Why something cannot cover a line of a need."""

    ITEM = "item"
    UNIT = "unit"
    CURRENCY = "currency"
    RATING = "rating"


def misfit(line: PromisedLine, need: Any) -> Misfit | None:
    """Why ``line`` does not cover the need's line ``need``; None when it does. Missing data never counts as bad.

    The rating of a piece lies inside the range that is asked: 10 kW never cover a line of 300–700 kW.
    """
    if need.template and line.template and need.template.code != line.template:
        return Misfit.ITEM
    if not same_dimension(line.unit, need.unit):
        return Misfit.UNIT
    if line.currency != need.currency:
        return Misfit.CURRENCY
    return None if is_inside(line, need) else Misfit.RATING


def is_inside(inner: Any, outer: Any) -> bool:
    """Whether the technical range of ``inner`` lies in that of ``outer``; true when one of them is not known."""
    if not inner.range_unit or not outer.range_unit:
        return True
    if not same_dimension(inner.range_unit, outer.range_unit):
        return False
    low, high = (_bound(inner, name) for name in ("range_min", "range_max"))
    least, most = (_bound(outer, name) for name in ("range_min", "range_max"))
    if least is not None and (low if low is not None else high) < least:
        return False
    return most is None or (high if high is not None else low) <= most


def _bound(line: Any, name: str) -> Decimal | None:
    value = getattr(line, name)
    return None if value is None else in_base(value, line.range_unit)
