"""Each item of the page that the Alliance has today, and where it stands here: found in three languages on pages that
the portal answers with. Whoever builds an item that is not in the table yet adds its row."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from alliance.content.actions import newsletter
from alliance.content.actions.seeding import seed_pages
from alliance.core.languages import LANGUAGES
from members.models import Member
from tests.factories import make_coordinator, make_document, make_issue, make_member, make_news, make_video

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Item:
    """What the Alliance's page has today, the address here without its language, and what must be found there."""

    today: str
    address: str
    found: Callable[[str], object]
    # What stands beside it in each language, where it has words of its own.
    words: tuple[str, str, str] | None = None


def has(*parts: str) -> Callable[[str], bool]:
    return lambda page: all(part in page for part in parts)


def points(section: str, count: int) -> Callable[[str], bool]:
    """The section has so many numbered points, each with an address."""
    pattern = re.compile(rf'<h2 id="{section}".*?</section>', re.S)
    return lambda page: len(re.findall(r'<li id="[a-z0-9-]+">', pattern.search(page)[0])) == count


ABOUT, FILM, PAPER = "about/", "videos/launch/", "documents/recommendations-ukraine/"
ITEMS = [
    Item(
        "Name of the Alliance",
        "",
        has("<h1"),
        (
            "European Alliance of Cities and Regions for the Reconstruction of Ukraine",
            "Europejski Sojusz Miast i Regionów na rzecz Odbudowy Ukrainy",
            "Європейський альянс міст і регіонів для відбудови України",
        ),
    ),
    Item(
        "Who founded it, when, in answer to whom",
        ABOUT,
        has("150", "30", "2022"),
        ("Zelenskyy", "Zełenskiego", "Зеленського"),
    ),
    Item(
        "Founded seven days after Ukraine became a candidate",
        ABOUT,
        has('id="beginning"'),
        ("candidate", "kandydującego", "кандидатом"),
    ),
    Item("Alliance Insight", "newsletter/", has("newsletter/7/", "No news is no news")),
    Item("Alliance Insight [pdf]", "newsletter/7/", has("documents/insight-7/"), ("as PDF", "PDF", "PDF")),
    Item(
        "Contents of the page",
        ABOUT,
        has('class="contents"', 'href="#role"', 'href="#principles"', 'href="#actions"'),
        ("On this page", "Na tej stronie", "На цій сторінці"),
    ),
    Item("Role: why", ABOUT, has('id="role"'), ("Russia’s war", "Wojna Rosji", "Війна Росії")),
    Item(
        "Role: emergency aid goes on, recovery is prepared at the same time",
        ABOUT,
        has('id="role"'),
        ("Emergency aid goes on", "Pomoc doraźna trwa", "Екстрена допомога триває"),
    ),
    Item("Role: four aims", ABOUT, points("role", 4)),
    Item(
        "Principles: eight",
        ABOUT,
        points("principles", 8),
        ("Eight principles", "Osiem zasad", "Вісім принципів"),
    ),
    Item(
        "Principles: the right to defend the country",
        ABOUT,
        has('id="territorial-integrity"'),
        ("right to defend itself", "prawo do obrony", "право на самооборону"),
    ),
    Item(
        "Principles hold only from the ground up",
        ABOUT,
        has('id="principles"'),
        ("foundation of reconstruction", "podstawą odbudowy", "основою відбудови"),
    ),
    Item("Actions: six calls", ABOUT, points("actions", 6)),
    Item(
        "EIB, EBRD, OECD, Council of Europe Development Bank",
        ABOUT,
        has('id="institutions"'),
        ("European Investment Bank", "Europejski Bank Inwestycyjny", "Європейський інвестиційний банк"),
    ),
    Item(
        "Presidencies of the Council",
        ABOUT,
        has('id="institutions"'),
        ("presidency", "prezydencją", "головуванням"),
    ),
    Item(
        "Joining: open to all of Europe",
        "joining/",
        has('id="steps"'),
        ("all of Europe", "całej Europy", "усієї Європи"),
    ),
    Item(
        "Joining: how",
        "joining/",
        lambda page: re.search(r'<a class="button button-primary" href="/../members/find-a-place/">', page),
    ),
    Item("Joining: address to write to", "contact/", has('href="mailto:supportukraine@alliance.example"')),
    Item(
        "Partners",
        "about/partners/",
        has('id="core"', 'id="associated"', 'id="institutional"', "Union of Cities"),
    ),
    Item(
        "Recommendations-Ukraine: languages, native names, downloads",
        PAPER,
        has("(3)", "Deutsch", "français", "українська", "PDF", "recommendations-ukraine/fr/"),
        ("Available languages", "Dostępne języki", "Доступні мови"),
    ),
    Item(
        "Why other languages are missing",
        PAPER,
        has('class="files-missing"'),
        ("Why that is", "dlaczego", "чому"),
    ),
    Item("Each file: its title, size and format", PAPER, has("(de)", "(fr)", "(uk)", "PDF&nbsp;·", "16")),
    Item("Latest news", "news/", has("Summit in Kyiv")),
    Item("Multimedia: the film", FILM, has("Launch of the Alliance")),
    Item("More films", "videos/", has("Launch of the Alliance", "We Are On Your Side")),
    Item("Contact", "contact/", has("<form")),
    Item(
        "Share",
        ABOUT,
        has('class="share"', 'id="page-address"', 'href="mailto:?subject='),
        ("Share this page", "Udostępnij tę stronę", "Поділитися сторінкою"),
    ),
    Item(
        "Back to top",
        ABOUT,
        has('class="to-top"'),
        ("Back to top", "Na początek strony", "На початок сторінки"),
    ),
]
# Each aim, principle and call has an address of its own.
POINTS = {
    "role-coordination": (
        "coordinate cities and regions",
        "Koordynowanie działań miast",
        "Координувати міста",
    ),
    "role-contacts": ("bring partners together", "Łączenie partnerów", "Зводити партнерів"),
    "role-dialogue": ("political dialogue", "dialogu politycznego", "політичний діалог"),
    "role-expertise": ("expertise", "wiedzy fachowej", "експертних знань"),
    "territorial-integrity": (
        "territorial integrity",
        "integralność terytorialną",
        "територіальну цілісність",
    ),
    "european-integration": ("Europe’s networks", "sieciach europejskich", "європейських мережах"),
    "local-leadership": ("so that they can lead", "mogły prowadzić odbudowę", "щоб очолити відновлення"),
    "integrated-planning": ("Build back better", "Odbudować lepiej", "Відбудувати краще"),
    "charter-and-decentralisation": ("2021–2027", "2021–2027", "2021–2027"),
    "rural-ukraine": ("Support for villages", "obszarów wiejskich", "підтримки сіл"),
    "good-governance": ("free of corruption", "bez korupcji", "вільною від корупції"),
    "enterprise-and-innovation": (
        "Enterprise and innovation",
        "Przedsiębiorczość i innowacje",
        "Підприємництво та інновації",
    ),
    "easy-way-to-help": ("A simple way", "Prosty sposób", "Простий спосіб"),
    "twinning-programme": ("between equals", "na równych zasadach", "на рівних"),
    "funding": ("Enough money", "Wystarczające środki", "Достатнє фінансування"),
    "inclusive-approach": ("includes everyone", "obejmuje wszystkich", "охоплює всіх"),
    "self-government": ("local democracy", "demokracji lokalnej", "місцевій демократії"),
    "multi-level-government": ("OECD principles", "zasadach OECD", "принципів ОЕСР"),
}
ITEMS += [Item(name, ABOUT, has(f'id="{name}"'), words) for name, words in POINTS.items()]


@pytest.fixture
def portal(client):
    """With what the page shows today: a document in three languages, films, news, partners."""
    seed_pages()
    make_document("de", "fr", "uk", slug="recommendations-ukraine", title_en="Recommendations")
    make_video(slug="launch", title_en="Launch of the Alliance")
    make_video(title_en="Ukraine, We Are On Your Side")
    make_news(title_en="Summit in Kyiv")
    words = {f"title_{code}": "No news is no news" for code in LANGUAGES}
    issue = make_issue(number=7, document=make_document(kind="newsletter", slug="insight-7"), **words)
    newsletter.send_issue(issue, by=make_coordinator())
    make_member(kind=Member.Kind.ASSOCIATION, tier="core", official_name="Union of Cities")
    return client


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_item_of_the_page_today_is_found_here(portal, language):
    pages: dict[str, str] = {}
    missing = []
    for item in ITEMS:
        address = f"/{language}/{item.address}"
        if address not in pages:
            answer = portal.get(address)
            assert answer.status_code == 200, address
            pages[address] = answer.text
        words = item.words[LANGUAGES.index(language)] if item.words else ""
        if not (item.found(pages[address]) and words.casefold() in pages[address].casefold()):
            missing.append((item.today, address, words))
    assert missing == []


def test_what_is_not_there_is_missed(portal):
    page = portal.get("/en/about/").text
    assert not points("principles", 9)(page)
    assert not has("a ninth principle")(page)
