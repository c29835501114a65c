"""Charts of the evidence: horizontal bars with their labels above, placed once for page and PDF. Pure.

Heights are in em and widths in percent, so a chart has the letters of its page and fits a phone. A number that is kept
back fills its line with hatching: nothing is known of it. A zero has no bar and says 0.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

# So many letters of a label stand beside each other on a phone.
LINE_LENGTH = 38
LINE, BAR, GAP = 1.35, 0.85, 0.9
# Where the feet of the letters of a line stand.
FOOT = 1.0
# A part that exists is seen.
SHORTEST = 1.0


@dataclass(frozen=True)
class Bar:
    """``share``: of the whole line, from 0 to 100; None where the number is kept back."""

    label: str
    text: str
    share: float | None


def bars_of_counts(counted: Sequence[tuple[str, str, int | float | None]]) -> list[Bar]:
    """Label, number as it is written, number: the longest bar is that of the largest number."""
    longest = max((n for _label, _text, n in counted if n), default=0)
    return [
        Bar(label, text, None if n is None else 100 * n / longest if longest else 0)
        for label, text, n in counted
    ]


def chart_of(table: Mapping[str, Any], title: str, figure: str) -> dict[str, Any] | None:
    """What is drawn of a table, and how it is told to who does not see it; None where no number is told."""
    bars: list[Bar] = table.get("bars", [])
    if all(bar.share is None for bar in bars):
        return None
    told = [bar for bar in bars if bar.share]
    kept_back = sum(bar.share is None for bar in bars)
    parts = [title + (f", {table['measure']}" if table.get("measure") else "") + "."]
    if told:
        longest = max(told, key=lambda bar: bar.share or 0)
        parts.append(
            _("The longest bar: %(label)s – %(number)s.") % {"label": longest.label, "number": longest.text}
        )
    if kept_back:
        parts.append(_("Kept back, and hatched: %(count)s.") % {"count": kept_back})
    parts.append(_("The table below says the same in numbers."))
    return {
        "id": f"{figure}-chart",
        "title": _("Chart: %(title)s") % {"title": title},
        "description": " ".join(parts),
        "measure": table.get("measure", ""),
        "has_kept_back": kept_back > 0,
        "bars": bars,
        "drawing": placed(bars),
    }


def placed(bars: Sequence[Bar]) -> dict[str, Any]:
    """What `content/_evidence_chart.html` draws; lengths as SVG writes them, never as a reader does."""
    top, rows = 0.0, []
    for bar in bars:
        lines = _lines(bar)
        words = [{"y": _em(top + FOOT + i * LINE), "text": text} for i, text in enumerate(lines)]
        top += len(lines) * LINE
        rows.append({"words": words, "number": bar.text, "y": _em(top), **_fill(bar)})
        top += BAR + GAP
    return {"lines": rows, "height": _em(top - GAP + 0.1), "thickness": _em(BAR)}


def _lines(bar: Bar) -> list[str]:
    """The label in lines, with room for the number behind the last."""
    room = len(bar.text) + 2
    lines = textwrap.wrap(bar.label, LINE_LENGTH) or [""]
    if len(lines[-1]) + room > LINE_LENGTH and " " in lines[-1]:
        lines[-1:] = textwrap.wrap(lines[-1], max(LINE_LENGTH - room, 10))
    return lines


def _fill(bar: Bar) -> dict[str, Any]:
    if bar.share is None:
        return {"is_kept_back": True, "width": ""}
    return {"is_kept_back": False, "width": f"{max(bar.share, SHORTEST):.1f}%" if bar.share else ""}


def _em(length: float) -> str:
    return f"{length:.2f}em"
