"""The evidence at the desk: quarters as they were published, and the figures of this moment for an institution."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.content import evidence, evidence_words
from alliance.content.actions.evidence import evidence_of_this_moment, take_evidence
from alliance.content.exports import evidence as exports
from alliance.content.forms.evidence import EvidencePeriodForm
from alliance.content.forms.evidence_taking import EvidenceTakingForm
from alliance.content.models import EvidenceReport
from alliance.content.models.evidence_shown import (
    about_of,
    blocks_of,
    document_of,
    kept_back_words,
    moment_of,
    period_words,
    quarter_words,
)
from alliance.core import files
from alliance.core.admin import DeskAdmin, label_verbs, labelled
from alliance.core.forms import sent
from alliance.core.languages import reader_language
from alliance.core.links import absolute
from alliance.core.sheets import CONTENT_TYPES

label_verbs(
    evidence_report__kept=_("evidence of a quarter kept"),
    evidence_tables__told=_("tables of unmet needs told anew"),
    evidence__taken=_("evidence of this moment taken as a file"),
)
TYPES = {**CONTENT_TYPES, "pdf": "application/pdf"}


@admin.register(EvidenceReport)
class EvidenceReportAdmin(DeskAdmin):
    """What was published; the counts behind it are shown to nobody."""

    is_read_only = True
    list_display = ["quarter_shown", labelled("computed_at", _("figures computed")), "published_at"]
    fields = list_display
    change_list_template = "admin/content/evidence_list.html"

    @admin.display(description=_("quarter"), ordering="quarter")
    def quarter_shown(self, report: EvidenceReport) -> str:
        return quarter_words(report.quarter)

    @admin.display(description=_("as published"))
    def published_at(self, report: EvidenceReport) -> str:
        url = f"{reverse('content:evidence')}?{urlencode({'quarter': report.quarter})}"
        return format_html('<a href="{}">{}</a>', url, gettext("Page of the quarter"))

    def words_of(self, obj: EvidenceReport) -> str:
        return quarter_words(obj.quarter)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("published", "counted")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.now_view)
        return [path("now/", view, name="content_evidencereport_now"), *super().get_urls()]

    def now_view(self, request: HttpRequest) -> HttpResponse:
        """All figures with the tables of needs counted now; as a file, which leaves the desk, by a button and noted."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        period_form = EvidencePeriodForm(request.GET if request.GET.keys() & {"since", "until"} else None)
        period = evidence.last_finished(timezone.localdate())
        if is_right := period_form.is_bound and period_form.is_valid():
            days = period_form.cleaned_data
            period = evidence.finished(days["since"], days["until"], timezone.localdate())
        form = EvidenceTakingForm(sent(request)[0], initial={"language": reader_language()})
        if form.is_bound and form.is_valid() and is_right == period_form.is_bound:
            return self.file(request, period, **form.cleaned_data)
        report = evidence_of_this_moment(period)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Evidence as it stands at this moment"),
            "subtitle": None,
            "note": evidence_words.NOT_TO_BE_PUBLISHED,
            "kept_back": kept_back_words(),
            "computed_at": moment_of(report),
            "period": period_words(report),
            "period_form": period_form,
            "form": form,
            "error_links": [*form.error_links, *period_form.error_links],
            "blocks": blocks_of(report),
            "here": request.get_full_path(),
        }
        status = 422 if page["error_links"] else 200
        response = TemplateResponse(request, "admin/content/evidence_now.html", page, status=status)
        add_never_cache_headers(response)
        return response

    def file(
        self, request: HttpRequest, period: evidence.Period | None, institution: str, form: str, language: str
    ) -> HttpResponse:
        report = take_evidence(period, form=form, institution=institution, by=request.user)
        moment = moment_of(report)
        name = f"evidence-of-this-moment-{moment:%Y-%m-%d-%H%M}"
        if form == "csv":
            content = exports.as_csv(report)
        elif form == "json":
            with translation.override("en"):
                note = str(evidence_words.NOT_TO_BE_PUBLISHED)
            content = exports.as_json(report, about_of(licence=None, institution=institution, note=note))
        else:
            with translation.override(language):
                content = exports.as_pdf(_document(report, institution), moment)
            name = f"{name}-{language}"
        return files.answer(
            request,
            iter([content]),
            name=f"{name}.{form}",
            content_type=TYPES[form],
            is_long=False,
            is_public=False,
        )


def _document(report: dict[str, Any], institution: str) -> dict[str, Any]:
    return document_of(
        report,
        subtitle=gettext("As it stands at this moment. For: %(institution)s") % {"institution": institution},
        # On each page, since pages are passed on singly.
        footer=[
            gettext("For: %(institution)s. Not to be published.") % {"institution": institution},
            absolute(reverse("content:evidence")),
        ],
        notes=[evidence_words.NOT_TO_BE_PUBLISHED],
    )
