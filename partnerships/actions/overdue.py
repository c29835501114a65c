"""Reminders of what was to be delivered: on the agreed day, a week and a month after it. A sweep asks what is due and
not yet sent, so a day that was missed is made up for by the latest alone, and a day that is moved begins anew."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import SYSTEM, record
from alliance.core.states import NotAllowed, lock
from partnerships.actions.pledge_events import LockedLines
from partnerships.emails.overdue import pledge_overdue
from partnerships.models import Pledge
from partnerships.models.pledges import OVERDUE_DAYS


@transaction.atomic
def remind_of_pledge(pledge: Pledge, *, days: int, by: Any = SYSTEM) -> None:
    """Remind the giver once, ``days`` after the agreed day, of what has not arrived. Journal: `pledge.reminded`. Mails:
    `pledge_overdue` to those who may write for the giver. Raises `NotAllowed` when it arrived, was cancelled, is
    disputed, was moved, or was reminded of meanwhile."""
    locked = LockedLines(pledge)  # before the pledge: in the order of every other verb
    stored = lock(pledge)
    found = [(line, locked.totals(slug)) for slug, line in locked.by_slug.items()]
    missing = [(line, totals) for line, totals in found if totals.missing]
    is_disputed = any(not totals.is_reconciled for _line, totals in found)
    late = (timezone.localdate() - stored.due_on).days if stored.due_on else -1
    was_reminded = stored.reminded_for == stored.due_on and stored.reminded_days >= days
    if late < days or not missing or is_disputed or was_reminded:
        raise NotAllowed(stored, "", "reminder")
    stored.reminded_for, stored.reminded_days = stored.due_on, days
    stored.save(update_fields=["reminded_for", "reminded_days"])
    record("pledge.reminded", stored, by=by, days=days, due_on=stored.due_on)
    pledge_overdue(stored, missing, days=days)


def remind_of_pledges() -> int:
    """The sweep: each pledge in its own transaction, the latest reminder alone. Returns how many were reminded of."""
    count = 0
    for days in reversed(OVERDUE_DAYS):
        for pledge in list(Pledge.objects.due_for_reminder(days)):
            with suppress(NotAllowed):
                remind_of_pledge(pledge, days=days)
                count += 1
    return count
