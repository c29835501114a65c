"""Verbs of a pledge: promise, commit, cancel, withdraw, give more. Rows, journal, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone, translation

from alliance.core.models import JournalEntry
from alliance.core.states import NotAllowed
from members.models import Member
from partnerships import ledger
from partnerships.actions import pledges as actions
from partnerships.actions.deliveries import dispatch_pledge
from partnerships.actions.pledge_events import LockedLines, Submission
from partnerships.models import Block, ItemTemplate, Listing, Match, Pledge, PledgeEvent, PledgeLine
from partnerships.pledge_drafts import PledgeContent, PromisedLine, Quantity, TransportContent
from partnerships.refusals import AppealRefused, DoesNotFit, LedgerRefused, OverCover, PledgeRefused
from tests.factories import make_appeal, make_listing, make_member, make_pledge, make_representative

D = Decimal
TOMORROW = timezone.localdate() + timedelta(days=1)


@pytest.fixture
def giver(db):
    member = make_member(official_name="Gdynia")
    make_representative(member)
    return member


@pytest.fixture
def by(giver):
    return giver.representatives.get().user


@pytest.fixture
def need(db):
    """3 generators of 10–700 kW for a hromada in Sumy oblast."""
    return make_listing(
        kind="need", member=make_member(country="UA", official_name="Sumy"), title_en="Generators",
        line={"item": "generators", "quantity": 3, "unit": "piece", "range_min": 10, "range_max": 700,
              "range_unit": "kw"},
    )  # fmt: skip


def line_for(need, quantity=3, **changes):
    line = need.lines.get()
    fields = {"quantity": D(quantity), "unit": line.unit, "item": line.item, "need_line": line.slug} | changes
    return PromisedLine(**fields)


def content(*lines, **changes):
    fields = {"title": "Generators", "language": "en", "lines": lines} | changes
    return PledgeContent(**fields)


def promise(giver, need, by, *lines, **changes):
    options = {
        name: changes.pop(name) for name in ("accepts_over", "key", "match", "appeal") if name in changes
    }
    return actions.promise_pledge(
        giver=giver, receiver=need.member, listing=need, by=by,
        content=content(*(lines or [line_for(need)]), **changes), **options,
    )  # fmt: skip


def totals(pledge):
    return [ledger.totals(line.events.all()) for line in pledge.lines.all()]


def quantities(pledge, *amounts, reason=""):
    return [
        Quantity(line.slug, D(amount), reason)
        for line, amount in zip(pledge.lines.all(), amounts, strict=False)
    ]


def test_promise_pledge_makes_lines_events_and_a_journal_row(giver, need, by):
    pledge, is_new = promise(giver, need, by, due_on=TOMORROW, note="From our stock")
    line = pledge.lines.get()
    event = line.events.get()
    assert is_new
    assert (pledge.giver, pledge.receiver, pledge.listing, pledge.due_on) == (
        giver,
        need.member,
        need,
        TOMORROW,
    )
    assert (line.listing_line, line.unit, line.item) == (need.lines.get(), "piece", "generators")
    assert (event.kind, event.quantity, event.side, event.actor) == ("promised", 3, "giver", by)
    assert JournalEntry.objects.get(verb="pledge.promised").data == {"lines": ["1. generators: 3 piece"]}


def test_a_soft_promise_covers_nothing(giver, need, by):
    promise(giver, need, by)
    coverage = need.lines.get().coverage
    assert (coverage.covered, coverage.promised, coverage.open) == (0, 3, 3)


def test_the_same_submission_makes_one_pledge(giver, need, by):
    first, _new = promise(giver, need, by, key="abc")
    again, is_new = promise(giver, need, by, key="abc")
    assert (again, is_new) == (first, False)
    assert Pledge.objects.count() == PledgeEvent.objects.count() == 1
    other, is_new = promise(giver, need, by, key="def", accepts_over=True)
    assert is_new
    assert other != first


def test_a_hidden_owner_of_a_need_is_a_hidden_receiver(giver, need, by):
    need.is_member_hidden = True
    need.save()
    assert promise(giver, need, by)[0].is_receiver_hidden
    assert not promise(giver, need, by, is_receiver_hidden=False)[0].is_receiver_hidden


def test_promise_pledge_in_general_and_about_an_offer_of_the_giver(giver, by):
    receiver = make_member(country="UA")
    line = PromisedLine(D(5), "day", item="expert days")
    pledge, _new = actions.promise_pledge(giver=giver, receiver=receiver, content=content(line), by=by)
    assert (pledge.listing, pledge.match, pledge.lines.get().listing_line) == (None, None, None)
    offer = make_listing(member=giver)
    pledge, _new = actions.promise_pledge(
        giver=giver, receiver=receiver, listing=offer, content=content(line), by=by
    )
    assert pledge.listing == offer


def test_promise_pledge_from_a_match_of_both_sides(giver, need, by):
    a, b = sorted((giver, need.member), key=lambda member: member.pk)
    match = Match.objects.create(origin="request", member_a=a, member_b=b, listing=need, requested_by=giver)
    assert promise(giver, need, by, match=match)[0].match == match
    stranger = make_member()
    with pytest.raises(NotAllowed):
        promise(stranger, need, by, match=match)
    match.status, match.close_reason = "closed", "ended"
    match.save()
    with pytest.raises(NotAllowed):
        promise(giver, need, by, match=match)


def test_what_is_not_open_takes_no_promise(giver, need, by):
    other = make_listing(kind="need", member=make_member(country="UA"))
    with pytest.raises(NotAllowed):  # somebody else's need
        promise(giver, need, by, line_for(other))
    with pytest.raises(NotAllowed):  # a line that does not exist
        promise(giver, need, by, line_for(need, need_line="nothing"))
    with pytest.raises(NotAllowed):  # a line of an offer
        promise(giver, make_listing(member=need.member), by)
    with pytest.raises(NotAllowed):  # to oneself
        promise(need.member, need, by)
    Block.objects.create(member=need.member, blocked=giver)
    with pytest.raises(NotAllowed):
        promise(giver, need, by)
    Block.objects.all().delete()
    need.expires_on = timezone.localdate() - timedelta(days=1)
    need.save()
    with pytest.raises(NotAllowed):
        promise(giver, need, by)
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("side", ["giver", "receiver"])
def test_a_member_on_hold_takes_no_part(giver, need, by, side):
    member = giver if side == "giver" else need.member
    member.status = "on_hold"
    member.save()
    with pytest.raises(NotAllowed):
        promise(giver, need, by)


# What one piece is rated | fits 10–700 kW
RATINGS = [
    ({}, True),
    ({"range_min": D(10), "range_max": D(10), "range_unit": "kw"}, True),
    ({"range_min": D("0.7"), "range_max": D("0.7"), "range_unit": "mw"}, True),
    ({"range_min": D(9), "range_max": D(9), "range_unit": "kw"}, False),
    ({"range_min": D(701), "range_max": D(701), "range_unit": "kw"}, False),
    ({"range_min": D(5), "range_max": D(20), "range_unit": "kw"}, False),
    ({"range_min": D(500), "range_max": D(900), "range_unit": "kw"}, False),
    ({"range_min": D(20), "range_max": D(500), "range_unit": "kw"}, True),
    ({"range_min": D(20), "range_max": None, "range_unit": "kw"}, True),
    ({"range_min": None, "range_max": D(5), "range_unit": "kw"}, False),
    ({"range_min": D(20), "range_max": D(20), "range_unit": "kwh"}, False),
]


@pytest.mark.parametrize(("rating", "fits"), RATINGS)
def test_a_rating_lies_inside_the_range_that_is_needed(giver, need, by, rating, fits):
    line = line_for(need, **rating)
    if fits:
        promise(giver, need, by, line)
    else:
        with pytest.raises(DoesNotFit) as refused:
            promise(giver, need, by, line)
        assert (refused.value.need_line, refused.value.args) == (need.lines.get().slug, ("range",))


def test_other_items_units_and_currencies_do_not_fit(giver, need, by):
    with pytest.raises(DoesNotFit, match="unit"):
        promise(giver, need, by, line_for(need, unit="kg"))
    template = ItemTemplate.objects.create(
        code="generator", group="energy", unit="piece", name_en="G", name_pl="G", name_uk="Г"
    )
    need.lines.update(template=template)
    with pytest.raises(DoesNotFit, match="another item"):
        promise(giver, need, by, line_for(need, template="boiler"))
    assert promise(giver, need, by, line_for(need, template="generator"))[0].lines.get().template == template
    money = make_listing(
        kind="need", member=need.member, line={"item": "money", "unit": "money", "currency": "EUR"}
    )
    with pytest.raises(DoesNotFit, match="currency"):
        promise(giver, money, by, line_for(money, currency="PLN"))


def test_more_than_is_open_has_to_be_meant(giver, need, by):
    with pytest.raises(OverCover) as refused:
        promise(giver, need, by, line_for(need, 5))
    assert [quantity for _line, quantity in refused.value.over.values()] == [2]
    assert "2 pieces more" in str(refused.value)
    assert not Pledge.objects.exists()
    promise(giver, need, by, line_for(need, 5), accepts_over=True)
    # Two lines of one promise count together.
    with pytest.raises(OverCover):
        promise(giver, need, by, line_for(need, 2), line_for(need, 2))


def test_half_a_generator_is_neither_promised_nor_sent(giver, need, by):
    with pytest.raises(PledgeRefused, match="whole number"):
        promise(giver, need, by, line_for(need, "0.5"))
    assert not Pledge.objects.exists()
    pledge = make_pledge("committed 3", giver=giver)
    with pytest.raises(PledgeRefused, match="whole number"):
        dispatch_pledge(pledge, quantities=quantities(pledge, "0.5"), by=by, transport=TransportContent())
    # What was said before the rule can be answered as it was said.
    older = make_pledge("committed 2.5", giver=giver)
    dispatch_pledge(older, quantities=quantities(older, "2.5"), by=by, transport=TransportContent())
    assert totals(older)[0].dispatched == D("2.5")


def test_what_others_committed_leaves_less_open(giver, need, by):
    actions.commit_pledge(
        pledge := promise(giver, need, by, line_for(need, 2))[0],
        quantities=quantities(pledge, 2), by=by, due_on=TOMORROW,
    )  # fmt: skip
    promise(giver, need, by, line_for(need, 1))
    second, _new = promise(giver, need, by, line_for(need, 2), accepts_over=True)
    with pytest.raises(OverCover):
        actions.commit_pledge(second, quantities=quantities(second, 2), by=by, due_on=TOMORROW)
    actions.commit_pledge(second, quantities=quantities(second, 1), by=by, due_on=TOMORROW)
    actions.commit_pledge(second, quantities=quantities(second, 1), by=by, accepts_over=True)
    coverage = need.lines.get().coverage
    assert (coverage.covered, coverage.over) == (3, 1)


def test_quantities_are_compared_in_one_unit(giver, by):
    need = make_listing(
        kind="need", member=make_member(country="UA"), line={"item": "cement", "quantity": 2, "unit": "t"}
    )
    with pytest.raises(OverCover, match=r"0\.5 tonnes more"):
        promise(giver, need, by, line_for(need, 2500, unit="kg"))
    pledge, _new = promise(giver, need, by, line_for(need, 1500, unit="kg"))
    actions.commit_pledge(pledge, quantities=quantities(pledge, 1500), by=by, due_on=TOMORROW)
    with pytest.raises(OverCover):
        promise(giver, need, by, line_for(need, 1, unit="t"))


def test_commit_pledge_is_firm_and_has_a_day(giver, need, by):
    pledge, _new = promise(giver, need, by)
    with pytest.raises(PledgeRefused, match="day"):
        actions.commit_pledge(pledge, quantities=quantities(pledge, 2), by=by)
    actions.commit_pledge(pledge, quantities=quantities(pledge, 2), by=by, due_on=TOMORROW)
    pledge.refresh_from_db()
    assert pledge.due_on == TOMORROW
    [line] = totals(pledge)
    assert (line.committed, line.to_commit, line.state) == (2, 1, "partly_committed")
    assert JournalEntry.objects.filter(verb="pledge.committed").count() == 1
    # The day stands once something is firm.
    later = TOMORROW + timedelta(days=30)
    actions.commit_pledge(pledge, quantities=quantities(pledge, 1), by=by, due_on=later)
    pledge.refresh_from_db()
    assert pledge.due_on == TOMORROW


def over(need, status):
    fields = {"expires_on": TOMORROW - timedelta(days=2)} if status == "last day" else {"status": status}
    Listing.objects.filter(pk=need.pk).update(**fields)


@pytest.mark.parametrize("status", ["withdrawn", "expired", "last day"])
def test_nothing_becomes_firm_for_a_need_that_is_over(giver, need, by, status):
    pledge, _new = promise(giver, need, by, due_on=TOMORROW)
    actions.commit_pledge(pledge, quantities=quantities(pledge, 1), by=by)
    over(need, status)
    with pytest.raises(PledgeRefused, match="withdrawn or has expired"):
        actions.commit_pledge(pledge, quantities=quantities(pledge, 1), by=by)
    assert totals(pledge)[0].committed == 1  # what was firm stands


def test_a_need_that_is_over_hinders_no_other_line(giver, need, by):
    pledge, _new = promise(giver, need, by, due_on=TOMORROW)
    PledgeLine.objects.create(pledge=pledge, position=1, item="cable", unit="m", listing_line=None)
    over(need, "withdrawn")
    actions.commit_pledge(pledge, quantities=[Quantity(pledge.lines.last().slug, D(5), "")], by=by)
    assert PledgeEvent.objects.get(kind="committed").line == pledge.lines.last()


@pytest.mark.parametrize("who", ["giver", "receiver"])
def test_nothing_becomes_firm_while_a_side_is_on_hold(giver, need, by, who):
    pledge, _new = promise(giver, need, by, due_on=TOMORROW)
    Member.objects.filter(pk=getattr(pledge, who).pk).update(status="held")
    with pytest.raises(PledgeRefused, match="at the moment"):
        actions.commit_pledge(pledge, quantities=quantities(pledge, 1), by=by)
    assert not PledgeEvent.objects.filter(kind="committed").exists()


@pytest.mark.parametrize("who", ["giver", "receiver"])
def test_nothing_becomes_firm_after_a_block_and_both_read_the_same(giver, need, by, who):
    pledge, _new = promise(giver, need, by, due_on=TOMORROW)
    submission = Submission("before")
    actions.commit_pledge(pledge, quantities=quantities(pledge, 1), by=by, submission=submission)
    sides = [giver, need.member] if who == "giver" else [need.member, giver]
    Block.objects.create(member=sides[0], blocked=sides[1])
    with pytest.raises(PledgeRefused, match="at the moment"):
        actions.commit_pledge(pledge, quantities=quantities(pledge, 1), by=by)
    # The same form once more is answered by what it wrote.
    again = actions.commit_pledge(pledge, quantities=quantities(pledge, 1), by=by, submission=submission)
    assert not again.is_new
    # What is firm goes its way.
    dispatch_pledge(pledge, quantities=quantities(pledge, 1), by=by, transport=TransportContent())


def test_a_promise_names_a_running_appeal(giver, need, by):
    appeal, closed = make_appeal(), make_appeal(status="closed")
    past = make_appeal(deadline=TOMORROW - timedelta(days=2))
    pledge, _new = promise(giver, need, by, appeal=appeal)
    assert pledge.appeal == appeal
    for over in (closed, past):
        with pytest.raises(AppealRefused, match="closed"):
            promise(giver, need, by, appeal=over)
    assert Pledge.objects.count() == 1


def test_a_promise_for_a_need_of_one_appeal_names_no_other(giver, need, by):
    Listing.objects.filter(pk=need.pk).update(appeal=make_appeal())
    need.refresh_from_db()
    with pytest.raises(AppealRefused, match="another appeal"):
        promise(giver, need, by, appeal=make_appeal())
    pledge, _new = promise(giver, need, by)
    assert pledge.appeal == need.appeal


def test_a_double_click_commits_once(giver, need, by):
    pledge, _new = promise(giver, need, by, due_on=TOMORROW)
    submission = Submission("k1")
    one = actions.commit_pledge(pledge, quantities=quantities(pledge, 3), by=by, submission=submission)
    two = actions.commit_pledge(pledge, quantities=quantities(pledge, 3), by=by, submission=submission)
    assert (one.is_new, two.is_new) == (True, False)
    assert one.events == two.events
    assert totals(pledge)[0].committed == 3
    assert JournalEntry.objects.filter(verb="pledge.committed").count() == 1


def test_cancel_pledge_takes_back_what_has_not_left(giver, by):
    pledge = make_pledge("committed 10 · dispatched 4", giver=giver)
    with pytest.raises(PledgeRefused, match="reason"):
        actions.cancel_pledge(pledge, quantities=quantities(pledge, 6), by=by)
    with pytest.raises(LedgerRefused, match="At most 6 pieces can be cancelled"):
        actions.cancel_pledge(pledge, quantities=quantities(pledge, 7, reason="sold"), by=by)
    actions.cancel_pledge(pledge, quantities=quantities(pledge, 6, reason="sold"), by=by)
    assert totals(pledge)[0].firm == 4
    assert PledgeEvent.objects.get(kind="cancelled").reason == "sold"
    assert JournalEntry.objects.filter(verb="pledge.cancelled").count() == 1


def test_withdraw_pledge_corrects_what_is_not_firm(giver, by):
    pledge = make_pledge("promised 4 · promised 6 · committed 3", giver=giver)
    with pytest.raises(LedgerRefused, match="At most 7 pieces can be withdrawn"):
        actions.withdraw_pledge(pledge, quantities=quantities(pledge, 8, reason="no"), by=by)
    submission = Submission("w")
    for _click in range(2):
        actions.withdraw_pledge(
            pledge, quantities=quantities(pledge, 7, reason="no"), by=by, submission=submission
        )
    corrections = PledgeEvent.objects.filter(corrects__isnull=False).order_by("id")
    assert [(event.corrects.quantity, event.quantity) for event in corrections] == [(6, 6), (4, 1)]
    assert (totals(pledge)[0].promised, totals(pledge)[0].to_commit) == (3, 0)
    assert JournalEntry.objects.filter(verb="pledge.corrected").count() == 1
    with pytest.raises(LedgerRefused):
        actions.withdraw_pledge(pledge, quantities=quantities(pledge, 1, reason="no"), by=by)


def test_over_deliver_pledge_raises_what_may_leave(giver, need, by):
    pledge, _new = promise(giver, need, by, due_on=TOMORROW)
    actions.commit_pledge(pledge, quantities=quantities(pledge, 3), by=by)
    with pytest.raises(OverCover):
        actions.over_deliver_pledge(pledge, quantities=quantities(pledge, 1, reason="a gift"), by=by)
    actions.over_deliver_pledge(
        pledge, quantities=quantities(pledge, 1, reason="a gift"), by=by, accepts_over=True
    )
    assert (totals(pledge)[0].sendable, totals(pledge)[0].net) == (4, 4)
    assert JournalEntry.objects.filter(verb="pledge.over_delivered").count() == 1


def test_nothing_is_written_when_one_line_is_refused(giver, by):
    pledge = make_pledge("committed 10", "committed 1", giver=giver)
    with pytest.raises(LedgerRefused) as refused:
        actions.cancel_pledge(pledge, quantities=quantities(pledge, 5, 5, reason="sold"), by=by)
    assert refused.value.line == pledge.lines.last()
    assert PledgeEvent.objects.filter(kind="cancelled").count() == 0
    assert JournalEntry.objects.count() == 0
    with pytest.raises(PledgeRefused, match="at least one line"):
        actions.cancel_pledge(pledge, quantities=[], by=by)


def test_the_public_name_of_the_receiver_is_hidden_and_shown_again(by):
    pledge = make_pledge()
    for verb, action, expected in [
        ("pledge.receiver_hidden", actions.hide_receiver, True),
        ("pledge.receiver_named", actions.name_receiver, False),
    ]:
        for _click in range(2):
            action(pledge, by=by)
        pledge.refresh_from_db()
        assert pledge.is_receiver_hidden is expected
        assert JournalEntry.objects.filter(verb=verb).count() == 1


def test_refusals_speak_the_readers_language(giver, by):
    pledge = make_pledge("committed 2.5", giver=giver, line={"item": "цемент", "unit": "t"})
    with pytest.raises(LedgerRefused) as refused:
        actions.cancel_pledge(pledge, quantities=quantities(pledge, 3, reason="x"), by=by)
    texts = set()
    for language in ("en", "pl", "uk"):
        with translation.override(language):
            texts.add(str(refused.value))
    assert len(texts) == 3
    assert any("2,5" in text for text in texts)


# --- What the database itself refuses -----------------------------------------------------------------------


def test_the_database_refuses_to_change_or_delete_an_event(db):
    event = PledgeEvent.objects.get(line__pledge=make_pledge("committed 3"))
    for change in (
        lambda: PledgeEvent.objects.filter(pk=event.pk).update(quantity=4),
        lambda: PledgeEvent.objects.filter(pk=event.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM partnerships_pledgeevent")
    assert PledgeEvent.objects.get().quantity == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"kind": "cancelled", "reason": ""},
        {"kind": "lost", "reason": ""},
        {"actor_kind": "user"},
    ],
)
def test_the_database_refuses_events_that_make_no_sense(db, changes):
    line = make_pledge().lines.get()
    fields = {
        "kind": "received", "quantity": 1, "side": "receiver", "actor_kind": "system",
        "happened_on": date(2026, 3, 1),
    } | changes  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        PledgeEvent.objects.create(line=line, **fields)


def test_lines_are_locked_in_one_order(giver):
    pledge = make_pledge("committed 1", "committed 2", giver=giver)
    with transaction.atomic():
        locked = LockedLines(pledge)
    assert list(locked.events) == sorted(PledgeLine.objects.values_list("pk", flat=True))
