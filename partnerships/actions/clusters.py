"""Verbs of clusters: neighbours form one, invite each other, join, leave, hand the lead over, end it."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock, move
from members.models import Member
from partnerships.actions.matches import lock_members, refuse_kept_apart
from partnerships.emails import clusters as mails
from partnerships.models import Cluster, ClusterMember
from partnerships.models.clusters import AUTHORITIES
from partnerships.refusals import ClusterRefused

Status = Cluster.Status
# Members and invitations together: neighbours who decide as one, not an association.
MOST_MEMBERS = 12
# Fewer do not make a side of their own.
FEWEST_MEMBERS = 2


@transaction.atomic
def create_cluster(cluster: Cluster, *, by: Any) -> None:
    """Save a new cluster, in which its lead is the first member. Journal: `cluster.created`. Raises `NotAllowed` when
    the lead is no approved authority, `ClusterRefused` when it is in a cluster already."""
    lead = cluster.lead
    if not lock_members(lead, lead) or lead.kind not in AUTHORITIES:
        raise NotAllowed(lead, lead.status, "cluster")
    _refuse_second(lead)
    cluster.save()
    now = timezone.now()
    ClusterMember.objects.create(cluster=cluster, member=lead, invited_at=now, joined_at=now, joined_by=by)
    record("cluster.created", cluster, by=by, member=lead.slug)


@transaction.atomic
def rename_cluster(cluster: Cluster, *, name: str, language: str, by: Any) -> None:
    """Journal: `cluster.renamed`. Raises `NotAllowed` when it has ended."""
    stored = _live(cluster)
    stored.name, stored.language = name, language
    stored.save(update_fields=["name", "language", "updated_at"])
    record("cluster.renamed", stored, by=by)


@transaction.atomic
def invite_to_cluster(cluster: Cluster, *, member: Member, by: Any) -> bool:
    """Ask a neighbour to come in; twice asks once (False).

    Journal: `cluster.invited`. Mails: `cluster_invited` to the people of the neighbour. Raises `NotAllowed` when the
    cluster has ended or the neighbour is no approved authority of the same country, `ClusterRefused` when it is in
    another one or this one is full, `KeptApart` when it and the lead are kept apart.
    """
    stored = _live(cluster)
    is_near = member.kind in AUTHORITIES and member.country == stored.lead.country
    if not lock_members(stored.lead, member) or not is_near:
        raise NotAllowed(cluster, stored.status, "invitation")
    if stored.memberships.present().filter(member=member).exists():
        return False
    refuse_kept_apart(stored.lead, member)
    _refuse_second(member, ClusterRefused.THEY_ARE_IN_ONE)
    if stored.memberships.present().count() >= MOST_MEMBERS:
        raise ClusterRefused(ClusterRefused.FULL)
    invitation = ClusterMember.objects.create(cluster=stored, member=member)
    record("cluster.invited", stored, by=by, member=member.slug)
    mails.cluster_invited(invitation)
    return True


@transaction.atomic
def withdraw_cluster_invitation(cluster: Cluster, *, member: Member, by: Any) -> None:
    """Journal: `cluster.invitation_withdrawn`. Raises `NotAllowed` when it was answered already."""
    stored = _live(cluster)
    _end_membership(stored, member, "cluster.invitation_withdrawn", by, is_joined=False)


@transaction.atomic
def join_cluster(cluster: Cluster, *, member: Member, by: Any) -> None:
    """An invited neighbour comes in; the second member makes the cluster active.

    Journal: `cluster.joined`, and `cluster.activated`. Mails: `cluster_joined` to the lead. Raises `NotAllowed` without
    an open invitation, `ClusterRefused` when the member is in another cluster.
    """
    stored = _live(cluster)
    invitation = stored.memberships.present().filter(member=member, joined_at=None).first()
    if invitation is None or not lock_members(member, member):
        raise NotAllowed(cluster, stored.status, "joined")
    _refuse_second(member)
    invitation.joined_at, invitation.joined_by = timezone.now(), by
    invitation.save(update_fields=["joined_at", "joined_by"])
    record("cluster.joined", stored, by=by, member=member.slug)
    if stored.status == Status.FORMING:
        move(stored, Status.ACTIVE, by=by, verb="cluster.activated")
    mails.cluster_joined(stored, member)


@transaction.atomic
def decline_cluster(cluster: Cluster, *, member: Member, by: Any) -> None:
    """Journal: `cluster.declined`. Mails: `cluster_declined` to the lead. Raises `NotAllowed`."""
    stored = _live(cluster)
    _end_membership(stored, member, "cluster.declined", by, is_joined=False)
    mails.cluster_declined(stored, member)


@transaction.atomic
def leave_cluster(cluster: Cluster, *, member: Member, by: Any) -> None:
    """A member goes; with one alone left the cluster is being formed again, and takes part in no round.

    Journal: `cluster.left`, and `cluster.too_small`. Mails: `cluster_left` to the lead. Raises `ClusterRefused` for the
    lead, which hands over first or ends it; `NotAllowed`.
    """
    stored = _live(cluster)
    if member.pk == stored.lead_id:
        raise ClusterRefused(ClusterRefused.LEAD)
    _end_membership(stored, member, "cluster.left", by, is_joined=True)
    if stored.status == Status.ACTIVE and stored.memberships.joined().count() < FEWEST_MEMBERS:
        move(stored, Status.FORMING, by=by, verb="cluster.too_small")
    mails.cluster_left(stored, member)


@transaction.atomic
def hand_over_cluster(cluster: Cluster, *, to: Member, by: Any) -> None:
    """Another member leads from here on: it invites, and answers for all in new matches. Those that run stay with the
    member that has them.

    Journal: `cluster.handed_over`. Mails: `cluster_handed_over` to the new lead. Raises `NotAllowed` when ``to`` is
    the lead already or not in it.
    """
    stored = _live(cluster)
    is_in = stored.memberships.joined().filter(member=to).exists()
    if to.pk == stored.lead_id or not is_in or not lock_members(to, to):
        raise NotAllowed(cluster, stored.status, "handed over")
    before = stored.lead
    stored.lead = to
    stored.save(update_fields=["lead", "updated_at"])
    record("cluster.handed_over", stored, by=by, member=to.slug)
    mails.cluster_handed_over(stored, before)


@transaction.atomic
def end_cluster(cluster: Cluster, *, by: Any) -> None:
    """Everybody is free again. Journal: `cluster.ended`. Mails: `cluster_ended` to the others. Raises `NotAllowed`."""
    move(cluster, Status.ENDED, by=by, verb="cluster.ended")
    stored = Cluster.objects.select_related("lead").get(pk=cluster.pk)
    others = stored.memberships.present().exclude(member=stored.lead).select_related("member")
    told = [row.member for row in others]
    stored.memberships.present().update(left_at=timezone.now())
    for member in told:
        mails.cluster_ended(stored, member)


def _live(cluster: Cluster) -> Cluster:
    """The stored row, locked: whatever changes who is in a cluster waits here."""
    stored = lock(cluster)
    if not stored.is_live:
        raise NotAllowed(cluster, stored.status, "change")
    return stored


def _refuse_second(member: Member, why: str = ClusterRefused.IN_ONE) -> None:
    """Asked with the member locked: it says yes to one cluster at a time."""
    if Cluster.objects.joined_by(member).exists():
        raise ClusterRefused(why)


def _end_membership(cluster: Cluster, member: Member, verb: str, by: Any, *, is_joined: bool) -> None:
    rows = cluster.memberships.present().filter(member=member, joined_at__isnull=not is_joined)
    if not rows.update(left_at=timezone.now()):
        raise NotAllowed(cluster, cluster.status, verb)
    record(verb, cluster, by=by, member=member.slug)
