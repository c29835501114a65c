"""A party gives a twinning its title, in words of the parties and in a language; without one pages name the parties."""

from typing import Any

from django.db import transaction

from alliance.core.journal import record
from members.models import Member
from partnerships.actions.twinning_state import lock_alive, note_life, own_party
from partnerships.models import Twinning


@transaction.atomic
def name_twinning(twinning: Twinning, *, member: Member, title: str, language: str, by: Any) -> None:
    """Any party that stands by it, for all of them; an empty title takes it off. The same words again change nothing.

    Journal: `twinning.named`. Raises `NotAllowed` when the member is no such party, or it has ended.
    """
    stored = lock_alive(twinning, "name")
    own_party(stored, member, "name", has_agreed=True)
    language = language if title else ""
    if (stored.title, stored.language) == (title, language):
        return
    note_life(stored, by=by)
    stored.title, stored.language = title, language
    stored.save(update_fields=["title", "language", "updated_at"])
    record("twinning.named", stored, by=by, member=member.slug)
