"""Verbs of the legal steps of a twinning: what was sent, answered, signed, registered, each with its day; a wrong one
is withdrawn, never changed."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.countries import clock_of
from alliance.core.journal import ActorKind, record
from alliance.core.states import NotAllowed, lock, move
from members.models import Member
from partnerships.actions.twinning_state import lapse_proposal, lock_alive, note_life, own_party
from partnerships.models import Twinning, TwinningParty, TwinningStep
from partnerships.permissions.twinnings import can_withdraw_step
from partnerships.refusals import TwinningRefused
from partnerships.twinning_rules import WITH_END, Told, refusal_of_step

Kind, Status = TwinningStep.Kind, Twinning.Status


@transaction.atomic
def record_step(
    twinning: Twinning,
    *,
    member: Member,
    kind: str,
    happened_on: date,
    number: str = "",
    note: str = "",
    valid_until: date | None = None,
    by: Any,
) -> TwinningStep:
    """A party records a step with its day. Sending it to the ministry brings the agreement into approval, its remarks
    bring it back to the drawing board; a registration has a number. The same step of the same day twice is one.

    Journal: `step.recorded`, `twinning.moved`. Raises `NotAllowed`, `TwinningRefused`.
    """
    stored = lock_alive(twinning, "step")
    party = own_party(stored, member, "step", has_agreed=True)
    whose = party if kind == Kind.COUNCIL_DECIDED else None
    same = TwinningStep.objects.filter(twinning=stored, kind=kind, happened_on=happened_on, party=whose)
    if found := same.filter(number=number, withdrawn_at=None).first():
        return found
    _refuse(stored, kind, happened_on, number, valid_until, today=_latest_day(member))
    note_life(stored, by=by)
    step = TwinningStep.objects.create(
        twinning=stored, party=whose, kind=kind, happened_on=happened_on, number=number, note=note,
        actor=by, actor_kind=ActorKind.USER,
    )  # fmt: skip
    record("step.recorded", stored, by=by, member=member.slug, step=kind, day=happened_on)
    _keep_facts(stored, kind, valid_until=valid_until if kind in WITH_END else None)
    if kind == Kind.SENT_TO_MINISTRY:
        move(stored, Status.IN_APPROVAL, by=by, verb="twinning.moved")
    elif kind == Kind.MINISTRY_REFUSED:
        lapse_proposal(stored, by=by)
        move(stored, Status.DRAFTED, by=by, verb="twinning.moved")
    return step


def _latest_day(member: Member) -> date:
    """Today, also where it begins earlier than at the portal."""
    return max(timezone.localdate(), timezone.localdate(timezone=clock_of(member.country)))


def _refuse(
    twinning: Twinning, kind: str, day: date, number: str, valid_until: date | None, *, today: date
) -> None:
    told = [Told(*row) for row in _that_count(twinning).values_list("kind", "happened_on")]
    code = refusal_of_step(kind, day, stage=twinning.stage, before=told, today=today)
    if code:
        raise TwinningRefused(code)
    if kind == Kind.REGISTERED and not number:
        raise TwinningRefused(TwinningRefused.NUMBER)
    if valid_until and valid_until < day:
        raise TwinningRefused(TwinningRefused.ENDS_BEFORE)


def _that_count(twinning: Twinning) -> Any:
    return TwinningStep.objects.filter(twinning=twinning, withdrawn_at=None)


def _keep_facts(twinning: Twinning, kind: str, *, valid_until: date | None = None) -> None:
    """The day of the signature, the registration and the term as the steps that count say them; the latest of each."""
    last = _that_count(twinning).filter(kind=kind).order_by("happened_on", "pk").last()
    if kind == Kind.SIGNED:
        twinning.signed_on = last.happened_on if last else None
        twinning.valid_until = valid_until
    elif kind == Kind.REGISTERED:
        twinning.registry_number = last.number if last else ""
        twinning.registered_on = last.happened_on if last else None
    elif kind == Kind.AMENDED and valid_until:
        twinning.valid_until = valid_until
    else:
        return
    twinning.save(
        update_fields=["signed_on", "registry_number", "registered_on", "valid_until", "updated_at"]
    )


@transaction.atomic
def withdraw_step(step: TwinningStep, *, member: Member, by: Any) -> None:
    """A party takes a wrong step back; it stays readable as withdrawn. What it brought about goes with it.

    Journal: `step.withdrawn`, `twinning.moved`. Raises `NotAllowed`, `TwinningRefused` for the registration of an
    agreement in force.
    """
    stored = lock_alive(step.twinning, "withdraw_step")
    party: TwinningParty = own_party(stored, member, "withdraw_step", has_agreed=True)
    told = lock(step)
    if not can_withdraw_step(party.member, told):
        raise NotAllowed(stored, stored.status, "withdraw_step")
    told.withdrawn_at = timezone.now()
    told.save(update_fields=["withdrawn_at"])
    kinds = set(_that_count(stored).values_list("kind", flat=True))
    is_in_force = stored.stage == Status.IN_FORCE and stored.needs_registration
    if told.kind == Kind.REGISTERED and is_in_force and Kind.REGISTERED not in kinds:
        raise TwinningRefused(TwinningRefused.IN_FORCE)
    note_life(stored, by=by)
    record("step.withdrawn", stored, by=by, member=member.slug, step=told.kind, day=told.happened_on)
    _keep_facts(stored, told.kind)
    if told.kind == Kind.SENT_TO_MINISTRY and stored.status == Status.IN_APPROVAL:
        if not _is_sent(stored):
            lapse_proposal(stored, by=by)
            move(stored, Status.DRAFTED, by=by, verb="twinning.moved")
    elif told.kind == Kind.MINISTRY_REFUSED and stored.status == Status.DRAFTED and _is_sent(stored):
        lapse_proposal(stored, by=by)
        move(stored, Status.IN_APPROVAL, by=by, verb="twinning.moved")


def _is_sent(twinning: Twinning) -> bool:
    """Whether the ministry has it: the last of sending and remarks is the sending."""
    rows = _that_count(twinning).filter(kind__in=[Kind.SENT_TO_MINISTRY, Kind.MINISTRY_REFUSED])
    last = rows.order_by("happened_on", "pk").last()
    return last is not None and last.kind == Kind.SENT_TO_MINISTRY
