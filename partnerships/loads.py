"""What is on which transport, pure: the packing list of each, and what of it is still on the road."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from partnerships.ledger import Kind, left, totals


def loads(events: Sequence[Any]) -> dict[int | None, Decimal]:
    """Transport (its id; None where none was named) to how much of a line left with it, corrections taken off; in the
    order in which they left. ``events`` are rows of `PledgeEvent`, oldest first."""
    remaining = left(events)
    found: dict[int | None, Decimal] = {}
    for event in events:
        if event.kind == Kind.DISPATCHED and not event.corrects_id and remaining[event.id]:
            found[event.transport_id] = found.get(event.transport_id, Decimal(0)) + remaining[event.id]
    return found


def on_the_road(events: Sequence[Any]) -> dict[int | None, Decimal]:
    """The part of each load of which nobody has said what became of it. The ledger does not say which transport a
    receipt was for: those that left first are taken to have arrived first."""
    rest, found = totals(events).in_transit, {}
    for transport, load in reversed(loads(events).items()):
        part = min(load, rest)
        rest -= part
        if part:
            found[transport] = part
    return dict(reversed(found.items()))
