"""The evidence as files: CSV and JSON for machines, by codes; and the PDF (tagged, PDF/UA-1) that typst sets. Pure."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from alliance.content.evidence import IN_CARE, NUMBERS, OF_PERIOD, TABLES
from alliance.core.sheets import BOM

LAYOUT = Path(__file__).resolve().parent / "evidence.typ"
STANDARD = "ua-1"
ABOUT = ("oblast", "sector", "dac", "item", "unit", "currency", "stage", "step", "reason")
HEAD = ("figure", "quarter", "from", "until", "computed_at", *ABOUT, "measure", "value", "kept_back")


def as_csv(report: Mapping[str, Any]) -> bytes:
    """One line for each number; an empty code of an oblast, sector or DAC code is a total."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(HEAD)
    for figure, rows in report["figures"].items():
        period = [report["from"], report["until"]] if figure in OF_PERIOD else ["", ""]
        computed_at = report["computed_at"]
        told_at = report.get("tables_told_at", computed_at)
        for row in rows:
            moment = told_at if figure in TABLES or row.get("step") == IN_CARE else computed_at
            about = [row.get(name, "") for name in ABOUT]
            for name in (name for name in NUMBERS if name in row):
                value = row[name]
                told = ["" if value is None else value, "yes" if value is None else "no"]
                table.writerow([figure, report["quarter"], *period, moment, *about, name, *told])
    return BOM + out.getvalue().encode()


def as_json(report: Mapping[str, Any], about: Mapping[str, Any]) -> bytes:
    """The report with what is said about it; null is a number that is kept back."""
    return json.dumps({**about, **report}, ensure_ascii=False, indent=1).encode()


def as_pdf(document: Mapping[str, Any], made_at: datetime) -> bytes:
    """The same bytes for the same document."""
    import typst

    return typst.compile(
        _layout(),
        sys_inputs={"doc": json.dumps(document, ensure_ascii=False)},
        ignore_system_fonts=True,
        timestamp=made_at.astimezone(UTC).replace(microsecond=0),
        format="pdf",
        pdf_standards=[STANDARD],
    )


@lru_cache(maxsize=1)
def _layout() -> bytes:
    return LAYOUT.read_bytes()
