"""Somebody types into the form of a new need, or offer: it is kept by itself, what is open on the other side and fits
appears while they type; they leave without saving, come back and find what they typed."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from partnerships.models import Listing, UnsavedListing
from tests.factories import make_listing, make_member, make_representative, make_template, make_user
from tests.journeys.conftest import DESK, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TYPED = "Генератори для насосної станції"


def keeps_the_last_word(response):
    """What the note says of an earlier save is no proof that the last word was kept."""
    sent = response.request.post_data or ""
    return response.url.endswith("/keep/") and re.search(r'name="lines-0-range_max"\s+45\s', sent)


@pytest.mark.parametrize(("kind", "language", "size"), [("need", "uk", PHONE), ("offer", "pl", DESK)])
def test_what_is_typed_is_kept_and_finds_what_fits(open_browser, live_portal, client, kind, language, size):
    generator = make_template(code="generator")
    line = {"template": generator, "item": "", "unit": "piece", "range_unit": "kw"}
    other = "offer" if kind == "need" else "need"
    title = f"title_{language}"
    for words, power in (("Pasuje", 45), ("Za słabe", 5)):
        make_listing(
            kind=other,
            member=make_member(country="PL" if kind == "need" else "UA"),
            line={**line, "quantity": 4, "range_min": power, "range_max": power},
            expires_on=timezone.localdate() + timedelta(days=60),
            **{title: words},
        )
    author = make_representative(make_member(country="UA"), make_user(language=language))
    client.force_login(author.user)
    context = open_browser(language, size)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_portal.url}])
    page = context.new_page()
    page.goto(f"{live_portal.url}/{language}/my/")
    page.locator(f"main a[href$='/new/{kind}/']").first.click()

    page.locator("[name=title]").press_sequentially(TYPED)
    page.select_option("[name=new_item]", "generator")
    page.click("[name=add_line]")
    page.fill("[name=lines-0-quantity]", "6")
    page.fill("[name=lines-0-range_min]", "45")
    with page.expect_response(keeps_the_last_word):
        page.locator("[name=lines-0-range_max]").press_sequentially("45")
    hints = page.locator(".hints-live .hints")
    expect(hints).to_contain_text("Pasuje")
    expect(hints).not_to_contain_text("Za słabe")
    note = page.locator("[data-autosave-state]")
    expect(note).to_have_attribute("data-state", "saved")
    expect(note).to_have_text(re.compile(r"\d\d:\d\d"))

    page.goto(f"{live_portal.url}/{language}/")
    assert not Listing.objects.filter(member=author.member).exists()
    assert UnsavedListing.objects.get().user == author.user
    page.goto(f"{live_portal.url}/{language}/my/")
    page.locator(f"main a[href$='/new/{kind}/']").first.click()
    expect(page.locator("[name=start_afresh]")).to_be_visible()
    expect(page.locator("[name=title]")).to_have_value(TYPED)
    expect(page.locator("[name=lines-0-quantity]")).to_have_value("6")
    expect(page.locator("[name=lines-0-range_max]")).to_have_value("45")
    expect(page.locator(".hints-live .hints")).to_contain_text("Pasuje")
