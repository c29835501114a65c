"""A page of a list as a table: line by line what is asked or offered, how much of it is open, by when and where."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from alliance.core.audience import visible
from alliance.core.languages import Shown, shown
from alliance.core.units import written
from partnerships.models import Listing, ListingLine, SearchLine
from partnerships.models.search import Hit
from partnerships.names_shown import named
from partnerships.views.cards import item_text, kind_label
from partnerships.views.filters import Filters
from partnerships.views.fragments import MOST_CARDS, Parts, parts_of
from partnerships.views.line_table import when_text

ROWS = Parts(MOST_CARDS)


def list_table(hits: Sequence[Hit], filters: Filters) -> dict[str, Any]:
    """Parameters of `components/table.html`. Where items, sizes or days are asked for, only the lines that fit."""
    lines, fitting = filters.lines, None
    if lines.tokens or lines.items or lines.groups:
        order = [hit.listing_id for hit in hits]
        fitting = SearchLine.objects.fitting(order, lines, for_members=filters.for_members)
    columns = _columns(filters.kind)

    def write(listing: Listing, viewer: str) -> tuple[list[list[Any]], str]:
        rows = _rows(listing, viewer, filters, fitting)
        return rows, "".join(
            render_to_string("components/table_row.html", {"row": row, "columns": columns}) for row in rows
        )

    # Which lines fit is known by what was asked and by the version of the listing.
    asked = (filters.kind, None if fitting is None else lines)
    parts = parts_of(
        ROWS, Listing.objects.with_facts, hits, write, for_members=filters.for_members, asked=asked
    )
    return {
        "columns": columns,
        "rows": [row for rows, _html in parts for row in rows],
        "body": mark_safe("".join(html for _rows, html in parts)),
    }


def _columns(kind: str) -> list[dict[str, Any]]:
    columns: list[tuple[str, bool]] = [
        (pgettext("column", "Item"), False),
        *([(_("Need or offer"), False)] if not kind else []),
        (pgettext("column", "How many"), True),
        *([(pgettext("column", "Still needed"), True)] if kind != Listing.Kind.OFFER else []),
        (pgettext("column", "When"), False),
        (pgettext("column", "Where"), False),
    ]
    return [{"label": label, "is_number": is_number} for label, is_number in columns]


def _rows(listing: Listing, viewer: str, filters: Filters, fitting: set[int] | None) -> list[list[Any]]:
    place = named(listing, "member", viewer).place
    title = shown(listing, "title")
    href = reverse("partnerships:listing_detail", args=[listing.slug])
    lines: list[ListingLine | None] = []
    if visible(listing, "lines", viewer):
        lines = [line for line in listing.lines.all() if fitting is None or line.pk in fitting]
    sees_dates = visible(listing, "needed_by", viewer)
    rows = []
    for line in lines or [None]:
        rows.append(
            [
                _first(line, title, listing.original_language, href),
                *([kind_label(listing.kind)] if not filters.kind else []),
                line.quantity_text(line.quantity) if line else _("not shown here"),
                *([_still_open(line, listing)] if filters.kind != Listing.Kind.OFFER else []),
                (when_text(line) if line and sees_dates else "") or "–",
                place or "–",
            ]
        )
    return rows


def _still_open(line: ListingLine | None, listing: Listing) -> str:
    """In the unit in which it is exact; nothing for an offer."""
    if line is None or not listing.is_need:
        return "–"
    coverage = line.coverage
    return written(coverage.open, coverage.unit, coverage.currency)


def _first(line: ListingLine | None, title: Shown, language: str, href: str) -> dict[str, Any]:
    """The cell that names the row: the item, and the title of the listing behind it."""
    text = title.text or _("Without a title")
    lang = title.language if title.is_other else ""
    if line is None:
        return {"text": text, "href": href, "lang": lang}
    item = item_text(line, language)
    named_by = format_html('<span lang="{}">{}</span>', lang, text) if lang else text
    return {"text": format_html("{}: {}", item, named_by), "href": href, "lang": ""}
