"""Pictures for those who share a page: which pages have one, what it says, who may have it, and what it costs."""

import html
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from PIL import Image

from alliance.content.actions import publishing
from alliance.content.exports import share_pictures as exports
from alliance.content.share_pictures import Card
from alliance.content.views import share_pictures as views
from alliance.content.views.sitemap_sections import ROUTES
from alliance.core import freshness
from alliance.core.journal import SYSTEM
from partnerships.models import Appeal
from tests import factories as make

pytestmark = pytest.mark.django_db
HOST = "http://portal.example.org"
TITLE = 'Heat & "light" <now>'
TITLES = {f"title_{code}": TITLE for code in ("en", "pl", "uk")}


def shared(client, path):
    """What the head of a page says of its picture; the path of the picture too."""
    freshness.touch()
    answer = client.get(path)
    assert answer.status_code == 200
    found = dict(
        re.findall(r'<meta (?:property|name)="((?:og:image|twitter)[a-z:]*)" content="([^"]*)">', answer.text)
    )
    found["path"] = found["og:image"].removeprefix(HOST)
    return {name: html.unescape(value) for name, value in found.items()}


def picture(client, path):
    freshness.touch()
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    return Image.open(io.BytesIO(answer.content))


def rows():
    """A page of each kind, and how its row is hidden."""
    member, listing, twinning = make.make_member(), make.make_listing(**TITLES), make.make_twinning()
    news, event, page = (
        make.make_news(**TITLES),
        make.make_public_event(**TITLES),
        make.make_page(is_published=True),
    )
    document, video = make.make_document("en", **TITLES), make.make_video(**TITLES)
    issue, appeal = (
        make.make_issue(status="sent", sent_at=timezone.now(), **TITLES),
        make.make_appeal(**TITLES),
    )
    policy = make.make_policy_issue("accepted")
    return {
        reverse("members:member_detail", args=[member.slug]): (member, {"status": "on_hold"}),
        reverse("partnerships:listing_detail", args=[listing.slug]): (listing, {"audience": "members"}),
        reverse("partnerships:twinning_detail", args=[twinning.slug]): (twinning, {"public_since": None}),
        reverse("partnerships:appeal_detail", args=[appeal.slug]): (appeal, {"status": Appeal.Status.DRAFT}),
        reverse("content:document_detail", args=[document.slug]): (document, {"status": "draft"}),
        reverse("content:video_detail", args=[video.slug]): (video, {"status": "draft"}),
        reverse("content:newsletter_issue", args=[issue.number]): (
            issue,
            {"status": "draft", "sent_at": None},
        ),
        news.get_absolute_url(): (news, None),
        event.get_absolute_url(): (event, None),
        page.get_absolute_url(): (page, None),
        policy.get_absolute_url(): (policy, {"status": "raised", "accepted_at": None}),
    }


def test_each_kind_of_page_has_its_picture_until_it_is_hidden(client, monkeypatch):
    monkeypatch.setattr(views, "as_png", lambda card, language: b"drawn")
    told = set()
    for path, (row, hidden) in rows().items():
        head = shared(client, path)
        assert (head["og:image:width"], head["og:image:height"]) == ("1200", "630")
        assert head["twitter:card"] == "summary_large_image"
        assert head["og:image:alt"].endswith(" – Alliance of Cities and Regions for Ukraine")
        assert client.get(head["path"]).content == b"drawn", path
        with override("en"):
            told.add(views.card_of(path.removeprefix("/en/").strip("/")).kind)
        if hidden:
            type(row).objects.filter(pk=row.pk).update(**hidden)
        else:
            publishing.withdraw(row, by=SYSTEM)
        freshness.touch()
        assert client.get(head["path"]).status_code == 404, path
    assert {"News", "Event", "Offer", "Appeal", "Partnership", "Member", "Document", "Video"} <= told


def test_pages_that_are_no_rows_have_one_too(client, monkeypatch):
    monkeypatch.setattr(views, "as_png", lambda card, language: b"drawn")
    assert set(ROUTES) <= set(views.TITLES)
    for path in ("/en/", "/uk/evidence/", "/pl/needs/", "/en/about/", "/pl/legal/legal-notice/"):
        assert client.get(shared(client, path)["path"]).content == b"drawn", path
    others = shared(client, reverse("partnerships:appeal_pledges", args=[make.make_appeal().slug]))
    assert "icon-180" in others["og:image"]
    assert others["twitter:card"] == "summary"


def test_it_is_a_png_in_the_language_of_the_page(client):
    item = make.make_news(title_en="Light", title_pl="Światło", title_uk="Світло")
    drawn = {}
    for code in ("en", "pl", "uk"):
        with override(code):
            head = shared(client, item.get_absolute_url())
        assert head["path"].startswith(f"/{code}/picture/")
        drawn[code] = picture(client, head["path"])
        assert (drawn[code].size, drawn[code].format) == ((1200, 630), "PNG")
    assert len({image.tobytes() for image in drawn.values()}) == 3


def test_a_new_title_has_a_new_address_and_the_old_one_leads_there(client, monkeypatch):
    monkeypatch.setattr(views, "as_png", lambda card, language: card.title.encode())
    item = make.make_news(title_en="Before")
    old = shared(client, item.get_absolute_url())["path"]
    item.title_en = "After"
    publishing.save_texts(item, by=SYSTEM)
    publishing.publish(item, by=SYSTEM)
    new = shared(client, item.get_absolute_url())["path"]
    assert new != old
    assert client.get(new).content == b"After"
    assert client.get(old)["Location"] == new


def test_a_title_in_the_words_of_the_page(client, monkeypatch):
    monkeypatch.setattr(views, "as_png", lambda card, language: card.title.encode())
    item = make.make_news(title_en=TITLE)
    assert client.get(shared(client, item.get_absolute_url())["path"]).content.decode() == TITLE


def test_it_is_drawn_once_and_kept_by_those_who_ask(client, monkeypatch):
    calls = []
    monkeypatch.setattr(views, "as_png", lambda card, language: calls.append(card) or b"drawn")
    path = shared(client, "/uk/")["path"]
    answers = []
    for _ in range(2):
        freshness.touch()
        answers.append(client.get(path))
    assert len(calls) == 1
    first = answers[0]
    assert first["Cache-Control"] == "public, max-age=86400"
    assert first["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not first.cookies
    freshness.touch()
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_network_has_so_many_drawn_and_the_drawn_ones_anyhow(client, monkeypatch):
    monkeypatch.setattr(views, "as_png", lambda card, language: b"drawn")
    monkeypatch.setattr(views, "DRAWN_PER_NETWORK", 1)
    home, needs = (shared(client, path)["path"] for path in ("/en/", "/en/needs/"))
    assert client.get(home).status_code == 200
    assert client.get(needs).status_code == 429
    freshness.touch()
    assert client.get(home).status_code == 200


def test_a_picture_that_cannot_be_made_breaks_nothing(client, monkeypatch):
    def fail(card, language):
        raise RuntimeError

    monkeypatch.setattr(views, "as_png", fail)
    answer = client.get(shared(client, "/en/")["path"])
    assert (answer.status_code, answer["Cache-Control"]) == (302, "no-store")
    assert "icon-180" in answer["Location"]


def test_the_picture_that_an_editor_chose_goes_first(client):
    item = make.make_news(
        picture="news/a.png", picture_width=1400, picture_height=700, picture_alt_en="A bridge"
    )
    head = shared(client, item.get_absolute_url())
    assert head["path"] == f"{item.get_absolute_url()}picture/a.png"
    assert (head["og:image:width"], head["og:image:alt"]) == ("1400", "A bridge")


# --- The drawing -------------------------------------------------------------------------------------------


def drawn(title, kind="Kind", language="en"):
    return Image.open(io.BytesIO(exports.as_png(Card(title, kind), language))).convert("RGB")


def test_letters_of_all_three_languages_are_there():
    letters = "ґєїіщюąęłńśźżßřș"
    assert len({drawn(letter).tobytes() for letter in letters}) == len(letters)


def test_the_same_card_is_the_same_picture():
    assert exports.as_png(Card("Світло"), "uk") == exports.as_png(Card("Світло"), "uk")
    assert exports.as_png(Card("#eval(1) *b*"), "uk") != exports.as_png(Card("1 b"), "uk")


LONG = {
    "no spaces": "W" * 60,
    "German": "Grundstücksverkehrsgenehmigungszuständigkeitsübertragungsverordnung tritt in Kraft",
    "too long": "Ґрунтовна відбудова лікарень і шкіл області, щоб пройти зиму без вимкнень " * 8,
    "a file": "x" * 900,
}


def test_extreme_titles_stay_inside():
    for name, title in LONG.items():
        image = drawn(title)
        for box in ((0, 20, 60, 500), (1140, 20, 1200, 500)):
            colours = image.crop(box).getcolors()
            assert len(colours) == 1, name
        assert len(image.crop((72, 150, 1128, 500)).getcolors(100_000)) > 20, f"{name}: nothing is written"
        # Between the title and the band nothing.
        assert len(image.crop((0, 490, 1200, 508)).getcolors()) == 1, name


def test_what_no_line_holds_ends_in_an_ellipsis():
    words = "Відбудова лікарень і шкіл області " * 30
    assert drawn(words).tobytes() == drawn(words + "та інше").tobytes()
    assert drawn(words).tobytes() != drawn(words[:120]).tobytes()
