"""One-click unsubscribe (RFC 8058)."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.core.links import sign
from alliance.core.models import JournalEntry, MailStop

pytestmark = pytest.mark.django_db
READER = "reader@example.org"


def stop_url(language: str = "en", category: str = "reminder", purpose: str = "mail-stop") -> str:
    with translation.override(language):
        return reverse("core:mail_stop", args=[sign(purpose, READER, category)])


@pytest.mark.parametrize("method", ["get", "head"])
def test_mail_stop_by_get_changes_nothing(client, method):
    assert getattr(client, method)(stop_url()).status_code == 200
    assert not MailStop.objects.exists()
    assert not JournalEntry.objects.exists()


def test_mail_stop_page_asks_with_a_button(client):
    page = client.get(stop_url()).content.decode()
    assert '<form method="post">' in page
    assert READER not in page


def test_mail_stop_by_post_stops_that_category_without_cookie_or_token_of_a_form():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(stop_url(), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    stop = MailStop.objects.get()
    assert (stop.email, stop.category) == (READER, "reminder")
    assert strict.post(stop_url()).status_code == 200
    assert MailStop.objects.count() == 1
    entry = JournalEntry.objects.get()
    assert (entry.verb, entry.actor_kind, entry.target) == ("mail.stopped", "link", stop)
    assert entry.data == {"category": "reminder"}
    assert '<form method="post">' not in strict.get(stop_url()).content.decode()


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
def test_mail_stop_speaks_the_readers_language(language):
    answer = Client(headers={"accept-language": "de"}).get(stop_url(language))
    assert f'<html lang="{language}">' in answer.content.decode()


@pytest.mark.parametrize(
    "make_url",
    [
        lambda: "/en/mail/stop/forged/",
        lambda: stop_url(purpose="another-purpose"),
        lambda: stop_url(category="transactional"),
        lambda: stop_url(category="no-such"),
        lambda: stop_url().replace("/stop/", "/stop/x"),
    ],
    ids=["forged", "another purpose", "necessary mails", "unknown category", "altered"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_mail_stop_refuses_what_we_did_not_sign(client, make_url, method):
    assert getattr(client, method)(make_url()).status_code == 404
    assert not MailStop.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_mail_stop_refuses_other_methods(client, method):
    assert getattr(client, method)(stop_url()).status_code == 405
