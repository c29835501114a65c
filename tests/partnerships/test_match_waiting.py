"""A request that nobody answers: reminders after 5 and 10 days, a coordinator after 14, the end after 30; each once,
on its day, also after missed days."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from alliance.core.models import JournalEntry, MailStop, OutgoingMail
from alliance.core.states import NotAllowed
from partnerships.actions import matches as actions
from partnerships.actions import waiting
from partnerships.models import Match
from partnerships.tasks import look_after_matches
from tests.factories import make_listing, make_member, make_representative, make_request, make_user

pytestmark = pytest.mark.django_db
ASKED = datetime(2026, 10, 20, 9, 30, tzinfo=UTC)  # the clocks change five days later
HOUR = timedelta(hours=1)
ACTION_REQUIRED = {"uk": "[Потрібна ваша дія]", "pl": "[Wymaga działania]", "en": "[Action required]"}
SWEEP = ("match_reminder", "match_handed_over", "match_unanswered", "match_closed")


def day(number, **more):
    return ASKED + timedelta(days=number, **more)


@pytest.fixture
def gdynia():
    member = make_member(official_name="Gdynia")
    make_representative(member, make_user(email="asker@example.org", language="pl"))
    return member


@pytest.fixture
def sumy():
    """Silent, with one reader of each language, a viewer, and one who has left."""
    member = make_member(official_name="Sumy", country="UA", contact_language="uk")
    for language in ("uk", "pl", "en"):
        make_representative(
            member, make_user(email=f"{language}@example.org", language=language), role="editor"
        )
    make_representative(member, make_user(email="viewer@example.org"), role="viewer")
    gone = make_representative(member, make_user(email="gone@example.org"))
    type(gone).objects.filter(pk=gone.pk).update(until=gone.since)
    return member


@pytest.fixture
def match(gdynia, sumy):
    with time_machine.travel(ASKED, tick=False):
        return make_request(gdynia, sumy, listing=make_listing(member=sumy))


def sweeps(moments):
    """Runs the sweep at each moment; which mails each of them wrote, by stem, where it wrote any."""
    found = {}
    for number, moment in moments:
        before = set(OutgoingMail.objects.values_list("pk", flat=True))
        with time_machine.travel(moment, tick=False):
            look_after_matches()
        new = OutgoingMail.objects.exclude(pk__in=before)
        stems = sorted({mail.name.removeprefix("partnerships/") for mail in new})
        if stems:
            found[number] = stems
    return found


def daily(numbers):
    return [(number, day(number)) for number in numbers]


EVERYTHING = {
    5: ["match_reminder"],
    10: ["match_reminder"],
    14: ["match_handed_over", "match_unanswered"],
    30: ["match_closed"],
}


def test_each_comes_on_exactly_its_day(match):
    assert sweeps(daily(range(40))) == EVERYTHING
    match.refresh_from_db()
    assert (match.status, match.close_reason, match.status_changed_at) == ("closed", "silent", day(30))


def test_each_comes_in_its_hour_and_once_however_often_the_sweep_runs(match):
    moments = [(n, ASKED + n * HOUR) for n in range(24 * 31)]
    moments = [(n, m) for n, m in moments if n % 24 in (23, 0, 1)]
    found = sweeps(moments)
    assert {hour / 24: stems for hour, stems in found.items()} == EVERYTHING
    assert OutgoingMail.objects.filter(name="partnerships/match_reminder").count() == 6


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        ({5}, {6: ["match_reminder"], 10: ["match_reminder"]}),
        ({10}, {5: ["match_reminder"], 11: ["match_reminder"]}),
        (set(range(5, 12)), {12: ["match_reminder"]}),  # the second alone, not both at once
        (set(range(9, 15)), {5: ["match_reminder"], 15: ["match_handed_over", "match_unanswered"]}),
        (set(range(14, 20)), {5: ["match_reminder"], 10: ["match_reminder"], 20: EVERYTHING[14]}),
    ],
)
def test_a_missed_day_is_made_up_for_once(match, away, expected):
    found = sweeps(daily(number for number in range(29) if number not in away))
    assert {number: stems for number, stems in found.items() if number < 21} == {
        **({14: EVERYTHING[14]} if not away & set(range(14, 20)) else {}),
        **expected,
    }


def test_a_missed_last_day_closes_on_the_next(match):
    found = sweeps(daily([*range(29), 33, 34]))
    assert found[33] == ["match_closed"]
    assert 34 not in found


def test_the_reminder_goes_to_those_who_may_answer_in_their_language(match):
    sweeps(daily([5]))
    sent = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert set(sent) == {"uk@example.org", "pl@example.org", "en@example.org"}
    for language, mark in ACTION_REQUIRED.items():
        mail = sent[f"{language}@example.org"]
        assert (mail.language, mail.category) == (language, "reminder")
        assert mail.subject.startswith(mark)
        assert "Gdynia" in mail.subject
        assert f"/{language}/matches/open/" in mail.text
    assert "19 November 2026" in sent["en@example.org"].text  # the day on which it closes by itself


def test_both_reminders_and_the_end_are_read_in_both_languages(match):
    sweeps(daily(range(31)))
    for language in ("uk", "pl"):
        to_silent = OutgoingMail.objects.filter(to=f"{language}@example.org").order_by("id")
        assert [mail.name for mail in to_silent] == [
            "partnerships/match_reminder", "partnerships/match_reminder", "partnerships/match_closed",
        ]  # fmt: skip
        assert {mail.language for mail in to_silent} == {language}
    asker = OutgoingMail.objects.filter(to="asker@example.org").order_by("id")
    assert [mail.name for mail in asker] == ["partnerships/match_handed_over", "partnerships/match_closed"]
    assert {mail.language for mail in asker} == {"pl"}


def test_the_inbox_is_told_once_and_finds_it_at_the_desk(match):
    sweeps(daily(range(29)))
    mail = OutgoingMail.objects.get(name="partnerships/match_unanswered")
    assert mail.to == settings.INBOXES["default"]
    assert reverse("admin:partnerships_match_change", args=[match.pk]) in mail.text
    assert list(Match.objects.in_care()) == [match]
    verbs = JournalEntry.objects.about(match).order_by("id").values_list("verb", "actor_kind")
    assert list(verbs) == [
        ("match.reminded", "system"), ("match.reminded", "system"), ("match.handed_over", "system"),
    ]  # fmt: skip


@pytest.mark.parametrize("answer", ["accept", "decline", "take_back"])
def test_an_answer_ends_the_waiting(match, gdynia, sumy, answer):
    sweeps(daily(range(8)))
    do = {
        "accept": lambda: actions.accept_match(match, member=sumy, by=make_user()),
        "decline": lambda: actions.decline_match(match, member=sumy, reason="language", by=make_user()),
        "take_back": lambda: actions.take_back_match(match, member=gdynia, by=make_user()),
    }
    do[answer]()
    assert sweeps(daily(range(8, 40))) == {}


def test_a_message_is_no_answer(match, gdynia, sumy):
    actions.send_message(match, member=sumy, text="Please wait.", by=make_user())
    OutgoingMail.objects.all().delete()
    assert sweeps(daily(range(31))) == EVERYTHING


def test_who_stopped_reminders_gets_none_and_the_others_do(match):
    MailStop.objects.create(email="pl@example.org", category="reminder")
    sweeps(daily([5]))
    assert set(OutgoingMail.objects.values_list("to", flat=True)) == {"uk@example.org", "en@example.org"}


def test_a_member_on_hold_is_not_reminded_and_the_end_comes_all_the_same(match, sumy):
    type(sumy).objects.filter(pk=sumy.pk).update(status="on_hold")
    assert sweeps(daily(range(31))) == {14: EVERYTHING[14], 30: ["match_closed"]}


def test_after_the_end_either_side_can_ask_anew(match, gdynia, sumy):
    sweeps(daily([31]))
    again, is_new = actions.request_match(member=sumy, to=gdynia, text="We are here now.", by=make_user())
    assert is_new
    assert again.listing is None


@pytest.mark.parametrize(
    ("act", "days"),
    [(lambda m: waiting.remind_of_match(m, days=5), 5), (waiting.hand_over_match, 14)],
)
def test_an_action_too_early_or_a_second_time_refuses(match, act, days):
    with time_machine.travel(day(days, seconds=-1), tick=False), pytest.raises(NotAllowed):
        act(match)
    with time_machine.travel(day(days), tick=False):
        act(match)
        done = OutgoingMail.objects.count()
        with pytest.raises(NotAllowed):
            act(match)
    assert OutgoingMail.objects.count() == done > 0


def test_closing_too_early_refuses(match):
    with time_machine.travel(day(30, seconds=-1), tick=False), pytest.raises(NotAllowed):
        waiting.close_silent_match(match)
    assert not OutgoingMail.objects.exists()
