"""Ten thousand random histories: whatever people report, in whatever order, the invariants of the ledger hold.

The sums are recounted by code of this file. That the histories get anywhere is asserted too: a test whose random
ledgers never reach an accepted delivery would hold for any code.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from partnerships import ledger
from partnerships.ledger import Event, State

SEQUENCES = 10_000
# Of all histories at least so many per cent must have held …
SHARES = {
    "accepted": 30,  # an acceptance
    "all accepted": 2,  # a line accepted in full
    "lost": 25,
    "returned": 10,
    "cancelled": 20,
    "over_delivered": 25,
    "corrected": 35,
    "refused": 60,
    "disputed": 30,
    "dispute ended": 15,
}
DAY = date(2026, 3, 1)
# What a busy ledger is made of; a correction picks an earlier event.
DEEDS = [
    *[("giver", "promised")] * 3,
    *[("giver", "committed")] * 5,
    *[("giver", "dispatched")] * 6,
    *[("receiver", "received")] * 6,
    *[("receiver", "accepted")] * 6,
    *[("receiver", "lost")] * 2,
    *[("receiver", "returned")] * 2,
    *[("giver", "lost"), ("giver", "cancelled"), ("giver", "over_delivered")] * 2,
    *[("desk", "dispatched"), ("desk", "over_delivered"), ("desk", "received"), ("desk", "cancelled")],
    *[("giver", "received"), ("receiver", "committed"), ("desk", "promised")],
    *[("giver", "correct"), ("receiver", "correct"), ("desk", "correct")] * 3,
]
AMOUNTS = [*map(Decimal, [1, 2, 3, 4, 5, 6, 8, 10, 12, 0, -1, "0.001", "2.5", "1000000"]), *["all"] * 14]
LONGEST = 30
# Three bytes a deed: who does what, how much, and which earlier event a correction means.
histories = st.binary(min_size=3 * 14, max_size=3 * LONGEST)


def recounted(events: list[Event]) -> dict[str, Decimal]:
    """Sums by kind: each event, less what its own corrections take off it."""
    rest = {event.id: event.quantity for event in events}
    for event in events:
        if event.corrects_id is not None:
            rest[event.corrects_id] -= rest.pop(event.id)
    assert min(rest.values(), default=0) >= 0
    sums: dict[str, Decimal] = {}
    for event in events:
        sums[event.kind] = sums.get(event.kind, Decimal(0)) + rest.get(event.id, Decimal(0))
    return sums


def candidates(history: bytes, events: list[Event]) -> Iterator[Event]:
    """What people try to write, one after the other, on top of what became of ``events`` meanwhile."""
    for who, how_much, which in zip(history[::3], history[1::3], history[2::3], strict=False):
        side, kind = DEEDS[who % len(DEEDS)]
        corrects = None
        if kind == "correct":
            corrects = 1 + which % (len(events) + 1)  # sometimes one that is not there
            earlier = events[corrects - 1] if corrects <= len(events) else None
            kind = earlier.kind if earlier else "received"
        quantity = AMOUNTS[how_much % len(AMOUNTS)]
        new = Event(len(events) + 1, kind, Decimal(1), side, corrects, DAY + timedelta(days=len(events)))
        if quantity == "all" and not (quantity := most(events, new)):
            continue  # nobody reports nothing
        yield replace(new, quantity=quantity)


def most(events: list[Event], new: Event) -> Decimal:
    """All that is there to be sent, received, accepted …: what people mostly report."""
    line = ledger.totals(events)
    if new.corrects_id is None and new.kind in ("committed", "received", "lost"):
        return (line.to_commit or Decimal(7)) if new.kind == "committed" else line.in_transit
    refused = ledger.refusal(events, replace(new, quantity=Decimal(10**9)))
    return (refused and refused.limit) or Decimal(0)


def check(events: list[Event]) -> ledger.Totals:
    line = ledger.totals(events)
    sums = recounted(events)
    zero = Decimal(0)
    for kind in ledger.Kind:
        assert getattr(line, kind) == sums.get(kind, zero) >= 0
    promised, committed, cancelled, over, dispatched, received, accepted, lost, returned = (
        sums.get(kind, zero) for kind in ledger.Kind
    )
    # Always, whatever a receiver says.
    assert cancelled <= committed
    assert dispatched <= committed - cancelled + over
    assert accepted + returned <= received
    assert line.net >= 0
    assert line.outstanding >= 0
    assert line.to_commit == max(zero, promised - committed)
    # Each stage is the sum of what went on, what went wrong and what stays.
    assert committed + over == cancelled + dispatched + line.to_dispatch
    assert received == accepted + returned + line.to_accept
    disputed = received + lost > dispatched
    assert (line.state == State.DISPUTED) == disputed == (not line.is_reconciled)
    if not disputed:
        assert accepted <= received <= dispatched <= committed + over
        assert received + lost <= dispatched
        assert dispatched == received + lost + line.in_transit
        assert accepted <= line.net == committed - cancelled + over - lost - returned
        assert line.net == accepted + line.outstanding
    # What covers a need: covered and open make up what is asked, and nothing above it is silent.
    for asked in (Decimal(1), Decimal(10), Decimal("1000000.5")):
        covered, over_cover = min(asked, line.net), max(zero, line.net - asked)
        assert covered + (asked - covered) == asked
        assert covered + over_cover == line.net
    return line


def note(seen: set[str], events: list[Event], line: ledger.Totals, was_disputed: bool) -> bool:
    seen.update(event.kind for event in events)
    if any(event.corrects_id for event in events):
        seen.add("corrected")
    if line.state == State.ACCEPTED:
        seen.add("all accepted")
    if line.state == State.DISPUTED:
        seen.add("disputed")
    elif was_disputed:
        seen.add("dispute ended")
    return line.state == State.DISPUTED


def test_every_invariant_holds_in_ten_thousand_random_histories():
    reached: Counter[str] = Counter()

    @settings(max_examples=SEQUENCES, deadline=None, database=None)
    @given(histories)
    def hold(history):
        events: list[Event] = []
        seen: set[str] = set()
        is_disputed = False
        line = check(events)
        for new in candidates(history, events):
            if refused := ledger.refusal(events, new):
                seen.add("refused")
                if refused.limit:  # it is exact: so much would do
                    assert refused.limit < new.quantity
                    assert ledger.refusal(events, replace(new, quantity=refused.limit)) is None
                continue
            events.append(new)
            line = check(events)
            is_disputed = note(seen, events, line, is_disputed)
        assert ledger.totals(events[::-1]) == line  # the sums know no order
        reached.update(["all", *seen])

    hold()
    assert reached["all"] >= SEQUENCES
    shares = {name: round(100 * reached[name] / reached["all"], 1) for name in SHARES}
    assert {name: share for name, share in shares.items() if share < SHARES[name]} == {}, shares


@settings(max_examples=300, deadline=None, database=None)
@given(st.lists(histories, min_size=1, max_size=6))
def test_the_sum_over_lines_is_the_sum_of_their_events(pledge):
    """However events are grouped into lines, their totals add up to one figure per kind."""
    lines, everything = [], []
    for history in pledge:
        events: list[Event] = []
        for new in candidates(history, events):
            if ledger.refusal(events, new) is None:
                events.append(new)
        lines.append(ledger.totals(events))
        start = len(everything)
        everything += [
            replace(e, id=e.id + start, corrects_id=e.corrects_id and e.corrects_id + start) for e in events
        ]
    whole = recounted(everything)
    for kind in ledger.Kind:
        assert sum(getattr(line, kind) for line in lines) == whole.get(kind, Decimal(0))
    state = ledger.pledge_state(line.state for line in lines)
    assert (state == State.DISPUTED) == any(line.excess for line in lines)
