"""What a person says about a promise, before it is a row: forms, links and imports make it, actions store it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

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
    """``is_receiver_hidden`` of None: as the needs say that are promised for."""

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
    vehicles: str = ""
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


@dataclass(frozen=True)
class Teller:
    """Who confirms by a link: the name that the person gives, and the mailbox that the link was mailed to."""

    name: str
    email: str
