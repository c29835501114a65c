"""What a matching round is computed from, frozen: who takes part with how many places, as what, and who is kept apart
from whom. The number of queries does not depend on the number of members."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.states import lock
from members.models import Member
from partnerships.actions.weights import current_weights
from partnerships.kept_profiles import kept, profile_of
from partnerships.matching import Profile
from partnerships.models import (
    Cluster,
    ClusterMember,
    Match,
    MatchingRound,
    PartnerWish,
    RoundParticipant,
)
from partnerships.models.profiles import kept_apart, known_ties, members_of, profiles_of, proposals
from partnerships.round_frozen import Digest, Inputs, kept_inputs, ties_of, weights_of

# What the second, third and each further partner of one side counts less, in tenths of points: one partner for many
# comes before many partners for one.
FURTHER = (100, 200, 300)
ROWS = 1000
# So many sides are read, and written, at once.
SIDES = 2000


@dataclass(frozen=True, slots=True)
class SideNow:
    """One side as it is now: a member, or a cluster by its lead with everybody who is in it."""

    member: int
    capacity: int
    cluster: int | None
    members: tuple[int, ...]


def sides_now() -> list[SideNow]:
    """Whoever looks for a partner and has a place left. Who is in a cluster that takes part does not do so singly, and
    institutions are no partner of a twinning."""
    wishes = PartnerWish.objects.looking().exclude(member__kind=Member.Kind.INSTITUTION).with_room()
    rooms = dict(wishes.order_by("member").values_list("member", "room"))
    clusters = _clusters_led_by(rooms)
    inside = {member for _pk, members in clusters.values() for member in members}
    return [
        SideNow(member, room, *clusters.get(member, (None, (member,))))
        for member, room in rooms.items()
        if room > 0 and (member in clusters or member not in inside)
    ]


def _clusters_led_by(leads: Collection[int]) -> dict[int, tuple[int, tuple[int, ...]]]:
    """Lead → its active cluster and who is in it, as far as they are active members; from two on."""
    rows = ClusterMember.objects.joined().filter(
        cluster__in=Cluster.objects.active(),
        cluster__lead__in=list(leads),
        member__status=Member.Status.APPROVED,
    )
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for lead, cluster, member in rows.order_by("member").values_list("cluster__lead", "cluster", "member"):
        found[lead, cluster].append(member)
    return {
        lead: (cluster, tuple(members))
        for (lead, cluster), members in found.items()
        if len(members) > 1 and lead in members
    }


def pairs_apart(members: Collection[int]) -> dict[int, set[int]]:
    """Whom each member must not be proposed: blocks, vetoes, what is under way or was said no to."""
    found = defaultdict(set, {key: set(others) for key, others in kept_apart(members).items()})
    for one, other in Match.objects.said_no().values_list("member_a", "member_b"):
        found[one].add(other)
        found[other].add(one)
    return found


def freeze_inputs(
    matching_round: MatchingRound, *, token: str, progress: Callable[[float], Any] = lambda share: None
) -> bool:
    """Write down who takes part, as they are now; False when the computation with this ``token`` is not wanted. In
    parts, so that memory holds few whole profiles; the round is locked while one is written and not while it is read:
    nobody who cancels waits for long. ``progress`` is told the share that is done."""
    sides = sides_now()
    side_of = {member: side.member for side in sides for member in side.members}
    apart, proposed = pairs_apart(side_of), proposals()
    weights = current_weights().weights
    frozen = kept_inputs(weights, known_ties(), side_of, FURTHER, timezone.localdate())
    digest = Digest()
    for start in range(0, len(sides) or 1, SIDES):
        progress(0.1 + 0.9 * start / (len(sides) or 1))
        part = sides[start : start + SIDES]
        members = members_of({member for side in part for member in side.members})
        profiles = {each.key: each for each in profiles_of(members, proposed)}
        rows = [_participant(matching_round, side, profiles, side_of, apart) for side in part]
        if not _write_down(matching_round, rows, token, is_first=not start):
            return False
        for row in rows:
            digest.add([row.member_id, row.cluster_id, row.capacity, row.frozen])
    return _finish(matching_round, frozen, weights.version, digest, token)


def _is_wanted(stored: MatchingRound, token: str) -> bool:
    return stored.token == token and stored.status == MatchingRound.Status.COMPUTING


@transaction.atomic
def _write_down(
    matching_round: MatchingRound, rows: list[RoundParticipant], token: str, *, is_first: bool
) -> bool:
    """A worker that came first may have left some; another that comes later makes this one stop."""
    stored = lock(matching_round)
    if not _is_wanted(stored, token):
        return False
    if is_first:
        stored.participants.all().delete()
    RoundParticipant.objects.bulk_create(rows, batch_size=ROWS)
    return True


@transaction.atomic
def _finish(matching_round: MatchingRound, frozen: dict, version: int, digest: Digest, token: str) -> bool:
    stored = lock(matching_round)
    if not _is_wanted(stored, token):
        return False
    digest.add(dict(stored.quotas.values_list("country", "most")))
    digest.add(frozen)
    stored.frozen, stored.weights_version, stored.frozen_at = frozen, version, timezone.now()
    stored.inputs_hash = digest.value
    stored.save(update_fields=["frozen", "weights_version", "frozen_at", "inputs_hash"])
    return True


def _participant(
    matching_round: MatchingRound,
    side: SideNow,
    profiles: Mapping[int, Profile],
    side_of: Mapping[int, int],
    apart: Mapping[int, set[int]],
) -> RoundParticipant:
    profile = merged([profiles[member] for member in side.members], side.member)
    others = {
        side_of[other] for member in side.members for other in apart.get(member, ()) if other in side_of
    }
    frozen = {
        "profile": kept(replace(profile, room=side.capacity)),
        "apart": sorted(others - {side.member}),
    }
    return RoundParticipant(
        matching_round=matching_round,
        member_id=side.member,
        cluster_id=side.cluster,
        is_ukrainian=profile.country == "UA",
        capacity=side.capacity,
        frozen=frozen,
    )


def merged(profiles: Iterable[Profile], lead: int) -> Profile:
    """A cluster as one side: together they need, offer and speak what each does, and count as many people. What the
    partner must be, and where it is, the lead says."""
    profiles = list(profiles)
    (first,) = (each for each in profiles if each.key == lead)
    if len(profiles) == 1:
        return first
    known = [each.population for each in profiles if each.population]
    return replace(
        first,
        population=sum(known) if len(known) == len(profiles) else None,
        **{
            name: frozenset().union(*(getattr(each, name) for each in profiles))
            for name in ("sectors", "offer_sectors", "languages")
        },
        needs=tuple(ask for each in profiles for ask in each.needs),
        offers=tuple(give for each in profiles for give in each.offers),
        never_partnered=all(each.never_partnered for each in profiles),
        partners=max(each.partners for each in profiles),
        proposed=max(each.proposed for each in profiles),
    )


def inputs_of(matching_round: MatchingRound) -> Inputs:
    """The frozen inputs, as the computation reads them: always the same, whoever reads them and when."""
    from partnerships.profile_columns import ProfileColumns  # numpy: not before it is needed

    rows = matching_round.participants.order_by("member").values_list("member", "capacity", "frozen")
    lefts, capacities, apart = [], {}, {}
    for member, capacity, frozen in rows.filter(is_ukrainian=True).iterator(ROWS):
        lefts.append(profile_of(frozen["profile"]))
        capacities[member], apart[member] = capacity, frozenset(frozen["apart"])
    rights, part = ProfileColumns.of([]), []
    for member, capacity, frozen in rows.filter(is_ukrainian=False).iterator(ROWS):
        part.append(profile_of(frozen["profile"]))
        capacities[member] = capacity
        if len(part) == SIDES:
            rights, part = rights.changed((), part), []
    values: dict[str, Any] = matching_round.frozen
    return Inputs(
        lefts=lefts,
        rights=rights.changed((), part),
        capacities=capacities,
        apart=apart,
        quotas=dict(matching_round.quotas.values_list("country", "most")),
        weights=weights_of(values),
        known=ties_of(values),
        today=date.fromisoformat(values["today"]),
        further=values["further"],
    )


def frozen_profiles(matching_round: MatchingRound, members: Iterable[int]) -> dict[int, Profile]:
    """Of sides that take part, by the member."""
    rows = matching_round.participants.filter(member__in=members_of(members))
    return {
        member: profile_of(frozen["profile"])
        for member, frozen in rows.order_by().values_list("member", "frozen").iterator(ROWS)
    }
