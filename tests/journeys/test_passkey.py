"""A coordinator adds a passkey in a real browser, under the strict policy, and signs in with nothing else."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect

from alliance.core.models import OutgoingMail
from tests.factories import PASSWORD, make_coordinator
from tests.live import Portal, environment

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def portal(django_db_setup, _module_sink, tmp_path):
    """A web server that takes passkeys without https, and still wants two factors."""
    env = environment(_module_sink, LOCAL_RUN="true", SECOND_FACTOR_REQUIRED="true")
    program = Portal(env, tmp_path)
    yield program.wait()
    program.kill()


def with_authenticator(page):
    """A security key that says yes, in this browser alone."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
    }
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_coordinator_adds_a_passkey_and_signs_in_with_it(portal, open_browser):
    user = make_coordinator(language="uk")
    page = open_browser("uk").new_page()
    refused = []
    page.on("console", lambda message: "Content Security" in message.text and refused.append(message.text))
    with_authenticator(page)
    page.goto(f"{portal.url}/uk/account/login/")
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    expect(page.locator("h1")).to_be_visible()
    page.goto(f"{portal.url}/uk/account/2fa/webauthn/add/")
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.fill("#id_name", "Ключ")
    expect(page.locator("#id_passwordless")).to_be_checked()
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).count() == 1
    assert OutgoingMail.objects.filter(name="users/webauthn_added", to=user.email).exists()
    page.goto(f"{portal.url}/admin/")
    expect(page.locator("#user-tools")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{portal.url}/uk/account/login/")
    page.click("#passkey_login")
    page.wait_for_url("**/admin/")
    expect(page.locator("#user-tools")).to_be_visible()
    assert refused == []
