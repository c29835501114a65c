"""What happens to a match that nobody answers: two reminders, a coordinator, the end. A sweep asks what is due and not
yet done, so a day that was missed is made up for once and nobody reads the same reminder twice."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import SYSTEM, record
from alliance.core.states import NotAllowed, lock
from partnerships.actions.matches import close
from partnerships.emails import desk, matches
from partnerships.models import Match
from partnerships.models.matches import CLOSE_AFTER_DAYS, HAND_OVER_AFTER_DAYS, REMIND_AFTER_DAYS


@transaction.atomic
def remind_of_match(match: Match, *, days: int, by: Any = SYSTEM) -> None:
    """Remind the silent side once, after ``days``. Journal: `match.reminded`. Mails: `match_reminder`. Raises
    `NotAllowed` when it was answered, or reminded of, meanwhile."""
    stored = _still_waiting(match, days)
    if stored.reminded_days >= days:
        raise NotAllowed(match, stored.status, "reminder")
    stored.reminded_days = days
    stored.save(update_fields=["reminded_days"])
    record("match.reminded", stored, by=by, days=days)
    for side in stored.silent_sides:
        matches.match_reminder(stored, side, days)


@transaction.atomic
def hand_over_match(match: Match, *, by: Any = SYSTEM) -> None:
    """Put a match that nobody answers before the coordinators. Journal: `match.handed_over`. Mails:
    `match_unanswered` to the inbox, `match_handed_over` to the side that waits. Raises `NotAllowed`."""
    stored = _still_waiting(match, HAND_OVER_AFTER_DAYS)
    if stored.handed_over_at:
        raise NotAllowed(match, stored.status, "hand-over")
    stored.handed_over_at = timezone.now()
    stored.save(update_fields=["handed_over_at"])
    record("match.handed_over", stored, by=by)
    desk.match_unanswered(stored)
    for side in (stored.member_a, stored.member_b):
        if side not in stored.silent_sides:
            matches.match_handed_over(stored, side)


@transaction.atomic
def close_silent_match(match: Match, *, by: Any = SYSTEM) -> None:
    """A month without an answer ends it; either side can ask anew. Journal: `match.closed`. Mails: `match_closed` to
    both sides. Raises `NotAllowed`."""
    _still_waiting(match, CLOSE_AFTER_DAYS)
    close(match, Match.CloseReason.SILENT, verb="match.closed", by=by)
    stored = Match.objects.select_related("member_a", "member_b", "listing").get(pk=match.pk)
    for side in (stored.member_a, stored.member_b):
        matches.match_closed(stored, side)


def _still_waiting(match: Match, days: int) -> Match:
    stored = lock(match)
    is_due = stored.asked_at <= timezone.now() - timedelta(days=days)
    if stored.status != Match.Status.REQUESTED or not is_due:
        raise NotAllowed(match, stored.status, f"after {days} days")
    return stored


def look_after_matches() -> dict[str, int]:
    """The sweep: closes what is over, hands over, reminds; each match in its own transaction. Returns how many."""
    done = {
        "closed": _each(Match.objects.due_to_close(), close_silent_match),
        "handed over": _each(Match.objects.due_for_hand_over(), hand_over_match),
    }
    for days in reversed(REMIND_AFTER_DAYS):  # who missed the first reminder gets the second alone
        remind = partial(remind_of_match, days=days)
        done[f"reminded after {days}"] = _each(Match.objects.due_for_reminder(days), remind)
    return done


def _each(rows: Iterable[Match], act: Callable[[Match], None]) -> int:
    count = 0
    for match in list(rows):
        with suppress(NotAllowed):
            act(match)
            count += 1
    return count
