"""What all verbs of a twinning share: its row is locked first, a sign of life is kept, a proposal lapses, it ends."""

from typing import Any

from django.utils import timezone

from alliance.core.states import NotAllowed, lock, move
from members.models import Member
from partnerships.emails import twinning_life as mails
from partnerships.models import StageProposal, Twinning, TwinningParty
from partnerships.permissions.twinnings import is_place_of

Status = Twinning.Status


def lock_alive(twinning: Twinning, verb: str) -> Twinning:
    """The stored row, locked until the end of the transaction. Raises `NotAllowed` when it has ended."""
    stored = lock(twinning)
    if not stored.is_alive:
        raise NotAllowed(twinning, stored.status, verb)
    return stored


def present(twinning: Twinning) -> list[TwinningParty]:
    """Everybody who is in it, or was asked to be, as the rows stand now."""
    return list(TwinningParty.objects.present().filter(twinning=twinning).select_related("member", "place"))


def own_party(
    twinning: Twinning, member: Member, verb: str, *, has_agreed: bool | None = None
) -> TwinningParty:
    """The party that ``member`` is, or was named as. Raises `NotAllowed` when it is none, or ``has_agreed`` differs."""
    rows = present(twinning)
    party = next((row for row in rows if row.member_id == member.pk), None)
    party = party or next((row for row in rows if is_place_of(row, member)), None)
    if party is None or has_agreed not in (None, party.agreed_at is not None):
        raise NotAllowed(twinning, twinning.status, verb)
    return party


def note_life(twinning: Twinning, *, by: Any) -> None:
    """A sign of life: the year of silence counts anew, and what was dormant wakes up to its stage. ``twinning`` is
    locked. Journal: `twinning.woken`. Mails: `twinning_woken` to all parties."""
    if twinning.status == Status.DORMANT:
        stage = twinning.stage_before_dormant
        move(twinning, stage, by=by, verb="twinning.woken", stage_before_dormant="", lively_at=timezone.now())
        mails.twinning_woken(twinning)
        return
    twinning.lively_at = timezone.now()
    twinning.save(update_fields=["lively_at", "updated_at"])


def agree(party: TwinningParty, member: Member, *, by: Any) -> None:
    """“Yes, we are a party of this.” A party that was named by its place gets its member."""
    party.member, party.agreed_at, party.agreed_by = member, timezone.now(), by
    party.save(update_fields=["member", "agreed_at", "agreed_by"])


def publish_if_two_agree(twinning: Twinning) -> None:
    """Public from the moment on at which two members stand by a partnership that is more than a first contact."""
    if twinning.public_since or twinning.stage == Status.FIRST_CONTACT:
        return
    if sum(party.agreed_at is not None for party in present(twinning)) >= 2:
        twinning.public_since = timezone.now()
        twinning.save(update_fields=["public_since", "updated_at"])


def lapse_proposal(twinning: Twinning, *, by: Any) -> None:
    """Whoever agreed did so with the parties that there were. Journal: `proposal.lapsed`."""
    for proposal in StageProposal.objects.open().filter(twinning=twinning):
        move(proposal, StageProposal.Status.LAPSED, by=by, verb="proposal.lapsed")


def end(twinning: Twinning, reason: str, *, by: Any, proposal: StageProposal | None = None) -> None:
    """The one way a twinning ends; an open proposal other than that of the end lapses. Journal: `twinning.ended`."""
    if proposal is None:
        lapse_proposal(twinning, by=by)
    move(
        twinning, Status.ENDED, by=by, verb="twinning.ended", reason=reason, end_reason=reason,
        ended_on=timezone.localdate(), stage_before_dormant="",
    )  # fmt: skip


def after_departure(twinning: Twinning, *, by: Any) -> bool:
    """A side is gone: what was proposed lapses, and with fewer than two sides it ends. Whether it ended."""
    lapse_proposal(twinning, by=by)
    if len(present(twinning)) >= 2:
        return False
    is_nothing = twinning.status == Status.FIRST_CONTACT and twinning.origin == Twinning.Origin.MATCH
    reasons = Twinning.EndReason
    end(twinning, reasons.CLOSED_BEFORE if is_nothing else reasons.PARTIES_LEFT, by=by)
    return True
