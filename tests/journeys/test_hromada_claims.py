"""Journey 1: a village hromada claims its entry on a phone, in Ukrainian, without scripts, interrupted once."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from alliance.core.models import JournalEntry
from members.models import Member
from tests.factories import make_coordinator
from tests.journeys.conftest import PHONE
from tests.journeys.deeds import (
    assert_reads_well,
    assert_refused_at,
    is_in,
    link_in,
    mail_that_arrived,
    press_main,
    press_main_as_a_person,
    words_of,
)
from tests.journeys.places import BAKHCHYSARAI, TROSTIANETS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

EMAIL = "rada@trostianets.example.org"
ABOUT = "Мала громада біля лісу. Шукаємо партнера, який має досвід відновлення шкіл."
NAME = "Олена Зоря"


def find_place(page, portal, text: str) -> None:
    """Find-my-place on the home page, as a plain form."""
    page.goto(f"{portal.url}/")
    page.fill("form[role=search] input[type=search]", text)
    page.locator("form[role=search] [type=submit]").first.click()


def claim_link(page, code: str):
    return page.locator(f"main a[href*='place={code}']")


def test_a_hromada_claims_its_entry(places, open_browser, live_portal, smtp_sink, worker):
    make_coordinator()
    phone = open_browser("uk", PHONE, scripts=False)
    page = phone.new_page()

    # Find the place: by its English spelling as well as by its own; in Crimea as anywhere.
    find_place(page, live_portal, "Trostianets")
    expect(claim_link(page, TROSTIANETS)).to_be_visible()
    find_place(page, live_portal, "Бахчисарай")
    expect(claim_link(page, BAKHCHYSARAI)).to_be_visible()
    find_place(page, live_portal, "Тростянець")
    assert "/uk/" in page.url
    assert_reads_well(page, "uk")
    claim_link(page, TROSTIANETS).click()
    assert_reads_well(page, "uk")

    # Bad input: told at the field, and what was typed is still there.
    page.fill("[name=contact_name]", NAME)
    page.fill("[name=email]", "rada(at)trostianets")
    with page.expect_response(re.compile("/join/")) as answer:
        press_main_as_a_person(page)
    assert answer.value.status == 422
    assert_refused_at(page, "email")
    assert page.input_value("[name=contact_name]") == NAME
    assert page.input_value("[name=email]") == "rada(at)trostianets"
    assert_reads_well(page, "uk")
    page.fill("[name=email]", EMAIL)
    press_main_as_a_person(page)

    # First step, saved.
    expect(page).to_have_url(re.compile("/authority/$"))
    assert_reads_well(page, "uk")
    assert page.locator("details:has([name=name_pl])").get_attribute("open") is None
    page.fill("[name=name_uk]", "Тростянець")
    page.fill("[name=description_uk]", ABOUT)
    press_main(page)
    expect(page).to_have_url(re.compile("/people/$"))
    assert_reads_well(page, "uk")

    # The light goes out.
    phone.close()
    started = mail_that_arrived(smtp_sink, "members/application_started", EMAIL)
    assert is_in(started, "uk")
    assert NAME not in words_of(started)  # anybody can enter anybody's address: no words of a stranger
    member = Member.objects.get()
    assert (member.status, member.description_uk, member.email_confirmed_at) == ("draft", ABOUT, None)

    # Another day, another browser: the link from the mail leads back.
    page = open_browser("uk", PHONE, scripts=False).new_page()
    page.goto(link_in(started, "/join/resume/"))
    assert_reads_well(page, "uk")
    member.refresh_from_db()
    assert member.email_confirmed_at is None  # opening the link changes nothing
    press_main(page)
    expect(page).to_have_url(re.compile("/people/$"))
    assert page.input_value("[name=contact_name]") == NAME
    assert page.input_value("[name=contact_email]") == EMAIL
    page.fill("[name=contact_phone]", "+380441234567")
    page.fill("[name=signatory_name]", "Іван Мороз")
    press_main(page)

    expect(page).to_have_url(re.compile("/principles/$"))
    assert_reads_well(page, "uk")
    page.check("[name=accepts_principles]")
    press_main(page)

    # The decision follows: a day that has passed is refused, the choice stays.
    expect(page).to_have_url(re.compile("/decision/$"))
    day = timezone.localdate() + timedelta(days=40)
    page.check("[name=how][value=promise]")
    page.fill("[name=promised_by]", f"{day - timedelta(days=80):%Y-%m-%d}")
    press_main(page)
    assert_refused_at(page, "promised_by")
    assert page.is_checked("[name=how][value=promise]")
    assert_reads_well(page, "uk")
    page.fill("[name=promised_by]", f"{day:%Y-%m-%d}")
    press_main(page)

    # Everything on one page, then off it goes.
    expect(page).to_have_url(re.compile("/check/$"))
    assert_reads_well(page, "uk")
    expect(page.locator("main")).to_contain_text(NAME)
    press_main(page)
    expect(page).to_have_url(re.compile(r"/join/[^/]+/$"))
    assert_reads_well(page, "uk")
    member.refresh_from_db()
    assert (member.status, member.signatory_name) == ("pending", "Іван Мороз")
    assert member.place.code == TROSTIANETS
    assert member.mandate.promised_by == day
    expect(page.locator("main")).to_contain_text(member.reference)

    # The applicant has it in writing, and the desk's inbox knows.
    received = mail_that_arrived(smtp_sink, "members/application_received", EMAIL)
    assert is_in(received, "uk")
    assert member.reference in words_of(received)
    page.goto(link_in(received, "/join/"))
    expect(page.locator("main")).to_contain_text(member.reference)
    notice = mail_that_arrived(smtp_sink, "members/application_arrived", settings.INBOXES["default"])
    assert member.reference in words_of(notice)
    assert "/admin/" in link_in(notice, "/admin/members/member/")
    verbs = set(JournalEntry.objects.about(member).values_list("verb", flat=True))
    assert {"application.started", "member.email_confirmed", "member.submitted"} <= verbs
    # Each letter once, and no letter more.
    assert sorted(smtp_sink.message_ids().values()) == [1, 1, 1]
