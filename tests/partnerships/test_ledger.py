"""The ledger as tables of cases, written before the code: what a history amounts to, and what may follow it.

A history is written as its events in order, `committed 10 · dispatched 4`; `fix#2 3` takes 3 off the second event.
Who says it follows from what it is (a receiver receives), unless it is written: `giver:lost 1`, `desk:fix#2 3`.
"""

from datetime import date
from decimal import Decimal

import pytest

from partnerships import ledger
from partnerships.ledger import Code, Event, State, Step

RECEIVERS = {"received", "accepted", "lost", "returned"}


def event(text: str, number: int, before: list[Event]) -> Event:
    """One event; a correction has the kind and the side of what it corrects."""
    side, _colon, rest = text.strip().rpartition(":")
    what, quantity, *day = rest.split()
    corrects = None
    if what.startswith("fix#"):
        corrects = int(what.removeprefix("fix#"))
        known = next((e for e in before if e.id == corrects), None)
        kind, usual = (known.kind, known.side) if known else ("received", "receiver")
    else:
        kind, usual = what, "receiver" if what in RECEIVERS else "giver"
    happened_on = date.fromisoformat(day[0]) if day else date(2026, 3, 1)
    return Event(number, kind, Decimal(quantity), side or usual, corrects, happened_on)


def history(text: str) -> list[Event]:
    events: list[Event] = []
    for number, part in enumerate(filter(None, map(str.strip, text.split("·"))), 1):
        events.append(event(part, number, events))
    return events


def totals(text: str) -> ledger.Totals:
    return ledger.totals(history(text))


# history | what differs from nothing | state
TOTALS = [
    ("", {}, "withdrawn"),
    ("promised 10", {"promised": 10, "to_commit": 10}, "promised"),
    ("promised 10 · fix#1 10", {}, "withdrawn"),
    ("promised 10 · fix#1 4", {"promised": 6, "to_commit": 6}, "promised"),
    (
        "promised 10 · committed 4",
        {
            "promised": 10,
            "to_commit": 6,
            "committed": 4,
            "firm": 4,
            "net": 4,
            "to_dispatch": 4,
            "outstanding": 4,
        },
        "partly_committed",
    ),
    (
        "promised 10 · committed 10",
        {"promised": 10, "committed": 10, "firm": 10, "net": 10, "to_dispatch": 10, "outstanding": 10},
        "committed",
    ),
    # More than was promised may be committed: the soft promise binds nobody.
    (
        "promised 2 · committed 5",
        {"promised": 2, "committed": 5, "firm": 5, "net": 5, "to_dispatch": 5, "outstanding": 5},
        "committed",
    ),
    # What is cancelled does not come back as a soft promise.
    (
        "promised 10 · committed 10 · cancelled 10",
        {"promised": 10, "committed": 10, "cancelled": 10},
        "cancelled",
    ),
    (
        "promised 10 · committed 10 · cancelled 3",
        {
            "promised": 10,
            "committed": 10,
            "cancelled": 3,
            "firm": 7,
            "net": 7,
            "to_dispatch": 7,
            "outstanding": 7,
        },
        "committed",
    ),
    (
        "committed 10 · dispatched 4",
        {
            "committed": 10,
            "firm": 10,
            "net": 10,
            "dispatched": 4,
            "to_dispatch": 6,
            "in_transit": 4,
            "outstanding": 10,
        },
        "partly_dispatched",
    ),
    (
        "committed 10 · dispatched 4 · dispatched 6",
        {"committed": 10, "firm": 10, "net": 10, "dispatched": 10, "in_transit": 10, "outstanding": 10},
        "dispatched",
    ),
    (
        "committed 10 · dispatched 10 · received 3",
        {
            "committed": 10,
            "firm": 10,
            "net": 10,
            "dispatched": 10,
            "in_transit": 7,
            "received": 3,
            "to_accept": 3,
            "outstanding": 10,
        },
        "partly_received",
    ),
    (
        "committed 10 · dispatched 10 · received 10",
        {
            "committed": 10,
            "firm": 10,
            "net": 10,
            "dispatched": 10,
            "received": 10,
            "to_accept": 10,
            "outstanding": 10,
        },
        "received",
    ),
    (
        "committed 10 · dispatched 10 · received 10 · accepted 6",
        {
            "committed": 10,
            "firm": 10,
            "net": 10,
            "dispatched": 10,
            "received": 10,
            "accepted": 6,
            "to_accept": 4,
            "outstanding": 4,
        },
        "partly_accepted",
    ),
    (
        "committed 10 · dispatched 10 · received 10 · accepted 10",
        {"committed": 10, "firm": 10, "net": 10, "dispatched": 10, "received": 10, "accepted": 10},
        "accepted",
    ),
    # Journey 7: one lost, the rest accepted. Nothing is expected any more, and yet not all was accepted.
    (
        "committed 10 · dispatched 10 · received 9 · lost 1 · accepted 9",
        {"committed": 10, "firm": 10, "net": 9, "dispatched": 10, "received": 9, "lost": 1, "accepted": 9},
        "partly_accepted",
    ),
    # … and replaced: an explicit over-delivery.
    (
        "committed 10 · dispatched 10 · received 9 · lost 1 · accepted 9 · over_delivered 1 · dispatched 1"
        " · received 1 · accepted 1",
        {
            "committed": 10,
            "firm": 10,
            "over_delivered": 1,
            "net": 10,
            "dispatched": 11,
            "received": 10,
            "lost": 1,
            "accepted": 10,
        },
        "accepted",
    ),
    (
        "committed 10 · cancelled 4 · dispatched 6 · received 6 · accepted 6",
        {
            "committed": 10,
            "cancelled": 4,
            "firm": 6,
            "net": 6,
            "dispatched": 6,
            "received": 6,
            "accepted": 6,
        },
        "accepted",
    ),
    (
        "committed 10 · dispatched 10 · lost 10",
        {"committed": 10, "firm": 10, "dispatched": 10, "lost": 10},
        "lost",
    ),
    (
        "committed 10 · dispatched 4 · lost 4",
        {
            "committed": 10,
            "firm": 10,
            "dispatched": 4,
            "lost": 4,
            "net": 6,
            "to_dispatch": 6,
            "outstanding": 6,
        },
        "partly_dispatched",
    ),
    (
        "committed 10 · dispatched 10 · received 10 · returned 10",
        {"committed": 10, "firm": 10, "dispatched": 10, "received": 10, "returned": 10},
        "returned",
    ),
    (
        "committed 10 · dispatched 10 · received 6 · lost 4 · returned 6",
        {"committed": 10, "firm": 10, "dispatched": 10, "received": 6, "lost": 4, "returned": 6},
        "returned",
    ),
    (
        "committed 10 · dispatched 10 · received 8 · accepted 6 · returned 2",
        {
            "committed": 10,
            "firm": 10,
            "dispatched": 10,
            "received": 8,
            "accepted": 6,
            "returned": 2,
            "net": 8,
            "in_transit": 2,
            "outstanding": 2,
        },
        "partly_accepted",
    ),
    (
        "committed 10 · over_delivered 2 · dispatched 12 · received 12 · accepted 12",
        {
            "committed": 10,
            "firm": 10,
            "over_delivered": 2,
            "net": 12,
            "dispatched": 12,
            "received": 12,
            "accepted": 12,
        },
        "accepted",
    ),
    (
        "committed 10 · over_delivered 2 · dispatched 10 · received 10 · accepted 10",
        {
            "committed": 10,
            "firm": 10,
            "over_delivered": 2,
            "net": 12,
            "dispatched": 10,
            "received": 10,
            "accepted": 10,
            "to_dispatch": 2,
            "outstanding": 2,
        },
        "accepted",
    ),
    # The receiver says more arrived than left: kept as said, and disputed.
    (
        "committed 10 · dispatched 8 · received 10",
        {
            "committed": 10,
            "firm": 10,
            "net": 10,
            "dispatched": 8,
            "to_dispatch": 2,
            "received": 10,
            "to_accept": 10,
            "outstanding": 10,
            "excess": 2,
        },
        "disputed",
    ),
    (
        "committed 10 · dispatched 8 · received 7 · lost 2",
        {
            "committed": 10,
            "firm": 10,
            "net": 8,
            "dispatched": 8,
            "to_dispatch": 2,
            "received": 7,
            "lost": 2,
            "to_accept": 7,
            "outstanding": 8,
            "excess": 1,
        },
        "disputed",
    ),
    ("received 5", {"received": 5, "to_accept": 5, "excess": 5}, "disputed"),
    ("promised 5 · lost 5", {"promised": 5, "to_commit": 5, "lost": 5, "excess": 5}, "disputed"),
    # The giver's second dispatch, written late, ends the dispute by itself.
    (
        "committed 10 · dispatched 8 · received 10 · dispatched 2",
        {
            "committed": 10,
            "firm": 10,
            "net": 10,
            "dispatched": 10,
            "received": 10,
            "to_accept": 10,
            "outstanding": 10,
        },
        "received",
    ),
    # The desk corrects what the receiver said.
    (
        "committed 10 · dispatched 8 · received 10 · desk:fix#3 2",
        {
            "committed": 10,
            "firm": 10,
            "net": 10,
            "dispatched": 8,
            "to_dispatch": 2,
            "received": 8,
            "to_accept": 8,
            "outstanding": 10,
        },
        "partly_received",
    ),
    (
        "committed 100 · fix#1 90",
        {"committed": 10, "firm": 10, "net": 10, "to_dispatch": 10, "outstanding": 10},
        "committed",
    ),
    ("committed 10 · fix#1 10", {}, "withdrawn"),
    (
        "committed 10 · cancelled 10 · fix#2 10",
        {"committed": 10, "firm": 10, "net": 10, "to_dispatch": 10, "outstanding": 10},
        "committed",
    ),
    (
        "committed 2.5 · dispatched 0.001",
        {
            "committed": "2.5",
            "firm": "2.5",
            "net": "2.5",
            "dispatched": "0.001",
            "to_dispatch": "2.499",
            "in_transit": "0.001",
            "outstanding": "2.5",
        },
        "partly_dispatched",
    ),
]
NUMBERS = [
    *("promised", "committed", "cancelled", "over_delivered", "dispatched"),
    *("received", "accepted", "lost", "returned"),
    *("firm", "net", "outstanding", "to_commit", "to_dispatch", "in_transit", "to_accept", "excess"),
]


@pytest.mark.parametrize(("text", "expected", "state"), TOTALS)
def test_what_a_history_amounts_to(text, expected, state):
    found = totals(text)
    assert {name: getattr(found, name) for name in NUMBERS if getattr(found, name)} == {
        name: Decimal(value) for name, value in expected.items()
    }
    assert found.state == state
    assert found.is_reconciled == (state != "disputed")


# history | what shall follow | why not, and how much would do; empty: nothing speaks against it
REFUSALS = [
    ("", "promised 3", "", None),
    ("", "promised 0", Code.NOTHING, None),
    ("", "received -1", Code.NOTHING, None),
    ("promised 3", "committed 2", "", None),
    ("promised 3", "committed 30", "", None),
    ("", "committed 3", "", None),
    # Cancelled: what is firm and has not left.
    ("committed 10", "cancelled 10", "", None),
    ("committed 10", "cancelled 11", Code.BEYOND_OPEN, 10),
    ("committed 10 · dispatched 4", "cancelled 6", "", None),
    ("committed 10 · dispatched 4", "cancelled 7", Code.BEYOND_OPEN, 6),
    ("committed 10 · dispatched 4 · lost 4", "cancelled 7", Code.BEYOND_OPEN, 6),
    ("promised 10", "cancelled 1", Code.BEYOND_OPEN, 0),
    ("committed 2 · over_delivered 5", "cancelled 3", Code.BEYOND_OPEN, 2),
    ("committed 10 · over_delivered 2 · dispatched 11", "cancelled 2", Code.BEYOND_OPEN, 1),
    # Dispatched: what is committed and has not left.
    ("committed 10", "dispatched 10", "", None),
    ("committed 10", "dispatched 10.001", Code.BEYOND_COMMITTED, 10),
    ("committed 10 · dispatched 4", "dispatched 7", Code.BEYOND_COMMITTED, 6),
    ("committed 10 · cancelled 3", "dispatched 8", Code.BEYOND_COMMITTED, 7),
    ("committed 10 · over_delivered 2", "dispatched 12", "", None),
    ("promised 10", "dispatched 1", Code.BEYOND_COMMITTED, 0),
    ("committed 10 · dispatched 10 · lost 10", "dispatched 1", Code.BEYOND_COMMITTED, 0),
    ("", "over_delivered 2", "", None),
    # What a receiver reports is always kept.
    ("", "received 5", "", None),
    ("committed 10 · dispatched 8", "received 10", "", None),
    ("committed 10 · dispatched 8 · received 8", "received 8", "", None),
    ("committed 10 · dispatched 8 · received 8", "lost 5", "", None),
    # The giver loses only what is on its way.
    ("committed 10 · dispatched 8 · received 5", "giver:lost 3", "", None),
    ("committed 10 · dispatched 8 · received 5", "giver:lost 4", Code.BEYOND_DISPATCHED, 3),
    ("committed 10 · dispatched 8 · received 9", "giver:lost 1", Code.BEYOND_DISPATCHED, 0),
    ("committed 10 · dispatched 8 · received 5", "desk:lost 4", Code.BEYOND_DISPATCHED, 3),
    # Accepted and returned: what was received.
    ("committed 10 · dispatched 10 · received 4", "accepted 4", "", None),
    ("committed 10 · dispatched 10 · received 4", "accepted 5", Code.BEYOND_RECEIVED, 4),
    ("committed 10 · dispatched 10 · received 4 · accepted 3", "returned 1", "", None),
    ("committed 10 · dispatched 10 · received 4 · accepted 3", "returned 2", Code.BEYOND_RECEIVED, 1),
    ("committed 10 · dispatched 10 · received 4 · returned 3", "accepted 2", Code.BEYOND_RECEIVED, 1),
    ("committed 10 · dispatched 8 · received 10", "accepted 10", "", None),
    # Corrections: of an event of this line, no more than is left of it, and nothing that others stand on.
    ("promised 3", "fix#1 3", "", None),
    ("promised 3", "fix#1 4", Code.BEYOND_LEFT, 3),
    ("promised 3 · fix#1 2", "fix#1 2", Code.BEYOND_LEFT, 1),
    ("promised 3 · fix#1 1", "fix#2 1", Code.CORRECTS_NOTHING, None),
    ("promised 3", "fix#7 1", Code.CORRECTS_NOTHING, None),
    ("promised 3", "fix#1 0", Code.NOTHING, None),
    ("committed 10 · dispatched 4", "fix#1 6", "", None),
    ("committed 10 · dispatched 4", "fix#1 7", Code.STILL_NEEDED, 6),
    ("committed 10 · cancelled 4", "fix#1 7", Code.STILL_NEEDED, 6),
    ("committed 2 · over_delivered 5 · cancelled 2", "fix#1 1", Code.STILL_NEEDED, 0),
    ("committed 5 · committed 5 · dispatched 9", "fix#2 5", Code.STILL_NEEDED, 1),
    ("committed 10 · over_delivered 2 · dispatched 11", "fix#2 2", Code.STILL_NEEDED, 1),
    ("committed 10 · cancelled 4", "fix#2 4", "", None),
    # What both sides agree on is not taken back by one of them: the desk reconciles.
    ("committed 10 · dispatched 10 · received 8", "fix#2 2", "", None),
    ("committed 10 · dispatched 10 · received 8", "fix#2 3", Code.STILL_NEEDED, 2),
    ("committed 10 · dispatched 10 · received 7 · lost 2", "fix#2 2", Code.STILL_NEEDED, 1),
    ("committed 10 · dispatched 8 · received 10", "fix#2 1", Code.STILL_NEEDED, 0),
    ("committed 10 · dispatched 10 · received 8", "desk:fix#2 3", "", None),
    ("committed 10 · dispatched 10 · received 8 · accepted 5", "fix#3 3", "", None),
    ("committed 10 · dispatched 10 · received 8 · accepted 5", "fix#3 4", Code.STILL_NEEDED, 3),
    ("committed 10 · dispatched 10 · received 8 · accepted 5", "desk:fix#3 4", Code.STILL_NEEDED, 3),
    ("committed 10 · dispatched 10 · received 8 · returned 5", "fix#3 4", Code.STILL_NEEDED, 3),
    ("committed 10 · dispatched 10 · received 8 · accepted 5", "fix#4 5", "", None),
    ("committed 10 · dispatched 10 · lost 2", "fix#3 2", "", None),
    ("committed 10 · dispatched 10 · received 3 · returned 2", "fix#4 2", "", None),
    # Each side corrects what it said itself; the desk corrects both.
    ("committed 10 · dispatched 10 · received 8", "giver:fix#3 1", Code.NOT_YOURS, None),
    ("committed 10 · dispatched 10 · received 8", "receiver:fix#2 1", Code.NOT_YOURS, None),
    ("committed 10 · dispatched 10 · received 8", "desk:fix#3 1", "", None),
    ("committed 10 · dispatched 10 · giver:lost 1", "receiver:fix#3 1", Code.NOT_YOURS, None),
    # A side says what is its own to say.
    ("", "receiver:promised 1", Code.NOT_YOURS, None),
    ("", "receiver:committed 1", Code.NOT_YOURS, None),
    ("committed 1", "receiver:cancelled 1", Code.NOT_YOURS, None),
    ("committed 1", "receiver:over_delivered 1", Code.NOT_YOURS, None),
    ("committed 1", "receiver:dispatched 1", Code.NOT_YOURS, None),
    ("committed 1 · dispatched 1", "giver:received 1", Code.NOT_YOURS, None),
    ("committed 1 · dispatched 1 · received 1", "giver:accepted 1", Code.NOT_YOURS, None),
    ("committed 1 · dispatched 1 · received 1", "giver:returned 1", Code.NOT_YOURS, None),
    ("committed 1", "desk:dispatched 1", "", None),
    ("", "desk:committed 1", Code.NOT_YOURS, None),
    ("", "desk:promised 1", Code.NOT_YOURS, None),
]


@pytest.mark.parametrize(("before", "then", "code", "limit"), REFUSALS)
def test_what_may_follow(before, then, code, limit):
    events = history(before)
    found = ledger.refusal(events, event(then, len(events) + 1, events))
    if not code:
        assert found is None
    else:
        assert (found.code, found.limit) == (code, None if limit is None else Decimal(limit))


def test_a_correction_of_another_kind_corrects_nothing():
    events = history("committed 10 · dispatched 4")
    wrong = Event(3, "committed", Decimal(1), "giver", 2, TODAY)
    assert ledger.refusal(events, wrong).code == Code.CORRECTS_NOTHING


# states of the lines | state of the pledge
PLEDGES = [
    ([], "withdrawn"),
    (["promised"], "promised"),
    (["withdrawn", "promised"], "promised"),
    (["withdrawn", "withdrawn"], "withdrawn"),
    (["cancelled", "withdrawn"], "cancelled"),
    (["cancelled", "promised"], "promised"),
    (["committed", "promised"], "partly_committed"),
    (["partly_committed", "committed"], "partly_committed"),
    (["committed", "cancelled"], "committed"),
    (["dispatched", "committed"], "partly_dispatched"),
    (["partly_dispatched", "committed"], "partly_dispatched"),
    (["dispatched", "dispatched"], "dispatched"),
    (["received", "dispatched"], "partly_received"),
    (["received", "promised"], "partly_received"),
    (["received", "received"], "received"),
    (["accepted", "received"], "partly_accepted"),
    (["accepted", "committed"], "partly_accepted"),
    (["accepted", "lost"], "partly_accepted"),
    (["accepted", "returned"], "partly_accepted"),
    (["accepted", "cancelled"], "accepted"),
    (["accepted", "accepted"], "accepted"),
    (["lost", "lost"], "lost"),
    (["lost", "cancelled"], "lost"),
    (["lost", "returned"], "returned"),
    (["lost", "committed"], "partly_dispatched"),
    (["returned", "committed"], "partly_received"),
    (["accepted", "disputed"], "disputed"),
    (["cancelled", "disputed", "lost"], "disputed"),
]


@pytest.mark.parametrize(("lines", "state"), PLEDGES)
def test_a_pledge_stands_where_its_lines_stand(lines, state):
    assert ledger.pledge_state([State(line) for line in lines]) == state
    assert ledger.pledge_state([State(line) for line in reversed(lines)]) == state


# history | what it waits for, the most pressing first
WAITS = [
    ("", []),
    ("promised 3", [Step.COMMIT]),
    ("promised 3 · committed 3", [Step.DISPATCH]),
    ("promised 3 · committed 2", [Step.DISPATCH, Step.COMMIT]),
    ("committed 3 · dispatched 3", [Step.RECEIVE]),
    ("committed 3 · dispatched 2", [Step.RECEIVE, Step.DISPATCH]),
    ("committed 3 · dispatched 3 · received 2", [Step.ACCEPT, Step.RECEIVE]),
    ("committed 3 · dispatched 3 · received 3", [Step.ACCEPT]),
    ("committed 3 · dispatched 3 · received 3 · accepted 3", []),
    ("committed 3 · dispatched 3 · received 2 · accepted 2 · lost 1", []),
    ("committed 3 · dispatched 2 · received 3", [Step.RECONCILE, Step.ACCEPT, Step.DISPATCH]),
    ("committed 3 · cancelled 3", []),
    ("promised 3 · fix#1 3", []),
]


@pytest.mark.parametrize(("text", "steps"), WAITS)
def test_what_waits_for_whom(text, steps):
    assert ledger.waits(totals(text)) == steps


def test_every_step_is_somebodys():
    assert {step: step.side for step in Step} == {
        Step.RECONCILE: "desk",
        Step.ACCEPT: "receiver",
        Step.RECEIVE: "receiver",
        Step.DISPATCH: "giver",
        Step.COMMIT: "giver",
    }


TODAY = date(2026, 3, 10)

# history | due | late on 10 March
LATE = [
    ("committed 3", "2026-03-09", True),
    ("committed 3", "2026-03-10", False),
    ("committed 3", None, False),
    ("promised 3", "2026-03-09", False),
    ("committed 3 · cancelled 3", "2026-03-09", False),
    ("committed 3 · dispatched 3 · received 3", "2026-03-09", True),
    ("committed 3 · dispatched 3 · received 3 · accepted 3", "2026-03-09", False),
    # Lost is not late: nobody expects it any more. It is not kept either.
    ("committed 3 · dispatched 3 · received 2 · accepted 2 · lost 1", "2026-03-09", False),
    ("committed 3 · dispatched 3 · received 3 · accepted 3 · over_delivered 2", "2026-03-09", False),
    (
        "committed 3 · dispatched 3 · received 2 · accepted 2 · lost 1 · over_delivered 1",
        "2026-03-09",
        True,
    ),
]


@pytest.mark.parametrize(("text", "due", "is_late"), LATE)
def test_what_is_late(text, due, is_late):
    assert ledger.is_late(totals(text), due and date.fromisoformat(due), TODAY) is is_late


# history | due | counted, kept, kept but late; on 10 March
KEPT = [
    ("promised 3", "2026-03-01", (0, 0, 0)),  # a soft promise is no promise to keep
    ("committed 3", "2026-03-09", (1, 0, 0)),
    ("committed 3", "2026-03-10", (0, 0, 0)),  # there is still a day
    ("committed 3", None, (0, 0, 0)),
    ("committed 3 · cancelled 3", "2026-04-01", (1, 0, 0)),  # a cancelled commitment is not kept
    ("committed 3 · cancelled 3", None, (1, 0, 0)),
    ("committed 3 · cancelled 1 · dispatched 2 · received 2 · accepted 2", "2026-04-01", (1, 0, 0)),
    ("committed 3 · cancelled 1", "2026-04-01", (0, 0, 0)),
    ("committed 30 · fix#1 27 · dispatched 3 · received 3 2026-03-02 · accepted 3", "2026-03-05", (1, 1, 0)),
    ("committed 3 · fix#1 3", "2026-03-05", (0, 0, 0)),  # a slip of the pen is no promise
    ("committed 3 · dispatched 3 · received 3 2026-03-02 · accepted 3 2026-03-09", "2026-03-05", (1, 1, 0)),
    ("committed 3 · dispatched 3 · received 3 2026-03-06 · accepted 3 2026-03-06", "2026-03-05", (1, 1, 1)),
    (
        "committed 3 · dispatched 3 · received 2 2026-03-02 · received 1 2026-03-07 · accepted 3",
        "2026-03-05",
        (1, 1, 1),
    ),
    ("committed 3 · dispatched 3 · received 3 2026-03-02 · accepted 3", None, (1, 1, 0)),
    # The receiver's silence is no broken promise: neither kept nor not kept, whenever it arrived.
    ("committed 3 · dispatched 3 · received 3 2026-03-02", "2026-03-05", (0, 0, 0)),
    ("committed 3 · dispatched 3 · received 3 2026-03-09 · accepted 2", "2026-03-05", (0, 0, 0)),
    # What did not arrive in full, or was sent back, is.
    ("committed 3 · dispatched 3", "2026-03-05", (1, 0, 0)),
    ("committed 3 · dispatched 3 · received 3 2026-03-02 · returned 1", "2026-03-05", (1, 0, 0)),
    ("committed 3 · dispatched 3 · received 2 · accepted 2 · lost 1", "2026-03-05", (1, 0, 0)),
    # Lost, replaced in time.
    (
        "committed 3 · dispatched 3 · received 2 2026-03-01 · lost 1 · over_delivered 1 · dispatched 1"
        " · received 1 2026-03-05 · accepted 3",
        "2026-03-05",
        (1, 1, 0),
    ),
    # A receipt that was corrected away proves nothing.
    (
        "committed 3 · dispatched 3 · received 3 2026-03-02 · fix#3 3 · received 3 2026-03-08 · accepted 3",
        "2026-03-05",
        (1, 1, 1),
    ),
]


@pytest.mark.parametrize(("text", "due", "expected"), KEPT)
def test_whether_a_promise_was_kept(text, due, expected):
    found = ledger.kept_rate([(history(text), due and date.fromisoformat(due))], TODAY)
    assert (found.counted, found.kept, found.late) == expected


def test_the_rate_is_a_share_of_what_is_counted():
    lines = [(history(text), due and date.fromisoformat(due)) for text, due, _expected in KEPT]
    found = ledger.kept_rate(lines, TODAY)
    assert (found.counted, found.kept, found.late) == tuple(
        sum(expected[i] for _text, _due, expected in KEPT) for i in range(3)
    )
    assert found.share == Decimal(found.kept) / found.counted
    assert ledger.kept_rate([], TODAY).share is None


def test_what_is_left_of_an_event():
    events = history("promised 5 · committed 4 · fix#1 2 · fix#1 1")
    assert ledger.left(events) == {1: Decimal(2), 2: Decimal(4)}
