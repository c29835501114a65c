"""One need or offer of a table as the form of a need or offer takes it, and the form's answers as problems of cells.

The rules are those of the form: nothing here says what is acceptable, but where in the table it was said.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import LANGUAGES, reader_language
from alliance.core.units import Unit
from members.models import Member
from partnerships.forms.handover import places
from partnerships.forms.line import FREE, LineForm
from partnerships.forms.listings import LINES_WRONG, ListingForm
from partnerships.forms.stored import PART_LABELS
from partnerships.models import ItemTemplate, Listing
from partnerships.sheet_reading import Problem
from partnerships.specs import SPECS

# Column → field of the form of a line; the others are called alike.
FIELD_OF_LINE = {
    "line_id": "slug",
    "item": "template",
    "item_words": "item",
    "size_min": "range_min",
    "size_max": "range_max",
    "size_unit": "range_unit",
    **{name: f"spec_{name}" for name in SPECS},
}
LINE_COLUMNS = [
    *("line_id", "item", "item_words", "quantity", "unit", "currency", "size_min", "size_max", "size_unit"),
    *(*SPECS, "condition", "needed_by", "available_from", "available_until"),
]
COLUMN_OF_LINE = {FIELD_OF_LINE.get(name, name): name for name in LINE_COLUMNS}
SAME = [
    "language",
    "urgency",
    "transport_by",
    "appeal",
    "dream_id",
    "expires_on",
    "audience",
    "partner_note",
    "desk_note",
]
TICKED = {"name_hidden": "is_member_hidden", "names_no_site": "names_no_site"}
TOLD_AT = {"new_item": "item", "handover_text": "handover", **{field: name for name, field in TICKED.items()}}

UNKNOWN_ITEM = _("The catalogue has no such item. Empty the cell to use your own words.")
UNKNOWN_PLACE = _("No hromada, municipality or region has this code.")
NOT_OF_THIS_ITEM = _("This does not belong to this item. Empty the cell.")


def language_of(cells: Mapping[str, str]) -> str:
    """The language it was written in: as the table says, else the only one that has a title, else the reader's."""
    if cells.get("language"):
        return cells["language"]
    titled = [code for code in LANGUAGES if cells.get(f"title_{code}")]
    return titled[0] if len(titled) == 1 else reader_language()


def column_of_text(name: str, language: str) -> str:
    return f"{name}_{language if language in LANGUAGES else 'other'}"


class EntryForm:
    """``cells`` of the whole by column, ``lines`` each with its cells, all as `sheet_cells.canonical` writes them."""

    def __init__(
        self,
        cells: Mapping[str, str],
        lines: list[dict[str, str]],
        *,
        kind: str,
        member: Member,
        listing: Listing | None,
        is_draft: bool,
        promised: frozenset[str],
        items: Mapping[str, ItemTemplate],
    ) -> None:
        self.cells, self.lines, self.items = cells, lines, items
        self.language = language_of(cells)
        self.handover = self._place(listing)
        self.form = ListingForm(
            self._data(), kind=kind, member=member, listing=listing, is_draft=is_draft, promised=promised
        )

    def _place(self, listing: Listing | None) -> str:
        code = self.cells.get("handover", "")
        if not code:
            return ""
        if listing and listing.handover and listing.handover.code == code:
            return str(listing.handover_id)
        place = places().filter(code=code).first()
        return str(place.pk) if place else ""

    def _data(self) -> MultiValueDict:
        cells = self.cells
        data: dict[str, list[str]] = {name: [cells.get(name, "")] for name in SAME}
        data["language"] = [self.language]
        data["audience"] = [cells.get("audience") or "public"]
        for name in ("title", "text"):
            own = column_of_text(name, self.language)
            data[name] = [cells.get(own, "")]
            for code in LANGUAGES:
                column = f"{name}_{code}"
                data[column] = [cells.get(column, "") if column != own else ""]
        data["sectors"] = cells.get("sectors", "").split()
        data["handover"] = [self.handover]
        for name in PART_LABELS:
            data[f"audience_{name}"] = [cells.get(f"audience_{name}", "")]
        for column, name in TICKED.items():
            data[name] = ["on"] if cells.get(column) == "yes" else []
        for number, line in enumerate(self.lines):
            for name, text in self._line(line).items():
                data[f"lines-{number}-{name}"] = [text]
        return MultiValueDict(data)

    def _line(self, line: Mapping[str, str]) -> dict[str, str]:
        fields = {FIELD_OF_LINE.get(name, name): line.get(name, "") for name in LINE_COLUMNS}
        item = self.items.get(fields["template"])
        fields["template"] = fields["template"] or FREE
        if item:
            fields["unit"] = fields["unit"] or item.unit
            if fields["range_min"] or fields["range_max"]:
                fields["range_unit"] = fields["range_unit"] or item.range_unit
        return fields

    def problems(self, row: int, rows_of_lines: list[int]) -> list[Problem]:
        """What the form refuses, each at its cell. ``row`` is the one of the whole."""
        if self.cells.get("handover") and not self.handover:
            self.form.add_error("handover", UNKNOWN_PLACE)
        found = [
            Problem(row, self._column(name), self.cells.get(self._column(name), ""), message)
            for name, messages in self.form.errors.items()
            for message in messages
            if message != LINES_WRONG
        ]
        for number, form, line in zip(rows_of_lines, self.form.lines.forms, self.lines, strict=False):
            found += self._problems_of_line(number, form, line)
        return found

    def _column(self, field: str) -> str:
        if field in ("title", "text"):
            return column_of_text(field, self.language)
        return TOLD_AT.get(field, "id" if field == "__all__" else field)

    def _problems_of_line(self, row: int, form: LineForm, line: Mapping[str, str]) -> list[Problem]:
        if line.get("item") and line["item"] not in self.items:
            return [Problem(row, "item", line["item"], UNKNOWN_ITEM)]
        found = [
            Problem(row, column, line.get(column, ""), message)
            for field, messages in form.errors.items()
            for message in messages
            for column in [COLUMN_OF_LINE.get(field, "line_id")]
        ]
        return found + [
            Problem(row, column, text, message)
            for column, text in line.items()
            if text and (message := self._unasked(form, column, text))
        ]

    def _unasked(self, form: LineForm, column: str, text: str) -> Any:
        """Why a cell is not empty that the form of this line does not ask for; empty when all is well."""
        name = FIELD_OF_LINE.get(column, column)
        if name in ("template", "slug"):
            return ""
        if name not in form.fields:
            stored = form.stored.specs.get(column, "") if form.stored else ""
            return "" if stored == text else NOT_OF_THIS_ITEM
        if (
            name in ("unit", "range_unit")
            and form.fields[name].widget.is_hidden
            and text != form.initial[name]
        ):
            return _("This is measured in %(unit)s.") % {"unit": Unit(form.initial[name]).value}
        return ""
