"""Accounts: login by code and password, mails of the outbox in the person's language, settings, coordinators."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation

from alliance.core.models import JournalEntry, OutgoingMail
from alliance.users import emails
from alliance.users.models import User
from tests.factories import PASSWORD, make_coordinator, make_user

pytestmark = pytest.mark.django_db


def address(name, language="en", **kwargs):
    with translation.override(language):
        return reverse(name, kwargs=kwargs or None)


def test_login_by_code_reads_the_code_from_the_mail_in_the_persons_language(client):
    user = make_user(language="uk")
    response = client.post(address("account_request_login_code", "pl"), {"email": user.email})
    assert response.status_code == 302
    mail = OutgoingMail.objects.get(name="users/login_code")
    assert (mail.to, mail.language, mail.is_secret) == (user.email, "uk", True)
    code = re.search(r"^[A-Z0-9-]{6,9}$", mail.text, re.MULTILINE)
    response = client.post(address("account_confirm_login_code", "pl"), {"code": code[0]})
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_login_with_password_and_where_it_leads(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    user = make_user(language="pl")
    response = client.post(
        address("account_login"), {"login": user.email.upper(), "password": PASSWORD}, follow=True
    )
    assert response.redirect_chain[-1][0] == address("content:dashboard", "pl")
    client.logout()
    client.force_login(make_coordinator())
    assert client.get(address("users:after_login")).headers["Location"] == "/admin/"


@pytest.mark.parametrize("known", [True, False])
def test_login_by_code_answers_alike_for_known_and_unknown_addresses(client, known):
    email = make_user().email if known else "nobody@example.org"
    response = client.post(address("account_request_login_code"), {"email": email})
    assert (response.status_code, response.headers["Location"]) == (
        302,
        address("account_confirm_login_code"),
    )
    assert OutgoingMail.objects.get().name == ("users/login_code" if known else "users/unknown_account")


def test_signup_mails_a_link_of_ours_and_keeps_the_language_of_the_page(client):
    form = {"email": "New@Example.org", "password1": "long enough phrase", "next": ""}
    response = client.post(address("account_signup", "uk"), form, headers={"host": "portal.example.org"})
    assert response.status_code == 302
    assert User.objects.get().language == "uk"
    mail = OutgoingMail.objects.get()
    link = re.search(r"http://portal\.example\.org(/uk/account/\S+)", mail.text)[1]
    page = client.get(link)
    assert page.status_code == 200
    assert not User.objects.get().emailaddress_set.get().verified, "a GET changes nothing"
    client.post(link)
    assert User.objects.get().emailaddress_set.get().verified


@pytest.mark.parametrize("language", ["en", "pl", "uk"])
@pytest.mark.parametrize(
    "stem", sorted({*emails.SECRET, *emails.ACTIONS, "totp_activated", "webauthn_added"})
)
def test_account_mails_render_in_each_language(stem, language):
    user = make_user(language=language)
    emails.account_mail(
        stem,
        user.email,
        {"code": "ABC-DEF", "activate_url": "http://x/a", "password_reset_url": "http://x/b"},
    )
    mail = OutgoingMail.objects.get()
    assert mail.language == language
    assert mail.subject
    assert len(mail.text) > 100
    assert "<html" in mail.html
    assert mail.is_secret == (stem in emails.SECRET)


def test_settings_change_name_and_language(client):
    user = make_user()
    client.force_login(user)
    response = client.post(address("users:settings"), {"name": "Olena", "language": "uk"})
    assert response.headers["Location"] == address("users:settings", "uk")
    user.refresh_from_db()
    assert (user.name, user.language) == ("Olena", "uk")
    assert JournalEntry.objects.get(verb="user.edited").data["fields"] == ["language", "name"]


def test_settings_with_an_unknown_language_say_so(client):
    client.force_login(make_user())
    response = client.post(address("users:settings"), {"name": "Olena", "language": "xx"})
    assert response.status_code == 422
    assert "language" in response.context["form"].errors


def test_create_coordinator_needs_no_prompt_and_happens_once(capsys):
    for _ in range(2):
        call_command("create_coordinator", email="Desk@example.org", language="pl")
    user = User.objects.get()
    assert user.is_coordinator
    assert not user.has_usable_password()
    assert user.emailaddress_set.get().verified
    assert OutgoingMail.objects.get().language == "pl"
    assert JournalEntry.objects.filter(verb="coordinator.created").count() == 1


def test_create_coordinator_refuses_what_is_no_address():
    with pytest.raises(CommandError):
        call_command("create_coordinator", email="desk")
    assert not User.objects.exists()


@pytest.mark.parametrize("credential", ["9" * 5000, "[" * 100_000, "{", "null", '{"id": ' + "9" * 5000 + "}"])
def test_a_passkey_of_nonsense_is_refused_without_a_fault(client, db, credential):
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer.status_code in (302, 422)
