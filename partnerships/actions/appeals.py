"""Verbs of an appeal: the desk writes it, opens it, closes it, opens it again; a sweep closes it after its day."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from alliance.core.journal import SYSTEM, record
from alliance.core.states import NotAllowed, lock, move
from partnerships.models import Appeal, AppealLine, Listing
from partnerships.refusals import AppealRefused

Status = Appeal.Status


@transaction.atomic
def create_appeal(appeal: Appeal, *, by: Any) -> None:
    """Store a new appeal as a draft that only the desk sees. Journal: `appeal.created`."""
    appeal.save(force_insert=True)
    record("appeal.created", appeal, by=by)


@transaction.atomic
def update_appeal(appeal: Appeal, *, fields: Sequence[str], by: Any) -> None:
    """Store changed ``fields`` of an appeal; what was promised is counted anew. Journal: `appeal.updated`.

    Raises `AppealRefused` when an appeal that is not a draft would lose what it needs.
    """
    lock(appeal)
    appeal.save(update_fields=[*fields, "updated_at"])
    _refuse_incomplete(lock(appeal))
    record("appeal.updated", appeal, by=by, fields=sorted(fields))


@transaction.atomic
def write_target(
    appeal: Appeal, *, changed: Sequence[AppealLine] = (), removed: Sequence[AppealLine] = (), by: Any
) -> None:
    """Add, change and remove lines of the target. Journal: `appeal.target_changed`.

    Raises `AppealRefused` when an appeal that is not a draft would lose its last line.
    """
    lock(appeal)
    for line in changed:
        line.save()
    for line in removed:
        line.delete()
    _refuse_incomplete(lock(appeal))
    record("appeal.target_changed", appeal, by=by, changed=len(changed), removed=len(removed))


def _refuse_incomplete(appeal: Appeal, also: Sequence[str] = ()) -> None:
    """A published appeal keeps its words in all languages and its target; its day may pass. One that was opened before
    all languages were asked keeps words in one, which the database and the form see to."""
    words = set() if appeal.is_from_before_languages else {"title", "text"}
    needed = {"lines", *words, *also}
    missing = [name for name in appeal.missing if name in needed]
    if missing and (appeal.status != Status.DRAFT or also):
        raise AppealRefused(missing[0])


@transaction.atomic
def open_appeal(appeal: Appeal, *, by: Any) -> None:
    """Show a complete draft to everyone; needs, offers and promises can name it. Journal: `appeal.opened`.

    Raises `AppealRefused` when something is missing, or `NotAllowed`.
    """
    stored = lock(appeal)
    if stored.status != Status.DRAFT:
        raise NotAllowed(appeal, stored.status, Status.OPEN)
    _refuse_incomplete(stored, also=["deadline"])
    move(appeal, Status.OPEN, by=by, verb="appeal.opened", opened_at=timezone.now())


@transaction.atomic
def close_appeal(appeal: Appeal, *, by: Any) -> None:
    """Nothing more attaches to it; its page stays. Journal: `appeal.closed`. Raises `NotAllowed`."""
    move(appeal, Status.CLOSED, by=by, verb="appeal.closed", closed_at=timezone.now())


@transaction.atomic
def reopen_appeal(appeal: Appeal, *, deadline: date, by: Any) -> None:
    """Go on until a new day. Journal: `appeal.reopened`.

    Raises `AppealRefused` when the day has passed or a language is missing, or `NotAllowed`.
    """
    stored = lock(appeal)
    if stored.status != Status.CLOSED:
        raise NotAllowed(appeal, stored.status, Status.OPEN)
    if deadline < timezone.localdate():
        raise AppealRefused(AppealRefused.DEADLINE)
    _refuse_incomplete(stored, also=["title", "text"])
    changes = {"deadline": deadline, "closed_at": None, "is_from_before_languages": False}
    move(appeal, Status.OPEN, by=by, verb="appeal.reopened", **changes)


def close_appeals(*, by: Any = SYSTEM) -> int:
    """The sweep: every open appeal past its last day, each in its own transaction; returns how many."""
    count = 0
    for appeal in Appeal.objects.due_to_close().order_by("id"):
        with suppress(NotAllowed), transaction.atomic():
            if lock(appeal).is_running:
                continue  # its day was moved a moment ago
            close_appeal(appeal, by=by)
            count += 1
    return count


def appeal_named(slug: str, listing: Listing | None = None) -> Appeal | None:
    """The appeal that a listing attaches to: a running one, or the one it is attached to already.

    Raises `AppealRefused` when it has been closed meanwhile.
    """
    if not slug:
        return None
    appeal = Appeal.objects.filter(slug=slug).first()
    if appeal is None or not (appeal.is_running or (listing and listing.appeal_id == appeal.pk)):
        raise AppealRefused(AppealRefused.CLOSED)
    return appeal
