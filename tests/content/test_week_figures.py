"""The desk's week by mail: what happened is counted from journal and ledger, each coordinator reads it once."""

import datetime

import pytest
import time_machine

from alliance.content.actions import week_figures
from alliance.core.journal import SYSTEM, record
from alliance.core.models import JournalEntry, OutgoingMail
from tests.factories import make_coordinator, make_member, make_pledge_line, make_ticket, make_user

pytestmark = pytest.mark.django_db
MONDAY = datetime.datetime(2026, 11, 23, 8, tzinfo=datetime.UTC)
WEEK = week_figures.week_of(MONDAY.date())


def happened(verb, moment, obj=None):
    with time_machine.travel(moment, tick=False):
        record(verb, obj or make_member(), by=SYSTEM)


def test_a_week_is_the_last_whole_one_from_monday():
    for day in (23, 24, 29):
        start, end = week_figures.week_of(datetime.date(2026, 11, day))
        assert (start.date(), end.date()) == (datetime.date(2026, 11, 16), datetime.date(2026, 11, 23))
        assert (start.hour, end - start) == (0, datetime.timedelta(days=7))


def test_what_happened_is_counted_and_compared():
    inside, before = WEEK[0] + datetime.timedelta(days=2), WEEK[0] - datetime.timedelta(days=2)
    for moment in (inside, inside, before, WEEK[0] - datetime.timedelta(days=8), WEEK[1]):
        happened("member.approved", moment)
    happened("ticket.opened", inside, make_ticket())
    with time_machine.travel(inside, tick=False):
        make_pledge_line(events={"committed": 5, "dispatched": 3})
    figures = {str(line.label): (line.count, line.before) for line in week_figures.figures_of(*WEEK)}
    assert figures["Applications approved"] == (2, 1)
    assert figures["Messages to the Alliance"] == (1, 0)
    assert figures["Entries “sent”"] == (1, 0)
    assert figures["Applications refused"] == (0, 0)


def test_each_coordinator_reads_it_once_in_their_language():
    people = [make_coordinator(language=code) for code in ("pl", "uk")]
    make_user()
    make_member(status="pending")
    for hours in (0, 1, 24):
        week_figures.tell_the_week(MONDAY + datetime.timedelta(hours=hours))
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert set(mails) == {person.email for person in people}
    polish = mails[people[0].email]
    assert "16.11.2026" in polish.subject
    assert "Zgłoszenia czekające na decyzję" in polish.text
    assert "/admin/queue/" in polish.text
    assert polish.category == OutgoingMail.Category.DESK


@pytest.mark.parametrize(("day", "told"), [(23, 1), (24, 1), (25, 1), (26, 0), (29, 0)])
def test_a_monday_without_a_worker_is_made_up_for_until_wednesday(day, told):
    make_coordinator()
    assert week_figures.tell_the_week(datetime.datetime(2026, 11, day, 9, tzinfo=datetime.UTC)) == told


def test_nothing_is_asked_when_all_have_it(django_assert_max_num_queries):
    make_coordinator()
    week_figures.tell_the_week(MONDAY)
    with django_assert_max_num_queries(1):
        assert week_figures.tell_the_week(MONDAY) == 0
    assert not JournalEntry.objects.exists()
