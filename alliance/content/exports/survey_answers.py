"""What every member said to a survey, as a table for the desk: it names members, so nobody else gets it. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from alliance.core.sheets import BOM, FORMULA

FORMULA_RE = re.compile(FORMULA)


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Line by line, whatever the number of members; no cell is run as a formula."""
    yield BOM + _line(head)
    for row in rows:
        yield _line(row)


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if FORMULA_RE.match(cell) else cell for cell in cells])
    return out.getvalue().encode()
