"""A member sends its needs and offers back as a table: upload, look at each row, confirm.

Nothing is written before the confirmation, and then all good rows in one go.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.core import errors
from alliance.core.forms import sent
from alliance.core.tables import Unreadable
from alliance.core.throttle import allow
from members.decorators import member_page
from partnerships.actions import sheets as actions
from partnerships.forms.sheet_check import SheetCheck
from partnerships.forms.sheet_stored import Scope
from partnerships.forms.sheets import SheetForm, done_words
from partnerships.models import UploadedSheet
from partnerships.permissions import brings_members, can_import_listings
from partnerships.views.sheet_links import TABLES, sheet_links

SHEETS_PER_DAY, DAY = 60, 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_import_listings)
def sheet_import(request: HttpRequest) -> HttpResponse:
    """Send a table; the next page shows what each row would do."""
    form = SheetForm(*sent(request))
    if request.method == "POST":
        if not allow("sheet", request.member.slug, SHEETS_PER_DAY, DAY):
            return errors.too_many(request, seconds=DAY)
        if form.is_valid():
            actions.keep_sheet(
                user=request.user,
                member=request.member,
                name=form.name,
                table=form.table,
                is_publishing=form.cleaned_data["is_publishing"],
            )
            return redirect("partnerships:sheet_check")
    return _import_page(request, form)


def _import_page(request: HttpRequest, form: SheetForm) -> HttpResponse:
    context = {
        "form": form,
        "member_name": request.member.shown_name,
        "sheets": sheet_links("my_listing", forms=TABLES),
        "brings_members": brings_members(request.user, request.member),
    }
    return render(request, "partnerships/sheet_import.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_import_listings)
def sheet_check(request: HttpRequest) -> HttpResponse:
    """What each row would do; the button writes the good ones."""
    uploaded = UploadedSheet.objects.of(request.user, request.member).first()
    if uploaded is None:
        if request.method == "POST":
            messages.warning(
                request, _("Nothing changed: this table was written already, or it was forgotten.")
            )
        return redirect("partnerships:sheet_import")
    if request.method == "POST" and "forget" in request.POST:
        actions.forget_sheet(user=request.user, member=request.member)
        return redirect("partnerships:sheet_import")
    try:
        check = SheetCheck(uploaded, Scope.of_member(request.user, request.member))
    except Unreadable as error:
        form = SheetForm({}, {})
        form.errors["file"] = form.error_class([error.message])
        return _import_page(request, form)
    if request.method == "POST":
        return _confirmed(request, check)
    return _check_page(request, check)


def _confirmed(request: HttpRequest, check: SheetCheck) -> HttpResponse:
    if request.POST.get("seen") != check.digest:
        return _check_page(request, check, status=409, is_overtaken=True)
    try:
        created, changed = actions.import_listings(check.uploaded, entries=check.entries, by=request.user)
    except actions.OVERTAKEN:
        return _check_page(request, check, status=409, is_overtaken=True)
    messages.success(request, done_words(created, changed))
    return redirect("partnerships:my_listings")


def _check_page(request: HttpRequest, check: SheetCheck, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"check": check, **more}
    return render(request, "partnerships/sheet_check.html", context, status=status)
