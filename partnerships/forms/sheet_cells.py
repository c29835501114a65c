"""What a cell of a table of needs and offers says, as the form of a need or offer takes it: codes, words in any of our
languages, numbers and days as offices write them. What makes no sense is left as it is: the form says so."""

import re
from datetime import date
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alliance.core.languages import LANGUAGES
from alliance.core.units import Unit
from partnerships.exports.sheets import Column
from partnerships.forms.listings import PART_CHOICES
from partnerships.models import Listing
from partnerships.models.quantities import Condition
from partnerships.sheet_reading import normal
from partnerships.specs import SPECS

YES = frozenset(["yes", "true", "1", "x", "tak", "так", "y", "t"])
NO = frozenset(["no", "false", "0", "nie", "ні", "n"])
SPACES = re.compile(r"[\s\u00a0\u202f']")
PLAIN = re.compile(r"[-+]?\d+(\.\d+)?", re.ASCII)
GROUPS = re.compile(r"[-+]?\d{1,3}([.,])\d{3}(\1\d{3})+", re.ASCII)
# 1,000 is a thousand in English and one in Polish and Ukrainian.
EITHER = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}", re.ASCII)
DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})", re.ASCII)
ISO = re.compile(r"(\d{4}-\d{2}-\d{2})([T ]00:00(:00(\.0+)?)?)?", re.ASCII)


class Unclear(Exception):
    """The cell may be read in two ways; `message` says how to write it."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


def canonical(column: Column, text: str) -> str:
    """The cell as a file that is exported writes it.

    :raises Unclear: a number or a day that countries read differently
    """
    if column.kind == "text":
        return normal(text)
    text = text.strip()
    if not text:
        return ""
    if column.kind == "number":
        return number(text)
    if column.kind == "day":
        return day(text)
    if column.kind == "list":
        return " ".join(sorted({code.upper() for code in re.split(r"[\s;,]+", text) if code}))
    if column.name in ("name_hidden", "names_no_site"):
        folded = text.casefold()
        return "yes" if folded in YES else "no" if folded in NO else text
    if column.name in words():
        return words()[column.name].get(text.casefold(), text)
    if column.name in ("currency", "dream_id"):
        return text.upper()
    return text if column.name in ("handover", "member") else text.lower()


def number(text: str) -> str:
    """12.5 of “12,5”, “12.50” and “+12.5”; 12000 of “12 000” and “12,000.00”."""
    bare = SPACES.sub("", text)
    if EITHER.fullmatch(bare):
        message = _(
            "This can be read in two ways. Write it without a comma, or with a point: %(whole)s or %(part)s."
        )
        raise Unclear(message % {"whole": bare.replace(",", ""), "part": bare.replace(",", ".")})
    if GROUPS.fullmatch(bare):
        bare = re.sub(r"[.,]", "", bare)
    elif "," in bare and "." in bare:
        grouping = "," if bare.rindex(".") > bare.rindex(",") else "."
        bare = bare.replace(grouping, "").replace(",", ".")
    else:
        bare = bare.replace(",", ".")
    if not PLAIN.fullmatch(bare):
        return text
    sign, digits = ("-", bare[1:]) if bare[0] == "-" else ("", bare.lstrip("+"))
    whole, _point, part = digits.partition(".")
    part = part.rstrip("0")
    return f"{sign}{whole.lstrip('0') or '0'}{'.' if part else ''}{part}"


def day(text: str) -> str:
    """ISO 8601 of itself, with or without midnight, and of 31.12.2026; 3/4/2027 is unclear."""
    if found := ISO.fullmatch(text):
        return found[1]
    found = DAY.fullmatch(text)
    if not found:
        return text
    first, sign, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    if sign == "/" and first <= 12 and second <= 12 and first != second:
        raise Unclear(_("This can be read in two ways. Write the day like 2026-12-31."))
    if sign == "/" and second > 12:
        first, second = second, first
    try:
        return date(year, second, first).isoformat()
    except ValueError:
        return text


# Words that stood in our own files before: who kept such a file can still send it back.
UNITS_BEFORE = [
    (Unit.SET.value, "компл."),
    (Unit.PLACE.value, "місц."),
    (Unit.PLACE.value, "місця"),
    (Unit.PLACE.value, "miejsc."),
    (Unit.DAY.value, "дн."),
]


@cache
def words() -> dict[str, dict[str, str]]:
    """Column → what a cell may say, folded → its code: the codes, and their words in each of our languages."""
    parts = [(code, label) for code, label in PART_CHOICES if code]
    units = [*Unit.choices, *UNITS_BEFORE]
    choices = {
        "kind": Listing.Kind.choices,
        "urgency": Listing.Urgency.choices,
        "transport_by": Listing.TransportBy.choices,
        "audience": Listing.AUDIENCE_CHOICES,
        "unit": units,
        "size_unit": units,
        "condition": Condition.choices,
        **{name: values.choices for name, values in SPECS.items()},
        **{f"audience_{name}": parts for name in Listing.RESTRICTABLE},
    }
    return {name: _folded(pairs) for name, pairs in choices.items()}


def _folded(pairs: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in LANGUAGES:
        with translation.override(language):
            found |= {str(label).casefold(): code for code, label in pairs}
    return found | {code.casefold(): code for code, _label in pairs}
