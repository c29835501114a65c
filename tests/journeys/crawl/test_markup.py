"""What the HTML of every page says, in three languages: no fault by Nu (the checker of the W3C), few bytes before the
first view, and no list of choices that begins with dashes or nothing. The desk's pages are read in one each, in
turn, unless `CRAWL_LANGUAGES=en,pl,uk` asks for all.
"""

import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import transaction

from alliance.users.models import User
from tests.journeys.crawl.nasty import forms_of
from tests.journeys.crawl.routes import LANGUAGES, STATES, address_in, languages_of, named_pages
from tests.journeys.crawl.world import World

pytestmark = pytest.mark.django_db
HAS_FILES = True
NU = Path(__file__).parents[2] / "nu" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
# A minute is too short for the second compiler to pay; Nu wants a deep stack.
QUICK = ["-XX:TieredStopAtLevel=1", "-Xss2m"]
HTML = "text/html"
SENT = "sent empty: "
PLANTED = "planted"
FAULTY = '<!doctype html><html lang="en"><title>x</title><p><a href="/"><button>x</button></a></html>'

# What Nu says and we leave: pattern of the message → why.
KNOWN: dict[str, str] = {}


def speak(language: str) -> None:
    """The desk's pages have no language in their address."""
    User.objects.filter(is_staff=True).update(language=language)


def read_pages(ask: Callable, world: World, language: str) -> dict[str, str]:
    found = {}
    for key, route in named_pages():
        if key.startswith("admin:") and language not in languages_of(key):
            continue
        answer = ask(route.seen_by, "get", address_in(language, route.address, world))
        assert (key, answer.status_code) == (key, 200)
        found[key] = answer.body.decode()
    for state, (actor, address, status) in STATES.items():
        answer = ask(actor, "get", address_in(language, address, world))
        assert (state, answer.status_code) == (state, status)
        found[state] = answer.body.decode()
    return found


def send_empty(
    ask: Callable, world: World, pages: dict[str, str], language: str, seen: set[tuple]
) -> dict[str, str]:
    """Each form of each page, once and with nothing in it: the page that comes back with its mistakes."""
    found = {}
    for key, route in named_pages():
        address = address_in(language, route.address, world)
        for form in forms_of(address, pages.get(key, "")):
            path = urlsplit(form.action).path
            key_of_form = (re.sub(r"^/(en|pl|uk)/", "/", path), *form.key[2:])
            if form.method != "post" or key_of_form in seen:
                continue
            seen.add(key_of_form)
            empty = dict.fromkeys(form.fields, "")
            answer = ask(route.seen_by, "post", path, empty)
            if answer.status_code == 422 and answer.headers["Content-Type"].startswith(HTML):
                found[f"{SENT}{key} {len(seen)}"] = answer.body.decode()
    return found


@pytest.fixture(scope="module")
def pages(world: World, asked, django_db_blocker) -> dict[tuple[str, str], str]:
    """Language and name of each page → its HTML."""
    found: dict[tuple[str, str], str] = {}
    seen: set[tuple] = set()
    with django_db_blocker.unblock():
        for language in reversed(LANGUAGES):
            with transaction.atomic():
                speak(language)
                these = read_pages(asked, world, language)
                these |= send_empty(asked, world, these, language, seen)
                found |= {(language, name): html for name, html in these.items()}
                transaction.set_rollback(True)
    return found


# --- Nu ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def faults(pages, tmp_path_factory) -> dict[str, set[str]]:
    """What Nu has to say → on which pages. One start of Java for all of them."""
    if not shutil.which("java"):
        pytest.skip("no java")
    if not NU.exists():
        pytest.skip("no checker")
    folder = tmp_path_factory.mktemp("pages")
    names = {}
    for number, ((language, name), html) in enumerate({**pages, ("en", PLANTED): FAULTY}.items()):
        names[f"{number}.html"] = f"{language} {name}"
        (folder / f"{number}.html").write_text(html)
    argv = ["java", *QUICK, "-jar", NU, "--stdout", "--format", "json", "--exit-zero-always", folder]
    said = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=1200).stdout
    found: dict[str, set[str]] = {}
    for message in json.loads(said)["messages"]:
        text = f"{message['message']} In: {message.get('extract', '')}"
        found.setdefault(text, set()).add(names[message["url"].rpartition("/")[2]])
    return found


def test_nu_finds_no_fault_on_any_page(faults):
    ours = {text: where - {f"en {PLANTED}"} for text, where in faults.items()}
    told = [
        f"{text}\n    on {len(where)} pages: {', '.join(sorted(where)[:5])}"
        for text, where in ours.items()
        if where and not any(re.search(pattern, text) for pattern in KNOWN)
    ]
    if told:
        pytest.fail("\n".join(told), pytrace=False)


def test_nu_finds_a_planted_fault(faults):
    assert [text for text, where in faults.items() if f"en {PLANTED}" in where and "button" in text]


def test_forms_that_came_back_are_among_the_pages(pages):
    assert sum(name.startswith(SENT) for _language, name in pages) >= 50


# --- Bytes before the first view --------------------------------------------------------------------------------

FEW = 60_000


class FirstView(HTMLParser):
    """What a browser fetches on its own before anybody scrolls; of several icons the first."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.icons: list[str] = []

    def handle_starttag(self, tag: str, pairs: list) -> None:
        given = {name: value or "" for name, value in pairs}
        kinds = given.get("rel", "").split()
        if tag == "link" and "icon" in kinds:
            self.icons.append(given["href"])
        elif (tag == "link" and {"stylesheet", "preload", "modulepreload"} & {*kinds}) or (
            tag in ("script", "img", "iframe") and given.get("src") and given.get("loading") != "lazy"
        ):
            self.fetched.append(given.get("href") or given["src"])
        elif tag == "video" and given.get("poster"):
            self.fetched.append(given["poster"])


@cache
def sent(name: str) -> int:
    """Bytes of a static file: compressed, where that makes it smaller."""
    content = Path(finders.find(name)).read_bytes()
    return min(len(content), len(gzip.compress(content, 9)))


def weights(html: str) -> dict[str, int]:
    """Address → bytes as they are sent, compressed."""
    view = FirstView()
    view.feed(html)
    found = {"the page": len(gzip.compress(html.encode(), 6))}
    for address in {*view.fetched, *view.icons[:1]}:
        if address.startswith(settings.STATIC_URL):
            found[address] = sent(address.removeprefix(settings.STATIC_URL))
    return found


def test_the_first_view_of_a_page_is_light(pages):
    heavy = {}
    for (language, name), html in pages.items():
        # The desk has Django's own scripts.
        if "admin:" not in name and sum((found := weights(html)).values()) > FEW:
            heavy[language, name] = found
    assert heavy == {}


def test_what_a_page_loads_is_weighed():
    files = ("css/base.css", "django_htmx/htmx-2.min.js", "img/mark.svg", "img/favicon.ico")
    assert weights(PAGE_OF.format(*(settings.STATIC_URL + file for file in files))).keys() == {
        "the page",
        *(settings.STATIC_URL + file for file in files),
    }


PAGE_OF = """<link rel="stylesheet" href="{0}"><script src="{1}"></script><img src="{2}"><link rel="icon" href="{3}">
<link rel="icon" href="x"><img loading="lazy" src="x"><a href="x"></a>"""


# --- Lists of choices -------------------------------------------------------------------------------------------

SELECT = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>\s*<option[^>]*>([^<]*)</option>')


def selects(html: str) -> dict[str, str]:
    """Name of each list on a page and what its first line says."""
    return dict(SELECT.findall(html))


def test_every_list_of_choices_begins_with_a_word(pages):
    # The desk works in Django's admin, whose lists are known to its people.
    ours = {where: html for where, html in pages.items() if "admin:" not in where[1]}
    found = {(*where, name): words for where, html in ours.items() for name, words in selects(html).items()}
    assert {where[2] for where in found} >= {"topic", "language"}, "there are lists on these pages"
    assert {where: words for where, words in found.items() if not re.search(r"[^\W_]", words)} == {}


def test_the_topic_of_a_question_is_chosen_not_given(pages):
    words = {
        language: selects(pages[language, "content:contact"])["topic"] for language in ("en", "pl", "uk")
    }
    assert words == {"en": "Please choose", "pl": "Prosimy wybrać", "uk": "Виберіть зі списку"}
