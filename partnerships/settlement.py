"""Reconciliation, pure: which counter-events make a line say what both sides agreed on. Nothing is overwritten."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from partnerships.ledger import EventLike, Kind, Totals, left, totals


@dataclass(frozen=True)
class Agreed:
    """What both sides agree on for one line, each a total in the line's unit."""

    dispatched: Decimal
    received: Decimal
    accepted: Decimal
    lost: Decimal

    def adds_up(self, now: Totals) -> bool:
        """Whether a reconciled ledger can say so; what was returned stays as it is."""
        return (
            min(self.dispatched, self.received, self.accepted, self.lost) >= 0
            and self.received + self.lost <= self.dispatched
            and self.accepted + now.returned <= self.received
        )


@dataclass(frozen=True)
class Settling:
    """One event that the desk writes; with ``corrects`` a counter-event."""

    kind: Kind
    quantity: Decimal
    corrects: int | None = None


# Down from the last stage to the first, then up from the first to the last: no step breaks what the next one mends.
DOWN = [Kind.ACCEPTED, Kind.RECEIVED, Kind.LOST, Kind.DISPATCHED]
UP = [Kind.DISPATCHED, Kind.RECEIVED, Kind.LOST, Kind.ACCEPTED]


def settlement(events: Sequence[EventLike], agreed: Agreed) -> list[Settling]:
    """The events that lead from ``events`` of a line to what is ``agreed``, in the order in which to write them.

    Less than was reported: corrections of the newest events first. More: an event of the desk; what was dispatched
    beyond the commitment becomes an explicit over-delivery. Precondition: `agreed.adds_up()`.
    """
    now = totals(events)
    found: list[Settling] = []
    for kind in DOWN:
        found += _taken_off(events, kind, getattr(now, kind) - getattr(agreed, kind))
    beyond = agreed.dispatched - now.sendable
    if beyond > 0:
        found.append(Settling(Kind.OVER_DELIVERED, beyond))
    for kind in UP:
        missing = getattr(agreed, kind) - getattr(now, kind)
        if missing > 0:
            found.append(Settling(kind, missing))
    return found


def _taken_off(events: Sequence[EventLike], kind: Kind, quantity: Decimal) -> Iterator[Settling]:
    remaining = left(events)
    for event in sorted(events, key=lambda event: event.id, reverse=True):
        if quantity <= 0:
            return
        if event.kind == kind and remaining.get(event.id):
            part = min(quantity, remaining[event.id])
            yield Settling(kind, part, event.id)
            quantity -= part
