"""Journey 10: a member leaves and its only signatory has her data erased; what was done stays on record, lawfully."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from alliance.core.models import JournalEntry
from alliance.users.models import User
from members.models import Member
from partnerships.actions.matches import request_match
from tests.canaries import tables_with
from tests.factories import PASSWORD, make_listing, make_member, make_representative, make_user
from tests.journeys.deeds import (
    assert_reads_well,
    assert_refused_at,
    coordinator_with_totp,
    is_in,
    log_in_by_code,
    log_in_to_desk,
    mail_that_arrived,
    main_button,
    press,
    press_main,
    words_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NAME, EMAIL, PHONE = "Соломія Канаренко", "solomiia.kanarenko@example.org", "+380441234567"
WORDS = ["Канаренко", "kanarenko", "441234567"]
TEXT = "Маємо двох молодих архітекторів, які радо приїдуть навесні."


def show_who_one_is(page: Page) -> Locator:
    """An open session alone neither takes nor erases data. The button that leads on."""
    expect(page).to_have_url(re.compile("/account/reauthenticate/"))
    page.fill("[name=password]", PASSWORD)
    return main_button(page)


def test_a_member_leaves_and_its_signatory_is_erased(
    transactional_db, open_browser, live_portal, smtp_sink, worker
):
    coordinator, secret = coordinator_with_totp(language="en")
    solomiia = make_user(email=EMAIL, name=NAME, language="uk")
    hromada = make_member(
        official_name="Тростянецька громада",
        country="UA",
        contact_name=NAME,
        contact_email=EMAIL,
        contact_phone=PHONE,
        contact_language="uk",
        signatory_name=NAME,
    )
    make_representative(hromada, solomiia)
    gmina = make_representative(make_member(official_name="Gmina Szadek"), make_user(language="pl"))
    offer = make_listing(member=gmina.member)
    match, _is_new = request_match(member=hromada, listing=offer, text=TEXT, by=solomiia)
    page, partner, desk = (open_browser(language).new_page() for language in ("uk", "pl", "en"))

    # She wants to be erased; while the hromada rests on her alone she reads why not.
    log_in_by_code(page, live_portal, smtp_sink, EMAIL, "uk")
    page.locator("a[href='/uk/my/data/']").click()
    assert_reads_well(page, "uk")
    page.locator("main a[href='/uk/my/data/erase/']").click()
    expect(page.locator("main")).to_contain_text(hromada.reference)
    expect(page.locator("[name=is_sure]")).to_have_count(0)
    assert_reads_well(page, "uk")

    # The hromada leaves; she has it in writing, in Ukrainian.
    log_in_to_desk(desk, live_portal, coordinator, secret)
    desk.goto(f"{live_portal.url}/admin/members/member/{hromada.pk}/change/")
    desk.locator("a[href*='/do/leave/']").first.click()
    press(desk.locator("#content-main form button").last)
    left = mail_that_arrived(smtp_sink, "members/member_left", EMAIL)
    assert is_in(left, "uk")
    assert hromada.reference in words_of(left)

    # She takes her data along.
    page.goto(f"{live_portal.url}/uk/my/data/")
    with page.expect_download() as download:
        page.locator("main a[href='/uk/my/data/file/']").click()
        if "/reauthenticate/" in page.url:
            show_who_one_is(page).click()
    data = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert data["account"]["name"] == NAME
    assert [one["text"] for one in data["messages"]] == [TEXT]
    assert [one["reference"] for one in data["acts_for"]] == [hromada.reference]

    # One tick, and one more look: without the tick nothing happens.
    page.goto(f"{live_portal.url}/uk/my/data/erase/")
    assert_reads_well(page, "uk")
    press_main(page)
    if "/reauthenticate/" in page.url:
        press(show_who_one_is(page))
    assert_refused_at(page, "is_sure")
    page.check("[name=is_sure]")
    press_main(page)
    expect(page).to_have_url(re.compile("/uk/my/data/erased/$"))
    assert_reads_well(page, "uk")

    # No word of her is left in any table, nobody is logged in, and nobody logs in with her address.
    assert tables_with(WORDS) == {}
    page.goto(f"{live_portal.url}/uk/my/")
    expect(page).to_have_url(re.compile("/uk/account/login/"))
    page.goto(f"{live_portal.url}/uk/account/login/code/")
    page.fill("[name=email]", EMAIL)
    press_main(page)
    mail_that_arrived(smtp_sink, "users/unknown_account", EMAIL)

    # The public sees that the hromada has left; its partner still reads what the hromada wrote.
    page.goto(f"{live_portal.url}/uk/members/{hromada.slug}/")
    assert_reads_well(page, "uk")
    for word in WORDS:
        assert word not in page.content()
    log_in_by_code(partner, live_portal, smtp_sink, gmina.user.email, "pl")
    partner.goto(f"{live_portal.url}/pl/matches/{match.slug}/")
    expect(partner.locator("main")).to_contain_text(TEXT)
    for word in WORDS:
        assert word not in partner.content()

    # The desk reads who did what: a number, and no name.
    hromada.refresh_from_db()
    assert hromada.status == Member.Status.LEFT
    emptied = User.objects.get(pk=solomiia.pk)
    assert {"match.requested", "user.anonymised"} <= set(
        JournalEntry.objects.filter(actor=emptied).values_list("verb", flat=True)
    )
    desk.goto(f"{live_portal.url}/admin/users/user/{emptied.pk}/history/")
    expect(desk.locator("#content")).to_contain_text(f"Person no. {emptied.pk}, data erased")
    for word in WORDS:
        assert word not in desk.content()
