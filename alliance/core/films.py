"""Films that editors upload: MP4 and WebM by their content, how long they are, and without what they say of the camera,
its place and its owner. Forms use the field; a film is too large to be held in memory, so it is changed where it lies.

Formats: ISO/IEC 14496-12 (boxes) and RFC 8794, RFC 9559 (EBML, Matroska). What tells of author and place is blanked in
its place, so that no other byte moves and no index in the file is wrong.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from alliance.core.slugs import make_slug

MAX_FILM_BYTES = 100 * 1024 * 1024
CHUNK = 1024 * 1024
MP4, WEBM = "mp4", "webm"
CONTENT_TYPES = {MP4: "video/mp4", WEBM: "video/webm"}
# Brands of files that browsers play; QuickTime is none of them.
BRANDS = {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash"}
TOP_BOXES = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"free",
    b"skip",
    b"wide",
    b"styp",
    b"sidx",
    b"moof",
    b"mfra",
    b"uuid",
}
TOP_BOXES |= {b"meta", b"udta", b"pdin", b"emsg"}
TELLING_BOXES = {b"udta", b"meta", b"uuid"}
# Boxes that hold others which may tell something.
HOLDING_BOXES = {b"moov", b"trak", b"mdia"}
EBML, SEGMENT, INFO, TAGS, ATTACHMENTS, CLUSTER = (
    0x1A45DFA3,
    0x18538067,
    0x1549A966,
    0x1254C367,
    0x1941A469,
    0x1F43B675,
)
DOC_TYPE, TIME_SCALE, DURATION, TITLE, MUXER, WRITER, MADE_ON = (
    0x4282,
    0x2AD7B1,
    0x4489,
    0x7BA9,
    0x4D80,
    0x5741,
    0x4461,
)
TELLING_ELEMENTS = {TAGS, ATTACHMENTS, TITLE, MADE_ON}
VOID = 0xEC
MOST_PARTS = 20_000


class Damaged(ValueError):
    """The file cannot be read as what it says it is."""


@dataclass(frozen=True)
class CleanFilm:
    """A film that passed: its random name, its type and length, and the cleaned file."""

    name: str
    content_type: str
    seconds: int
    size: int
    digest: str
    file: UploadedFile


@dataclass(frozen=True)
class Box:
    """A part of a file: what it is, where it and its content begin, where it ends."""

    kind: Any
    at: int
    content: int
    end: int


def clean_film(file: UploadedFile) -> CleanFilm:
    """An MP4 or WebM that browsers play.

    :raises ValidationError: with a message for the person who sent it
    """
    if file.size > MAX_FILM_BYTES:
        limit = MAX_FILM_BYTES // (1024 * 1024)
        raise ValidationError(
            _("The film is larger than %(limit)d MB. Please make it smaller or put it on a video service.")
            % {"limit": limit},
            code="too_large",
        )
    kind = sniff(file)
    if not kind:
        raise ValidationError(
            _("We can take films as MP4 and WebM. This file is something else."), code="wrong_type"
        )
    try:
        seconds = (_clean_mp4 if kind == MP4 else _clean_webm)(file, file.size)
    except (Damaged, struct.error, OverflowError) as error:
        raise ValidationError(
            _("The film cannot be read. Please export it again as MP4 or WebM."), code="damaged"
        ) from error
    return CleanFilm(
        name=f"{make_slug(20)}.{kind}",
        content_type=CONTENT_TYPES[kind],
        seconds=max(round(seconds), 1),
        size=file.size,
        digest=_digest(file),
        file=file,
    )


def sniff(file: BinaryIO) -> str:
    """The type by the first bytes, empty when it is none of ours."""
    file.seek(0)
    head = file.read(256)
    if head[4:8] == b"ftyp" and (
        head[8:12] in BRANDS or any(head[at : at + 4] in BRANDS for at in (16, 20, 24))
    ):
        return MP4
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return WEBM
    return ""


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


# --- MP4 ---------------------------------------------------------------------------------------------------


def boxes(file: BinaryIO, at: int, end: int) -> Iterator[Box]:
    """The boxes between two places, which they must fill exactly."""
    for _number in range(MOST_PARTS):
        if at == end:
            return
        size, kind, content = *struct.unpack(">I4s", _bytes(file, at, 8)), at + 8
        if size == 1:
            size, content = struct.unpack(">Q", _bytes(file, at + 8, 8))[0], at + 16
        elif size == 0:
            size = end - at
        if size < content - at or at + size > end:
            raise Damaged(kind)
        yield Box(kind, at, content, at + size)
        at += size
    raise Damaged("too many boxes")


def _clean_mp4(file: BinaryIO, size: int) -> float:
    """Blank what tells of author and place; returns the length in seconds."""
    top = list(boxes(file, 0, size))
    kinds = [box.kind for box in top]
    if (
        kinds[0] != b"ftyp"
        or b"mdat" not in kinds
        or kinds.count(b"moov") != 1
        or not set(kinds) <= TOP_BOXES
    ):
        raise Damaged(kinds)
    _blank_boxes(file, top)
    moov = top[kinds.index(b"moov")]
    header = next((box for box in boxes(file, moov.content, moov.end) if box.kind == b"mvhd"), None)
    if header is None:
        raise Damaged("mvhd")
    is_long = _bytes(file, header.content, 1) == b"\x01"
    place, form = (header.content + 20, ">IQ") if is_long else (header.content + 12, ">II")
    scale, duration = struct.unpack(form, _bytes(file, place, struct.calcsize(form)))
    if not scale:
        raise Damaged("time scale")
    return duration / scale


def _blank_boxes(file: BinaryIO, found: list[Box]) -> None:
    for box in found:
        if box.kind in TELLING_BOXES:
            _write(file, box.at + 4, b"free")
            _zero(file, box.content, box.end)
        elif box.kind in HOLDING_BOXES:
            _blank_boxes(file, list(boxes(file, box.content, box.end)))


# --- WebM --------------------------------------------------------------------------------------------------


def elements(file: BinaryIO, at: int, end: int) -> Iterator[Box]:
    """The elements between two places; one of unknown length, as live recordings have, reaches to the end."""
    for _number in range(MOST_PARTS):
        if at >= end:
            return
        kind, content = _number_at(file, at, keeps_mark=True)
        length, content = _number_at(file, content, keeps_mark=False)
        stop = end if length is None else content + length
        if stop > end:
            raise Damaged(kind)
        yield Box(kind, at, content, stop)
        at = stop
    raise Damaged("too many elements")


def _number_at(file: BinaryIO, at: int, *, keeps_mark: bool) -> tuple[Any, int]:
    """A number of variable length (RFC 8794) and the place behind it; None for “unknown”."""
    first = _bytes(file, at, 1)[0]
    width = 9 - first.bit_length()
    if width > 8 or (keeps_mark and width > 4):
        raise Damaged("number")
    value = int.from_bytes(_bytes(file, at, width))
    if not keeps_mark:
        value -= 1 << (7 * width)
        if value == (1 << (7 * width)) - 1:
            return None, at + width
    return value, at + width


def _clean_webm(file: BinaryIO, size: int) -> float:
    """Blank what tells of author and place; returns the length in seconds."""
    top = list(elements(file, 0, size))
    if [box.kind for box in top][:2] != [EBML, SEGMENT]:
        raise Damaged("no segment")
    doc_type = next((box for box in elements(file, top[0].content, top[0].end) if box.kind == DOC_TYPE), None)
    if doc_type is None or _bytes(file, doc_type.content, doc_type.end - doc_type.content) != b"webm":
        raise Damaged("document type")
    scale, duration = 1_000_000, 0.0
    parts = list(elements(file, top[1].content, top[1].end))
    if not any(part.kind == CLUSTER for part in parts):
        raise Damaged("no pictures")
    for part in parts:
        if part.kind in TELLING_ELEMENTS:
            _void(file, part)
        for fact in elements(file, part.content, part.end) if part.kind == INFO else ():
            content = _bytes(file, fact.content, fact.end - fact.content)
            if fact.kind in TELLING_ELEMENTS:
                _void(file, fact)
            elif fact.kind in (MUXER, WRITER):
                _zero(file, fact.content, fact.end)
            elif fact.kind == TIME_SCALE:
                scale = int.from_bytes(content)
            elif fact.kind == DURATION:
                duration = struct.unpack(">f" if len(content) == 4 else ">d", content)[0]
    return duration * scale / 1_000_000_000


def _void(file: BinaryIO, part: Box) -> None:
    """The same bytes as an element without meaning."""
    for width in range(1, 9):
        rest = part.end - part.at - 1 - width
        if 0 <= rest < (1 << (7 * width)) - 1:
            _write(file, part.at, bytes([VOID]) + ((1 << (7 * width)) | rest).to_bytes(width))
            _zero(file, part.at + 1 + width, part.end)
            return
    raise Damaged("too small")


# --- Bytes -------------------------------------------------------------------------------------------------


def _bytes(file: BinaryIO, at: int, length: int) -> bytes:
    file.seek(at)
    found = file.read(length)
    if len(found) != length:
        raise Damaged("ends early")
    return found


def _write(file: BinaryIO, at: int, content: bytes) -> None:
    file.seek(at)
    file.write(content)


def _zero(file: BinaryIO, at: int, end: int) -> None:
    file.seek(at)
    for start in range(at, end, CHUNK):
        file.write(bytes(min(CHUNK, end - start)))


class FilmField(forms.FileField):
    """A film; cleans to a `CleanFilm`."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ".mp4,.m4v,.webm"}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        cleaned = super().clean(data, initial)
        return clean_film(cleaned) if isinstance(cleaned, UploadedFile) else cleaned

    def bound_data(self, data: Any, initial: Any) -> Any:
        return data or initial
