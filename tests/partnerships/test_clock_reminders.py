"""The parties are reminded of the ministry's days: before the last one and after it, each exactly once."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships.actions.legal_clocks import remind_of_clock, remind_of_clocks, today_there
from partnerships.actions.twinning_steps import record_step
from partnerships.models import Twinning, TwinningStep
from partnerships.refusals import TwinningRefused
from partnerships.views.twinning_agreement import left_words
from tests.factories import make_member, make_representative, make_twinning, make_user

pytestmark = pytest.mark.django_db

SENT = date(2028, 1, 31)  # the last day is 1 March: over a leap day
LAST = date(2028, 3, 1)


@pytest.fixture
def twinning():
    parties = [make_member(country="UA"), make_member(country="PL")]
    for member, language in zip(parties, ("uk", "pl"), strict=True):
        make_representative(member, make_user(language=language))
        make_representative(member, make_user(language=language), role="viewer")
    return make_twinning(*parties, status=Twinning.Status.IN_APPROVAL)


def step(twinning, kind="sent_to_ministry", day=SENT):
    return TwinningStep.objects.create(twinning=twinning, kind=kind, happened_on=day, actor_kind="system")


def sweep_on(day):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False):
        return remind_of_clocks()


def mails():
    return OutgoingMail.objects.filter(name="partnerships/clock_reminder")


def test_every_day_is_walked_once_and_each_reminder_goes_out_once(twinning):
    step(twinning)
    offsets = [-8, -7, -6, 0, 1, 2, 13, 14, 15, 60]
    sent = {offset: sweep_on(LAST + timedelta(days=offset)) for offset in offsets}
    assert {offset for offset, count in sent.items() if count} == {-7, 1, 14}
    assert mails().count() == 3 * 2  # one person of each party, who may write
    assert sorted(set(mails().values_list("language", flat=True))) == ["pl", "uk"]
    told = JournalEntry.objects.filter(verb="twinning.clock_reminded").order_by("id")
    assert [entry.data["days"] for entry in told] == [-7, 1, 14]


@pytest.mark.parametrize(("offset", "expected"), [(0, -7), (5, 1), (90, 14)])
def test_who_missed_a_day_gets_the_latest_alone(twinning, offset, expected):
    row, day = step(twinning), LAST + timedelta(days=offset)
    assert [sweep_on(day), sweep_on(day)] == [1, 0]
    row.refresh_from_db()
    assert row.reminded_days == expected
    assert mails().count() == 2


def test_two_clocks_run_beside_each_other_and_an_answer_stops_its_own(twinning):
    step(twinning)
    step(twinning, "sent_to_justice", date(2028, 2, 20))  # both end on 1 March
    assert sweep_on(LAST - timedelta(days=3)) == 2
    step(twinning, "justice_answered", LAST - timedelta(days=1))
    assert sweep_on(LAST + timedelta(days=1)) == 1
    step(twinning, "ministry_agreed", LAST + timedelta(days=2))
    assert sweep_on(LAST + timedelta(days=20)) == 0


def test_a_step_that_was_withdrawn_and_another_stage_start_no_clock(twinning):
    row = step(twinning)
    TwinningStep.objects.filter(pk=row.pk).update(withdrawn_at=datetime(2028, 2, 1, tzinfo=UTC))
    assert sweep_on(LAST) == 0
    step(twinning)
    Twinning.objects.filter(pk=twinning.pk).update(status="drafted")
    assert sweep_on(LAST) == 0


def test_sent_again_is_a_new_clock_with_its_own_reminders(twinning):
    step(twinning)
    assert sweep_on(LAST) == 1
    step(twinning, "ministry_refused", LAST)
    again = step(twinning, day=LAST)
    assert sweep_on(LAST + timedelta(days=1)) == 0
    assert sweep_on(LAST + timedelta(days=25)) == 1
    again.refresh_from_db()
    assert again.reminded_days == -7


def test_the_letter_says_until_when_and_after_it_that_nothing_is_recorded(twinning):
    row = step(twinning)
    sweep_on(LAST)
    letter = mails().get(language="pl")
    assert "1\u00a0marca 2028" in letter.text
    assert "31\u00a0stycznia 2028" in letter.text
    sweep_on(LAST + timedelta(days=1))
    assert mails().filter(language="pl").count() == 2
    with (
        pytest.raises(Exception, match="not a move"),
        time_machine.travel(datetime(2028, 3, 2, 12, tzinfo=UTC)),
    ):
        remind_of_clock(row, days=1)


def test_the_days_of_the_ministry_begin_and_end_in_kyiv(twinning):
    """Half past midnight there is still the day before at the portal."""
    step(twinning)
    with time_machine.travel(datetime(2028, 2, 29, 22, 30, tzinfo=UTC), tick=False):
        member = twinning.parties.first().member
        assert (timezone.localdate(), today_there()) == (date(2028, 2, 29), LAST)
        answered = record_step(
            twinning, member=member, kind="sent_to_justice", happened_on=LAST, by=make_user()
        )
        assert answered.happened_on == LAST
        with pytest.raises(TwinningRefused) as refused:
            record_step(
                twinning, member=member, kind="signed", happened_on=LAST + timedelta(days=1), by=make_user()
            )
        assert refused.value.args == (TwinningRefused.FUTURE,)
    with time_machine.travel(datetime(2028, 3, 1, 22, 30, tzinfo=UTC), tick=False):
        assert remind_of_clocks() == 1
    assert TwinningStep.objects.get(kind="sent_to_ministry").reminded_days == 1  # the day after


def test_days_in_words():
    assert [left_words(days) for days in (2, 1, 0, -1, -2)] == [
        "2 days left", "1 day left", "today is the last day", "1 day past", "2 days past"
    ]  # fmt: skip
