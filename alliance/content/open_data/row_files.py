"""Sets of few rows as files: the rows of the interface, and as tables one line for each part of a row. Pure."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from alliance.core import sheets
from alliance.core.languages import LANGUAGES

Rows = list[dict[str, Any]]
_FORMULA = re.compile(sheets.FORMULA)


def _names(column: str, field: str) -> dict[str, str]:
    return {f"{column}_{code}": f"{field}.{code}" for code in LANGUAGES}


def _same(*names: str, within: str = "") -> dict[str, str]:
    return {name: f"{within}{name}" for name in names}


# Column → the field that it shows; of a list each part is a line of the table.
APPEALS = {
    **_same("id", "url", "status"),
    **_names("title", "title"),
    **_same("opened_at", "deadline", "needs", "offers"),
    "line_id": "target.id",
    "item": "target.item",
    **_names("item_name", "target.item_name"),
    "item_words": "target.words.text",
    **_same(
        "quantity", "unit", "currency", "promised", "firm", "delivered", "figures_unit", within="target."
    ),
}
DOCUMENTS = {
    **_same("id", "url", "kind"),
    **_names("title", "title"),
    **_same("dated_on", "published_at"),
    "language": "files.language",
    "file_title": "files.title",
    "file_url": "files.url",
    **_same("format", "size", "sha256", "changed_at", within="files."),
}


def as_csv(chunks: Iterable[Rows], columns: Mapping[str, str], parts: str) -> Iterator[bytes]:
    """``parts`` names the list; a row without any is a line all the same."""
    return sheets.as_csv((_table(rows, columns, parts) for rows in chunks), list(columns))


def _table(rows: Rows, columns: Mapping[str, str], parts: str) -> bytes:
    out = io.StringIO()
    lines = (row | {parts: part} for row in _plain(rows) for part in row[parts] or [None])
    csv.writer(out).writerows([_cell(line, path) for path in columns.values()] for line in lines)
    return out.getvalue().encode()


def _plain(rows: Rows) -> Rows:
    """Days and moments as the interface writes them."""
    return json.loads(json.dumps(rows, cls=DjangoJSONEncoder))


def _cell(line: Mapping[str, Any], path: str) -> Any:
    value: Any = line
    for name in path.split("."):
        value = value[name] if value is not None else None
    return f"'{value}" if isinstance(value, str) and _FORMULA.search(value) else value


def as_json(chunks: Iterable[Rows], about: dict[str, Any], name: str) -> Iterator[bytes]:
    lines = ("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in _plain(rows)) for rows in chunks)
    return sheets.as_json((text.encode() for text in lines), about, name)
