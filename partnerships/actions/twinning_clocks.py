"""The clocks of a twinning's life: the yearly question and its answer, sleep after a year of silence, deliveries of the
pair as signs of life, parties that nobody can be reached at. A sweep asks what is due and not yet done, so a missed day
is made up for once and nobody reads the same twice."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from alliance.core.journal import LINK, SYSTEM, record
from alliance.core.states import NotAllowed, lock, move
from members.models import Member
from partnerships.actions.twinning_signs import sign_of_life, standing
from partnerships.emails import twinning_clocks as mails
from partnerships.models import Twinning, TwinningParty

Status = Twinning.Status


@transaction.atomic
def ask_if_right(twinning: Twinning, *, is_last: bool, by: Any = SYSTEM) -> None:
    """“Is this still right?” ``is_last``: else it will be dormant soon. Journal: `twinning.asked`. Mails:
    `twinning_question` to both contacts of each party. Raises `NotAllowed` when it was asked, ended or came alive
    meanwhile."""
    rows = Twinning.objects.due_for_last_question() if is_last else Twinning.objects.due_for_question()
    stored = _still_due(twinning, rows, "question")
    stored.asked_if_right_at = timezone.now()
    stored.save(update_fields=["asked_if_right_at"])
    record("twinning.asked", stored, by=by)
    mails.twinning_question(stored, is_last=is_last)


@transaction.atomic
def confirm_twinning(twinning: Twinning, *, asked: Any, by: Any = LINK) -> None:
    """It is still right, says one of its people. ``asked``: when, as their mail says; an old one does nothing twice.

    Journal: `twinning.confirmed`. Raises `NotAllowed` when it was asked anew, has ended, or lives since.
    """
    stored = lock(twinning)
    is_asked = stored.asked_if_right_at is not None and stored.asked_if_right_at == asked
    if not is_asked or not stored.is_alive or stored.lively_at >= asked:
        raise NotAllowed(twinning, stored.status, "confirmed")
    record("twinning.confirmed", stored, by=by)
    sign_of_life(twinning, by=by)


@transaction.atomic
def say_alive(twinning: Twinning, *, member: Member, by: Any) -> None:
    """The same on its page, in the name of a party. Journal: `twinning.confirmed`. Raises `NotAllowed` when the member
    is no party of it or it has ended."""
    standing(twinning, member)
    record("twinning.confirmed", twinning, by=by)
    sign_of_life(twinning, by=by)


@transaction.atomic
def put_to_sleep(twinning: Twinning, *, by: Any = SYSTEM) -> None:
    """A year of silence: it counts as dormant, until any sign of life. Journal: `twinning.fell_asleep`. Mails:
    `twinning_dormant` to the contacts of each party. Raises `NotAllowed` when it came alive or ended meanwhile."""
    stored = _still_due(twinning, Twinning.objects.due_to_sleep(), "sleep")
    was = stored.status
    move(twinning, Status.DORMANT, by=by, verb="twinning.fell_asleep", stage_before_dormant=was)
    mails.twinning_dormant(stored, twinning.status_changed_at)


@transaction.atomic
def note_delivery(twinning: Twinning, *, by: Any = SYSTEM) -> None:
    """The pair's ledger has moved since its last sign of life. Journal: `twinning.woken` where it was dormant. Raises
    `NotAllowed` when it has ended meanwhile."""
    stored = _still_due(twinning, Twinning.objects.with_news_in_ledger(), "life")
    latest = Twinning.objects.with_news_in_ledger().get(pk=stored.pk).ledger_moved_at
    if stored.status == Status.DORMANT:
        sign_of_life(twinning, by=by)
    Twinning.objects.filter(pk=stored.pk).update(lively_at=latest)


@transaction.atomic
def flag_unreachable(party: TwinningParty, *, by: Any = SYSTEM) -> None:
    """Nobody who was named for this party can be reached: the desk's list and the other parties' page say so, and its
    member is asked to name somebody. Journal: `party.unreachable`. Mails: `twinning_contact_missing`. Raises
    `NotAllowed` when somebody was named meanwhile."""
    stored = lock(party)
    if not TwinningParty.objects.without_contact().filter(pk=stored.pk, unreachable_since=None).exists():
        raise NotAllowed(party, "reachable", "flagged")
    stored.unreachable_since = timezone.now()
    stored.save(update_fields=["unreachable_since"])
    record("party.unreachable", stored, by=by)
    mails.twinning_contact_missing(stored)


def look_after_twinnings() -> dict[str, int]:
    """The sweep: signs of life first, then questions, sleep, parties that cannot be reached; each row in its own
    transaction. Returns how many."""
    flagged = TwinningParty.objects.filter(unreachable_since__isnull=False)
    gone = TwinningParty.objects.without_contact().values("pk")
    rows = Twinning.objects
    return {
        "lively by their deliveries": _each(rows.with_news_in_ledger(), note_delivery),
        "fell asleep": _each(rows.due_to_sleep(), put_to_sleep),
        "asked before they sleep": _each(rows.due_for_last_question(), partial(ask_if_right, is_last=True)),
        "asked": _each(rows.due_for_question(), partial(ask_if_right, is_last=False)),
        "reachable again": flagged.exclude(pk__in=gone).update(unreachable_since=None),
        "unreachable": _each(
            TwinningParty.objects.without_contact().filter(unreachable_since=None), flag_unreachable
        ),
    }


def _still_due(twinning: Twinning, due: QuerySet, what: str) -> Twinning:
    stored = lock(twinning)
    if not due.filter(pk=stored.pk).exists():
        raise NotAllowed(twinning, stored.status, what)
    return stored


def _each(rows: QuerySet, act: Callable[[Any], None]) -> int:
    count = 0
    for row in list(rows.order_by("id")):
        with suppress(NotAllowed):
            act(row)
            count += 1
    return count
