"""One prepared answer to many tickets at once: each letter is read before it goes out, in its sender's language."""

import threading

import pytest
from django.db import connection
from django.urls import reverse

from alliance.content.actions.answers import answer_ticket, answer_waiting
from alliance.content.actions.inbound import take_mail
from alliance.content.models import Ticket, TicketMessage
from alliance.content.refusals import TicketRefused
from alliance.core.models import JournalEntry, OutgoingMail
from alliance.core.states import NotAllowed
from tests.content.mails import mail
from tests.desk import open_desk
from tests.factories import make_canned_answer, make_coordinator, make_ticket

pytestmark = pytest.mark.django_db
LIST = reverse("admin:content_ticket_changelist")


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


def sent():
    return OutgoingMail.objects.filter(name="content/ticket_answered")


def prepared(**changes):
    texts = {
        "text_en": "Dear {name}, about {number}.",
        "text_pl": "Szanowna {name}, w sprawie {number}.",
        "text_uk": "Шановна {name}, щодо {number}.",
    }
    return make_canned_answer(**texts | changes)


def chosen(*tickets, **more):
    return {"action": "answer-waiting", "_selected_action": [ticket.pk for ticket in tickets], **more}


def letters(desk, canned, *tickets, **more):
    """The page on which every letter is read, and what its button sends."""
    page = desk.post(LIST, chosen(*tickets, _confirmed="1", canned=canned.pk, **more))
    keys = [letter["pk"] for letter in page.context.get("letters", [])]
    again = {
        "action": "answer-waiting",
        "_selected_action": keys,
        "_confirmed": "1",
        "_looked_at": "1",
        "canned": canned.pk,
        "seen": page.context.get("seen", ""),
        **more,
    }
    return page, again


def test_each_sender_gets_the_prepared_answer_in_their_language_after_the_desk_has_read_it(desk):
    rows = [
        make_ticket(language=code, name=name)
        for code, name in (("uk", "Олена"), ("pl", "Anna"), ("en", "Pat"))
    ]
    canned = prepared()
    first = desk.post(LIST, chosen(*rows))
    assert first.status_code == 200
    assert "canned" in first.context["form"].fields
    page, again = letters(desk, canned, *rows)
    assert page.status_code == 200
    expected = {
        rows[0].pk: ("uk", f"Шановна Олена, щодо {rows[0].number}."),
        rows[1].pk: ("pl", f"Szanowna Anna, w sprawie {rows[1].number}."),
        rows[2].pk: ("en", f"Dear Pat, about {rows[2].number}."),
    }
    assert {each["pk"]: (each["code"], each["text"]) for each in page.context["letters"]} == expected
    assert all(text in page.text for _code, text in expected.values())
    assert not sent().exists(), "nothing goes out before it was read"
    desk.post(LIST, again)
    for row in rows:
        code, text = expected[row.pk]
        message = row.messages.get(kind="answer")
        assert (message.text, message.mail.language, message.author) == (text, code, desk.user)
    assert sent().count() == 3
    assert JournalEntry.objects.filter(verb="ticket.answered", actor=desk.user).count() == 3
    assert not Ticket.objects.waiting().exists()
    assert {ticket.coordinator for ticket in Ticket.objects.all()} == {desk.user}


def test_they_stand_in_their_threads_and_are_closed_if_asked(desk):
    ticket = take_mail(mail("Dzień dobry", Subject="Pytanie", Message_ID="<q@a.b>")).ticket
    _page, again = letters(desk, prepared(), ticket, closes="on")
    desk.post(LIST, again)
    answer = sent().get()
    assert answer.headers["References"].startswith("<q@a.b> ")
    assert answer.subject == f"Re: Pytanie [{ticket.number}]"
    ticket.refresh_from_db()
    assert ticket.status == "closed"


def test_a_language_that_nobody_wrote_gets_no_letter_in_another_one(desk):
    rows = [make_ticket(language="pl"), make_ticket(language="uk")]
    page, again = letters(desk, prepared(text_uk=""), *rows)
    assert [letter["code"] for letter in page.context["letters"]] == ["pl"]
    assert all(row.number in page.text for row in rows)
    assert [language for _words, language in page.context["lacking"]] == ["Українська"]
    desk.post(LIST, again)
    assert sent().get().language == "pl"
    with pytest.raises(TicketRefused):
        answer_waiting(rows[1], canned=prepared(title="Two", text_uk=""), seen=seen(rows[1]), by=desk.user)


def seen(ticket):
    return set(ticket.messages.values_list("pk", flat=True))


def test_without_an_answer_chosen_the_form_says_so(desk):
    page = desk.post(LIST, chosen(make_ticket(), _confirmed="1", _looked_at="1"))
    assert page.status_code == 422
    assert "Please choose a prepared answer." in page.text


def test_a_colleague_who_was_faster_and_a_sender_who_wrote_again_are_respected(desk):
    faster, again_written, plain = make_ticket(), make_ticket(), make_ticket()
    page, again = letters(desk, prepared(), faster, again_written, plain)
    assert len(page.context["letters"]) == 3
    answer_ticket(faster, text="Yes", by=make_coordinator())
    TicketMessage.objects.create(ticket=again_written, subject="More", text="It is solved.")
    told = desk.post(LIST, again, follow=True).text
    assert "The sender wrote again meanwhile." in told
    assert faster.number in told
    assert [
        message.ticket for message in TicketMessage.objects.filter(text__startswith="Dear A visitor")
    ] == [plain]
    again_written.refresh_from_db()
    assert again_written.waits_since


def test_it_is_no_button_of_a_single_ticket(desk):
    ticket = make_ticket()
    page = desk.get(reverse("admin:content_ticket_change", args=[ticket.pk]))
    assert "answer-waiting" not in [button["verb"].name for button in page.context["buttons"]]
    assert (
        desk.get(reverse("admin:content_ticket_verb", args=[ticket.pk, "answer-waiting"])).status_code == 404
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_the_same_moment_one_answers():
    ticket, canned = make_ticket(), prepared()
    before = seen(ticket)
    people, barrier, outcomes = [make_coordinator(), make_coordinator()], threading.Barrier(2), []

    def answer(person):
        mine = Ticket.objects.get(pk=ticket.pk)
        try:
            barrier.wait(120)
            answer_waiting(mine, canned=canned, seen=before, by=person)
            outcomes.append("sent")
        except NotAllowed:
            outcomes.append("second")
        finally:
            connection.close()

    threads = [threading.Thread(target=answer, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["second", "sent"]
    assert sent().count() == 1
