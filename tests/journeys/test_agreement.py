"""Journey 6: an agreement of two with the ministry's clock, from a conversation to the register; and one of four, which
survives that one of them leaves. Each consent is its own, each party reads mails in its language."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override
from playwright.sync_api import expect

from alliance.core.models import OutgoingMail
from partnerships.models import Twinning, TwinningConsent
from tests.factories import make_match, make_member, make_representative, make_twinning, make_user
from tests.journeys.conftest import PHONE
from tests.journeys.deeds import (
    assert_reads_well,
    is_in,
    link_in,
    log_in_by_code,
    mail_that_arrived,
    press_main,
    words_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Who signs for whom: country, language, on a phone without scripts or at a desk.
PEOPLE = {
    "sumy": ("UA", "uk", True),
    "gdynia": ("PL", "pl", False),
    "lviv": ("UA", "uk", True),
    "lyon": ("FR", "en", False),
}


class Side:
    """A member and the browser of the person who signs for it."""

    def __init__(self, name, open_browser, portal, sink):
        country, self.language, is_phone = PEOPLE[name]
        self.email, self.portal, self.sink = f"signs@{name}.example.org", portal, sink
        self.member = make_member(
            official_name=name.title(), country=country, contact_name=f"Contact-{name}",
            contact_language=self.language,
        )  # fmt: skip
        make_representative(self.member, make_user(email=self.email, language=self.language))
        browser = (
            open_browser(self.language, PHONE, scripts=False) if is_phone else open_browser(self.language)
        )
        self.page = browser.new_page()
        log_in_by_code(self.page, portal, sink, self.email, self.language)

    def open(self, path):
        self.page.goto(f"{self.portal.url}/{self.language}{path}")

    def mail(self, stem, nth=1):
        letter = mail_that_arrived(self.sink, f"partnerships/{stem}", self.email, nth)
        assert is_in(letter, self.language)
        return letter

    def follow(self, stem, nth=1):
        """By the link of a mail to the page of the partnership."""
        self.page.goto(link_in(self.mail(stem, nth), "/twinnings/open/"))
        expect(self.page).to_have_url(re.compile(f"/{self.language}/twinnings/[^/]+/$"))

    def press(self, verb):
        with self.page.expect_navigation():
            self.page.locator(f"form[action$='/{verb}/'] button").first.click()

    def send(self):
        with self.page.expect_navigation():
            press_main(self.page)

    def propose(self, twinning, stage):
        self.open(f"/twinnings/{twinning.slug}/stage/")
        self.page.check(f"[name=stage][value={stage}]")
        self.send()
        expect(self.page).to_have_url(re.compile(f"/twinnings/{twinning.slug}/$"))

    def record(self, twinning, kind, day, number=""):
        self.open(f"/twinnings/{twinning.slug}/step/")
        self.page.check(f"[name=kind][value={kind}]")
        self.page.fill("[name=happened_on]", day.isoformat())
        self.page.fill("[name=number]", number)
        self.send()

    def day(self, day):
        with override(self.language):
            return date_format(day, "DATE_FORMAT")


def stage_of(twinning):
    twinning.refresh_from_db()
    return twinning.status


def arrived(stem):
    return OutgoingMail.objects.filter(name=f"partnerships/{stem}").count()


@pytest.fixture
def side(open_browser, live_portal, smtp_sink, worker, wake):
    return lambda name: Side(name, open_browser, live_portal, smtp_sink)


def test_two_from_a_conversation_to_the_register(transactional_db, side, open_browser, live_portal):
    sumy, gdynia = side("sumy"), side("gdynia")
    match = make_match(sumy.member, gdynia.member)

    # Gdynia opens the partnership from the conversation; Sumy follows the mail and takes part.
    gdynia.open(f"/matches/{match.slug}/")
    gdynia.page.locator("a[href$='/twinning/']").click()
    expect(gdynia.page.locator("main")).to_contain_text("Sumy")
    gdynia.send()
    twinning = Twinning.objects.get()
    sumy.follow("twinning_invited")
    assert_reads_well(sumy.page, "uk")
    sumy.press("join")
    expect(sumy.page.locator("main")).to_contain_text("Contact-gdynia")
    gdynia.mail("twinning_confirmed")

    # A letter of intent, then the text: each says yes for itself.
    for nth, stage in enumerate(("letter", "drafted"), start=1):
        gdynia.propose(twinning, stage)
        assert stage_of(twinning) != stage
        sumy.follow("twinning_proposed", nth)
        sumy.press("consent")
        assert stage_of(twinning) == stage
        gdynia.mail("twinning_reached", nth)
        sumy.mail("twinning_reached", nth)
    assert TwinningConsent.objects.count() == 4

    # In force without a number in the register: the form says what is missing.
    gdynia.open(f"/twinnings/{twinning.slug}/stage/")
    gdynia.page.check("[name=stage][value=in_force]")
    gdynia.send()
    expect(gdynia.page.locator("#id_stage_error")).to_be_visible()
    expect(gdynia.page.locator(".error-summary a")).to_have_attribute("href", "#id_stage_0")

    # The council, the ministry and its clock, the signature, the register.
    today = timezone.localdate()
    sent = today - timedelta(days=12)
    gdynia.record(twinning, "council_decided", today - timedelta(days=20), "XII/3/2026")
    sumy.record(twinning, "sent_to_ministry", sent)
    assert stage_of(twinning) == "in_approval"
    expect(sumy.page.locator("main")).to_contain_text(sumy.day(sent + timedelta(days=30)))
    assert_reads_well(sumy.page, "uk")
    sumy.record(twinning, "ministry_agreed", today - timedelta(days=2))
    gdynia.record(twinning, "signed", today - timedelta(days=1))
    sumy.record(twinning, "registered", today, "UA-77/2026")
    sumy.propose(twinning, "in_force")
    gdynia.follow("twinning_proposed")
    gdynia.press("consent")
    assert stage_of(twinning) == "in_force"
    assert_reads_well(gdynia.page, "pl")
    sumy.mail("twinning_reached", 3)

    # Everyone reads of it; nobody else of its contact persons.
    visitor = open_browser("uk").new_page()
    visitor.goto(f"{live_portal.url}/uk/twinnings/{twinning.slug}/")
    expect(visitor.locator("main")).to_contain_text("UA-77/2026")
    assert "Contact-" not in visitor.content()
    assert_reads_well(visitor, "uk")


def test_four_agree_each_for_itself_and_one_leaves(transactional_db, side):
    sides = {name: side(name) for name in PEOPLE}
    sumy, lyon = sides["sumy"], sides["lyon"]
    twinning = make_twinning(
        *(one.member for one in sides.values()), status="solidarity", needs_registration=True
    )

    # Three consents do not make four.
    sumy.propose(twinning, "letter")
    for name in ("gdynia", "lviv", "lyon"):
        assert stage_of(twinning) == "solidarity"
        sides[name].follow("twinning_proposed")
        sides[name].press("consent")
    assert stage_of(twinning) == "letter"
    for one in sides.values():
        assert "Lyon" in words_of(one.mail("twinning_reached"))

    # The text is proposed; Lyon leaves instead of agreeing: what was asked lapses, the partnership goes on.
    sumy.propose(twinning, "drafted")
    lyon.open(f"/twinnings/{twinning.slug}/leave/")
    lyon.page.fill("[name=text]", "Our new council has other plans.")
    lyon.send()
    expect(lyon.page).to_have_url(re.compile("/en/my/twinnings/$"))
    assert stage_of(twinning) == "letter"
    for name in ("sumy", "gdynia", "lviv"):
        letter = words_of(sides[name].mail("twinning_left"))
        assert "Our new council has other plans." in letter
    assert arrived("twinning_left") == 3
    assert arrived("twinning_ended") == 0

    # The three that stay agree anew.
    sumy.propose(twinning, "drafted")
    for name in ("gdynia", "lviv"):
        sides[name].follow("twinning_proposed", 3)
        sides[name].press("consent")
    assert stage_of(twinning) == "drafted"
    assert "Lyon" not in words_of(sumy.mail("twinning_reached", 2))
    assert OutgoingMail.objects.filter(name="partnerships/twinning_reached", to=lyon.email).count() == 1
    sides["gdynia"].open(f"/twinnings/{twinning.slug}/")
    assert_reads_well(sides["gdynia"].page, "pl")
