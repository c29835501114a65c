"""A reader passes a page on: copies its address and prints it, each with the button for it."""

import pytest
from playwright.sync_api import expect

from tests.factories import make_news

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WORDS = {
    "pl": ("Kopiuj link", "Skopiowano", "Drukuj"),
    "uk": ("Копіювати посилання", "Скопійовано", "Надрукувати"),
}


@pytest.mark.parametrize("language", WORDS)
def test_a_reader_copies_the_address_of_a_page_and_prints_it(
    transactional_db, open_browser, live_portal, language
):
    item = make_news(title_pl="Most w Kijowie", title_uk="Міст у Києві")
    copy, copied, print_it = WORDS[language]
    context = open_browser(language, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.add_init_script("window.print = () => { window.wasPrinted = true }")
    page.goto(f"{live_portal.url}/{language}/news/{item.slug}/?utm=1")
    page.get_by_role("button", name=copy).click()
    expect(page.locator(".copy [role=status]")).to_have_text(copied)
    found = page.evaluate("navigator.clipboard.readText()")
    assert found == page.locator("#page-address").input_value()
    # What a reader copies leads here again, without what a link from elsewhere added.
    assert found.endswith(f"/{language}/news/{item.slug}/")
    assert not page.evaluate("'wasPrinted' in window")
    page.get_by_role("button", name=print_it).click()
    assert page.evaluate("window.wasPrinted")
