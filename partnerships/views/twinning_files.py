"""Partnerships as files: exactly the filtered list (`core.files` says how long ones are handed over)."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.core import files, lists
from alliance.core.links import absolute
from alliance.core.sheets import CONTENT_TYPES
from partnerships.exports import twinnings as exports
from partnerships.views.twinning_facts import public_parties
from partnerships.views.twinning_filters import FORMATS, Filters, query_of

CHUNK = 500


@require_safe
def twinning_export(request: HttpRequest, kind: str) -> HttpResponse:
    """`twinnings.csv`, `.json` or `.geojson` with the filters of the list in its address."""
    if kind not in FORMATS:
        raise Http404
    if refused := files.refused(request):
        return refused
    rows = Filters.of(request.GET).rows
    count = lists.capped_count(rows, files.WHOLE_UP_TO)
    return files.answer(
        request,
        CONTENTS[kind](_chunks(rows), _about(request)),
        name=f"twinnings.{kind}",
        content_type=CONTENT_TYPES[kind],
        is_long=count > files.WHOLE_UP_TO,
    )


def _chunks(rows: QuerySet) -> Iterator[list[dict[str, Any]]]:
    """In the order in which they were entered, chunk by chunk along the key: two files can be compared line by line,
    and no transaction stays open while somebody reads slowly."""
    prefixes = {
        "twinning": absolute(reverse("partnerships:twinning_list")),
        "member": absolute(reverse("members:member_list")),
    }
    rows, last = rows.with_parties().order_by("id"), 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        yield [exports.row_of(twinning, public_parties(twinning), prefixes=prefixes) for twinning in chunk]


def _about(request: HttpRequest) -> dict[str, Any]:
    """What a file says about itself."""
    return {
        "title": str(settings.SITE_NAME),
        "source": absolute(reverse("partnerships:twinning_list")) + query_of(request.GET),
        "licence": settings.SITE_LICENCE,
        "generated_at": timezone.now().isoformat(timespec="seconds"),
    }


def _csv(chunks: Any, about: dict[str, Any]) -> Iterator[bytes]:
    return exports.as_csv(chunks)


CONTENTS: dict[str, Callable[..., Iterator[bytes]]] = {
    "csv": _csv,
    "json": exports.as_json,
    "geojson": exports.as_geojson,
}
