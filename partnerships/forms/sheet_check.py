"""A table of needs and offers compared with what is stored: new, changed, unchanged or bad. Changes nothing.

A cell that says what the file of today would say is untouched, whatever the form thinks of it; the rest is judged by
the form of a need or offer.
"""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.audience import visible
from alliance.core.languages import LANGUAGES
from alliance.core.tables import Unreadable
from members.models import Member
from members.names_shown import name_of
from partnerships import permissions
from partnerships.actions.sheets import SheetEntry
from partnerships.exports.sheets import COLUMNS
from partnerships.forms.lines import catalogue
from partnerships.forms.sheet_cells import Unclear, canonical
from partnerships.forms.sheet_entry import LINE_COLUMNS, EntryForm, column_of_text, language_of
from partnerships.forms.sheet_stored import Scope, Stored
from partnerships.models import Listing, UploadedSheet
from partnerships.sheet_reading import BY_NAME, Entry, Problem, Sheet, SheetRow, read_sheet

# Each is judged by the whole form, some ten milliseconds; the unchanged ones of a file do not count.
MOST_CHANGES = 200
NEW, CHANGED, UNCHANGED, THERE, BAD = "new", "changed", "unchanged", "there", "bad"
LABELS = {
    NEW: pgettext_lazy("row of a table", "new"),
    CHANGED: pgettext_lazy("row of a table", "changed"),
    UNCHANGED: pgettext_lazy("row of a table", "unchanged"),
    THERE: pgettext_lazy("row of a table", "there already"),
    BAD: pgettext_lazy("row of a table", "to correct"),
}
TONES = {NEW: "ok", CHANGED: "info", BAD: "stop"}
WHOLE = [column.name for column in COLUMNS if column.is_read and not column.is_line]
KEPT = ("id", "kind", "member", "member_name")

UNKNOWN = _("You have no need or offer with this code. Empty the cell to add a new one.")
STAYS = _("This cannot change. Copy the row without its id to make a new one.")
NOT_YOURS = _("Only the member itself may see and change this. Empty the cell.")
NO_MEMBER = _("Nobody in whose name you may write is called so.")
UNKNOWN_LINE = _("This need or offer has no such line. Empty the cell to add one.")
LINES_NEED_CODES = _("Without the column line_id nobody knows which line this is.")
LINE_TWICE = _("This line is there twice.")
LINE_STAYS = _("Something was promised for the line %(line)s: it stays. Put its row back.")


@dataclass(frozen=True)
class Change:
    row: int
    column: str
    before: str
    after: str


@dataclass
class Checked:
    """A need or offer of the table, and what becomes of it."""

    entry: Entry
    member: Member | None = None
    listing: Listing | None = None
    verdict: str = NEW
    title: str = ""
    kind: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, str]] = field(default_factory=list)
    rows_of_lines: list[int] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    written: SheetEntry | None = None

    @property
    def label(self) -> Any:
        return LABELS[self.verdict]

    @property
    def tone(self) -> str:
        return TONES.get(self.verdict, "")

    @property
    def numbers(self) -> str:
        """“2, 3, 7”: the rows as a spreadsheet numbers them."""
        return ", ".join(str(row.number) for row in self.entry.rows)

    @property
    def member_name(self) -> str:
        return name_of(self.member).text if self.member else ""


class SheetCheck:
    """:raises Unreadable: more is new or changed than one table may hold"""

    def __init__(self, uploaded: UploadedSheet, scope: Scope) -> None:
        self.uploaded, self.scope = uploaded, scope
        self.sheet: Sheet = read_sheet(uploaded.table)
        self.items = catalogue()
        self._item_codes = {
            name.casefold(): item.code
            for item in self.items.values()
            for name in (*(getattr(item, f"name_{code}") for code in LANGUAGES), item.code)
        }
        self.stored = Stored(self.sheet.entries, scope)
        self.checked = [self._compared(entry) for entry in self.sheet.entries]
        if sum(one.verdict in (NEW, CHANGED) for one in self.checked) > MOST_CHANGES:
            raise Unreadable(
                _("More than %(most)d needs and offers are new or changed. Please send them in parts.")
                % {"most": MOST_CHANGES}
            )
        self._mark_repeats()
        for one in self.checked:
            if one.verdict in (NEW, CHANGED):
                self._judge(one)
            if one.problems:
                one.verdict = BAD

    # --- What a page shows ---------------------------------------------------------------------------------

    def count(self, *verdicts: str) -> int:
        return sum(one.verdict in verdicts for one in self.checked)

    @property
    def counts(self) -> list[dict[str, Any]]:
        return [
            {"label": LABELS[name], "tone": TONES.get(name, ""), "count": self.count(name)} for name in LABELS
        ]

    @property
    def is_partial(self) -> bool:
        """Whether something that is stored stays because the table does not say it."""
        return not self.sheet.is_whole and any(one.listing for one in self.checked)

    @property
    def unchanged(self) -> list[Checked]:
        return [one for one in self.checked if one.verdict == UNCHANGED]

    @property
    def shown(self) -> list[Checked]:
        """What wants to be looked at: what is to be corrected first."""
        return sorted(
            (one for one in self.checked if one.verdict != UNCHANGED), key=lambda one: one.verdict != BAD
        )

    @property
    def has_several_members(self) -> bool:
        return len({one.member.pk for one in self.checked if one.member}) > 1

    @property
    def entries(self) -> list[SheetEntry]:
        """What the confirmation writes."""
        return [one.written for one in self.checked if one.written and one.verdict in (NEW, CHANGED)]

    @property
    def digest(self) -> str:
        """What was looked at, so that nothing else is written: the table, and how each row stood."""
        facts = [
            (one.verdict, one.listing and (one.listing.pk, one.listing.updated_at.isoformat()))
            for one in self.checked
        ]
        return hashlib.sha256(repr((self.uploaded.uploaded_at.isoformat(), facts)).encode()).hexdigest()

    # --- Compared ------------------------------------------------------------------------------------------

    def _compared(self, entry: Entry) -> Checked:
        one = Checked(entry, problems=list(entry.problems))
        if not entry.id:
            self._read_new(one)
        elif listing := self.stored.listings.get(entry.id):
            one.listing, one.member, one.kind = listing, listing.member, listing.kind
            self._read_stored(one, self.stored.cells[entry.id])
        else:
            one.problems.append(Problem(entry.rows[0].number, "id", entry.id, UNKNOWN))
            one.cells = {name: text for name, (_row, text) in entry.cells.items()}
        one.title = one.cells.get(column_of_text("title", language_of(one.cells)), "")
        if one.problems:
            one.verdict = BAD
        return one

    def _canonical(self, one: Checked, row: int, name: str, text: str) -> str:
        try:
            found = canonical(BY_NAME[name], text)
        except Unclear as unclear:
            one.problems.append(Problem(row, name, text, unclear.message))
            return text
        return self._item_codes.get(found.casefold(), found) if name == "item" else found

    def _read_new(self, one: Checked) -> None:
        entry = one.entry
        for name in WHOLE:
            row, text = entry.cell(name)
            one.cells[name] = self._canonical(one, row, name, text)
        one.kind = one.cells["kind"]
        one.member = self._member_of(one)
        self._check_kind(one)
        for line in entry.rows:
            if line.has_line:
                self._add_line(one, line, {})
        if one.member and one.kind and self._is_there(one):
            one.verdict = THERE
        one.problems += [
            Problem(row.number, "line_id", row.cells["line_id"], UNKNOWN_LINE)
            for row in entry.rows
            if row.cells.get("line_id")
        ]
        if not one.kind:
            one.problems.append(Problem(entry.rows[0].number, "kind", "", _("Write need or offer.")))

    def _member_of(self, one: Checked) -> Member | None:
        for name in ("member", "member_name"):
            row, text = one.entry.cell(name)
            if text:
                if member := self.stored.members.get(text.strip().casefold()):
                    return member
                one.problems.append(Problem(row, name, text, NO_MEMBER))
                return None
        if self.scope.own is None:
            row = one.entry.rows[0].number
            one.problems.append(Problem(row, "member", "", _("Write the code or the name of the member.")))
        return self.scope.own

    def _check_kind(self, one: Checked) -> None:
        row, text = one.entry.cell("kind")
        if one.kind and one.kind not in Listing.Kind.values:
            one.problems.append(Problem(row, "kind", text, _("Write need or offer.")))
        elif one.kind and one.member and one.kind not in permissions.kinds_of(one.member):
            one.problems.append(Problem(row, "kind", text, _("Only Ukrainian members ask for something.")))

    def _is_there(self, one: Checked) -> bool:
        titles = [one.cells.get(name, "") for name in WHOLE if name.startswith("title_")]
        return any(
            (one.member.pk, one.kind, title.strip().casefold()) in self.stored.titles
            for title in titles
            if title
        )

    def _mark_repeats(self) -> None:
        """The second new one of a member with the same title is marked."""
        seen: dict[tuple, int] = {}
        for one in self.checked:
            if one.verdict != NEW or not one.title:
                continue
            row = one.entry.rows[0].number
            first = seen.setdefault((one.member, one.kind, one.title.strip().casefold()), row)
            if first != row:
                message = gettext("The same title as in row %(row)d.") % {"row": first}
                one.problems.append(
                    Problem(row, column_of_text("title", language_of(one.cells)), one.title, message)
                )

    # --- Stored ones ---------------------------------------------------------------------------------------

    def _read_stored(self, one: Checked, stored: list[dict[str, str]]) -> None:
        one.verdict = UNCHANGED
        for name in WHOLE:
            row, text = one.entry.cell(name)
            if name in KEPT:
                one.cells[name] = stored[0][name]
                self._check_kept(one, row, name, text)
            else:
                one.cells[name] = self._merged(one, row, name, text, stored[0][name])
        if self._sees(one, "quantity"):
            self._read_lines(one, {cells["line_id"]: cells for cells in stored if cells["line_id"]})
        else:
            self._keep_lines(one, stored, NOT_YOURS)
        if one.changes:
            one.verdict = CHANGED

    def _check_kept(self, one: Checked, row: int, name: str, text: str) -> None:
        if name in ("kind", "member") and text:
            found = self._canonical(one, row, name, text)
            if found != one.cells[name] and self._sees(one, name):
                one.problems.append(Problem(row, name, text, STAYS))

    def _sees(self, one: Checked, name: str) -> bool:
        viewer = self.scope.audience_of(one.listing)
        return all(visible(one.listing, field, viewer) for field in BY_NAME[name].fields)

    def _merged(self, one: Checked, row: int, name: str, text: str, stored: str) -> str:
        """What the cell becomes: what is stored, unless something else was written there."""
        if name not in self.sheet.columns:
            return stored
        found = self._canonical(one, row, name, text)
        if found == canonical(BY_NAME[name], stored) or (not found and not self.sheet.is_whole):
            return stored
        if not self._sees(one, name):
            if found:
                one.problems.append(Problem(row, name, text, NOT_YOURS))
            return stored
        one.changes.append(Change(row, name, stored, found))
        return found

    def _add_line(self, one: Checked, row: SheetRow, stored: dict[str, str]) -> None:
        line = {}
        for name in LINE_COLUMNS:
            text = row.cells.get(name, "")
            if stored and name == "line_id":
                line[name] = stored[name]
            elif stored:
                line[name] = self._merged(one, row.number, name, text, stored[name])
            else:
                line[name] = "" if name == "line_id" else self._canonical(one, row.number, name, text)
        one.lines.append(line)
        one.rows_of_lines.append(row.number)

    def _read_lines(self, one: Checked, stored: dict[str, dict[str, str]]) -> None:
        """Stored lines keep their order, new ones follow: whoever sorts a table moves no line."""
        if "line_id" not in self.sheet.columns:
            self._keep_lines(one, list(stored.values()), LINES_NEED_CODES)
            return
        named: dict[str, SheetRow] = {}
        added = []
        for row in one.entry.rows:
            slug = row.cells.get("line_id", "").lower()
            if not row.has_line:
                continue
            if not slug:
                added.append(row)
            elif slug not in stored:
                one.problems.append(Problem(row.number, "line_id", slug, UNKNOWN_LINE))
            elif slug in named:
                one.problems.append(Problem(row.number, "line_id", slug, LINE_TWICE))
            else:
                named[slug] = row
        if not named and not added and not self.sheet.is_whole:
            self._keep_lines(one, list(stored.values()), LINES_NEED_CODES)
            return
        for slug, cells in stored.items():
            if slug in named:
                self._add_line(one, named[slug], cells)
            else:
                self._remove_line(one, cells)
        for row in added:
            self._add_line(one, row, {})
            one.changes.append(Change(row.number, "line_id", "", _line_words(one.lines[-1])))

    def _keep_lines(self, one: Checked, stored: list[dict[str, str]], refusal: Any) -> None:
        one.lines = [{name: cells[name] for name in LINE_COLUMNS} for cells in stored if cells["line_id"]]
        one.rows_of_lines = [one.entry.rows[0].number] * len(one.lines)
        one.problems += [
            Problem(row.number, "line_id", row.cells.get("line_id", ""), refusal)
            for row in one.entry.rows
            if row.has_line
        ]

    def _remove_line(self, one: Checked, cells: dict[str, str]) -> None:
        row, words = one.entry.rows[0].number, _line_words(cells)
        if cells["line_id"] in self.stored.promised:
            one.problems.append(Problem(row, "line_id", cells["line_id"], LINE_STAYS % {"line": words}))
        one.changes.append(Change(row, "line_id", words, ""))

    # --- Judged --------------------------------------------------------------------------------------------

    def _judge(self, one: Checked) -> None:
        listing = one.listing
        if listing:
            is_draft = listing.status not in (Listing.Status.PUBLISHED, Listing.Status.REVIEW)
        else:
            is_draft = not self.uploaded.is_publishing
        assert one.member is not None
        judged = EntryForm(
            one.cells,
            one.lines,
            kind=one.kind,
            member=one.member,
            listing=listing,
            is_draft=is_draft,
            promised=self.stored.promised,
            items=self.items,
        )
        found = judged.problems(one.entry.rows[0].number, one.rows_of_lines)
        # What the sender may not see is not shown where something is wrong with it.
        one.problems += [
            p if not listing or self._sees(one, p.column) else replace(p, typed="") for p in found
        ]
        one.problems += self._refused_items(one)
        if not one.problems:
            seen = listing.updated_at if listing else None
            one.written = SheetEntry(one.member, one.kind, judged.form.content, listing, seen)

    def _refused_items(self, one: Checked) -> list[Problem]:
        """A line that something was promised for stays what it is."""
        return [
            Problem(change.row, change.column, change.after, LINE_STAYS % {"line": _line_words(line)})
            for line, row in zip(one.lines, one.rows_of_lines, strict=True)
            if line["line_id"] in self.stored.promised
            for change in one.changes
            if change.row == row and change.column in ("item", "unit", "currency")
        ]


def _line_words(cells: dict[str, str]) -> str:
    parts = [cells.get(name, "") for name in ("item", "item_words", "quantity", "unit")]
    return " ".join(part for part in parts if part)
