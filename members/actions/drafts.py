"""What time does to an application: reminders, the announcement that a draft will be removed, its removal."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from alliance.core.erasure import delete_without_trace
from alliance.core.journal import SYSTEM, record
from alliance.core.models import JournalEntry
from alliance.core.states import lock
from members.emails import joining as mails
from members.models import Mandate, Member, Place


@transaction.atomic
def remind_of_draft(member: Member, *, days: int) -> bool:
    """Remind of an unfinished application; False when this reminder was written before or nothing is due."""
    stored = lock(member)
    if stored.status != Member.Status.DRAFT or not stored.email_confirmed_at:
        return False
    return _once(f"application.reminded:{days}", stored, lambda: mails.application_reminder(stored, days))


@transaction.atomic
def remind_of_mandate(mandate: Mandate) -> bool:
    """Remind of a decision whose day has passed; False when that was done for this day before."""
    stored = lock(mandate.member)
    verb = f"mandate.reminded:{mandate.promised_by}"
    return _once(verb, stored, lambda: mails.mandate_reminder(stored))


def _once(event: str, stored: Member, write: Callable[[], None]) -> bool:
    """Do and journal what must happen once in the life of the row, which the caller has locked."""
    verb, _colon, what = event.partition(":")
    if JournalEntry.objects.about(stored).filter(verb=verb, data__what=what).exists():
        return False
    write()
    record(verb, stored, by=SYSTEM, what=what)
    return True


@transaction.atomic
def announce_removal(member: Member, *, before: datetime, on: date) -> bool:
    """Write that a draft untouched since ``before`` will be removed on a day unless somebody goes on with it.

    Journal: `application.removal_announced`. False when it was announced since its last change, or moved on.
    """
    lock(member)
    stored = Member.objects.unfinished(before=before).filter(pk=member.pk, announced_at=None).first()
    if stored is None:
        return False
    # In this order: what is announced is older than the announcement.
    record("application.removal_announced", stored, by=SYSTEM, day=on)
    mails.application_expiring(stored, on)
    return True


@transaction.atomic
def remove_unfinished(member: Member, *, before: datetime, announced_before: datetime) -> bool:
    """Forget a confirmed draft that nobody went on with after its removal was announced. False when somebody did."""
    stored = _locked(member)
    due = Member.objects.unfinished(before=before).filter(pk=member.pk, announced_at__lte=announced_before)
    if stored is None or not due.exists():
        return False
    forget(stored, by=SYSTEM)
    return True


@transaction.atomic
def delete_draft(member: Member, *, by: Any = SYSTEM) -> bool:
    """Forget a draft that nobody confirmed. False when it moved on meanwhile."""
    stored = _locked(member)
    if stored is None or stored.status != Member.Status.DRAFT or stored.email_confirmed_at:
        return False
    forget(stored, by=by)
    return True


def _locked(member: Member) -> Member | None:
    """The stored row; None while somebody works on it, or when it is gone."""
    return Member.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=member.pk).first()


def forget(stored: Member, *, by: Any) -> None:
    """The row of a draft, its files, its field history and its own place go; the journal keeps the reference number.
    `application.deleted`.

    Precondition: the caller has locked the row and decided.
    """
    record("application.deleted", stored, by=by, reference=stored.reference)
    mandate = Mandate.objects.filter(member=stored).first()
    for file in (stored.logo, mandate and mandate.file):
        if file:
            transaction.on_commit(lambda file=file: file.storage.delete(file.name), robust=True)
    place = stored.place
    delete_without_trace(*([mandate] if mandate else []), stored)
    if place and place.register == Place.Register.OWN and not place.members.exists():
        place.delete()
