"""Profiles as JSON and back, so that the inputs of a round can be kept as they were. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from alliance.core.search import Phrase
from partnerships.coverage import Item
from partnerships.matching import Ask, Give, Profile

_SETS = [field.name for field in fields(Profile) if "frozenset" in str(field.type)]
_PLAIN = [field.name for field in fields(Profile) if field.name not in (*_SETS, "needs", "offers")]
_DEFAULTS = {field.name: field.default for field in fields(Profile) if field.name in _PLAIN}
_DATES = ["needed_by", "available_from", "available_until"]
_NUMBERS = ["range_min", "range_max"]
_WORDS = ["unit", "template", "currency", "range_unit", "condition"]


def kept(profile: Profile) -> dict[str, Any]:
    """Only what is known, lists in order: the same profile is the same text."""
    values = {name: getattr(profile, name) for name in _PLAIN}
    values |= {name: sorted(getattr(profile, name)) for name in _SETS}
    values["needs"] = [
        {"line": ask.line, "open": str(ask.open), "words": ask.words, "item": _kept_item(ask.item)}
        for ask in profile.needs
    ]
    values["offers"] = [
        {"line": give.line, "quantity": str(give.quantity), "item": _kept_item(give.item)}
        for give in profile.offers
    ]
    return {name: value for name, value in values.items() if value != _DEFAULTS.get(name, [])}


def profile_of(values: Mapping[str, Any]) -> Profile:
    """The profile that `kept` made ``values`` of."""
    plain = {name: values[name] for name in _PLAIN if name in values}
    sets = {name: frozenset(values[name]) for name in _SETS if name in values}
    needs = tuple(
        Ask(ask["line"], _item(ask["item"]), Decimal(ask["open"]), ask["words"])
        for ask in values.get("needs", ())
    )
    offers = tuple(
        Give(give["line"], _item(give["item"]), Decimal(give["quantity"]))
        for give in values.get("offers", ())
    )
    return Profile(**plain, **sets, needs=needs, offers=offers)


def _kept_item(item: Item) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(item, name) for name in _WORDS}
    values |= {name: str(bound) for name in _NUMBERS if (bound := getattr(item, name)) is not None}
    values |= {name: day.isoformat() for name in _DATES if (day := getattr(item, name)) is not None}
    values["specs"] = dict(sorted(item.specs.items()))
    values["names"] = kept_names(item.names)
    return {name: value for name, value in values.items() if value not in ("", [], {})}


def kept_names(names: tuple[Phrase, ...]) -> list[list[list[list[str]]]]:
    return [[[sorted(forms) for forms in words] for words in (name.parted, name.joined)] for name in names]


def _item(values: Mapping[str, Any]) -> Item:
    words = {name: values[name] for name in (*_WORDS, "specs") if name in values}
    numbers = {name: Decimal(values[name]) for name in _NUMBERS if name in values}
    days = {name: date.fromisoformat(values[name]) for name in _DATES if name in values}
    return Item(**words, **numbers, **days, names=names_of(values.get("names", ())))


def names_of(lists: Iterable[list[list[list[str]]]]) -> tuple[Phrase, ...]:
    """The names that `kept_names` made ``lists`` of."""
    return tuple(Phrase(*(tuple(map(frozenset, words)) for words in name)) for name in lists)
