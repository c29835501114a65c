"""The one list of everything that waits at the desk: complete, in order, with who has it, and quick to work through."""

import datetime

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliance.core.models import JournalEntry
from alliance.users import actions
from alliance.users.admin_queue import queue_page, read_place, write_place
from alliance.users.models import HeldRow
from alliance.users.refusals import TakenAlready
from members.models import Member
from tests.desk import prove
from tests.factories import make_coordinator, make_member, make_pledge, make_ticket, make_user

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2026, 11, 20, 10, tzinfo=datetime.UTC)


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator(language="en")
    client.force_login(client.user)
    return client


def ago(**changes):
    return NOW - datetime.timedelta(**changes)


def pending(days):
    return make_member(status=Member.Status.PENDING, status_changed_at=ago(days=days))


def ticket(days, **changes):
    row = make_ticket(**changes)
    type(row).objects.filter(pk=row.pk).update(waits_since=ago(days=days))
    return row


def names(response):
    return [line["name"] for line in response.context["lines"]]


def page_of(**changes):
    return queue_page(admin.site.waiting, **changes)


def test_rows_of_all_kinds_stand_by_how_long_they_wait(desk):
    rows = [pending(9), ticket(7), pending(5), ticket(3)]
    assert names(desk.get(reverse("admin:queue"))) == [str(row) for row in rows]


def test_a_day_without_a_time_counts_from_its_beginning():
    late = make_pledge("promised 5 · committed 5", due_on=ago(days=6).date())
    moments = [item.since for item in page_of().items if item.row == late]
    assert [timezone.localtime(moment).date() for moment in moments] == [late.due_on]


def test_pages_by_key_have_each_row_once():
    same = ago(days=4)
    rows = {make_member(status=Member.Status.PENDING, status_changed_at=same) for _n in range(3)}
    rows |= {ticket(days) for days in (4, 4, 2, 6)}
    late = make_pledge("promised 5 · committed 5", due_on=same.date())
    seen, after = [], ""
    while True:
        page = page_of(after=after, size=2)
        seen += [item.row for item in page.items]
        after = page.after
        if not after:
            break
    assert [item.row for item in page_of().items] == seen
    assert len(seen) == len(set(seen))
    assert rows | {late} <= set(seen)


@pytest.mark.parametrize("key", ["", "x", "W10", "é", "WyJ4IiwxLDJd", "bnVsbA"])
def test_a_broken_key_leads_to_the_first_page(desk, key):
    row = pending(1)
    assert read_place(key) is None
    assert names(desk.get(reverse("admin:queue"), {"after": key})) == [str(row)]


def test_a_key_says_where_it_came_from():
    place = (NOW, "ticket-50", 7)
    assert read_place(write_place(place)) == place


def test_filters_by_kind_and_by_who_has_it(desk):
    mine, free, other = pending(3), pending(2), ticket(1)
    actions.take_row(mine, seen=None, by=desk.user)
    type(other).objects.filter(pk=other.pk).update(coordinator=make_coordinator())
    kind = next(kind.code for kind in admin.site.waiting if kind.rows().model is type(other))
    queue = reverse("admin:queue")
    assert names(desk.get(queue, {"kind": kind})) == [str(other)]
    assert names(desk.get(queue, {"whose": "mine"})) == [str(mine)]
    assert names(desk.get(queue, {"whose": "free"})) == [str(free)]
    assert names(desk.get(queue, {"whose": "nonsense", "kind": "nonsense"})) == [
        str(mine),
        str(free),
        str(other),
    ]


def test_many_kinds_and_rows_cost_the_same(desk):
    queue = reverse("admin:queue")
    pending(2), ticket(1)
    desk.get(queue)
    with CaptureQueriesContext(
        connection,
    ) as few:
        desk.get(queue)
    for days in range(4):
        actions.take_row(pending(days), seen=None, by=desk.user)
        ticket(days)
    with CaptureQueriesContext(connection) as many:
        desk.get(queue)
    assert len(many) == len(few)
    assert len(few) <= len(admin.site.waiting) + 8


def hold_url(row):
    kind = next(kind.code for kind in admin.site.waiting if row in kind.rows())
    return reverse("admin:queue_hold", args=[kind, row.pk])


def test_taking_and_giving_back(desk):
    row = pending(3)
    answer = desk.post(hold_url(row), {"seen": "", "next": "whose=free"})
    assert answer.headers["Location"] == reverse("admin:queue") + "?whose=free"
    held = HeldRow.objects.get()
    assert (held.coordinator, held.target) == (desk.user, row)
    desk.post(hold_url(row), {"seen": ""})  # twice does it once
    assert JournalEntry.objects.filter(verb="desk.taken").count() == 1
    desk.post(hold_url(row), {"release": ""})
    assert not HeldRow.objects.exists()
    assert JournalEntry.objects.get(verb="desk.released").target == row


def test_who_comes_second_is_told_and_overrules_nobody_unseen(desk):
    row, colleague = pending(3), make_coordinator(name="Olena")
    actions.take_row(row, seen=None, by=colleague)
    answer = desk.post(hold_url(row), {"seen": ""}, follow=True)
    assert str(TakenAlready(TakenAlready.OTHER)) in [str(message) for message in answer.context["messages"]]
    assert HeldRow.objects.get().coordinator == colleague
    desk.post(hold_url(row), {"seen": str(colleague.pk)})  # seen, and taken over
    assert HeldRow.objects.get().coordinator == desk.user
    with pytest.raises(TakenAlready):
        actions.release_row(row, by=colleague)


def test_only_what_waits_can_be_taken(desk):
    row = pending(3)
    url = hold_url(row)
    Member.objects.filter(pk=row.pk).update(status_changed_at=NOW)
    assert desk.get(url).status_code == 405
    assert desk.post(reverse("admin:queue_hold", args=["member-10", 0])).status_code == 404
    assert desk.post(reverse("admin:queue_hold", args=["nonsense-1", row.pk])).status_code == 404
    assert desk.post(url, {"seen": "x"}).status_code == 302


def test_strangers_see_nothing(client):
    client.force_login(make_user())
    assert client.get(reverse("admin:queue")).status_code == 302
    assert client.post(reverse("admin:queue_hold", args=["member-10", 1])).status_code == 302
    assert not HeldRow.objects.exists()


def test_a_decision_leads_to_the_next_of_any_kind_and_at_the_end_to_the_list(desk):
    first, second = pending(5), ticket(3)
    lines = desk.get(reverse("admin:queue")).context["lines"]
    page = desk.get(lines[0]["href"])
    approve = next(button["url"] for button in page.context["buttons"] if button["verb"].name == "approve")
    answer = desk.post(approve, {"_next": "1"})
    first.refresh_from_db()
    assert first.status == Member.Status.APPROVED
    assert answer.headers["Location"] == lines[1]["href"]
    page = desk.get(answer.headers["Location"])
    close = next(button["url"] for button in page.context["buttons"] if button["verb"].name == "close")
    answer = desk.post(close, {"_next": "1"})
    second.refresh_from_db()
    assert second.status == "closed"
    assert answer.headers["Location"] == reverse("admin:queue")


def test_many_of_one_kind_are_decided_after_a_preview(desk):
    prove(desk)
    rows = [ticket(days) for days in (3, 2)]
    kind = next(kind.code for kind in admin.site.waiting if rows[0] in kind.rows())
    page = desk.get(reverse("admin:queue"), {"kind": kind})
    assert "close" in dict(page.context["verbs"])
    sent = {"action": "close", page.context["box"]: [row.pk for row in rows]}
    preview = desk.post(page.context["list_url"], sent)
    assert all(str(row) in preview.content.decode() for row in rows)
    assert {row.status for row in type(rows[0]).objects.all()} == {"open"}


def test_matches_and_tickets_are_taken_on_their_own_pages(desk):
    kinds = [kind for kind in admin.site.waiting if kind.holder]
    assert {kind.rows().model._meta.label for kind in kinds} == {"partnerships.Match", "content.Ticket"}
    for kind in kinds:
        assert desk.post(reverse("admin:queue_hold", args=[kind.code, 1])).status_code == 404


def test_who_leaves_the_portal_has_nothing_any_more():
    person = make_coordinator()
    actions.take_row(pending(1), seen=None, by=person)
    person.is_staff = False
    person.save()
    actions.anonymise_user(person, by=make_coordinator())
    assert not HeldRow.objects.filter(content_type=ContentType.objects.get_for_model(Member)).exists()
