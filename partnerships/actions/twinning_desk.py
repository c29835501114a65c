"""What the desk decides about a twinning that nobody opened from a match: to publish it, or that it does not exist."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import NotAllowed, lock
from partnerships.actions.twinning_state import end
from partnerships.emails import twinnings as mails
from partnerships.models import Twinning, TwinningParty


@transaction.atomic
def publish_twinning(twinning: Twinning, *, source_url: str, by: Any) -> None:
    """Make a declared or contested twinning public, with the source by which the desk knows of it.

    Precondition: `is_publishable`. Journal: `twinning.published`.

    :raises NotAllowed: it is public already, has ended, or fewer than two sides stand by it
    """
    stored = lock(twinning)
    if not is_publishable(stored):
        raise NotAllowed(twinning, stored.status, "public")
    stored.public_since, stored.source_url = timezone.now(), source_url
    stored.save(update_fields=["public_since", "source_url", "updated_at"])
    record("twinning.published", stored, by=by)


def is_publishable(twinning: Twinning) -> bool:
    """What parties opened from a match is theirs to publish, by going a step further."""
    if twinning.public_since or not is_settled_by_desk(twinning):
        return False
    return TwinningParty.objects.agreed().filter(twinning=twinning).count() >= 2


def is_settled_by_desk(twinning: Twinning) -> bool:
    return twinning.is_alive and twinning.origin != Twinning.Origin.MATCH


@transaction.atomic
def end_unreal_twinning(twinning: Twinning, *, reason: str, by: Any) -> None:
    """The desk found that it does not exist: it ends and is public no more; its parties still see it.

    Journal: `twinning.found_unreal` with the reason, `twinning.ended`. Mails: `twinning_ended` to its members.

    :raises NotAllowed: it has ended, or was opened from a match
    """
    stored = lock(twinning)
    if not is_settled_by_desk(stored):
        raise NotAllowed(twinning, stored.status, Twinning.Status.ENDED)
    stored.public_since = None
    stored.save(update_fields=["public_since", "updated_at"])
    record("twinning.found_unreal", stored, by=by, reason=reason)
    end(stored, Twinning.EndReason.NOT_REAL, by=by)
    mails.twinning_ended(stored)
