"""Every kind of page in a real browser: axe (WCAG 2.2 AA) in light and dark, phone and desk; reflow; quiet console;
no request elsewhere; one heading; the right language; everything by keyboard.

Each page is looked at in one language, the languages in turn. All of them in all three, every rule in the dark as well:
`CRAWL_LANGUAGES=en,pl,uk make test ARGS=tests/journeys/crawl/test_pages.py`
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import BrowserContext, Page, Request, Response

from tests.journeys.conftest import DESK, PATIENCE, PHONE
from tests.journeys.crawl.routes import (
    ASKED_FOR,
    LANGUAGES,
    ROUTES,
    STATES,
    address_in,
    languages_of,
    named_pages,
)
from tests.journeys.crawl.world import World

pytestmark = [pytest.mark.journey, pytest.mark.django_db]
HAS_FILES = True
NARROWEST = {"width": 320, "height": 640}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WHOLE = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# What the width decides: a page is looked at whole on a phone, and for these on a desk.
LAYOUT = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}
# What the colours alone decide.
COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
MOST_TABS = 300
# One page of each frame: what a phone hides in it is the same on every page.
WHOLE_ON_A_DESK = {
    "content:home", "content:dashboard", "members:member_list", "partnerships:listing_list",
    "partnerships:listing_detail", "partnerships:listing_create", "admin:index", "admin:members_member_changelist",
    "admin:members_member_change",
}  # fmt: skip
# Django's own widget; the page is the superuser's alone.
KNOWN = {"admin:auth_group_change": "aria-prohibited-attr"}


def in_languages(keys: list[str]) -> list[tuple[str, str]]:
    return [(key, language) for key in keys for language in languages_of(key)]


class Visitor:
    """One page per actor, already logged in, and whatever it heard since it was asked to go somewhere."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.heard: list[str] = []
        page.on(
            "console",
            lambda said: self.heard.append(f"console: {said.text}") if said.type == "error" else None,
        )
        page.on("pageerror", lambda error: self.heard.append(f"script: {error}"))
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if not request.url.startswith("data:") and urlsplit(request.url).netloc != self.home:
            self.heard.append(f"asks {request.url}")

    def go(self, address: str) -> Response:
        """As if the page had just been opened: on a desk, in daylight, nothing heard."""
        self.page.goto("about:blank")
        self.page.set_viewport_size(DESK)
        self.page.emulate_media(color_scheme="light")
        self.heard.clear()
        return self.page.goto(address)


@pytest.fixture(scope="module")
def visitors(browser, world, cookies, live_portal) -> Iterator[dict[str, Visitor]]:
    """One browser per actor, already logged in. Each keeps its page: a new one starts a process."""
    photos = (world.photo, *(kept.photo for kept in world.kept.values()))
    for file in (world.a.logo, *(photo.file for photo in photos)):
        live_portal.take_over(file)
    contexts: dict[str, BrowserContext] = {}
    home = urlsplit(live_portal.url).netloc
    for actor in {route.seen_by for route in ROUTES if route.seen_by} | {who for who, *_ in STATES.values()}:
        contexts[actor] = browser.new_context(viewport=DESK, locale="uk-UA", reduced_motion="reduce")
        contexts[actor].set_default_timeout(PATIENCE)
        for morsel in cookies[actor].values():
            contexts[actor].add_cookies([{"name": morsel.key, "value": morsel.value, "url": live_portal.url}])
    yield {actor: Visitor(context.new_page(), home) for actor, context in contexts.items()}
    for context in contexts.values():
        context.close()


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


def violations(axe: Axe, page: Page, options: dict, where: str) -> list[str]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(axe.axe_script)
    found = page.evaluate("options => axe.run(document, options).then(said => said.violations)", options)
    said = [(item["id"], node) for item in found for node in item["nodes"][:4]]
    return [f"{where}: {rule} at {node['target']}: {node.get('failureSummary', '')}" for rule, node in said]


def look_at(
    visitor: Visitor, axe: Axe, address: str, language: str, status: int = 200, *, is_whole: bool = False
) -> list[str]:
    """Everything that is wrong with a page, in words. ``is_whole``: with every rule on a desk, too."""
    page, answer = visitor.page, visitor.go(address)
    faults = visitor.heard
    if answer.status != status:
        return [f"status {answer.status} instead of {status} ({page.url})"]
    if status != 200:  # the browser itself reports the status of the page
        faults[:] = [fault for fault in faults if "Failed to load resource" not in fault]
    if page.get_attribute("html", "lang") != language:
        faults.append(f"lang is {page.get_attribute('html', 'lang')}")
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} h1")
    said = list(faults)  # axe itself tries styles that the policy refuses
    said += violations(axe, page, WHOLE if is_whole else LAYOUT, "1280 light")
    page.set_viewport_size(PHONE)
    said += violations(axe, page, WHOLE, "360 light")
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    said += violations(axe, page, WHOLE if ASKED_FOR else COLOURS, "360 dark")
    page.set_viewport_size(NARROWEST)
    if wide := page.evaluate(TOO_WIDE):
        said.append(f"wider than 320 px: {wide}")
    return said + page.evaluate(OUT_OF_REACH) + page.evaluate(LOST)


def told(faults: list[str]) -> None:
    """Fails with every fault in its own line."""
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


# Colours on their way from light to dark are nobody's.
SETTLED = "Promise.all(document.getAnimations().map(one => one.finished.catch(() => null))).then(() => null)"
TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return null;
  const out = [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > root.clientWidth + 1);
  return root.scrollWidth + ': ' + out.slice(0, 3).map(e => e.tagName + '.' + e.className).join(', ');
}"""
# A control that people see and Tab skips, or an order of its own.
OUT_OF_REACH = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
  .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled && e.type !== 'hidden')
  .filter(e => !e.closest('.trap'))
  .filter(e => e.tabIndex > 0 || (e.tabIndex < 0 && /^(A|BUTTON|INPUT|SELECT|TEXTAREA)$/.test(e.tagName)))
  .map(e => 'Tab does not reach ' + e.outerHTML.slice(0, 120))"""


def test_the_head_of_a_page_stands_in_one_line(visitors, live_portal):
    """Name and menu beside each other, at every width and in every language; where it is narrow, behind a button."""
    visitor = visitors["anonymous"]
    broken = []
    for language in LANGUAGES:
        visitor.go(f"{live_portal.url}/{language}/")
        for width in HEADS:
            visitor.page.set_viewport_size({"width": width, "height": 700})
            height, apart = visitor.page.evaluate(HEAD)
            if height > ONE_LINE or apart > 10:
                broken.append((language, width, height, apart))
    assert broken == []


HEADS = (320, 360, 768, 959, 960, 1024, 1100, 1119, 1120, 1280, 1440)
ONE_LINE = 100
HEAD = """() => { const seen = [...document.querySelectorAll('.site-head .brand, .site-head .nav li, .menu-open')]
    .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect());
  const middles = seen.map(box => (box.top + box.bottom) / 2);
  return [document.querySelector('.site-head').offsetHeight, Math.max(...middles) - Math.min(...middles)]; }"""


def speak(world: World, actor: str, language: str) -> None:
    """The desk's pages have no language in their address, but that of who works there. Not in the transaction of the
    test: the web server is another process."""
    if actor in world.users and world.users[actor].is_staff:
        beside = connection.copy()
        with beside.cursor() as cursor:
            cursor.execute(
                "UPDATE users_user SET language = %s WHERE id = %s", [language, world.users[actor].pk]
            )
        beside.close()


# A row of a form, or of a list the link to what it is about, that a phone would not show.
LOST = """() => [...document.querySelectorAll(
    '.form-row:not(.hidden, .empty-form), .fieldBox:not(.hidden), #result_list tbody th')]
  .filter(e => getComputedStyle(e).display === 'none')
  .map(e => 'a phone does not show ' + e.className)"""


@pytest.mark.parametrize(("key", "language"), in_languages([key for key, _route in named_pages()]))
def test_page(world, visitors, axe, live_portal, key, language):
    route = dict(named_pages())[key]
    speak(world, route.seen_by, language)
    address = live_portal.url + address_in(language, route.address, world)
    faults = look_at(visitors[route.seen_by], axe, address, language, is_whole=key in WHOLE_ON_A_DESK)
    told([fault for fault in faults if key not in KNOWN or KNOWN[key] not in fault])


@pytest.mark.parametrize(("state", "language"), in_languages(list(STATES)))
def test_state(world, visitors, axe, live_portal, state, language):
    actor, address, status = STATES[state]
    speak(world, actor, language)
    told(
        look_at(
            visitors[actor], axe, live_portal.url + address_in(language, address, world), language, status
        )
    )


def test_all_languages_have_their_turn():
    pages = in_languages([key for key, _route in named_pages()])
    assert {key for key, _language in pages} == {key for key, _route in named_pages()}
    for mark in ("admin:", "content:", "members:", "partnerships:"):
        assert {language for key, language in pages if key.startswith(mark)} == {*LANGUAGES}


# --- By keyboard ------------------------------------------------------------------------------------------------

BY_KEYBOARD = [
    ("anonymous", "content:home"),
    ("anonymous", "members:member_list"),
    ("anonymous", "members:join_start"),
    ("anonymous", "partnerships:listing_list"),
    ("a_editor", "partnerships:listing_create#2"),
    ("a_editor", "partnerships:match_detail"),
    ("desk", "admin:members_member_changelist"),
    ("desk", "admin:members_member_change"),
    ("desk", "admin:members_member_verb"),
]
# One stop per control that people can see; a group of radio buttons is one.
STOPS = """() => { let n = 0; const groups = new Set();
  for (const e of document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')) {
    if (!e.checkVisibility({visibilityProperty: true}) || e.disabled || e.type === 'hidden' || e.tabIndex < 0) continue;
    if (e.type === 'radio') { if (groups.has(e.name)) continue; groups.add(e.name); }
    e.dataset.stop = e.type === 'radio' ? 'radio-' + e.name : String(n); n += 1;
  } return n; }"""
HERE = """() => { const e = document.activeElement; if (!e || e === document.body) return null;
  const r = e.getBoundingClientRect();
  // A card draws it around all of itself, a map around the area.
  const styles = [getComputedStyle(e), getComputedStyle(e, '::after')];
  const area = e.querySelector('.map-area');
  const seen = styles.some(s => s.outlineStyle !== 'none' || s.boxShadow !== 'none')
    || (area && parseFloat(getComputedStyle(area).strokeWidth) >= 3);
  return {stop: e.type === 'radio' ? 'radio-' + e.name : e.dataset.stop, seen, html: e.outerHTML.slice(0, 100),
    href: e.getAttribute('href'), shown: r.width > 0 && r.height > 0}; }"""


MISSED = """reached => [...document.querySelectorAll('[data-stop]')].filter(e => !reached.includes(e.dataset.stop))
  .map(e => e.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize(("actor", "key"), BY_KEYBOARD)
def test_everything_by_keyboard(world, visitors, live_portal, actor, key):
    route = dict(named_pages())[key]
    speak(world, actor, "uk")
    visitors[actor].go(live_portal.url + address_in("uk", route.address, world))
    page = visitors[actor].page
    page.evaluate(STOPS)
    reached: set[str] = set()
    previous = None
    for number in range(MOST_TABS):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is not None and here["stop"] and here["stop"] == previous:
            continue  # day, month and year of a date are stops of one control
        if here is None or here["stop"] in reached:
            break
        previous = here["stop"]
        if number == 0:
            assert re.match("#content", here["href"] or ""), "the first stop skips to the content"
        assert here["seen"], f"the focus cannot be seen on {here['html']}"
        assert here["shown"], f"the focus is on something hidden: {here['html']}"
        if here["stop"]:
            reached.add(here["stop"])
    assert page.evaluate(MISSED, list(reached)) == []
