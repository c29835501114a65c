"""Evidence for the institutions of the Union: the page and its files. Frozen quarters as they were published; anything
else as it stands, counted a short while ago: it says when it was computed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from alliance.content import evidence, evidence_words
from alliance.content.actions.evidence import live_evidence
from alliance.content.exports import evidence as exports
from alliance.content.forms.evidence import EvidencePeriodForm
from alliance.content.models import EvidenceReport
from alliance.content.views.evidence_blocks import blocks_of
from alliance.core import context, files
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
    def computed_at(self) -> datetime:
        return datetime.fromisoformat(self.report["computed_at"])


@require_safe
def evidence_page(request: HttpRequest) -> HttpResponse:
    kept = list(EvidenceReport.objects.newest_first().values_list("quarter", flat=True))
    form = EvidencePeriodForm(request.GET if "since" in request.GET or "until" in request.GET else None)
    is_wrong = form.is_bound and not form.is_valid()
    asked = _live(None) if is_wrong else _asked(request, form)
    moment = timezone.localtime(asked.computed_at)
    page = {
        "form": form,
        "blocks": blocks_of(asked.report),
        "is_kept": asked.is_kept,
        "period": period_words(asked.report),
        "computed_at": moment,
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
        "kept_back": evidence_words.KEPT_BACK_MEANING % {"sign": evidence_words.KEPT_BACK},
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
    name = f"evidence-{asked.report['quarter'] or asked.computed_at.date()}"
    if kind == "csv":
        content = exports.as_csv(asked.report)
    elif kind == "json":
        content = exports.as_json(asked.report, _about(asked))
    else:
        content, name = exports.as_pdf(_document(asked), asked.computed_at), f"{name}-{reader_language()}"
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


# --- In words ----------------------------------------------------------------------------------------------


def quarter_words(name: str) -> str:
    year, _dash, number = name.partition("-Q")
    return pgettext("a quarter of a year", "Quarter %(number)s of %(year)s") % {
        "number": number,
        "year": year,
    }


def period_words(report: dict[str, Any]) -> str:
    """“1 April 2026 – 30 September 2026”; empty where no quarter of it is over."""
    if not report["from"]:
        return ""
    days = [date_format(datetime.fromisoformat(report[name])) for name in ("from", "until")]
    return " – ".join(days)


def _about(asked: Asked) -> dict[str, Any]:
    return {
        "title": "Evidence for the institutions of the European Union",
        "address": absolute(asked.url("content:evidence")),
        "licence": settings.SITE_LICENCE,
        "is_kept": asked.is_kept,
        "kept_back": "null: from 1 to 4, or what these could be computed from",
        "definitions": {figure: evidence_words.definition(figure) for figure in evidence.FIGURES},
    }


def _drawn(chart: dict[str, Any] | None) -> dict[str, Any] | None:
    """A chart for paper, where labels stand beside the bars."""
    if chart is None:
        return None
    return {
        "about": f"{chart['title']}. {chart['description']}",
        "measure": capfirst(chart["measure"]),
        "bars": [[bar.label, bar.text, bar.share] for bar in chart["bars"]],
    }


def _document(asked: Asked) -> dict[str, Any]:
    """What `exports/evidence.typ` prints."""
    moment = date_format(timezone.localtime(asked.computed_at), "DATETIME_FORMAT")
    title, period = _("Evidence for the institutions of the Union"), period_words(asked.report)
    blocks = [
        {
            "id": block["id"],
            "title": f"{block['title']} ({period})" if block["is_of_period"] and period else block["title"],
            "meaning": block["meaning"],
            "sql": block["sql"],
            "empty": block["empty"],
            "tables": [
                {
                    "caption": table["caption"],
                    "columns": [column["label"] for column in table["columns"]],
                    "rows": table["rows"],
                    "chart": _drawn(table["chart"]),
                }
                for table in block["tables"]
            ],
        }
        for block in blocks_of(asked.report)
    ]
    return {
        "language": reader_language(),
        "title": title,
        "author": str(context.house()["name"]),
        "subtitle": quarter_words(asked.report["quarter"]) if asked.is_kept else _("As it stands now"),
        "lead": [
            _("Computed: %(moment)s.") % {"moment": moment},
            evidence_words.KEPT_BACK_MEANING % {"sign": evidence_words.KEPT_BACK},
        ],
        "footer": absolute(asked.url("content:evidence")),
        "blocks": blocks,
        "definitions": {
            "title": _("Exact definitions"),
            "lead": _(
                "Each query recounts its figure before numbers are kept back. :today is the day of the computation, "
                ":from the first day of the quarters counted, :end the day after the last. Tables of needs were "
                "counted on the day that they name."
            ),
        },
    }
