"""Accounts from end to end: sign up, confirm, sign in by password, code, app, recovery code."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.core.models import OutgoingMail
from alliance.users.models import User
from tests.factories import PASSWORD, make_coordinator, make_user
from tests.users.codes import activate_totp, mailed_code, mailed_link, totp_code

pytestmark = pytest.mark.django_db


def address(name, language="uk", **kwargs):
    with translation.override(language):
        return reverse(name, kwargs=kwargs or None)


def post(client, name, data, **kwargs):
    return client.post(address(name, **kwargs), data)


def is_signed_in(client):
    return "_auth_user_id" in client.session


def sign_in(client, user):
    return post(client, "account_login", {"login": user.email, "password": PASSWORD})


def show_who_one_is(client):
    assert post(client, "account_reauthenticate", {"password": PASSWORD}).status_code == 302


def test_a_person_signs_up_confirms_and_signs_in(client):
    answer = post(client, "account_signup", {"email": "olena@example.org", "password1": "дуже довга фраза"})
    assert answer.headers["Location"] == address("account_email_verification_sent")
    assert client.get(answer.headers["Location"]).status_code == 200
    refused = Client()
    post(refused, "account_login", {"login": "olena@example.org", "password": "дуже довга фраза"})
    assert not is_signed_in(refused), "an unconfirmed address opens nothing"
    link = mailed_link("email_confirmation_signup", "olena@example.org")
    assert link.startswith("/uk/")
    assert client.post(link).status_code == 302
    for other in (Client(), Client()):
        answer = post(other, "account_login", {"login": " Olena@example.org", "password": "дуже довга фраза"})
        assert answer.headers["Location"] == address("users:after_login")
        assert is_signed_in(other)


def test_a_weak_password_is_refused_at_its_field(client):
    answer = post(client, "account_signup", {"email": "olena@example.org", "password1": "olena1"})
    assert answer.status_code == 422
    assert "olena@example.org" in answer.text, "what was typed is kept"
    assert "error-summary" in answer.text
    assert not User.objects.exists()


def test_a_forgotten_password_is_chosen_anew_by_the_mailed_link_once(client):
    user = make_user(language="pl")
    post(client, "account_reset_password", {"email": user.email})
    assert OutgoingMail.objects.get().language == "pl"
    link = mailed_link("password_reset_key", user.email)
    page = client.get(link, follow=True)
    form = {"password1": "another long phrase", "password2": "another long phrase"}
    assert client.post(page.request["PATH_INFO"], form).status_code == 302
    user.refresh_from_db()
    assert user.check_password("another long phrase")
    assert OutgoingMail.objects.filter(name="users/password_reset").count() == 1
    again = Client()
    page = again.get(link, follow=True)
    again.post(
        page.request["PATH_INFO"], {"password1": "a third long phrase", "password2": "a third long phrase"}
    )
    user.refresh_from_db()
    assert user.check_password("another long phrase")


def test_three_wrong_codes_end_the_try(client):
    user = make_user()
    post(client, "account_request_login_code", {"email": user.email})
    for _ in range(3):
        post(client, "account_confirm_login_code", {"code": "WRONG1"})
    post(client, "account_confirm_login_code", {"code": mailed_code(user.email)})
    assert not is_signed_in(client)


def test_a_strangers_password_dies_with_the_first_code(client):
    """A stranger signs up with somebody's address and waits until its owner comes."""
    post(Client(), "account_signup", {"email": "mayor@example.org", "password1": "the stranger knows it"})
    post(client, "account_request_login_code", {"email": "mayor@example.org"})
    post(client, "account_confirm_login_code", {"code": mailed_code("mayor@example.org")})
    assert is_signed_in(client)
    user = User.objects.get()
    assert user.emailaddress_set.get().verified
    assert not user.has_usable_password()


def test_a_code_leaves_the_password_of_a_confirmed_address_alone(client):
    user = make_user()
    post(client, "account_request_login_code", {"email": user.email})
    post(client, "account_confirm_login_code", {"code": mailed_code(user.email)})
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


# --- the second factor -------------------------------------------------------------------------------------


def test_a_coordinator_is_led_to_a_second_factor_and_then_the_desk_opens(
    client, django_capture_on_commit_callbacks
):
    user = make_coordinator(language="uk")
    sign_in(client, user)
    closed = client.get("/admin/", follow=True)
    assert closed.status_code == 403
    assert address("mfa_index") in closed.text
    assert client.get(address("mfa_index")).status_code == 200
    show_who_one_is(client)
    page = client.get(address("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert post(client, "mfa_activate_totp", {"code": "000000"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        done = post(client, "mfa_activate_totp", {"code": totp_code(secret)})
    assert done.headers["Location"] == address("mfa_view_recovery_codes")
    assert client.get(done.headers["Location"]).status_code == 200
    assert client.get("/admin/").status_code == 200
    assert OutgoingMail.objects.filter(name="users/totp_activated", to=user.email).exists()


@pytest.mark.parametrize("by", ["password", "code"])
def test_whoever_has_an_app_is_asked_for_it_after_either_way_in(client, by):
    user = make_user()
    secret = activate_totp(user)
    if by == "password":
        answer = sign_in(client, user)
    else:
        post(client, "account_request_login_code", {"email": user.email})
        answer = post(client, "account_confirm_login_code", {"code": mailed_code(user.email)})
    assert answer.headers["Location"].startswith(address("mfa_authenticate"))
    assert not is_signed_in(client)
    assert client.get(address("content:dashboard")).status_code == 302
    assert post(client, "mfa_authenticate", {"code": "123456"}).status_code == 422
    code = totp_code(secret)
    post(client, "mfa_authenticate", {"code": code})
    assert is_signed_in(client)
    other = Client()
    sign_in(other, user)
    assert post(other, "mfa_authenticate", {"code": code}).status_code == 422, "a code counts once"


def test_a_recovery_code_counts_once():
    user = make_user()
    activate_totp(user)
    codes = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES).wrap()
    code = codes.get_unused_codes()[0]
    for is_first in (True, False):
        client = Client()
        sign_in(client, user)
        post(client, "mfa_authenticate", {"code": code})
        assert is_signed_in(client) is is_first


def test_who_has_no_scripts_reads_of_passkeys_in_the_page_and_not_below_its_foot(client, db):
    page = client.get("/en/account/login/").content.decode()
    assert page.count("<noscript>") == 1
    assert page.index("<noscript>") < page.index("</main>")


def test_passkey_pages_open_and_the_login_offers_one(client):
    assert "webauthn" in client.get(address("account_login")).text
    options = client.get(address("mfa_login_webauthn"), headers={"x-requested-with": "XMLHttpRequest"}).json()
    assert options["request_options"]["publicKey"]["challenge"]
    sign_in(client, make_user())
    show_who_one_is(client)
    assert client.get(address("mfa_list_webauthn")).status_code == 200
    page = client.get(address("mfa_add_webauthn"))
    assert page.status_code == 200
    assert "creation_options" in page.context["js_data"]


def test_what_protects_the_account_asks_who_one_is(client):
    sign_in(client, make_user())
    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        asked = client.get(address(name))
        assert asked.headers["Location"].startswith(address("account_reauthenticate"))
    wrong = post(client, "account_reauthenticate", {"password": "wrong"})
    assert wrong.status_code == 422
    right = client.post(asked.headers["Location"], {"password": PASSWORD})
    assert right.headers["Location"] == address("mfa_add_webauthn")
    assert client.get(right.headers["Location"]).status_code == 200


def test_an_open_session_cannot_take_the_account_over_by_another_address(client):
    user = make_user()
    sign_in(client, user)
    form = {"action_add": "", "email": "thief@example.org"}
    asked = post(client, "account_email", form)
    assert asked.headers["Location"].startswith(address("account_reauthenticate"))
    assert user.emailaddress_set.count() == 1
    client.post(asked.headers["Location"], {"password": PASSWORD})
    assert user.emailaddress_set.count() == 2, "what was sent goes on where it stopped"
    client.post(mailed_link("email_confirmation", "thief@example.org"))
    post(client, "account_email", {"action_primary": "", "email": "thief@example.org"})
    assert OutgoingMail.objects.filter(name="users/email_changed", to=user.email).exists()


def test_a_coordinator_begins_without_a_password(client):
    user = make_coordinator(password=None)
    post(client, "account_request_login_code", {"email": user.email})
    post(client, "account_confirm_login_code", {"code": mailed_code(user.email)})
    secret = client.get(address("mfa_activate_totp")).context["form"].secret
    post(client, "mfa_activate_totp", {"code": totp_code(secret)})
    assert client.get("/admin/").status_code == 200


# --- a data: image only where the code to scan is -----------------------------------------------------------


def test_only_the_page_with_the_code_to_scan_may_show_a_data_image(client):
    sign_in(client, make_user())
    show_who_one_is(client)
    page = client.get(address("mfa_activate_totp"))
    assert 'src="data:image/svg+xml' in page.text
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    wrong = post(client, "mfa_activate_totp", {"code": "000000"})
    assert "img-src 'self' data:" in wrong.headers["Content-Security-Policy"]
    for name in ("mfa_index", "mfa_add_webauthn", "account_email", "content:home", "account_login"):
        answer = client.get(address(name))
        assert "data:" not in answer.headers["Content-Security-Policy"]
        assert 'src="data:' not in answer.text
