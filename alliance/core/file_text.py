"""The words in a PDF or DOCX, for the search of the site. Called by a worker: a large file takes its time."""

import html
import io
import re
import zipfile
from contextlib import suppress

from pypdf import PdfReader

from alliance.core.metadata import DAMAGED
from alliance.core.uploads import CONTENT_TYPES, DOCX, PDF

# What is found in a book is found in its first pages; an index need not hold the rest.
MOST_PAGES = 300
MOST_CHARACTERS = 300_000
PARAGRAPH = re.compile(r"</w:p>|<w:br/>|<w:tab/>")
TAG = re.compile(r"<[^>]*>")


def text_of(content: bytes, content_type: str) -> str:
    """The words, in lines; empty for what holds none, such as a scan."""
    if content_type == CONTENT_TYPES[PDF]:
        return tidy(_of_pdf(content))
    if content_type == CONTENT_TYPES[DOCX]:
        return tidy(_of_docx(content))
    return ""


def _of_pdf(content: bytes) -> str:
    parts, length = [], 0
    # What was read until a fault is worth more than nothing.
    with suppress(*DAMAGED):
        for page in PdfReader(io.BytesIO(content)).pages[:MOST_PAGES]:
            parts.append(page.extract_text())
            length += len(parts[-1])
            if length > MOST_CHARACTERS:
                break
    return "\n".join(parts)


def _of_docx(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            xml = archive.read("word/document.xml").decode(errors="replace")
    except (zipfile.BadZipFile, KeyError, OSError, ValueError):
        return ""
    return html.unescape(TAG.sub("", PARAGRAPH.sub("\n", xml)))


def tidy(text: str) -> str:
    """Lines without the characters that no database keeps, words joined that a line broke in two."""
    text = text.replace("\xad", "").replace("\x00", "").encode(errors="ignore").decode()
    text = re.sub(r"(?<=[^\W\d_])-\n(?=[^\W\d_])", "", text)
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:MOST_CHARACTERS]
