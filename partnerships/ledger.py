"""The ledger, pure: what the events of a line amount to, what may follow, what is late, which promises were kept.

Quantities are Decimal in the unit of their line. Nothing here is ever stored: pages, sums and reports ask again.
Soft promises are shown apart and count in no total, as at OCHA's Financial Tracking Service (fts.unocha.org), where a
pledge is an announcement that binds nobody and a commitment an obligation; there too the reports of giver and
receiver are reconciled. Here neither is ever overwritten.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

NONE = Decimal(0)


class Kind(StrEnum):
    """Kinds of events; the same words as `PledgeEvent.Kind`."""

    PROMISED = "promised"
    COMMITTED = "committed"
    CANCELLED = "cancelled"
    OVER_DELIVERED = "over_delivered"
    DISPATCHED = "dispatched"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    LOST = "lost"
    RETURNED = "returned"


GIVER, RECEIVER, DESK = "giver", "receiver", "desk"
# Who may say what. The desk writes counter-events and what is missing for both to agree; it promises for nobody.
SAID_BY: dict[str, set[str]] = {
    Kind.PROMISED: {GIVER},
    Kind.COMMITTED: {GIVER},
    Kind.CANCELLED: {GIVER, DESK},
    Kind.OVER_DELIVERED: {GIVER, DESK},
    Kind.DISPATCHED: {GIVER, DESK},
    Kind.RECEIVED: {RECEIVER, DESK},
    Kind.ACCEPTED: {RECEIVER, DESK},
    Kind.LOST: {GIVER, RECEIVER, DESK},
    Kind.RETURNED: {RECEIVER, DESK},
}


class EventLike(Protocol):
    """What is asked of an event: rows of `PledgeEvent` have it, and so has `Event`."""

    id: int
    kind: str
    quantity: Decimal
    side: str
    corrects_id: int | None
    happened_on: date


@dataclass(frozen=True)
class Event:
    """An event that is no row (yet). ``corrects_id`` makes it a counter-event of the same kind."""

    id: int
    kind: str
    quantity: Decimal
    side: str
    corrects_id: int | None
    happened_on: date


# --- What it amounts to ------------------------------------------------------------------------------------


class State(StrEnum):
    """Where a line, or a pledge, stands."""

    WITHDRAWN = "withdrawn"
    PROMISED = "promised"
    PARTLY_COMMITTED = "partly_committed"
    COMMITTED = "committed"
    PARTLY_DISPATCHED = "partly_dispatched"
    DISPATCHED = "dispatched"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    PARTLY_ACCEPTED = "partly_accepted"
    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    LOST = "lost"
    RETURNED = "returned"
    DISPUTED = "disputed"


@dataclass(frozen=True)
class Totals:
    """Sums of the events of one line, corrections taken off; every number in the line's unit."""

    promised: Decimal = NONE
    committed: Decimal = NONE
    cancelled: Decimal = NONE
    over_delivered: Decimal = NONE
    dispatched: Decimal = NONE
    received: Decimal = NONE
    accepted: Decimal = NONE
    lost: Decimal = NONE
    returned: Decimal = NONE

    @property
    def firm(self) -> Decimal:
        """What is committed and not cancelled."""
        return self.committed - self.cancelled

    @property
    def sendable(self) -> Decimal:
        """What may be dispatched in all: the firm promise, and what is explicitly given beyond it."""
        return self.firm + self.over_delivered

    @property
    def net(self) -> Decimal:
        """What covers a need: given and not gone. Never less than what was accepted, once both sides agree."""
        return max(NONE, self.sendable - self.lost - self.returned)

    @property
    def outstanding(self) -> Decimal:
        """What the receiver still waits to accept; nothing when all is accepted, lost, returned or cancelled."""
        return max(NONE, self.sendable - self.accepted - self.lost - self.returned)

    @property
    def unsent(self) -> Decimal:
        """What of the firm promise has not left, as the giver says: the giver alone can do something about it."""
        return max(NONE, self.firm - self.dispatched)

    @property
    def to_commit(self) -> Decimal:
        """The soft promise that has not become firm. What was cancelled does not come back as one."""
        return max(NONE, self.promised - self.committed)

    @property
    def to_dispatch(self) -> Decimal:
        return self.sendable - self.dispatched

    @property
    def in_transit(self) -> Decimal:
        """Dispatched, and nobody has said what became of it."""
        return max(NONE, self.dispatched - self.received - self.lost)

    @property
    def to_accept(self) -> Decimal:
        return self.received - self.accepted - self.returned

    @property
    def excess(self) -> Decimal:
        """What the receiver reported beyond what was dispatched: both sides tell the desk different numbers."""
        return max(NONE, self.received + self.lost - self.dispatched)

    @property
    def is_reconciled(self) -> bool:
        return not self.excess

    @property
    def state(self) -> State:
        if self.excess:
            return State.DISPUTED
        if not self.sendable:
            return self._state_without_commitment()
        if self.accepted:
            return State.ACCEPTED if self.accepted >= self.firm else State.PARTLY_ACCEPTED
        if not self.outstanding:
            return State.RETURNED if self.returned else State.LOST
        if self.received:
            return State.RECEIVED if self.received >= self.firm else State.PARTLY_RECEIVED
        if self.dispatched:
            return State.DISPATCHED if self.dispatched >= self.firm else State.PARTLY_DISPATCHED
        return State.PARTLY_COMMITTED if self.to_commit else State.COMMITTED

    def _state_without_commitment(self) -> State:
        if self.committed:
            return State.CANCELLED
        return State.PROMISED if self.promised else State.WITHDRAWN


def totals(events: Iterable[EventLike]) -> Totals:
    """The sums of one line's events, in any order; a correction is taken off the kind that it corrects."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for event in events:
        sums[event.kind] += -event.quantity if event.corrects_id else event.quantity
    return Totals(**{Kind(kind).value: quantity for kind, quantity in sums.items()})


def left(events: Iterable[EventLike]) -> dict[int, Decimal]:
    """What is left of each event after its corrections, by id; corrections themselves are not in it."""
    events = list(events)
    found = {event.id: event.quantity for event in events if not event.corrects_id}
    for event in events:
        if event.corrects_id:
            found[event.corrects_id] -= event.quantity
    return found


# The stages of a delivery in their order: what stands there in part, and in full.
STAGES = [
    (State.PROMISED, State.PROMISED),
    (State.PARTLY_COMMITTED, State.COMMITTED),
    (State.PARTLY_DISPATCHED, State.DISPATCHED),
    (State.PARTLY_RECEIVED, State.RECEIVED),
    (State.PARTLY_ACCEPTED, State.ACCEPTED),
]
STAGE_OF = {state: number for number, stage in enumerate(STAGES) for state in stage}
# Gone after it had reached that stage.
GONE = {State.LOST: STAGE_OF[State.DISPATCHED], State.RETURNED: STAGE_OF[State.RECEIVED]}


def pledge_state(lines: Iterable[State]) -> State:
    """Where a pledge stands: as far as any of its lines has come, in part unless all came so far in full."""
    states = list(lines)
    if State.DISPUTED in states:
        return State.DISPUTED
    live = [state for state in states if state not in (State.WITHDRAWN, State.CANCELLED)]
    if not live:
        return State.CANCELLED if State.CANCELLED in states else State.WITHDRAWN
    if all(state in GONE for state in live):
        return State.RETURNED if State.RETURNED in live else State.LOST
    partly, fully = STAGES[max(STAGE_OF.get(state, GONE.get(state, 0)) for state in live)]
    return fully if all(state == fully for state in live) else partly


# --- What may follow ---------------------------------------------------------------------------------------


class Code(StrEnum):
    """Why an event is refused."""

    NOTHING = "nothing"  # no quantity
    NOT_YOURS = "not_yours"  # the other side's to say
    BEYOND_OPEN = "beyond_open"  # cancelled: more than is firm and still here
    BEYOND_COMMITTED = "beyond_committed"  # dispatched: more than is firm and still here
    BEYOND_DISPATCHED = "beyond_dispatched"  # lost, as the giver says: more than is on its way
    BEYOND_RECEIVED = "beyond_received"  # accepted or returned: more than was received
    CORRECTS_NOTHING = "corrects_nothing"  # no such event of this line and kind
    BEYOND_LEFT = "beyond_left"  # more than is left of the event
    STILL_NEEDED = "still_needed"  # later events stand on it, or the other side confirmed it


@dataclass(frozen=True)
class Refusal:
    """Why not; ``limit`` is the largest quantity that would do, where there is one."""

    code: Code
    limit: Decimal | None = None


def refusal(events: Sequence[EventLike], new: EventLike) -> Refusal | None:
    """Why ``new`` may not follow the ``events`` of its line; None when it may.

    What a receiver reports as received or lost is never refused: beyond what was dispatched it makes the line
    disputed. So `accepted + returned ≤ received`, `dispatched ≤ committed − cancelled + over_delivered` and
    `cancelled ≤ committed` hold always, and `received + lost ≤ dispatched` while the line is not disputed.
    """
    if new.quantity <= 0:
        return Refusal(Code.NOTHING)
    if new.corrects_id:
        return _refused_correction(events, new)
    if new.side not in SAID_BY[new.kind]:
        return Refusal(Code.NOT_YOURS)
    now = totals(events)
    limits = {
        Kind.CANCELLED: (Code.BEYOND_OPEN, min(now.firm, now.to_dispatch)),
        Kind.DISPATCHED: (Code.BEYOND_COMMITTED, now.to_dispatch),
        Kind.ACCEPTED: (Code.BEYOND_RECEIVED, now.to_accept),
        Kind.RETURNED: (Code.BEYOND_RECEIVED, now.to_accept),
    }
    if new.side != RECEIVER:
        limits[Kind.LOST] = (Code.BEYOND_DISPATCHED, now.in_transit)
    return _beyond(new, *limits[new.kind]) if new.kind in limits else None


def _refused_correction(events: Sequence[EventLike], new: EventLike) -> Refusal | None:
    earlier = next((event for event in events if event.id == new.corrects_id), None)
    if earlier is None or earlier.corrects_id or earlier.kind != new.kind:
        return Refusal(Code.CORRECTS_NOTHING)
    if new.side not in (earlier.side, DESK):
        return Refusal(Code.NOT_YOURS)
    rest = left(events)[earlier.id]
    spare = min(rest, _spare(totals(events), new))
    return _beyond(new, Code.BEYOND_LEFT if new.quantity > rest else Code.STILL_NEEDED, spare)


def _spare(now: Totals, new: EventLike) -> Decimal:
    """How much a correction may take off: nothing that later events stand on, nor what both sides agree on."""
    spare = {
        Kind.COMMITTED: min(now.firm, now.to_dispatch),
        Kind.OVER_DELIVERED: now.to_dispatch,
        Kind.RECEIVED: now.to_accept,
    }
    if new.side != DESK:
        spare[Kind.DISPATCHED] = now.in_transit
    return spare.get(new.kind, new.quantity)


def _beyond(new: EventLike, code: Code, limit: Decimal) -> Refusal | None:
    return Refusal(code, max(NONE, limit)) if new.quantity > limit else None


# --- What it waits for -------------------------------------------------------------------------------------


class Step(StrEnum):
    """What somebody has to do next; the most pressing first."""

    RECONCILE = "reconcile"
    ACCEPT = "accept"
    RECEIVE = "receive"
    DISPATCH = "dispatch"
    COMMIT = "commit"

    @property
    def side(self) -> str:
        return {"reconcile": DESK, "accept": RECEIVER, "receive": RECEIVER}.get(self.value, GIVER)


def waits(line: Totals) -> list[Step]:
    """What a line waits for."""
    open_parts = {
        Step.RECONCILE: line.excess,
        Step.ACCEPT: line.to_accept,
        Step.RECEIVE: line.in_transit,
        Step.DISPATCH: line.to_dispatch,
        Step.COMMIT: line.to_commit,
    }
    return [step for step in Step if open_parts[step]]


def is_late(line: Totals, due_on: date | None, today: date) -> bool:
    """The day has passed and something of the firm promise is still awaited. What was lost, returned or cancelled
    is not awaited: it is not late but not kept."""
    return bool(due_on and due_on < today and line.accepted < line.firm and line.outstanding)


# --- Which promises were kept ------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeptRate:
    """``kept`` of ``counted`` commitments were accepted in full, ``late`` of the kept ones after their day."""

    counted: int = 0
    kept: int = 0
    late: int = 0

    @property
    def share(self) -> Decimal | None:
        """Between 0 and 1; None while nothing is counted."""
        return Decimal(self.kept) / self.counted if self.counted else None


class Verdict(StrEnum):
    """What became of one commitment, once it is counted."""

    KEPT = "kept"
    KEPT_LATE = "kept_late"
    NOT_KEPT = "not_kept"
    UNCONFIRMED = "unconfirmed"


def verdict(events: Sequence[EventLike], due_on: date | None, today: date) -> Verdict | None:
    """Whether the commitment of a line was kept; None while nothing can be said.

    Counted: commitments whose day has passed, and those that are accepted in full or cancelled altogether. Kept:
    accepted as much as was committed; what was cancelled, lost or returned counts as promised. Late: the goods
    arrived after the day (when the receiver accepted them is not the giver's doing). Unconfirmed, and neither: it all
    arrived, as the receiver says, who keeps silent about accepting it; that is no broken promise of the giver.
    """
    line = totals(events)
    if not line.committed:
        return None
    if not (due_on and due_on < today) and line.accepted < line.firm:
        return None
    if line.accepted < line.committed:
        return Verdict.UNCONFIRMED if line.received - line.returned >= line.committed else Verdict.NOT_KEPT
    arrived = arrived_on(events, line.committed)
    return Verdict.KEPT_LATE if due_on and arrived and arrived > due_on else Verdict.KEPT


def kept_rate(lines: Iterable[tuple[Sequence[EventLike], date | None]], today: date) -> KeptRate:
    """The rate over lines, each as its events and its day (`verdict`)."""
    found = [verdict(events, due_on, today) for events, due_on in lines]
    late, kept, not_kept = (found.count(one) for one in (Verdict.KEPT_LATE, Verdict.KEPT, Verdict.NOT_KEPT))
    return KeptRate(counted=late + kept + not_kept, kept=late + kept, late=late)


def arrived_on(events: Sequence[EventLike], quantity: Decimal) -> date | None:
    """The day on which ``quantity`` had been received, corrections taken off; None when it has not."""
    remaining = left(events)
    arrived = NONE
    receipts = [event for event in events if event.kind == Kind.RECEIVED and not event.corrects_id]
    for event in sorted(receipts, key=lambda event: event.happened_on):
        arrived += remaining[event.id]
        if arrived >= quantity:
            return event.happened_on
    return None
