"""An association brings its members in: upload, look, confirm."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core import errors
from alliance.core.forms import sent
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members import csv_import
from members.actions import bulk
from members.decorators import member_page
from members.forms.people import ImportForm
from members.permissions import can_import_members

IMPORTS_PER_DAY = 20
DAY = 24 * 3600


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(can_import_members)
def bulk_import(request: HttpRequest) -> HttpResponse:
    """Upload shows every row and what is wrong with it; the confirmation sends the good rows along once more."""
    if request.method == "POST" and "rows" in request.POST:
        return _confirmed(request)
    form = ImportForm(*sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            rows = csv_import.parse(form.cleaned_data["file"])
        except csv_import.Unreadable as error:
            form.add_error("file", error.message)
        else:
            return _preview(request, rows)
    status = 422 if form.errors else 200
    children = request.member.children.order_by("-id")[:50]
    context = {"form": form, "member": request.member, "children": children}
    return render(request, "members/people/import.html", context, status=status)


def _preview(request: HttpRequest, rows: list[csv_import.Row]) -> HttpResponse:
    checked = bulk.check_rows(request.member, rows)
    good = [item.row for item in checked if item.is_good]
    context = {
        "member": request.member,
        "checked": checked,
        "good_count": len(good),
        "bad_count": len(checked) - len(good),
        "rows": csv_import.as_csv(good),
    }
    return render(request, "members/people/import_preview.html", context)


def _confirmed(request: HttpRequest) -> HttpResponse:
    if not allow("bulk-import", request.member.slug, IMPORTS_PER_DAY, DAY):
        return errors.too_many(request, seconds=DAY)
    try:
        rows = csv_import.parse(request.POST["rows"].encode(errors="replace"))
        made = bulk.import_members(request.member, rows=rows, by=request.user)
    except csv_import.Unreadable as error:
        form = ImportForm()
        context = {"form": form, "member": request.member, "problem": error.message}
        return render(request, "members/people/import.html", context, status=422)
    except NotAllowed:
        raise Http404 from None
    if made:
        words = ngettext(
            "%(count)d invitation is on its way.", "%(count)d invitations are on their way.", len(made)
        )
        messages.success(request, words % {"count": len(made)})
    else:
        messages.warning(request, _("All of these were invited already; nothing was sent."))
    return redirect("members:bulk_import")


@require_safe
@member_page(can_import_members)
def bulk_template(request: HttpRequest) -> HttpResponse:
    """An empty list with its headings, in the form that spreadsheets open without asking."""
    response = HttpResponse("\ufeff" + csv_import.TEMPLATE, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="members.csv"'
    return response
