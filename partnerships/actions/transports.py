"""Verbs of a transport after it left: its papers, the report on imported goods, and the warnings before that is due."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import SYSTEM, record
from alliance.core.states import lock
from partnerships.emails import deliveries as mails
from partnerships.import_report import WARN_ON_DAYS, warning_due
from partnerships.models import Transport
from partnerships.refusals import TransportRefused

# What each side may say of a transport that has left; what was on it, the ledger says.
PAPERS = ("receiver_edrpou", "state_code", "cleared_on")
BY_GIVER = ("carrier", "vehicles", "route", "arrives_on", "packages", "weight_kg", *PAPERS)


@transaction.atomic
def change_transport(transport: Transport, *, changes: dict[str, Any], by: Any) -> bool:
    """Carrier, days and papers, as one side knows them now; False when nothing is new.

    Another day of clearance starts the clock of the report anew. Journal: `transport.changed` with the names of the
    fields. Raises `TransportRefused` when the day of clearance would go, or pass the day of the report.
    """
    stored = lock(transport)
    changed = [name for name, value in changes.items() if getattr(stored, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(stored, name, changes[name])
    if stored.reported_on and (stored.cleared_on is None or stored.cleared_on > stored.reported_on):
        raise TransportRefused(TransportRefused.REPORTED)
    if "cleared_on" in changed:
        stored.warned_days = 0
    stored.save(update_fields=[*changed, "warned_days", "updated_at"])
    record("transport.changed", stored, by=by, fields=sorted(changed), pledge=stored.pledge.slug)
    return True


@transaction.atomic
def file_report(transport: Transport, *, reported_on: date, by: Any) -> bool:
    """The receiver has filed the report: the clock ends. False when that was known.

    Journal: `transport.report_filed`. Raises `TransportRefused` before the clearance or after today.
    """
    stored = lock(transport)
    if stored.cleared_on is None:
        raise TransportRefused(TransportRefused.NOT_CLEARED)
    if reported_on < stored.cleared_on:
        raise TransportRefused(TransportRefused.BEFORE_CLEARANCE)
    if reported_on > timezone.localdate():
        raise TransportRefused(TransportRefused.FUTURE)
    if stored.reported_on:
        return False
    stored.reported_on = reported_on
    stored.save(update_fields=["reported_on", "updated_at"])
    record("transport.report_filed", stored, by=by, day=reported_on.isoformat(), pledge=stored.pledge.slug)
    return True


@transaction.atomic
def take_report_back(transport: Transport, *, by: Any) -> bool:
    """It was not filed after all: the clock goes on where it stands. Journal: `transport.report_taken_back`."""
    stored = lock(transport)
    if stored.reported_on is None:
        return False
    stored.reported_on = None
    stored.save(update_fields=["reported_on", "updated_at"])
    record("transport.report_taken_back", stored, by=by, pledge=stored.pledge.slug)
    return True


# --- Warnings -----------------------------------------------------------------------------------------------


def warn_of_reports(*, today: date | None = None) -> int:
    """The sweep: every transport whose report nears its last day, or passed it; each in its own transaction. It asks
    what is due and not yet warned of, so a missed day is made up for once. Returns how many were warned of."""
    today = today or timezone.localdate()
    first = today - timedelta(days=min(WARN_ON_DAYS))
    rows = Transport.objects.without_report().cleared_until(first)
    return sum(warn_of_report(row, today=today) for row in rows)


@transaction.atomic
def warn_of_report(transport: Transport, *, today: date, by: Any = SYSTEM) -> bool:
    """Tell the receiver's people once for each of `WARN_ON_DAYS`. Journal: `transport.report_warned`. Mail:
    `report_due`. False when nothing is due any more."""
    stored = lock(transport)
    days = warning_due(stored.cleared_on, today) if stored.cleared_on and not stored.reported_on else 0
    if days <= stored.warned_days:
        return False
    stored.warned_days = days
    stored.save(update_fields=["warned_days", "updated_at"])
    record("transport.report_warned", stored, by=by, days=days, pledge=stored.pledge.slug)
    mails.report_due(stored, today=today, days=days)
    return True
