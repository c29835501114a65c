"""Verbs of a twinning's stages: proposing one, saying yes or no to it, each party for itself. The last yes moves it."""

from typing import Any

from django.db import transaction

from alliance.core.journal import record
from alliance.core.languages import reader_language
from alliance.core.states import NotAllowed, lock, move
from members.models import Member
from partnerships.actions.twinning_state import (
    agree,
    end,
    lock_alive,
    note_life,
    own_party,
    present,
    publish_if_two_agree,
)
from partnerships.emails import twinnings as mails
from partnerships.models import AgreementDraft, StageProposal, Twinning, TwinningConsent, TwinningParty
from partnerships.permissions.twinnings import is_asked
from partnerships.refusals import TwinningRefused
from partnerships.twinning_rules import ENDED, IN_FORCE, stages_ahead

Answer = StageProposal.Status


@transaction.atomic
def propose_stage(twinning: Twinning, *, member: Member, stage: str, by: Any) -> StageProposal:
    """A party proposes the next stage, or the end, and says yes to it itself. Where nobody else has to, it is reached.
    A newer text of the present stage is proposed like a stage.

    Journal: `stage.proposed`, `stage.agreed`. Mails: `twinning_proposed` to the other parties. Raises `NotAllowed` when
    the stage is not ahead or another proposal is open; `TwinningRefused` without the registration that it needs.
    """
    stored = lock_alive(twinning, "propose")
    party = own_party(stored, member, "propose", has_agreed=True)
    proposals = StageProposal.objects.filter(twinning=stored)
    is_new_text = stage == stored.stage and AgreementDraft.objects.new_at_its_stage(stored) is not None
    if not (is_new_text or stage in stages_ahead(stored.stage)) or proposals.open().exists():
        raise NotAllowed(twinning, stored.status, stage)
    refuse_without_number(stored, stage)
    note_life(stored, by=by)
    number = proposals.filter(stage=stage).count() + 1
    proposal = StageProposal.objects.create(
        twinning=stored,
        stage=stage,
        number=number,
        draft=AgreementDraft.objects.for_stage(stored, stage),
        party=party,
        author=by,
    )
    record("stage.proposed", stored, by=by, member=member.slug, stage=stage)
    _say_yes(stored, proposal, party, by=by)
    if not _reach_if_all_agree(stored, proposal, by=by):
        mails.twinning_proposed(stored, proposal)
    return proposal


def refuse_without_number(twinning: Twinning, stage: str) -> None:
    if stage == IN_FORCE and twinning.needs_registration and not twinning.registry_number:
        raise TwinningRefused(TwinningRefused.NO_NUMBER)


@transaction.atomic
def consent_to_stage(proposal: StageProposal, *, member: Member, by: Any) -> bool:
    """A party says yes to what another proposed; with the last yes the stage is reached. A member that was asked to
    join joins with it. Whether this was new: a second click changes nothing.

    Journal: `stage.agreed`, then `twinning.moved` or `twinning.ended`. Mails: `twinning_reached` or `twinning_ended` to
    all. Raises `NotAllowed` when the proposal is no longer open.
    """
    stored = lock_alive(proposal.twinning, "consent")
    asked = _still_open(proposal)
    party = own_party(stored, member, "consent")
    if party.consents.filter(stage=asked.stage, version=asked.number).exists():
        return False
    refuse_without_number(stored, asked.stage)
    note_life(stored, by=by)
    if party.agreed_at is None:
        agree(party, member, by=by)
    _say_yes(stored, asked, party, by=by)
    _reach_if_all_agree(stored, asked, by=by)
    return True


def _still_open(proposal: StageProposal) -> StageProposal:
    stored = lock(proposal)
    if stored.status != Answer.OPEN:
        raise NotAllowed(proposal, stored.status, Answer.REACHED)
    return stored


def _say_yes(twinning: Twinning, proposal: StageProposal, party: TwinningParty, *, by: Any) -> None:
    TwinningConsent.objects.create(party=party, stage=proposal.stage, version=proposal.number, given_by=by)
    record("stage.agreed", twinning, by=by, member=party.member.slug, stage=proposal.stage)


def _reach_if_all_agree(twinning: Twinning, proposal: StageProposal, *, by: Any) -> bool:
    needed = {party.pk for party in present(twinning) if is_asked(party)}
    given = TwinningConsent.objects.filter(
        party__twinning=twinning, stage=proposal.stage, version=proposal.number
    )
    if needed - set(given.values_list("party", flat=True)):
        return False
    move(proposal, Answer.REACHED, by=by, verb="proposal.reached")
    if proposal.stage == ENDED:
        end(twinning, Twinning.EndReason.AGREED, by=by, proposal=proposal)
        mails.twinning_ended(twinning)
        return True
    if proposal.stage != twinning.stage:  # else they agreed to a newer text
        move(twinning, proposal.stage, by=by, verb="twinning.moved")
    publish_if_two_agree(twinning)
    mails.twinning_reached(twinning, proposal)
    return True


@transaction.atomic
def decline_stage(proposal: StageProposal, *, member: Member, text: str = "", by: Any) -> None:
    """A party says no to what another proposed, with its reason; or takes its own proposal back. Nothing is reached.

    Journal: `proposal.declined` or `proposal.withdrawn`. Mails: `twinning_declined` to the other parties. Raises
    `NotAllowed` when the proposal is no longer open, `TwinningRefused` without a reason.
    """
    stored = lock_alive(proposal.twinning, "decline")
    asked = _still_open(proposal)
    party = own_party(stored, member, "decline")
    is_own = asked.party_id == party.pk
    if not text and not is_own:
        raise TwinningRefused(TwinningRefused.NO_REASON)
    to = Answer.WITHDRAWN if is_own else Answer.DECLINED
    changes = {"closed_by": party, "closing_text": text, "language": reader_language() if text else ""}
    move(asked, to, by=by, verb=f"proposal.{to}", **changes)
    note_life(stored, by=by)
    mails.twinning_declined(stored, asked)
