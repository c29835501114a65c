"""The journal and the latest decisions name rows by what they are about, at the cost of one question per kind."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from alliance.core.journal import record
from alliance.core.models import JournalEntry
from tests.desk import open_desk
from tests.factories import (
    make_listing,
    make_pledge,
    make_request,
    make_subscription,
    make_ticket,
    make_twinning,
)

pytestmark = pytest.mark.django_db
PAGES = [reverse("admin:core_journalentry_changelist"), reverse("admin:index")]
KINDS = [make_request, make_pledge, make_twinning, make_ticket, make_listing]


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


@pytest.mark.parametrize("page", PAGES)
def test_rows_are_named_by_what_they_are_about(desk, page):
    match, subscription = make_request(), make_subscription()
    record("match.closed", match, by=desk.user)
    record("subscription.confirmed", subscription, by=desk.user)
    text = desk.get(page).text
    assert escape(f"{match.member_a} – {match.member_b}") in text
    assert match.slug not in text
    assert subscription.email in text


@pytest.mark.parametrize("page", PAGES)
def test_names_cost_the_same_whatever_the_number_of_rows(desk, page):
    counts = []
    for times in (1, 2):
        for _n in range(times):
            for make in KINDS:
                record("match.closed", make(), by=desk.user)
        desk.get(page)
        with CaptureQueriesContext(connection) as asked:
            desk.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_entry_is_headed_by_what_happened(desk):
    record("match.taken_over", make_request(), by=desk.user)
    entry = JournalEntry.objects.get()
    page = desk.get(reverse("admin:core_journalentry_change", args=[entry.pk]))
    assert page.context["title"] == "Taken over by a coordinator"
    assert f"#{entry.object_id}" not in page.text


def test_the_journal_is_filtered_by_kind_in_words(desk):
    record("match.closed", make_request(), by=desk.user)
    record("ticket.closed", make_ticket(), by=desk.user)
    kind = JournalEntry.objects.get(verb="match.closed").content_type
    page = desk.get(PAGES[0], {"kind": kind.pk})
    assert [entry.verb for entry in page.context["cl"].result_list] == ["match.closed"]
    assert "Partnerships | " not in page.text
    assert desk.get(PAGES[0], {"kind": "nonsense"}).status_code == 200


def test_what_kinds_call_alike_is_one_choice(desk):
    record("listing.published", make_listing(), by=desk.user)
    record("round.published", make_twinning(), by=desk.user)
    record("ticket.closed", make_ticket(), by=desk.user)
    labels = [label for _verb, label in desk.get(PAGES[0]).context["cl"].filter_specs[0].lookup_choices]
    assert labels == ["Published", "Ticket closed"]
    page = desk.get(PAGES[0], {"verb": "listing.published"})
    assert {entry.verb for entry in page.context["cl"].result_list} == {
        "listing.published",
        "round.published",
    }


def test_data_call_rows_by_their_names(desk):
    match = make_request()
    record("message.sent", make_pledge(), by=desk.user, match=match.slug, member=match.member_a.slug)
    entry = JournalEntry.objects.get()
    change = reverse("admin:core_journalentry_change", args=[entry.pk])
    history = reverse("admin:partnerships_pledge_history", args=[entry.object_id])
    for page in (PAGES[0], change, history):
        text = desk.get(page).text
        assert escape(f"{match.member_a} – {match.member_b}") in text
        assert escape(f"({match.member_a.reference})") in text
        assert match.slug not in text


def test_a_code_of_no_row_stays_a_code(desk):
    record("message.sent", make_pledge(), by=desk.user, match="gone-already")
    assert "gone-already" in desk.get(PAGES[0]).text


def test_names_in_data_cost_one_question_per_kind(desk):
    counts = []
    for _round in range(2):
        for _n in range(2):
            record("message.sent", make_pledge(), by=desk.user, match=make_request().slug)
        desk.get(PAGES[0])
        with CaptureQueriesContext(connection) as asked:
            desk.get(PAGES[0])
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_pages_are_headed_by_what_rows_are_called(desk):
    pledge = make_pledge()
    text = desk.get(reverse("admin:partnerships_pledge_change", args=[pledge.pk])).text
    crumbs = text.split('<div class="breadcrumbs">')[1].split("</div>")[0]
    assert escape(pledge.title) in crumbs
    assert pledge.slug not in crumbs
