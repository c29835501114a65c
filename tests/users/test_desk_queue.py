"""The one list of everything that waits at the desk: complete, in order, with who has it, and quick to work through."""

import datetime
import re

import pytest
import time_machine
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alliance.content.models import Ticket
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.users import actions
from alliance.users.admin_queue import queue_page, read_place, write_place
from alliance.users.models import HeldRow
from alliance.users.refusals import TakenAlready
from members.models import Member
from partnerships.models import Report
from tests.desk import prove
from tests.factories import (
    make_coordinator,
    make_listing,
    make_member,
    make_page,
    make_place,
    make_pledge,
    make_request,
    make_sector,
    make_ticket,
    make_user,
)

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


def called(row):
    """As the list calls it."""
    if isinstance(row, Ticket):
        return f"{row.number}: A question – A visitor"
    return f"{row.shown_name} ({row.reference})"


def page_of(**changes):
    return queue_page(admin.site.waiting, **changes)


def test_rows_of_all_kinds_stand_by_how_long_they_wait(desk):
    rows = [pending(9), ticket(7), pending(5), ticket(3)]
    assert names(desk.get(reverse("admin:queue"))) == [called(row) for row in rows]


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
    assert names(desk.get(reverse("admin:queue"), {"after": key})) == [called(row)]


def test_a_key_says_where_it_came_from():
    place = (NOW, "ticket-50", 7)
    assert read_place(write_place(place)) == place


def test_filters_by_kind_and_by_who_has_it(desk):
    mine, free, other = pending(3), pending(2), ticket(1)
    actions.take_row(mine, seen=None, by=desk.user)
    type(other).objects.filter(pk=other.pk).update(coordinator=make_coordinator())
    kind = next(kind.code for kind in admin.site.waiting if kind.rows().model is type(other))
    queue = reverse("admin:queue")
    assert names(desk.get(queue, {"kind": kind})) == [called(other)]
    assert names(desk.get(queue, {"whose": "mine"})) == [called(mine)]
    assert names(desk.get(queue, {"whose": "free"})) == [called(free)]
    assert names(desk.get(queue, {"whose": "nonsense", "kind": "nonsense"})) == [
        called(mine),
        called(free),
        called(other),
    ]


def test_the_choice_of_kinds_says_how_many_wait(desk):
    """As many as its list has, whoever has them; no kind is left out and none is counted twice."""
    fill_with_every_kind()
    make_mail()
    for days in (3, 4):
        actions.take_row(pending(days), seen=None, by=desk.user)
    queue = reverse("admin:queue")
    for whose in ("", "mine", "free"):
        page = desk.get(queue, {"whose": whose})
        counts = {code: number for code, _label, number in page.context["kinds"]}
        assert set(counts) == {kind.code for kind in admin.site.waiting}
        # Every list for everybody's; of one's own and of what nobody has, those that are said to hold something.
        for code, number in counts.items():
            if number or not whose:
                found = desk.get(queue, {"whose": whose, "kind": code})
                assert len(names(found)) == number, (whose, code)
        assert page.context["count"] == len(names(page)) == sum(counts.values())
        assert f"everything ({page.context['count']})</option>" in page.text
    assert sum(number > 0 for number in counts.values()) >= 10


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
    # Of each kind its first rows and how many there are.
    assert len(few) <= 2 * len(admin.site.waiting) + 8


def test_each_line_says_how_long_it_waits_and_who_has_it(desk):
    taken, free = pending(9), ticket(3)
    actions.take_row(taken, seen=None, by=make_coordinator(name="Olena Bondar"))
    with time_machine.travel(NOW, tick=False):
        page = desk.get(reverse("admin:queue")).text
    lines = re.findall(r"<tr>\s*<td><time.*?</tr>", page, re.S)
    told = [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in lines]
    assert [line.startswith(age) for line, age in zip(told, ("9 days", "3 days"), strict=True)] == [
        True,
        True,
    ]
    assert [called(row) in line for line, row in zip(told, (taken, free), strict=True)] == [True, True]
    assert ["Olena Bondar" in line for line in told] == [True, False]


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
    sent = {"action": "close", page.context["box"]: [row.pk for row in rows], "queue": page.context["here"]}
    preview = desk.post(page.context["list_url"], sent)
    assert all(called(row) in preview.content.decode() for row in rows)
    assert {row.status for row in Ticket.objects.all()} == {"open"}
    done = desk.post(page.context["list_url"], sent | {"_confirmed": "1"})
    assert {row.status for row in Ticket.objects.all()} == {"closed"}
    assert done.headers["Location"] == f"{reverse('admin:queue')}?kind={kind}&whose="


def fill_with_every_kind():
    """What the desk is asked for, one of each kind, and what it is called by."""
    place, silent = (
        make_place(verified_at=None),
        make_request(asked_at=ago(days=30), handed_over_at=ago(days=16)),
    )
    rivals = [make_member(status="pending", place=place, official_name=f"Rival {n}") for n in (1, 2)]
    review = make_listing(status="review", title_en="Pumps for Sumy")
    changed = make_listing(unread_since=ago(days=2), title_en="Cables for Sumy")
    late = make_pledge("promised 5 · committed 5", due_on=ago(days=6).date(), title="Six buses")
    report = Report.objects.create(
        reporter=make_member(), author=make_user(), listing=make_listing(), reason="fraud"
    )
    page = make_page(slug="about")
    returned = make_member(status="returned", desk_message="Who signs?", official_name="Returned")
    return {
        "member-10": called(rivals[0]),
        "member-20": called(rivals[1]),
        "member-30": called(returned),
        "listing-35": f"Pumps for Sumy – {review.member} (offer)",
        "listing-36": f"Cables for Sumy – {changed.member} (offer)",
        "report-40": f"{report.reported}: it looks like fraud or a false identity",
        "match-42": f"{silent.member_a} – {silent.member_b}",
        "pledge-55": f"Six buses: {late.giver} → {late.receiver}",
        "translationgap-70": f"{page} – Українська",
        "ticket-50": called(ticket(1)),
        "outgoingmail-60": "Your request → a@example.org",
    }


def test_each_kind_stands_there_by_words_that_tell_what_it_is(desk):
    expected = fill_with_every_kind()
    make_mail()
    page = desk.get(reverse("admin:queue"))
    kinds = {kind.label: kind.code for kind in admin.site.waiting}
    found = {}
    for line in page.context["lines"]:
        found.setdefault(kinds[line["kind"]], []).append(line["name"])
        assert line["age"]
    assert {code: found.get(code) for code, name in expected.items() if name not in found.get(code, [])} == {}


def make_mail():
    OutgoingMail.objects.create(
        key="x", name="content/x", to="a@example.org", subject="Your request", language="en",
        message_id="<x@x.x>", status="failed", failed_at=NOW,
    )  # fmt: skip


WORDS = {"report": {"outcome": "Nothing was wrong."}, "ticket": {"text": "Thank you."}}
VERBS = {"member": "approve", "listing": "approve", "report": "dismiss", "ticket": "answer"}


def decide_many(desk, code, action, count):
    """The oldest of one kind: ticked, looked at, done; and back in the list."""
    page = desk.get(reverse("admin:queue"), {"kind": code, "ticked": "1"})
    oldest = [line["pk"] for line in page.context["lines"]][:count]
    sent = {"action": action, page.context["box"]: oldest, "queue": ""}
    assert len(desk.post(page.context["list_url"], sent).context["chosen"]) == count
    done = desk.post(page.context["list_url"], sent | {"_confirmed": "1"})
    assert done.headers["Location"] == reverse("admin:queue")


def test_fifty_things_of_many_kinds_are_cleared_in_one_sitting(desk):
    """Forty-four by two decisions after a preview; six one after the other, each decision opening the next thing."""
    prove(desk)
    for days in range(24):
        ticket(10 + days)
    for days in range(22):
        make_listing(unread_since=ago(days=10 + days))
    for days in range(2):
        pending(days)
    make_listing(status="review", sectors=[make_sector()], status_changed_at=ago(days=1))
    Report.objects.create(reporter=make_member(), author=make_user(), listing=make_listing(), reason="fraud")
    queue = reverse("admin:queue")
    assert len(desk.get(queue).context["lines"]) == 50
    decide_many(desk, "listing-36", "read", 22)
    decide_many(desk, "ticket-50", "close", 22)
    place, decided = desk.get(queue).context["lines"][0]["href"], 0
    while place != queue:
        page = desk.get(place)
        noun = page.resolver_match.url_name.split("_")[1]
        button = next(b["url"] for b in page.context["buttons"] if b["verb"].name == VERBS[noun])
        words = WORDS.get(noun) or {"seen": desk.get(button).context["version"]}
        place = desk.post(button, {"_next": "1", **words}).headers["Location"]
        decided += 1
    assert decided == 6
    assert desk.get(queue).context["lines"] == []


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
