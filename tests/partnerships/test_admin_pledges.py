"""The desk reads pledges, finds what is disputed and late, and reconciles with a reason; it overwrites nothing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry, OutgoingMail
from partnerships import ledger
from partnerships.actions.overdue import remind_of_pledges
from partnerships.models import PledgeEvent
from tests.factories import make_coordinator, make_member, make_pledge, make_representative, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    user = make_coordinator()
    client.force_login(user)
    return user


def listed(client, model, **query):
    page = client.get(reverse(f"admin:partnerships_{model}_changelist"), query)
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


def test_disputed_and_late_are_lists_of_their_own(client, desk):
    disputed = make_pledge("committed 3 · dispatched 2 · received 3")
    late = make_pledge("committed 3", due_on=TODAY - timedelta(days=1))
    make_pledge("committed 3", due_on=TODAY)
    for plight, pledge in (("disputed", disputed), ("late", late)):
        assert listed(client, "pledge", plight=plight) == [pledge]
        assert listed(client, "pledgeline", plight=plight) == [pledge.lines.get()]
    assert len(listed(client, "pledge")) == 3
    index = client.get(reverse("admin:index")).text
    assert "Deliveries where the figures of giver and receiver differ" in index
    assert "Promises past their day" in index


def test_a_pledge_is_read_and_not_written(client, desk):
    pledge = make_pledge("committed 3", note="For both")
    page = client.get(reverse("admin:partnerships_pledge_change", args=[pledge.pk]))
    assert "For both" in page.text
    assert reverse("admin:partnerships_pledgeline_change", args=[pledge.lines.get().pk]) in page.text
    assert 'name="_save"' not in page.text
    assert client.post(reverse("admin:partnerships_pledge_change", args=[pledge.pk]), {}).status_code == 403


def test_the_desk_reads_the_entries_of_a_line_as_both_sides_do(client, desk):
    pledge = make_pledge("committed 3 · dispatched 2 · fix#2 1")
    page = client.get(reverse("admin:partnerships_pledgeline_change", args=[pledge.lines.get().pk])).text
    for words in ("2 pieces", "correction of “dispatched”", "−1 piece"):
        assert words in page
    assert "2.000" not in page


def verb_url(pledge):
    return reverse("admin:partnerships_pledgeline_verb", args=[pledge.lines.get().pk, "reconcile"])


def test_reconcile_is_a_verb_with_a_reason(client, desk):
    pledge = make_pledge("committed 3 · dispatched 2 · received 3")
    page = client.get(verb_url(pledge))
    for words in ("2 pieces", "3 pieces", "What both sides said"):
        assert words in page.text
    data = {"dispatched": "3", "received": "3", "accepted": "0", "lost": "0"}
    assert client.post(verb_url(pledge), data).status_code == 422
    before = list(PledgeEvent.objects.order_by("id"))
    client.post(verb_url(pledge), data | {"reason": "Both counted three"})
    line = ledger.totals(pledge.lines.get().events.all())
    assert (line.dispatched, line.received, line.is_reconciled) == (3, 3, True)
    events = list(PledgeEvent.objects.order_by("id"))
    assert events[:3] == before
    assert [(e.kind, e.side, e.actor, e.reason) for e in events[3:]] == [
        ("dispatched", "desk", desk, "Both counted three")
    ]
    assert JournalEntry.objects.get(verb="pledge.reconciled").data["reason"] == "Both counted three"
    history = client.get(reverse("admin:partnerships_pledge_history", args=[pledge.pk])).text
    assert "reconciled" in history
    assert "1. generators 1: 1 piece" in history


def test_numbers_that_do_not_add_up_change_nothing(client, desk):
    pledge = make_pledge("committed 3 · dispatched 2 · received 3")
    data = {"dispatched": "2", "received": "3", "accepted": "0", "lost": "0", "reason": "Both were asked"}
    page = client.post(verb_url(pledge), data)
    assert page.status_code == 422
    assert "do not add up" in page.text
    assert "Both were asked" in page.text  # what was typed stays
    assert PledgeEvent.objects.count() == 3


def test_whoever_acts_for_a_side_does_not_reconcile(client, desk):
    member = make_member()
    make_representative(member, desk)
    pledge = make_pledge("committed 3 · dispatched 2 · received 3", giver=member)
    assert client.get(verb_url(pledge)).status_code == 403


@pytest.mark.parametrize("model", ["pledge", "pledgeline"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_with_one_and_three_rows(client, desk, django_assert_num_queries, model, count):
    for _row in range(count):
        make_pledge("committed 3 · dispatched 2", "promised 1")
    address = reverse(f"admin:partnerships_{model}_changelist")
    client.get(address)
    with django_assert_num_queries({"pledge": 9, "pledgeline": 8}[model]):
        client.get(address)


# --- What is late ---------------------------------------------------------------------------------------------


def overdue(days, *histories, **changes):
    return make_pledge(*(histories or ("committed 3",)), due_on=TODAY - timedelta(days=days), **changes)


def words_of(client, **query):
    page = client.get(reverse("admin:partnerships_pledge_changelist"), {"plight": "late", **query})
    body = page.text.partition('id="result_list"')[2].partition("</table>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in body.split("<tr")[2:]]


def test_late_ones_stand_with_the_longest_overdue_first(client, desk):
    giver, receiver = make_member(official_name="Gdynia"), make_member(official_name="Sumy", country="UA")
    new, old = (
        overdue(2),
        overdue(40, "committed 10 · dispatched 6 · received 4 · accepted 3", giver=giver, receiver=receiver),
    )
    overdue(5, "committed 3 · received 3 · accepted 3")
    assert listed(client, "pledge", plight="late") == [old, new]
    row = words_of(client)[0]
    for words in (
        "40 days",
        "Gdynia",
        "Sumy",
        "generators 1: 7 pieces; dispatched: 2 pieces; received: 1 piece",
    ):
        assert words in row
    assert row.endswith("–")  # nobody was reminded yet
    index = client.get(reverse("admin:index")).text
    assert re.search(r"Promises past their day.*?>2<.*?40 days", index, re.S)


def test_it_says_which_reminders_were_sent_to_whom(client, desk):
    giver = make_member()
    make_representative(giver, email := make_user(email="mayor@example.org"))
    pledge = overdue(7, giver=giver)
    remind_of_pledges()
    OutgoingMail.objects.filter(name="partnerships/pledge_overdue").update(
        status="failed", failed_at=timezone.now()
    )
    assert email.email == "mayor@example.org"
    row = words_of(client)[0]
    assert re.search(r"after 7 days: mayor@example.org, \S+ \(failed\)", row)
    type(pledge).objects.filter(pk=pledge.pk).update(due_on=TODAY - timedelta(days=3))
    assert words_of(client)[0].endswith("–")  # of the day that is agreed now nobody was reminded


def test_filters_of_the_late_ones(client, desk):
    german, polish = make_member(country="DE"), make_member(country="PL")
    make_representative(polish)
    weeks = {days: overdue(days, giver=polish if days > 7 else german) for days in (7, 8, 30, 31)}

    def found(**query):
        return [(TODAY - row.due_on).days for row in listed(client, "pledge", plight="late", **query)]

    assert found(late_for="week") == [7]
    assert found(late_for="month") == [30, 8]
    assert found(late_for="longer") == [31]
    assert found(**{"from": "PL"}) == [31, 30, 8]
    remind_of_pledges()
    assert (found(reminded="30"), found(reminded="7"), found(reminded="none")) == ([31, 30], [8, 7], [])
    type(weeks[8]).objects.filter(pk=weeks[8].pk).update(reminded_days=None, reminded_for=None)
    assert found(reminded="none") == [8]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_late_ones_costs_the_same(client, desk, django_assert_num_queries, count):
    for _ in range(count):
        giver = make_member()
        make_representative(giver)
        overdue(8, *["committed 3"] * count, giver=giver)
    remind_of_pledges()
    with django_assert_num_queries(10):
        assert len(words_of(client)) == count
