"""Links and papers under concurrency: two phones at one tailgate, a phone against a colleague who is signed in."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from alliance.core.journal import LINK
from alliance.core.models import JournalEntry, OutgoingMail
from partnerships.actions import deliveries, delivery_links, due_days, transports
from partnerships.actions.pledge_events import Submission
from partnerships.models import LinkTeller, Transport
from partnerships.pledge_drafts import Confirmation, Teller
from tests.factories import make_pledge, make_representative, make_user
from tests.partnerships.test_ledger_races import at_once, check_line, told

pytestmark = pytest.mark.django_db(transaction=True)


def by_link(pledge, received, *, key, seen=None):
    """A phone that showed what ``seen`` says (what is stored now) sends its form."""
    line = pledge.lines.get()
    if seen is None:
        seen = max(line.events.values_list("pk", flat=True))
    said = [Confirmation(line.slug, received=Decimal(received), accepted=Decimal(received))]
    once = Submission(key, teller=Teller(key, "x@example.org"), seen=seen)
    return lambda: deliveries.confirm_delivery(pledge, lines=said, by=LINK, submission=once)


def test_two_phones_that_count_the_same_boxes_count_them_once():
    for _round in range(3):
        pledge = make_pledge("committed 10 · dispatched 10")
        results = at_once(by_link(pledge, 10, key="Olha"), by_link(pledge, 10, key="Petro"))
        assert len(told(results)) == 1
        line = check_line(pledge.lines.get())
        assert (line.received, line.accepted, line.excess) == (10, 10, 0)
        assert LinkTeller.objects.filter(pledge=pledge).count() == 1


def test_a_double_click_on_the_link_writes_once():
    pledge = make_pledge("committed 10 · dispatched 10")
    make_representative(pledge.giver)
    results = at_once(*[by_link(pledge, 4, key="Olha")] * 4)
    assert sorted(result.is_new for result in results) == [False, False, False, True]
    assert check_line(pledge.lines.get()).received == 4
    assert (LinkTeller.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_confirm_by_link_against_a_correction_by_login():
    """The correction stands whoever is first; the phone is heard before it, or told to compare after it."""
    for _round in range(4):
        pledge = make_pledge("committed 10 · dispatched 10 · received 4")
        line, by = pledge.lines.get(), make_user()
        event = line.events.get(kind="received")
        confirmed, corrected = at_once(
            by_link(pledge, 6, key="Olha"),
            lambda event=event, by=by: deliveries.correct_event(
                event, quantity=Decimal(1), reason="x", by=by, side="receiver"
            ),
        )
        assert told([corrected]) == []
        heard = not told([confirmed])
        assert check_line(line).received == (9 if heard else 3)


def test_new_links_and_papers_at_one_instant():
    pledge, by = make_pledge("committed 3"), make_user()
    cleared = timezone.localdate() - timedelta(days=70)
    transport = Transport.objects.create(pledge=pledge, number=1, cleared_on=cleared)
    make_representative(pledge.receiver)
    at_once(*[lambda: delivery_links.renew_links(pledge, by=by)] * 3)
    pledge.refresh_from_db()
    assert pledge.link_version == 4
    filed = at_once(*[lambda: transports.file_report(transport, reported_on=timezone.localdate(), by=by)] * 3)
    assert sorted(filed) == [False, False, True]
    again = at_once(*[lambda: transports.take_report_back(transport, by=by)] * 2)
    assert sorted(again) == [False, True]
    warned = at_once(*[lambda: transports.warn_of_report(transport, today=timezone.localdate())] * 3)
    assert sorted(warned) == [False, False, True]
    verbs = JournalEntry.objects.about(transport).values_list("verb", flat=True)
    assert sorted(verbs) == [
        "transport.report_filed",
        "transport.report_taken_back",
        "transport.report_warned",
    ]


def test_yes_and_no_to_another_day_at_one_instant():
    """One of two colleagues of the receiver is heard; a newer wish of the giver is not answered by either."""
    for _round in range(3):
        by, today = make_user(), timezone.localdate()
        pledge = make_pledge("committed 3", due_on=today)
        change = due_days.ask_for_day(pledge, after=today + timedelta(days=9), reason="Snow.", by=by)
        yes, no = at_once(
            lambda change=change, by=by: due_days.answer_day(change, agrees=True, by=by),
            lambda change=change, by=by: due_days.answer_day(change, agrees=False, by=by),
        )
        assert sorted([yes, no]) == [False, True]
        pledge.refresh_from_db()
        assert pledge.due_on == (change.after if yes else today)
