"""The catalogue of items, from our own table into rows. Codes are keys; an item is retired, never deleted."""

import csv
from pathlib import Path

from django.db import transaction

from partnerships.models import ItemTemplate

TABLE = Path(__file__).resolve().parent.parent / "data" / "items.csv"
COLUMNS = ["group", "unit", "range_unit", "dac_code"] + [
    f"{field}_{code}" for field in ("name", "keywords") for code in ("en", "pl", "uk")
]


def load_items() -> int:
    """Add and update the items of our table; those that the desk added stay. Returns how many rows changed."""
    with TABLE.open(encoding="utf-8", newline="") as file, transaction.atomic():
        there = {item.code: item for item in ItemTemplate.objects.select_for_update()}
        return sum(_write(there, position, line) for position, line in enumerate(csv.DictReader(file)))


def _write(there: dict[str, ItemTemplate], position: int, line: dict[str, str]) -> bool:
    values = {name: line[name] for name in COLUMNS}
    values |= {
        "position": position,
        "specs": line["specs"].split(),
        "has_condition": line["has_condition"] == "1",
    }
    item = there.get(line["code"]) or ItemTemplate(code=line["code"])
    if item.pk and all(getattr(item, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(item, name, value)
    item.save()
    return True
