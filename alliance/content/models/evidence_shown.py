"""The figures of the evidence as a reader reads them: codes become names, numbers are written, each table has its
chart. The page, the page of the desk and the PDF print the same blocks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.content import evidence_words as words
from alliance.content.evidence import FIGURES, NUMBERS, OF_PERIOD, TABLES
from alliance.content.evidence_charts import Bar, bars_of_counts, chart_of
from alliance.content.evidence_words import number
from alliance.content.models.evidence_queries import (
    NO_CODE,
    NO_OBLAST,
    dac_of_sectors,
    main_dac_of_sectors,
)
from alliance.content.suppression_network import TOTAL
from alliance.core import context
from alliance.core.collation import sort_key
from alliance.core.languages import reader_language
from alliance.core.units import Unit
from members.models import Place, Sector
from partnerships.models import ItemTemplate, Match, Twinning

# The number that a bar shows.
BARS = {"needs-by-dac": "needs", "twinnings": "twinnings", "blocked-steps": "waiting", "refusals": "matches"}
# Those of a period that are drawn: how many there were stands beside.
DAYS = ("median_days", "ninth_decile_days")
Row = Mapping[str, Any]


class Names:
    """Codes to words, for one reader; four queries. ``with_codes``: of sectors, too, as files for institutions have
    them; a page says their names alone."""

    def __init__(self, *, with_codes: bool = False) -> None:
        self.with_codes = with_codes
        language = reader_language()
        column = f"name_{language}"
        self.oblasts = dict(
            Place.objects.regions_of("UA").order_by(f"sort_{language}").values_list("code", column)
        )
        self.sectors = dict(Sector.objects.top().in_order().values_list("code", column))
        self.dac: dict[str, list[str]] = {}
        for sector, code in dac_of_sectors():
            self.dac.setdefault(sector, []).append(code)
        self.items = dict(ItemTemplate.objects.values_list("code", column))

    def of(self, about: str, code: str) -> str:
        if code == TOTAL:
            return str(words.TOTAL_WORD)
        if about == "oblast":
            return str(words.NO_OBLAST_WORD) if code == NO_OBLAST else self.oblasts.get(code, code)
        if code == NO_CODE:
            return str(words.NO_CODE_WORD)
        if about == "sector" and not self.with_codes:
            return self.sectors.get(code, code)
        if about in ("sector", "dac"):
            names = self.sectors if about == "sector" else words.DAC
            return f"{code} {names.get(code, '')}".strip()
        if about == "reason":
            labels = dict([*Match.DeclineReason.choices, *Match.CloseReason.choices])
        else:
            labels = {"stage": dict(Twinning.Status.choices), "step": words.STEPS, "item": self.items}[about]
        return str(labels.get(code, code))

    def head(self, about: str, code: str) -> str:
        """Over a column of the table of oblasts: a code alone where the table before it tells what it means."""
        is_told = about == "dac" or self.with_codes
        return code if is_told and code not in (TOTAL, NO_CODE) else self.of(about, code)


def blocks_of(report: Mapping[str, Any], *, with_codes: bool = False) -> list[dict[str, Any]]:
    """One for each figure, in the order of the page."""
    names = Names(with_codes=with_codes)
    made = {
        "needs-by-sector": _needs,
        "needs-by-dac-and-oblast": _codes,
        "coverage": _coverage,
        "hromadas": _hromadas,
    }
    found = []
    for figure in FIGURES:
        rows = report["figures"].get(figure, [])  # a quarter of before there was this figure
        make = made.get(figure) or _plain(figure)
        is_unknown = figure in OF_PERIOD and not report["from"]
        tables = make(rows, names) if rows and not is_unknown else []
        title = str(words.TITLES[figure])
        found.append(
            {
                "id": figure,
                "title": title,
                "meaning": f"{words.MEANINGS[figure]} {_told_on(report) if figure in TABLES else ''}".strip(),
                "sql": words.definition(figure),
                "tables": [
                    table | {"id": f"{figure}-table-{position}", "chart": chart_of(table, title, figure)}
                    for position, table in enumerate(tables, start=1)
                ],
                "empty": _("No quarter of this period is over yet.")
                if is_unknown
                else _("Nothing to count yet, or all of it is kept back."),
                "is_of_period": figure in OF_PERIOD,
            }
        )
    return found


def _told_on(report: Mapping[str, Any]) -> str:
    """Since when the tables of needs are as they are."""
    if not report.get("tables_told_at"):
        return ""
    moment = localtime(datetime.fromisoformat(report["tables_told_at"]))
    told = words.TABLES_OF_THIS_MOMENT if report.get("is_of_this_moment") else words.TABLES_TOLD
    return str(told % {"day": date_format(moment, "DATE_FORMAT")})


def _needs(rows: Sequence[Row], names: Names) -> list[dict[str, Any]]:
    """The totals of sectors as a chart; then all cells, an oblast a row."""
    cells = {(row["oblast"], row["sector"]): row["needs"] for row in rows}
    columns = [code for code in names.sectors if (TOTAL, code) in cells]
    return [
        *_by_oblast(cells, "sector", [*columns, TOTAL], names),
        _crosswalk(
            _("Our sectors in DAC codes"), _("DAC codes of its sub-sectors"), columns, names.dac, names
        ),
    ]


def _codes(rows: Sequence[Row], names: Names) -> list[dict[str, Any]]:
    """The same by DAC codes, and which sector stands under which."""
    cells = {(row["oblast"], row["dac"]): row["needs"] for row in rows}
    columns = sorted({code for _row, code in cells}, key=lambda code: (code == NO_CODE, code))
    main = {sector: [code] for sector, code in main_dac_of_sectors().items() if code in columns}
    return [
        *_by_oblast(cells, "dac", columns, names),
        _crosswalk(_("Our sectors under these codes"), str(words.COLUMNS["dac"]), list(main), main, names),
    ]


def _by_oblast(
    cells: Mapping[tuple[str, str], int | None], about: str, columns: list[str], names: Names
) -> list[dict[str, Any]]:
    """The whole country as a chart, and a row for each oblast."""
    oblasts = [code for code in [*names.oblasts, NO_OBLAST] if any(row == code for row, _ in cells)]
    totals = [(names.of(about, code), cells[TOTAL, code]) for code in columns]
    heads = [names.head(about, code) for code in columns]
    matrix = [
        [names.of("oblast", row), *[number(cells.get((row, code), 0)) for code in columns]]
        for row in [*oblasts, TOTAL]
    ]
    drawn = [pair for code, pair in zip(columns, totals, strict=True) if code != TOTAL]
    return [
        {"caption": _("Ukraine"), **_counted(_heads(about, "needs"), totals), "bars": _bars(drawn)},
        {
            "caption": _("By oblast"),
            "columns": _columns([str(words.COLUMNS["oblast"]), *heads]),
            "rows": matrix,
            "is_folded": True,
        },
    ]


def _crosswalk(
    caption: str, head: str, sectors: Sequence[str], codes: Mapping[str, list[str]], names: Names
) -> dict[str, Any]:
    """Which DAC codes a sector is made of, or stands under."""
    rows = [
        [
            names.of("sector", sector),
            ", ".join(code for code in codes.get(sector, [NO_CODE])).replace(NO_CODE, "–"),
        ]
        for sector in sectors
    ]
    columns = [{"label": label, "is_number": False} for label in (str(words.COLUMNS["sector"]), head)]
    return {"caption": caption, "columns": columns, "rows": rows, "is_folded": True}


def _coverage(rows: Sequence[Row], names: Names) -> list[dict[str, Any]]:
    """In the order of the reader's alphabet; the bar is the share that is covered."""
    columns = ["item", "needs", "asked", "covered", "open"]
    ordered = sorted(
        ((_item(row, names), row) for row in rows), key=lambda pair: sort_key(pair[0], reader_language())
    )
    return [
        {
            "caption": "",
            "columns": _columns(_heads(*columns)),
            "rows": [[label, *[number(row[name]) for name in columns[1:]]] for label, row in ordered],
            "measure": _("share covered"),
            "bars": [_share(label, row["covered"], row["asked"]) for label, row in ordered],
        }
    ]


def _item(row: Row, names: Names) -> str:
    unit = row["currency"] or str(Unit(row["unit"]).label)
    return f"{names.of('item', row['item'])}, {unit}"


def _hromadas(rows: Sequence[Row], names: Names) -> list[dict[str, Any]]:
    """In the order of the reader's alphabet, the whole last; the bar is the share that has a partner."""
    by_code = {row["oblast"]: row for row in rows}
    order = [(names.of("oblast", code), by_code[code]) for code in [*names.oblasts, TOTAL] if code in by_code]
    numbers = ["hromadas", "with_partner", "without_partner"]
    return [
        {
            "caption": "",
            "columns": _columns(_heads("oblast", *numbers)),
            "rows": [[label, *[number(row[name]) for name in numbers]] for label, row in order],
            "measure": _("share with a partner"),
            "bars": [_share(label, row["with_partner"], row["hromadas"]) for label, row in order],
        }
    ]


def _share(label: str, part: float | None, whole: float | None) -> Bar:
    """“12 of 40” against a line that is the whole."""
    if part is None or whole is None:
        return Bar(label, number(None), None)
    text = pgettext("a part and its whole, as numbers", "%(part)s of %(whole)s") % {
        "part": number(part),
        "whole": number(whole),
    }
    return Bar(label, text, min(100 * part / whole, 100) if whole else 0)


def _plain(figure: str) -> Any:
    def make(rows: Sequence[Row], names: Names) -> list[dict[str, Any]]:
        if figure not in BARS:  # one row: each number of it becomes one
            (row,) = rows
            told = [(str(words.COLUMNS[name]), row[name]) for name in NUMBERS if name in row]
            heads = [str(words.COLUMNS["measure"]), pgettext("column of figures", "Number")]
            days = [(str(words.COLUMNS[name]), row[name]) for name in DAYS if name in row]
            return [{"caption": "", **_counted(heads, told), "measure": _("in days"), "bars": _bars(days)}]
        about = next(name for name in rows[0] if name not in NUMBERS)
        counted = [(names.of(about, row[about]), row[BARS[figure]]) for row in rows]
        return [{"caption": "", **_counted(_heads(about, BARS[figure]), counted), "bars": _bars(counted)}]

    return make


def _counted(heads: list[str], counted: Sequence[tuple[str, int | None]]) -> dict[str, Any]:
    return {"columns": _columns(heads), "rows": [[label, number(n)] for label, n in counted]}


def _bars(counted: Sequence[tuple[str, int | None]]) -> list[Bar]:
    return bars_of_counts([(label, number(n), n) for label, n in counted])


def _heads(*names: str) -> list[str]:
    return [str(words.COLUMNS[name]) for name in names]


def _columns(heads: Sequence[str]) -> list[dict[str, Any]]:
    return [{"label": head, "is_number": position > 0} for position, head in enumerate(heads)]


# --- What stands around them -------------------------------------------------------------------------------


def quarter_words(name: str) -> str:
    year, _dash, number = name.partition("-Q")
    return pgettext("a quarter of a year", "Quarter %(number)s of %(year)s") % {
        "number": number,
        "year": year,
    }


def period_words(report: dict[str, Any]) -> str:
    """“1 April 2026 – 30 September 2026”; empty where no quarter of it is over."""
    if not report["from"]:
        return ""
    days = [date_format(datetime.fromisoformat(report[name])) for name in ("from", "until")]
    return "\N{NO-BREAK SPACE}– ".join(days)  # no line begins with the dash


def moment_of(report: Mapping[str, Any]) -> datetime:
    """When it was computed, by our clocks."""
    return localtime(datetime.fromisoformat(report["computed_at"]))


def kept_back_words() -> str:
    return str(words.KEPT_BACK_MEANING % {"sign": words.KEPT_BACK})


def about_of(**more: Any) -> dict[str, Any]:
    """What the JSON says of itself, beside the figures."""
    return {
        "title": "Evidence for the institutions of the European Union",
        "licence": settings.SITE_LICENCE,
        "kept_back": "null: from 1 to 4, or what these could be computed from",
        **more,
        "definitions": {figure: words.definition(figure) for figure in FIGURES},
    }


def document_of(
    report: Mapping[str, Any], *, subtitle: str, footer: Sequence[str], notes: Sequence[str] = ()
) -> dict[str, Any]:
    """What `exports/evidence.typ` prints; ``footer``: lines at the foot of each page."""
    title, period = _("Evidence for the institutions of the Union"), period_words(report)
    moment = date_format(moment_of(report), "DATETIME_FORMAT")
    return {
        "language": reader_language(),
        "title": title,
        "author": str(context.house()["name"]),
        "subtitle": subtitle,
        "notes": [str(note) for note in notes],
        "lead": [_("Computed: %(moment)s.") % {"moment": moment}, kept_back_words()],
        "footer": list(footer),
        "blocks": [_printed(block, period) for block in blocks_of(report, with_codes=True)],
        "definitions": {
            "title": _("Exact definitions"),
            "lead": _(
                "Each query recounts its figure before numbers are kept back. :today is the day of the computation, "
                ":from the first day of the quarters counted, :end the day after the last. Tables of needs were "
                "counted on the day that they name."
            ),
        },
    }


def _printed(block: Mapping[str, Any], period: str) -> dict[str, Any]:
    """A block of the page for paper."""
    return {
        **{name: block[name] for name in ("id", "meaning", "sql", "empty")},
        "title": f"{block['title']} ({period})" if block["is_of_period"] and period else block["title"],
        "tables": [
            {
                "caption": table["caption"],
                "columns": [column["label"] for column in table["columns"]],
                "rows": table["rows"],
                "chart": _drawn(table["chart"]),
            }
            for table in block["tables"]
        ],
    }


def _drawn(chart: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A chart for paper, where labels stand beside the bars."""
    if chart is None:
        return None
    return {
        "about": f"{chart['title']}. {chart['description']}",
        "measure": capfirst(chart["measure"]),
        "bars": [[bar.label, bar.text, bar.share] for bar in chart["bars"]],
    }
