"""What a file says of its author and of where a photo was taken is taken out; the content stays."""

import io
import struct
import zipfile
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader, PdfWriter

from alliance.core.metadata import Damaged, strip_jpeg, strip_office, strip_pdf, strip_png
from alliance.core.uploads import MAX_PHOTO_SIDE, clean_attachment
from tests.core.upload_samples import archive, docx, pdf, picture, png

CANARY = b"CANARY-49.8397N"


def told_jpeg(size=(60, 40)):
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()
    exif[0x8825] = {1: "N", 2: (49.0, 50.0, 23.0)}
    return picture("JPEG", size, exif=exif, comment=CANARY)


def told_png():
    chunk = b"tEXt" + b"Comment\0" + CANARY
    text = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    content = png()
    return content[:33] + text + content[33:]  # behind the header


def told_pdf():
    out = io.BytesIO()
    Image.open(io.BytesIO(told_jpeg())).save(out, "PDF", author=CANARY.decode(), title=CANARY.decode())
    writer = PdfWriter(clone_from=io.BytesIO(out.getvalue()))
    writer.xmp_metadata = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + CANARY + b"</x:xmpmeta>"
    image = next(
        found for found in writer._objects if isinstance(found, dict) and found.get("/Subtype") == "/Image"
    )
    image._data = told_jpeg()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def told_docx():
    return docx(
        **{
            "docProps/core.xml": b"<cp:coreProperties><dc:creator>"
            + CANARY
            + b"</dc:creator></cp:coreProperties>",
            "docProps/thumbnail.jpeg": told_jpeg(),
            "word/comments.xml": b'<w:comment w:author="' + CANARY + b'" w:initials="CANARY-4"/>',
            "word/media/image1.jpeg": told_jpeg(),
            "word/media/image2.png": told_png(),
        }
    )


def told_xlsx():
    return archive(
        {
            "[Content_Types].xml": b"<Types/>",
            "xl/workbook.xml": b"<w/>",
            "xl/comments1.xml": b"<authors><author>" + CANARY + b"</author></authors>",
            "xl/persons/person.xml": b'<person displayName="' + CANARY + b'" userId="CANARY-4"/>',
        }
    )


def all_bytes(content):
    """A file and, if it is an archive, its parts unpacked."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        return b"".join(opened.read(name) for name in opened.namelist())


def pixels(content):
    return Image.open(io.BytesIO(content)).tobytes()


@pytest.mark.parametrize(
    ("made", "strip"),
    [
        (told_jpeg, strip_jpeg),
        (told_png, strip_png),
        (told_pdf, strip_pdf),
        (told_docx, strip_office),
        (told_xlsx, strip_office),
    ],
)
def test_nothing_that_was_told_is_left(made, strip):
    content = made()
    assert b"CANARY" in all_bytes(content)
    assert b"CANARY" not in all_bytes(strip(content))


@pytest.mark.parametrize(("made", "strip"), [(told_jpeg, strip_jpeg), (told_png, strip_png)])
def test_the_picture_is_the_same_bit_for_bit(made, strip):
    assert pixels(strip(made())) == pixels(made())


def test_the_pages_and_parts_are_still_there():
    told = PdfReader(io.BytesIO(told_pdf()))
    stripped = PdfReader(io.BytesIO(strip_pdf(told_pdf())))
    assert told.metadata.author
    assert not stripped.metadata
    assert stripped.xmp_metadata is None
    assert len(stripped.pages) == len(told.pages) == 1
    assert pixels(stripped.pages[0].images[0].data) == pixels(told.pages[0].images[0].data)
    parts = zipfile.ZipFile(io.BytesIO(strip_office(told_docx()))).namelist()
    assert parts == zipfile.ZipFile(io.BytesIO(told_docx())).namelist()


def test_what_stands_behind_a_jpeg_goes():
    assert strip_jpeg(told_jpeg() + b"PK\x03\x04hidden").endswith(b"\xff\xd9")


def locked_pdf():
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("content", [locked_pdf(), pdf(), b"%PDF-1.7\n%%EOF", b"%PDF-"])
def test_what_cannot_be_read_is_refused(content):
    with pytest.raises(Damaged):
        strip_pdf(content)


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_broken_pictures_do_no_harm(cut):
    for content in (told_jpeg(), told_png()):
        strip_jpeg(content[:cut])
        strip_png(content[:cut])


@pytest.mark.parametrize(
    ("name", "made"),
    [("a.jpg", told_jpeg), ("a.pdf", told_pdf), ("a.docx", told_docx), ("a.xlsx", told_xlsx)],
)
def test_an_attachment_is_kept_without_what_it_told(name, made):
    upload = clean_attachment(SimpleUploadedFile(name, made()))
    assert b"CANARY" not in all_bytes(upload.content)
    assert upload.is_picture == (name == "a.jpg")


def test_a_large_photo_is_made_as_small_as_pages_need():
    upload = clean_attachment(SimpleUploadedFile("a.jpg", told_jpeg((4000, 1000))))
    assert Image.open(io.BytesIO(upload.content)).size == (MAX_PHOTO_SIDE, MAX_PHOTO_SIDE // 4)


def test_a_locked_document_is_explained():
    with pytest.raises(ValidationError, match="protected by a password"):
        clean_attachment(SimpleUploadedFile("a.pdf", locked_pdf()))
