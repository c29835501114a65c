"""A ticket with hundreds of letters: its pages stay light, cost the same as those of a short one, and lose nothing."""

import re
from html import unescape

import pytest
from django.urls import reverse

from alliance.content.models import TicketMessage
from tests.desk import open_desk
from tests.factories import make_ticket
from tests.letters import LONG, make_long_ticket

pytestmark = pytest.mark.django_db
COUNT = 250
# Of a page, as it is sent before it is compressed.
FEW = 700_000
LETTER = re.compile(r"Letter (\d+) of \d+")


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


def page_of(ticket):
    return reverse("admin:content_ticket_change", args=[ticket.pk])


def answer_to(ticket):
    return reverse("admin:content_ticket_verb", args=[ticket.pk, "answer"])


def letters_on(page):
    """The numbers of the letters, in the order of the page."""
    return [int(LETTER.search(article)[1]) for article in page.text.split("<article ")[1:]]


def link(page, rel):
    found = re.search(rf'<a href="([^"]+)" rel="{rel}"', page.text)
    return unescape(found[1]) if found else ""


def test_every_letter_is_reached_and_none_comes_twice(desk):
    ticket = make_long_ticket(COUNT, desk.user)
    page, read = desk.get(page_of(ticket)), []
    assert letters_on(page)[-1] == COUNT, "the newest stand on the page that opens"
    while True:
        assert page.status_code == 200
        assert len(page.content) < FEW
        read = letters_on(page) + read
        if not (address := link(page, "prev")):
            break
        page = desk.get(address)
    assert read == list(range(1, COUNT + 1))
    back = letters_on(page)
    while address := link(page, "next"):
        page = desk.get(address)
        back += letters_on(page)
    assert back == read


def test_the_page_of_the_answer_shows_the_newest_and_leads_to_the_others(desk):
    ticket = make_long_ticket(COUNT, desk.user)
    page = desk.get(f"{answer_to(ticket)}?queue=abc")
    assert letters_on(page) == list(range(COUNT - 19, COUNT + 1))
    assert len(page.content) < FEW
    earlier = link(page, "prev")
    assert earlier.startswith(f"{page_of(ticket)}?queue=abc&until={COUNT - 20}#")
    assert letters_on(desk.get(earlier))[-1] == COUNT - 20
    refused = desk.post(answer_to(ticket), {"text": ""})
    assert refused.status_code == 422
    assert letters_on(refused) == letters_on(page)


def test_a_long_letter_begins_among_the_others_and_is_whole_by_itself(desk):
    ticket = make_long_ticket(20, desk.user)
    letter = ticket.messages.get(text__startswith="Letter 9 of 20")
    page = desk.get(page_of(ticket))
    assert letters_on(page) == list(range(1, 21))
    assert "The end of 9." not in page.text
    assert "…</pre>" in page.text
    alone = desk.get(f"{page_of(ticket)}?message={letter.pk}")
    assert letters_on(alone) == [9]
    assert f"{LONG}The end of 9." in alone.text
    assert "All messages of this ticket" in alone.text
    other = make_ticket()
    assert "Letter 9" not in desk.get(f"{page_of(other)}?message={letter.pk}").text, "not at another ticket"


def test_a_mail_whose_history_is_long_shows_it_by_itself(desk):
    ticket = make_ticket()
    message = TicketMessage.objects.create(
        ticket=ticket, subject="S", text="New", whole_text=f"New\n{LONG}The oldest words."
    )
    page = desk.get(page_of(ticket)).text
    assert "The oldest words." not in page
    assert f"?message={message.pk}#" in page
    assert "New …" not in page, "nothing of what is new is left out"
    assert "The oldest words." in desk.get(f"{page_of(ticket)}?message={message.pk}").text


@pytest.mark.parametrize("value", ["0", "-1", "x", "²", "9" * 400, "999999999", "", "1"])
@pytest.mark.parametrize("name", ["until", "message"])
def test_an_address_that_leads_nowhere_shows_messages(desk, name, value):
    ticket = make_long_ticket(30, desk.user)
    page = desk.get(page_of(ticket), {name: value})
    assert page.status_code == 200
    assert len(letters_on(page)) == (1 if (name, value) == ("until", "1") else 20)


def test_a_short_ticket_says_nothing_of_pages(desk):
    page = desk.get(page_of(make_ticket()))
    assert "the oldest first" not in page.text
    assert not link(page, "prev")
    assert not link(page, "next")


@pytest.mark.parametrize("where", [page_of, answer_to])
def test_a_long_ticket_asks_no_more_than_a_short_one(desk, where, django_assert_max_num_queries):
    asked = []
    for count in (20, COUNT):
        ticket = make_long_ticket(count, desk.user)
        desk.get(where(ticket))
        with django_assert_max_num_queries(30) as found:
            desk.get(where(ticket))
        asked.append(len(found))
    assert asked[0] == asked[1]


def test_the_list_fetches_one_message_of_each_ticket(desk):
    ticket = make_long_ticket(60, desk.user)
    page = desk.get(reverse("admin:content_ticket_changelist"))
    (row,) = page.context["cl"].result_list
    assert row == ticket
    assert len(row.received) == 1
    assert row.received[0] == ticket.messages.filter(kind="received").first(), "whose subject heads it"
