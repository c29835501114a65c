"""Tables that people send: CSV as spreadsheets of any country save it, and XLSX. Imports of every app call
`read_table()`.

Rows are numbered as spreadsheets number them; what a cell means is the business of the app.
"""

import codecs
import csv
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from alliance.core.uploads import XLSX, check_office, sniff

# A table unpacks to far less than a document with pictures.
MAX_UNPACKED = 40 * 1024 * 1024
MAX_COLUMNS = 200
MAX_CELL = 100_000

Row = tuple[int, list[str]]


class Unreadable(Exception):
    """The file as a whole cannot be used; `message` says why."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


def read_table(content: bytes, *, most_rows: int) -> list[Row]:
    """The heading and the rows below it, each with its number; empty rows are left out.

    :raises Unreadable: no table, damaged, empty, or longer than ``most_rows`` below the heading
    """
    rows = _xlsx_rows(content) if content[:4] == b"PK\x03\x04" else _csv_rows(content)
    table: list[Row] = []
    try:
        for number, cells in rows:
            if any(cell.strip() for cell in cells):
                table.append((number, cells))
            if len(table) > most_rows + 1:
                raise Unreadable(
                    _("The file has more than %(most)d rows. Please send it in parts.") % {"most": most_rows}
                )
    except csv.Error as error:
        raise Unreadable(_("The file is not a table. Please save it as CSV.")) from error
    if not table:
        raise Unreadable(_("The file is empty."))
    return table


# --- CSV ---------------------------------------------------------------------------------------------------


def _csv_rows(content: bytes) -> Iterator[Row]:
    text = decode(content).replace("\0", "")
    lines = [line for line in text[:MAX_CELL].splitlines() if line.strip()]
    if not lines:
        return iter(())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(lines))
    return ((number, cells[:MAX_COLUMNS]) for number, cells in enumerate(reader, 1))


def delimiter_of(lines: list[str]) -> str:
    """What separates the columns of the heading."""
    heading = next(line for line in lines if line.strip())
    return max(";,\t", key=heading.count)


def decode(content: bytes) -> str:
    """The text of a file: UTF-16 or UTF-8 by its mark, else UTF-8, else the Windows code page that fits.

    Windows-1251 (Cyrillic) and Windows-1250 (Polish) read every byte, so the letters decide: in a Polish file
    read as Cyrillic, small letters stand in the middle of Latin words.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return _decoded(content, encoding)
    if content[1:2] == b"\0" or content[:1] == b"\0":
        return _decoded(content, "utf-16-le" if content[1:2] == b"\0" else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _windows(content)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(_("The file cannot be read. Please save it as CSV UTF-8.")) from error


def _windows(content: bytes) -> str:
    cyrillic, central = content.decode("cp1251", "replace"), content.decode("cp1250", "replace")
    # A Cyrillic letter beside a Latin one is the trace of a Polish word read as Cyrillic.
    pairs = list(itertools.pairwise(cyrillic))
    mixed = sum((_is_cyrillic(a) and _is_latin(b)) or (_is_latin(a) and _is_cyrillic(b)) for a, b in pairs)
    pure = sum(_is_cyrillic(a) and _is_cyrillic(b) for a, b in pairs)
    return cyrillic if pure > mixed else central


def _is_cyrillic(letter: str) -> bool:
    return "\u0400" <= letter <= "\u04ff"


def _is_latin(letter: str) -> bool:
    return letter.isascii() and letter.isalpha()


# --- XLSX --------------------------------------------------------------------------------------------------


def _xlsx_rows(content: bytes) -> Iterator[Row]:
    """The first sheet, read without formatting and formulas: of a formula what it last came to."""
    if sniff(content) != XLSX:
        raise Unreadable(_("We can take CSV and XLSX files. This file is something else."))
    try:
        check_office(content, max_unpacked=MAX_UNPACKED)
    except ValidationError as error:
        raise Unreadable(error.messages[0]) from error
    import openpyxl  # costs memory that processes which read no workbook need not spend

    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        rows = book.worksheets[0].iter_rows(max_col=MAX_COLUMNS, values_only=True)
        for number, values in enumerate(rows, 1):
            yield number, [_cell(value) for value in values]
    # Whatever a broken workbook makes a reader of workbooks stumble over.
    except (
        *(zipfile.BadZipFile, zlib.error, SyntaxError, ValueError, TypeError, LookupError),
        *(OSError, EOFError, AttributeError, OverflowError),
    ) as error:
        raise Unreadable(_("The file is damaged. Please save it again and retry.")) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, datetime) and not any((value.hour, value.minute, value.second)):
        return value.date().isoformat()
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def plain_number(value: float) -> str:
    """As people write it: 1e-3 is 0.001, 5.0 is 5."""
    if value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return f"{Decimal(repr(value)):f}".removesuffix(".0")
