"""A party leaves a twinning: it survives while two sides remain."""

from typing import Any

from django.db import transaction

from alliance.core.journal import record
from members.models import Member
from partnerships.actions.twinning_state import after_departure, lock_alive, own_party
from partnerships.actions.twinnings import depart
from partnerships.emails import twinnings as mails
from partnerships.models import Twinning


@transaction.atomic
def leave_twinning(twinning: Twinning, *, member: Member, text: str = "", by: Any) -> bool:
    """A party leaves, and says why if it likes; what was proposed lapses. With fewer than two sides left it ends.
    Whether it ended.

    Journal: `twinning.left`, `twinning.ended`. Mails: `twinning_left` to the parties that stay. Raises `NotAllowed`.
    """
    stored = lock_alive(twinning, "leave")
    party = own_party(stored, member, "leave", has_agreed=True)
    depart(party, text=text, by=by)
    record("twinning.left", stored, by=by, member=member.slug)
    has_ended = after_departure(stored, by=by)
    mails.twinning_left(stored, party, has_ended=has_ended)
    return has_ended
