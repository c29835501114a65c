"""What a published round hands out: each pair becomes a handshake that both sides are asked about, in batches that cost
the same few queries however many pairs they hold. A pair that no longer can be is skipped, and says why."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from django.db import transaction

from alliance.core.journal import SYSTEM, record_many
from members.models import Member
from partnerships.actions.round_inputs import pairs_apart
from partnerships.emails import rounds as mails
from partnerships.models import (
    Block,
    Cluster,
    ClusterMember,
    Match,
    MatchScore,
    MatchWeights,
    PartnerVeto,
    PartnerWish,
    RoundProposal,
)
from partnerships.models.matches import sides
from partnerships.models.partners import parties_by_twinning
from partnerships.models.twinnings import TwinningParty

Skipped = RoundProposal.Skipped
# Its members are locked as long as its mails are written: a second or two.
BATCH = 100


def hand_out_proposals() -> int:
    """The sweep: batch after batch, each in its own transaction. Returns how many pairs became handshakes."""
    total = 0
    while batch := hand_out_batch():
        total += batch.handed_out
    return total


@dataclass(frozen=True)
class Batch:
    handed_out: int
    skipped: int


@transaction.atomic
def hand_out_batch() -> Batch | None:
    """The next pairs of published rounds; None when there is none. Two workers at once take different pairs.

    Journal: `match.proposed`. Mails: `match_proposed` to the people of both sides.
    """
    rows = RoundProposal.objects.to_hand_out().select_related(
        "left__member__place__region", "right__member__place__region"
    )
    rows = rows.select_related("left__cluster", "right__cluster", "matching_round")
    # What was frozen is read for each row, and can be long.
    rows = rows.defer("matching_round__frozen", "matching_round__result", "left__frozen", "right__frozen")
    proposals = list(rows.select_for_update(of=("self",), skip_locked=True)[:BATCH])
    if not proposals:
        return None
    now = Meanwhile({row.member_id for each in proposals for row in (each.left, each.right)})
    for proposal in proposals:
        proposal.skipped = now.why_not(proposal)
        if not proposal.skipped:
            now.give(proposal)
    given = [each for each in proposals if not each.skipped]
    matches = Match.objects.bulk_create(_match_of(each) for each in given)
    for proposal, match in zip(given, matches, strict=True):
        proposal.match = match
    RoundProposal.objects.bulk_update(proposals, ["skipped", "match"])
    _keep_scores(given)
    record_many("match.proposed", matches, by=SYSTEM)
    mails.matches_proposed(given)
    return Batch(len(given), len(proposals) - len(given))


def _match_of(proposal: RoundProposal) -> Match:
    """Nobody asked and nobody has answered: both sides are asked at once."""
    a, b = sides(proposal.left.member, proposal.right.member)
    clusters = {side.member_id: side.cluster for side in (proposal.left, proposal.right)}
    return Match(
        origin=Match.Origin.ROUND,
        member_a=a,
        member_b=b,
        cluster_a=clusters[a.pk],
        cluster_b=clusters[b.pk],
    )


def _keep_scores(given: list[RoundProposal]) -> None:
    """Both sides read the same parts on the page of their match."""
    versions = {each.matching_round.weights_version for each in given}
    weights = {row.version: row for row in MatchWeights.objects.filter(version__in=versions)}
    MatchScore.objects.bulk_create(
        MatchScore(
            match=each.match,
            total=round(each.score * 10),
            first=each.left.member,
            parts=each.parts,
            weights=weights[each.matching_round.weights_version],
        )
        for each in given
    )


class Meanwhile:
    """What happened since the inputs were frozen, to ``members`` and their clusters. Reading it locks the members, as a
    request or a block between two of them does."""

    def __init__(self, members: Collection[int]) -> None:
        self.members = set(members)
        locked = Member.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=members)
        self.active = {row.pk for row in locked.order_by("pk") if row.status == Member.Status.APPROVED}
        wishes = PartnerWish.objects.looking().with_room().filter(member__in=members)
        self.rooms = dict(wishes.values_list("member", "room"))
        self.clusters, self.lead_of = self._read_clusters()
        everybody = {member for members in self.clusters.values() for member in members} | self.members
        self.kept_apart = self._pairs(
            [
                *Block.objects.filter(member__in=everybody).values_list("member", "blocked"),
                *PartnerVeto.objects.filter(member__in=everybody).values_list("member", "other"),
            ]
        )
        self.apart = pairs_apart(everybody)
        self.given: Counter[int] = Counter()

    @cached_property
    def partners(self) -> set[frozenset[int]]:
        """Read only where two are apart, to say why."""
        parties = parties_by_twinning(TwinningParty.objects.in_living()).values()
        return self._pairs(pair for sides in parties for pair in combinations(sorted(sides), 2))

    def _read_clusters(self) -> tuple[dict[int, set[int]], dict[int, int]]:
        rows = ClusterMember.objects.joined().filter(
            cluster__in=Cluster.objects.active(), cluster__lead__in=self.members
        )
        clusters: dict[int, set[int]] = {}
        leads: dict[int, int] = {}
        for cluster, lead, member in rows.values_list("cluster", "cluster__lead", "member"):
            clusters.setdefault(cluster, set()).add(member)
            leads[cluster] = lead
        return clusters, leads

    @staticmethod
    def _pairs(rows: Any) -> set[frozenset[int]]:
        return {frozenset(pair) for pair in rows}

    def why_not(self, proposal: RoundProposal) -> str:
        """One of `RoundProposal.Skipped`; empty when the two can still be introduced to each other."""
        both = (proposal.left, proposal.right)
        if any(side.member_id not in self.active for side in both):
            return Skipped.LEFT
        if any(side.cluster_id and self.lead_of.get(side.cluster_id) != side.member_id for side in both):
            return Skipped.CHANGED
        if any(side.member_id not in self.rooms for side in both):
            return Skipped.NOT_LOOKING
        pairs = {
            frozenset((one, other))
            for one in self._people(proposal.left)
            for other in self._people(proposal.right)
        }
        if pairs & self.kept_apart:
            return Skipped.APART
        if any(other in self.apart.get(one, ()) for one, other in map(tuple, pairs)):
            return Skipped.IN_TWINNING if pairs & self.partners else Skipped.IN_MATCH
        if any(self.rooms[side.member_id] <= self.given[side.member_id] for side in both):
            return Skipped.NO_ROOM
        return ""

    def _people(self, side: Any) -> set[int]:
        return self.clusters.get(side.cluster_id, set()) | {side.member_id}

    def give(self, proposal: RoundProposal) -> None:
        self.given.update((proposal.left.member_id, proposal.right.member_id))
