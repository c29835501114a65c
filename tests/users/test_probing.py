"""Nobody learns from an answer whether an address has an account: status, way on, words and cookies are alike."""

import re

import pytest
from django.contrib.auth import hashers
from django.test import Client
from django.urls import reverse

from alliance.core.models import OutgoingMail
from alliance.users.models import User
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "known@example.org", "nobody@example.org"
FORMS = {
    "account_login": lambda email: {"login": email, "password": "wrong"},
    "account_signup": lambda email: {"email": email, "password1": "a long phrase"},
    "account_reset_password": lambda email: {"email": email},
    "account_request_login_code": lambda email: {"email": email},
    "members:join_resume": lambda email: {"who": email},
}


def make_known(kind):
    """A confirmed account, one that waits for its confirmation, a closed one, one without a password."""
    if kind == "unconfirmed":
        Client().post(reverse("account_signup"), {"email": KNOWN, "password1": "a long phrase"})
        return
    user = make_user(email=KNOWN, password=None if kind == "no password" else "a long phrase")
    User.objects.filter(pk=user.pk).update(is_active=kind != "closed")


def without_tokens(page, email):
    page = re.sub(r'name="(?:csrfmiddlewaretoken|shown_at)" value="[^"]+"', "", page)
    page = re.sub(r'(?s)<script id="js_data".*?</script>', "", page)
    return page.replace(email, "…")


def answers(name, email):
    """Everything that a visitor sees: the answer, and the page to which it leads."""
    client = Client()
    answer = client.post(reverse(name), FORMS[name](email))
    after = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    return (
        answer.status_code,
        answer.headers.get("Location"),
        without_tokens(answer.text, email),
        after.status_code,
        without_tokens(after.text, email),
        sorted(client.cookies),
    )


@pytest.mark.parametrize("kind", ["confirmed", "unconfirmed", "closed", "no password"])
@pytest.mark.parametrize("name", FORMS)
def test_known_and_unknown_addresses_are_answered_alike(name, kind):
    make_known(kind)
    if name.startswith("members"):
        make_member(contact_email=KNOWN)
    assert answers(name, KNOWN) == answers(name, UNKNOWN)


def test_a_wrong_code_for_an_unknown_address_is_answered_alike():
    make_known("confirmed")
    pages = []
    for email in (KNOWN, UNKNOWN):
        client = Client()
        client.post(reverse("account_request_login_code"), {"email": email})
        tries = [client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"}) for _ in range(4)]
        pages.append(
            [(t.status_code, t.headers.get("Location"), without_tokens(t.text, email)) for t in tries]
        )
    assert pages[0] == pages[1]


@pytest.mark.parametrize("name", ["account_login", "account_signup"])
@pytest.mark.parametrize("kind", ["confirmed", "closed", "no password"])
def test_the_same_number_of_passwords_is_hashed_for_each(name, kind, monkeypatch):
    """Hashing is what takes time, so its count is the time of the answer."""
    make_known(kind)
    calls = []
    original = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *args: calls.append(1) or original(*args))
    counts = []
    for email in (KNOWN, UNKNOWN):
        calls.clear()
        Client().post(reverse(name), FORMS[name](email))
        counts.append(len(calls))
    assert counts[0] == counts[1] == 1


def test_the_mail_tells_what_the_page_does_not():
    make_known("confirmed")
    for name in ("account_signup", "account_reset_password", "account_request_login_code"):
        for email in (KNOWN, UNKNOWN):
            Client().post(reverse(name), FORMS[name](email))
    assert dict.fromkeys(
        OutgoingMail.objects.filter(to=KNOWN).order_by("id").values_list("name", flat=True)
    ) == (dict.fromkeys(["users/account_already_exists", "users/password_reset_key", "users/login_code"]))
