"""Files around chunks of rows: CSV, JSON and XLSX as generators, whatever the length of the list. Pure; exports of
every app call it.

A chunk is written out before the next one is read.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

# Texts that a spreadsheet would run as a formula get an apostrophe in front (OWASP, “CSV injection”).
FORMULA = r"^[=+@\t\r-]"
# Where a file comes back, the apostrophe must come off exactly: one stands also before texts that begin with
# apostrophes and then like a formula (or a line that a workbook turns into another), and only there one is taken off.
GUARDED = r"^'*[=+@\t\r\n-]"
BOM = b"\xef\xbb\xbf"
XLSX_MOST = 1_048_575  # rows of one sheet, the heading left out

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def as_csv(chunks: Iterable[bytes], names: Sequence[str]) -> Iterator[bytes]:
    """With a byte order mark, without which spreadsheets misread names."""
    yield BOM + ",".join(names).encode() + b"\r\n"
    yield from chunks


def as_json(chunks: Iterable[bytes], about: dict[str, Any], name: str) -> Iterator[bytes]:
    """One object: what is said about the list, then the list; a chunk holds one object per line."""
    head = json.dumps(about, ensure_ascii=False, indent=1).removesuffix("\n}")
    yield f'{head},\n "{name}": ['.encode()
    separator = b"\n"
    for chunk in chunks:
        if lines := chunk.rstrip(b"\n"):
            yield separator + lines.replace(b"\n", b",\n")
            separator = b",\n"
    yield b"\n]}\n"


# --- XLSX --------------------------------------------------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The heading stays in sight.
_FROZEN = (
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
    ' state="frozen"/></sheetView></sheetViews>'
)
_SHEET_OPEN = f'{_HEAD}<worksheet xmlns="{_MAIN}">'
_SHEET_CLOSE = "</sheetData></worksheet>"
# Characters that XML has no way to write.
UNWRITABLE = {code: None for code in [*range(32), 0xFFFE, 0xFFFF] if code not in (9, 10, 13)}


def _parts(sheets: Sequence[str]) -> dict[str, str]:
    numbers = range(1, len(sheets) + 1)
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-'
            'officedocument.spreadsheetml.worksheet+xml"/>'
            for n in numbers
        )
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in enumerate(sheets, 1))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        + "</Relationships>",
    }


class _Outbox:
    """Where the archive is written to: bytes that wait to be sent."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def taken(self) -> bytes:
        data, self.parts = b"".join(self.parts), []
        return data


def as_xlsx(
    chunks: Iterable[Sequence[tuple]],
    names: Sequence[str],
    about: Iterable[tuple[str, Any]],
    sheet: str,
) -> Iterator[bytes]:
    """A workbook that is sent while it is written: two sheets of inline texts, the second says what this is."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for name, content in _parts([sheet, "about"]).items():
            archive.writestr(name, _HEAD + content)
        rows = "".join(_row((key, str(value))) for key, value in about)
        archive.writestr("xl/worksheets/sheet2.xml", f"{_SHEET_OPEN}<sheetData>{rows}{_SHEET_CLOSE}")
        with archive.open("xl/worksheets/sheet1.xml", "w") as file:
            file.write(f"{_SHEET_OPEN}{_FROZEN}<sheetData>{_row(names)}".encode())
            for part in chunks:
                file.write("".join(map(_row, part)).encode())
                yield outbox.taken()
            file.write(_SHEET_CLOSE.encode())
    yield outbox.taken()


def _row(values: Sequence[Any]) -> str:
    return f"<row>{''.join(map(_xlsx_cell, values))}</row>"


def _xlsx_cell(value: Any) -> str:
    """Numbers are numbers, everything else is a text, also what looks like a formula."""
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        text = escape(value) if value.isprintable() else escape(value.translate(UNWRITABLE))
        return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    if hasattr(value, "isoformat"):
        return f'<c t="inlineStr"><is><t>{value.isoformat()}</t></is></c>'
    return f"<c><v>{value}</v></c>"
