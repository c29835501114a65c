"""`send()`: what becomes of a template, and when delivery is woken."""

import contextlib
import socket
import threading

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from alliance.celery import app
from alliance.core import cache as patient
from alliance.core import mail
from alliance.core.cache import PatientRedisCache
from alliance.core.mail import Category, Letter, send, send_many, wake_delivery
from alliance.core.models import MailStop, OutgoingMail

pytestmark = pytest.mark.django_db

TEMPLATES = {
    "test_subject.txt": "{% load i18n %}{% translate 'Sign in' %}: {{ title }}\n",
    "test_body.txt": "{{ title }}\n\n\n\n\n{{ language }} {{ unsubscribe_url }} {{ site.url }}\n",
    "test_body.html": (
        "<html><head><style>p { color: #123456 }</style></head><body><p>{{ title }}</p></body></html>"
    ),
}


@pytest.fixture(autouse=True)
def _templates(tmp_path, settings):
    folder = tmp_path / "core" / "email"
    folder.mkdir(parents=True)
    for name, text in TEMPLATES.items():
        (folder / name).write_text(text)
    (engine,) = django_settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]


@pytest.fixture
def woken(monkeypatch):
    """Names of the tasks that were put on the broker."""
    monkeypatch.setattr(mail, "_paused_until", 0.0)
    with app.connection_for_write() as broker:
        queue = broker.SimpleQueue("celery")
        queue.clear()

        def names() -> list[str]:
            found = []
            while queue.qsize():
                message = queue.get(timeout=1)
                found.append(message.headers["task"])
                message.ack()
            return found

        yield names
        queue.close()


def write(**changes) -> OutgoingMail | None:
    arguments = {
        "name": "core/test",
        "to": "reader@example.org",
        "language": "pl",
        "context": {"title": "Ławka"},
    }
    return send(**(arguments | changes))


def test_send_writes_one_row_with_everything_delivery_needs():
    row = write(reply_to="office@example.org")
    row.refresh_from_db()
    assert row.status == OutgoingMail.Status.QUEUED
    assert row.subject.endswith(": Ławka")
    assert row.text == f"Ławka\n\npl  {django_settings.PUBLIC_URL}\n"
    assert 'style="color: #123456' in row.html
    assert row.message_id.endswith("@alliance.example>")
    assert row.headers == {}
    assert row.reply_to == "office@example.org"


@pytest.mark.parametrize("reader", ["en", "pl", "uk"])
@pytest.mark.parametrize("actor", ["en", "pl", "uk"])
def test_send_speaks_the_readers_language_whoever_acts(reader, actor):
    with translation.override(actor):
        row = write(language=reader, category=Category.REMINDER)
        assert translation.get_language() == actor
    assert f"\n{reader} " in row.text
    assert f"/{reader}/mail/stop/" in row.headers["List-Unsubscribe"]


def test_send_escapes_in_html_only():
    row = write(context={"title": "<b>A & B</b>"})
    assert row.text.startswith("<b>A & B</b>")
    assert row.subject.endswith(": <b>A & B</b>")
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in row.html


@pytest.mark.parametrize("title", ["a\r\nBcc: x@example.org", "a\nb", "a\x00\x0b\u2028b", "x" * 5000])
def test_send_keeps_the_subject_on_one_short_line(title):
    row = write(context={"title": title})
    row.refresh_from_db()
    assert row.subject.isprintable()
    assert len(row.subject) <= mail.MAX_SUBJECT


@pytest.mark.parametrize("to", ["a@example.org\r\nBcc: b@example.org", "a\n@example.org"])
def test_send_refuses_line_breaks_in_an_address(to):
    with pytest.raises(IntegrityError), transaction.atomic():
        write(to=to)


def test_send_writes_a_mail_once_per_event_and_reader():
    first, again, other = write(key="event:1"), write(key="event:1"), write(key="event:1", to="b@example.org")
    assert first == again
    assert first != other
    assert OutgoingMail.objects.count() == 2


def test_send_takes_the_same_address_in_any_case_as_one_reader():
    assert write(key="event:1") == write(key="event:1", to=" Reader@Example.ORG ")


def test_send_respects_a_stopped_category_but_not_for_necessary_mails():
    MailStop.objects.create(email="reader@example.org", category=Category.REMINDER)
    assert write(category=Category.REMINDER) is None
    assert write(category=Category.DESK)
    assert write()


def test_notices_carry_one_click_unsubscribe_and_necessary_mails_do_not():
    notice, necessary = write(category=Category.REMINDER), write()
    assert notice.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert notice.headers["List-Unsubscribe"].strip("<>") in notice.text
    assert necessary.headers == {}


@pytest.mark.django_db(transaction=True)
def test_delivery_is_woken_once_after_commit(woken):
    with transaction.atomic():
        write()
        write()
        assert woken() == []
    assert woken() == [mail.DELIVER]


@pytest.mark.django_db(transaction=True)
def test_rolled_back_means_never_sent(woken):
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert woken() == []
    assert not OutgoingMail.objects.exists()


@pytest.fixture
def hanging_server():
    """Takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        taken, is_over = [], threading.Event()

        def take() -> None:
            while not is_over.is_set():
                with contextlib.suppress(TimeoutError):
                    taken.append(server.accept()[0])

        thread = threading.Thread(target=take)
        thread.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0", taken
        is_over.set()
        thread.join()
        for one in taken:
            one.close()


def broker(url: str, monkeypatch) -> None:
    """Let this process talk to the broker at ``url``, with the real options."""
    monkeypatch.setattr(mail, "_paused_until", 0.0)
    for module in (mail, patient):  # however slow the machine is
        monkeypatch.setattr(module, "PAUSE_SECONDS", 3600)
    monkeypatch.setattr(mail, "current_app", app.__class__("elsewhere", set_as_current=False))
    mail.current_app.config_from_object("django.conf:settings", namespace="CELERY")
    mail.current_app.conf.update(broker_url=url)


def test_waking_a_broker_that_refuses_is_quick_and_quiet(monkeypatch, caplog):
    broker("redis://127.0.0.1:1/0", monkeypatch)
    asked, ask = [], socket.socket.connect
    monkeypatch.setattr(
        socket.socket, "connect", lambda self, address: asked.append(address) or ask(self, address)
    )
    wake_delivery()
    wake_delivery()
    assert asked == [("127.0.0.1", 1)], "asked once and left alone for a while"
    assert caplog.messages == ["the broker does not answer (OperationalError); the sweep will deliver"]


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_a_broker_and_a_cache_that_hang_cost_one_visitor_two_seconds_and_the_next_none(
    hanging_server, monkeypatch, caplog
):
    url, lines = hanging_server
    broker(url, monkeypatch)
    options = {"socket_timeout": 1, "socket_connect_timeout": 1}
    assert options.items() <= django_settings.CELERY_BROKER_TRANSPORT_OPTIONS.items()
    cache = PatientRedisCache(url, {"OPTIONS": options})
    monkeypatch.setattr(PatientRedisCache, "_paused_until", 0.0)
    cache.get("limit")
    cache.incr("limit")
    with transaction.atomic():
        write()
    assert len(lines) == 2, "one waits for the cache, one for the broker, a second each"
    cache.get("limit")
    with transaction.atomic():
        write()
    assert len(lines) == 2
    assert OutgoingMail.objects.count() == 2
    assert "reader@example.org" not in caplog.text
    assert connection.in_atomic_block is False


# --- Many at once ------------------------------------------------------------------------------------------


def letters(*names):
    return [Letter(f"{name}@Example.org ", "pl", {"title": name}, f"event:{name}") for name in names]


@pytest.mark.parametrize("many", [1, 3])
def test_many_letters_cost_two_queries_and_are_written_once(django_assert_num_queries, many):
    names = ["ola", "jan", "ewa"][:many]
    with django_assert_num_queries(2):
        send_many("core/test", letters(*names), category=Category.REMINDER)
    send_many("core/test", letters(*names), category=Category.REMINDER)
    rows = OutgoingMail.objects.order_by("id")
    assert [row.to for row in rows] == [f"{name}@example.org" for name in names]
    assert {(row.language, row.status, row.category) for row in rows} == {("pl", "queued", "reminder")}
    assert len({row.message_id for row in rows}) == many
    assert "List-Unsubscribe" in rows[0].headers


def test_many_letters_respect_who_stopped_them():
    MailStop.objects.create(email="ola@example.org", category=Category.REMINDER)
    send_many("core/test", letters("ola", "jan"), category=Category.REMINDER)
    assert [row.to for row in OutgoingMail.objects.all()] == ["jan@example.org"]
    send_many("core/test", letters("ola"))
    assert OutgoingMail.objects.filter(to="ola@example.org", category=Category.TRANSACTIONAL).exists()


def test_many_letters_wake_delivery_once_on_commit(django_capture_on_commit_callbacks, woken):
    with django_capture_on_commit_callbacks(execute=True):
        send_many("core/test", letters("ola", "jan"))
        send_many("core/test", [])
    assert woken() == [mail.DELIVER]
