"""Verbs of saved searches: keep one, change how often it tells, stop it, and the digests themselves."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
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
from partnerships.models.search import Hit
from partnerships.permissions import reader_audience

Frequency = SavedSearch.Frequency
# A person who wants more than these wants the whole list.
MOST_PER_PERSON = 20
# What one digest shows, and what it shows and counts; the next sweep goes on with the rest.
MOST_SHOWN = 20
MOST_TOLD = 200
# Read again before the last digest: what was still being published then carries an earlier moment. No publication
# takes so long, and what was told is known by its `SavedSearchHit`.
OVERLAP = timedelta(hours=1)
# After a year nothing is valid that was not renewed; the stop link of a mail answers as long as the mail is kept.
KEEP_HITS = timedelta(days=365)
KEEP_STOPPED = timedelta(days=90)
# Digests of a day or a week go out from this hour on, in the portal's time zone.
FROM_HOUR = 7


class TooMany(Exception):
    """The person keeps `MOST_PER_PERSON` searches already."""


def save_search(
    *, user: User, name: str, kind: str, asked: Asked, frequency: str, language: str
) -> tuple[SavedSearch, bool]:
    """Tell ``user`` of what fits ``asked`` from now on. The same question is kept once: then the kept one is returned,
    with the new name and frequency, and False. What stands in the list already is known to ``user`` and not told.

    Journal: `search.saved`, or `search.changed` when there was something to change. Raises `TooMany`.
    """
    fields = {"user": user, "kind": kind, "query": asked.address, "stopped_at": None}
    try:
        with transaction.atomic():
            lock(user)  # two at one instant count one after the other
            if found := SavedSearch.objects.filter(**fields).first():
                return _change(found, name=name, frequency=frequency, by=user), False
            if SavedSearch.objects.filter(user=user, stopped_at=None).count() >= MOST_PER_PERSON:
                raise TooMany
            search = SavedSearch.objects.create(
                **fields, name=name, frequency=frequency, language=language, seen_until=timezone.now()
            )
            _note_told(search, [hit.listing_id for hit in _fresh(search, search.seen_until)])
            record("search.saved", search, by=user)
            return search, True
    except IntegrityError:
        return SavedSearch.objects.get(**fields), False


@transaction.atomic
def change_search(search: SavedSearch, *, name: str, frequency: str, by: User) -> SavedSearch:
    """Another name, another frequency. Journal: `search.changed`, unless both are as they were."""
    return _change(lock(search), name=name, frequency=frequency, by=by)


def _change(search: SavedSearch, *, name: str, frequency: str, by: User) -> SavedSearch:
    if (search.name, search.frequency) != (name, frequency):
        search.name, search.frequency = name, frequency
        search.save(update_fields=["name", "frequency", "updated_at"])
        record("search.changed", search, by=by)
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
    """Mail what came since the last digest and was not told before; True when a mail was written.

    The row's lock and its moment make two workers send it once. When there is more than one mail tells, the moment
    stays at the last one told. Mail: `digest`, in the reader's language.
    """
    stored = lock(search)
    if stored.stopped_at or stored.seen_until >= now:
        return False
    hits = list(islice(_fresh(stored, now), MOST_TOLD + 1))
    told = hits[:MOST_TOLD]
    stored.seen_until = max(stored.seen_until, told[-1].published_at) if len(hits) > MOST_TOLD else now
    rows = Listing.objects.filter(pk__in=[hit.listing_id for hit in told])
    listings = list(rows.with_words().newest_first())
    _note_told(stored, [listing.pk for listing in listings])
    is_sent = bool(listings) and mails.digest(
        stored, listings[:MOST_SHOWN], more=len(listings) - MOST_SHOWN, now=now
    )
    if is_sent:
        stored.last_sent_at = now
    stored.save(update_fields=["seen_until", "last_sent_at", "updated_at"])
    return is_sent


def _fresh(search: SavedSearch, now: datetime) -> Iterator[Hit]:
    """What fits, was published until ``now`` and is not known to this search, the oldest first."""
    for_members = reader_audience(search.user) != Audience.PUBLIC
    asked = Asked.of(
        QueryDict(search.query), kind=search.kind, for_members=for_members, language=search.language
    )
    last: tuple[Any, ...] | None = (search.seen_until - OVERLAP, 2**62)
    while last:
        newer = Cursor(last, is_backwards=True)
        page = ListingSearch.objects.ids(asked.criteria, newer, MOST_TOLD)[:MOST_TOLD]
        known = set(
            search.hits.filter(listing__in=[hit.listing_id for hit in page]).values_list("listing", flat=True)
        )
        for hit in page:
            if hit.published_at > now:
                return
            if hit.listing_id not in known:
                yield hit
        last = (page[-1].published_at, page[-1].listing_id) if len(page) == MOST_TOLD else None


def _note_told(search: SavedSearch, listings: list[int]) -> None:
    rows = [SavedSearchHit(search=search, listing_id=listing) for listing in listings]
    SavedSearchHit.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def forget_old(*, now: datetime | None = None) -> int:
    """The sweep: searches stopped `KEEP_STOPPED` ago, and what was told `KEEP_HITS` ago; returns how many searches."""
    now = now or timezone.now()
    SavedSearchHit.objects.filter(told_at__lt=now - KEEP_HITS).delete()
    stopped = SavedSearch.objects.filter(stopped_at__lt=now - KEEP_STOPPED)
    return stopped.delete()[1].get(SavedSearch._meta.label, 0)
