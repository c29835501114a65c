"""Verbs about who is in a twinning: opening one from a match, asking others in, joining, declining, taking an
invitation back."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.languages import reader_language
from alliance.core.states import NotAllowed, lock
from members.models import Member
from partnerships.actions.matches import lock_members, refuse_kept_apart
from partnerships.actions.twinning_state import (
    after_departure,
    agree,
    lapse_proposal,
    lock_alive,
    note_life,
    own_party,
    present,
    publish_if_two_agree,
)
from partnerships.emails import twinnings as mails
from partnerships.models import Block, Cluster, Match, Twinning, TwinningParty
from partnerships.permissions.twinnings import is_place_of
from partnerships.refusals import TwinningRefused
from partnerships.twinning_rules import MOST_PARTIES, OPEN_TO_PARTIES

Origin = Twinning.Origin


@transaction.atomic
def open_twinning(match: Match, *, member: Member, by: Any) -> tuple[Twinning, bool]:
    """A side of an accepted match opens a partnership of the two, of clusters: of all their members. It is in it; each
    other one is asked. Where the match has one already, or the same parties have, that one is returned (False).

    Journal: `twinning.opened`. Mails: `twinning_invited` to the others. Raises `NotAllowed`, `TwinningRefused`.
    """
    other = match.other_side(member)
    are_approved = lock_members(member, other)
    stored = lock(match)
    if found := Twinning.objects.filter(match=stored).first():
        return found, False
    if stored.status != Match.Status.ACCEPTED or not stored.is_side(member) or not are_approved:
        raise NotAllowed(match, stored.status, "twinning")
    parties = parties_of(stored, member)
    members = [one for one, _cluster in parties]
    if any(one.kind == Member.Kind.INSTITUTION for one in members):
        raise TwinningRefused(TwinningRefused.INSTITUTION)
    if len(set(members)) != len(members):  # somebody sits on both sides
        raise TwinningRefused(TwinningRefused.THERE_ALREADY)
    if found := of_exactly(members):
        return found, False
    if len(members) > MOST_PARTIES:
        raise TwinningRefused(TwinningRefused.TOO_MANY)
    twinning = Twinning.objects.create(
        origin=Origin.MATCH, match=stored, needs_registration=any(one.country == "UA" for one in members)
    )
    for position, (one, cluster) in enumerate(parties):
        party = add_party(twinning, one, position=position, cluster=cluster)
        if one == member:
            agree(party, member, by=by)
    record("twinning.opened", twinning, by=by, member=member.slug, match=stored.slug)
    mails.twinning_invited(twinning, member)
    return twinning, True


def parties_of(match: Match, member: Member) -> list[tuple[Member, Cluster | None]]:
    """Whom a partnership that ``member`` opens from ``match`` has, its own side first, each with the cluster it comes
    with. Of a cluster nobody is asked whom a block keeps apart from somebody of the other side."""
    leads = [member, match.other_side(member)]
    ours, theirs = ([*members_of(lead, match.cluster_of(lead))] for lead in leads)
    blocks = Block.objects.filter(
        Q(member__in=ours, blocked__in=theirs) | Q(member__in=theirs, blocked__in=ours)
    ).values_list("member_id", "blocked_id")
    apart = {pk for pair in blocks for pk in pair} - {lead.pk for lead in leads}
    return [
        (one, match.cluster_of(lead))
        for lead, side in zip(leads, (ours, theirs), strict=True)
        for one in side
        if one.pk not in apart
    ]


def members_of(side: Member, cluster: Cluster | None) -> list[Member]:
    """A side alone, or with all of its cluster who take part; the one that leads comes first."""
    if cluster is None:
        return [side]
    rows = cluster.memberships.filter(joined_at__isnull=False, left_at=None, member__status=side.status)
    return [side, *(row.member for row in rows.exclude(member=side).select_related("member"))]


def of_exactly(members: list[Member]) -> Twinning | None:
    """The living twinning of these members and nobody else."""
    rows = Twinning.objects.alive()
    for member in members:
        rows = rows.of(member)
    wanted = {member.pk for member in members}
    return next((row for row in rows if {party.member_id for party in present(row)} == wanted), None)


def add_party(twinning: Twinning, member: Member, **more: Any) -> TwinningParty:
    """A member that has not said yes yet. Of two members of one place (a city and its region) one has the place."""
    taken = TwinningParty.objects.present().filter(twinning=twinning, place=member.place_id).exists()
    place = None if taken else member.place
    return TwinningParty.objects.create(
        twinning=twinning, member=member, place=place, country=member.country, **more
    )


@transaction.atomic
def invite_party(twinning: Twinning, *, member: Member, other: Member, by: Any) -> TwinningParty:
    """A party asks one more member to come in. What was proposed lapses, since now there are others to ask.

    Journal: `twinning.invited`. Mails: `twinning_invited`. Raises `NotAllowed`, `TwinningRefused`, `KeptApart`.
    """
    are_approved = lock_members(member, other)
    stored = lock_alive(twinning, "invite")
    host = own_party(stored, member, "invite", has_agreed=True)
    if stored.stage not in OPEN_TO_PARTIES or not are_approved:
        raise NotAllowed(twinning, stored.status, "invite")
    refuse_party(stored, other)
    refuse_kept_apart(member, other)
    note_life(stored, by=by)
    lapse_proposal(stored, by=by)
    taken = {party.position for party in present(stored)}
    seat = next(number for number in range(MOST_PARTIES) if number not in taken)
    party = add_party(stored, other, position=seat, invited_by=host)
    if other.country == "UA" and not stored.needs_registration:
        stored.needs_registration = True
        stored.save(update_fields=["needs_registration"])
    record("twinning.invited", stored, by=by, member=member.slug, other=other.slug)
    mails.twinning_invited(stored, member, [party])
    return party


def refuse_party(twinning: Twinning, other: Member) -> None:
    """Raises `TwinningRefused` when ``other`` cannot be one more party."""
    if other.kind == Member.Kind.INSTITUTION:
        raise TwinningRefused(TwinningRefused.INSTITUTION)
    rows = present(twinning)
    if any(row.member_id == other.pk or is_place_of(row, other) for row in rows):
        raise TwinningRefused(TwinningRefused.THERE_ALREADY)
    if len(rows) >= MOST_PARTIES:
        raise TwinningRefused(TwinningRefused.TOO_MANY)


@transaction.atomic
def join_twinning(twinning: Twinning, *, member: Member, by: Any) -> None:
    """A member that was asked, or named as a party, says for itself that it is one.

    Journal: `twinning.joined`. Mails: `twinning_confirmed` to the other parties. Raises `NotAllowed`.
    """
    stored = lock_alive(twinning, "join")
    party = own_party(stored, member, "join", has_agreed=False)
    if member.kind == Member.Kind.INSTITUTION:
        raise NotAllowed(twinning, stored.status, "join")
    note_life(stored, by=by)
    agree(party, member, by=by)
    publish_if_two_agree(stored)
    record("twinning.joined", stored, by=by, member=member.slug)
    mails.twinning_confirmed(stored, party)


@transaction.atomic
def decline_twinning(twinning: Twinning, *, member: Member, text: str = "", by: Any) -> None:
    """A member that was asked says no; one that others named as a party of an existing partnership says that it is
    none, which the desk reads, too.

    Journal: `twinning.refused`, or `twinning.contested`. Mails: `twinning_left` to the other parties;
    `twinning_contested` to the desk. Raises `NotAllowed`, `TwinningRefused` without a reason.
    """
    stored = lock_alive(twinning, "decline")
    party = own_party(stored, member, "decline", has_agreed=False)
    is_contested = stored.origin != Origin.MATCH and party.invited_by_id is None
    if is_contested and not text:
        raise TwinningRefused(TwinningRefused.NO_REASON)
    others = [row for row in present(stored) if row.pk != party.pk]
    party.member = member
    depart(party, text=text, by=by)
    record(f"twinning.{'contested' if is_contested else 'refused'}", stored, by=by, member=member.slug)
    has_ended = after_departure(stored, by=by)
    if is_contested and sum(row.agreed_at is not None or row.member_id is None for row in others) < 2:
        stored.public_since = None
        stored.save(update_fields=["public_since", "updated_at"])
    mails.twinning_left(stored, party, has_ended=has_ended)
    if is_contested:
        mails.twinning_contested(stored, party)


def depart(party: TwinningParty, *, text: str, by: Any) -> None:
    party.left_at, party.left_by, party.left_text = timezone.now(), by, text
    party.left_language = reader_language() if text else ""
    party.save(update_fields=["member", "left_at", "left_by", "left_text", "left_language"])


@transaction.atomic
def uninvite_party(twinning: Twinning, *, member: Member, party: TwinningParty, by: Any) -> None:
    """A party takes the invitation of one back that has not answered; at least two sides stay.

    Journal: `twinning.uninvited`. Mails: `twinning_uninvited` to it. Raises `NotAllowed`, `TwinningRefused`.
    """
    stored = lock_alive(twinning, "uninvite")
    own_party(stored, member, "uninvite", has_agreed=True)
    rows = present(stored)
    asked = next((row for row in rows if row.pk == party.pk), None)
    if asked is None or asked.agreed_at is not None or asked.member_id is None:
        raise NotAllowed(twinning, stored.status, "uninvite")
    if len(rows) <= 2:
        raise TwinningRefused(TwinningRefused.TWO_STAY)
    depart(asked, text="", by=by)
    lapse_proposal(stored, by=by)
    record("twinning.uninvited", stored, by=by, member=member.slug, other=asked.member.slug)
    mails.twinning_uninvited(stored, asked, member)
