"""A ticket with hundreds of letters in a real browser: what `test_pages` and `test_markup` look for, on the page of the
ticket and on that of the answer, which the keyboard reaches before all the letters."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from alliance.content.models import Ticket
from tests.journeys.conftest import DESK, PATIENCE, PHONE
from tests.journeys.crawl.test_markup import FAULTY, NU, QUICK
from tests.journeys.crawl.test_pages import TOO_WIDE, Visitor, look_at, speak, told
from tests.letters import make_long_ticket

pytestmark = [pytest.mark.journey, pytest.mark.django_db]
COUNT = 250
MOST_TABS = 60


@pytest.fixture(scope="module")
def ticket(world, django_db_blocker) -> Ticket:
    with django_db_blocker.unblock():
        return make_long_ticket(COUNT, world.users["desk"])


@pytest.fixture(scope="module")
def visitor(browser, cookies, live_portal) -> Iterator[Visitor]:
    context = browser.new_context(viewport=DESK, locale="uk-UA", reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    for morsel in cookies["desk"].values():
        context.add_cookies([{"name": morsel.key, "value": morsel.value, "url": live_portal.url}])
    yield Visitor(context.new_page(), urlsplit(live_portal.url).netloc)
    context.close()


def addresses(ticket: Ticket) -> dict[str, str]:
    page = reverse("admin:content_ticket_change", args=[ticket.pk])
    long = ticket.messages.get(text__startswith="Letter 234 of")
    return {
        "ticket": page,
        "earlier": f"{page}?until=100",
        "one": f"{page}?message={long.pk}",
        "answer": reverse("admin:content_ticket_verb", args=[ticket.pk, "answer"]),
    }


@pytest.mark.parametrize(
    ("name", "language"),
    [("ticket", "uk"), ("ticket", "pl"), ("earlier", "en"), ("one", "uk"), ("answer", "pl")],
)
def test_each_page_reads_well(world, ticket, visitor, live_portal, name, language):
    speak(world, "desk", language)
    faults = look_at(visitor, Axe(), live_portal.url + addresses(ticket)[name], language, is_whole=True)
    visitor.page.set_viewport_size(PHONE)
    if wide := visitor.page.evaluate(TOO_WIDE):
        faults.append(f"wider than 360 px: {wide}")
    assert visitor.page.locator(".desk-message").count() == (1 if name == "one" else 20)
    told(faults)


def test_the_answer_is_written_by_keyboard_before_the_letters(world, ticket, visitor, live_portal):
    speak(world, "desk", "uk")
    visitor.go(live_portal.url + addresses(ticket)["answer"])
    seen = []
    for _step in range(MOST_TABS):
        visitor.page.keyboard.press("Tab")
        seen.append(visitor.page.evaluate("() => document.activeElement.name || ''"))
        if seen[-1] == "text":
            break
    assert seen[-1] == "text", seen
    visitor.page.keyboard.type("Дякуємо, надсилаємо зразок.")
    assert visitor.page.evaluate("() => document.activeElement.value") == "Дякуємо, надсилаємо зразок."
    assert visitor.page.evaluate(
        """() => !!(document.activeElement.compareDocumentPosition(document.querySelector('.desk-thread'))
        & Node.DOCUMENT_POSITION_FOLLOWING)"""
    )


def test_earlier_letters_are_reached_by_keyboard(world, ticket, visitor, live_portal):
    speak(world, "desk", "uk")
    visitor.go(live_portal.url + addresses(ticket)["ticket"])
    page = visitor.page
    earlier = page.locator('.desk-thread a[rel="prev"]')
    for _step in range(MOST_TABS):
        page.keyboard.press("Tab")
        if earlier.evaluate("one => one === document.activeElement"):
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".desk-message").last.inner_text().find("Letter 230 of") > 0


def test_nu_finds_no_fault(world, ticket, ask, tmp_path):
    if not shutil.which("java"):
        pytest.skip("no java")
    if not NU.exists():
        pytest.skip("no checker")
    for name, address in addresses(ticket).items():
        answer = ask("desk", "get", address)
        assert answer.status_code == 200
        (tmp_path / f"{name}.html").write_bytes(answer.body)
    (tmp_path / "planted.html").write_text(FAULTY)
    argv = ["java", *QUICK, "-jar", NU, "--stdout", "--format", "json", "--exit-zero-always", tmp_path]
    said = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=1200).stdout
    faults = [(each["url"].rpartition("/")[2], each["message"]) for each in json.loads(said)["messages"]]
    assert "planted.html" in {name for name, _words in faults}
    assert [fault for fault in faults if fault[0] != "planted.html"] == []
