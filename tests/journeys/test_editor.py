"""An editor's journey: a section of a page in three languages, seen in a preview first and published, its translation
caught up with later; a document with a file in two languages. Without scripts where the desk needs none."""

from datetime import timedelta

import pytest
import typst
from django.utils import timezone
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from alliance.content.actions.seeding import seed_pages
from alliance.content.models import NewsItem, Page, TranslationGap
from alliance.core import freshness
from alliance.core.models import JournalEntry
from tests.journeys.deeds import coordinator_with_totp, log_in_to_desk, press

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

HEADINGS = {"en": "Winter of 2027", "pl": "Zima 2027", "uk": "Зима 2027"}
TEXTS = {
    "en": "Generators are **needed** now.",
    "pl": "Generatory są **potrzebne** teraz.",
    "uk": "Генератори **потрібні** зараз.",
}
LATER = "Generators and cables are **needed** now."


def save(tab: Tab) -> None:
    press(tab.locator("input[name=_continue]"))
    expect(tab.locator(".messagelist .success")).to_be_visible()


def press_verb(tab: Tab, verb: str) -> None:
    tab.locator(f"a[href*='/do/{verb}/']").click()


def confirm(tab: Tab) -> None:
    press(tab.locator("#content-main form button:not([name=_next])"))
    expect(tab.locator(".messagelist .success")).to_be_visible()


def last_section(page: Page) -> str:
    """The empty section that the form ends with."""
    return f"sections-{page.sections.count()}"


def write_a_section(tab: Tab, page: Page) -> None:
    prefix = last_section(page)
    tab.fill(f"[name={prefix}-position]", "2")
    for code in HEADINGS:
        tab.fill(f"[name={prefix}-title_{code}]", HEADINGS[code])
        tab.fill(f"[name={prefix}-text_{code}]", TEXTS[code])
    save(tab)


def test_an_editor_writes_in_three_languages(transactional_db, open_browser, live_portal, smtp_sink, worker):
    seed_pages()
    page = Page.objects.get(slug="about")
    editor, secret = coordinator_with_totp(language="en")
    tab = open_browser("en", scripts=False).new_page()
    reader = open_browser("uk").new_page()
    change = f"{live_portal.url}/admin/content/page/{page.pk}/change/"
    log_in_to_desk(tab, live_portal, editor, secret)

    # A section in three languages; nobody reads it before it is published, the editor sees it in a preview.
    tab.goto(change)
    write_a_section(tab, page)
    reader.goto(f"{live_portal.url}/uk/about/")
    expect(reader.get_by_text(HEADINGS["uk"])).to_have_count(0)
    tab.goto(f"{live_portal.url}/admin/content/page/{page.pk}/preview/pl/")
    expect(tab.locator("h2#winter-of-2027")).to_have_text(HEADINGS["pl"])
    tab.goto(change)
    press_verb(tab, "publish")
    tab.fill("[name=note]", "winter")
    confirm(tab)
    for code, heading in HEADINGS.items():
        reader.goto(f"{live_portal.url}/{code}/about/")
        expect(reader.locator("h2#winter-of-2027")).to_have_text(heading)
        expect(reader.locator("nav.contents")).to_contain_text(heading)

    # The English changes: the form says at the fields that the others are older, and the list says it, too.
    section = page.sections.get(anchor="winter-of-2027")
    index = [one.pk for one in page.sections.all()].index(section.pk)
    tab.fill(f"[name=sections-{index}-text_en]", LATER)
    save(tab)
    expect(tab.locator("textarea.is-outdated")).to_have_count(2)
    tab.fill(f"[name=sections-{index}-text_pl]", "Generatory i kable są **potrzebne** teraz.")
    save(tab)
    expect(tab.locator("textarea.is-outdated")).to_have_count(1)
    assert list(TranslationGap.objects.values_list("language", "outdated")) == [("uk", 1)]
    press_verb(tab, "confirm-translations")
    tab.check("[name=languages][value=uk]")
    confirm(tab)
    assert not TranslationGap.objects.exists()

    # What changed since the last version can be read, and taken back.
    tab.goto(f"{live_portal.url}/admin/content/page/{page.pk}/versions/")
    expect(tab.locator("ins").first).to_contain_text("cables")
    press(tab.get_by_role("button", name="Take version 2 back"))
    section.refresh_from_db()
    assert section.text_en == TEXTS["en"]
    verbs = list(JournalEntry.objects.about(page).order_by("id").values_list("verb", flat=True))
    assert verbs[2:] == [
        "page.edited",
        "page.published",
        "page.edited",
        "page.edited",
        "page.translation_confirmed",
        "page.restored",
    ]


def test_an_editor_offers_a_document_in_two_languages(
    transactional_db, open_browser, live_portal, smtp_sink, worker
):
    editor, secret = coordinator_with_totp(language="en")
    tab = open_browser("en").new_page()
    log_in_to_desk(tab, live_portal, editor, secret)
    tab.goto(f"{live_portal.url}/admin/content/document/add/")
    tab.select_option("[name=kind]", "report")
    tab.fill("[name=dated_on]", "2026-11-20")
    for code, title in {"en": "Winter report", "pl": "Raport zimowy", "uk": "Зимовий звіт"}.items():
        tab.fill(f"[name=title_{code}]", title)
    tab.locator("summary", has_text="Address").click()
    tab.fill("[name=slug]", "winter-report")
    for number, (code, title) in enumerate([("en", "Winter report"), ("uk", "Зимовий звіт")]):
        tab.locator(".add-row a").click()
        tab.select_option(f"[name=files-{number}-language]", code)
        tab.fill(f"[name=files-{number}-title]", title)
        file = {
            "name": f"report-{code}.pdf",
            "mimeType": "application/pdf",
            "buffer": typst.compile(title.encode(), ignore_system_fonts=True),
        }
        tab.set_input_files(f"[name=files-{number}-upload]", file)
    save(tab)
    press_verb(tab, "publish")
    confirm(tab)
    tab.goto(f"{live_portal.url}/pl/documents/winter-report/")
    expect(tab.locator("h1")).to_have_text("Raport zimowy")
    expect(tab.locator(".file-language")).to_have_text(["English", "українська"])
    plan_a_piece_of_news(tab, live_portal)


def plan_a_piece_of_news(tab: Tab, portal) -> None:
    """Written today, read from its moment on: until then by the desk alone."""
    tab.goto(f"{portal.url}/admin/content/newsitem/add/")
    tab.fill("[name=slug]", "winter-begins")
    for code, title in HEADINGS.items():
        tab.fill(f"[name=title_{code}]", title)
        tab.fill(f"[name=text_{code}]", TEXTS[code])
    save(tab)
    item = NewsItem.objects.get()
    press_verb(tab, "publish")
    tab.fill("[name=at]", f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}")
    confirm(tab)
    page = f"{portal.url}/uk/news/winter-begins/"
    assert tab.request.get(page).status == 404
    tab.goto(f"{portal.url}/admin/content/newsitem/{item.pk}/preview/uk/")
    expect(tab.locator("h1")).to_have_text(HEADINGS["uk"])
    # The moment comes: nobody has to do anything.
    NewsItem.objects.filter(pk=item.pk).update(planned_for=timezone.now() - timedelta(minutes=1))
    freshness.touch()
    tab.goto(page)
    expect(tab.locator("h1")).to_have_text(HEADINGS["uk"])
