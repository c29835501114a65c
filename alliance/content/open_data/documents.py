"""Documents of the Alliance as open data: each with a file in every language that it exists in. Pure."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from alliance.content.open_data.meaning import Meaning
from alliance.content.open_data.parts import CLOSED, Names, names
from alliance.core.links import absolute

# The kinds of `content.Document`: a schema knows no tables of its own app, and a test compares both.
KINDS = ("position", "report", "guide", "agreement", "meeting", "newsletter", "other")


class FileData(BaseModel):
    """A document in one language; its address always leads to the newest version."""

    model_config = CLOSED
    language: Annotated[str, Meaning(_("The language of the file."), standard="ISO 639")]
    title: Annotated[str, Meaning(_("The title, as it stands on the file."))]
    url: Annotated[str, Meaning(_("Where the file is."))]
    format: Annotated[str, Meaning(_("What kind of file it is."), standard="IANA media types")]
    size: Annotated[int, Meaning(_("How large the file is."), unit=_("bytes"))]
    sha256: Annotated[str, Meaning(_("Checksum of the file."), standard="FIPS 180-4")]
    changed_at: Annotated[datetime, Meaning(_("When this version came."), standard="ISO 8601")]


class DocumentData(BaseModel):
    """A publication of the Alliance in one or more languages."""

    model_config = CLOSED
    id: Annotated[str, Meaning(_("Part of the address of its page."))]
    url: Annotated[str, Meaning(_("Its page, for people."))]
    kind: Annotated[Literal[*KINDS], Meaning(_("Report, guide, agreement and so on."))]
    title: Annotated[Names, Meaning(_("The title in each language."))]
    summary: Annotated[Names, Meaning(_("What it is about, in each language."))]
    dated_on: Annotated[date, Meaning(_("The day that stands on it."), standard="ISO 8601")]
    published_at: Annotated[datetime, Meaning(_("When it was published."), standard="ISO 8601")]
    files: Annotated[list[FileData], Meaning(_("A file for each language that it exists in."))]


def document_row(document: Any) -> dict[str, Any]:
    """Of a public document `with_files()`."""
    return {
        "id": document.slug,
        "url": absolute(reverse("content:document_detail", args=[document.slug])),
        "kind": document.kind,
        "title": names(document, "title"),
        "summary": names(document, "summary"),
        "dated_on": document.dated_on,
        "published_at": document.published_at,
        "files": [_file(document, row) for row in document.offered_files if not row.current.is_withheld],
    }


def _file(document: Any, row: Any) -> dict[str, Any]:
    return {
        "language": row.language,
        "title": row.title,
        "url": absolute(reverse("content:document_file", args=[document.slug, row.language])),
        "format": row.current.content_type,
        "size": row.current.size,
        "sha256": row.current.digest,
        "changed_at": row.current.added_at,
    }
