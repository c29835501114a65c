"""Journey 5: a request that one side leaves unanswered: two reminders, then both agree; contacts appear only then, on
both sides at once, on pages and in mails."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from alliance.core.models import OutgoingMail
from partnerships.models import Match
from partnerships.tasks import look_after_matches
from tests.factories import make_listing, make_member, make_representative, make_user
from tests.journeys.conftest import PHONE
from tests.journeys.deeds import (
    assert_reads_well,
    is_in,
    link_in,
    log_in_by_code,
    mail_that_arrived,
    press,
    press_main,
    words_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

QUESTION = "Mamy trzy agregaty i chcemy je przekazać."
ASKER, ASKED = "jan@gdynia.example.org", "olena@sumy.example.org"
CONTACTS = {
    "gdynia": ("Contact-Gdynia", "contact-gdynia@example.org", "22 555 11 01"),
    "sumy": ("Contact-Sumy", "contact-sumy@example.org", "22 555 22 02"),
}


def make_sides():
    sides = {}
    for key, country, language, email in (("gdynia", "PL", "pl", ASKER), ("sumy", "UA", "uk", ASKED)):
        name, address, phone = CONTACTS[key]
        sides[key] = make_member(
            official_name=key.title(), country=country, contact_name=name, contact_email=address,
            contact_phone=f"+48{phone.replace(' ', '')}", contact_language=language,
        )  # fmt: skip
        make_representative(sides[key], make_user(email=email, language=language), role="editor")
    need = make_listing(
        kind="need", member=sides["sumy"], title_uk="Генератори", line={"item": "генератор", "unit": "piece"}
    )
    return sides["gdynia"], sides["sumy"], need


def contacts_in(text):
    return {key for key, words in CONTACTS.items() if any(word in text for word in words)}


def days_pass(match, days, wake):
    """As if the question had been asked so many days earlier; then the sweep runs, twice as often as it must."""
    Match.objects.filter(pk=match.pk).update(asked_at=match.asked_at - timedelta(days=days))
    look_after_matches()
    look_after_matches()
    wake()


def test_a_silent_side_is_reminded_and_then_both_agree(
    transactional_db, open_browser, live_portal, smtp_sink, worker, wake, settings
):
    settings.PUBLIC_URL = live_portal.url  # the sweep runs here
    gdynia, sumy, need = make_sides()
    jan, olena, visitor = (
        open_browser("pl").new_page(),
        open_browser("uk", PHONE, scripts=False).new_page(),
        open_browser("uk").new_page(),
    )

    # Gdynia asks. Nobody reads a contact yet: neither the mail, nor either page, nor a visitor.
    log_in_by_code(jan, live_portal, smtp_sink, ASKER, "pl")
    jan.goto(f"{live_portal.url}/pl/listings/{need.slug}/")
    jan.locator("a[href$='/interest/']").click()
    jan.fill("[name=text]", QUESTION)
    press_main(jan)
    expect(jan.locator("main")).to_contain_text(QUESTION)
    match = Match.objects.get()
    asked = mail_that_arrived(smtp_sink, "partnerships/match_requested", ASKED)
    assert QUESTION in words_of(asked)
    assert contacts_in(jan.content()) == set()

    # Silence. On the fifth and on the tenth day Sumy is reminded, once each; Gdynia is not.
    for nth, days in enumerate((5, 10), start=1):
        days_pass(match, days, wake)
        reminder = mail_that_arrived(smtp_sink, "partnerships/match_reminder", ASKED, nth)
        assert is_in(reminder, "uk")
        assert reminder["Subject"].startswith("[Потрібна ваша дія]")
        assert f"{days} днів" in words_of(reminder)
    assert OutgoingMail.objects.filter(name="partnerships/match_reminder").count() == 2

    # The link of the reminder leads to the conversation by way of the login.
    olena.goto(link_in(reminder, "/matches/open/"))
    log_in_by_code(olena, live_portal, smtp_sink, ASKED, "uk")
    olena.goto(link_in(reminder, "/matches/open/"))
    expect(olena).to_have_url(re.compile(f"/uk/matches/{match.slug}/"))
    expect(olena.locator("main")).to_contain_text(QUESTION)
    assert_reads_well(olena, "uk")
    assert contacts_in(olena.content()) <= {"sumy"}  # her own, which she is about to show
    jan.goto(f"{live_portal.url}/pl/matches/{match.slug}/")
    assert contacts_in(jan.content()) == set()
    assert all(contacts_in(words_of(message)) == set() for message in smtp_sink.messages)

    # She says yes: at that moment both sides read the contact of the other, and both get it by mail.
    press(olena.locator("form[action$='/accept/'] button").first)
    expect(olena.locator("main")).to_contain_text("Contact-Gdynia")
    jan.reload()
    expect(jan.locator("main")).to_contain_text("Contact-Sumy")
    assert_reads_well(jan, "pl")
    match.refresh_from_db()
    assert (match.status, match.answer_a, match.answer_b) == ("accepted", "yes", "yes")
    for page, key in ((olena, "gdynia"), (jan, "sumy")):
        for word in CONTACTS[key]:
            assert word in page.inner_text("main"), (page.url, word)
    accepted = OutgoingMail.objects.filter(name="partnerships/match_accepted")
    assert len({mail.created_at.replace(microsecond=0) for mail in accepted}) <= 2
    for to, language, own, other in ((ASKER, "pl", "gdynia", "sumy"), (ASKED, "uk", "sumy", "gdynia")):
        mail = mail_that_arrived(smtp_sink, "partnerships/match_accepted", to)
        assert is_in(mail, language)
        assert contacts_in(words_of(mail)) == {other}, own

    # Everyone else reads as little as before, and nobody is reminded any more.
    for path in (f"/uk/listings/{need.slug}/", f"/uk/members/{gdynia.slug}/", f"/uk/members/{sumy.slug}/"):
        visitor.goto(live_portal.url + path)
        assert contacts_in(visitor.content()) == set()
    days_pass(match, 14, wake)
    assert OutgoingMail.objects.filter(name="partnerships/match_reminder").count() == 2
    assert Match.objects.get().status == "accepted"
