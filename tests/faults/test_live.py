"""The real processes themselves: what a visitor does through the web server arrives at the mail server."""

import urllib.request

import pytest

from alliance.core.models import OutgoingMail
from tests.core.test_delivery import make_mail
from tests.live import _module_sink as _module_sink
from tests.live import _portal as _portal
from tests.live import live_portal, smtp_sink, wait_for, worker  # noqa: F401

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def test_a_running_worker_delivers_what_is_written_here(smtp_sink, worker, wake):  # noqa: F811
    mail = make_mail()
    wake()
    wait_for(lambda: smtp_sink.to(mail.to), 20, "the mail arrives")
    assert smtp_sink.to(mail.to)[0]["Message-ID"] == mail.message_id
    wait_for(lambda: OutgoingMail.objects.get().status == "sent", 5, "it is recorded")


def test_the_portal_serves_pages_from_the_test_database(smtp_sink, live_portal):  # noqa: F811
    with urllib.request.urlopen(f"{live_portal.url}/pl/", timeout=120) as answer:
        assert answer.status == 200
        assert '<html lang="pl">' in answer.read().decode()
    assert live_portal.process.pid
