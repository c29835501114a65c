"""Lists: pages by key, capped counts, filters with counts, removable chips, addresses that keep the filters.

Views of every list call this. A page's key is opaque and checked: a broken one leads to the first page.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import F, Func, Value
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import pgettext

from alliance.core.collation import sort_key
from alliance.core.languages import reader_language

PAGE_SIZE = 25
COUNT_CAP = 1000  # totals beyond it read “1,000+”: counting a million rows helps nobody
MAX_QUERY = 100
MAX_VALUES = 30  # values of one filter that are looked at; more are not typed by people
PAGE_KEYS = ("after", "before")

# json.dumps would make an encoder for every key.
_short_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Key = tuple[str, str]  # a column, never null, and "asc" or "desc"; the last one is unique


# --- Pages by key ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: the key of the row before it, and the way to walk from there."""

    values: tuple[Any, ...]
    is_backwards: bool


@dataclass(frozen=True)
class Page:
    """Rows in reading order, and the keys of the pages around them (empty where there is none)."""

    rows: list[Any]
    after: str = ""
    before: str = ""

    def links(self, params: QueryDict) -> dict[str, str]:
        """For `components/pagination.html`: addresses of both neighbours, filters kept."""
        return {
            "previous_url": address(params, before=self.before) if self.before else "",
            "next_url": address(params, after=self.after) if self.after else "",
        }


def keyset_page(
    queryset: models.QuerySet, keys: Sequence[Key], params: Mapping[str, str], size: int = PAGE_SIZE
) -> Page:
    """One page of ``queryset`` in the order of ``keys``: flat at any depth, and no row twice or never.

    All columns of ``keys`` point the same way where an index is to be used; mixed ones are compared one by one.
    """
    cursor = read_cursor(queryset, keys, params)
    if cursor:
        queryset = queryset.filter(beyond(queryset, keys, cursor))
    rows = list(queryset.order_by(*ordering(keys, cursor))[: size + 1])
    return cut(rows, keys, cursor, size)


def read_cursor(
    model: type[models.Model] | models.QuerySet, keys: Sequence[Key], params: Mapping[str, str]
) -> Cursor | None:
    """The cursor of a request; None on the first page and for a key that we did not make."""
    for name in PAGE_KEYS:
        if token := params.get(name):
            values = _decode(token, [_field(model, column) for column, _way in keys])
            return Cursor(values, name == "before") if values else None
    return None


def ordering(keys: Sequence[Key], cursor: Cursor | None) -> list[str]:
    """`order_by` arguments: backwards when the page before a row is asked for."""
    backwards = bool(cursor and cursor.is_backwards)
    return [column if (way == "asc") != backwards else f"-{column}" for column, way in keys]


def beyond(model: type[models.Model] | models.QuerySet, keys: Sequence[Key], cursor: Cursor) -> Any:
    """The condition “past the cursor”: one comparison of rows, which a btree answers directly."""
    ways = {way for _column, way in keys}
    signs = {"asc": "<" if cursor.is_backwards else ">", "desc": ">" if cursor.is_backwards else "<"}
    pairs = [
        (column, signs[way], Value(value, output_field=_field(model, column)))
        for (column, way), value in zip(keys, cursor.values, strict=True)
    ]
    if len(ways) == 1:
        left = _row([F(column) for column, _sign, _value in pairs])
        right = _row([value for _column, _sign, value in pairs])
        return Func(
            left,
            right,
            template="(%(expressions)s)",
            arg_joiner=f" {pairs[0][1]} ",
            output_field=models.BooleanField(),
        )
    condition = models.Q()
    for position, (column, sign, value) in enumerate(pairs):
        equal = models.Q(**{before: same for before, _sign, same in pairs[:position]})
        condition |= equal & models.Q(**{f"{column}__{'lt' if sign == '<' else 'gt'}": value})
    return condition


def cut(rows: list[Any], keys: Sequence[Key], cursor: Cursor | None, size: int) -> Page:
    """A page out of up to ``size + 1`` rows, fetched in walking order: the last one only shows that more come."""
    more, rows = len(rows) > size, rows[:size]
    backwards = bool(cursor and cursor.is_backwards)
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    return Page(
        rows,
        after=encode(rows[-1], keys) if has_next else "",
        before=encode(rows[0], keys) if has_previous else "",
    )


def encode(row: Any, keys: Sequence[Key]) -> str:
    """The key of a row, for an address."""
    values = []
    for column, _way in keys:
        value = row
        for name in column.split("__"):
            value = getattr(value, name)
        values.append(value.isoformat() if isinstance(value, date | datetime) else value)
    text = _short_json(values)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(token: str, fields: list[models.Field]) -> tuple[Any, ...] | None:
    try:
        text = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4)).decode()
        values = json.loads(text)
        if not isinstance(values, list) or len(values) != len(fields):
            return None
        return tuple(_checked(value, column) for value, column in zip(values, fields, strict=True))
    except (ValueError, binascii.Error, ValidationError, TypeError, RecursionError, OverflowError):
        return None


def _checked(value: Any, column: models.Field) -> Any:
    if not isinstance(value, str | int) or isinstance(value, bool) or "\0" in str(value):
        raise ValueError(value)
    str(value).encode()  # lone surrogates are no text
    checked = column.to_python(value)
    if checked is None or (isinstance(checked, datetime) and checked.tzinfo is None):
        raise ValueError(value)
    column.run_validators(checked)
    return checked


def _field(model: type[models.Model] | models.QuerySet, column: str) -> models.Field:
    """The field behind a key; of a queryset also what it is annotated with."""
    if isinstance(model, models.QuerySet):
        if column in model.query.annotations:
            return model.query.annotations[column].output_field
        model = model.model
    *path, name = column.split("__")
    for step in path:
        model = model._meta.get_field(step).related_model
    found = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if not isinstance(found, models.Field):
        raise FieldDoesNotExist(column)
    return found


def _row(parts: list[Any]) -> Func:
    return Func(*parts, template="(%(expressions)s)", arg_joiner=", ", output_field=models.TextField())


# --- Counts ------------------------------------------------------------------------------------------------


def capped_count(queryset: models.QuerySet, cap: int = COUNT_CAP) -> int:
    """How many rows, at most ``cap + 1``: the database stops counting there."""
    return queryset.order_by()[: cap + 1].count()


def written_count(count: int, cap: int = COUNT_CAP, *, at_least: bool = False) -> str:
    """“128” or “1,000+”, as the reader writes numbers; ``at_least``: the count was cut short earlier."""
    is_more = at_least or count > cap
    number = number_format(min(count, cap), use_l10n=True, force_grouping=True)
    return pgettext("a count that was cut short", "%(number)s+") % {"number": number} if is_more else number


# --- Filters -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """One value of a filter. ``count`` is already written for the reader; None shows no number."""

    value: str
    label: str
    count: str | None = None
    is_checked: bool = False
    is_child: bool = False


@dataclass
class Facet:
    """One filter: its name in the address, its legend, its choices (`components/filter_group.html`), and what its
    readers should know."""

    name: str
    legend: str
    choices: list[Choice] = field(default_factory=list)
    hint: str = ""

    @property
    def is_open(self) -> bool:
        return any(choice.is_checked for choice in self.choices)


def by_name(choice: Choice) -> str:
    """Key that puts choices in the order of the reader's alphabet."""
    return sort_key(choice.label, reader_language())


def values_of(params: QueryDict, name: str, allowed: Iterable[str] | None = None) -> list[str]:
    """The values of a filter in a request, each once; those that are not ``allowed`` are ignored."""
    known = None if allowed is None else set(allowed)
    wanted = dict.fromkeys(value for value in params.getlist(name)[:MAX_VALUES] if value)
    return [value for value in wanted if known is None or value in known]


def text_of(params: QueryDict, name: str = "q", longest: int = MAX_QUERY) -> str:
    """What was typed into a search box: one line, of a sane length."""
    return " ".join(params.get(name, "").replace("\0", " ")[: longest * 2].split())[:longest]


def chips(params: QueryDict, facets: Iterable[Facet]) -> list[dict[str, str]]:
    """For `components/chips.html`: each chosen value with the address that removes it."""
    return [
        {"label": choice.label, "remove_url": without(params, facet.name, choice.value)}
        for facet in facets
        for choice in facet.choices
        if choice.is_checked
    ]


# --- Addresses ---------------------------------------------------------------------------------------------


def text_chip(params: QueryDict, text: str, name: str = "q") -> list[dict[str, str]]:
    """The words that were searched for, as a chip; nothing without."""
    if not text:
        return []
    label = pgettext("search text as a filter", "“%(text)s”") % {"text": text}
    return [{"label": label, "remove_url": address(params, **{name: None})}]


def address(params: QueryDict, **changes: str | None) -> str:
    """This list with ``changes`` to its query; None removes. Any change starts at the first page again."""
    query = _without_page(params)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = [value]
    return _written(query)


def without(params: QueryDict, name: str, value: str) -> str:
    """This list without one value of one filter."""
    query = _without_page(params)
    query[name] = [kept for kept in query.get(name, ()) if kept != value]
    return _written(query)


def kept(params: QueryDict, *dropped: str) -> list[dict[str, str]]:
    """For hidden inputs of a form: everything that is set but ``dropped`` and the page."""
    return [
        {"name": name, "value": value}
        for name, values in _without_page(params).items()
        if name not in dropped
        for value in values[:MAX_VALUES]
    ]


def _without_page(params: QueryDict) -> dict[str, list[str]]:
    """A plain dict: a list writes a dozen addresses, and copying a QueryDict copies every value."""
    return {name: values for name, values in params.lists() if name not in PAGE_KEYS}


def _written(query: Mapping[str, Sequence[str]]) -> str:
    """``?a=1&b=2``; ``?`` alone means the list without any filter."""
    pairs = [
        f"{quoted(name)}={quoted(str(value))}"
        for name, values in query.items()
        for value in values[:MAX_VALUES]
        if value
    ]
    return f"?{'&'.join(pairs)}"


# The addresses of one page say the same names and values again and again.
quoted = lru_cache(maxsize=1000)(quote_plus)
