"""Profiles of members as a partner sends them, CSV or JSON: what each line says, and what of it can be used. Pure.

The columns are those of our own files of members, so that what one portal gives another can read: `place_register` and
`place_code`, or `org_id`, say whose profile it is; the rest is what it says.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import LANGUAGES
from alliance.core.tables import Unreadable, read_table

MOST_ROWS = 20_000
CODES = ("place_register", "place_code", "org_id")
TEXTS = (
    *(f"name_{code}" for code in LANGUAGES),
    *(f"description_{code}" for code in LANGUAGES),
    "website",
    "population",
)
LISTS = {"languages": "languages_spoken", "sectors": "sectors"}

NO_MEMBER = _("No member of the Alliance stands for this code.")


def same_as(line: int) -> Any:
    return format_lazy(_("The same member as in line {line}."), line=line)


def unknown_code(code: str) -> Any:
    return format_lazy(_("Unknown code: {code}"), code=code[:20])


@dataclass
class Profile:
    """One line: whose it is, what it says by the names of our fields, and why parts of it are not used."""

    line: int
    register: str = ""
    code: str = ""
    org_id: str = ""
    says: dict[str, Any] = field(default_factory=dict)
    problems: list[Any] = field(default_factory=list)


def read_profiles(content: bytes, model: type[Model]) -> list[Profile]:
    """``model`` says what its fields take.

    :raises Unreadable: neither a table with a heading nor JSON with a list
    """
    is_json = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")
    lines = _json_lines(content) if is_json else _table_lines(content)
    return [_profile(number, values, model) for number, values in lines]


def as_rows(profiles: Iterable[Profile]) -> list[dict[str, Any]]:
    """What profiles say, as the rows of a JSON file that says the same; each with the line that it came from."""
    columns = {column: name for name, column in LISTS.items()}
    return [
        {
            "line": profile.line,
            **dict(zip(CODES, (profile.register, profile.code, profile.org_id), strict=True)),
            **{columns.get(name, name): value for name, value in profile.says.items()},
        }
        for profile in profiles
    ]


def from_rows(rows: Iterable[Mapping[str, Any]], model: type[Model]) -> list[Profile]:
    """The profiles behind `as_rows`."""
    return [_profile(row["line"], row, model) for row in rows]


def _json_lines(content: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unreadable(_("The file is not JSON in UTF-8.")) from error
    rows = found.get("members") if isinstance(found, dict) else found
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(_("The file has no list of members."))
    if len(rows) > MOST_ROWS:
        raise Unreadable(
            _("The file has more than %(most)d rows. Please send it in parts.") % {"most": MOST_ROWS}
        )
    yield from enumerate(rows, 1)


def _table_lines(content: bytes) -> Iterator[tuple[int, Mapping[str, Any]]]:
    (_number, heading), *rows = read_table(content, most_rows=MOST_ROWS)
    columns = [cell.strip().lower() for cell in heading]
    if not {"place_code", "org_id"} & set(columns):
        raise Unreadable(_("The heading has neither place_code nor org_id."))
    for number, cells in rows:
        yield number, dict(zip(columns, cells, strict=False))


def _profile(line: int, values: Mapping[str, Any], model: type[Model]) -> Profile:
    register, code, org_id = (_text(values.get(name)) for name in CODES)
    profile = Profile(line, register.lower(), code, org_id)
    if not (profile.code or profile.org_id):
        profile.problems.append(_("No code says whose profile it is."))
    for name in TEXTS:
        if text := _text(values.get(name)):
            try:
                profile.says[name] = model._meta.get_field(name).clean(text, None)
            except ValidationError as error:
                profile.problems.append(f"{name}: {' '.join(error.messages)}")
    for name, column in LISTS.items():
        if words := _words(values.get(name)):
            profile.says[column] = words
    return profile


def _text(value: Any) -> str:
    """An apostrophe that keeps a spreadsheet from running a text comes off."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value).replace("\0", "").strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _words(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else _text(value).replace(",", " ").replace(";", " ").split()
    return list(dict.fromkeys(part.strip() for part in parts if isinstance(part, str) and part.strip()))
