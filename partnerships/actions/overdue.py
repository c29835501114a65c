"""Reminders on the agreed day, a week and a month after it: the giver of what it has not sent, the receiver of what it
has not confirmed. A sweep asks what is due and not yet sent, so a day that was missed is made up for by the latest
alone, and a day that is moved begins anew."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import SYSTEM, record
from alliance.core.states import NotAllowed, lock
from partnerships.actions.pledge_events import LockedLines
from partnerships.emails import overdue as mails
from partnerships.emails.readers import confirmers_of
from partnerships.models import Pledge
from partnerships.models.pledges import OVERDUE_DAYS


@transaction.atomic
def remind_of_pledge(pledge: Pledge, *, days: int, by: Any = SYSTEM) -> None:
    """Remind the giver once, ``days`` after the agreed day, of what it has not sent. Journal: `pledge.reminded`. Mails:
    `pledge_overdue` to those who may write for the giver. Raises `NotAllowed` when all was sent, was cancelled, is
    disputed, was moved, or was reminded of meanwhile."""
    locked = LockedLines(pledge)  # before the pledge: in the order of every other verb
    stored = lock(pledge)
    found = [(line, locked.totals(slug)) for slug, line in locked.by_slug.items()]
    unsent = [(line, totals) for line, totals in found if totals.unsent]
    is_disputed = any(not totals.is_reconciled for _line, totals in found)
    late = (timezone.localdate() - stored.due_on).days if stored.due_on else -1
    was_reminded = stored.reminded_for == stored.due_on and stored.reminded_days >= days
    if late < days or not unsent or is_disputed or was_reminded:
        raise NotAllowed(stored, "", "reminder")
    stored.reminded_for, stored.reminded_days = stored.due_on, days
    stored.save(update_fields=["reminded_for", "reminded_days"])
    record("pledge.reminded", stored, by=by, days=days, due_on=stored.due_on)
    is_on_the_road = any(totals.in_transit for _line, totals in found)
    mails.pledge_overdue(stored, unsent, days=days, is_on_the_road=is_on_the_road)


@transaction.atomic
def ask_for_receipt(pledge: Pledge, *, days: int, by: Any = SYSTEM) -> None:
    """Ask the receiver once, ``days`` after the day from which it can be asked, what arrived and whether it accepts it.
    Journal: `pledge.receipt_asked`. Mails: `receipt_asked` with a link without a login to those who may confirm; to
    the giver, unless it is reminded of something itself, `receipt_awaited`. Raises `NotAllowed` when it was told, is
    disputed, was asked for meanwhile, or nobody can be asked."""
    locked = LockedLines(pledge)
    stored = lock(pledge)
    found = [(line, locked.totals(slug)) for slug, line in locked.by_slug.items()]
    waiting = [(line, totals) for line, totals in found if totals.in_transit or totals.to_accept]
    asked_for = Pledge.objects.with_receipt_day().get(pk=stored.pk).receipt_from
    was_asked = stored.receipt_asked_for == asked_for and stored.receipt_asked_days >= days
    is_due = asked_for is not None and (timezone.localdate() - asked_for).days >= days
    readers = confirmers_of(stored.receiver)
    is_disputed = any(not totals.is_reconciled for _line, totals in found)
    if not (is_due and waiting and readers) or was_asked or is_disputed:
        raise NotAllowed(stored, "", "question")
    stored.receipt_asked_for, stored.receipt_asked_days = asked_for, days
    stored.save(update_fields=["receipt_asked_for", "receipt_asked_days"])
    record("pledge.receipt_asked", stored, by=by, days=days, asked_for=asked_for)
    mails.receipt_asked(stored, waiting, readers, asked_for=asked_for, days=days)
    if not any(totals.unsent for _line, totals in found):
        mails.receipt_awaited(stored, waiting, asked_for=asked_for, days=days)


def remind_of_pledges() -> int:
    """The sweep: each pledge in its own transaction, the latest reminder alone. Returns how many were reminded of."""
    return sum(
        _each(Pledge.objects.due_for_reminder(days), remind_of_pledge, days)
        + _each(Pledge.objects.due_for_receipt(days), ask_for_receipt, days)
        for days in reversed(OVERDUE_DAYS)
    )


def _each(pledges: Iterable[Pledge], verb: Callable[..., None], days: int) -> int:
    count = 0
    for pledge in list(pledges):
        with suppress(NotAllowed):
            verb(pledge, days=days)
            count += 1
    return count
