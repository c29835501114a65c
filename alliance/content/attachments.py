"""Files that come with messages: which are taken, and how those that are not are named. Pure."""

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _

from alliance.core.uploads import CleanUpload, clean_attachment

MOST_FILES = 10
# The codes of `core.uploads`, and two of our own.
REASONS = {
    "empty": _("it is empty"),
    "too_large": _("it is larger than 10 MB"),
    "wrong_type": _("it is no PDF, DOCX, XLSX, PNG, JPEG or WebP file"),
    "damaged": _("it is damaged or protected by a password"),
    "active": _("it holds programs or attached files"),
    "too_many": _("there were more than ten files"),
    "message": _("it is an e-mail within the e-mail"),
}


def checked(files: Iterable[tuple[str, bytes]]) -> tuple[list[CleanUpload], list[dict[str, str]]]:
    """What may be kept, and what not: ``{"name": …, "reason": a code}`` for each."""
    taken: list[CleanUpload] = []
    left_out = []
    for name, content in files:
        if len(taken) >= MOST_FILES:
            left_out.append({"name": plain_name(name), "reason": "too_many"})
            continue
        try:
            taken.append(clean_attachment(SimpleUploadedFile(name[-150:] or "file", content)))
        except ValidationError as error:
            reason = getattr(error, "code", "") or "damaged"
            left_out.append({"name": plain_name(name), "reason": reason if reason in REASONS else "damaged"})
    return taken, left_out


def plain_name(name: str) -> str:
    """What somebody called a file, short, and nothing that a mail program would make a link of."""
    name = re.sub(r"[^\w .,()+-]", "", re.split(r"[/\\]", name)[-1])
    stem, dot, ending = name.rpartition(".")
    stem = re.sub(r"\.(?=\S)", "_", stem if dot else ending)
    return f"{stem[:60]}{dot}{ending[:8]}" if dot else stem[:60]


def shown_left_out(left_out: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """With the reasons in words of the active language."""
    return [
        {"name": one["name"], "reason": str(REASONS.get(one["reason"], REASONS["damaged"]))}
        for one in left_out
    ]
