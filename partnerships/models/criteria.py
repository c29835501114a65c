"""What an address asks of the lists, as `Criteria`: pages, files, feeds and saved searches read addresses alike."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date

from alliance.core import lists
from alliance.core.languages import reader_language
from alliance.core.units import DECIMALS, Unit, base_of, plain, same_dimension
from partnerships import dream
from partnerships.models.items import ItemTemplate
from partnerships.models.listings import Listing
from partnerships.models.search import Criteria, asked_tokens
from partnerships.models.search_lines import LineAsked, Size, needs_lines
from partnerships.search_text import words_query


def _one_of(values: list[str]) -> re.Pattern:
    return re.compile("|".join(map(re.escape, values)))


# What stands for lines in free words, beside the groups of the catalogue.
FREE = "other"
# Name in the address → prefix of its lexemes, and what a value looks like.
FACETS = {
    "kind": ("k", _one_of(Listing.Kind.values)),
    "sector": ("s", re.compile(r"[A-Z]{3}(-\d{2})?|[A-Z0-9]{1,10}", re.ASCII)),
    "help": ("g", _one_of([*ItemTemplate.Group.values, FREE])),
    "item": ("i", re.compile(r"[a-z0-9][a-z0-9_-]{0,29}", re.ASCII)),
    "country": ("c", re.compile(r"[A-Z]{2}")),
    "region": ("r", re.compile(r"\d{1,18}", re.ASCII)),
    "cover": ("o", re.compile(r"open|partly|covered")),
    "urgency": ("u", _one_of(Listing.Urgency.values)),
    "transport": ("t", _one_of(Listing.TransportBy.values)),
    "appeal": ("a", re.compile(r"[a-z0-9]{1,12}", re.ASCII)),
    "dream_id": ("d", dream.ID),
    "partner": ("p", re.compile(r"never")),
    "lang": ("l", re.compile(r"[a-z]{2,3}")),
}
DATES = ("until", "needed_by", "available_on")
SIZES = ("size_from", "size_to")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
NUMBER = re.compile(r"(\d{1,10})(?:[.,](\d{1,6}))?", re.ASCII)
MEASURED_IN = [unit for unit in Unit if unit != Unit.MONEY]


class Wrong(StrEnum):
    """Why a value was not taken."""

    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    # “1,000” is a thousand to some and one to others.
    THOUSANDS = "thousands"
    ORDER = "order"
    NO_UNIT = "no_unit"
    OTHER_UNIT = "other_unit"


@dataclass(frozen=True)
class Asked:
    """What one address asks for. What makes no sense stands in `refused` under its name, and asks for nothing."""

    kind: str
    for_members: bool
    text: str = ""
    until: date | None = None
    chosen: dict[str, list[str]] = field(default_factory=dict)
    # The language that the words were typed in; empty: the reader's.
    language: str = ""
    needed_by: date | None = None
    available_on: date | None = None
    size_from: Decimal | None = None
    size_to: Decimal | None = None
    # As it was chosen; empty: that of the item.
    size_unit: str = ""
    size: Size | None = None
    refused: dict[str, Wrong] = field(default_factory=dict)

    @classmethod
    def of(cls, params: QueryDict, *, kind: str, for_members: bool, language: str = "") -> Self:
        refused: dict[str, Wrong] = {}
        chosen = _chosen(params, kind, refused)
        found: dict[str, Any] = {name: _date(params, name, refused) for name in DATES}
        found |= _size(params, chosen.get("item", []), refused)
        return cls(
            kind=kind,
            for_members=for_members,
            text=lists.text_of(params),
            chosen=chosen,
            language=language,
            refused=refused,
            **found,
        )

    @cached_property
    def criteria(self) -> Criteria:
        return Criteria(
            today=timezone.localdate(),
            for_members=self.for_members,
            kind=self.kind,
            words=self._words,
            facets=tuple(
                (name, asked_tokens(name, values, FACETS[name][0], for_members=self.for_members))
                for name, values in self.chosen.items()
            ),
            valid_until=self.until,
            lines=self.lines if needs_lines(self.lines) else None,
        )

    @cached_property
    def lines(self) -> LineAsked:
        return LineAsked(
            items=tuple(self.chosen.get("item", ())),
            groups=tuple(self.chosen.get("help", ())),
            size=self.size,
            needed_by=self.needed_by,
            available_on=self.available_on,
        )

    @property
    def _words(self) -> str | None:
        if not self.text:
            return None
        return words_query(self.text, self.language or reader_language(), for_members=self.for_members)

    @cached_property
    def address(self) -> str:
        """The same question in one normal order, as an address writes it; empty when nothing is asked."""
        pairs = [("q", self.text)] if self.text else []
        pairs += [(name, value) for name in FACETS for value in sorted(self.chosen.get(name, ()))]
        pairs += [(name, day.isoformat()) for name in DATES if (day := getattr(self, name))]
        pairs += [
            (name, written_number(number)) for name in SIZES if (number := getattr(self, name)) is not None
        ]
        if self.size:
            pairs.append(("size_unit", self.size_unit))
        return urlencode(pairs)


def written_number(number: Decimal) -> str:
    """As `_number` reads it: three decimals get a fourth, so that nobody takes them for thousands."""
    text = str(plain(number))
    return f"{text}0" if len(text.partition(".")[2]) == DECIMALS else text


def _chosen(params: QueryDict, kind: str, refused: dict[str, Wrong]) -> dict[str, list[str]]:
    chosen = {}
    for name, (_prefix, shape) in FACETS.items():
        if name not in params or (kind and name == "kind"):
            continue
        given = lists.values_of(params, name)
        if values := [value for value in given if shape.fullmatch(value)]:
            chosen[name] = values
        if len(values) < len(given):
            refused[name] = Wrong.CHOICE
    return chosen


def _date(params: QueryDict, name: str, refused: dict[str, Wrong]) -> date | None:
    text = params.get(name, "").strip()
    if not text:
        return None
    try:
        day = parse_date(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        refused[name] = Wrong.DATE
    return day


def _size(params: QueryDict, items: list[str], refused: dict[str, Wrong]) -> dict[str, Any]:
    low, high = (_number(params, name, refused) for name in SIZES)
    unit = params.get("size_unit", "").strip()
    if unit and unit not in MEASURED_IN:
        refused["size_unit"], unit = Wrong.CHOICE, ""
    if (low is None and high is None) or {*SIZES, "size_unit"} & refused.keys():
        return {}
    if low is not None and high is not None and low > high:
        refused["size_to"] = Wrong.ORDER
        return {}
    rated_in = _rated_in(items)
    if not unit and len({base_of(each)[0] for each in rated_in}) == 1:
        unit = rated_in[0]
    if not unit:
        refused["size_unit"] = Wrong.NO_UNIT
        return {}
    if rated_in and not any(same_dimension(unit, each) for each in rated_in):
        refused["size_unit"] = Wrong.OTHER_UNIT
        return {}
    size = Size.of(low, high, unit, base_of(unit)[0])
    return {"size_from": low, "size_to": high, "size_unit": unit, "size": size}


def _rated_in(items: list[str]) -> list[str]:
    """What the chosen items are rated in; nothing for items whose size is no question."""
    if not items:
        return []
    rows = ItemTemplate.objects.filter(code__in=items).exclude(range_unit="").in_order()
    return list(rows.values_list("range_unit", flat=True))


def _number(params: QueryDict, name: str, refused: dict[str, Wrong]) -> Decimal | None:
    """“10”, “2.5” and “2,5”, whatever language the reader writes in."""
    text = "".join(params.get(name, "")[:100].split())
    if not text:
        return None
    found = NUMBER.fullmatch(text)
    if not found:
        refused[name] = Wrong.NUMBER
        return None
    whole, decimals = found[1], found[2] or ""
    if len(decimals) == DECIMALS and not whole.startswith("0"):
        refused[name] = Wrong.THOUSANDS
        return None
    number = Decimal(f"{whole}.{decimals}") if decimals else Decimal(whole)
    if number != round(number, DECIMALS):
        refused[name] = Wrong.NUMBER
        return None
    return round(number, DECIMALS)
