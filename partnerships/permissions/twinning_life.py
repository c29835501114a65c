"""Who may do what in the life of a twinning. Views and templates ask the same functions."""

from typing import Any

from members.models import Member
from members.permissions import can_invite_representative
from partnerships.models import Twinning, TwinningParty
from partnerships.permissions import can_write_for


def standing_party(member: Member | None, twinning: Twinning) -> TwinningParty | None:
    """The party as which ``member`` stands by the twinning now; from rows that are there already."""
    if member is None:
        return None
    parties = (party for party in twinning.parties.all() if party.member_id == member.pk)
    return next((party for party in parties if party.left_at is None and party.agreed_at is not None), None)


def can_keep_twinning(user: Any, member: Member | None, twinning: Twinning) -> bool:
    """Work plan, documents, news, contacts: whoever writes for a party that stands by it, until it ends."""
    is_party = twinning.is_alive and standing_party(member, twinning) is not None
    return is_party and can_write_for(user, member)


def can_hand_over_party(user: Any, party: TwinningParty) -> bool:
    """A signatory of its member: whoever follows as contact comes to act for the member."""
    return can_invite_representative(user, party.member)
