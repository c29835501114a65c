"""Journey 3: an association brings its members in from a CSV file; one of them finishes, and the desk sees both."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from alliance.core.models import JournalEntry, OutgoingMail
from members.models import Member, Place
from tests.factories import make_member, make_representative, make_user
from tests.journeys.deeds import (
    assert_reads_well,
    assert_refused_at,
    coordinator_with_totp,
    is_in,
    link_in,
    log_in_by_code,
    log_in_to_desk,
    mail_that_arrived,
    press_main,
    text_in,
    words_of,
)
from tests.journeys.places import SZADEK, TROSTIANETS

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

LODZ = "PL_1061011"
ASSOCIATION = "Związek Miast i Hromad"
ANNA, OLENA, TAKEN = "urzad@szadek.example.org", "rada@trostianets.example.org", "biuro@lodz.example.org"
# As a spreadsheet saves it: a byte order mark, semicolons, an empty line before the last row.
LIST = f"""\
\ufeffNazwa;Kod;E-mail;Kontakt;Język\r
Gmina Szadek;{SZADEK};{ANNA};Anna Nowak;polski\r
Тростянецька громада;{TROSTIANETS};{OLENA};Олена Зоря;українська\r
Gmina Bez Adresu;;urzad(at)example;;pl\r
Łódź;{LODZ};{TAKEN};;pl\r
\r
Gmina Zagadka;PL_0000000;zagadka@example.org;;pl\r
"""


def upload(page: Page, name: str, content: str) -> None:
    page.set_input_files(
        "[name=file]", {"name": name, "mimeType": "text/csv", "buffer": content.encode("utf-8")}
    )
    press_main(page)


def cells(page: Page, name: str) -> tuple[str, str]:
    """The line number of a row of the preview, and what will happen to it."""
    row = page.locator("main tbody tr", has=page.get_by_role("rowheader", name=name, exact=True))
    return row.locator("td").first.inner_text().strip(), row.locator("td").last.inner_text().strip()


def finish_in_polish(page: Page) -> None:
    """What the association did not know: the signatory, the principles, the decision."""
    expect(page).to_have_url(re.compile("/pl/members/join/.*/people/$"))
    assert_reads_well(page, "pl")
    assert page.input_value("[name=contact_name]") == "Anna Nowak"
    page.fill("[name=signatory_name]", "Jan Kowalski")
    press_main(page)
    page.check("[name=accepts_principles]")
    press_main(page)
    page.check("[name=how][value=promise]")
    page.fill("[name=promised_by]", f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}")
    press_main(page)
    expect(page).to_have_url(re.compile("/check/$"))
    for word in ("Gmina Szadek", ASSOCIATION):
        expect(page.locator("main")).to_contain_text(word)
    press_main(page)


def test_an_association_brings_its_members_in(places, open_browser, live_portal, smtp_sink, worker):
    office, anna, desk = (open_browser(language).new_page() for language in ("pl", "uk", "en"))
    coordinator, secret = coordinator_with_totp(language="en")
    association = make_member(
        kind=Member.Kind.ASSOCIATION, official_name=ASSOCIATION, name_pl=ASSOCIATION, contact_language="pl"
    )
    make_member(place=Place.objects.get(code=LODZ), official_name="Miasto Łódź")
    secretary = make_user(email="sekretarz@zwiazek.example.org", language="pl")
    make_representative(association, secretary)

    # From her own page to the list; what is no list is refused at the field.
    log_in_by_code(office, live_portal, smtp_sink, secretary.email, "pl")
    office.locator("a[href='/pl/members/import/']").first.click()
    assert_reads_well(office, "pl")
    upload(office, "lista.csv", "to nie jest lista")
    assert_refused_at(office, "file")

    # Every row is shown before anything is sent, a bad one with its line and its reason.
    upload(office, "lista.csv", LIST)
    assert_reads_well(office, "pl")
    says = {
        words: text_in("pl", gettext, words)
        for words in (
            "will be invited",
            "The e-mail address is missing or wrong.",
            "Already a member, or an application is open.",
            "We do not know this code. Leave it empty if you are not sure.",
        )
    }
    assert [cells(office, name) for name in ("Gmina Szadek", "Тростянецька громада")] == [
        ("2", says["will be invited"]),
        ("3", says["will be invited"]),
    ]
    assert cells(office, "Gmina Bez Adresu") == ("4", says["The e-mail address is missing or wrong."])
    assert cells(office, "Łódź") == ("5", says["Already a member, or an application is open."])
    assert cells(office, "Gmina Zagadka") == (
        "7",
        says["We do not know this code. Leave it empty if you are not sure."],
    )
    assert not OutgoingMail.objects.filter(name="members/application_invited").exists()
    press_main(office)
    expect(office.locator("[role=status]")).to_be_visible()
    assert association.children.count() == 2

    # Two invitations, each in its reader's language; nobody else gets one.
    to_anna = mail_that_arrived(smtp_sink, "members/application_invited", ANNA)
    to_olena = mail_that_arrived(smtp_sink, "members/application_invited", OLENA)
    assert (is_in(to_anna, "pl"), is_in(to_olena, "uk")) == (True, True)
    for message in (to_anna, to_olena):
        assert ASSOCIATION in words_of(message)
    assert OutgoingMail.objects.filter(name="members/application_invited").count() == 2
    assert smtp_sink.to(TAKEN) == []

    # The same list once more invites nobody.
    upload(office, "lista.csv", LIST)
    assert cells(office, "Gmina Szadek")[1] == says["Already a member, or an application is open."]
    expect(office.locator("main input[name=rows]")).to_have_count(0)

    # Anna finishes; her browser speaks Ukrainian, the link leads to Polish.
    anna.goto(link_in(to_anna, "/join/resume/"))
    assert_reads_well(anna, "pl")
    press_main(anna)
    finish_in_polish(anna)
    member = Member.objects.get(contact_email=ANNA)
    assert (member.status, member.parent, member.place.code) == ("pending", association, SZADEK)
    assert is_in(mail_that_arrived(smtp_sink, "members/application_received", ANNA), "pl")
    mail_that_arrived(smtp_sink, "members/application_arrived", settings.INBOXES["default"])
    verbs = set(JournalEntry.objects.about(member).values_list("verb", flat=True))
    assert {"application.started", "member.email_confirmed", "member.submitted"} <= verbs

    # The desk: Anna's waits for a decision, Olena's is a draft still; both say who brought them in.
    log_in_to_desk(desk, live_portal, coordinator, secret)
    queue = f"{live_portal.url}/admin/members/member/"
    desk.goto(queue)
    expect(desk.locator("#result_list tbody tr")).to_have_count(1)
    desk.locator("#result_list tbody a[href*='/change/']").first.click()
    expect(desk.locator("#id_parent option:checked")).to_have_text(re.compile(ASSOCIATION))
    desk.goto(f"{queue}?status=draft")
    expect(desk.locator("#result_list tbody tr")).to_have_count(1)
    desk.locator("#result_list tbody a[href*='/change/']").first.click()
    assert desk.input_value("[name=official_name]") == "Тростянецька громада"
    expect(desk.locator("#id_parent option:checked")).to_have_text(re.compile(ASSOCIATION))

    # And the association sees how far each of them is.
    office.goto(f"{live_portal.url}/pl/members/import/")
    for child in association.children.all():
        line = office.locator("main li", has_text=child.official_name)
        expect(line).to_contain_text(text_in("pl", child.get_status_display))
