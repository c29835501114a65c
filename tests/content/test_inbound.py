"""What becomes of a mail that comes in: its ticket or a new one, once; programs, bounces and strangers told apart."""

import io
import threading

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection

from alliance.content.actions import inbound
from alliance.content.actions.answers import answer_ticket
from alliance.content.actions.inbound import keep_broken, note_inbound_seen, open_from_inbound, take_mail
from alliance.content.actions.tickets import close_ticket, mark_spam, open_ticket
from alliance.content.incoming import MAX_MAIL_BYTES
from alliance.content.management.commands.receive_mail import Command
from alliance.content.models import InboundMail, SpamRule, Ticket, TicketFile, TicketMessage
from alliance.core.models import JournalEntry, OutgoingMail
from tests.content.mails import bounce, mail
from tests.core.upload_samples import png
from tests.factories import make_coordinator

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"


def mails(name):
    return OutgoingMail.objects.filter(name=f"content/{name}")


def ask(**changes) -> Ticket:
    """A ticket of the form, with its acknowledgement."""
    fields = {"topic": "other", "language": "pl", "name": "Anna Nowak", "email": ANNA} | changes
    return open_ticket(ticket=Ticket(**fields), message=TicketMessage(subject="Joining", text="How?"))


def test_a_mail_opens_a_ticket_and_is_acknowledged_in_its_language():
    row = take_mail(
        mail("Dzień dobry, czy gmina może dołączyć?", Subject="Pytanie", Message_ID="<m1@example.org>")
    )
    ticket = row.ticket
    assert (row.outcome, ticket.source, ticket.language, ticket.email) == ("taken", "mail", "pl", ANNA)
    assert ticket.messages.get().message_id == "<m1@example.org>"
    told = mails("ticket_acknowledged").get()
    assert (told.to, told.language) == (ANNA, "pl")
    assert told.headers["In-Reply-To"] == "<m1@example.org>"
    assert told.headers["Auto-Submitted"] == "auto-replied"
    assert "Dzień" not in told.text
    assert mails("ticket_arrived").count() == 1
    assert row.raw is None


def test_the_same_mail_twice_is_one():
    raw = mail()
    assert take_mail(raw).pk == take_mail(raw).pk
    assert Ticket.objects.count() == InboundMail.objects.count() == 1
    assert mails("ticket_acknowledged").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_mail_taken_by_two_at_once_is_one():
    raw, errors = mail(), []

    def take():
        try:
            take_mail(raw)
        except Exception as error:  # noqa: BLE001  whatever it is
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert not errors
    assert Ticket.objects.count() == InboundMail.objects.count() == 1


def test_an_answer_to_the_acknowledgement_finds_its_ticket():
    ticket = ask()
    close_ticket(ticket, by=make_coordinator())
    told = mails("ticket_acknowledged").get()
    take_mail(mail("One thing more", In_Reply_To=told.message_id, Subject="Re: something else"))
    ticket.refresh_from_db()
    assert ticket.messages.count() == 2
    assert (ticket.status, ticket.waits_since is not None) == ("open", True)
    assert not ticket.messages.last().is_other_address
    assert Ticket.objects.count() == 1
    assert mails("ticket_continued").count() == 1
    assert mails("ticket_acknowledged").count() == 1, "nothing is acknowledged twice"


def test_an_answer_to_an_answer_finds_its_ticket_by_references_and_reaches_who_has_it():
    desk = make_coordinator()
    ticket = ask()
    message = answer_ticket(ticket, text="Like this.", by=desk)
    raw = mail("Thanks", References=f"<x@y.z> {message.message_id}", In_Reply_To="<unknown@example.org>")
    assert take_mail(raw).ticket == ticket
    assert mails("ticket_continued").get().to == desk.email


def test_the_number_in_the_subject_finds_the_ticket_of_its_sender():
    ticket = ask()
    assert take_mail(mail(Subject=f"AW: {ticket.number.lower()}")).ticket == ticket
    assert not ticket.messages.last().is_other_address


def test_a_right_number_from_another_address_is_marked_and_told():
    ticket = ask()
    take_mail(mail(Subject=f"[{ticket.number}]", sender="Eve <eve@example.org>"))
    message = ticket.messages.last()
    assert (message.is_other_address, message.from_email) == (True, "eve@example.org")
    assert "another address" in mails("ticket_continued").get().text
    assert JournalEntry.objects.filter(verb="ticket.continued").count() == 1


def test_a_known_sender_alone_writes_into_no_ticket():
    ticket = ask()
    assert take_mail(mail(Subject="Joining")).ticket != ticket
    assert ticket.messages.count() == 1


def test_an_emptied_ticket_gets_nothing_more():
    ticket = ask()
    Ticket.objects.filter(pk=ticket.pk).update(emptied_at=ticket.created_at)
    assert take_mail(mail(Subject=ticket.number)).ticket != ticket


@pytest.mark.parametrize(
    "header", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Loop": "alliance.example"}]
)
def test_a_program_is_never_acknowledged_and_makes_nobody_wait(header):
    lone = take_mail(mail(**header))
    assert (lone.outcome, lone.ticket) == ("ignored", None)
    assert lone.raw, "kept: a person may look at it"
    ticket = ask()
    answer_ticket(ticket, text="Here.", by=make_coordinator())
    before = OutgoingMail.objects.count()
    take_mail(mail("I am on holiday", Subject=f"Re: {ticket.number}", **header))
    ticket.refresh_from_db()
    assert ticket.messages.last().kind == "automatic"
    assert ticket.waits_since is None
    assert OutgoingMail.objects.count() == before


def test_our_own_mail_that_comes_back_is_known():
    ask()
    told = mails("ticket_arrived").get()
    assert take_mail(mail(Message_ID=told.message_id)).outcome == "ignored"
    assert Ticket.objects.count() == 1


def test_two_programs_without_headers_stop_answering_each_other():
    for _ in range(8):
        take_mail(mail("Your message was received."))
    assert Ticket.objects.count() == 8
    assert mails("ticket_acknowledged").count() == 5


def test_a_bounced_answer_is_shown_and_waits():
    ticket = ask()
    message = answer_ticket(ticket, text="Like this.", closes=True, by=make_coordinator())
    before = OutgoingMail.objects.count()
    assert take_mail(bounce(message.message_id)).ticket == ticket
    ticket.refresh_from_db()
    shown = ticket.messages.last()
    assert shown.kind == "bounce"
    assert "550 5.1.1 User unknown" in shown.text
    assert (ticket.status, ticket.waits_since is not None) == ("open", True)
    assert OutgoingMail.objects.count() == before


def test_a_delay_is_no_failure_and_a_bounce_of_another_mail_is_kept():
    ticket = ask()
    message = answer_ticket(ticket, text="Like this.", by=make_coordinator())
    take_mail(bounce(message.message_id, action="delayed"))
    ticket.refresh_from_db()
    assert ticket.waits_since is None
    row = take_mail(bounce("<other@alliance.example>"))
    assert (row.outcome, row.ticket) == ("ignored", None)
    assert row.raw


def test_what_cannot_be_read_is_kept_as_it_came_and_seen():
    row = take_mail(b"Subject: nobody wrote this\r\n\r\n\x00\xff")
    assert (row.outcome, bytes(row.raw)) == ("broken", b"Subject: nobody wrote this\r\n\r\n\x00\xff")
    note_inbound_seen(row, by=make_coordinator())
    row.refresh_from_db()
    assert row.outcome == "seen"


def test_a_mail_that_is_too_large_is_told_to_its_sender():
    row = take_mail(mail() + b"x" * MAX_MAIL_BYTES)
    assert (row.outcome, row.size > MAX_MAIL_BYTES, len(row.raw) <= 64 * 1024) == ("too_large", True, True)
    told = mails("mail_too_large").get()
    assert (told.to, "30 MB" in told.text) == (ANNA, True)


def test_files_are_kept_by_the_rules_and_others_are_named_to_both_sides():
    files = [("plan.png", png(), "image/png"), ("run.exe", b"MZ\x90", "application/octet-stream")]
    ticket = take_mail(mail(files=files)).ticket
    file = TicketFile.objects.get()
    assert (file.original_filename, file.content_type) == ("plan.png", "image/png")
    assert ticket.messages.get().left_out == [{"name": "run.exe", "reason": "wrong_type"}]
    assert "run.exe" in mails("ticket_acknowledged").get().text
    take_mail(mail(files=files[1:], Subject=ticket.number))
    assert "run.exe" in mails("ticket_files_left_out").get().text


def test_spam_goes_to_its_folder_and_nobody_is_told():
    SpamRule.objects.create(kind="word", value="casino bonus")
    ticket = take_mail(mail("Best casino bonus")).ticket
    assert (ticket.status, ticket.spam_reason, ticket.spam_words) == ("spam", "word", "casino bonus")
    assert not OutgoingMail.objects.exists()


def test_a_message_to_a_ticket_in_the_folder_stays_there():
    ticket = ask()
    mark_spam(ticket, by=make_coordinator())
    take_mail(mail(Subject=ticket.number))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.messages.count()) == ("spam", 2)
    assert not mails("ticket_continued").exists()


def test_the_desk_makes_a_ticket_of_what_a_program_wrote():
    row = take_mail(mail("Minutes of the meeting", Precedence="list"))
    ticket = open_from_inbound(row, by=make_coordinator())
    row.refresh_from_db()
    assert (row.outcome, row.ticket, row.raw) == ("taken", ticket, None)
    assert ticket.messages.get().text == "Minutes of the meeting"


# --- the command ------------------------------------------------------------------------------------------------


def receive(raw: bytes) -> tuple[int, str]:
    command, words = Command(), io.StringIO()
    command.stdin = io.BytesIO(raw)
    try:
        call_command(command, stderr=words)
    except SystemExit as end:
        return end.code, words.getvalue()
    return 0, words.getvalue()


def test_receive_mail_takes_a_mail():
    assert receive(mail()) == (0, "")
    assert Ticket.objects.count() == 1


def test_receive_mail_refuses_nothing_and_too_much_in_words():
    assert receive(b"\n")[0] == 65
    code, words = receive(b"x" * (MAX_MAIL_BYTES + 1))
    assert (code, "30 MB" in words) == (65, True)


def test_receive_mail_asks_to_try_again_while_the_database_is_away(monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError

    monkeypatch.setattr(inbound, "_once", away)
    assert receive(mail())[0] == 75


def test_receive_mail_keeps_what_nobody_foresaw(monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(inbound, "_open", fails)
    assert receive(mail())[0] == 0
    assert InboundMail.objects.get().outcome == "broken"
    assert keep_broken(mail(Message_ID="<k@example.org>"), why="x").raw
