"""What a file says beside its content: who made it, when, where a photo was taken. `core.uploads` takes it out.

Pictures of their own are drawn anew there; here are documents and the pictures inside them. What a document says in
its own text stays, of course, and so does what is drawn on its pages.
"""

import io
import re
import struct
import zipfile

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, NameObject, StreamObject

# What pypdf raises on files that only look like a PDF.
DAMAGED = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError)
# Keys of a PDF's objects that describe it, or hold an older state of a page.
TELLING = ("/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/AF")
# APP0 is the frame of the format, APP2 the colours, APP14 how they are stored.
KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}
TELLING_CHUNKS = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
EMPTY_PROPERTIES = {
    "docProps/core.xml": b'<?xml version="1.0" encoding="UTF-8"?><cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<?xml version="1.0" encoding="UTF-8"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b'<?xml version="1.0" encoding="UTF-8"?><Properties xmlns='
    b'"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}
# Who wrote a comment or a tracked change.
AUTHORS = re.compile(
    rb'((?:w:|w15:|)(?:author|initials|lastModifiedBy|displayName|userId|providerId)=")[^"]*(?=")'
)
AUTHOR_ELEMENTS = re.compile(rb"(<(?:\w+:)?author>)[^<]*(?=</)")


class Damaged(ValueError):
    """The file cannot be read as what it says it is."""


def strip_pdf(content: bytes) -> bytes:
    """The pages of a PDF in a new file, without properties, XMP, thumbnails and what its photos say of themselves.

    :raises Damaged: it cannot be read, or is protected by a password
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted or not reader.pages:
            raise Damaged("encrypted or empty")
        writer = PdfWriter()
        for page in reader.pages:
            writer.add_page(page)
        writer.metadata = None
        for found in writer._objects:
            if isinstance(found, DictionaryObject):
                _strip_object(found)
        out = io.BytesIO()
        writer.write(out)
    except DAMAGED as error:
        raise Damaged(str(error)) from error
    return out.getvalue()


def _strip_object(found: DictionaryObject) -> None:
    for key in TELLING:
        found.pop(NameObject(key), None)
    filters = found.get("/Filter")
    names = [filters] if isinstance(filters, NameObject) else list(filters or [])
    if isinstance(found, StreamObject) and names == ["/DCTDecode"]:
        found._data = strip_jpeg(found._data)


def strip_office(content: bytes) -> bytes:
    """A DOCX or XLSX without properties, names of commentators, and what its photos say of themselves.

    :raises Damaged: it cannot be read
    """
    out = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                if not entry.is_dir():
                    # A fixed moment: when each part was written is told by no one.
                    name = zipfile.ZipInfo(entry.filename)
                    name.compress_type = zipfile.ZIP_DEFLATED
                    new.writestr(name, _stripped_part(entry.filename, old.read(entry)))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Damaged(str(error)) from error
    return out.getvalue()


def _stripped_part(name: str, content: bytes) -> bytes:
    if name in EMPTY_PROPERTIES:
        return EMPTY_PROPERTIES[name]
    if name.startswith("docProps/"):
        return b""  # a thumbnail of the first page
    ending = name.rsplit(".", 1)[-1].lower()
    if ending in ("jpg", "jpeg"):
        return strip_jpeg(content)
    if ending == "png":
        return strip_png(content)
    if ending == "xml":
        return AUTHOR_ELEMENTS.sub(rb"\1", AUTHORS.sub(rb"\1", content))
    return content


def strip_jpeg(content: bytes) -> bytes:
    """The picture bit for bit, without the segments that describe it (Exif, XMP, IPTC, comments)."""
    if not content.startswith(b"\xff\xd8"):
        return content
    kept, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xDA:  # the picture itself begins
            break
        size = struct.unpack(">H", content[at + 2 : at + 4])[0]
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in KEPT_SEGMENTS:
            kept.append(content[at : at + 2 + size])
        at += 2 + size
    end = content.rfind(b"\xff\xd9")
    # What stands behind the end of the picture is another file.
    return b"".join([*kept, content[at : end + 2] if end > at else content[at:]])


def strip_png(content: bytes) -> bytes:
    """The picture bit for bit, without the chunks that describe it."""
    if not content.startswith(b"\x89PNG\r\n\x1a\n"):
        return content
    kept, at = [content[:8]], 8
    while at + 12 <= len(content):
        size = struct.unpack(">I", content[at : at + 4])[0]
        name = content[at + 4 : at + 8]
        if name not in TELLING_CHUNKS:
            kept.append(content[at : at + 12 + size])
        at += 12 + size
        if name == b"IEND":
            break
    return b"".join(kept)
