"""Stored files as answers: whole or a part of them (RFC 9110), only when the visitor does not have them already.

An answer that is iterated over holds a web worker until its reader has it all, one that is handed over whole does not
(core.files). So every answer here is at most `LARGEST_PART` and handed over; a reader who wants more of a longer file,
as every player of films does, asks for the next part. Only a whole longer file is streamed, one at a time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.core.files.base import File
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe

from alliance.core import files
from alliance.core.uploads import open_stored

LARGEST_PART = 4 * 1024 * 1024
# A whole file up to this size is handed over: an upload is no larger.
LARGEST_WHOLE = 10 * 1024 * 1024
CHUNK = 64 * 1024
RANGE = re.compile(r"bytes=\s*(\d*)-(\d*)\s*(?:,.*)?", re.I | re.A)
# Nothing that the file holds may load or run anything. A PDF that is opened in the browser needs its viewer, which a
# sandbox would keep from starting.
SEALED = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Stored:
    """A file as the database knows it; ``digest`` changes with every byte of it."""

    file: File
    size: int
    digest: str
    changed_at: datetime
    content_type: str
    filename: str

    @property
    def etag(self) -> str:
        return f'"{self.digest}"'


@dataclass(frozen=True)
class Part:
    """Bytes ``first`` to ``last``, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


def wanted_part(header: str, size: int) -> Part | None:
    """The part that a Range header asks for, of several the first; None when it is no range of bytes.

    :raises ValueError: the range begins behind the end
    """
    found = RANGE.fullmatch(header.strip())
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:  # the last so many bytes
        if not int(last):
            raise ValueError(header)
        return Part(max(size - int(last), 0), size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise ValueError(header)
    return Part(int(first), min(int(last), size - 1) if last else size - 1)


def answer(request: HttpRequest, stored: Stored, *, is_inline: bool = False) -> HttpResponse:
    """200, 206, 304, 412 or 416 for a file that may be read by whoever asks."""
    conditional = get_conditional_response(
        request, etag=stored.etag, last_modified=int(stored.changed_at.timestamp())
    )
    if conditional is not None and conditional.status_code != 200:
        return _described(conditional, stored, is_inline)
    header = request.headers.get("Range", "") if _range_holds(request, stored) else ""
    try:
        part = wanted_part(header, stored.size) if header else None
    except ValueError:
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size}"})
        return _described(response, stored, is_inline)
    if part is None:
        return _described(_whole(request, stored), stored, is_inline)
    part = Part(part.first, min(part.last, part.first + LARGEST_PART - 1))
    response = HttpResponse(_read(request, stored, part), status=206, content_type=stored.content_type)
    response.headers["Content-Range"] = f"bytes {part.first}-{part.last}/{stored.size}"
    response.headers["Content-Length"] = str(part.length)
    return _described(response, stored, is_inline)


def is_begun(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether this answer is a download that begins: no look at the headers, no copy that is there, no later part."""
    content_range = response.headers.get("Content-Range", "")
    begins = response.status_code == 200 or content_range.startswith("bytes 0-")
    return request.method == "GET" and response.status_code in (200, 206) and begins


def _range_holds(request: HttpRequest, stored: Stored) -> bool:
    """If-Range: parts of a file that has changed since fit nothing, so the whole of it is sent."""
    condition = request.headers.get("If-Range", "").strip()
    if not condition:
        return True
    if condition.startswith(('"', "W/")):
        return condition == stored.etag
    return parse_http_date_safe(condition) == int(stored.changed_at.timestamp())


def _read(request: HttpRequest, stored: Stored, part: Part) -> bytes:
    with open_stored(stored.file) as file:
        if request.method == "HEAD":
            return b""
        file.seek(part.first)
        return file.read(part.length)


def _whole(request: HttpRequest, stored: Stored) -> HttpResponse | StreamingHttpResponse:
    everything = Part(0, stored.size - 1)
    if stored.size <= LARGEST_WHOLE or request.method == "HEAD":
        response = HttpResponse(_read(request, stored, everything), content_type=stored.content_type)
    else:
        name = stored.filename
        response = files.answer(
            request,
            _chunks(open_stored(stored.file)),
            name=name,
            content_type=stored.content_type,
            is_long=True,
        )
        if response.status_code != 200:
            return response
    response.headers["Content-Length"] = str(stored.size)
    return response


def _chunks(file: File) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk


def _described(response: HttpResponse, stored: Stored, is_inline: bool) -> HttpResponse:
    if response.status_code == 429:
        return response
    kind = "inline" if is_inline else "attachment"
    plain = re.sub(r"[^\w.-]+", "-", stored.filename, flags=re.ASCII).strip("-") or "file"
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": stored.etag,
        "Last-Modified": http_date(stored.changed_at.timestamp()),
        # Asked again each time, answered by 304 to whoever has it: so a newer version is seen at once.
        "Cache-Control": "public, no-cache",
        "Content-Disposition": f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(stored.filename, safe='')}",
        "Content-Security-Policy": SEALED if is_inline else f"{SEALED}; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    for name, value in headers.items():
        response.headers[name] = value
    return response
