"""The evidence for the institutions: computed when asked, kept at the end of each quarter."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from alliance.content import evidence
from alliance.content.models import EvidenceReport
from alliance.content.models import evidence_queries as queries
from alliance.content.suppression import protect
from alliance.core.journal import SYSTEM, record
from partnerships.models import Match, Twinning

# A quarter that ended longer ago is not kept any more: what stands today would be told as what stood then.
FREEZE_WITHIN_DAYS = 45
# A sweep counts anew more often; this holds while no worker is there.
REMEMBERED_SECONDS = 1800
STEPS = ("agreements_past_clock", "late_deliveries", "disputed_deliveries", "matches_handed_over")
REASONS = (*Match.DeclineReason.values, Match.CloseReason.SILENT.value)


def compute_evidence(
    period: evidence.Period | None, *, now: datetime | None = None, before: EvidenceReport | None = None
) -> tuple[dict[str, Any], list[list[Any]]]:
    """What everyone reads, and the counts behind its table, which nobody reads. A constant number of queries."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    by_sector = queries.needs_by_sector()
    told_before = evidence.before_of(before.counted, before.published) if before else None
    sectors = protect(by_sector, before=told_before)
    by_dac = evidence.dac_rows(queries.needs_by_dac(), queries.needs_by_sector_and_dac(), sectors)
    figures = {
        "needs-by-sector": evidence.table_rows(sectors, "sector"),
        "needs-by-dac": by_dac,
        "coverage": evidence.coverage_rows(queries.coverage_by_item()),
        "hromadas": evidence.hromada_rows(queries.hromadas_by_oblast()),
        "twinnings": evidence.single_rows(
            queries.twinnings_by_stage(), "stage", "twinnings", Twinning.Status.values
        ),
        "blocked-steps": evidence.single_rows(queries.blocked_steps(today), "step", "waiting", STEPS),
        **_happened(period),
    }
    published = {
        "quarter": "",  # of a report that is kept
        "from": period.start.isoformat() if period else None,
        "until": period.last_day.isoformat() if period else None,
        "computed_at": now.isoformat(timespec="seconds"),
        "figures": figures,
    }
    return published, evidence.counted_cells(by_sector)


def live_evidence(period: evidence.Period | None) -> dict[str, Any]:
    """The figures as they stand, with what happened in ``period``: at most so old as `REMEMBERED_SECONDS`. What most
    readers ask for is there already (`refresh_evidence`); other periods are counted when they are asked for."""
    return cache.get(_key(period)) or _remember(period)


def refresh_evidence() -> None:
    """Count anew what the page shows first, before anybody waits for it: many needs take seconds."""
    _remember(evidence.last_finished(timezone.localdate()))


def _remember(period: evidence.Period | None) -> dict[str, Any]:
    report, _counted = compute_evidence(period, before=EvidenceReport.objects.newest_first().first())
    cache.set(_key(period), report, REMEMBERED_SECONDS)
    return report


def _key(period: evidence.Period | None) -> str:
    return f"evidence:{period.start if period else ''}:{period.end if period else ''}"


def _happened(period: evidence.Period | None) -> dict[str, Any]:
    until = period.end if period else date.min
    return {
        "time-to-match": [evidence.days_row(queries.matches_made(until), period, "matches")],
        "time-to-deliver": [evidence.days_row(queries.deliveries(until), period, "deliveries")],
        "refusals": evidence.refusal_rows(queries.refusals(until), period, REASONS),
    }


def freeze_quarter(*, now: datetime | None = None) -> EvidenceReport | None:
    """Keep the last quarter that is over, once; None where it is kept already, or ended too long ago to be told of."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    period = evidence.last_finished(today)
    if today - period.end > timedelta(days=FREEZE_WITHIN_DAYS):
        return None
    with transaction.atomic():
        # Two workers, one report: the second waits here, and finds it.
        if EvidenceReport.objects.lock_quarter(period.quarter):
            return None
        before = EvidenceReport.objects.before(period.quarter)
        published, counted = compute_evidence(period, now=now, before=before)
        published["quarter"] = period.quarter
        report = EvidenceReport.objects.create(
            quarter=period.quarter, computed_at=now, published=published, counted=counted
        )
        record("evidence_report.kept", report, by=SYSTEM, quarter=report.quarter)
    return report
