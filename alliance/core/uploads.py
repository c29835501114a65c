"""Which files the portal accepts, and how it serves them: forms use the two fields, views use `attachment()`.

The type is decided by the content, never by the name or the browser's word. Pictures are drawn anew, so that
nothing but pixels survives. Names on the disk are random; a file is only ever served by a view that checks.
"""

import io
import logging
import re
import warnings
import zipfile
import zlib
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from alliance.core.metadata import Damaged, strip_office, strip_pdf
from alliance.core.slugs import make_slug

MAX_DOCUMENT_BYTES = 10 * 1024 * 1024
MAX_PICTURE_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
log = logging.getLogger(__name__)

# A scan of a page keeps its detail; a logo needs no more than this.
MAX_LOGO_SIDE = 1200
MAX_PHOTO_SIDE = 1600
# A photo on a card: always this large, so that its place is known before it arrives.
SMALL_PHOTO = (480, 360)
# A picture within a text: as wide as the text on a good telephone.
MAX_TEXT_SIDE = 960
MAX_FILENAME = 150

# Office files are ZIP archives: what an honest one stays far below.
MAX_ZIP_ENTRIES = 2_000
MAX_ZIP_UNPACKED = 100 * 1024 * 1024
MAX_ZIP_RATIO = 200
ZIP_END = b"PK\x05\x06"
ZIP_END_REACH = 65_557

PDF, PNG, JPEG, WEBP, DOCX, XLSX = "pdf", "png", "jpeg", "webp", "docx", "xlsx"
CONTENT_TYPES = {
    PDF: "application/pdf",
    PNG: "image/png",
    JPEG: "image/jpeg",
    WEBP: "image/webp",
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
EXTENSIONS = {PDF: "pdf", PNG: "png", JPEG: "jpg", WEBP: "webp", DOCX: "docx", XLSX: "xlsx"}
PICTURES = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP"}
OFFICE_PARTS = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}


@dataclass(frozen=True)
class CleanUpload:
    """A file that passed: its random name, what the sender called it, and the content that is kept."""

    name: str
    original_filename: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")


def clean_document(file: UploadedFile) -> CleanUpload:
    """A council decision or the like: PDF, a picture of it, DOCX or XLSX.

    :raises ValidationError: with a message for the person who sent it
    """
    return _clean(file, CONTENT_TYPES, MAX_DOCUMENT_BYTES, max_side=None)


def clean_picture(file: UploadedFile) -> CleanUpload:
    """A logo: PNG, JPEG or WebP, drawn anew and no larger than the pages need."""
    return _clean(file, PICTURES, MAX_PICTURE_BYTES, max_side=MAX_LOGO_SIDE)


def clean_attachment(file: UploadedFile) -> CleanUpload:
    """A document or photo that others read: as `clean_document`, and without what it says of its author and place."""
    upload = _clean(file, CONTENT_TYPES, MAX_DOCUMENT_BYTES, max_side=MAX_PHOTO_SIDE)
    if upload.is_picture:
        return upload
    strip = strip_pdf if upload.content_type == CONTENT_TYPES[PDF] else strip_office
    try:
        return replace(upload, content=strip(upload.content))
    except Damaged as error:
        raise ValidationError(
            _("The document cannot be read: it is damaged or protected by a password."), code="damaged"
        ) from error


def _clean(file: UploadedFile, kinds: Any, max_bytes: int, max_side: int | None) -> CleanUpload:
    if not file.size:
        raise ValidationError(_("The file is empty. Please choose another one."), code="empty")
    if file.size > max_bytes:
        limit = max_bytes // (1024 * 1024)
        raise ValidationError(
            _("The file is larger than %(limit)d MB. Please send a smaller one.") % {"limit": limit},
            code="too_large",
        )
    file.seek(0)
    content = file.read(max_bytes + 1)
    kind = sniff(content)
    if kind not in kinds:
        raise ValidationError(_wrong_type(kinds), code="wrong_type")
    if kind in PICTURES:
        content = redraw(content, kind, max_side)
    elif kind == PDF:
        _check_pdf(content)
    else:
        check_office(content)
    return CleanUpload(
        name=f"{make_slug(20)}.{EXTENSIONS[kind]}",
        original_filename=tidy_filename(file.name or "", EXTENSIONS[kind]),
        content_type=CONTENT_TYPES[kind],
        content=content,
    )


def _wrong_type(kinds: Any) -> str:
    if PDF in kinds:
        return _("We can take PDF, DOCX, XLSX, PNG, JPEG and WebP files. This file is something else.")
    return _("We can take PNG, JPEG and WebP pictures. This file is something else.")


def sniff(content: bytes) -> str:
    """The type by its first bytes, empty when it is none of ours. Each type must begin at the first byte."""
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"PK\x03\x04"):
        return _sniff_office(content)
    return ""


def _sniff_office(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ""
    if "[Content_Types].xml" not in names:
        return ""
    return next((kind for kind, part in OFFICE_PARTS.items() if part in names), "")


def redraw(content: bytes, kind: str, max_side: int | None = None) -> bytes:
    """The picture as pixels only: no metadata (a place, a name), nothing hidden behind the image."""
    damaged = ValidationError(
        _("The picture cannot be read. Please save it again and retry."), code="damaged"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[PICTURES[kind]]) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise damaged
                picture = ImageOps.exif_transpose(opened)
                picture.load()
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        MemoryError,
    ) as error:
        raise damaged from error
    if max_side and max(picture.size) > max_side:
        picture.thumbnail((max_side, max_side))
    wanted = ("RGB", "L") if kind == JPEG else ("RGB", "RGBA", "L", "LA")
    if picture.mode not in wanted:
        picture = picture.convert("RGB" if kind == JPEG else "RGBA")
    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    out = io.BytesIO()
    fresh.save(out, PICTURES[kind], **({"quality": 88} if kind != PNG else {}))
    return out.getvalue()


def small_photo(content: bytes, size: tuple[int, int] = SMALL_PHOTO) -> bytes:
    """A photo that passed, as WebP of ``size``: its middle, drawn anew.

    :raises ValidationError: when it cannot be read
    """
    kind = sniff(content)
    if kind not in PICTURES:
        raise ValidationError(_wrong_type(PICTURES), code="wrong_type")
    with Image.open(io.BytesIO(redraw(content, kind)), formats=[PICTURES[kind]]) as picture:
        return _light(ImageOps.fit(_with_colours(picture), size))


def text_picture(upload: CleanUpload) -> tuple[bytes, tuple[int, int]]:
    """A picture that passed, as light as a page wants it: WebP, the whole of it, and its size."""
    with Image.open(io.BytesIO(upload.content), formats=list(PICTURES.values())) as opened:
        picture = _with_colours(opened)
    picture.thumbnail((MAX_TEXT_SIDE, MAX_TEXT_SIDE))
    return _light(picture), picture.size


def _with_colours(picture: Image.Image) -> Image.Image:
    return picture.convert("RGBA" if picture.mode in ("RGBA", "LA") else "RGB")


def _light(picture: Image.Image) -> bytes:
    """WebP on white ground."""
    fresh = Image.new("RGB", picture.size, "white")
    fresh.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    out = io.BytesIO()
    fresh.save(out, "WEBP", quality=78)
    return out.getvalue()


def _check_pdf(content: bytes) -> None:
    """One document and nothing else: no second format that starts elsewhere in the same bytes, no programs."""
    head, tail = content[:1024].lower(), content[-2048:]
    strange = re.search(rb"<(!doctype|html|script|svg|\?xml|\?php)", head)
    active = re.search(rb"/(JavaScript|Launch|EmbeddedFile)\b", content)
    if b"%%EOF" not in tail or strange or ZIP_END in content[-ZIP_END_REACH:]:
        raise ValidationError(
            _("The PDF file is damaged or holds more than a document. Please export it again."),
            code="damaged",
        )
    if active:
        raise ValidationError(
            _("The PDF file holds programs or attached files. Please print it to a new PDF file."),
            code="active",
        )


def check_office(content: bytes, *, max_unpacked: int = MAX_ZIP_UNPACKED) -> None:
    """A document without macros that unpacks to a sensible size and says nothing about entities.

    :raises ValidationError: with a message for the person who sent it
    """
    damaged = ValidationError(_("The document is damaged. Please save it again and retry."), code="damaged")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, min(max_unpacked, len(content) * MAX_ZIP_RATIO), damaged)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as part:
                        start = part.read(2048)
                    if re.search(rb"<!(DOCTYPE|ENTITY)", start, re.I) or b"\x00" in start[:64]:
                        raise damaged
    except (
        *(zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError, EOFError),
    ) as error:
        raise damaged from error


def _check_entries(entries: list[zipfile.ZipInfo], most: int, damaged: ValidationError) -> None:
    names = [entry.filename for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ZIP_ENTRIES or len(set(names)) != len(names):
        raise damaged
    if unpacked > most:
        raise damaged
    # The first entry must be the file's first byte: whatever stands before it belongs to another format.
    if min((entry.header_offset for entry in entries), default=1) != 0:
        raise damaged
    for entry in entries:
        name = entry.filename
        if name.startswith(("/", "\\")) or ".." in name.split("/") or "\\" in name or entry.flag_bits & 1:
            raise damaged
        if name.lower().endswith(("vbaproject.bin", ".exe", ".js", ".vbs")):
            raise ValidationError(
                _("The document holds macros. Please save it without them, or as PDF."), code="active"
            )


def tidy_filename(name: str, extension: str) -> str:
    """What the sender called the file, without paths and control characters, with its true ending."""
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(
        c for c in name if c.isprintable() and c not in '<>:"|?*\u202a\u202b\u202d\u202e\u2066\u2067\u2068'
    )
    stem = name.rsplit(".", 1)[0].strip(" .")[: MAX_FILENAME - 6] or "document"
    return f"{stem}.{extension}"


class DocumentField(forms.FileField):
    """A document; cleans to a `CleanUpload`."""

    accept = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg,.webp"
    clean_file = staticmethod(clean_document)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": self.accept}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        return type(self).clean_file(cleaned) if isinstance(cleaned, UploadedFile) else cleaned

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data or initial


class AttachmentField(DocumentField):
    """A document or photo for others; cleans to a `CleanUpload`."""

    clean_file = staticmethod(clean_attachment)


class PictureField(DocumentField):
    """A logo; cleans to a `CleanUpload`."""

    accept = ".png,.jpg,.jpeg,.webp"
    clean_file = staticmethod(clean_picture)


def as_content_file(upload: CleanUpload) -> ContentFile:
    """The upload as a file with its random name, ready to be assigned to a model's file field."""
    return ContentFile(upload.content, name=upload.name)


def attachment(file: File, *, filename: str, content_type: str) -> FileResponse:
    """The stored file to be saved, never to be opened inside our origin. The calling view has checked who asks."""
    return _sealed(
        FileResponse(open_stored(file), as_attachment=True, filename=filename, content_type=content_type)
    )


def shown_picture(file: File) -> FileResponse:
    """A logo that was drawn anew, to be shown in a page."""
    kind = next((k for k, extension in EXTENSIONS.items() if file.name.endswith(f".{extension}")), "")
    if kind not in PICTURES:
        return attachment(file, filename="file", content_type="application/octet-stream")
    return _sealed(FileResponse(open_stored(file), content_type=CONTENT_TYPES[kind]))


def open_stored(file: File) -> File:
    """A file that the database knows and the disk does not (a restore without its media) is no fault of the reader."""
    try:
        return file.open("rb")
    except FileNotFoundError as error:
        log.error("a stored file is missing: %s", file.name)
        raise Http404 from error


def _sealed(response: FileResponse) -> FileResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
