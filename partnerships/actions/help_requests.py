"""Verbs of help: a side asks the desk for an interpreter or a mediator; a coordinator looks after a match."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import as_actor, record
from alliance.core.states import NotAllowed, lock
from alliance.users.models import User
from members.models import Member
from partnerships.emails import desk as mails
from partnerships.models import HelpRequest, Match
from partnerships.refusals import CareTaken


@transaction.atomic
def request_help(
    match: Match, *, member: Member, kind: str, text: str = "", by: Any
) -> tuple[HelpRequest, bool]:
    """One side of an open match asks the desk for help of a ``kind``; an open call for the same is returned instead
    (then the second value is False).

    Journal: `help.requested`. Mails: `help_requested` to the inbox. Raises `NotAllowed` when the match is over.
    """
    stored = lock(match)
    if stored.status not in Match.OPEN or not stored.is_side(member):
        raise NotAllowed(match, stored.status, "help")
    if there := stored.help_requests.open().filter(kind=kind).first():
        return there, False
    call = HelpRequest.objects.create(match=stored, member=member, kind=kind, text=text)
    record("help.requested", call, by=by, match=stored.slug, kind=kind)
    mails.help_requested(call)
    return call, True


@transaction.atomic
def finish_help(call: HelpRequest, *, answer: str, by: Any) -> None:
    """The desk has done what a side asked for, and tells it. Journal: `help.finished`. Mails: `help_finished`.
    Raises `NotAllowed` when it was done already."""
    stored = lock(call)
    if stored.done_at:
        raise NotAllowed(call, "done", "done")
    stored.done_at, stored.answer = timezone.now(), answer
    stored.save(update_fields=["done_at", "answer"])
    record("help.finished", stored, by=by)
    mails.help_finished(stored)


@transaction.atomic
def take_over_match(match: Match, *, by: Any) -> None:
    """A coordinator looks after an open match that nobody has. Journal: `match.taken_over`. Raises `NotAllowed` when
    it is over, `CareTaken` when somebody has it."""
    stored = _open(match)
    if stored.coordinator:
        raise CareTaken(stored.coordinator)
    stored.coordinator = as_actor(by).user
    stored.save(update_fields=["coordinator"])
    record("match.taken_over", stored, by=by)


@transaction.atomic
def assign_match(match: Match, *, coordinator: User, by: Any) -> None:
    """Give an open match to a coordinator, whoever has it. Journal: `match.assigned`. Mails: `match_assigned` to them,
    unless it is oneself. Raises `NotAllowed` when the match is over."""
    stored = _open(match)
    if stored.coordinator_id == coordinator.pk:
        return
    stored.coordinator = coordinator
    stored.save(update_fields=["coordinator"])
    record("match.assigned", stored, by=by, coordinator=coordinator.get_short_name())
    giver = as_actor(by).user
    if giver != coordinator:
        moment = timezone.now().isoformat()
        mails.match_assigned(stored, coordinator, by=giver, key=f"match_assigned:{stored.pk}:{moment}")


def _open(match: Match) -> Match:
    stored = lock(match)
    if stored.status not in Match.OPEN:
        raise NotAllowed(match, stored.status, "coordinator")
    return stored
