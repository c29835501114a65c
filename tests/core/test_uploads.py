"""Which files are accepted, what is left of them, and how they are served."""

import contextlib
import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.fields.files import FieldFile, FileField
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from alliance.core import uploads
from alliance.core.uploads import (
    attachment,
    clean_document,
    clean_picture,
    shown_picture,
    sniff,
    tidy_filename,
)
from tests.core.upload_samples import archive, docx, pdf, picture, png, xlsx


def as_upload(content, name="file.bin", content_type="text/html"):
    return SimpleUploadedFile(name, content, content_type)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (pdf(), "pdf"),
        (png(), "png"),
        (picture("JPEG"), "jpeg"),
        (picture("WEBP"), "webp"),
        (docx(), "docx"),
        (xlsx(), "xlsx"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_clean_document_goes_by_the_content(content, kind):
    clean = clean_document(as_upload(content, "plan.exe"))
    assert clean.content_type == uploads.CONTENT_TYPES[kind]
    assert clean.name.endswith(f".{uploads.EXTENSIONS[kind]}")
    assert clean.original_filename == f"plan.{uploads.EXTENSIONS[kind]}"
    assert "plan" not in clean.name
    assert clean.size == len(clean.content)


REFUSED = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "gif": picture("GIF"),
    "program": b"MZ" + b"\0" * 100,
    "bare zip": archive({"a.txt": b"a"}),
    "broken zip": b"PK\x03\x04" + b"\0" * 50,
    "prefix before pdf": b"<script>" + pdf(),
    "cut pdf": b"%PDF-1.4\n1 0 obj",
    "pdf with html": b"%PDF-1.4\n<html><script>alert(1)</script>\n%%EOF",
    "pdf and zip": pdf() + archive({"a.txt": b"a"}) + b"%%EOF",
    "pdf with program": pdf(b"<</S/JavaScript/JS(app.alert(1))>>"),
    "pdf that starts something": pdf(b"<</S/Launch/F(cmd.exe)>>"),
    "cut png": png()[:40],
    "png head only": b"\x89PNG\r\n\x1a\n" + b"<script>" * 20,
    "docx with macros": docx(**{"word/vbaProject.bin": b"x"}),
    "docx with entity": docx(**{"word/evil.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'}),
    "docx with path": docx(**{"../../etc/passwd": b"x"}),
    "docx bomb": docx(**{"word/big.xml": b"\0" * 30_000_000}),
    "docx with many parts": docx(**{f"word/{n}.xml": b"" for n in range(2_001)}),
    "docx behind html": b"<html>" + docx(),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED.keys())
def test_clean_document_refuses(content):
    with pytest.raises(ValidationError):
        clean_document(as_upload(content))


def test_clean_document_refuses_what_is_too_large_or_empty(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_DOCUMENT_BYTES", 1024 * 1024)
    with pytest.raises(ValidationError, match="1 MB"):
        clean_document(as_upload(pdf(b"x" * 1024 * 1024)))
    with pytest.raises(ValidationError, match="empty"):
        clean_document(as_upload(b""))


def test_clean_picture_takes_no_documents():
    with pytest.raises(ValidationError):
        clean_picture(as_upload(pdf()))


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_unpacked():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    with pytest.raises(ValidationError):
        clean_picture(as_upload(out.getvalue()))


def test_a_picture_loses_its_metadata_and_whatever_is_hidden_behind_it():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    content = picture("JPEG", exif=exif) + b"<script>alert(1)</script>" + archive({"a.txt": b"hidden"})
    clean = clean_picture(as_upload(content))
    assert b"secret place" not in clean.content
    assert b"<script>" not in clean.content
    assert not zipfile.is_zipfile(io.BytesIO(clean.content))
    with Image.open(io.BytesIO(clean.content)) as image:
        assert (image.format, image.size) == ("JPEG", (40, 30))


def test_a_large_logo_becomes_small_and_a_scan_stays():
    assert Image.open(io.BytesIO(clean_picture(as_upload(png((3000, 1500)))).content)).size == (1200, 600)
    assert Image.open(io.BytesIO(clean_document(as_upload(png((3000, 1500)))).content)).size == (3000, 1500)


def test_a_transparent_logo_stays_transparent():
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(clean_picture(as_upload(out.getvalue())).content)) as image:
        assert image.getpixel((5, 5))[3] == 0


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA"])
def test_pictures_of_every_mode_are_redrawn(mode):
    kind = "TIFF" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    if mode == "CMYK":
        kind = "JPEG"
    Image.new(mode, (8, 8)).save(out, kind)
    assert clean_picture(as_upload(out.getvalue())).size > 0


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\temp\\рішення.doc.PDF", "рішення.doc.pdf"),
        ("a\r\nb\0.pdf", "ab.pdf"),
        ('"><script>.pdf', "script.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("", "document.pdf"),
        ("x" * 500 + ".pdf", "x" * 144 + ".pdf"),
    ],
)
def test_tidy_filename(given_name, kept):
    assert tidy_filename(given_name, "pdf") == kept


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"\xff\xd8\xff"]),
)
def test_no_bytes_whatsoever_raise_anything_else(content, start):
    sniff(start + content)
    with contextlib.suppress(ValidationError):
        clean_document(as_upload(start + content + b" "))


def test_attachment_is_sealed():
    response = attachment(
        ContentFile(b"x", name="a.pdf"), filename="рішення.pdf", content_type="application/pdf"
    )
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_file_that_is_gone_from_the_disk_is_not_found_and_told_to_operators(caplog):
    gone = FieldFile(None, FileField(), "listings/gone.png")
    with pytest.raises(Http404):
        shown_picture(gone)
    assert "a stored file is missing: listings/gone.png" in caplog.text


def test_shown_picture_shows_pictures_only():
    assert shown_picture(ContentFile(png(), name="a.png"))["Content-Type"] == "image/png"
    other = shown_picture(ContentFile(b"<script>", name="a.svg"))
    assert other["Content-Type"] == "application/octet-stream"
    assert other["Content-Disposition"].startswith("attachment")
