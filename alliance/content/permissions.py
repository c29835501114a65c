"""Who may do what where apps meet."""

from alliance.core.refusals import Refused
from alliance.users.models import User
from alliance.users.refusals import CannotErase
from members.permissions import why_person_must_stay


def why_not_erase(user: User) -> list[Refused]:
    """Why a person's data cannot be erased yet, each in a sentence; empty when they can."""
    desk = [CannotErase(CannotErase.DESK)] if user.is_staff else []
    return [*desk, *why_person_must_stay(user)]
