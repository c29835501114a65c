"""The register as files: exactly the filtered list.

Measured with granian: an answer that is iterated over holds a web worker until a slow reader has it all (two such
readers stopped two workers), one that is handed over whole does not. So lists up to WHOLE_UP_TO rows, some 12 MB and
more than the Alliance has members, are built chunk by chunk and handed over; longer ones are streamed with constant
memory, one at a time, so that workers do not all wait for slow readers; a slow one holds up the next for two
minutes at most.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.core import errors, lists
from alliance.core.links import absolute
from alliance.core.throttle import allow, client_network
from members import exports
from members.models import Member
from members.models.member_export import CSV, LINES, copied, fetched
from members.views.register_filters import Filters

EXPORTS_PER_NETWORK = 60
HOUR = 3600
WHOLE_UP_TO = 20_000  # rows
STREAM_LOCK = "register-stream"
# A reader who stops reading, or whose process died, holds up the next one so long; one who reads slowly, so long.
STALLED_SECONDS, SLOWEST_SECONDS = 30, 120
REFRESH_SECONDS = 10
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "geojson": "application/geo+json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
def member_export(request: HttpRequest, kind: str) -> HttpResponse:
    """`members.csv`, `.json`, `.geojson` or `.xlsx` with the filters of the list in its address."""
    if kind not in CONTENT_TYPES:
        raise Http404
    if request.method == "GET" and not allow("export", client_network(request), EXPORTS_PER_NETWORK, HOUR):
        return errors.too_many(request, seconds=HOUR)
    rows = Member.objects.listed().found(Filters.of(request.GET).criteria)
    count = lists.capped_count(rows, exports.XLSX_MOST if kind == "xlsx" else WHOLE_UP_TO)
    if kind == "xlsx" and count > exports.XLSX_MOST:
        return _too_long_for_a_sheet(request)
    content = CONTENTS[kind](rows, _about(request))
    response: HttpResponse | StreamingHttpResponse
    if count <= WHOLE_UP_TO:
        response = HttpResponse(b"".join(content), content_type=CONTENT_TYPES[kind])
    elif cache.add(STREAM_LOCK, token := secrets.token_hex(8), STALLED_SECONDS):
        response = StreamingHttpResponse(_Alone(content, token), content_type=CONTENT_TYPES[kind])
    else:
        return errors.too_many(request, seconds=STALLED_SECONDS)
    response.headers["Content-Disposition"] = f'attachment; filename="members.{kind}"'
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    if url := exports.LICENCES.get(settings.SITE_LICENCE):
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


def _too_long_for_a_sheet(request: HttpRequest) -> HttpResponse:
    csv = reverse("members:member_export", args=["csv"]) + lists.address(request.GET).removesuffix("?")
    return render(request, "members/export_too_long.html", {"csv_url": csv}, status=413)


def _about(request: HttpRequest) -> dict[str, Any]:
    """What a file says about itself."""
    page = absolute(reverse("members:member_list")) + lists.address(request.GET).removesuffix("?")
    return {
        "title": str(settings.SITE_NAME),
        "source": page,
        "licence": settings.SITE_LICENCE,
        "generated_at": timezone.now().isoformat(timespec="seconds"),
    }


def _prefix() -> str:
    """What stands before a slug in the address of a member."""
    return absolute(reverse("members:member_list"))


def _csv(rows: Any, about: dict[str, Any]) -> Iterator[bytes]:
    return exports.as_csv(copied(rows, exports.cells(), CSV, _prefix()))


def _json(rows: Any, about: dict[str, Any]) -> Iterator[bytes]:
    return exports.as_json(copied(rows, exports.json_object(), LINES, _prefix()), about)


def _geojson(rows: Any, about: dict[str, Any]) -> Iterator[bytes]:
    return exports.as_geojson(copied(rows, exports.geojson_feature(), LINES, _prefix()), about)


def _xlsx(rows: Any, about: dict[str, Any]) -> Iterator[bytes]:
    return exports.as_xlsx(fetched(rows, exports.values(), _prefix()), about)


CONTENTS: dict[str, Callable[..., Iterator[bytes]]] = {
    "csv": _csv,
    "json": _json,
    "geojson": _geojson,
    "xlsx": _xlsx,
}
