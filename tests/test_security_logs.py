"""The log holds no address of a person: not from whole flows, not from failures, not from a traceback."""

import io
import logging

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from alliance.core.delivery import deliver_due
from alliance.core.forms import shown_at_token
from alliance.core.logs import ADDRESS, DiscreetFormatter
from alliance.core.models import OutgoingMail
from alliance.users.models import User
from tests.factories import make_place, make_user
from tests.users.codes import mailed_link

DOMAIN = "example.org"


@pytest.mark.django_db
def test_whole_flows_log_no_address(caplog, settings):
    caplog.set_level(logging.INFO)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # a mail server that refuses
    client = Client(raise_request_exception=False)
    client.post(reverse("account_signup"), {"email": f"new@{DOMAIN}", "password1": "a long phrase"})
    client.get(reverse("account_signup"), {"email": f"new@{DOMAIN}", "q": "\0"})
    for email in (make_user().email, f"nobody@{DOMAIN}"):
        client.post(reverse("account_login"), {"login": email, "password": "wrong"})
        Client().post(reverse("account_request_login_code"), {"email": email})
        Client().post(reverse("account_reset_password"), {"email": email})
    client.post(mailed_link("email_confirmation_signup", f"new@{DOMAIN}"))
    form = {"kind": "municipality", "contact_name": "Visitor", "email": f"join@{DOMAIN}", "homepage": ""}
    start = f"{reverse('members:join_start')}?place={make_place().code}"
    assert Client().post(start, form | {"shown_at": shown_at_token(60)}).status_code == 302
    form = {"topic": "membership", "subject": "x", "text": "A question of ours.", "name": "Visitor"}
    form |= {"email": f"contact@{DOMAIN}", "shown_at": shown_at_token(60)}
    assert Client().post(reverse("content:contact"), form).status_code == 302
    assert OutgoingMail.objects.count() >= 7
    deliver_due()
    text = caplog.text
    assert "mail server cannot be used" in text, "the log was listened to"
    assert "Bad Request" in text
    assert f"@{DOMAIN}" not in text


@pytest.mark.django_db
def test_a_traceback_that_quotes_a_row_hides_the_address():
    make_user(email=f"twice@{DOMAIN}")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    line = django_settings.LOGGING["formatters"]["line"]
    handler.setFormatter(DiscreetFormatter(line["format"]))
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        User.objects.create_user(f"twice@{DOMAIN}")
    except IntegrityError:
        log.exception("failed for %s", f"o'neil+news@sub.{DOMAIN}")
    assert "duplicate key" in stream.getvalue()
    assert "<address>" in stream.getvalue()
    assert not ADDRESS.search(stream.getvalue())
    assert f"@{DOMAIN}" not in stream.getvalue()


def test_the_log_of_the_portal_is_written_that_way():
    assert django_settings.LOGGING["formatters"]["line"]["()"] == "alliance.core.logs.DiscreetFormatter"
    assert {handler["formatter"] for handler in django_settings.LOGGING["handlers"].values()} == {"line"}
    assert not django_settings.CELERY_WORKER_HIJACK_ROOT_LOGGER
