"""Promises as files for everyone: a row for each line, with what everyone may read and nothing else. Pure.

Codes and numbers are those of the ledger, in every language alike; names and items stand in the reader's language.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from alliance.core import sheets
from alliance.core.audience import Audience, visible
from alliance.core.units import plain
from partnerships import ledger
from partnerships.ledger_words import public_state
from partnerships.names_shown import named, project_of

AMOUNTS = ("promised", "committed", "cancelled", "received", "accepted", "lost", "returned")
WORDS = ("giver", "receiver", "item")  # what people wrote: no cell of a table becomes a formula
COLUMNS = (
    *("id", "promise_url", "giver", "giver_url", "receiver", "receiver_url"),
    *("item_code", "item", "unit", "currency", "dream_id", "first_agreed_day", "agreed_day"),
    *AMOUNTS,
    *("awaited", "state", "is_late", "outcome"),
)
_FORMULA = re.compile(sheets.FORMULA)


def row_of(line: Any, *, prefixes: dict[str, str], today: date, first_day: date | None) -> dict[str, Any]:
    """One line of a promise; ``prefixes`` are what stands before the slug of a promise and of a member."""
    pledge, events = line.pledge, list(line.events.all())
    totals = ledger.totals(events)
    verdict = ledger.verdict(events, pledge.due_on, today)
    sides = {side: named(pledge, side, Audience.PUBLIC) for side in ("giver", "receiver")}
    return {
        "id": line.slug,
        "promise_url": f"{prefixes['promise']}{pledge.slug}/",
        **{side: str(sides[side].name) for side in sides},
        **{f"{side}_url": _url(prefixes["member"], sides[side].slug) for side in sides},
        "item_code": line.template.code if line.template else "",
        "item": item_of(line),
        "unit": line.unit,
        "currency": line.currency,
        "dream_id": project_of(line, Audience.PUBLIC),
        "first_agreed_day": first_day,
        "agreed_day": pledge.due_on,
        **{name: plain(getattr(totals, name)) for name in AMOUNTS},
        "awaited": plain(totals.outstanding),
        "state": public_state(totals.state).value,
        "is_late": ledger.is_late(totals, pledge.due_on, today),
        "outcome": verdict.value if verdict else "",
    }


def _url(prefix: str, slug: str) -> str:
    return f"{prefix}{slug}/" if slug else ""


def item_of(line: Any) -> str:
    """The item as the catalogue calls it, and its author's words where these are public."""
    words = line.item if visible(line.pledge, "title", Audience.PUBLIC) else ""
    return ", ".join(str(part) for part in (line.template and line.template.name, words) if part)


def as_csv(chunks: Iterable[list[dict[str, Any]]]) -> Iterator[bytes]:
    return sheets.as_csv((_table(rows) for rows in chunks), COLUMNS)


def _table(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([_cell(name, row[name]) for name in COLUMNS] for row in rows)
    return out.getvalue().encode()


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}" if name in WORDS and _FORMULA.search(value) else value


def as_json(chunks: Iterable[list[dict[str, Any]]], about: dict[str, Any]) -> Iterator[bytes]:
    return sheets.as_json((_lines(rows) for rows in chunks), about, "promises")


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(f"{json.dumps(row, ensure_ascii=False, default=_plain)}\n" for row in rows).encode()


def _plain(value: Any) -> Any:
    """Numbers as numbers; a quantity has at most three decimals, so nothing is lost."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat()
