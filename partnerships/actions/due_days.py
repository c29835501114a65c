"""Verbs of the day of a promise after it became firm: the giver asks for another one, the receiver answers."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import lock
from partnerships.emails import due_days as mails
from partnerships.models import DayChange, Pledge
from partnerships.refusals import PledgeRefused

Answer = DayChange.Answer


@transaction.atomic
def ask_for_day(pledge: Pledge, *, after: date, reason: str, by: Any) -> DayChange:
    """The giver's signatory asks for another day. Until the receiver agrees the old one counts: what is late stays
    late. A wish that waits already is replaced; the same wish again is a double click.

    Journal: `pledge.day_asked`. Mail: `day_asked` to both sides. Raises `PledgeRefused` when the promise has no firm
    day, for a day that has passed or is the old one, and without a reason.
    """
    stored = lock(pledge)
    if stored.due_on is None:
        raise PledgeRefused(PledgeRefused.NO_DATE)
    if after < timezone.localdate():
        raise PledgeRefused(PledgeRefused.PAST)
    if after == stored.due_on:
        raise PledgeRefused(PledgeRefused.SAME_DAY)
    if not reason.strip():
        raise PledgeRefused(PledgeRefused.NO_REASON)
    waiting = stored.day_changes.filter(answer=Answer.OPEN).first()
    if waiting and (waiting.after, waiting.reason) == (after, reason.strip()):
        return waiting
    if waiting:
        _close(waiting, Answer.REPLACED, by)
    change = DayChange.objects.create(
        pledge=stored, before=stored.due_on, after=after, reason=reason.strip(), asked_by=by
    )
    record("pledge.day_asked", stored, by=by, before=str(change.before), after=str(after))
    mails.day_asked(change)
    return change


@transaction.atomic
def answer_day(change: DayChange, *, agrees: bool, by: Any) -> bool:
    """The receiver agrees, and the new day counts from now on; or does not, and the old one stays. False when it was
    answered or replaced meanwhile.

    Journal: `pledge.day_agreed`, `pledge.day_declined`. Mail: `day_answered` to both sides.
    """
    pledge = lock(change.pledge)
    stored = DayChange.objects.select_related("pledge__giver", "pledge__receiver").get(pk=change.pk)
    if not stored.is_open:
        return False
    _close(stored, Answer.AGREED if agrees else Answer.DECLINED, by)
    if agrees:
        pledge.due_on = stored.after
        pledge.save(update_fields=["due_on", "updated_at"])
    verb = "pledge.day_agreed" if agrees else "pledge.day_declined"
    record(verb, pledge, by=by, before=str(stored.before), after=str(stored.after))
    mails.day_answered(stored)
    return True


def _close(change: DayChange, answer: str, by: Any) -> None:
    change.answer, change.answered_by, change.answered_at = answer, by, timezone.now()
    change.save(update_fields=["answer", "answered_by", "answered_at"])
