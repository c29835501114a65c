"""Whether a need or an offer still holds: warnings before the last day, the question after three months, the answers. A
sweep asks what is due and not yet sent, so a missed day is made up for once and nobody reads the same twice."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from alliance.core.journal import SYSTEM, record
from alliance.core.states import NotAllowed, lock
from members.models import Member
from partnerships.actions.listings import HOLDS, LONGEST_DAYS, renew_listing
from partnerships.actions.search import index_listing
from partnerships.emails import validity as mails
from partnerships.models import Listing
from partnerships.models.validity import RENEWED_DAYS, WARN_DAYS

Status = Listing.Status


@transaction.atomic
def warn_of_last_day(listing: Listing, *, days: int, by: Any = SYSTEM) -> None:
    """Tell its member that its last day is ``days`` ahead, or fewer. Journal: `listing.warned`. Mails:
    `listing_expiring`. Raises `NotAllowed` when it was renewed, ended or warned of meanwhile."""
    stored = _still_due(listing, Listing.objects.due_for_warning(days), "warning")
    stored.warned_for, stored.warned_days = stored.expires_on, days
    stored.save(update_fields=["warned_for", "warned_days"])
    record("listing.warned", stored, by=by, day=stored.expires_on.isoformat())
    mails.listing_expiring(stored, days)


@transaction.atomic
def ask_if_it_holds(listing: Listing, *, by: Any = SYSTEM) -> None:
    """“Do you still need this?” Journal: `listing.asked`. Mails: `listing_question`. Raises `NotAllowed` when it was
    confirmed, ended or asked about meanwhile."""
    stored = _still_due(listing, Listing.objects.due_for_question(), "question")
    stored.asked_at = timezone.now()
    stored.save(update_fields=["asked_at"])
    record("listing.asked", stored, by=by)
    mails.listing_question(stored, is_second=False)


@transaction.atomic
def ask_again_if_it_holds(listing: Listing, *, by: Any = SYSTEM) -> None:
    """The same once more, since nobody answered. Journal: `listing.asked_again`. Mails: `listing_question`. Raises
    `NotAllowed` as above."""
    stored = _still_due(listing, Listing.objects.due_for_second_question(), "second question")
    stored.asked_again_at = timezone.now()
    stored.save(update_fields=["asked_again_at"])
    record("listing.asked_again", stored, by=by)
    mails.listing_question(stored, is_second=True)


def _still_due(listing: Listing, due: QuerySet, what: str) -> Listing:
    stored = lock(listing)
    if not due.filter(pk=stored.pk).exists():
        raise NotAllowed(listing, stored.status, what)
    return stored


@transaction.atomic
def extend_listing(listing: Listing, *, last_day: date, by: Any) -> None:
    """Still valid: `RENEWED_DAYS` more than its last day, which is ``last_day`` for the person who says so. What has
    expired meanwhile is published again (`renew_listing`).

    Journal: `listing.extended` or that of the renewal. Raises `NotAllowed` when it has another last day, is not near
    it, was withdrawn, or its member is not approved; `Incomplete` from the renewal.
    """
    stored = lock(listing)
    today = timezone.localdate()
    if stored.expires_on != last_day:
        raise NotAllowed(listing, stored.status, "extended")
    if stored.status == Status.EXPIRED:
        renew_listing(listing, by=by)
        return
    if not stored.is_ending or stored.member.status != Member.Status.APPROVED:
        raise NotAllowed(listing, stored.status, "extended")
    until = min(max(last_day, today) + timedelta(days=RENEWED_DAYS), today + timedelta(days=LONGEST_DAYS))
    _holds(listing, stored, expires_on=until)
    index_listing(stored)
    record("listing.extended", stored, by=by, day=until.isoformat())


@transaction.atomic
def confirm_listing(listing: Listing, *, since: datetime, by: Any) -> None:
    """It still holds; the last day stays. ``since``: when somebody last said so, for the person who says so now.

    Journal: `listing.confirmed`. Raises `NotAllowed` when somebody said so since, it is not published, or its member is
    not approved.
    """
    stored = lock(listing)
    is_open = stored.status == Status.PUBLISHED and stored.member.status == Member.Status.APPROVED
    if not is_open or stored.last_confirmed_at != since:
        raise NotAllowed(listing, stored.status, "confirmed")
    _holds(listing, stored)
    record("listing.confirmed", stored, by=by)


def _holds(listing: Listing, stored: Listing, **changes: Any) -> None:
    """Written to the row, and to the object that the caller goes on showing."""
    changes |= {"confirmed_at": timezone.now(), **HOLDS}
    for name, value in changes.items():
        setattr(stored, name, value)
        setattr(listing, name, value)
    stored.save(update_fields=[*changes, "updated_at"])


def look_after_listings() -> dict[str, int]:
    """The sweep: warns, asks, asks again; each listing in its own transaction. Returns how many."""
    done = {}
    for days in reversed(WARN_DAYS):  # who missed the first warning gets the second alone
        warn = partial(warn_of_last_day, days=days)
        done[f"warned {days} days ahead"] = _each(Listing.objects.due_for_warning(days), warn)
    done["asked again"] = _each(Listing.objects.due_for_second_question(), ask_again_if_it_holds)
    done["asked"] = _each(Listing.objects.due_for_question(), ask_if_it_holds)
    return done


def _each(rows: QuerySet, act: Callable[[Listing], None]) -> int:
    count = 0
    for listing in rows.order_by("id").iterator(chunk_size=500):
        with suppress(NotAllowed):
            act(listing)
            count += 1
    return count
