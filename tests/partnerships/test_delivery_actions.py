"""Verbs of a delivery: dispatched, received, accepted, lost, returned, corrected, reconciled."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.core.journal import LINK
from alliance.core.models import JournalEntry
from alliance.core.uploads import clean_document
from partnerships import ledger
from partnerships.actions import deliveries as actions
from partnerships.actions.pledge_events import Submission
from partnerships.ledger import Event
from partnerships.models import Evidence, PledgeEvent, Transport
from partnerships.pledge_drafts import Confirmation, EvidenceFile, Quantity, TransportContent
from partnerships.refusals import LedgerRefused, PledgeRefused
from partnerships.settlement import Agreed, settlement
from tests.core.upload_samples import pdf
from tests.factories import make_pledge, make_user

D = Decimal


@pytest.fixture
def by(db):
    return make_user()


def totals(pledge):
    return ledger.totals(pledge.lines.first().events.all())


def quantities(pledge, *amounts, reason=""):
    return [
        Quantity(line.slug, D(amount), reason)
        for line, amount in zip(pledge.lines.all(), amounts, strict=False)
    ]


def confirm(pledge, by, **numbers):
    reason = numbers.pop("reason", "")
    numbers = {name: D(value) for name, value in numbers.items()}
    line = Confirmation(pledge.lines.first().slug, reason=reason, **numbers)
    return actions.confirm_delivery(pledge, lines=[line], by=by)


def verbs():
    return list(JournalEntry.objects.order_by("id").values_list("verb", flat=True))


def test_dispatch_pledge_makes_a_transport_with_its_packing_list(by):
    pledge = make_pledge("committed 10", "committed 4")
    day = timezone.localdate() - timedelta(days=2)
    for number, amounts in enumerate([(6, 4), (4, 0)], 1):
        chosen = [q for q in quantities(pledge, *amounts) if q.quantity]
        written = actions.dispatch_pledge(
            pledge, quantities=chosen, by=by, submission=Submission(f"d{number}", day),
            transport=TransportContent(carrier="Trans", route="Gdynia – Lviv", packages=3),
        )  # fmt: skip
        assert written.is_new
    first, second = Transport.objects.all()
    assert (first.number, second.number, first.route) == (1, 2, "Gdynia – Lviv")
    assert [(e.line, e.quantity, e.happened_on) for e in first.events.all()] == [
        (pledge.lines.first(), 6, day), (pledge.lines.last(), 4, day),
    ]  # fmt: skip
    assert totals(pledge).dispatched == 10
    assert verbs() == ["pledge.dispatched"] * 2


def test_a_double_click_sends_one_transport(by):
    pledge = make_pledge("committed 10")
    for _click in range(2):
        actions.dispatch_pledge(
            pledge, quantities=quantities(pledge, 4), by=by, transport=TransportContent(),
            submission=Submission("once"),
        )  # fmt: skip
    assert Transport.objects.count() == PledgeEvent.objects.filter(kind="dispatched").count() == 1


def test_no_transport_stays_of_a_refused_dispatch(by):
    pledge = make_pledge("committed 3")
    with pytest.raises(LedgerRefused, match="At most 3 pieces"):
        actions.dispatch_pledge(pledge, quantities=quantities(pledge, 4), by=by, transport=TransportContent())
    assert not Transport.objects.exists()


def test_confirm_delivery_tells_all_in_one_go(by):
    pledge = make_pledge("committed 10 · dispatched 10")
    confirm(pledge, LINK, received=9, accepted=8, lost=1, returned=1, reason="one crushed, one wrong")
    line = totals(pledge)
    assert (line.received, line.accepted, line.lost, line.returned) == (9, 8, 1, 1)
    assert verbs() == ["pledge.received", "pledge.lost", "pledge.accepted", "pledge.returned"]
    events = PledgeEvent.objects.filter(side="receiver")
    assert {(event.actor, event.actor_kind) for event in events} == {(None, "link")}


def test_the_single_verbs_say_one_thing_each(by):
    pledge = make_pledge("committed 10 · dispatched 10")
    actions.receive_pledge(pledge, quantities=quantities(pledge, 9), by=by)
    actions.lose_pledge(pledge, quantities=quantities(pledge, 1, reason="fell"), by=by, side="giver")
    actions.accept_pledge(pledge, quantities=quantities(pledge, 7), by=by)
    actions.return_pledge(pledge, quantities=quantities(pledge, 2, reason="wrong"), by=by)
    assert verbs() == ["pledge.received", "pledge.lost", "pledge.accepted", "pledge.returned"]
    assert (totals(pledge).outstanding, totals(pledge).net) == (0, 7)


def test_what_a_receiver_reports_is_kept_and_disputed(by):
    pledge = make_pledge("committed 10 · dispatched 8")
    written = actions.receive_pledge(pledge, quantities=quantities(pledge, 10), by=by)
    assert written.disputed == [pledge.lines.get()]
    assert (totals(pledge).state, totals(pledge).excess) == ("disputed", 2)
    assert verbs() == ["pledge.received", "pledge.disputed"]
    # Disputed already: said once.
    written = actions.receive_pledge(pledge, quantities=quantities(pledge, 1), by=by)
    assert written.disputed == []


@pytest.mark.parametrize("numbers", [{"accepted": 1}, {"received": 3, "accepted": 4}, {"returned": 1}])
def test_more_is_not_accepted_than_was_received(by, numbers):
    pledge = make_pledge("committed 10 · dispatched 8")
    with pytest.raises(LedgerRefused):
        confirm(pledge, by, reason="x", **numbers)
    assert totals(pledge).received == 0


def test_a_day_to_come_and_a_missing_reason_are_refused(by):
    pledge = make_pledge("committed 10 · dispatched 8")
    later = Submission(happened_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(PledgeRefused, match="not come"):
        actions.receive_pledge(pledge, quantities=quantities(pledge, 8), by=by, submission=later)
    with pytest.raises(PledgeRefused, match="reason"):
        confirm(pledge, by, received=7, lost=1)


def test_evidence_stands_behind_its_events(by):
    pledge = make_pledge("committed 10 · dispatched 8")
    file = EvidenceFile(clean_document(SimpleUploadedFile("protokół.pdf", pdf())), "signed protocol")
    submission = Submission(evidence=[file])
    written = actions.receive_pledge(pledge, quantities=quantities(pledge, 8), by=by, submission=submission)
    row = Evidence.objects.get()
    assert list(row.events.all()) == written.events
    assert (row.side, row.caption, row.original_filename) == ("receiver", "signed protocol", "protokół.pdf")
    assert row.file.name.startswith("evidence/")
    assert "protok" not in row.file.name
    actions.add_evidence(pledge, files=[file], by=by, side="giver")
    assert verbs() == ["pledge.received", "pledge.evidence_added"]


def test_correct_event_is_a_counter_event(by):
    pledge = make_pledge("committed 10 · dispatched 8")
    event = PledgeEvent.objects.get(kind="dispatched")
    actions.correct_event(event, quantity=D(3), reason="counted again", by=by, side="giver")
    correction = event.corrections.get()
    assert (correction.kind, correction.quantity, correction.reason) == ("dispatched", 3, "counted again")
    assert totals(pledge).dispatched == 5
    assert verbs() == ["pledge.corrected"]
    with pytest.raises(LedgerRefused, match="At most 5"):
        actions.correct_event(event, quantity=D(6), reason="x", by=by, side="giver")
    with pytest.raises(LedgerRefused, match="other side"):
        actions.correct_event(event, quantity=D(1), reason="x", by=by, side="receiver")
    with pytest.raises(PledgeRefused, match="reason"):
        actions.correct_event(event, quantity=D(1), reason=" ", by=by, side="giver")


def test_what_the_other_side_confirmed_is_not_taken_back_alone(by):
    make_pledge("committed 10 · dispatched 8 · received 8")
    event = PledgeEvent.objects.get(kind="dispatched")
    with pytest.raises(LedgerRefused, match="secretariat"):
        actions.correct_event(event, quantity=D(1), reason="x", by=by, side="giver")


def test_a_commitment_is_corrected_for_three_days(by):
    pledge = make_pledge("committed 100")
    event = PledgeEvent.objects.get()
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        with pytest.raises(PledgeRefused, match="three days"):
            actions.correct_event(event, quantity=D(90), reason="a slip", by=by, side="giver")
        assert not actions.is_correctable(event, {event.pk: D(100)})
    with time_machine.travel(timezone.now() + timedelta(days=2, hours=23)):
        assert actions.is_correctable(event, {event.pk: D(100)})
        actions.correct_event(event, quantity=D(90), reason="a slip", by=by, side="giver")
    assert totals(pledge).committed == 10


# history | agreed: dispatched, received, accepted, lost | what the desk writes (a number: the event it corrects)
SETTLEMENTS = [
    # The giver forgot a dispatch.
    ("committed 10 · dispatched 8 · received 10", (10, 10, 0, 0), [("dispatched", 2, None)]),
    # … of more than was committed.
    (
        "committed 8 · dispatched 8 · received 10",
        (10, 10, 0, 0),
        [("over_delivered", 2, None), ("dispatched", 2, None)],
    ),
    # The receiver miscounted, and accepted what was not there.
    (
        "committed 10 · dispatched 8 · received 10 · accepted 10",
        (8, 8, 8, 0),
        [("accepted", 2, 4), ("received", 2, 3)],
    ),
    # Corrections take the newest event first.
    (
        "committed 10 · dispatched 8 · received 3 · received 7",
        (8, 2, 0, 0),
        [("received", 7, 4), ("received", 1, 3)],
    ),
    # Lost, not received.
    (
        "committed 10 · dispatched 10 · received 11",
        (10, 9, 9, 1),
        [("received", 2, 3), ("lost", 1, None), ("accepted", 9, None)],
    ),
    # Both agreed already: nothing to write.
    ("committed 10 · dispatched 8 · received 8", (8, 8, 0, 0), []),
]


@pytest.mark.parametrize(("history", "numbers", "expected"), SETTLEMENTS)
def test_reconcile_pledge_writes_counter_events(by, history, numbers, expected):
    pledge = make_pledge(history)
    line = pledge.lines.get()
    before = list(line.events.all())
    agreed = Agreed(*map(D, numbers))
    if not expected:
        with pytest.raises(PledgeRefused):
            actions.reconcile_pledge(pledge, agreed={line.slug: agreed}, reason="asked both", by=by)
        return
    written = actions.reconcile_pledge(pledge, agreed={line.slug: agreed}, reason="asked both", by=by)
    ids = {event.pk: number for number, event in enumerate(before, 1)}
    assert [(e.kind, e.quantity, ids.get(e.corrects_id)) for e in written.events] == expected
    assert {(e.side, e.reason) for e in written.events} == {("desk", "asked both")}
    assert list(line.events.all())[: len(before)] == before
    now = totals(pledge)
    assert (now.dispatched, now.received, now.accepted, now.lost) == numbers
    assert now.is_reconciled
    assert verbs()[-1] == "pledge.reconciled"


@pytest.mark.parametrize("numbers", [(8, 9, 0, 0), (8, 8, 9, 0), (8, 7, 7, 2), (-1, 0, 0, 0)])
def test_numbers_that_do_not_add_up_are_no_agreement(by, numbers):
    pledge = make_pledge("committed 10 · dispatched 8 · received 10")
    slug = pledge.lines.get().slug
    with pytest.raises(PledgeRefused, match="add up"):
        actions.reconcile_pledge(pledge, agreed={slug: Agreed(*map(D, numbers))}, reason="x", by=by)


def test_a_double_click_reconciles_once(by):
    pledge = make_pledge("committed 10 · dispatched 8 · received 10")
    agreed = {pledge.lines.get().slug: Agreed(D(10), D(10), D(0), D(0))}
    for _click in range(2):
        actions.reconcile_pledge(pledge, agreed=agreed, reason="x", by=by, submission=Submission("r"))
    assert PledgeEvent.objects.filter(side="desk").count() == 1
    assert verbs().count("pledge.reconciled") == 1


small = st.integers(0, 12).map(D)


@settings(max_examples=500, deadline=None, database=None)
@given(small, small, small, small, small, small, small, small, small)
def test_a_settlement_always_leads_to_what_was_agreed(com, over, sent, got, lost, ok, d, r, a):
    """Whatever stands in the ledger and whatever adds up, each step is allowed and the end is the agreement."""
    history = [("committed", com), ("over_delivered", over), ("dispatched", sent), ("received", got),
               ("lost", lost), ("accepted", ok)]  # fmt: skip
    events: list[Event] = []

    def write(kind, quantity, side, corrects=None):
        new = Event(len(events) + 1, kind, quantity, side, corrects, timezone.localdate())
        refused = ledger.refusal(events, new)
        if refused is None:
            events.append(new)
        return refused

    for kind, quantity in history:
        write(kind, quantity, "receiver" if kind in ("received", "lost", "accepted") else "giver")
    agreed = Agreed(dispatched=d, received=min(r, d), accepted=min(a, r, d), lost=max(D(0), d - r))
    assert agreed.adds_up(ledger.totals(events))
    for step in settlement(events, agreed):
        assert write(step.kind, step.quantity, "desk", step.corrects) is None
    now = ledger.totals(events)
    assert now.is_reconciled
    assert (now.dispatched, now.received, now.accepted, now.lost) == (
        agreed.dispatched, agreed.received, agreed.accepted, agreed.lost,
    )  # fmt: skip
