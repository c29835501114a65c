"""The desk reads pledges, finds what is disputed and late, and reconciles with a reason; it overwrites nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry
from partnerships import ledger
from partnerships.models import PledgeEvent
from tests.factories import make_coordinator, make_member, make_pledge, make_representative

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
    data = {"dispatched": "2", "received": "3", "accepted": "0", "lost": "0", "reason": "x"}
    page = client.post(verb_url(pledge), data, follow=True)
    assert "do not add up" in page.text
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
