"""All candidates in the memory of one worker: columns of both sides and known ties, kept fresh by what the journal says
of members since they were read. A fresh worker begins with what an earlier one kept in the database."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.utils import timezone

from alliance.core.models import JournalEntry
from members.models import Member
from partnerships.known_ties import KnownTies
from partnerships.match_parts import Weights
from partnerships.matching import Profile
from partnerships.models import (
    CandidateColumns,
    Listing,
    Match,
    PartnerWish,
    Pledge,
    Twinning,
    TwinningParty,
)
from partnerships.models.profiles import candidates, known_ties, members_of, profiles_of, proposals

if TYPE_CHECKING:
    from partnerships.profile_columns import ProfileColumns
    from partnerships.ranking import Columns

log = logging.getLogger(__name__)

# A journal entry is dated when it is written, and seen when its transaction commits.
LONGEST_TRANSACTION = timedelta(minutes=2)
# After so long all are read anew, when nobody waits for it: what changes past the journal (a register of places, a day
# that is over) counts, too. What is older than the second is not begun with.
LONGEST_KEPT, LONGEST_TRUSTED = timedelta(hours=6), timedelta(days=1)
# What is kept for fresh workers is no older than this, and no more members changed since.
KEEP_EVERY, KEEP_AFTER = timedelta(hours=1), 1000
# So many members are read at once, so that memory holds few whole profiles.
CHUNK = 2000
# Model → which of its fields name the members whose score it touches.
TOUCHES: dict[type[models.Model], tuple[str, ...]] = {
    Member: ("pk",),
    Listing: ("member",),
    PartnerWish: ("member",),
    Match: ("member_a", "member_b"),
    Pledge: ("giver", "receiver"),
    Twinning: ("parties__member",),
    TwinningParty: ("member",),
}


def changed_members(since: datetime) -> dict[int, datetime]:
    """Members that something happened to from ``since`` on, or to something of theirs; and when, at the latest."""
    kinds = {ContentType.objects.get_for_model(model).pk: model for model in TOUCHES}
    entries = JournalEntry.objects.filter(content_type__in=kinds, created_at__gte=since).order_by()
    moments: dict[type[models.Model], dict[int, datetime]] = defaultdict(dict)
    rows = entries.values_list("content_type", "object_id").annotate(newest=models.Max("created_at"))
    for kind, pk, newest in rows:
        moments[kinds[kind]][pk] = newest
    found: dict[int, datetime] = {}
    for model, by_pk in moments.items():
        for name in TOUCHES[model]:
            rows = model._base_manager.filter(pk__in=by_pk).annotate(touched=models.F(name))
            for pk, member in rows.values_list("pk", "touched"):
                if member:
                    found[member] = max(found.get(member, by_pk[pk]), by_pk[pk])
    return found


@dataclass
class Candidates:
    """One worker's memory. Sides are told by whether they are in Ukraine."""

    rows: dict[bool, "ProfileColumns"] = field(default_factory=dict)
    ties: KnownTies | None = None
    read_at: datetime | None = None
    all_read_at: datetime | None = None
    proposed: dict[int, int] = field(default_factory=dict)
    sides: dict[bool, "Columns"] = field(default_factory=dict)
    made_for: tuple[int, date] | None = None
    # Members that changed since the columns were kept.
    unkept: int = 0

    def forget(self) -> None:
        self.__init__()

    def refresh(self, weights: Weights) -> None:
        """Read what changed, and make the columns anew if anything did."""
        now = timezone.now()
        if self._is_older(LONGEST_TRUSTED, now) and not self._take_up(now - LONGEST_TRUSTED):
            self._read_all(now)
        else:
            self._read_changed(now)
        self.proposed = proposals((self.rows[True].keys.tolist(), len(self.rows[False])))
        self._note_proposals()
        if self.made_for != (weights.version, timezone.localdate()):
            self._make(weights)

    def look_after(self) -> None:
        """When nobody waits: read all anew if it is time, and keep the columns for fresh workers."""
        now = timezone.now()
        if self._is_older(LONGEST_KEPT, now) and not self._take_up(now - LONGEST_KEPT):
            self._read_all(now)
        stored = CandidateColumns.objects.filter(format=_format()).values_list("read_at", flat=True).first()
        if not stored or self.unkept > KEEP_AFTER or stored < self.read_at - KEEP_EVERY:
            self._keep()

    def of_other_side(self, one: Profile) -> "Columns":
        return self.sides[one.country != "UA"]

    def keys(self) -> list[int]:
        return [key for rows in self.rows.values() for key in rows.keys.tolist()]

    def profiles(self, keys: Iterable[int]) -> dict[int, Profile]:
        """Of those of ``keys`` that are candidates at this moment, whatever the columns know."""
        return {each.key: each for chunk in self._read(keys) for each in chunk}

    def _is_older(self, age: timedelta, now: datetime) -> bool:
        return self.all_read_at is None or self.all_read_at < now - age

    def _take_up(self, not_before: datetime) -> bool:
        """Begin with what was kept, if it is from then or later; False if there is no such thing."""
        from partnerships.kept_columns import Damaged, unpacked  # numpy: not before it is needed

        row = CandidateColumns.objects.filter(format=_format(), all_read_at__gte=not_before).first()
        if row is None:
            return False
        try:
            self.rows = unpacked(row.data)
        except Damaged:
            log.warning("the columns of candidates that were kept are damaged: all members are read anew")
            row.delete()
            return False
        self.read_at, self.all_read_at = row.read_at, row.all_read_at
        self.ties, self.made_for, self.unkept = None, None, 0
        return True

    def _keep(self) -> None:
        from partnerships.kept_columns import packed

        keep_columns(packed(self.rows), read_at=self.read_at, all_read_at=self.all_read_at)
        self.unkept = 0

    def _read_all(self, now: datetime) -> None:
        from partnerships.profile_columns import ProfileColumns

        self.rows = {side: ProfileColumns.of([]) for side in (True, False)}
        for chunk in self._read(candidates(Member.objects.all()).values_list("pk", flat=True)):
            self._put((), chunk)
        self.ties, self.read_at, self.all_read_at = known_ties(), now, now
        self.made_for, self.unkept = None, KEEP_AFTER + 1

    def _read_changed(self, now: datetime) -> None:
        changed = changed_members(self.read_at - LONGEST_TRANSACTION)
        self.read_at = now
        if changed:
            gone = changed
            for chunk in self._read(changed):
                self._put(gone, chunk)
                gone = ()
            self.made_for, self.unkept = None, self.unkept + len(changed)
        if changed or self.ties is None:
            self.ties = known_ties()

    def _read(self, keys: Iterable[int]) -> Iterator[list[Profile]]:
        ordered = sorted(keys)
        for start in range(0, len(ordered), CHUNK):
            there = candidates(members_of(ordered[start : start + CHUNK])).values_list("pk", flat=True)
            yield profiles_of(members_of(list(there)), self.proposed)

    def _put(self, gone: Collection[int], fresh: Collection[Profile]) -> None:
        for is_ukrainian, rows in self.rows.items():
            side = [each for each in fresh if (each.country == "UA") == is_ukrainian]
            self.rows[is_ukrainian] = rows.changed(gone, side)

    def _note_proposals(self) -> None:
        """How often each is proposed changes with every list; only steps of it count."""
        for is_ukrainian, rows in self.rows.items():
            proposed = rows.shares(self.proposed)
            if (proposed != rows.proposed).any():
                self.rows[is_ukrainian], self.made_for = replace(rows, proposed=proposed), None

    def _make(self, weights: Weights) -> None:
        from partnerships.ranking import Columns

        today = timezone.localdate()
        for is_ukrainian, rows in self.rows.items():
            self.sides[is_ukrainian] = Columns(rows, self.ties, weights, today)
        self.made_for = (weights.version, today)


def _format() -> int:
    from partnerships.kept_columns import FORMAT

    return FORMAT


@transaction.atomic
def keep_columns(data: bytes, *, read_at: datetime, all_read_at: datetime) -> None:
    """For fresh workers. Of two that keep theirs at once, the one that read later wins; another format gives way."""
    values = {"format": _format(), "read_at": read_at, "all_read_at": all_read_at, "data": data}
    CandidateColumns.objects.bulk_create([CandidateColumns(**values)], ignore_conflicts=True)
    older = models.Q(read_at__lt=read_at) | ~models.Q(format=values["format"])
    CandidateColumns.objects.filter(older).update(**values)


# Per process; a forked or started worker makes its own.
MEMORY = Candidates()
