"""Files that visitors download: how many, how long ones are handed over, and under which licence.

Measured with granian: an answer that is iterated over holds a web worker until a slow reader has it all (two such
readers stopped two workers), one that is handed over whole does not. So files up to WHOLE_UP_TO rows, some 12 MB, are
built chunk by chunk and handed over; longer ones are streamed with constant memory, one at a time, so that workers do
not all wait for slow readers; a slow one holds up the next for two minutes at most.
"""

import secrets
import time
from collections.abc import Iterator

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from alliance.core import errors
from alliance.core.throttle import allow, client_network

FILES_PER_NETWORK = 60
HOUR = 3600
WHOLE_UP_TO = 20_000  # rows
STREAM_LOCK = "file-stream"
# A reader who stops reading, or whose process died, holds up the next one so long; one who reads slowly, so long.
STALLED_SECONDS, SLOWEST_SECONDS = 30, 120
REFRESH_SECONDS = 10
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


def refused(request: HttpRequest) -> HttpResponse | None:
    """The answer to a network that asked for too many files in the last hour; None to everybody else."""
    if request.method == "GET" and not allow("export", client_network(request), FILES_PER_NETWORK, HOUR):
        return errors.too_many(request, seconds=HOUR)
    return None


def answer(
    request: HttpRequest,
    content: Iterator[bytes],
    *,
    name: str,
    content_type: str,
    is_long: bool,
    is_public: bool = True,
) -> HttpResponse | StreamingHttpResponse:
    """``content`` as a download called ``name``; or 429 while another long file is on its way. What is not public is
    kept by nobody on the way, and under no licence."""
    response: HttpResponse | StreamingHttpResponse
    if not is_long:
        response = HttpResponse(b"".join(content), content_type=content_type)
    elif cache.add(STREAM_LOCK, token := secrets.token_hex(8), STALLED_SECONDS):
        response = StreamingHttpResponse(_Alone(content, token), content_type=content_type)
    else:
        return errors.too_many(request, seconds=STALLED_SECONDS)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-cache" if is_public else "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    if is_public and (url := LICENCES.get(settings.SITE_LICENCE)):
        response.headers["Link"] = f'<{url}>; rel="license"'
    return response


class _Alone:
    """A stream that lets the next one begin when it ends, by itself or with its reader."""

    def __init__(self, content: Iterator[bytes], token: str) -> None:
        self.content, self.token = content, token
        self.began = self.refreshed = time.monotonic()

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self.content:
                yield chunk
                self.refresh()
        finally:
            self.close()

    def refresh(self) -> None:
        now = time.monotonic()
        if now - self.began < SLOWEST_SECONDS and now - self.refreshed >= REFRESH_SECONDS and self.is_ours():
            cache.touch(STREAM_LOCK, STALLED_SECONDS)
            self.refreshed = now

    def is_ours(self) -> bool:
        """Not when it ran out and the next stream has begun."""
        return cache.get(STREAM_LOCK) == self.token

    def close(self) -> None:
        if self.is_ours():
            cache.delete(STREAM_LOCK)
