"""The packing list of one transport as CSV, for customs brokers, carriers and warehouses. Pure.

As every table of the portal: UTF-8 with a byte order mark, CRLF, and no cell that a spreadsheet would run.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from alliance.core.sheets import BOM, FORMULA

RUNS = re.compile(FORMULA)


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of text, the heading first."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return BOM + out.getvalue().encode()


def safe(cell: str) -> str:
    """With an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{cell}" if RUNS.match(cell) else cell
