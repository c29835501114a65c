"""Verbs of a delivery: dispatched, received, accepted, lost, returned; corrections, and the desk's reconciliation."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from alliance.core.journal import record
from alliance.core.states import lock
from members.org_ids import edrpou_in
from partnerships import ledger
from partnerships.actions.pledge_events import (
    AT_ONCE,
    Entry,
    Kind,
    LockedLines,
    Side,
    Submission,
    Written,
    keep_evidence,
    write_events,
)
from partnerships.models import Evidence, Pledge, PledgeEvent, PledgeLine, Transport
from partnerships.pledge_drafts import Confirmation, EvidenceFile, Quantity, TransportContent
from partnerships.refusals import PledgeRefused
from partnerships.settlement import Agreed, settlement

# A slip of the pen in a commitment is corrected within so many days; later it is cancelled, and counts.
COMMITMENT_CORRECTED_DAYS = 3
TRANSPORT_FIELDS = [
    *(
        "carrier",
        "vehicles",
        "departs_on",
        "arrives_on",
        "route",
        "packages",
        "weight_kg",
        "receiver_edrpou",
        "state_code",
    )
]


@transaction.atomic
def dispatch_pledge(
    pledge: Pledge,
    *,
    quantities: Sequence[Quantity],
    transport: TransportContent,
    by: Any,
    submission: Submission = AT_ONCE,
) -> Written:
    """One transport leaves with so much of each line: its packing list. A pledge may have several. On the way into
    Ukraine its papers begin with the receiver's number in the state register, where that is known.

    Journal: `pledge.dispatched`. Raises `LedgerRefused` when more would leave than is committed and still here, or
    `PledgeRefused`.
    """
    locked = LockedLines(pledge)
    if known := locked.of_submission(submission.key):
        return Written(known, False, [])
    number = (pledge.transports.aggregate(last=Max("number"))["last"] or 0) + 1
    said = {name: getattr(transport, name) for name in TRANSPORT_FIELDS}
    if pledge.crosses_into_ukraine:
        said["receiver_edrpou"] = said["receiver_edrpou"] or edrpou_in(pledge.receiver.org_id)
    row = Transport.objects.create(pledge=pledge, number=number, **said)
    entries = [Entry(q.line, Kind.DISPATCHED, q.quantity, q.reason) for q in quantities]
    return write_events(
        pledge, entries, by=by, side=Side.GIVER, submission=submission, locked=locked, transport=row
    )


@transaction.atomic
def confirm_delivery(
    pledge: Pledge, *, lines: Sequence[Confirmation], by: Any, submission: Submission = AT_ONCE
) -> Written:
    """The receiver tells in one go what arrived, what was lost, what is accepted and what goes back.

    Received and lost are stored whatever was dispatched; beyond it the line is disputed and waits for the desk.
    Journal: a row per kind, and `pledge.disputed`. Raises `LedgerRefused` when more would be accepted or returned than
    was received, or `PledgeRefused`, also when somebody told something since the form was shown (`Submission.seen`):
    two who count the same boxes at once must not count them twice.
    """
    locked = LockedLines(pledge)
    if known := locked.of_submission(submission.key):
        return Written(known, False, [])
    if submission.seen is not None and locked.told_since(submission.seen):
        raise PledgeRefused(PledgeRefused.CHANGED)
    entries = [
        Entry(line.line, kind, quantity, line.reason)
        for line in lines
        for kind, quantity in (
            (Kind.RECEIVED, line.received),
            (Kind.LOST, line.lost),
            (Kind.ACCEPTED, line.accepted),
            (Kind.RETURNED, line.returned),
        )
        if quantity
    ]
    return write_events(pledge, entries, by=by, side=Side.RECEIVER, submission=submission, locked=locked)


def receive_pledge(
    pledge: Pledge, *, quantities: Sequence[Quantity], by: Any, submission: Submission = AT_ONCE
) -> Written:
    """So much arrived. Journal: `pledge.received`. Never refused for its quantity (`confirm_delivery`)."""
    return _say(Kind.RECEIVED, pledge, quantities, by, Side.RECEIVER, submission)


def accept_pledge(
    pledge: Pledge, *, quantities: Sequence[Quantity], by: Any, submission: Submission = AT_ONCE
) -> Written:
    """So much of what arrived is what was promised. Journal: `pledge.accepted`. Raises `LedgerRefused`."""
    return _say(Kind.ACCEPTED, pledge, quantities, by, Side.RECEIVER, submission)


def return_pledge(
    pledge: Pledge, *, quantities: Sequence[Quantity], by: Any, submission: Submission = AT_ONCE
) -> Written:
    """So much of what arrived goes back, with the reason. Journal: `pledge.returned`. Raises `LedgerRefused`."""
    return _say(Kind.RETURNED, pledge, quantities, by, Side.RECEIVER, submission)


def lose_pledge(
    pledge: Pledge,
    *,
    quantities: Sequence[Quantity],
    by: Any,
    side: str,
    submission: Submission = AT_ONCE,
) -> Written:
    """So much was lost or damaged, with the reason, as ``side`` says.

    Journal: `pledge.lost`. Raises `LedgerRefused` when the giver loses more than is on its way.
    """
    return _say(Kind.LOST, pledge, quantities, by, side, submission)


@transaction.atomic
def _say(
    kind: str, pledge: Pledge, quantities: Sequence[Quantity], by: Any, side: str, submission: Submission
) -> Written:
    entries = [Entry(q.line, kind, q.quantity, q.reason) for q in quantities]
    return write_events(pledge, entries, by=by, side=side, submission=submission)


@transaction.atomic
def add_evidence(
    pledge: Pledge,
    *,
    files: Sequence[EvidenceFile],
    by: Any,
    side: str,
    events: Sequence[PledgeEvent] = (),
) -> list[Evidence]:
    """Files behind what was said before: a signed protocol, photos. The same file within an hour is a double click
    and kept once. Journal: `pledge.evidence_added`."""
    stored = lock(pledge)
    fresh = stored.evidence.filter(side=side, created_at__gte=timezone.now() - timedelta(hours=1))
    known = set(fresh.values_list("original_filename", "size", "caption"))
    files = [f for f in files if (f.upload.original_filename, f.upload.size, f.caption) not in known]
    if not files:
        return []
    rows = keep_evidence(stored, files, side=side, events=events)
    record("pledge.evidence_added", pledge, by=by, files=[row.slug for row in rows])
    return rows


@transaction.atomic
def correct_event(
    event: PledgeEvent,
    *,
    quantity: Decimal,
    reason: str,
    by: Any,
    side: str,
    submission: Submission = AT_ONCE,
) -> Written:
    """Take ``quantity`` off an earlier event that the same side wrote: a counter-event, the earlier one stays.

    Journal: `pledge.corrected`. Raises `LedgerRefused`; `PledgeRefused` without a reason, or when a commitment is
    older than `COMMITMENT_CORRECTED_DAYS`.
    """
    is_old = event.recorded_at < timezone.now() - timedelta(days=COMMITMENT_CORRECTED_DAYS)
    if event.kind == Kind.COMMITTED and is_old and side != Side.DESK:
        raise PledgeRefused(PledgeRefused.TOO_LATE)
    entry = Entry(event.line.slug, event.kind, quantity, reason, corrects=event.pk)
    return write_events(event.line.pledge, [entry], by=by, side=side, submission=submission)


@transaction.atomic
def reconcile_pledge(
    pledge: Pledge,
    *,
    agreed: Mapping[str, Agreed],
    reason: str,
    by: Any,
    submission: Submission = AT_ONCE,
) -> Written:
    """The desk records what both sides agreed on, per line: counter-events and what was missing, nothing overwritten.

    Journal: `pledge.reconciled` beside a row per kind. Raises `PledgeRefused` when the numbers do not add up, when
    nothing changes, or without a reason.
    """
    locked = LockedLines(pledge)
    if known := locked.of_submission(submission.key):
        return Written(known, False, [])
    entries = []
    for slug, numbers in agreed.items():
        if not numbers.adds_up(locked.totals(slug)):
            raise PledgeRefused(PledgeRefused.NOT_AGREED)
        events = locked.events[locked.by_slug[slug].pk]
        entries += [
            Entry(slug, step.kind, step.quantity, reason, corrects=step.corrects)
            for step in settlement(events, numbers)
        ]
    written = write_events(pledge, entries, by=by, side=Side.DESK, submission=submission, locked=locked)
    assert all(locked.totals(slug).is_reconciled for slug in agreed)
    record("pledge.reconciled", pledge, by=by, reason=reason)
    return written


def reconcile_line(line: PledgeLine, *, by: Any, reason: str, **numbers: Decimal) -> Written:
    """`reconcile_pledge` for one line: dispatched, received, accepted and lost, as both sides agreed."""
    return reconcile_pledge(line.pledge, agreed={line.slug: Agreed(**numbers)}, reason=reason, by=by)


def is_correctable(event: PledgeEvent, left: Mapping[int, Decimal]) -> bool:
    """Whether a side can still take something off its own event; how much, the ledger says."""
    if event.corrects_id or not left.get(event.pk):
        return False
    fresh = event.recorded_at >= timezone.now() - timedelta(days=COMMITMENT_CORRECTED_DAYS)
    return event.kind != ledger.Kind.COMMITTED or fresh
