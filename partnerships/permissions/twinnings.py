"""Who may do what in a twinning: its parties, each for itself. Pages show these buttons, views refuse the others."""

from typing import Any

from members.models import Member, Place, Representative
from members.permissions import role_of
from partnerships.models import StageProposal, Twinning, TwinningParty, TwinningStep
from partnerships.permissions import WRITERS, can_commit_for, can_write_for
from partnerships.twinning_rules import BINDING, OPEN_TO_PARTIES, stages_ahead, steps_open

Status = Twinning.Status


def party_of(twinning: Twinning, member: Member | None) -> TwinningParty | None:
    """The present party that ``member`` is, or that it was named as: by itself, or by its place. From rows that are
    there already."""
    if member is None:
        return None
    rows = [party for party in twinning.parties.all() if party.left_at is None]
    own = next((party for party in rows if party.member_id == member.pk), None)
    return own or next((party for party in rows if is_place_of(party, member)), None)


def is_place_of(party: TwinningParty, member: Member) -> bool:
    """Whether a party that the desk or another member named by its place is ``member``."""
    return party.member_id is None and is_same_place(party.place, member.place)


def is_same_place(one: Place | None, other: Place | None) -> bool:
    """Whether two entries of the registers are one place."""
    return (
        one is not None and other is not None and (one.same_as_id or one.pk) == (other.same_as_id or other.pk)
    )


def can_agree_to(user: Any, member: Member, stage: str) -> bool:
    """Letters, drafts, agreements and the end of a twinning bind an authority: only its signatory says yes or no. To a
    solidarity contact an editor does, too."""
    return can_commit_for(user, member) if stage in BINDING else can_write_for(user, member)


def can_join_twinning(user: Any, member: Member, twinning: Twinning) -> bool:
    """Whoever joins says yes to the stage that the others have reached."""
    return can_agree_to(user, member, twinning.stage)


def can_propose_twinning(user: Any, member: Member | None) -> bool:
    """Editors and signatories open one, declare one, and ask others to join."""
    return member is not None and member.kind != Member.Kind.INSTITUTION and can_write_for(user, member)


def twinning_verbs(user: Any, member: Member | None, twinning: Twinning) -> set[str]:
    """What the person may do in it now."""
    party = party_of(twinning, member)
    return verbs_in(twinning, party, role_of(user, member)) if party else set()


def verbs_in(twinning: Twinning, party: TwinningParty, role: str) -> set[str]:
    """What a person of this role may do for a party now."""
    if not twinning.is_alive or role not in WRITERS:
        return set()
    is_signatory = role == Representative.Role.SIGNATORY
    verbs = _about_the_proposal(twinning, party, is_signatory=is_signatory)
    if party.agreed_at is None:
        return verbs - {"object"} | _of_whoever_was_asked(twinning, is_signatory=is_signatory)
    return verbs | _of_a_party(twinning, is_signatory=is_signatory)


def _of_whoever_was_asked(twinning: Twinning, *, is_signatory: bool) -> set[str]:
    if twinning.stage in BINDING and not is_signatory:
        return set()
    return {"join", "decline"}


def _of_a_party(twinning: Twinning, *, is_signatory: bool) -> set[str]:
    verbs = {"name"} | ({"step", "withdraw_step"} if steps_open(twinning.stage) else set())
    if twinning.stage in OPEN_TO_PARTIES:
        verbs |= {"invite", "uninvite"}
    if is_signatory:
        verbs |= {"leave"}
    if twinning.open_proposal is None and stages_for(twinning, is_signatory=is_signatory):
        verbs |= {"propose"}
    return verbs


def _about_the_proposal(twinning: Twinning, party: TwinningParty, *, is_signatory: bool) -> set[str]:
    proposal = twinning.open_proposal
    if proposal is None or (proposal.stage in BINDING and not is_signatory):
        return set()
    if proposal.party_id == party.pk:
        return {"withdraw"}
    return {"object"} if has_agreed(party, proposal) else {"consent", "object"}


def is_asked(party: TwinningParty) -> bool:
    """Whether a stage needs its yes: of each member that can say it here. Places and communities that are no members,
    and members that left the Alliance, are bound outside of the portal."""
    return party.member is not None and party.member.status in Member.HOLDING


def has_agreed(party: TwinningParty, proposal: StageProposal) -> bool:
    """From rows that are there already."""
    return any(
        consent.stage == proposal.stage and consent.version == proposal.number
        for consent in party.consents.all()
    )


def stages_for(twinning: Twinning, *, is_signatory: bool) -> list[str]:
    """What may be proposed next, by a person of this role."""
    return [stage for stage in stages_ahead(twinning.stage) if is_signatory or stage not in BINDING]


def can_withdraw_step(member: Member, step: TwinningStep) -> bool:
    """What one council decided, only its own member takes back; what concerns all, any of them."""
    return step.withdrawn_at is None and (step.party_id is None or step.party.member_id == member.pk)
