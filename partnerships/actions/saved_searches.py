"""Verbs of saved searches: keep one, change how often it tells, stop it, and the digests themselves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from alliance.core.audience import Audience
from alliance.core.journal import LINK, record
from alliance.core.lists import Cursor
from alliance.core.states import lock
from alliance.users.models import User
from partnerships.emails import digests as mails
from partnerships.models import Listing, ListingSearch, SavedSearch, SavedSearchHit
from partnerships.models.criteria import Asked
from partnerships.permissions import reader_audience

Frequency = SavedSearch.Frequency
# A person who wants more than these wants the whole list.
MOST_PER_PERSON = 20
# What one digest shows; the rest is a link away, and counts as told.
MOST_SHOWN = 20
MOST_TOLD = 200
# Digests of a day or a week go out from this hour on, in the portal's time zone.
FROM_HOUR = 7


class TooMany(Exception):
    """The person keeps `MOST_PER_PERSON` searches already."""


def save_search(
    *, user: User, name: str, kind: str, asked: Asked, frequency: str, language: str
) -> tuple[SavedSearch, bool]:
    """Tell ``user`` of what fits ``asked`` from now on. The same question is kept once: then the kept one is returned,
    with the new name and frequency, and False.

    Journal: `search.saved`. Raises `TooMany`.
    """
    fields = {"user": user, "kind": kind, "query": asked.address, "stopped_at": None}
    try:
        with transaction.atomic():
            lock(user)  # two at one instant count one after the other
            if found := SavedSearch.objects.filter(**fields).first():
                return _changed(found, name=name, frequency=frequency), False
            if SavedSearch.objects.filter(user=user, stopped_at=None).count() >= MOST_PER_PERSON:
                raise TooMany
            search = SavedSearch.objects.create(
                **fields, name=name, frequency=frequency, language=language, seen_until=timezone.now()
            )
            record("search.saved", search, by=user)
            return search, True
    except IntegrityError:
        return SavedSearch.objects.get(**fields), False


@transaction.atomic
def change_search(search: SavedSearch, *, name: str, frequency: str, by: User) -> SavedSearch:
    """Another name, another frequency. Journal: `search.changed`."""
    stored = _changed(lock(search), name=name, frequency=frequency)
    record("search.changed", stored, by=by)
    return stored


def _changed(search: SavedSearch, *, name: str, frequency: str) -> SavedSearch:
    search.name, search.frequency = name, frequency
    search.save(update_fields=["name", "frequency", "updated_at"])
    return search


@transaction.atomic
def stop_search(search: SavedSearch, *, by: Any = LINK) -> None:
    """No more digests of this one; twice does it once. Journal: `search.stopped`."""
    stored = lock(search)
    if stored.stopped_at is None:
        stored.stopped_at = timezone.now()
        stored.save(update_fields=["stopped_at", "updated_at"])
        record("search.stopped", stored, by=by)


# --- Digests -----------------------------------------------------------------------------------------------


def due(now: datetime) -> QuerySet[SavedSearch]:
    """Whose digest is due: at once always, of a day or week from `FROM_HOUR` on, also when the hour was missed."""
    local = timezone.localtime(now)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=midnight.weekday())
    rows = SavedSearch.objects.filter(stopped_at=None, user__is_active=True)
    found = rows.filter(frequency=Frequency.AT_ONCE, seen_until__lt=now)
    if local.hour >= FROM_HOUR:
        found |= rows.filter(frequency=Frequency.DAILY, seen_until__lt=midnight)
    if local.hour >= FROM_HOUR or local.weekday() > 0:
        found |= rows.filter(frequency=Frequency.WEEKLY, seen_until__lt=monday)
    return found.select_related("user").order_by("id")


def send_digests(*, now: datetime | None = None) -> int:
    """The sweep: every digest that is due, each in its own transaction; returns how many mails were written."""
    now = now or timezone.now()
    return sum(send_digest(search, now=now) for search in due(now).iterator(chunk_size=200))


@transaction.atomic
def send_digest(search: SavedSearch, *, now: datetime) -> bool:
    """Mail what came since the last digest and was not told before; True when there was something.

    The row's lock and its moment make two workers send it once. Mail: `digest`, in the reader's language.
    """
    stored = lock(search)
    if stored.stopped_at or stored.seen_until >= now:
        return False
    since, stored.seen_until = stored.seen_until, now
    fresh = list(_fresh(stored, since, now))
    listings = list(Listing.objects.filter(pk__in=fresh).with_facts().newest_first())
    SavedSearchHit.objects.bulk_create(
        [SavedSearchHit(search=stored, listing=listing) for listing in listings], ignore_conflicts=True
    )
    if listings:
        stored.last_sent_at = now
        mails.digest(stored, listings[:MOST_SHOWN], more=len(listings) - MOST_SHOWN)
    stored.save(update_fields=["seen_until", "last_sent_at", "updated_at"])
    return bool(listings)


def _fresh(search: SavedSearch, since: datetime, now: datetime) -> Iterator[int]:
    """Listings that fit, published after ``since`` and until ``now``, that this search has not told."""
    for_members = reader_audience(search.user) != Audience.PUBLIC
    asked = Asked.of(
        QueryDict(search.query), kind=search.kind, for_members=for_members, language=search.language
    )
    newer = Cursor((since, 2**62), is_backwards=True)
    hits = ListingSearch.objects.ids(asked.criteria, newer, MOST_TOLD)[:MOST_TOLD]
    found = [hit.listing_id for hit in hits if hit.published_at <= now]
    told = set(search.hits.filter(listing__in=found).values_list("listing_id", flat=True))
    yield from (pk for pk in found if pk not in told)
