"""A ticket's whole life over real lines: the form, a mail server, a mailbox, a pipe, a worker and the clock; each of
them away for a while, and nothing lost, nothing twice."""

import subprocess
import sys

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.content.incoming import MAX_MAIL_BYTES
from alliance.content.models import InboundMail, Ticket, TicketFile
from alliance.core.forms import shown_at_token
from tests.content.mails import bounce, mail
from tests.core import upload_samples
from tests.desk import open_desk
from tests.imap_server import ImapServer
from tests.live import ROOT, environment, wait_for

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
VISITOR = "anna@example.org"
SWEEPS = {"LIVE_SWEEP": "deliver_mail,sweep_mailbox", "LIVE_SWEEP_SECONDS": "1"}


@pytest.fixture
def mailbox():
    server = ImapServer().start()
    yield server
    server.stop()


def write_by_form() -> Ticket:
    with translation.override("pl"):
        url = reverse("content:contact")
    typed = {
        "topic": "membership",
        "subject": "Przystąpienie",
        "text": "Jak przystąpić?",
        "name": "Anna Nowak",
        "email": VISITOR,
        "country": "PL",
        "shown_at": shown_at_token(10),
    }
    assert Client().post(url, typed).status_code == 302
    return Ticket.objects.get()


def pipe(raw: bytes, sink, **changes: str) -> int:
    """As a mail server hands a mail over."""
    command = [sys.executable, "manage.py", "receive_mail"]
    return subprocess.run(
        command, cwd=ROOT, input=raw, env=environment(sink, **changes), check=False
    ).returncode


def mails_to_visitor(sink, count: int):
    wait_for(lambda: len(sink.to(VISITOR)) >= count, 30, f"{count} mails reach the visitor")
    assert len(sink.to(VISITOR)) == count
    return sink.to(VISITOR)[-1]


def test_a_tickets_life(sink, mailbox, start_worker, start_beat, settings, tmp_path):
    settings.SECOND_FACTOR_REQUIRED = False
    settings.TICKET_ADDRESS = "desk@example.org"
    live = SWEEPS | {
        "IMAP_URL": mailbox.url,
        "TICKET_ADDRESS": "desk@example.org",
        "MEDIA_ROOT": str(tmp_path),
    }
    start_worker(sink, **live)
    start_beat(sink, **live)
    ticket = write_by_form()
    told = mails_to_visitor(sink, 1)
    assert ticket.number in told["Subject"]
    assert told["Reply-To"] == "desk@example.org"

    # The visitor answers; the line breaks before the mail is moved, so it is handed over twice.
    mailbox.drop_before_move = 1
    thread = {"In_Reply_To": told["Message-ID"], "Subject": f"Re: {told['Subject']}"}
    mailbox.drop(mail("Jeszcze jedno pytanie", Message_ID="<second@example.org>", **thread))
    # Around it: what cannot be read, what is too large, what a program wrote.
    mailbox.drop(b"Subject: nobody\r\n\r\n\x00\xff")
    mailbox.drop(b"From: big@example.org\r\nMessage-ID: <big@example.org>\r\n\r\n" + b"x" * MAX_MAIL_BYTES)
    mailbox.drop(mail("I am away", Auto_Submitted="auto-replied", **thread))
    wait_for(lambda: len(mailbox.folders.get("Taken", [])) == 4, 60, "every mail is taken")
    assert not mailbox.folders["INBOX"]
    assert mailbox.logins >= 2
    assert [row.text for row in ticket.messages.all()] == [
        "Jak przystąpić?",
        "Jeszcze jedno pytanie",
        "I am away",
    ]
    assert sorted(InboundMail.objects.values_list("outcome", flat=True)) == [
        "broken",
        "taken",
        "taken",
        "too_large",
    ]
    wait_for(lambda: sink.to("big@example.org"), 30, "the sender of the large mail is told")
    assert len(sink.to(VISITOR)) == 1, "neither the second message nor a program is acknowledged"

    # The desk answers while the mail server is away.
    sink.stop()
    desk = open_desk(Client())
    page = desk.get(reverse("admin:content_ticket_change", args=[ticket.pk]))
    assert "Jeszcze jedno pytanie" in page.text
    url = reverse("admin:content_ticket_verb", args=[ticket.pk, "answer"])
    paper = SimpleUploadedFile("Wzór uchwały.png", upload_samples.png())
    typed = {"text": "Przez formularz.", "closes": "on", "files": paper}
    assert desk.post(url, typed).status_code == 302
    file = TicketFile.objects.get().file  # this process keeps it in its memory
    (tmp_path / file.name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file.name).write_bytes(file.read())
    sink.start()
    answer = mails_to_visitor(sink, 2)
    assert answer["In-Reply-To"] == "<second@example.org>"
    assert told["Message-ID"] in answer["References"]
    assert answer["Subject"].startswith("Re: ")
    assert answer["Subject"].count(ticket.number) == 1
    assert answer["Auto-Submitted"] == "no"
    (attached,) = answer.iter_attachments()
    assert attached.get_filename() == "Wzór uchwały.png"
    assert attached.get_content().startswith(b"\x89PNG")
    assert "> Jeszcze jedno pytanie" in answer.get_body(("plain",)).get_content()
    ticket.refresh_from_db()
    assert (ticket.status, ticket.waits_since) == ("closed", None)

    # It does not arrive: a pipe hands the bounce over, first while the database is away.
    failed = bounce(answer["Message-ID"])
    assert pipe(failed, sink, DATABASE_URL="postgres://nobody@127.0.0.1:9/nothing") == 75
    assert pipe(failed, sink) == 0
    assert pipe(failed, sink) == 0
    ticket.refresh_from_db()
    assert ticket.status == "open"
    kinds = [row.kind for row in ticket.messages.all()]
    assert kinds == ["received", "received", "automatic", "answer", "bounce"]
    assert Ticket.objects.count() == 1
