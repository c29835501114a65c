"""Journey 2: a gmina joins in Polish with a resolution, is asked once, publishes an offer; a hromada answers."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from alliance.users.models import User
from members.models import Member, Place, Representative
from partnerships.models import Listing, Match
from tests.core.upload_samples import pdf
from tests.factories import make_member, make_representative, make_sector, make_user
from tests.journeys.deeds import (
    assert_reads_well,
    coordinator_with_totp,
    is_in,
    link_in,
    log_in_by_code,
    log_in_to_desk,
    mail_that_arrived,
    press,
    press_main,
    press_main_as_a_person,
    words_of,
)
from tests.journeys.places import SZADEK, TROSTIANETS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

EMAIL = "urzad@szadek.example.org"
QUESTION = "Prosimy o podanie stanowiska osoby, która podpisuje."
OFFER, OFFER_TEXT = "Staż dla urbanistów", "Dwa tygodnie w naszym wydziale planowania, nocleg zapewniamy."
MESSAGE = "Маємо двох молодих архітекторів, які радо приїдуть навесні."


def find_as_one_types(page, portal) -> None:
    """Below the box of the search, by another spelling; on the home page from the list, by keyboard."""
    page.goto(f"{portal.url}/pl/members/find-a-place/")
    page.locator("main input[type=search]").press_sequentially("lodz")
    expect(page.locator("main .place-result").first).to_contain_text("Łódź")
    page.goto(f"{portal.url}/pl/")
    page.locator("main form[role=search] input[type=search]").press_sequentially("Szade")
    expect(page.get_by_role("option")).to_contain_text("Szadek")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{portal.url}/pl/members/join/?place={SZADEK}")


def apply(page, portal) -> None:
    find_as_one_types(page, portal)
    page.fill("[name=contact_name]", "Anna Nowak")
    page.fill("[name=email]", EMAIL)
    press_main_as_a_person(page)
    page.fill("[name=name_pl]", "Szadek")
    page.fill("[name=description_pl]", "Gmina nad Pichną. Chętnie dzielimy się wiedzą o planowaniu.")
    press_main(page)
    page.fill("[name=signatory_name]", "Jan Kowalski")
    press_main(page)
    page.check("[name=accepts_principles]")
    press_main(page)
    page.check("[name=how][value=file]")
    resolution = {"name": "Uchwała nr 7.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.set_input_files("[name=file]", resolution)
    press_main(page)
    expect(page).to_have_url(re.compile("/check/$"))
    expect(page.locator("main")).to_contain_text("Uchwała nr 7.pdf")
    press_main(page)


def test_a_gmina_joins_and_finds_a_hromada(places, open_browser, live_portal, smtp_sink, worker):
    anna, ukrainian_phone, visitor, desk = (
        open_browser(language).new_page() for language in ("pl", "uk", "uk", "en")
    )
    coordinator, secret = coordinator_with_totp(language="en")
    make_sector(code="planning", name_pl="Planowanie", name_uk="Планування", name_en="Planning")
    hromada = make_member(
        place=Place.objects.get(code=TROSTIANETS),
        country="UA",
        official_name="Тростянецька міська територіальна громада",
        name_uk="Тростянець",
        contact_language="uk",
    )
    olena = make_user(email="olena@trostianets.example.org", language="uk")
    make_representative(hromada, olena, role=Representative.Role.EDITOR)

    # The application, sent before the address is confirmed; the link in the mail confirms it.
    apply(anna, live_portal)
    member = Member.objects.get(place__code=SZADEK)
    started = mail_that_arrived(smtp_sink, "members/application_started", EMAIL)
    assert is_in(started, "pl")
    anna.goto(link_in(started, "/join/resume/"))
    press_main(anna)
    mail_that_arrived(smtp_sink, "members/application_received", EMAIL)

    # The coordinator reads the resolution and asks.
    log_in_to_desk(desk, live_portal, coordinator, secret)
    desk.goto(f"{live_portal.url}/admin/members/member/")
    desk.get_by_role("link", name=member.official_name).first.click()
    with desk.expect_download() as resolution:
        desk.locator("a[href$='/mandate/']").first.click()
    assert resolution.value.suggested_filename == "Uchwała nr 7.pdf"
    assert resolution.value.path().read_bytes().startswith(b"%PDF-")
    desk.locator("a[href*='/do/return/']").first.click()
    desk.fill("[name=question]", QUESTION)
    press(desk.locator("#content-main form button").last)
    member.refresh_from_db()
    assert (member.status, member.desk_message) == ("returned", QUESTION)

    # Anna is asked in Polish, corrects, sends again.
    returned = mail_that_arrived(smtp_sink, "members/member_returned", EMAIL)
    assert is_in(returned, "pl")
    assert QUESTION in words_of(returned)
    anna.goto(link_in(returned, "/join/"))
    if "/resume/" in anna.url:
        press_main(anna)
    expect(anna.locator("main")).to_contain_text(QUESTION)
    anna.goto(re.sub(r"/(check/)?$", "/people/", anna.url))
    anna.fill("[name=signatory_role]", "Burmistrz")
    press_main(anna)
    while not anna.url.endswith("/check/"):
        press_main(anna)
    press_main(anna)
    member.refresh_from_db()
    assert (member.status, member.signatory_role) == ("pending", "Burmistrz")

    # Approved; Anna reads it in Polish.
    desk.goto(f"{live_portal.url}/admin/members/member/{member.pk}/change/")
    desk.locator("a[href*='/do/approve/']").first.click()
    press(desk.locator("#content-main form button").last)
    approved = mail_that_arrived(smtp_sink, "members/member_approved", EMAIL)
    assert is_in(approved, "pl")
    member.refresh_from_db()
    assert member.status == "approved"

    # She logs in by mailed code and publishes an offer in Polish only.
    log_in_by_code(anna, live_portal, smtp_sink, EMAIL, "pl")
    assert User.objects.get(email=EMAIL).language == "pl"
    anna.goto(f"{live_portal.url}/pl/listings/new/offer/")
    anna.fill("[name=title]", OFFER)
    anna.fill("[name=text]", OFFER_TEXT)
    anna.locator(".sector-group > summary").first.click()
    anna.check("[name=sectors][value=planning]")
    anna.select_option("[name=new_item]", "free")
    anna.click("[name=add_line]")
    anna.fill("[name=lines-0-item]", "miejsca stażowe")
    anna.fill("[name=lines-0-quantity]", "2")
    anna.select_option("[name=lines-0-unit]", "place")
    anna.fill("[name=expires_on]", f"{timezone.localdate() + timedelta(days=60):%Y-%m-%d}")
    press_main(anna)
    offer = Listing.objects.get()
    assert (offer.status, offer.title_pl, offer.title_uk or "") == ("draft", OFFER, "")
    visitor.goto(f"{live_portal.url}/uk/listings/{offer.slug}/")
    assert OFFER not in visitor.content()  # a draft is nobody's but theirs
    press(anna.locator("form[action$='/publish/'] button"))
    expect(anna.locator("[role=status]").first).to_be_visible()

    # Somebody without an account reads it in Ukrainian, and sees that it is Polish.
    visitor.goto(f"{live_portal.url}/uk/offers/")
    assert_reads_well(visitor, "uk")
    link = visitor.locator(f"a[href='/uk/listings/{offer.slug}/']").first
    expect(link).to_contain_text(OFFER)
    link.click()
    assert_reads_well(visitor, "uk")
    expect(visitor.locator("h1 [lang=pl]")).to_have_text(OFFER)
    expect(visitor.locator("main .prose[lang=pl]")).to_contain_text(OFFER_TEXT)
    expect(visitor.locator("main .language-mark").first).to_be_visible()
    for word in (EMAIL, "Anna Nowak", "Jan Kowalski"):
        assert word not in visitor.content()

    # The hromada is interested; the other side reads it in Polish, without an address.
    log_in_by_code(ukrainian_phone, live_portal, smtp_sink, olena.email, "uk")
    ukrainian_phone.goto(f"{live_portal.url}/uk/listings/{offer.slug}/")
    ukrainian_phone.locator("a[href$='/interest/']").click()
    ukrainian_phone.fill("[name=text]", MESSAGE)
    press_main(ukrainian_phone)
    expect(ukrainian_phone.locator("main")).to_contain_text(MESSAGE)
    match = Match.objects.get()
    assert match.status == "requested"
    interest = mail_that_arrived(smtp_sink, "partnerships/match_requested", EMAIL)
    assert is_in(interest, "pl")
    assert MESSAGE in words_of(interest)
    for private in (olena.email, olena.name, hromada.contact_email, hromada.contact_name):
        assert private not in interest.as_string()
        assert private not in words_of(interest)
    anna.goto(link_in(interest, "/matches/open/"))
    assert anna.url.split("#")[0].endswith(f"/pl/matches/{match.slug}/")
    expect(anna.locator("main")).to_contain_text(MESSAGE)
    assert_reads_well(anna, "pl")
    assert olena.email not in anna.content()
