"""“My page” shows a person what they act for: what waits first, and for whom; all in a fixed number of queries."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from alliance.content.views.waiting import MOST_WAITING
from partnerships.models import ClusterMember, DayChange, Listing, Transport
from tests.factories import (
    make_cluster,
    make_listing,
    make_match,
    make_meeting,
    make_member,
    make_pledge,
    make_pledge_line,
    make_representative,
    make_request,
    make_survey_answer,
    make_user,
)

pytestmark = pytest.mark.django_db
PAGE = "content:dashboard"
QUERIES = 41
GROUPS = ["listings", "requests", "clusters", "meetings", "days", "reports", "my_promises", "my_deliveries"]
GROUPS += ["surveys"]


def days(number):
    return timezone.localdate() + timedelta(days=number)


def person(role="signatory", member=None):
    """Somebody who acts for a Ukrainian member, which asks and gives."""
    return make_representative(member or make_member(country="UA"), make_user(), role=role)


def open_page(client, user):
    client.force_login(user)
    return client.get(reverse(PAGE))


def waiting(page):
    return {group["name"]: group for group in page.context["waiting"]}


def ask_for_day(pledge):
    DayChange.objects.create(
        pledge=pledge, before=days(5), after=days(9), reason="The bridge is closed.", asked_by=make_user()
    )


def fill(member, rows):
    """Every group of the page with so many rows."""
    for number in range(rows):
        make_listing(
            member=member,
            kind="need",
            title_en=f"Returned {number}",
            status="draft",
            desk_message="Who signs?",
            line={"item": "generator"},
        )
        need = make_listing(member=member, kind="need", title_en=f"Covered {number}")
        make_pledge_line(need.lines.get(), {"promised": 3, "committed": 3})
        make_request(asked=member)
        ClusterMember.objects.create(cluster=make_cluster(), member=member)
        make_meeting(make_match(make_member(), member))
        received = make_pledge(
            "promised 10 · committed 10 · dispatched 10", receiver=member, due_on=days(-2), title="Comes"
        )
        ask_for_day(received)
        Transport.objects.create(pledge=received, number=1, cleared_on=days(-80))
        make_pledge("promised 10", giver=member, title="To commit")
        make_representative(user=member.representatives.get().user, member=make_member())
        make_survey_answer(member=member)


@pytest.mark.parametrize("rows", [1, 3])
def test_every_group_takes_the_same_queries_for_one_row_and_three(client, django_assert_num_queries, rows):
    one = person()
    fill(one.member, rows)
    open_page(client, one.user)
    with django_assert_num_queries(QUERIES):
        page = client.get(reverse(PAGE))
    assert [(name, len(group["rows"])) for name, group in waiting(page).items()] == [
        (name, rows) for name in GROUPS
    ]
    assert f"{rows} published" in page.text


def test_a_stranger_is_led_to_joining(client):
    page = open_page(client, make_user())
    assert page.status_code == 200
    assert reverse("members:place_search") in page.text


def test_it_needs_a_login(client):
    assert client.get(reverse(PAGE)).status_code == 302


def test_listings_that_wait_stand_first_with_the_reason(client):
    one = person("editor")
    make_listing(member=one.member, title_en="Not waiting")
    make_listing(member=one.member, title_en="Returned", status="draft", desk_message="Who signs?")
    make_listing(member=one.member, title_en="Ending", expires_on=days(5))
    make_listing(member=one.member, title_en="Asked", asked_at=timezone.now())
    group = waiting(open_page(client, one.user))["listings"]
    assert [(row["text"], row["why"].split(",")[0]) for row in group["rows"]] == [
        ("Ending", "valid for 5 more days"),
        ("Returned", "the desk has a question"),
        ("Asked", "does it still hold?"),
    ]


def test_each_kind_of_question_names_who_asks_what_and_leads_there(client):
    one = person("editor")
    fill(one.member, 1)
    page = open_page(client, one.user)
    groups = {name: group["rows"][0] for name, group in waiting(page).items()}
    pledge = one.member.pledges_received.get(title="Comes")
    after, before = (date_format(days(number), "DATE_FORMAT") for number in (9, 5))
    assert groups["days"]["why"] == f"{after} instead of {before}"
    assert groups["days"]["href"] == reverse("partnerships:pledge_detail", args=[pledge.slug])
    last_day = date_format(days(10), "DATE_FORMAT")
    assert groups["reports"]["why"] == f"The report is due by {last_day}"
    assert groups["reports"]["href"] == reverse("partnerships:transport_detail", args=[pledge.slug, 1])
    assert "wants to be in contact with you" in groups["requests"]["text"]
    assert groups["meetings"]["href"].endswith("#meetings")
    assert (groups["my_deliveries"]["lead"], groups["my_deliveries"]["why"]) == (
        "Your turn:",
        "Tell what arrived.",
    )
    for row in groups.values():
        assert row["href"] in page.text
    Transport.objects.update(cleared_on=days(-91))
    assert "The report was due on" in open_page(client, one.user).text


def test_a_report_that_is_filed_and_a_day_that_is_answered_wait_for_nobody(client):
    one = person()
    received = make_pledge("promised 10 · committed 10", receiver=one.member, due_on=days(5))
    Transport.objects.create(pledge=received, number=1, cleared_on=days(-9), reported_on=days(-1))
    ask_for_day(received)
    DayChange.objects.update(answer="agreed", answered_by=make_user(), answered_at=timezone.now())
    assert open_page(client, one.user).context["waiting"] == []


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("signatory", {"To commit": "Make your promise firm, or withdraw it.", "To send": "Send what you"}),
        ("editor", {"To send": "Send what you"}),
        ("viewer", {}),
    ],
)
def test_it_is_the_turn_only_of_whom_it_is(client, role, seen):
    one = person(role)
    make_pledge("promised 10", giver=one.member, title="To commit")
    make_pledge("promised 10 · committed 10", giver=one.member, title="To send")
    make_pledge("promised 10 · committed 10", receiver=one.member, title="Theirs to send")
    page = open_page(client, one.user)
    rows = waiting(page).get("my_promises", {"rows": []})["rows"]
    assert {row["text"] for row in rows} == set(seen)
    for row in rows:
        assert row["why"].startswith(seen[row["text"]])


def test_a_viewer_reads_all_and_is_asked_for_nothing(client):
    one = person("viewer")
    fill(one.member, 1)
    page = open_page(client, one.user)
    assert page.context["waiting"] == []
    assert "You read along." in page.text
    assert reverse("partnerships:listing_create", args=["need"]) not in page.text
    assert page.context["listings"]["cards"]
    assert page.context["deliveries"]["rows"]


def test_what_a_group_does_not_show_is_counted_and_a_link_away(client):
    one = person()
    for number in range(MOST_WAITING + 2):
        make_pledge("promised 1", giver=one.member, title=f"Promise {number}")
    make_listing(member=one.member)
    page = open_page(client, one.user)
    group = waiting(page)["my_promises"]
    assert (len(group["rows"]), group["more"]) == (MOST_WAITING, 2)
    link = f'<a href="{reverse("partnerships:my_promises")}">'
    assert f"{link}and 2 more</a>" in page.text
    assert page.context["promises"]["more"] == MOST_WAITING + 2 - 3
    assert f"{link}and 4 more</a>" in page.text
    assert page.context["listings"]["more"] == 0


def test_the_newest_needs_and_offers_stand_with_their_state_and_cover(client):
    one = person()
    for number in range(3):
        make_listing(member=one.member, title_en=f"Offer {number}")
    Listing.objects.update(updated_at=timezone.now() - timedelta(days=1))
    need = make_listing(member=one.member, kind="need", title_en="Beds", line={"item": "bed", "quantity": 10})
    make_pledge_line(need.lines.get(), {"promised": 4, "committed": 4})
    page = open_page(client, one.user)
    cards, more = page.context["listings"]["cards"], page.context["listings"]["more"]
    assert [card["title"] for card in cards] == ["Beds", "Offer 2", "Offer 1"]
    assert (cards[0]["status"], cards[0]["state"], cards[0]["coverage"]["open"]) == (
        "published",
        "partly covered",
        6,
    )
    assert more == 1


def test_promises_and_deliveries_stand_with_state_day_and_late_in_words(client):
    one = person("viewer")
    make_pledge("promised 10 · committed 10", giver=one.member, title="Ours", due_on=days(-3))
    make_pledge("promised 10", receiver=one.member, title="To us")
    page = open_page(client, one.user)
    promise, delivery = (page.context[name]["rows"][0] for name in ("promises", "deliveries"))
    assert promise[0]["text"] == "Ours"
    assert promise[2:] == ["committed", f"{date_format(days(-3), 'DATE_FORMAT')}, late"]
    assert delivery[0]["text"] == "To us"
    assert delivery[2:] == ["promised", "no day yet"]
