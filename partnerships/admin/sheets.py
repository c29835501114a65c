"""Needs and offers as files at the desk: the list as it is filtered, and a table that comes back for any member.

Mixed into the list of needs and offers. A file holds what is meant for the desk alone, and a table decides about many:
both ask who it is.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _

from alliance.core import files
from alliance.core.admin import DeskAdmin, label_verbs
from alliance.core.audience import Audience
from alliance.core.forms import sent
from alliance.core.links import absolute
from alliance.core.sheets import CONTENT_TYPES
from alliance.core.tables import Unreadable
from partnerships.actions import sheets as actions
from partnerships.exports.sheets import FULL
from partnerships.forms.sheet_check import SheetCheck
from partnerships.forms.sheet_stored import Scope
from partnerships.forms.sheets import SheetForm, done_words
from partnerships.models import Listing, UploadedSheet
from partnerships.models.sheet_rows import SheetRows, ids_of

label_verbs(listings__imported=_("needs and offers written from a table"))

FORMS = ("xlsx", "csv")


class SheetsAtDesk(DeskAdmin):
    """Mixin of `ListingAdmin`."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("table/", view(self.sheets_view), name="partnerships_listing_sheets"),
            path("table/check/", view(self.sheet_check_view), name="partnerships_listing_sheet_check"),
            path("table/listings.<slug:form>", view(self.sheet_view), name="partnerships_listing_sheet"),
            *super().get_urls(),
        ]

    def sheet_view(self, request: HttpRequest, form: str) -> HttpResponse:
        """The list as the desk has filtered it, drafts left out."""
        self._refuse_strangers(request)
        if form not in FORMS:
            raise Http404
        if detour := self.admin_site.step_up(request, gettext("Needs and offers as a file")):
            return detour
        rows = self._filtered(request).exclude(status=Listing.Status.DRAFT)
        rows = Listing.objects.filter(pk__in=rows.order_by().values("pk"))
        prefix = absolute(reverse("partnerships:listing_list"))
        written = SheetRows(rows, ids_of(rows), lambda row: Audience.COORDINATORS, prefix)
        about = {
            "title": str(settings.SITE_NAME),
            "generated_at": timezone.now().isoformat(timespec="seconds"),
        }
        return files.answer(
            request,
            written.file(FULL, form, about),
            name=f"needs-and-offers-{timezone.localdate().isoformat()}.{form}",
            content_type=CONTENT_TYPES[form],
            is_long=len(written.ids) > files.WHOLE_UP_TO,
            is_public=False,
        )

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not self.may_decide(request):
            raise PermissionDenied

    def _filtered(self, request: HttpRequest) -> QuerySet:
        try:
            return self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            return self.get_queryset(request)

    def sheets_view(self, request: HttpRequest) -> HttpResponse:
        self._refuse_strangers(request)
        form = SheetForm(*sent(request))
        if request.method == "POST" and form.is_valid():
            actions.keep_sheet(
                user=request.user,
                member=None,
                name=form.name,
                table=form.table,
                is_publishing=form.cleaned_data["is_publishing"],
            )
            return redirect("admin:partnerships_listing_sheet_check")
        return self._sheets_page(request, form)

    def _sheets_page(self, request: HttpRequest, form: SheetForm) -> HttpResponse:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        links = [
            {"label": form.upper(), "url": reverse("admin:partnerships_listing_sheet", args=[form]) + query}
            for form in FORMS
        ]
        more = {"form": form, "links": links, "error_links": form.error_links}
        return self._page(request, "sheets", gettext("Needs and offers as files"), more, bool(form.errors))

    def sheet_check_view(self, request: HttpRequest) -> HttpResponse:
        self._refuse_strangers(request)
        uploaded = UploadedSheet.objects.of(request.user, None).first()
        if uploaded is None:
            return redirect("admin:partnerships_listing_sheets")
        if request.method == "POST" and "forget" in request.POST:
            actions.forget_sheet(user=request.user, member=None)
            return redirect("admin:partnerships_listing_sheets")
        try:
            check = SheetCheck(uploaded, Scope.of_desk(request.user))
        except Unreadable as error:
            form = SheetForm({}, {})
            form.errors["file"] = form.error_class([error.message])
            return self._sheets_page(request, form)
        if request.method == "POST":
            return self._confirmed(request, check)
        return self._check_page(request, check)

    def _confirmed(self, request: HttpRequest, check: SheetCheck) -> HttpResponse:
        if detour := self.admin_site.step_up(request, gettext("Needs and offers from a table")):
            return detour
        if request.POST.get("seen") != check.digest:
            return self._check_page(request, check, is_overtaken=True)
        try:
            created, changed = actions.import_listings(check.uploaded, entries=check.entries, by=request.user)
        except actions.OVERTAKEN:
            return self._check_page(request, check, is_overtaken=True)
        self.message_user(request, done_words(created, changed), messages.SUCCESS)
        return redirect("admin:partnerships_listing_changelist")

    def _check_page(
        self, request: HttpRequest, check: SheetCheck, *, is_overtaken: bool = False
    ) -> HttpResponse:
        more = {"check": check, "is_overtaken": is_overtaken}
        return self._page(request, "sheet_check", gettext("Check of the table"), more, is_overtaken, 409)

    def _page(
        self,
        request: HttpRequest,
        name: str,
        title: str,
        more: dict[str, Any],
        is_refused: bool,
        refusal: int = 422,
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **more}
        template = f"admin/partnerships/listing/{name}.html"
        return TemplateResponse(request, template, context, status=refusal if is_refused else 200)
