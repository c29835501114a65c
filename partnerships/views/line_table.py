"""The lines of a need or an offer as a table: only the columns that say something."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core.audience import visible
from partnerships.models import Listing, ListingLine
from partnerships.specs import spec_words
from partnerships.views.cards import item_text


def line_table(listing: Listing, viewer: str) -> dict[str, Any]:
    """Parameters of `components/table.html`, for an audience; empty where it sees no lines, or there are none."""
    if not visible(listing, "lines", viewer):
        return {}
    lines = list(listing.lines.all())
    sees_dates = visible(listing, "needed_by", viewer)
    language = listing.original_language
    columns: list[tuple[str, bool, list[Any]]] = [
        (pgettext("column", "What"), False, [item_text(line, language, with_range=False) for line in lines]),
        (pgettext("column", "How many"), True, [line.quantity_text(line.quantity) for line in lines]),
        (pgettext("column", "Size of each"), True, [line.range_text for line in lines]),
        (pgettext("column", "Kind and condition"), False, [_kind(line, listing.is_need) for line in lines]),
        (pgettext("column", "When"), False, [when_text(line) if sees_dates else "" for line in lines]),
    ]
    kept = [column for column in columns if any(column[2])]
    return {
        "columns": [{"label": label, "is_number": is_number} for label, is_number, _cells in kept],
        "rows": [list(row) for row in zip(*(cells for _label, _number, cells in kept), strict=True)],
    }


def _kind(line: ListingLine, is_need: bool) -> str:
    """“diesel, three-phase, 400 V, used, in good order or better”."""
    words = spec_words(line.specs)
    if line.condition:
        condition = line.get_condition_display()
        if is_need and line.condition != "new":
            condition = pgettext("condition of what is needed", "%(condition)s or better") % {
                "condition": condition
            }
        words.append(condition)
    return "; ".join(words)


def when_text(line: ListingLine) -> str:
    """“by 4 December 2026”, “from … to …”; empty where it names no day."""
    if line.needed_by:
        return _("by %(day)s") % {"day": date_format(line.needed_by)}
    start, end = (day and date_format(day) for day in (line.available_from, line.available_until))
    if start and end:
        return _("from %(start)s to %(end)s") % {"start": start, "end": end}
    if start:
        return _("from %(start)s") % {"start": start}
    return _("until %(end)s") % {"end": end} if end else ""
