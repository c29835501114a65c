"""The day of a promise is moved openly: asked with a reason, told to both; it counts only when the receiver agrees."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships.actions import due_days
from partnerships.models import DayChange, Pledge
from tests.factories import PASSWORD, make_member, make_pledge, make_representative, make_user

pytestmark = pytest.mark.django_db

SIGNATORY, EDITOR, RECEIVER, VIEWER = (
    f"{name}@example.org" for name in ("boss", "clerk", "receiver", "viewer")
)
TODAY = timezone.localdate()
OLD, NEW = TODAY - timedelta(days=1), TODAY + timedelta(days=30)
REASON = "The border is closed."


@pytest.fixture
def pledge():
    giver, receiver = make_member(official_name="Gdynia"), make_member(country="UA", official_name="Sumy")
    make_representative(giver, make_user(email=SIGNATORY, language="pl"), role="signatory")
    make_representative(giver, make_user(email=EDITOR, language="pl"), role="editor")
    make_representative(receiver, make_user(email=RECEIVER, language="uk"), role="editor")
    make_representative(receiver, make_user(email=VIEWER, language="uk"), role="viewer")
    return make_pledge("promised 10 · committed 10", giver=giver, receiver=receiver, due_on=OLD)


def signed_in(email):
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


def url(pledge, name="pledge_day"):
    return reverse(f"partnerships:{name}", args=[pledge.slug])


def ask(pledge, after=NEW, reason=REASON, by=SIGNATORY):
    return signed_in(by).post(url(pledge), {"after": after, "reason": reason})


def answer(pledge, agree, by=RECEIVER, change=None):
    change = change or pledge.day_changes.latest("id")
    return signed_in(by).post(url(pledge, "pledge_day_answer"), {"change": change.pk, "agree": agree})


def is_late(pledge):
    return Pledge.objects.late().filter(pk=pledge.pk).exists()


def test_only_a_signatory_of_the_giver_asks_and_only_who_writes_for_the_receiver_answers(pledge):
    assert [ask(pledge, by=who).status_code for who in (EDITOR, RECEIVER, SIGNATORY)] == [403, 404, 302]
    assert [answer(pledge, 1, by=who).status_code for who in (SIGNATORY, VIEWER, RECEIVER)] == [404, 403, 302]
    assert pledge.day_changes.get().answer == "agreed"


def test_the_old_day_counts_until_the_receiver_agrees_and_stays_readable(pledge):
    assert is_late(pledge)
    ask(pledge)
    pledge.refresh_from_db()
    assert (pledge.due_on, is_late(pledge)) == (OLD, True)
    answer(pledge, 1)
    pledge.refresh_from_db()
    assert (pledge.due_on, is_late(pledge)) == (NEW, False)
    verbs = JournalEntry.objects.about(pledge).order_by("id")
    assert [(e.verb, e.data) for e in verbs] == [
        (verb, {"before": str(OLD), "after": str(NEW)}) for verb in ("pledge.day_asked", "pledge.day_agreed")
    ]
    public = Client().get(url(pledge, "pledge_detail"))
    assert "first promised for" in public.text
    assert REASON not in public.text
    assert REASON in signed_in(VIEWER).get(url(pledge, "pledge_detail")).text


def test_both_sides_are_told_in_their_languages_and_once(pledge):
    for _click in range(2):
        ask(pledge)
    people = {(who, "pl") for who in (SIGNATORY, EDITOR)} | {(who, "uk") for who in (RECEIVER, VIEWER)}
    asked = OutgoingMail.objects.filter(name="partnerships/day_asked")
    assert set(asked.values_list("to", "language")) == people
    assert asked.count() == 4
    assert REASON in asked.first().text
    for _click in range(2):
        answer(pledge, 0, change=pledge.day_changes.get())
    told = OutgoingMail.objects.filter(name="partnerships/day_answered")
    assert set(told.values_list("to", "language")) == people
    assert told.count() == 4
    pledge.refresh_from_db()
    assert pledge.due_on == OLD


def test_a_wish_waits_for_the_receivers_answer(pledge):
    ask(pledge)
    waits = signed_in(RECEIVER).get(reverse("partnerships:my_deliveries"))
    assert "you: answer about another day" in waits.text
    assert len(waits.context["waiting"]["rows"]) == 1
    assert "Say whether another day is right." in signed_in(RECEIVER).get(url(pledge, "pledge_detail")).text
    answer(pledge, 0)
    waits = signed_in(RECEIVER).get(reverse("partnerships:my_deliveries"))
    assert len(waits.context["waiting"]["rows"]) == 0


def test_a_newer_wish_replaces_the_one_that_waits(pledge):
    ask(pledge)
    first = pledge.day_changes.get()
    ask(pledge, after=NEW + timedelta(days=1))
    answer(pledge, 1, change=first)  # from a page that shows the older one
    pledge.refresh_from_db()
    assert pledge.due_on == OLD
    assert list(pledge.day_changes.values_list("answer", flat=True)) == ["replaced", ""]
    answer(pledge, 1)
    pledge.refresh_from_db()
    assert pledge.due_on == NEW + timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"after": TODAY - timedelta(days=1)}, "after"),
        ({"after": "soon"}, "after"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_stays(pledge, typed, field):
    page = ask(pledge, **typed)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {field}
    assert not pledge.day_changes.exists()


def test_the_same_day_is_no_other_day(pledge):
    Pledge.objects.filter(pk=pledge.pk).update(due_on=NEW)
    assert set(ask(pledge).context["form"].errors) == {"after"}


@pytest.mark.parametrize(
    "history",
    ["promised 3", "committed 3 · cancelled 3", "committed 3 · dispatched 3 · received 3 · accepted 3"],
)
def test_where_nothing_firm_is_awaited_there_is_no_day_to_move(pledge, history):
    other = make_pledge(history, giver=pledge.giver, receiver=pledge.receiver, due_on=OLD)
    assert ask(other).status_code == 302
    assert not other.day_changes.exists()


def test_the_database_keeps_one_open_question_and_no_answer_without_a_name(pledge):
    fields = {"pledge": pledge, "before": OLD, "after": NEW, "reason": "x", "asked_by": make_user()}
    change = DayChange.objects.create(**fields)
    for bad in ({}, {"after": OLD, "answer": "agreed"}, {"answer": "agreed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DayChange.objects.create(**fields | bad)
    assert due_days.answer_day(change, agrees=True, by=make_user())
    assert not due_days.answer_day(change, agrees=False, by=make_user())


# A wish and its answer: every state by every verb. What a verb makes of it; the same state where it changes nothing.
ANSWERS = {
    ("", "agree"): "agreed",
    ("", "decline"): "declined",
    ("", "ask anew"): "replaced",
    ("", "the same again"): "",
}


@pytest.mark.parametrize("state", DayChange.Answer.values)
def test_every_state_of_a_wish_by_every_verb(pledge, state):
    by, day = make_user(), NEW
    for verb in ("agree", "decline", "ask anew", "the same again"):
        day += timedelta(days=1)
        Pledge.objects.filter(pk=pledge.pk).update(due_on=OLD)
        DayChange.objects.filter(answer="").update(
            answer="declined", answered_by=by, answered_at=timezone.now()
        )
        change = DayChange.objects.create(
            pledge=pledge,
            before=OLD,
            after=day,
            reason="x",
            asked_by=by,
            answer=state,
            answered_by=by if state else None,
            answered_at=timezone.now() if state else None,
        )
        if verb in ("agree", "decline"):
            assert due_days.answer_day(change, agrees=verb == "agree", by=by) == (state == "")
        else:
            due_days.ask_for_day(pledge, after=day, reason="x" if verb == "the same again" else "y", by=by)
        change.refresh_from_db()
        pledge.refresh_from_db()
        assert change.answer == ANSWERS.get((state, verb), state), verb
        assert pledge.due_on == (day if (state, verb) == ("", "agree") else OLD), verb
        pledge.day_changes.all().delete()
