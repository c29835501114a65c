"""The log holds no address of a person and no link that carries a right: not from whole flows, not from failures."""

import io
import logging
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliance.core.delivery import deliver_due
from alliance.core.forms import shown_at_token
from alliance.core.links import sign
from alliance.core.logs import ADDRESS, DiscreetFormatter
from alliance.core.models import OutgoingMail
from alliance.users.models import User
from members.links import application_path, contact_email_path, invitation_path, resume_path
from members.models import Invitation, Member
from tests.factories import make_member, make_place, make_user
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


def written(caplog):
    """What stands in the log of the portal: the captured records, in its own form."""
    formatter = DiscreetFormatter(django_settings.LOGGING["formatters"]["line"]["format"])
    return [formatter.format(record) for record in caplog.records]


def reset_path(user):
    Client().post(reverse("account_reset_password"), {"email": user.email})
    return mailed_link("password_reset_key", user.email)


def links_with_rights():
    """Every kind of link that lets its holder in, as it stands in an address bar."""
    member = make_member(status="draft", submitted_at=None)
    invitation = Invitation.objects.create(
        member=make_member(),
        email=f"invited@{DOMAIN}",
        language="en",
        invited_by=make_user(),
        expires_at=timezone.now() + timedelta(days=1),
    )
    user = make_user()
    user.emailaddress_set.create(email=f"second@{DOMAIN}").send_confirmation()
    return {
        "application": application_path(member),
        "step": application_path(member, "people"),
        "resume": resume_path(member),
        "contact address": contact_email_path(make_member(), f"new@{DOMAIN}"),
        "invitation": invitation_path(invitation),
        "mail stop": reverse("core:mail_stop", args=[sign("mail-stop", f"reader@{DOMAIN}", "reminder")]),
        "ticket": reverse("content:contact_sent", args=[sign("contact", "TKT-1")]),
        "confirmation": mailed_link("email_confirmation", f"second@{DOMAIN}"),
        "reset": reset_path(user),
    }


KINDS = [
    "application",
    "step",
    "resume",
    "contact address",
    "invitation",
    "mail stop",
    "ticket",
    "confirmation",
    "reset",
]


# allauth says on a page of its own that such a link is wrong.
SAID_WITH_200 = {("confirmation", "cut short"), ("reset", "cut short"), ("reset", "wrong page")}


def secret_of(path):
    """The long segment."""
    return max(path.split("/"), key=len)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["no longer valid", "cut short", "wrong method", "wrong page"])
def test_a_refused_link_is_not_written_into_the_log(caplog, kind, fault):
    path = links_with_rights()[kind]
    secret = secret_of(path)
    client = Client(raise_request_exception=False)
    caplog.clear()
    caplog.set_level(logging.INFO)
    if fault == "no longer valid":
        Member.objects.update(link_version=7, contact_email=f"other@{DOMAIN}")
        client.post(path, {"email": "nonsense"})
    elif fault == "cut short":
        secret = secret[:-9]
        client.get(path.replace(secret_of(path), secret))
    elif fault == "wrong method":
        client.put(path)
    else:
        client.get(f"{path}nowhere/")
    assert not [line for line in written(caplog) if secret in line]
    if fault != "no longer valid" and (kind, fault) not in SAID_WITH_200:
        assert [line for line in written(caplog) if "<link>" in line], "the refusal was logged"


@pytest.mark.parametrize(
    "line",
    [
        'File "/srv/portal/.venv/lib/python3.11/site-packages/allauth/account/internal/email_verification_by_code.py"',
        "Not Found: /uk/members/join/step-that-is-not-there/",
        "Not Found: /static/css/site.3f2a9c1b7d6e5f4a3b2c1d0e.css",
        "connected to http://localhost:8000/uk/ at 2026-01-31 12:34:56,789",
        "Not Found: /pl/listings/9x8c7v6b5n4m/",
    ],
)
def test_other_lines_are_left_as_they_are(line):
    record = logging.LogRecord("test", logging.WARNING, "", 0, "%s", (line,), None)
    assert DiscreetFormatter("%(message)s").format(record) == line


def test_the_log_of_the_portal_is_written_that_way():
    assert django_settings.LOGGING["formatters"]["line"]["()"] == "alliance.core.logs.DiscreetFormatter"
    assert {handler["formatter"] for handler in django_settings.LOGGING["handlers"].values()} == {"line"}
    assert not django_settings.CELERY_WORKER_HIJACK_ROOT_LOGGER
