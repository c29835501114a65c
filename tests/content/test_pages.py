"""Pages that editors write: what a fresh portal has in three languages, what readers see of what editors publish."""

import re

import pytest
from django.urls import resolve, reverse
from django.utils import translation

from alliance.content.actions.publishing import publish, save_texts, withdraw
from alliance.content.actions.seeding import seed_pages
from alliance.content.models import Page, Revision, TranslationGap
from alliance.content.page_files import PAGES, seed_data
from alliance.content.points import action_of, anchors_of, points_of
from alliance.content.shown_pages import shown_page
from alliance.core import freshness
from alliance.core.languages import LANGUAGES
from members.models import Member
from members.principles import PRINCIPLES
from tests.factories import make_member, make_page, make_user

LAST = {"en": "Last updated", "pl": "Ostatnia aktualizacja", "uk": "Востаннє оновлено"}
LINK = re.compile(r"\]\((/[^)#?\s]*)")


def section(data: dict, anchor: str) -> dict:
    return next(part for part in data["sections"] if part["anchor"] == anchor)


# --- the files of words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", PAGES)
def test_every_page_of_a_fresh_portal_is_whole_in_three_languages(slug):
    data = seed_data(slug)
    for part in [data, *data["sections"]]:
        for name, texts in part["texts"].items():
            assert set(texts) in ({*LANGUAGES}, set()), (slug, part.get("anchor"), name)
    for part in data["sections"]:
        texts = part["texts"]["text"]
        assert len({len(points_of(text, "x").points) for text in texts.values()}) == 1, part["anchor"]
        assert len({tuple(anchors_of(text)) for text in texts.values()}) == 1, part["anchor"]


@pytest.mark.parametrize("slug", PAGES)
def test_links_in_the_words_lead_to_pages_of_the_same_language(slug):
    for part in seed_data(slug)["sections"]:
        for language, text in part["texts"]["text"].items():
            for address in LINK.findall(text):
                assert address.startswith(f"/{language}/")
                with translation.override(language):
                    assert resolve(address)


def test_the_principles_are_those_that_members_declare():
    texts = section(seed_data("about"), "principles")["texts"]["text"]
    for language, text in texts.items():
        with translation.override(language):
            points = points_of(text, "principles").points
            assert [point.anchor for point in points] == [principle.anchor for principle in PRINCIPLES]
            for point, principle in zip(points, PRINCIPLES, strict=True):
                assert point.html == f"<p><strong>{principle.title}.</strong> {principle.text}</p>\n"


def test_four_aims_eight_principles_six_calls():
    data = seed_data("about")
    counts = {
        part["anchor"]: len(points_of(part["texts"]["text"]["en"], "x").points)
        for part in data["sections"]
        if part["kind"] == "items"
    }
    assert counts == {"role": 4, "principles": 8, "actions": 6}


def test_points_and_the_one_thing_to_do():
    found = points_of("Before.\n\n1. One. {#first}\n2) *Two*\n- Three\n\nAfter.", "aims")
    assert (found.before, found.after) == ("<p>Before.</p>\n", "<p>After.</p>\n")
    assert [(point.anchor, point.html.strip()) for point in found.points] == [
        ("first", "<p>One.</p>"),
        ("aims-2", "<p><em>Two</em></p>"),
        ("aims-3", "<p>Three</p>"),
    ]
    action = action_of("Come. [Join](/en/joining/) Soon.")
    assert (action.label, action.href) == ("Join", "/en/joining/")
    assert "Join" not in action.html
    assert action_of("[x](javascript:alert)").href == ""


def test_a_short_page_has_no_list_of_its_headings():
    data = seed_data("about")
    assert [part.anchor for part in shown_page("about", data).contents][:3] == [
        "beginning",
        "role",
        "principles",
    ]
    assert shown_page("x", data | {"sections": data["sections"][:2]}).contents == []


# --- what the law asks the pages to say --------------------------------------------------------------------

# Section → what it must name, in any language.
ACCESSIBILITY = {  # the model statement of Implementing Decision (EU) 2018/1523
    "scope": ("2018/1523",),
    "status": ("WCAG", "2.2", "AA", "EN 301 549"),
    "exceptions": (),
    "preparation": (),
    "feedback": ("/contact/",),
    "enforcement": ("https://www.ombudsman.europa.eu/",),
}
PRIVACY = {  # Article 15 of Regulation (EU) 2018/1725
    "controller": ("2018/1725", "/contact/?topic=data"),
    "purposes": (),
    "grounds": ("2018/1725", "5"),
    "recipients": (),
    "retention": ("30", "365"),
    "cookies": (),
    "rights": ("/contact/?topic=data", "/my/data/"),
    "complaints": ("https://www.edps.europa.eu/",),
}
# What is kept of people who have no account, and whom a film that lies elsewhere tells of them.
TOLD = {
    "en": ("newsletter", "confirm a delivery", "start a film", "GDPR"),
    "pl": ("newslettera", "potwierdzaniu dostawy", "uruchomieniu filmu", "RODO"),
    "uk": ("розсилк", "підтверджуєте доставку", "запустите фільм", "GDPR"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("slug", "expected"), [("accessibility", ACCESSIBILITY), ("privacy", PRIVACY)])
def test_legal_pages_have_the_parts_that_the_law_asks_for(slug, expected, language):
    parts = {part["anchor"]: part["texts"]["text"][language] for part in seed_data(slug)["sections"]}
    assert set(parts) == set(expected)
    for anchor, words in expected.items():
        assert parts[anchor], anchor
        assert [word for word in words if word not in parts[anchor]] == [], anchor


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_privacy_page_tells_of_all_that_is_kept(language):
    data = seed_data("privacy")
    text = " ".join(part["texts"]["text"][language] for part in data["sections"])
    assert [words for words in TOLD[language] if words not in text] == []
    # Nobody is promised that nothing ever goes elsewhere: a film may, after a click that says so.
    film = {"en": "unless you start a film", "pl": "uruchomiony film", "uk": "запустите фільм"}
    assert film[language] in " ".join(texts[language] for texts in data["texts"].values() if texts)


@pytest.mark.django_db
def test_a_reader_gets_no_cookie_and_so_is_asked_for_no_consent(client):
    for address in ("", "about/", "news/", "needs/", "members/", "documents/", "search/?q=a", "evidence/"):
        answer = client.get(f"/pl/{address}")
        assert answer.status_code == 200, address
        assert not answer.cookies, address
    # A form has one, against forgery, and nothing else.
    assert set(client.get("/pl/contact/").cookies) <= {"csrftoken"}


# --- for readers -------------------------------------------------------------------------------------------


def address(name: str, language: str = "en", **kwargs) -> str:
    with translation.override(language):
        return reverse(name, kwargs=kwargs or None)


@pytest.mark.django_db
@pytest.mark.parametrize("is_seeded", [True, False])
def test_every_page_is_there_before_and_after_it_is_stored(client, is_seeded):
    if is_seeded:
        seed_pages()
    for slug, (kind, _parent) in PAGES.items():
        for language in LANGUAGES:
            with translation.override(language):
                page = client.get(Page(slug=slug, kind=kind).get_absolute_url())
            assert page.status_code == 200
            assert seed_data(slug)["texts"]["title"][language] in page.text
            assert (LAST[language] in page.text) is is_seeded


@pytest.mark.django_db
def test_a_page_has_one_address(client):
    for wrong in ("/en/about/about/", "/en/legal/about/", "/en/about/joining/"):
        assert client.get(wrong).status_code == 301
    assert client.get("/en/about/legal-notice/")["Location"] == "/en/legal/legal-notice/"
    assert client.get("/en/about/nothing/").status_code == 404


@pytest.mark.django_db
def test_readers_see_what_was_published_and_a_mark_where_it_is_not_in_their_language(client):
    parent = make_page(title_en="Campaigns", slug="campaigns", kind="about", is_published=True)
    page = make_page(
        {"anchor": "why", "title_en": "Why", "text_en": "Because **winter** <b>comes</b>."},
        slug="winter",
        kind="about",
        parent=parent,
        title_en="Winter",
        title_pl="Zima",
    )
    assert client.get("/en/about/winter/").status_code == 404
    publish(page, by=make_user())
    shown = client.get("/en/about/winter/").text
    assert "Because <strong>winter</strong> &lt;b&gt;comes&lt;/b&gt;." in shown
    assert '<a href="/en/about/campaigns/">Campaigns</a>' in shown
    assert '<a href="/en/about/winter/">Winter</a>' in client.get("/en/about/campaigns/").text
    polish = client.get("/pl/about/winter/").text
    assert "<h1>Zima</h1>" in polish
    assert '<h2 id="why" lang="en">' in polish
    page.title_en = "Summer"
    save_texts(page, by=make_user())
    freshness.touch()
    assert "Summer" not in client.get("/en/about/winter/").text
    withdraw(page, by=make_user())
    freshness.touch()
    assert client.get("/en/about/winter/").status_code == 404


@pytest.mark.django_db
def test_the_page_of_partners_counts_each_class(client):
    core = make_member(kind=Member.Kind.ASSOCIATION, tier="core", official_name="Association One", name_en="")
    for _ in range(13):
        make_member()
    make_member(tier="core", status=Member.Status.LEFT)
    page = client.get("/en/about/partners/").text
    assert f'<a href="/en/members/{core.slug}/">Association One</a>' in page
    assert '<a href="/en/members/?tier=core">1 member</a>' in page
    assert '<a href="/en/members/?tier=associated">13 members</a>' in page
    assert "Municipality" not in page
    assert "Nobody yet." in page


@pytest.mark.django_db
def test_a_page_costs_the_same_with_one_section_and_with_three(client, django_assert_num_queries):
    for count in (1, 3):
        make_page(*[{}] * count, slug=f"page-of-{count}", kind="about", is_published=True)
        with django_assert_num_queries(2):
            client.get(f"/en/about/page-of-{count}/")


# --- seeding -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_seeding_twice_writes_once_and_leaves_no_translation_to_do():
    assert seed_pages() == len(PAGES)
    assert seed_pages() == 0
    assert (Revision.objects.count(), TranslationGap.objects.count()) == (len(PAGES), 0)
    assert set(Page.objects.filter(is_fixed=True).values_list("slug", flat=True)) == set(PAGES)
    assert Page.objects.get(slug="partners").parent.slug == "about"


@pytest.mark.django_db
@pytest.mark.parametrize("deed", ["edits", "publishes"])
def test_seeding_never_overwrites_what_an_editor_wrote(monkeypatch, deed):
    seed_pages()
    page = Page.objects.get(slug="about")
    page.title_en = "Our words"
    save_texts(page, by=make_user())
    if deed == "publishes":
        publish(page, by=make_user())
    newer = seed_data("about") | {"texts": {"title": dict.fromkeys(LANGUAGES, "Newer")}}
    monkeypatch.setattr("alliance.content.actions.seeding.seed_data", lambda slug: newer)
    monkeypatch.setattr("alliance.content.actions.seeding.PAGES", {"about": ("about", "")})
    assert seed_pages() == 0
    assert Page.objects.get(slug="about").title_en == "Our words"


@pytest.mark.django_db
def test_newer_words_reach_a_page_that_nobody_edited(monkeypatch):
    seed_pages()
    data = seed_data("about")
    newer = data | {"texts": {"title": dict.fromkeys(LANGUAGES, "Newer")}, "sections": data["sections"][1:]}
    monkeypatch.setattr("alliance.content.actions.seeding.seed_data", lambda slug: newer)
    monkeypatch.setattr("alliance.content.actions.seeding.PAGES", {"about": ("about", "")})
    assert seed_pages() == 1
    page = Page.objects.get(slug="about")
    assert page.current.data["texts"]["title"]["pl"] == "Newer"
    assert page.sections.first().anchor == "role"


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_member_leads_to_each_principle(client, language):
    member = make_member()
    page = client.get(f"/{language}/members/{member.slug}/").text
    for principle in PRINCIPLES:
        assert f'href="/{language}/about/#{principle.anchor}"' in page
