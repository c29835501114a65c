"""Parties of a partnership, each a member with the browser of the person who signs for it: what journey 6 does."""

import re
from io import BytesIO

from django.utils.formats import date_format
from django.utils.translation import override
from playwright.sync_api import expect
from pypdf import PdfReader

from alliance.core.models import OutgoingMail
from tests.factories import make_member, make_representative, make_user
from tests.journeys.conftest import PHONE
from tests.journeys.deeds import (
    assert_reads_well,
    is_in,
    link_in,
    log_in_by_code,
    mail_that_arrived,
    press_main,
)

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


def draft_in_two_languages(writer, reader, twinning):
    """One side fills the form of the assistant; the other reads the same text in both languages as a PDF."""
    writer.open(f"/twinnings/{twinning.slug}/agreement/agreement/?language=pl")
    writer.page.check("[name=areas][value=ENE]")
    names = [party.member.official_name for party in twinning.parties.all()]
    for number, name in enumerate(names):
        for index in range(2):
            writer.page.fill(f"[name=name_{number}_{index}]", name)
    writer.send()
    assert_reads_well(writer.page, "pl")
    reader.mail("agreement_written")
    reader.open(f"/twinnings/{twinning.slug}/agreement/")
    assert_reads_well(reader.page, "uk")
    file = reader.page.locator("main a[href$='.pdf']").first.get_attribute("href")
    answer = reader.page.request.get(f"{reader.portal.url}{file}")
    assert answer.headers["content-type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)
    assert [name for name in names if text.count(name) < 2] == []
    assert [word for word in ("енергетика", "energetyka") if word not in text.casefold()] == []
