"""The register as files: exactly the filtered list (`core.files` says how long ones are handed over)."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.core import files, lists, sheets
from alliance.core.links import absolute
from alliance.core.sheets import CONTENT_TYPES
from members import exports
from members.models import Member
from members.models.member_export import CSV, LINES, copied, fetched
from members.views.register_filters import Filters


@require_safe
def member_export(request: HttpRequest, kind: str) -> HttpResponse:
    """`members.csv`, `.json`, `.geojson` or `.xlsx` with the filters of the list in its address."""
    if kind not in CONTENT_TYPES:
        raise Http404
    if refused := files.refused(request):
        return refused
    rows = Member.objects.listed().found(Filters.of(request.GET).criteria)
    count = lists.capped_count(rows, sheets.XLSX_MOST if kind == "xlsx" else files.WHOLE_UP_TO)
    if kind == "xlsx" and count > sheets.XLSX_MOST:
        return _too_long_for_a_sheet(request)
    return files.answer(
        request,
        CONTENTS[kind](rows, _about(request)),
        name=f"members.{kind}",
        content_type=CONTENT_TYPES[kind],
        is_long=count > files.WHOLE_UP_TO,
    )


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
