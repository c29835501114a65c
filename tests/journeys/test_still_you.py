"""A coordinator refuses several applications long after the login: asked who it is, on a phone and without scripts;
then comes back late: the session is over, and what was typed is not.
"""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from alliance.users import sessions, step_up
from members.models import Member
from tests.desk import RECORDS
from tests.factories import PASSWORD, make_member
from tests.journeys.conftest import PHONE
from tests.journeys.deeds import assert_reads_well, coordinator_with_totp, log_in_to_desk, press, press_main

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

REASON = "Це не громада.\nНадішліть рішення ради."
CONFIRM = "#content-main form .desk-bar button"


def grow_old(**seconds: float) -> None:
    """The one session of the test, as if so much time had passed for what it remembers."""
    store = SessionStore(Session.objects.get().session_key)
    for record in store[RECORDS]:
        record["at"] -= seconds.get("proved", 0)
    store[sessions.SEEN_AT] -= seconds.get("seen", 0)
    store.save()


def choose_all(page: Page, portal) -> None:
    page.goto(f"{portal.url}/admin/members/member/")
    for box in page.locator(".action-select").all():
        box.check()
    page.select_option("select[name=action]", "refuse")
    press(page.locator(".actions button").first)


def recovery_codes(user) -> list[str]:
    """From the sheet that they printed. An app's code is taken once, and the next one is half a minute away."""
    return RecoveryCodes.activate(user).get_unused_codes()


def test_what_was_typed_outlives_question_and_session(transactional_db, open_browser, live_portal):
    members = [make_member(status=Member.Status.PENDING, contact_language="uk") for _ in range(3)]
    coordinator, secret = coordinator_with_totp(language="uk")
    first, second, *_rest = recovery_codes(coordinator)
    phone = open_browser("uk", PHONE, scripts=False)
    page = phone.new_page()
    log_in_to_desk(page, live_portal, coordinator, secret)
    choose_all(page, live_portal)
    page.fill("[name=reason]", REASON)

    # A quarter of an hour later the press leads to the question, and back to the very same decision.
    grow_old(proved=step_up.STEP_UP_MINUTES * 60)
    page.locator(CONFIRM).click()
    expect(page).to_have_url(re.compile("/uk/account/reauthenticate/"))
    assert_reads_well(page, "uk")
    page.fill("[name=password]", "not the password")
    press_main(page)
    page.locator("main a[href$='/2fa/reauthenticate/']").click()
    page.fill("[name=code]", first)
    press_main(page)
    assert_reads_well(page, "uk")
    assert not Member.objects.exclude(status="pending").exists()
    press_main(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    refused = Member.objects.filter(status="refused")
    assert [m.desk_message.splitlines() for m in refused] == [REASON.splitlines()] * len(members)

    # Another decision, half an hour too late: the page leads to the login in a new tab and keeps the words.
    late = make_member(status=Member.Status.PENDING)
    choose_all(page, live_portal)
    page.fill("[name=reason]", REASON)
    grow_old(seen=sessions.STAFF_IDLE_MINUTES * 60)
    page.locator(CONFIRM).click()
    assert_reads_well(page, "uk")
    with phone.expect_page() as opened:
        page.locator("main a[target=_blank]").click()
    login = opened.value
    login.fill("[name=login]", coordinator.email)
    login.fill("[name=password]", PASSWORD)
    press_main(login)
    login.fill("[name=code]", second)
    press_main(login)
    expect(login).to_have_url(re.compile("/admin/$"))
    late.refresh_from_db()
    assert late.status == "pending"
    press_main(page)  # the login made the token of this page old: it is asked to repeat itself
    press_main(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    late.refresh_from_db()
    assert late.desk_message.splitlines() == REASON.splitlines()
