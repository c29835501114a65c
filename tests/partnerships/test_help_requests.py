"""Calls for help, and the coordinators who look after matches: what a side asks, what the desk does, who is told."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from partnerships.actions import help_requests as actions
from partnerships.models import HelpRequest, Match
from partnerships.refusals import CareTaken
from tests.factories import (
    PASSWORD,
    make_coordinator,
    make_member,
    make_representative,
    make_request,
    make_user,
)

pytestmark = pytest.mark.django_db
INBOX = "supportukraine@alliance.example"


def url(name, *args):
    return reverse(f"partnerships:{name}", args=args)


def login(client, member, **changes):
    representative = make_representative(member=member, **changes)
    client.login(username=representative.user.email, password=PASSWORD)
    return representative


@pytest.fixture
def gdynia():
    return make_member(official_name="Gdynia")


@pytest.fixture
def match(gdynia):
    return make_request(gdynia, make_member(official_name="Sumy", country="UA"), text="Between us")


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    coordinator = make_coordinator(name="Maria Desk", email="maria@example.org", language="pl")
    client.force_login(coordinator)
    return coordinator


def mails(stem):
    return {mail.to: mail for mail in OutgoingMail.objects.filter(name=f"partnerships/{stem}")}


def test_either_side_asks_and_both_see_it_but_not_the_words(client, match, gdynia):
    sumy = match.other_side(gdynia)
    login(client, sumy)
    address = url("help_request", match.slug)
    assert client.get(address).status_code == 200
    for wrong in ({}, {"kind": "lawyer"}, {"kind": "mediator", "text": "x" * 1001}):
        assert client.post(address, wrong).status_code == 422
    client.post(address, {"kind": "interpreter", "text": "Ukrainian and Polish, in May."})
    call = HelpRequest.objects.get()
    assert (call.match, call.member, call.kind) == (match, sumy, "interpreter")
    mail = mails("help_requested")[INBOX]
    assert "Ukrainian and Polish, in May." in mail.text
    assert "Between us" not in mail.text
    assert "asked already" not in client.get(url("match_detail", match.slug)).text
    login(client, gdynia)
    page = client.get(url("match_detail", match.slug)).text
    assert "Sumy asked for an interpreter" in page
    assert "in May" not in page
    again = client.post(address, {"kind": "interpreter"}, follow=True)
    assert "has been asked for this already" in again.text
    client.post(address, {"kind": "mediator"})
    assert HelpRequest.objects.count() == OutgoingMail.objects.count() == 2


def test_who_may_not_ask(client, match, gdynia):
    address = url("help_request", match.slug)
    login(client, make_member())
    assert client.post(address, {"kind": "mediator"}).status_code == 404
    login(client, gdynia, role="viewer")
    assert client.post(address, {"kind": "mediator"}).status_code == 403
    Match.objects.filter(pk=match.pk).update(status="closed", close_reason="ended")
    login(client, gdynia)
    assert "Nothing changed" in client.post(address, {"kind": "mediator"}, follow=True).text
    with pytest.raises(NotAllowed):
        actions.request_help(match, member=gdynia, kind="mediator", by=make_user())
    assert not HelpRequest.objects.exists()


def test_the_desk_finishes_a_call_in_words(client, match, gdynia, desk):
    make_representative(gdynia, make_user(email="pl@example.org", language="pl"))
    call, _new = actions.request_help(match, member=gdynia, kind="mediator", text="Help!", by=make_user())
    index = client.get(reverse("admin:index")).text
    assert "Wezwania" in index or "state=open" in index
    address = reverse("admin:partnerships_helprequest_verb", args=[call.pk, "done"])
    page = client.get(reverse("admin:partnerships_helprequest_change", args=[call.pk])).text
    assert "Help!" in page
    assert "Between us" not in page
    assert client.post(address, {"answer": ""}).status_code == 422
    client.post(address, {"answer": "Pani Nowak zadzwoni w piątek."})
    call.refresh_from_db()
    assert call.done_at
    assert "Pani Nowak zadzwoni w piątek." in mails("help_finished")["pl@example.org"].text
    client.post(address, {"answer": "Again"})
    assert OutgoingMail.objects.filter(name="partnerships/help_finished").count() == 1
    assert JournalEntry.objects.filter(verb="help.finished").count() == 1


# A call: open or done, in a match of each status, by each verb. True: something changed.
CALLS = {
    ("open", "finish"): dict.fromkeys(Match.Status.values, True),
    ("open", "request"): dict.fromkeys(Match.Status.values, False),
    ("done", "finish"): dict.fromkeys(Match.Status.values, False),
    ("done", "request"): {"requested": True, "accepted": True, "declined": False, "closed": False},
}


@pytest.mark.parametrize("status", Match.Status.values)
def test_every_state_of_a_call_by_every_verb(match, gdynia, status):
    facts = {
        "requested": {},
        "accepted": dict.fromkeys(("answer_a", "answer_b"), "yes")
        | dict.fromkeys(("answered_a_at", "answered_b_at", "accepted_at"), timezone.now()),
        "declined": {"decline_reason": "other"},
        "closed": {"close_reason": "desk"},
    }[status]
    Match.objects.filter(pk=match.pk).update(status=status, **facts)
    match.refresh_from_db()
    for (state, verb), changes in CALLS.items():
        done_at = timezone.now() if state == "done" else None
        call = HelpRequest.objects.create(match=match, member=gdynia, kind="mediator", done_at=done_at)
        try:
            if verb == "finish":
                actions.finish_help(call, answer="Done.", by=make_user())
                changed = True
            else:
                changed = actions.request_help(match, member=gdynia, kind="mediator", by=make_user())[1]
        except NotAllowed:
            changed = False
        assert changed == changes[status], (state, verb)
        HelpRequest.objects.all().delete()


def test_a_call_done_can_be_made_anew(match, gdynia):
    call, _new = actions.request_help(match, member=gdynia, kind="mediator", by=make_user())
    actions.finish_help(call, answer="Done.", by=make_user())
    assert actions.request_help(match, member=gdynia, kind="mediator", by=make_user())[1]
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpRequest.objects.filter(done_at=None).update(answer="Answered and not done")


# --- Who looks after a match ---------------------------------------------------------------------------------


def verb_url(match, verb):
    return reverse("admin:partnerships_match_verb", args=[match.pk, verb])


def test_a_coordinator_takes_over_what_nobody_has(client, match, desk):
    client.post(verb_url(match, "take_over"))
    match.refresh_from_db()
    assert match.coordinator == desk
    assert JournalEntry.objects.get(verb="match.taken_over").actor == desk
    with pytest.raises(CareTaken, match="Maria Desk"):
        actions.take_over_match(match, by=make_coordinator())
    assert not OutgoingMail.objects.exists()


def test_it_is_assigned_to_a_colleague_who_is_told(client, match, desk):
    colleague = make_coordinator(email="jan@example.org", language="uk")
    assert client.post(verb_url(match, "assign"), {"coordinator": make_user().pk}).status_code == 422
    client.post(verb_url(match, "assign"), {"coordinator": colleague.pk})
    match.refresh_from_db()
    assert match.coordinator == colleague
    mail = mails("match_assigned")["jan@example.org"]
    assert (mail.language, mail.category) == ("uk", "desk")
    assert "Maria Desk" in mail.text
    client.post(verb_url(match, "assign"), {"coordinator": colleague.pk})
    assert OutgoingMail.objects.count() == JournalEntry.objects.filter(verb="match.assigned").count() == 1
    actions.assign_match(match, coordinator=desk, by=desk)  # to oneself: nobody is told
    assert OutgoingMail.objects.count() == 1


def test_the_desk_closes_a_match(client, match, gdynia, desk):
    make_representative(gdynia)
    assert client.post(verb_url(match, "close"), {"text": ""}).status_code == 422
    client.post(verb_url(match, "close"), {"text": "The member has merged."})
    match.refresh_from_db()
    assert (match.status, match.close_reason) == ("closed", "desk")
    for verb in ("take_over", "assign", "close"):
        response = client.post(verb_url(match, verb), {"coordinator": desk.pk, "text": "x"}, follow=True)
        assert "match" in response.request["PATH_INFO"]
    assert OutgoingMail.objects.count() == 1
    with pytest.raises(NotAllowed):
        actions.take_over_match(match, by=desk)


@pytest.mark.parametrize("verb", ["take_over", "assign", "close"])
def test_who_acts_for_a_side_does_not_look_after_it(client, match, gdynia, desk, verb):
    make_representative(gdynia, desk)
    assert client.post(verb_url(match, verb), {"coordinator": desk.pk, "text": "x"}).status_code == 403


def test_the_queue_shows_what_waits_for_a_coordinator(client, match, gdynia, desk):
    silent = make_request(asked_at=timezone.now() - timedelta(days=16), handed_over_at=timezone.now())
    answered = make_request(status="accepted", handed_over_at=timezone.now())
    actions.request_help(match, member=gdynia, kind="mediator", by=make_user())
    make_request()
    changelist = reverse("admin:partnerships_match_changelist")
    queue = lambda care: [row.pk for row in client.get(changelist, {"care": care}).context["cl"].result_list]  # noqa: E731
    assert queue("nobody") == [silent.pk, match.pk]  # the longest wait first
    actions.take_over_match(silent, by=desk)
    assert queue("nobody") == [match.pk]
    assert queue("me") == queue("any") == [silent.pk]
    assert answered.pk not in queue("nobody")


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", ["match", "helprequest"])
def test_the_lists_of_the_desk_cost_the_same_with_one_and_three_rows(
    client, desk, django_assert_num_queries, model, rows
):
    for _ in range(rows):
        match = make_request(coordinator=desk)
        actions.request_help(match, member=match.member_a, kind="mediator", by=make_user())
    address = reverse(f"admin:partnerships_{model}_changelist")
    client.get(address)
    with django_assert_num_queries(7):  # session, person, group, rights twice, count, rows
        client.get(address)
