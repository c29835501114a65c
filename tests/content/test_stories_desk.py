"""News, events and the newsletter at the desk: an editor writes, looks, publishes and sends; nobody is overwritten."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from alliance.content.actions import publishing
from alliance.content.models import Event, NewsItem, NewsletterIssue
from alliance.core import freshness
from alliance.core.models import JournalEntry
from tests.desk import open_desk
from tests.factories import make_coordinator, make_issue, make_news, make_public_event, make_subscription

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    return open_desk(client, make_coordinator(has_second_factor=True))


def url(obj, page, *more):
    return reverse(f"admin:content_{obj._meta.model_name}_{page}", args=[obj.pk, *more])


def typed(response):
    """What the browser would send back without touching anything."""
    form = response.context["adminform"].form
    return {bound.html_name: "" if bound.value() in (None, False) else bound.value() for bound in form}


def png():
    content = io.BytesIO()
    Image.new("RGB", (640, 360), "navy").save(content, "PNG")
    return SimpleUploadedFile("bridge.png", content.getvalue(), "image/png")


def test_an_editor_writes_news_with_a_picture_looks_at_it_and_plans_it(desk):
    data = typed(desk.get(reverse("admin:content_newsitem_add")))
    data |= {"slug": "winter", "title_en": "Winter", "title_uk": "Зима", "text_en": "It is **cold**."}
    answer = desk.post(reverse("admin:content_newsitem_add"), data | {"upload": png()})
    item = NewsItem.objects.get()
    assert answer.status_code == 302
    assert (item.picture_width, item.picture_height) == (640, 360)
    preview = desk.get(url(item, "preview", "uk"))
    assert "Зима" in preview.text
    assert "no-store" in preview.headers["Cache-Control"]
    assert desk.get("/en/news/winter/").status_code == 404
    moment = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    desk.post(url(item, "verb", "publish"), {"at": moment, "note": "", "seen": item.version})
    item.refresh_from_db()
    assert item.planned_id is not None
    assert not item.is_public


def test_a_large_picture_is_kept_as_light_as_a_page_wants_it(desk):
    content = io.BytesIO()
    Image.new("RGBA", (2400, 1200), (10, 60, 150, 120)).save(content, "PNG")
    data = typed(desk.get(reverse("admin:content_newsitem_add"))) | {"slug": "winter", "title_en": "Winter"}
    picture = SimpleUploadedFile("flag.png", content.getvalue(), "image/png")
    desk.post(reverse("admin:content_newsitem_add"), data | {"upload": picture, "text_en": "Cold."})
    item = NewsItem.objects.get()
    assert (item.picture_width, item.picture_height) == (960, 480)
    with Image.open(default_storage.open(item.picture)) as kept:
        assert (kept.format, kept.size) == ("WEBP", (960, 480))


def test_a_picture_can_be_taken_away_and_nonsense_is_refused_at_its_field(desk):
    item = make_news(picture="news/x.png", picture_width=1, picture_height=1)
    data = typed(desk.get(url(item, "change")))
    wrong = desk.post(url(item, "change"), data | {"upload": SimpleUploadedFile("x.png", b"no picture")})
    assert wrong.status_code == 422
    assert "upload" in wrong.context["adminform"].form.errors
    desk.post(url(item, "change"), data | {"drops_picture": "on"})
    item.refresh_from_db()
    assert item.picture == ""


def test_the_second_of_two_editors_is_told_and_keeps_what_was_typed(desk):
    item = make_news()
    first = typed(desk.get(url(item, "change")))
    assert desk.post(url(item, "change"), first | {"title_en": "Mine"}).status_code == 302
    answer = desk.post(url(item, "change"), first | {"title_en": "Yours"})
    assert answer.status_code == 422
    assert "Yours" in answer.text
    item.refresh_from_db()
    assert item.title_en == "Mine"


@pytest.mark.parametrize("make", [make_news, make_public_event])
def test_an_earlier_version_of_news_and_of_an_event_comes_back(desk, make):
    item = make(title_en="Snow is falling", title_uk="Падає сніг")
    item.title_en, item.title_uk = "Snow has fallen", "Сніг випав"
    publishing.save_texts(item, by=desk.user)
    publishing.publish(item, by=desk.user)
    versions = url(item, "versions")
    shown = desk.get(f"{versions}?version=1").text
    assert "<del>falling</del><ins>fallen</ins>" in shown
    item.refresh_from_db()
    assert desk.post(versions, {"number": "1", "seen": item.version}).headers["Location"] == url(
        item, "change"
    )
    item.refresh_from_db()
    assert (item.title_en, item.title_uk) == ("Snow is falling", "Падає сніг")
    assert "Падає сніг" in desk.get(url(item, "preview", "uk")).text
    # Readers go on with what was published until this is.
    page = item.get_absolute_url()
    assert "Snow has fallen" in desk.get(page).text
    desk.post(url(item, "verb", "publish"), {"at": "", "note": "", "seen": item.version})
    freshness.touch()
    assert "Snow is falling" in desk.get(page).text


def test_times_of_an_event_are_those_of_its_place(desk):
    data = typed(desk.get(reverse("admin:content_event_add")))
    data |= {"slug": "kyiv", "title_en": "In Kyiv", "time_zone": "Europe/Kyiv"}
    data |= {"starts": "2027-07-01T10:00", "ends": "2027-07-01T12:30"}
    assert desk.post(reverse("admin:content_event_add"), data).status_code == 302
    event = Event.objects.get()
    assert event.starts_at == datetime(2027, 7, 1, 7, tzinfo=UTC)
    shown = typed(desk.get(url(event, "change")))
    assert str(shown["starts"]).replace(" ", "T").startswith("2027-07-01T10:00")


def test_an_event_that_ends_before_it_begins_is_refused_at_the_field(desk):
    data = typed(desk.get(reverse("admin:content_event_add")))
    data |= {"time_zone": "Europe/Kyiv"}
    data |= {"slug": "x", "title_en": "X", "starts": "2027-07-01T10:00", "ends": "2027-07-01T09:00"}
    answer = desk.post(reverse("admin:content_event_add"), data)
    assert answer.status_code == 422
    assert "ends" in answer.context["adminform"].form.errors
    assert not Event.objects.exists()


def test_an_event_is_called_off_and_takes_place_after_all(desk):
    event = make_public_event()
    desk.post(url(event, "verb", "call-off"))
    event.refresh_from_db()
    assert event.is_cancelled
    desk.post(url(event, "verb", "reinstate"))
    event.refresh_from_db()
    assert not event.is_cancelled
    assert JournalEntry.objects.filter(verb="event.reinstated", actor=desk.user).count() == 1


def test_an_issue_is_written_and_sent_once_and_then_only_read(desk):
    make_subscription()
    data = typed(desk.get(reverse("admin:content_newsletterissue_add")))
    assert data["number"] == 1
    for code in ("en", "pl", "uk"):
        data |= {f"title_{code}": f"Title {code}", f"text_{code}": f"Text {code}"}
    assert desk.post(reverse("admin:content_newsletterissue_add"), data).status_code == 302
    issue = NewsletterIssue.objects.get()
    assert "1" in desk.get(url(issue, "verb", "send")).text
    for _click in range(2):
        desk.post(url(issue, "verb", "send"))
    issue.refresh_from_db()
    assert issue.status == NewsletterIssue.Status.SENDING
    assert JournalEntry.objects.filter(verb="newsletterissue.sending").count() == 1
    assert not desk.get(url(issue, "change")).context["has_change_permission"]


def test_an_issue_that_lacks_a_language_is_not_sent(desk):
    issue = make_issue(text_uk="")
    answer = desk.post(url(issue, "verb", "send"), follow=True)
    assert "all three" in answer.text
    issue.refresh_from_db()
    assert issue.status == NewsletterIssue.Status.DRAFT


def test_the_list_of_issues_asks_the_same_for_one_and_many(desk, django_assert_max_num_queries):
    for _n in range(3):
        make_issue()
    page = reverse("admin:content_newsletterissue_changelist")
    desk.get(page)
    with django_assert_max_num_queries(9):
        assert desk.get(page).status_code == 200
