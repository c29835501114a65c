"""The clocks of a twinning's life on exactly their days: the yearly question, sleep after a year of silence, missed
days, deliveries, the link of the mail, parties that nobody can be reached at."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.core.journal import LINK
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from partnerships import tasks
from partnerships.actions.twinning_clocks import confirm_twinning, put_to_sleep
from partnerships.actions.twinning_signs import sign_of_life
from partnerships.links import right_path
from partnerships.models import Twinning, TwinningParty
from tests.factories import (
    make_event,
    make_member,
    make_party,
    make_place,
    make_pledge,
    make_representative,
    make_twinning,
    make_user,
)

pytestmark = pytest.mark.django_db
HERE = ZoneInfo("Europe/Brussels")
# Summer time begins on 29 March: days are counted by the calendar, not in hours.
START = date(2026, 3, 2)
QUESTION, DORMANT, WOKEN = "twinning_question", "twinning_dormant", "twinning_woken"


def at(days, hour=12):
    return datetime.combine(START + timedelta(days=days), time(hour), HERE).astimezone(UTC)


def travel(moment):
    return time_machine.travel(moment, tick=False)


@pytest.fixture
def pair():
    """Two members that agreed on `START` at noon; of one both contacts are named, of the other one."""
    sides = make_member(country="UA", name_en="Hromada"), make_member(country="PL", name_en="Gmina")
    twinning = make_twinning(*sides)
    first, second = twinning.parties.all()
    people = [
        make_representative(side, make_user(language=language), role=role).user
        for side, language, role in (
            (sides[0], "uk", "editor"),
            (sides[0], "uk", "viewer"),
            (sides[1], "pl", "signatory"),
        )
    ]
    TwinningParty.objects.filter(pk=first.pk).update(contact=people[0], second_contact=people[1])
    TwinningParty.objects.filter(pk=second.pk).update(contact=people[2])
    Twinning.objects.filter(pk=twinning.pk).update(created_at=at(0), lively_at=at(0))
    twinning.refresh_from_db()
    twinning.people = people
    return twinning


def sweeps(days, hour=12):
    """What each of these days brings: day → stems of the mails written by its sweeps, one for each reader."""
    found = {}
    for day in days:
        before = set(OutgoingMail.objects.values_list("pk", flat=True))
        with travel(at(day, hour)):
            tasks.look_after_twinnings()
        mails = OutgoingMail.objects.exclude(pk__in=before).order_by("pk")
        stems = [mail.name.split("/")[1] for mail in mails]
        if stems:
            found.setdefault(day, []).extend(stems)
    return found


def fresh(twinning):
    return Twinning.objects.get(pk=twinning.pk)


def lively(twinning, day):
    Twinning.objects.filter(pk=twinning.pk).update(lively_at=at(day))


def test_silence_is_asked_about_and_becomes_sleep_on_exactly_these_days(pair):
    assert sweeps([1, 100, 334, 335, 335, 336, 364]) == {335: [QUESTION] * 3}
    assert fresh(pair).status == "first_contact"
    assert sweeps([365, 365, 366]) == {365: [DORMANT] * 3}
    slept = fresh(pair)
    assert (slept.status, slept.stage_before_dormant) == ("dormant", "first_contact")
    assert JournalEntry.objects.about(slept).filter(verb="twinning.fell_asleep").count() == 1
    # A dormant one is asked every year, too.
    assert sweeps([699, 700, 701]) == {700: [QUESTION] * 3}


def test_the_question_and_sleep_come_with_the_day_of_the_portals_clock(pair):
    with travel(at(335, 0) - timedelta(seconds=1)):
        assert tasks.look_after_twinnings()["asked before they sleep"] == 0
    with travel(at(335, 0)):
        assert tasks.look_after_twinnings()["asked before they sleep"] == 1
    with travel(at(365, 0) - timedelta(seconds=1)):
        assert tasks.look_after_twinnings()["fell asleep"] == 0
    with travel(at(365, 0)):
        assert tasks.look_after_twinnings()["fell asleep"] == 1


def test_the_yearly_question_comes_to_those_that_live_once_a_year(pair):
    lively(pair, 300)
    assert sweeps([364, 365, 365, 366, 400]) == {365: [QUESTION] * 3}
    lively(pair, 700)
    assert sweeps([729, 730, 731]) == {730: [QUESTION] * 3}


def test_shortly_before_sleep_the_yearly_question_leaves_the_word_to_the_last_one(pair):
    lively(pair, 40)  # a year after the start it is silent for 325 days
    assert sweeps([365, 374, 375, 376, 404, 405]) == {375: [QUESTION] * 3, 405: [DORMANT] * 3}


@pytest.mark.parametrize(
    ("days", "mails"),
    [
        ([340, 365, 369, 370], {340: [QUESTION] * 3, 370: [DORMANT] * 3}),
        # Nobody is put to sleep who was not asked in good time.
        ([500, 500, 529, 530, 531], {500: [QUESTION] * 3, 530: [DORMANT] * 3}),
    ],
)
def test_a_missed_day_is_made_up_for_once(pair, days, mails):
    assert sweeps(days) == mails


def test_the_question_is_in_the_language_of_each_reader_and_names_the_day_of_sleep(pair):
    sweeps([335])
    mails = {mail.to: mail for mail in OutgoingMail.objects.all()}
    assert set(mails) == {person.email for person in pair.people}
    assert [mails[person.email].language for person in pair.people] == ["uk", "uk", "pl"]
    assert "/pl/" in mails[pair.people[2].email].text
    assert "2\u00a0marca 2027" in mails[pair.people[2].email].text
    assert "2\u00a0березня 2026" in mails[pair.people[0].email].text.replace(" року", "")


def test_of_what_no_member_stands_by_silence_means_nothing(pair):
    place, other = make_place(), make_place(country="UA")
    imported = make_twinning(place, other, origin="imported", source_note="A list")
    Twinning.objects.filter(pk=imported.pk).update(lively_at=at(0), created_at=at(0))
    ended = make_twinning(status="ended", end_reason="expired", ended_on=START)
    Twinning.objects.filter(pk=ended.pk).update(lively_at=at(0), created_at=at(0))
    assert sweeps([335, 365]) == {335: [QUESTION] * 3, 365: [DORMANT] * 3}
    assert fresh(imported).status == "first_contact"


def test_a_sign_of_life_wakes_it_at_the_stage_where_it_slept(pair):
    Twinning.objects.filter(pk=pair.pk).update(status="letter")
    sweeps([335, 365])
    with travel(at(370)):
        sign_of_life(fresh(pair), by=pair.people[0])
    woken = fresh(pair)
    assert (woken.status, woken.stage_before_dormant, woken.lively_at) == ("letter", "", at(370))
    assert OutgoingMail.objects.filter(name=f"partnerships/{WOKEN}").count() == 3
    with pytest.raises(NotAllowed):
        put_to_sleep(woken)


def test_what_has_ended_gives_no_sign_of_life(pair):
    Twinning.objects.filter(pk=pair.pk).update(status="ended", end_reason="agreed", ended_on=START)
    with pytest.raises(NotAllowed):
        sign_of_life(fresh(pair), by=pair.people[0])


# --- Deliveries ------------------------------------------------------------------------------------------------


def test_a_delivery_of_the_pair_is_a_sign_of_life(pair):
    first, second = pair.parties.all()
    with travel(at(-5)):
        line = make_pledge("promised 3", giver=second.member, receiver=first.member).lines.get()
    assert sweeps([1, 335]) == {335: [QUESTION] * 3}
    make_event(line, "committed", 3, recorded_at=at(350))
    assert sweeps([365]) == {}
    assert fresh(pair).lively_at == at(350)
    assert sweeps([684, 685, 714, 715]) == {685: [QUESTION] * 3, 715: [DORMANT] * 3}
    make_event(line, "dispatched", 1, recorded_at=at(720))
    assert sweeps([721, 721]) == {721: [WOKEN] * 3}


@pytest.mark.parametrize("case", ["stranger", "desk", "left"])
def test_what_is_no_delivery_of_the_pair_wakes_nothing(pair, case):
    first, second = pair.parties.all()
    giver = make_member() if case == "stranger" else second.member
    with travel(at(-5)):
        line = make_pledge("committed 3", giver=giver, receiver=first.member).lines.get()
    make_party(pair, make_member())
    if case == "left":
        TwinningParty.objects.filter(pk=second.pk).update(left_at=timezone.now())
    make_event(line, "dispatched", 1, recorded_at=at(10), side="desk" if case == "desk" else "giver")
    with travel(at(20)):
        assert tasks.look_after_twinnings()["lively by their deliveries"] == 0


# --- The answer ------------------------------------------------------------------------------------------------


def asked(pair):
    sweeps([335])
    return fresh(pair)


def test_opening_the_link_changes_nothing_and_one_click_answers(client, pair):
    twinning = asked(pair)
    url = right_path(twinning, pair.people[1])  # a viewer who was named as contact
    with travel(at(340)):
        page = client.get(url)
        assert page.status_code == 200
        assert 'value="yes"' in page.text
        assert fresh(pair).lively_at == at(0)
        assert "Thank you" in client.post(url, {"answer": "yes"}).text
    assert fresh(pair).lively_at == at(340)
    entry = JournalEntry.objects.about(twinning).get(verb="twinning.confirmed")
    assert (entry.actor, entry.actor_kind) == (None, "link")
    with travel(at(341)):
        again = client.post(url, {"answer": "yes"})
    assert "answered already" in again.text
    assert fresh(pair).lively_at == at(340)
    assert sweeps([365, 366]) == {}


def test_the_answer_needs_no_cookie_and_says_so_only_with_its_word(pair):
    twinning = asked(pair)
    client = Client(enforce_csrf_checks=True)
    url = right_path(twinning, pair.people[0])
    with travel(at(340)):
        client.post(url, {})
        assert fresh(pair).lively_at == at(0)
        client.post(url, {"answer": "yes"})
    assert fresh(pair).lively_at == at(340)


def test_an_old_link_or_one_of_somebody_who_left_does_nothing(client, pair):
    old = right_path(asked(pair), pair.people[0])
    sweeps([365, 700])
    with travel(at(701)):
        assert "answered already" in client.post(old, {"answer": "yes"}).text
        assert fresh(pair).status == "dormant"
        gone = right_path(fresh(pair), pair.people[0])
        pair.people[0].representations.update(since=at(0), until=at(0))
        assert client.post(gone, {"answer": "yes"}).status_code == 404
        other = right_path(fresh(pair), make_representative().user)
        assert client.get(other).status_code == 404
    assert client.get(reverse("partnerships:twinning_right", args=["made-up"])).status_code == 404
    with pytest.raises(NotAllowed):
        confirm_twinning(fresh(pair), asked=at(335), by=LINK)


def test_the_answer_wakes_a_dormant_one(client, pair):
    asked(pair)
    sweeps([365])
    url = right_path(fresh(pair), pair.people[2])
    with travel(at(366)):
        client.post(url, {"answer": "yes"})
    assert fresh(pair).status == "first_contact"


# --- Who can be reached ----------------------------------------------------------------------------------------

MISSING = "twinning_contact_missing"


def test_everybody_named_and_acting_is_reached(pair):
    assert not TwinningParty.objects.without_contact().exists()
    assert sweeps([1]) == {}


@pytest.mark.parametrize("case", ["ended", "inactive", "nobody", "on hold"])
def test_a_party_without_a_reachable_contact_is_flagged_once(pair, case):
    """The second party has one contact; a colleague is left, who is asked to name somebody."""
    party = pair.parties.last()
    colleague = make_representative(party.member, role="editor")
    if case == "ended":
        pair.people[2].representations.update(since=at(0), until=at(0))
    elif case == "inactive":
        type(pair.people[2]).objects.filter(pk=pair.people[2].pk).update(is_active=False)
    elif case == "nobody":
        TwinningParty.objects.filter(pk=party.pk).update(contact=None)
    else:
        type(party.member).objects.filter(pk=party.member_id).update(status="on_hold")
    assert list(TwinningParty.objects.without_contact()) == [party]
    brought = sweeps([1, 1, 2])
    assert {day: set(stems) for day, stems in brought.items()} == {1: {MISSING}}
    assert colleague.user.email in OutgoingMail.objects.values_list("to", flat=True)
    party.refresh_from_db()
    assert party.unreachable_since == at(1)
    assert JournalEntry.objects.about(party).filter(verb="party.unreachable").count() == 1


def test_a_second_contact_who_acts_is_enough_and_who_is_back_takes_the_flag_away(pair):
    first, second = pair.parties.all()
    pair.people[0].representations.update(since=at(0), until=at(0))
    assert not TwinningParty.objects.without_contact().filter(pk=first.pk).exists()
    TwinningParty.objects.filter(pk=second.pk).update(contact=None)
    sweeps([1])
    TwinningParty.objects.filter(pk=second.pk).update(contact=pair.people[2])
    with travel(at(2)):
        assert tasks.look_after_twinnings()["reachable again"] == 1
    second.refresh_from_db()
    assert second.unreachable_since is None


def test_parties_that_left_ended_or_are_no_members_are_not_flagged(pair):
    party = pair.parties.last()
    TwinningParty.objects.filter(pk=party.pk).update(contact=None, left_at=timezone.now())
    make_party(pair, make_place())
    make_party(pair, "Old friends")
    make_twinning(status="ended", end_reason="expired", ended_on=START)
    assert not TwinningParty.objects.without_contact().exists()
