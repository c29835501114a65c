"""An office answers a survey by the link of its mail: no login, no scripts, by keyboard, on a phone. What is wrong is
said at its field; the link opens the answers again, and after the last day it only shows them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from alliance.content.actions import surveys
from alliance.content.models import Survey, SurveyAnswer, SurveyValue
from alliance.content.tasks import look_after_surveys
from alliance.core.journal import SYSTEM
from tests.factories import make_member, make_survey
from tests.journeys.conftest import PHONE
from tests.journeys.deeds import (
    assert_reads_well,
    assert_refused_at,
    is_in,
    link_in,
    mail_that_arrived,
    main_button,
    words_of,
)

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

OFFICES = {"pl": "urzad@gmina.example.org", "uk": "rada@hromada.example.org"}
WORDS = {"pl": "Brakuje nam kierowców.", "uk": "Нам бракує водіїв."}
MOST_TABS = 200
# Tab stops once at a group of radios, wherever in it; arrows go on from there.
IS_THERE = """one => one === document.activeElement
    || (one.type === "radio" && one.name === document.activeElement.name)"""


def tab_to(page: Page, control: Locator) -> None:
    """With the Tab key alone, as far as it takes."""
    for _step in range(MOST_TABS):
        if control.evaluate(IS_THERE):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {control}")


def send_by_keyboard(page: Page) -> None:
    tab_to(page, main_button(page))
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["pl", "uk"])
def test_an_office_answers_by_the_link_of_its_mail(
    transactional_db, open_browser, live_portal, smtp_sink, worker, wake, settings, language
):
    settings.PUBLIC_URL = live_portal.url  # the sweep runs here
    address = OFFICES[language]
    member = make_member(official_name="Probna", contact_email=address, contact_language=language)
    survey = make_survey(closes_at=timezone.now() + timedelta(days=7))
    surveys.open_survey(survey, by=SYSTEM)
    look_after_surveys()
    wake()
    mail = mail_that_arrived(smtp_sink, "content/survey_asked", address)
    assert is_in(mail, language)
    link = link_in(mail, "/policy/answer/")
    sheet = SurveyAnswer.objects.get(member=member)
    names = {question.kind: f"q{question.pk}" for question in survey.questions.all()}

    # Opening it changes nothing and asks for no login.
    page = open_browser(language, PHONE, scripts=False).new_page()
    page.goto(link)
    assert_reads_well(page, language)
    expect(page.locator("main")).to_contain_text("Probna")
    assert not SurveyValue.objects.exists()

    # A number that is none is said at its field; what was typed elsewhere stays.
    number, text = page.locator(f"[name={names['number']}]"), page.locator(f"[name={names['text']}]")
    tab_to(page, number)
    page.keyboard.type("-3")
    tab_to(page, text)
    page.keyboard.type(WORDS[language])
    send_by_keyboard(page)
    assert_refused_at(page, names["number"])
    assert_reads_well(page, language)
    expect(number).to_have_value("-3")
    expect(text).to_have_value(WORDS[language])
    assert not SurveyValue.objects.exists()

    # Mended, with a point of the scale and a choice by Space, it is kept, and the page says thank you.
    scale = page.locator(f"[name={names['scale']}][value='4']")
    several = page.locator(f"[name={names['several']}]").first
    tab_to(page, several)
    page.keyboard.press("Space")
    tab_to(page, number)
    page.keyboard.press("Control+A")
    page.keyboard.type("12,5")
    tab_to(page, scale)
    for _step in range(6):  # arrows go through the radios, and round
        if scale.is_checked():
            break
        page.keyboard.press("ArrowDown")
    send_by_keyboard(page)
    expect(page.locator("main [role=alert]")).to_be_visible()
    assert_reads_well(page, language)
    sheet.refresh_from_db()
    assert (sheet.version, sheet.language) == (1, language)
    said = {value.kind: value for value in sheet.values.all()}
    assert (said["number"].number, said["scale"].scale, said["text"].text) == (12.5, 4, WORDS[language])
    wake()
    thanks = mail_that_arrived(smtp_sink, "content/survey_answered", address)
    assert is_in(thanks, language)
    assert WORDS[language] not in words_of(thanks)

    # The same link opens the answers again.
    page.goto(link)
    expect(page.locator(f"[name={names['text']}]")).to_have_value(WORDS[language])
    expect(page.locator(f"[name={names['scale']}][value='4']")).to_be_checked()
    assert page.locator("main [role=alert]").count() == 0

    # After the last day it shows them, and nothing can be sent.
    now = timezone.now()
    Survey.objects.update(opened_at=now - timedelta(days=7), closes_at=now - timedelta(minutes=1))
    assert page.goto(link).status == 410
    assert_reads_well(page, language)
    expect(page.locator("main")).to_contain_text(WORDS[language])
    assert page.locator("main form").count() == 0
