"""Verbs of events beside those of their texts (`publishing`): when they are, and whether they take place."""

from typing import Any

from django.db import transaction

from alliance.content.actions.publishing import save_texts
from alliance.content.models import Event
from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock

# What a calendar shows. A change of it holds at once and raises the SEQUENCE of RFC 5545.
IN_CALENDAR = ("starts_at", "ends_at", "time_zone", "online_url")


@transaction.atomic
def save_event(event: Event, *, by: Any, seen: str = "") -> None:
    """Save the working copy; times, zone and address on the net are shown at once.

    Journal: as `publishing.save_texts`. Raises `PublishingRefused` when somebody else saved meanwhile.
    """
    if event.pk:
        stored = lock(event)
        if any(getattr(stored, name) != getattr(event, name) for name in IN_CALENDAR):
            event.sequence = stored.sequence + 1
    save_texts(event, by=by, seen=seen)


@transaction.atomic
def cancel_event(event: Event, *, by: Any) -> None:
    """It does not take place; its page and calendars say so. Journal: `event.cancelled`. Raises `NotAllowed` when it
    was cancelled already."""
    _set_cancelled(event, True, "event.cancelled", by)


@transaction.atomic
def reinstate_event(event: Event, *, by: Any) -> None:
    """It takes place after all. Journal: `event.reinstated`. Raises `NotAllowed` when it was not cancelled."""
    _set_cancelled(event, False, "event.reinstated", by)


def _set_cancelled(event: Event, is_cancelled: bool, verb: str, by: Any) -> None:
    stored = lock(event)
    if stored.is_cancelled == is_cancelled:
        raise NotAllowed(event, str(stored.is_cancelled), str(is_cancelled))
    stored.is_cancelled, stored.sequence = is_cancelled, stored.sequence + 1
    stored.save(update_fields=["is_cancelled", "sequence", "updated_at"])
    event.is_cancelled, event.sequence = stored.is_cancelled, stored.sequence
    record(verb, event, by=by)
