"""All candidates in the memory of one worker: profiles, ties and columns, kept fresh by what the journal says of
members since they were read. Nothing here writes."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from alliance.core.models import JournalEntry
from members.models import Member
from partnerships.known_ties import KnownTies
from partnerships.match_parts import Weights
from partnerships.matching import Profile
from partnerships.models import Listing, Match, PartnerWish, Pledge, Twinning, TwinningParty
from partnerships.models.profiles import candidates, known_ties, profiles_of, proposals

if TYPE_CHECKING:
    from partnerships.ranking import Columns

# A journal entry is dated when it is written, and seen when its transaction commits.
LONGEST_TRANSACTION = timedelta(minutes=2)
# All are read anew after so long: what changes past the journal (a register of places, a day that is over) counts, too.
LONGEST_KEPT = timedelta(hours=6)
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
    """One worker's memory."""

    profiles: dict[int, Profile] = field(default_factory=dict)
    ties: KnownTies = field(default_factory=KnownTies)
    read_at: datetime | None = None
    all_read_at: datetime | None = None
    sides: dict[bool, "Columns"] = field(default_factory=dict)
    made_for: tuple[int, date] | None = None

    def forget(self) -> None:
        self.__init__()

    def refresh(self, weights: Weights) -> None:
        """Read what changed, and make the columns anew if anything did."""
        now = timezone.now()
        is_changed = self._read_all(now) if self._is_old(now) else self._read_changed(now)
        is_changed |= self._note_proposals()
        if is_changed or self.made_for != (weights.version, timezone.localdate()):
            self._make(weights)

    def of_other_side(self, one: Profile) -> "Columns":
        return self.sides[one.country != "UA"]

    def _is_old(self, now: datetime) -> bool:
        return self.all_read_at is None or self.all_read_at < now - LONGEST_KEPT

    def _read_all(self, now: datetime) -> bool:
        self.profiles = {each.key: each for each in profiles_of(candidates(Member.objects.all()))}
        self.ties, self.read_at, self.all_read_at = known_ties(), now, now
        return True

    def _read_changed(self, now: datetime) -> bool:
        changed = changed_members(self.read_at - LONGEST_TRANSACTION)
        self.read_at = now
        if not changed:
            return False
        rows = candidates(Member.objects.filter(pk__in=changed))
        fresh = {each.key: each for each in profiles_of(rows)}
        before = {pk: self.profiles.pop(pk, None) for pk in changed}
        self.profiles.update(fresh)
        ties, self.ties = self.ties, known_ties()
        return self.ties != ties or any(fresh.get(pk) != profile for pk, profile in before.items())

    def _note_proposals(self) -> bool:
        """How often each is proposed changes with every list; only steps of it count."""
        shares = proposals()
        moved = [each for each in self.profiles.values() if each.proposed != shares.get(each.key, 0)]
        for each in moved:
            self.profiles[each.key] = replace(each, proposed=shares.get(each.key, 0))
        return bool(moved)

    def _make(self, weights: Weights) -> None:
        from partnerships.ranking import Columns  # numpy: not before it is needed

        today = timezone.localdate()
        ordered = sorted(self.profiles.values(), key=lambda each: each.key)
        for is_ukrainian in (True, False):
            side = [each for each in ordered if (each.country == "UA") == is_ukrainian]
            self.sides[is_ukrainian] = Columns(side, self.ties, weights, today)
        self.made_for = (weights.version, today)


# Per process; a forked or started worker makes its own.
MEMORY = Candidates()
