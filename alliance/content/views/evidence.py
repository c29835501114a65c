"""Evidence for the institutions of the Union: the page and its files. Frozen quarters as they were published; anything
else as it stands, counted a short while ago: it says when it was computed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.content import evidence
from alliance.content.actions.evidence import live_evidence
from alliance.content.exports import evidence as exports
from alliance.content.forms.evidence import EvidencePeriodForm
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
from alliance.core.languages import reader_language
from alliance.core.links import absolute

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "pdf": "application/pdf"}


@dataclass(frozen=True)
class Asked:
    """What one address asks for: its report, and the address's own parameters."""

    report: dict[str, Any]
    params: dict[str, str]
    is_kept: bool

    def url(self, name: str, *args: str) -> str:
        return reverse(name, args=args) + (f"?{urlencode(self.params)}" if self.params else "")

    @property
    def address(self) -> str:
        return absolute(self.url("content:evidence"))


@require_safe
def evidence_page(request: HttpRequest) -> HttpResponse:
    kept = list(EvidenceReport.objects.newest_first().values_list("quarter", flat=True))
    form = EvidencePeriodForm(request.GET if "since" in request.GET or "until" in request.GET else None)
    is_wrong = form.is_bound and not form.is_valid()
    asked = _live(None) if is_wrong else _asked(request, form)
    page = {
        "form": form,
        "blocks": blocks_of(asked.report),
        "is_kept": asked.is_kept,
        "period": period_words(asked.report),
        "computed_at": moment_of(asked.report),
        "quarters": [
            {
                "label": quarter_words(name),
                "url": f"?quarter={name}",
                "is_current": name == request.GET.get("quarter"),
            }
            for name in kept
        ],
        "files": [
            {"label": kind.upper(), "url": asked.url("content:evidence_file", kind)} for kind in CONTENT_TYPES
        ],
        "kept_back": kept_back_words(),
        "here": asked.url("content:evidence"),
    }
    return render(request, "content/evidence.html", page, status=422 if is_wrong else 200)


@require_safe
def evidence_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The same figures as CSV, JSON or PDF."""
    if kind not in CONTENT_TYPES:
        raise Http404
    if refused := files.refused(request):
        return refused
    form = EvidencePeriodForm(request.GET if "since" in request.GET or "until" in request.GET else None)
    if form.is_bound and not form.is_valid():
        raise Http404
    asked = _asked(request, form)
    moment = moment_of(asked.report)
    name = f"evidence-{asked.report['quarter'] or moment.date()}"
    if kind == "csv":
        content = exports.as_csv(asked.report)
    elif kind == "json":
        content = exports.as_json(asked.report, about_of(address=asked.address, is_kept=asked.is_kept))
    else:
        subtitle = quarter_words(asked.report["quarter"]) if asked.is_kept else _("As it stands now")
        document = document_of(asked.report, subtitle=subtitle, footer=[asked.address])
        content, name = exports.as_pdf(document, moment), f"{name}-{reader_language()}"
    return files.answer(
        request, iter([content]), name=f"{name}.{kind}", content_type=CONTENT_TYPES[kind], is_long=False
    )


# --- Which figures -----------------------------------------------------------------------------------------


def _asked(request: HttpRequest, form: EvidencePeriodForm) -> Asked:
    """A kept quarter as it was published, any two days, or what stands now with the last quarter that is over."""
    if form.is_bound:
        since, until = form.cleaned_data["since"], form.cleaned_data["until"]
        params = {"since": since.isoformat(), "until": until.isoformat()}
        return _live(evidence.finished(since, until, timezone.localdate()), params)
    name = request.GET.get("quarter", "")
    if not name:
        return _live(evidence.last_finished(timezone.localdate()))
    report = EvidenceReport.objects.of(name)
    if report is None:
        raise Http404
    return Asked(report.published, {"quarter": name}, is_kept=True)


def _live(period: evidence.Period | None, params: dict[str, str] | None = None) -> Asked:
    return Asked(live_evidence(period), params or {}, is_kept=False)
