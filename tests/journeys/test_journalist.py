"""Journey 8: a journalist checks which promises were kept and takes the data along: the list behind a figure, the whole
set, the interface for programs, the evidence and the query behind it. In Polish, without an account and scripts."""

import csv
import io
import json

import pytest
from playwright.sync_api import Page, expect

from alliance.content.actions.downloads import build_downloads
from members.models import Member
from partnerships.actions.search import reindex_listings
from tests.factories import make_listing, make_member, make_place, make_pledge, make_sector

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

KEPT, BROKEN, OPEN = "Cieszyn", "Opole", "Wadowice"
LATE = "2026-01-15"


def fill_the_ledger() -> Member:
    """One promise kept, one not, one on its way; six needs of which the evidence tells. Returns who did not keep it."""
    receiver = make_member(country="UA", official_name="Суми", place=make_place(country="UA"))
    makes = {name: make_member(official_name=name) for name in (KEPT, BROKEN, OPEN)}
    make_pledge(
        "promised 4 · committed 4 · dispatched 4 2026-01-10 · received 4 2026-01-12 · accepted 4 2026-01-12",
        giver=makes[KEPT], receiver=receiver, due_on=LATE, title="Generatory",
    )  # fmt: skip
    make_pledge(
        "promised 7 · committed 7", giver=makes[BROKEN], receiver=receiver, due_on=LATE, title="Pompy"
    )
    make_pledge("promised 2 · committed 2", giver=makes[OPEN], receiver=receiver, title="Autobus")
    sector = make_sector(code="ENE", name_pl="Energia")
    for _n in range(6):
        make_listing(kind="need", member=make_member(country="UA"), sectors=[sector])
    reindex_listings()
    return makes[BROKEN]


def saved(page: Page, link: str) -> bytes:
    """What a link gives to be kept."""
    with page.expect_download() as download:
        page.locator(link).first.click()
    return download.value.path().read_bytes()


def test_a_journalist_checks_which_promises_were_kept_and_takes_the_data_along(
    transactional_db, open_browser, live_portal, smtp_sink, worker
):
    giver = fill_the_ledger()
    for download in build_downloads():
        live_portal.take_over(download.file)
    page = open_browser("pl", scripts=False).new_page()

    # From the rate on the home page to whoever did not keep its word.
    page.goto(f"{live_portal.url}/pl/")
    page.locator(".figures a[href*='/pl/promises']").click()
    expect(page.locator("main")).to_contain_text("50%")
    page.locator("main a[href*='not_kept']").first.click()
    expect(page.locator("main table")).to_contain_text(giver.official_name)
    expect(page.locator("main table")).not_to_contain_text(KEPT)
    rows = list(csv.DictReader(io.StringIO(saved(page, "main a[href*='.csv']").decode("utf-8-sig"))))
    assert [(row["outcome"], row["committed"], row["accepted"]) for row in rows] == [("not_kept", "7", "0")]
    page.locator(f"main table a[href='/pl/members/{giver.slug}/']").first.click()
    expect(page.locator("h1")).to_contain_text(giver.official_name)

    # The whole set, and what its columns mean.
    page.locator("footer a[href='/pl/data/']").click()
    promises = json.loads(saved(page, "main a[href$='promises.json']"))
    assert promises["licence"] == "CC BY 4.0"
    assert len(promises["promises"]) == 3
    page.locator("main a[href*='dictionary']").first.click()
    expect(page.locator("main table").first).to_be_visible()

    # What programs ask, and the catalogue that says so.
    asked = page.request.get(f"{live_portal.url}/api/v1/needs", params={"sector": "ENE"})
    assert (asked.status, len(asked.json()["data"])) == (200, 6)
    assert page.request.get(asked.url, headers={"If-None-Match": asked.headers["etag"]}).status == 304
    page.goto(f"{live_portal.url}/pl/data/")
    assert "dcat:Catalog" in saved_or_shown(page, "main a[href$='.ttl']")

    # The figures for the institutions, each with the query that counts it.
    page.locator("footer a[href='/pl/evidence/']").click()
    expect(page.locator("main")).to_contain_text("Energia")
    page.locator(".evidence-query summary").first.click()
    expect(page.locator(".evidence-query pre").first).to_contain_text("SELECT")
    figures = json.loads(saved(page, "main a[href*='figures.json']"))
    assert figures


def saved_or_shown(page: Page, link: str) -> str:
    return page.request.get(page.locator(link).first.evaluate("link => link.href")).text()
