"""Existing partnerships from a table, at the desk: every row is shown before anything is written. Mixed into the list
of twinnings."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alliance.core.admin import DeskAdmin, label_verbs
from alliance.core.forms import sent
from partnerships.actions.twinning_import import Checked, check_twinnings, import_twinnings
from partnerships.forms.twinning_import import TwinningTableForm
from partnerships.twinning_import import EXPLAINED, TEMPLATE, Row, as_table, from_table

label_verbs(twinning__imported=_("partnership entered from a table"))


class TwinningImportAtDesk(DeskAdmin):
    """Mixin of `TwinningAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("table/", view(self.import_view), name="partnerships_twinning_import"),
            *super().get_urls(),
        ]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """The form; with a file the look at its rows; confirmed, the writing."""
        if not self.may_decide(request):
            raise PermissionDenied
        if request.method == "POST" and "rows" in request.POST:
            return self._confirmed(request, from_table(request.POST["rows"]))
        form = TwinningTableForm(*sent(request))
        if request.method == "POST" and form.is_valid():
            return self._check_page(request, form.rows)
        more = {
            "form": form,
            "error_links": form.error_links,
            "explained": [{"term": term, "text": text} for term, text in EXPLAINED],
            "heading": TEMPLATE.strip(),
        }
        return self._page(request, "import", gettext("Existing partnerships from a table"), more, form)

    def _confirmed(self, request: HttpRequest, rows: list[Row]) -> HttpResponse:
        if detour := self.admin_site.step_up(request, gettext("Existing partnerships from a table")):
            return detour
        made = import_twinnings(rows=rows, by=request.user)
        words = ngettext(
            "%(count)d partnership was entered.", "%(count)d partnerships were entered.", len(made)
        )
        self.message_user(request, words % {"count": len(made)}, messages.SUCCESS)
        return redirect("admin:partnerships_twinning_changelist")

    def _check_page(self, request: HttpRequest, rows: list[Row]) -> HttpResponse:
        checked = check_twinnings(rows)
        more = {
            "rows": [_shown(item) for item in checked],
            "good": sum(item.is_good for item in checked),
            "known": sum(item.known is not None for item in checked),
            "bad": sum(bool(item.row.problems) for item in checked),
            "table": as_table(item.row for item in checked if item.is_good),
        }
        return self._page(request, "import_check", gettext("Check of the table"), more)

    def _page(
        self, request: HttpRequest, name: str, title: str, more: dict[str, Any], form: Any = None
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}
        template = f"admin/partnerships/twinning/{name}.html"
        return TemplateResponse(request, template, context, status=422 if form and form.errors else 200)


def _shown(item: Checked) -> dict[str, Any]:
    """One row with what becomes of it; what is wrong comes first to the eye."""
    row = item.row
    said = " ".join(str(problem) for problem in row.problems)
    return {
        "line": row.line,
        "a": str(item.a) or str(row.a),
        "b": str(item.b) or str(row.b),
        "since": row.signed_on or row.since_year or "",
        "source": row.source_url or row.source_note,
        "is_bad": bool(row.problems),
        "known": item.known,
        "said": said,
    }
