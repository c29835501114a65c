"""Needs and offers as files: exactly the filtered list as its reader sees it, and a member's own.

`core.files` says how long ones are handed over; `sheet_import` takes them back.
"""

from array import array
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from alliance.core import errors, files, lists
from alliance.core.audience import Audience
from alliance.core.links import absolute
from alliance.core.sheets import CONTENT_TYPES, XLSX_MOST
from alliance.core.throttle import allow
from members.decorators import member_page
from members.permissions import role_of
from partnerships import permissions
from partnerships.exports import sheets
from partnerships.models import Listing, ListingLine, ListingSearch
from partnerships.models.criteria import Asked
from partnerships.models.sheet_rows import SheetRows, ids_of
from partnerships.views.browse import is_member
from partnerships.views.sheet_links import FORMS

OWN_FILES_PER_HOUR, HOUR = 60, 3600
LISTS = {"need": "needs", "offer": "offers", "": "listings"}


@require_safe
def need_sheet(request: HttpRequest, form: str) -> HttpResponse:
    return _filtered(request, Listing.Kind.NEED, form)


@require_safe
def offer_sheet(request: HttpRequest, form: str) -> HttpResponse:
    return _filtered(request, Listing.Kind.OFFER, form)


@require_safe
def listing_sheet(request: HttpRequest, form: str) -> HttpResponse:
    return _filtered(request, "", form)


def _filtered(request: HttpRequest, kind: str, form: str) -> HttpResponse:
    """The list at the same address, with its filters."""
    if form not in FORMS:
        raise Http404
    if refused := files.refused(request):
        return refused
    is_signed_in = is_member(request)
    asked = Asked.of(request.GET, kind=kind, for_members=is_signed_in)
    page = reverse(f"partnerships:{kind or 'listing'}_list")
    address = lists.address(request.GET).removesuffix("?")
    if asked.refused:  # the list says at its fields what makes no sense
        return redirect(page + address)
    audience = Audience.MEMBERS if is_signed_in else Audience.PUBLIC
    rows = _rows(
        request, Listing.objects.open().for_audience(audience), ListingSearch.objects.every_id(asked.criteria)
    )
    shown = sheets.SIGNED_IN if is_signed_in else sheets.PUBLIC
    return _answer(request, rows, shown, form, name=LISTS[kind], page=page + address)


@require_safe
@member_page(role_of)
def my_listing_sheet(request: HttpRequest, form: str) -> HttpResponse:
    """All that the member may change in a file, with every field that the person may see."""
    if form not in FORMS:
        raise Http404
    if not allow("own-sheet", request.member.slug, OWN_FILES_PER_HOUR, HOUR):
        return errors.too_many(request, seconds=HOUR)
    listings = permissions.listings_in_sheet(request.user, request.member)
    rows = _rows(request, listings, ids_of(listings))
    page = reverse("partnerships:my_listings")
    return _answer(request, rows, sheets.FULL, form, name="our-needs-and-offers", page=page)


def _rows(request: HttpRequest, listings: Any, ids: array) -> SheetRows:
    prefix = absolute(reverse("partnerships:listing_list"))
    return SheetRows(listings, ids, lambda row: permissions.audience_of(request.user, row), prefix)


def _answer(
    request: HttpRequest, rows: SheetRows, kind: str, form: str, *, name: str, page: str
) -> HttpResponse:
    lines = len(rows.ids)
    if form == "xlsx":
        # A row is a line, and some have twenty.
        if lines > XLSX_MOST // 20:
            lines = max(lines, ListingLine.objects.filter(listing_id__in=list(rows.ids)).count())
        if lines > XLSX_MOST:
            return _too_long_for_a_sheet(request)
    return files.answer(
        request,
        rows.file(kind, form, about_file(page, is_public=kind == sheets.PUBLIC)),
        name=f"{name}-{timezone.localdate().isoformat()}.{form}",
        content_type=CONTENT_TYPES[form],
        is_long=lines > files.WHOLE_UP_TO,
        is_public=kind == sheets.PUBLIC,
    )


def about_file(page: str, *, is_public: bool) -> dict[str, Any]:
    """What a file says about itself."""
    return {
        "title": str(settings.SITE_NAME),
        "source": absolute(page),
        "columns": absolute(reverse("partnerships:sheet_help")),
        **({"licence": settings.SITE_LICENCE} if is_public else {}),
        "generated_at": timezone.now().isoformat(timespec="seconds"),
    }


def _too_long_for_a_sheet(request: HttpRequest) -> HttpResponse:
    csv = request.path.removesuffix("xlsx") + "csv" + lists.address(request.GET).removesuffix("?")
    return render(request, "members/export_too_long.html", {"csv_url": csv}, status=413)
