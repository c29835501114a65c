"""An association's list of members, read from a CSV file as spreadsheets of any country save it. Pure.

Columns (a heading in English, Polish or Ukrainian, any order): name, code (KATOTTH, LAU or NUTS; optional),
e-mail, contact, language (optional).
"""

import csv
import io
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from alliance.core.tables import Unreadable, decode, delimiter_of

MAX_ROWS = 500
MAX_BYTES = 500_000
MAX_CELL = 200

HEADINGS = {
    "name": "name official_name municipality member nazwa gmina назва громада",
    "code": "code katotth katottg lau nuts register_code kod teryt код катоттг",
    "email": "email e-mail mail email_address e-mail_address adres_e-mail пошта ел.пошта електронна_пошта email_адреса",
    "contact": "contact contact_name contact_person kontakt osoba osoba_kontaktowa контакт контактна_особа",
    "language": "language lang język jezyk мова",
}
COLUMN_OF = {word: column for column, words in HEADINGS.items() for word in words.split()}
REQUIRED = ("name", "email")
LANGUAGE_OF = {
    **dict.fromkeys(["uk", "ua", "українська", "ukrainian", "ukraiński"], "uk"),
    **dict.fromkeys(["pl", "polski", "polish", "польська"], "pl"),
    **dict.fromkeys(["en", "english", "angielski", "англійська"], "en"),
}
# What a row is told when it is compared with what is stored.
UNKNOWN_CODE = _("We do not know this code. Leave it empty if you are not sure.")
TAKEN = _("Already a member, or an application is open.")
INVITED = _("You have invited them already.")
TEMPLATE = "name;code;email;contact;language\r\n"


@dataclass(frozen=True)
class Row:
    """One line of the list: what it says, and what is wrong with it."""

    line: int
    name: str
    code: str
    email: str
    contact: str
    language: str
    problems: tuple[Any, ...] = field(default=())

    def with_problem(self, problem: Any) -> "Row":
        return replace(self, problems=(*self.problems, problem))


def parse(content: bytes) -> list[Row]:
    """The rows with what is wrong in each by itself; empty lines are left out.

    :raises Unreadable: not a table, no heading, too many rows
    """
    text = decode(content).replace("\0", "")
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise Unreadable(_("The file is empty."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(lines))
    try:
        table = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise Unreadable(_("The file is not a table. Please save it as CSV.")) from error
    if not table:
        raise Unreadable(_("The file is empty."))
    columns = [COLUMN_OF.get("_".join(cell.strip().lower().split()), "") for cell in table[0][1]]
    if missing := [name for name in REQUIRED if name not in columns]:
        raise Unreadable(
            _("The first line must name the columns; we did not find: %(columns)s.")
            % {"columns": ", ".join(missing)}
        )
    if len(table) - 1 > MAX_ROWS:
        raise Unreadable(_("The list has more than 500 rows. Please send it in parts."))
    rows = [_row(line, dict(zip(columns, cells, strict=False))) for line, cells in table[1:]]
    if not rows:
        raise Unreadable(_("The list has no rows below the heading."))
    return marked_repeats(rows)


def _row(line: int, cells: dict[str, str]) -> Row:
    value = {name: " ".join(cells.get(name, "").split()) for name in HEADINGS}
    row = Row(
        line=line,
        name=value["name"][:MAX_CELL],
        code=value["code"][:40],
        email=value["email"].lower()[:254],
        contact=value["contact"][:150],
        language=LANGUAGE_OF.get(value["language"].lower(), ""),
    )
    if not row.name:
        row = row.with_problem(_("The name is missing."))
    if len(value["name"]) > MAX_CELL:
        row = row.with_problem(_("The name is longer than 200 characters."))
    try:
        EmailValidator()(row.email)
    except ValidationError:
        row = row.with_problem(_("The e-mail address is missing or wrong."))
    if value["language"] and not row.language:
        row = row.with_problem(_("We do not know this language: please write uk, pl or en."))
    return row


def marked_repeats(rows: list[Row]) -> list[Row]:
    """The second line with the same code, or without codes the same name, is marked."""
    seen: dict[str, int] = {}
    marked = []
    for row in rows:
        key = (row.code or row.name).casefold()
        if key in seen:
            row = row.with_problem(same_as_line(seen[key]))
        elif key:
            seen[key] = row.line
        marked.append(row)
    return marked


def same_as_line(line: int) -> str:
    return _("The same as line %(line)d.") % {"line": line}


def as_csv(rows: list[Row]) -> str:
    """The rows as our own CSV, to be sent along with the confirmation; line numbers stay true."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\n")
    writer.writerow(["name", "code", "email", "contact", "language"])
    for row in rows:
        writer.writerow([row.name, row.code, row.email, row.contact, row.language])
    return out.getvalue()
