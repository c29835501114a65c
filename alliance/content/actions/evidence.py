"""The evidence for the institutions: computed when asked, kept at the end of each quarter."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from alliance.content import evidence
from alliance.content.models import EvidenceReport, EvidenceTables
from alliance.content.models import evidence_queries as queries
from alliance.content.suppression import shown
from alliance.core.journal import SYSTEM, record
from partnerships.models import Match, Twinning

# A quarter that ended longer ago is not kept any more: what stands today would be told as what stood then.
FREEZE_WITHIN_DAYS = 45
# A sweep counts anew more often; this holds while no worker is there.
REMEMBERED_SECONDS = 1800
STEPS = ("agreements_past_clock", "late_deliveries", "disputed_deliveries", evidence.IN_CARE)
REASONS = (*Match.DeclineReason.values, Match.CloseReason.SILENT.value)


def compute_tables(last: EvidenceTables | None = None) -> tuple[dict[str, Any], list[list[Any]]]:
    """The tables of unmet needs as everyone reads them beside the ``last`` ones, with the one number that is told
    together with them, and the counts behind the tables, which nobody reads. A constant number of queries."""
    by_sector, main = queries.needs_by_sector(), queries.main_dac_of_sectors()
    before = evidence.before_of(last.counted, last.figures, main) if last else None
    sectors, codes = evidence.tables_of(by_sector, main, before)
    figures = {
        "needs-by-sector": evidence.table_rows(sectors, "sector"),
        "needs-by-dac-and-oblast": evidence.table_rows(codes, "dac"),
        "needs-by-dac": evidence.dac_rows(queries.needs_by_dac(), queries.needs_by_sector_and_dac(), sectors),
        evidence.IN_CARE: shown(queries.matches_in_care()),
    }
    return figures, evidence.counted_cells(by_sector)


@transaction.atomic
def tell_tables(*, now: datetime | None = None) -> EvidenceTables:
    """The tables that everyone reads now. New ones are told once in a quarter, or when the needs have doubled: so
    nobody can take it that all but a few stand as they did. As long as no number can be told, nothing is kept.

    Journal: `evidence_tables.told`, when they are new.
    """
    now = now or timezone.now()
    EvidenceTables.objects.lock()
    last = EvidenceTables.objects.last()
    if last and _quarter_of(last.told_at) >= _quarter_of(now) and not _has_doubled(last):
        return last
    figures, counted = compute_tables(last)
    tables = EvidenceTables(told_at=now, figures=figures, counted=counted)
    if any(row["needs"] for row in figures["needs-by-sector"]):
        tables.save()
        record("evidence_tables.told", tables, by=SYSTEM)
    else:
        # It would be told anew at each look, and a single handshake would show.
        figures[evidence.IN_CARE] = None
    return tables


def _quarter_of(moment: datetime) -> str:
    return evidence.quarter_of(timezone.localdate(moment))


def _has_doubled(last: EvidenceTables) -> bool:
    whole = sum(count for row, column, count in last.counted if row and column)
    return sum(queries.needs_by_sector().values()) >= 2 * whole


def compute_evidence(
    period: evidence.Period | None, *, now: datetime | None = None
) -> tuple[dict[str, Any], list[list[Any]]]:
    """What everyone reads, and the counts behind its tables, which nobody reads. A constant number of queries."""
    now = now or timezone.now()
    tables = tell_tables(now=now)
    return _published(tables.figures, tables.told_at, period, now), tables.counted


def evidence_of_this_moment(period: evidence.Period | None, *, now: datetime | None = None) -> dict[str, Any]:
    """What the desk hands to one institution that asks: as `compute_evidence`, with the tables of needs counted now.
    They are protected beside those that everyone reads, which stay as they are told; nothing is kept of them."""
    now = now or timezone.now()
    figures, _counted = compute_tables(EvidenceTables.objects.last())
    return _published(figures, now, period, now) | {"is_of_this_moment": True}


@transaction.atomic
def take_evidence(
    period: evidence.Period | None, *, form: str, institution: str, by: Any, now: datetime | None = None
) -> dict[str, Any]:
    """The evidence of this moment, for a file that leaves the desk.

    Journal: `evidence.taken`, at the person who took it, with the institution that it is for.
    """
    report = evidence_of_this_moment(period, now=now)
    record("evidence.taken", by, by=by, form=form, institution=institution)
    return report


def _published(
    tables: dict[str, Any], told_at: datetime, period: evidence.Period | None, now: datetime
) -> dict[str, Any]:
    blocked = evidence.single_rows(queries.blocked_steps(timezone.localdate(now)), "step", "waiting", STEPS)
    in_care = tables.get(evidence.IN_CARE)
    figures = {
        **{name: tables[name] for name in evidence.TABLES if name in tables},
        "coverage": evidence.coverage_rows(queries.coverage_by_item()),
        "hromadas": evidence.hromada_rows(queries.hromadas_by_oblast()),
        "twinnings": evidence.single_rows(
            queries.twinnings_by_stage(), "stage", "twinnings", Twinning.Status.values
        ),
        "blocked-steps": [
            row | {"waiting": in_care} if row["step"] == evidence.IN_CARE else row for row in blocked
        ],
        **_happened(period),
    }
    return {
        "quarter": "",  # of a report that is kept
        "from": period.start.isoformat() if period else None,
        "until": period.last_day.isoformat() if period else None,
        "computed_at": now.isoformat(timespec="seconds"),
        "tables_told_at": told_at.isoformat(timespec="seconds"),
        "figures": figures,
    }


def live_evidence(period: evidence.Period | None) -> dict[str, Any]:
    """The figures as they stand, with what happened in ``period``: at most so old as `REMEMBERED_SECONDS`. What most
    readers ask for is there already (`refresh_evidence`); other periods are counted when they are asked for."""
    return cache.get(_key(period)) or _remember(period)


def refresh_evidence() -> None:
    """Count anew what the page shows first, before anybody waits for it: many needs take seconds."""
    _remember(evidence.last_finished(timezone.localdate()))


def _remember(period: evidence.Period | None) -> dict[str, Any]:
    report, _counted = compute_evidence(period)
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
        published, counted = compute_evidence(period, now=now)
        published["quarter"] = period.quarter
        report = EvidenceReport.objects.create(
            quarter=period.quarter, computed_at=now, published=published, counted=counted
        )
        record("evidence_report.kept", report, by=SYSTEM, quarter=report.quarter)
    return report
