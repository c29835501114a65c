"""Delivery against a real SMTP server in this process; `tests/faults/` kills the processes around it."""

import smtplib
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as django_mail
from django.utils import timezone

from alliance.core import delivery
from alliance.core.delivery import BACK_OFF_MINUTES, GIVE_UP_ATTEMPTS, SERVER_TROUBLE, Lease, deliver_due
from alliance.core.models import OutgoingMail
from tests.live import Sink, smtp_sink  # noqa: F401
from tests.live import _module_sink as _module_sink

pytestmark = pytest.mark.django_db
Status = OutgoingMail.Status


def make_mail(**changes) -> OutgoingMail:
    unique = uuid.uuid4().hex
    fields = {
        "key": unique,
        "name": "core/test",
        "to": f"reader-{unique[:8]}@example.org",
        "language": "uk",
        "subject": "Доброго дня",
        "text": "Вітаємо!\n",
        "html": "<p>Вітаємо!</p>",
        "message_id": f"<{unique}@alliance.example>",
    }
    return OutgoingMail.objects.create(**(fields | changes))


def body(message, kind: str) -> str:
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


@pytest.fixture(params=["pipelining", "one command at a time"])
def sink(request, smtp_sink: Sink, settings, monkeypatch) -> Sink:  # noqa: F811
    smtp_sink.has_pipelining = request.param == "pipelining"
    settings.EMAIL_BACKEND = delivery.SMTP_BACKEND
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp_sink.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = None
    settings.EMAIL_TIMEOUT = 2
    monkeypatch.setattr(delivery, "_paused_until", 0.0)
    return smtp_sink


def test_deliver_due_sends_each_mail_once_over_one_connection(sink):
    mails = [make_mail() for _ in range(20)]
    assert deliver_due() == 20
    assert deliver_due() == 0
    assert sink.message_ids() == {mail.message_id: 1 for mail in mails}
    assert sink.connections == 1
    stored = OutgoingMail.objects.first()
    assert stored.status == Status.SENT
    assert stored.sent_at
    assert stored.attempts == 1
    assert stored.lease_token is None
    assert stored.text == "Вітаємо!\n"


def test_deliver_due_writes_a_whole_message(sink):
    stop = "https://portal.example.org/uk/mail/stop/abc/"
    mail = make_mail(
        reply_to="office@example.org",
        headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
    )
    deliver_due()
    (message,) = sink.to(mail.to)
    assert message["From"] == "Alliance portal <portal@alliance.example>"
    assert message["Subject"] == "Доброго дня"
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "office@example.org"
    assert message["List-Unsubscribe"] == f"<{stop}>"
    assert message["Content-Language"] == "uk"
    assert message.get_content_type() == "multipart/alternative"
    assert body(message, "plain") == "Вітаємо!\n"
    assert body(message, "html") == "<p>Вітаємо!</p>"


def test_a_secret_is_blanked_once_delivered(sink):
    mail = make_mail(is_secret=True, text="Code 123-456", html="<p>Code 123-456</p>")
    deliver_due()
    mail.refresh_from_db()
    assert (mail.status, mail.text, mail.html) == (Status.SENT, "", "")
    assert "123-456" in body(sink.to(mail.to)[0], "plain")


def test_a_refused_recipient_fails_with_the_servers_words_and_the_rest_goes_on(sink):
    mails = [make_mail() for _ in range(9)]
    bad = {mails[0].to, mails[4].to, mails[8].to}
    sink.answers["RCPT"] = lambda to: "550 5.1.1 No such user" if to in bad else None
    assert deliver_due() == 6
    failed = OutgoingMail.objects.filter(status=Status.FAILED)
    assert {mail.to for mail in failed} == bad
    assert {mail.last_error for mail in failed} == {"550 5.1.1 No such user"}
    assert sink.connections == 1
    assert max(sink.message_ids().values()) == 1


def test_a_refused_message_fails(sink):
    mail, other = make_mail(), make_mail()
    sink.answers["DATA"] = lambda to: "554 5.7.1 Looks like spam" if to == mail.to else None
    assert deliver_due() == 1
    mail.refresh_from_db()
    other.refresh_from_db()
    assert (mail.status, mail.last_error) == (Status.FAILED, "554 5.7.1 Looks like spam")
    assert other.status == Status.SENT


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_a_temporary_refusal_puts_off_that_mail_alone(sink, stage):
    mail, other = make_mail(), make_mail()
    sink.answers[stage] = lambda to: "451 4.7.1 Greylisted" if to == mail.to else None
    assert deliver_due() == 1
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.last_error) == (Status.QUEUED, 1, "451 4.7.1 Greylisted")
    assert timedelta(seconds=50) < mail.due_at - timezone.now() <= timedelta(minutes=BACK_OFF_MINUTES[0])
    assert mail.lease_token is None
    sink.answers.clear()
    assert deliver_due() == 0
    OutgoingMail.objects.filter(pk=mail.pk).update(due_at=timezone.now())
    assert deliver_due() == 1
    assert sink.message_ids() == {mail.message_id: 1, other.message_id: 1}


@pytest.mark.parametrize("reply", ["451 4.3.0 Try later", "550 5.7.1 Sender not allowed", "530 Log in"])
def test_a_server_that_refuses_us_costs_a_few_mails_an_attempt_and_fails_none(sink, reply):
    for _ in range(12):
        make_mail()
    sink.answers["MAIL"] = lambda sender: reply
    assert deliver_due() == 0
    assert OutgoingMail.objects.filter(status=Status.QUEUED, lease_token=None).count() == 12
    assert OutgoingMail.objects.filter(attempts=1).count() == SERVER_TROUBLE


def test_a_dead_server_costs_no_mail_an_attempt(sink, settings, caplog):
    mail = make_mail()
    settings.EMAIL_PORT = 1
    assert deliver_due() == 0
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.lease_token) == (Status.QUEUED, 0, None)
    assert "mails wait" in caplog.text
    assert mail.to not in caplog.text


def test_a_server_that_says_421_costs_no_mail_an_attempt(sink):
    mail = make_mail()
    sink.answers["connect"] = lambda _: "421 4.3.2 Shutting down"
    assert deliver_due() == 0
    mail.refresh_from_db()
    assert mail.attempts == 0


def test_a_dead_server_is_left_alone_for_a_moment(sink, monkeypatch):
    make_mail()
    sink.answers["connect"] = lambda _: "421 Shutting down"
    deliver_due()
    sink.answers.clear()
    assert deliver_due() == 0
    monkeypatch.setattr(delivery, "_paused_until", 0.0)
    assert deliver_due() == 1


def test_a_line_that_breaks_before_a_mail_is_taken_doubles_nothing(sink):
    mails = [make_mail() for _ in range(10)]
    sink.drop_before = {4}
    assert deliver_due() == 9
    late = OutgoingMail.objects.get(status=Status.QUEUED)
    assert late.pk == mails[3].pk
    assert late.attempts == 1
    assert late.last_error.startswith("connection lost")
    assert OutgoingMail.objects.filter(attempts=1).count() == 10
    late.due_at = timezone.now()
    late.save()
    assert deliver_due() == 1
    assert sink.message_ids() == {mail.message_id: 1 for mail in mails}


def test_a_line_that_breaks_after_a_mail_is_taken_doubles_that_mail_with_the_same_id(sink):
    mails = [make_mail() for _ in range(10)]
    sink.drop_after = {4}
    deliver_due()
    OutgoingMail.objects.update(due_at=timezone.now())
    deliver_due()
    assert sink.message_ids() == {mail.message_id: 1 for mail in mails} | {mails[3].message_id: 2}


def test_a_line_that_keeps_breaking_is_left_until_the_next_sweep(sink):
    for _ in range(10):
        make_mail()
    sink.drop_before = set(range(1, 100))
    assert deliver_due() == 0
    assert OutgoingMail.objects.filter(attempts=0, lease_token=None).count() == 10 - delivery.RECONNECTS - 1


def test_a_server_that_hangs_is_left_and_the_mail_put_off(sink, monkeypatch):
    monkeypatch.setattr("alliance.core.smtp.ANSWER_SECONDS", 0.3)
    mail = make_mail()
    sink.hangs = True
    assert deliver_due() == 0
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (Status.QUEUED, 1)


def test_waits_grow_and_a_mail_is_given_up_after_many_tries_over_days(sink):
    mail = make_mail()
    sink.answers["RCPT"] = lambda to: "450 Mailbox busy"
    start = timezone.now()
    waits = []
    while mail.status == Status.QUEUED:
        with time_machine.travel(mail.due_at + timedelta(seconds=1), tick=True):
            delivery._paused_until = 0.0
            deliver_due()
            asked = timezone.now()
        mail.refresh_from_db()
        if mail.status == Status.QUEUED:
            waits.append(round((mail.due_at - asked).total_seconds() / 60))
    assert tuple(waits[: len(BACK_OFF_MINUTES)]) == BACK_OFF_MINUTES
    assert set(waits[len(BACK_OFF_MINUTES) :]) == {BACK_OFF_MINUTES[-1]}
    assert mail.status == Status.FAILED
    assert mail.last_error == "450 Mailbox busy"
    assert mail.attempts >= GIVE_UP_ATTEMPTS
    assert mail.failed_at - start >= timedelta(days=3)


def test_a_mail_that_waited_days_for_a_server_is_not_given_up_at_once(sink):
    mail = make_mail(created_at=timezone.now() - timedelta(days=9))
    sink.answers["RCPT"] = lambda to: "450 Mailbox busy"
    deliver_due()
    mail.refresh_from_db()
    assert mail.status == Status.QUEUED


def test_a_mail_that_cannot_be_written_fails_and_the_rest_goes_on(sink):
    mails = [
        make_mail(to="nobody"),
        make_mail(headers={"X-Bad": "one\r\nBcc: other@example.org"}),
        make_mail(headers={"Bcc": "other@example.org"}),
        make_mail(message_id="<a\nb@alliance.example>"),
    ]
    good = make_mail()
    assert deliver_due() == 1
    for mail in mails:
        mail.refresh_from_db()
        assert mail.status == Status.FAILED
        assert mail.last_error.startswith("not sent: ")
    assert list(sink.message_ids()) == [good.message_id]


def test_addresses_in_other_alphabets(sink):
    domain, local = make_mail(to="mayor@житомир.example"), make_mail(to="мер@житомир.example")
    assert deliver_due() == 2
    ascii_domain = "житомир".encode("idna").decode()
    assert ascii_domain.startswith("xn--")
    assert {to for to, _content in sink.taken} == {
        f"mayor@{ascii_domain}.example",
        f"мер@{ascii_domain}.example",
    }
    assert {domain.message_id, local.message_id} == set(sink.message_ids())


def test_a_mail_leased_to_another_worker_is_left_alone_until_its_lease_ends(sink):
    mail = make_mail()
    lease = Lease.claim()
    assert list(lease.rows) == [mail.pk]
    assert deliver_due() == 0
    OutgoingMail.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert deliver_due() == 1


def test_a_worker_whose_lease_was_taken_over_stops_sending(sink, monkeypatch):
    for _ in range(5):
        make_mail()
    taken_over = Lease.claim
    monkeypatch.setattr(delivery, "LEASE", timedelta(seconds=-1))  # every renewal is due at once

    def claim_and_lose():
        lease = taken_over()
        OutgoingMail.objects.filter(pk__in=list(lease.rows)[2:]).update(lease_token=uuid.uuid4())
        return lease

    monkeypatch.setattr(Lease, "claim", claim_and_lose)
    run = delivery._Run(lambda: False)
    run.connect()
    run.deliver(Lease.claim())
    run.close()
    assert len(sink.taken) == 2


def test_a_worker_that_is_told_to_stop_leaves_the_rest_to_others(sink):
    for _ in range(10):
        make_mail()
    assert deliver_due(should_stop=lambda: len(sink.taken) >= 3) == 3
    assert OutgoingMail.objects.filter(status=Status.QUEUED, lease_token=None).count() == 7
    assert deliver_due() == 7
    assert max(sink.message_ids().values()) == 1


def test_a_due_moment_in_the_future_is_respected(sink):
    make_mail(due_at=timezone.now() + timedelta(minutes=5))
    assert deliver_due() == 0


def test_lines_that_begin_with_a_dot_arrive_whole(sink):
    text = "first\n.\n..two\n.three\n"
    mail = make_mail(text=text, html="<p>x</p>")
    deliver_due()
    assert body(sink.to(mail.to)[0], "plain") == text


def test_a_login_that_is_refused_costs_no_mail_an_attempt(sink, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    mail = make_mail()
    assert deliver_due() == 0  # the sink offers no AUTH: smtplib raises SMTPNotSupportedError
    mail.refresh_from_db()
    assert mail.attempts == 0


def test_another_backend_than_smtp_is_used_as_it_is(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail = make_mail(reply_to="office@example.org")
    assert deliver_due() == 1
    (message,) = django_mail.outbox
    assert message.to == [mail.to]
    assert message.extra_headers["Message-ID"] == mail.message_id
    assert message.reply_to == ["office@example.org"]
    mail.refresh_from_db()
    assert mail.status == Status.SENT


def test_nothing_due_opens_no_connection(sink):
    assert deliver_due() == 0
    assert sink.connections == 0


def test_the_sink_is_a_real_server(sink):
    with smtplib.SMTP("127.0.0.1", sink.port) as smtp:
        assert smtp.noop()[0] == 250
