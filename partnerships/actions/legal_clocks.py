"""Reminders of the legal clocks: before the last day and after it. A sweep sends what is due and not yet sent, so a day
that was missed is made up for by the latest alone."""

from contextlib import suppress
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.countries import clock_of
from alliance.core.journal import SYSTEM, record
from alliance.core.states import NotAllowed, lock
from partnerships.actions.agreements import parties_of
from partnerships.emails import agreements as mails
from partnerships.legal_clocks import DAYS, Clock, Step, running
from partnerships.models import Twinning, TwinningStep


def clocks_of(steps: Any) -> list[Clock]:
    """What runs, from rows in the order in which they happened."""
    return running(Step(step.kind, step.happened_on, step.pk) for step in steps)


def today_there() -> date:
    """The day in Kyiv, by which the ministries count: an hour ahead of the portal's."""
    return timezone.localdate(timezone=clock_of("UA"))


@transaction.atomic
def remind_of_clock(step: TwinningStep, *, days: int, by: Any = SYSTEM) -> None:
    """Remind the parties once, ``days`` from the last day of the clock that ``step`` started. Journal:
    `twinning.clock_reminded`. Mail: `clock_reminder`. Raises `NotAllowed` when the clock does not run any more, or was
    reminded of meanwhile."""
    twinning = lock(step.twinning)
    clock = next((each for each in clocks_of(standing_steps(twinning)) if each.key == step.pk), None)
    stored = lock(step)
    was_reminded = stored.reminded_days is not None and stored.reminded_days >= days
    is_due = clock is not None and clock.reminder_due(today_there()) == days
    if clock is None or not is_due or was_reminded or twinning.status != Twinning.Status.IN_APPROVAL:
        raise NotAllowed(twinning, twinning.status, "reminder")
    TwinningStep.objects.filter(pk=step.pk).update(reminded_days=days)
    record("twinning.clock_reminded", twinning, by=by, clock=clock.kind, days=days)
    mails.clock_reminder(clock, parties_of(twinning), days=days)


def standing_steps(twinning: Twinning) -> Any:
    return twinning.steps.filter(withdrawn_at=None).order_by("happened_on", "id")


def remind_of_clocks() -> int:
    """The sweep: each clock in its own transaction. Returns how many were reminded of."""
    rows = TwinningStep.objects.filter(
        withdrawn_at=None, kind__in=DAYS, twinning__status=Twinning.Status.IN_APPROVAL
    )
    count = 0
    for step in list(rows.select_related("twinning").order_by("pk")):
        clock = next((each for each in clocks_of(standing_steps(step.twinning)) if each.key == step.pk), None)
        days = clock.reminder_due(today_there()) if clock else None
        if days is None or (step.reminded_days is not None and step.reminded_days >= days):
            continue
        with suppress(NotAllowed):
            remind_of_clock(step, days=days)
            count += 1
    return count
