"""Signs of life: every verb of a twinning's life ends here, and a dormant twinning wakes up."""

from typing import Any

from django.db import transaction

from alliance.core.states import NotAllowed, lock
from members.models import Member
from partnerships.actions.twinning_state import lock_alive, note_life
from partnerships.models import Twinning, TwinningParty


@transaction.atomic
def sign_of_life(twinning: Twinning, *, by: Any) -> None:
    """Something happened in it now; ``twinning`` shows it, too. Journal and mails: those of `note_life`. Raises
    `NotAllowed` when it has ended."""
    stored = lock_alive(twinning, "life")
    note_life(stored, by=by)
    for name in ("lively_at", "status", "status_changed_at", "stage_before_dormant"):
        setattr(twinning, name, getattr(stored, name))


def standing(twinning: Twinning, member: Member) -> TwinningParty:
    """The party as which ``member`` stands by the twinning, which is locked from here on. Raises `NotAllowed` when it
    does not, has left, or the twinning has ended."""
    stored = lock(twinning)
    party = stored.parties.agreed().filter(member=member).first()
    if party is None or not stored.is_alive:
        raise NotAllowed(twinning, stored.status, "life")
    return party
