"""The outbox at the desk: list, preview on an address without rights, send again, try now."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from alliance.core.actions import MailCannotBeSent, hurry_mail, resend_mail
from alliance.core.models import JournalEntry, OutgoingMail
from tests.desk import open_desk
from tests.factories import make_coordinator

pytestmark = pytest.mark.django_db
LIST = reverse("admin:core_outgoingmail_changelist")


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    return open_desk(client)


def make_mail(status="failed", **changes):
    fields = {
        "key": str(uuid.uuid4()),
        "name": "members/member_approved",
        "to": "reader@example.org",
        "language": "uk",
        "subject": "Рішення",
        "text": "Вітаємо!",
        "html": "<p>Вітаємо!</p><script>alert(1)</script>",
        "message_id": f"<{uuid.uuid4()}@alliance.example>",
        "status": status,
    } | changes
    if status == "failed":
        fields |= {"failed_at": timezone.now(), "last_error": "550 no such mailbox", "attempts": 1}
    if status == "sent":
        fields |= {"sent_at": timezone.now(), "attempts": 1}
    return OutgoingMail.objects.create(**fields)


def page(mail, name, *more):
    return reverse(f"admin:core_outgoingmail_{name}", args=[mail.pk, *more])


def test_list_shows_status_reason_and_language(desk):
    failed, sent = make_mail(), make_mail("sent")
    text = desk.get(LIST).text
    assert "550 no such mailbox" in text
    response = desk.get(LIST, {"status__exact": "failed"})
    assert [mail.pk for mail in response.context["cl"].result_list] == [failed.pk]
    assert [mail.pk for mail in desk.get(LIST, {"q": "reader@"}).context["cl"].result_list] == [
        sent.pk,
        failed.pk,
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2026-11-27 10:00", 1),
        ("2026-11-27T09:30:00+00:00", 1),
        ("1111-11-11 11:11:11.111111", 1),
        ("1" * 200, 1),  # Django reads the beginning as a moment of the year 1111
        ("9999-12-31 23:59", 0),
        ("0001-01-01 00:00", 1),
        ("٢٠٢٦-٠١-٠١", 1),  # a day, in digits that the field takes
        ("٢٠٣٦-٠١-٠١", 0),
        ("no moment", None),
        ("2026-13-45", None),
    ],
)
def test_a_moment_typed_into_the_address_needs_no_time_zone(desk, typed, found):
    mail = make_mail()
    OutgoingMail.objects.filter(pk=mail.pk).update(created_at=datetime(2026, 11, 27, 9, 30, tzinfo=UTC))
    response = desk.get(LIST, {"created_at__gte": typed})
    if found is None:
        assert response.status_code == 302
        assert response.url.endswith("?e=1")
    else:
        assert len(response.context["cl"].result_list) == found


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_number_of_questions_whatever_its_length(desk, count, django_assert_num_queries):
    for _n in range(count):
        make_mail()
    desk.get(LIST)
    with django_assert_num_queries(7):
        desk.get(LIST)


def test_preview_is_sealed(desk):
    mail = make_mail()
    response = desk.get(page(mail, "preview"))
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline';")
    assert "script-src" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert "<p>Вітаємо!</p>" in response.text
    assert desk.post(page(mail, "preview")).status_code == 405
    assert "Вітаємо!" in desk.get(page(mail, "change")).text


def test_preview_needs_the_desk(client):
    assert client.get(page(make_mail(), "preview")).status_code == 302


def test_secrets_are_never_shown_nor_sent_again(desk):
    mail = make_mail(is_secret=True, text="code 123456", html="<p>123456</p>")
    text = desk.get(page(mail, "change")).text
    assert "123456" not in text
    assert desk.get(page(mail, "preview")).status_code == 404
    assert desk.get(page(mail, "change")).context["buttons"] == []
    with pytest.raises(MailCannotBeSent):
        resend_mail(mail, by=desk.user)


@pytest.mark.parametrize("status", ["failed", "sent"])
def test_send_again_queues_a_copy_with_a_number_of_its_own(desk, status):
    mail = make_mail(status)
    response = desk.post(page(mail, "verb", "resend"))
    assert response.status_code == 302
    copy = OutgoingMail.objects.exclude(pk=mail.pk).get()
    assert (copy.status, copy.to, copy.subject, copy.text, copy.html, copy.language) == (
        "queued",
        mail.to,
        mail.subject,
        mail.text,
        mail.html,
        "uk",
    )
    assert copy.message_id != mail.message_id
    assert copy.key != mail.key
    entry = JournalEntry.objects.about(mail).get()
    assert (entry.verb, entry.actor, entry.data["copy"]) == ("mail.resent", desk.user, copy.pk)


def test_a_double_click_sends_again_once(desk):
    mail = make_mail()
    first, second = desk.post(page(mail, "verb", "resend")), desk.post(page(mail, "verb", "resend"))
    assert OutgoingMail.objects.count() == 2
    messages = [str(message) for message in get_messages(second.wsgi_request)]
    assert any("already waiting" in message for message in messages)
    assert first.status_code == second.status_code == 302


def test_once_the_copy_has_gone_it_can_be_sent_again(desk):
    mail = make_mail()
    copy = resend_mail(mail, by=desk.user)
    OutgoingMail.objects.filter(pk=copy.pk).update(status="sent", sent_at=timezone.now())
    assert resend_mail(mail, by=desk.user).pk != copy.pk
    assert OutgoingMail.objects.count() == 3


def test_a_queued_mail_is_tried_now_instead_of_sent_again(desk):
    later = timezone.now() + timedelta(hours=1)
    mail = make_mail("queued", due_at=later)
    with pytest.raises(MailCannotBeSent):
        resend_mail(mail, by=desk.user)
    desk.post(page(mail, "verb", "hurry"))
    mail.refresh_from_db()
    assert mail.due_at <= timezone.now()
    assert JournalEntry.objects.about(mail).get().verb == "mail.hurried"


def test_a_mail_in_flight_is_left_alone():
    later = timezone.now() + timedelta(minutes=1)
    mail = make_mail("queued", lease_token=uuid.uuid4(), lease_until=later)
    with pytest.raises(MailCannotBeSent):
        hurry_mail(mail, by=make_coordinator())


def test_many_at_once(desk):
    mails = [make_mail(), make_mail("sent"), make_mail("queued")]
    data = {"action": "resend", "_selected_action": [mail.pk for mail in mails], "_confirmed": "1"}
    desk.post(LIST, data)
    assert OutgoingMail.objects.filter(key__startswith="again:").count() == 2
