"""Videos at the desk: an address that is pasted or a film that is sent, a poster, captions and transcripts."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alliance.content.models import Video, VideoWords
from alliance.core.models import JournalEntry
from tests.core.film_samples import webm_film
from tests.core.upload_samples import png
from tests.factories import make_coordinator, make_video

pytestmark = pytest.mark.django_db
ADD = reverse("admin:content_video_add")
VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nGood day"


@pytest.fixture
def desk(client, settings):
    settings.SECOND_FACTOR_REQUIRED = False
    client.user = make_coordinator(language="en")
    client.force_login(client.user)
    return client


def page(video, name="change", *more):
    return reverse(f"admin:content_video_{name}", args=[video.pk, *more])


def written(*words, stored=0, **changes):
    fields = {
        "language": "uk",
        "recorded_on": "2026-05-04",
        "original_language": "en",
        "title_en": "Cities with Ukraine",
        "words-TOTAL_FORMS": len(words),
        "words-INITIAL_FORMS": stored,
    } | changes
    for number, row in enumerate(words):
        fields |= {f"words-{number}-{name}": value for name, value in row.items()}
    return fields


def film(content=None, name="DCIM canary.webm"):
    return SimpleUploadedFile(name, content or webm_film(4, artist="Canary"))


def test_a_pasted_address_is_read(desk):
    data = written(address="https://youtu.be/dQw4w9WgXcQ?si=abc", length="1:02:03")
    assert desk.post(ADD, data).status_code == 302
    video = Video.objects.get()
    assert (video.source, video.foreign_id, video.seconds) == ("youtube", "dQw4w9WgXcQ", 3723)
    assert (video.slug, video.status, video.file.name) == ("cities-with-ukraine", "draft", "")


def test_a_film_is_stored_clean_with_its_length_and_poster(desk):
    words = {"language": "uk", "caption_file": SimpleUploadedFile("a.vtt", VTT), "transcript": "Good day"}
    poster = SimpleUploadedFile("p.png", png((1000, 1000)))
    assert desk.post(ADD, written(words, film=film(), poster_file=poster)).status_code == 302
    video = Video.objects.get()
    assert (video.source, video.content_type, video.seconds) == ("own", "video/webm", 2)
    assert b"Canary" not in video.file.read()
    assert "canary" not in video.file.name
    assert video.poster.name.endswith(".webp")
    row = video.words.get()
    assert row.captions.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:02.000")
    assert (row.transcript, row.position) == ("Good day", 24)
    assert desk.post(page(video, "verb", "publish"), {"published_at": ""}).status_code == 302
    video.refresh_from_db()
    assert video.is_public
    verbs = list(JournalEntry.objects.about(video).order_by("id").values_list("verb", flat=True))
    assert verbs == ["video.created", "video.words_written", "video.published"]


def test_another_film_takes_the_place_of_the_first_which_goes_from_the_disk(
    desk, django_capture_on_commit_callbacks
):
    desk.post(ADD, written(film=film()))
    video = Video.objects.get()
    storage, first = video.file.storage, video.file.name
    assert storage.exists(first)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(page(video), written(film=film(webm_film(6))))
    video.refresh_from_db()
    second = video.file.name
    assert (video.seconds, storage.exists(first), storage.exists(second)) == (3, False, True)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(page(video), written(address="https://vimeo.com/76979871", length="0:40"))
    video.refresh_from_db()
    assert (video.source, video.file.name, video.size, storage.exists(second)) == ("vimeo", "", 0, False)


def test_words_are_changed_and_captions_stay_when_no_file_is_sent(desk):
    video = make_video()
    row = VideoWords.objects.create(video=video, language="uk", captions="WEBVTT\n\n…", transcript="Old")
    stored = {"id": row.pk, "video": video.pk, "language": "uk", "transcript": "New"}
    address = "https://youtu.be/" + video.foreign_id
    assert (
        desk.post(page(video), written(stored, stored=1, address=address, length="2:05")).status_code == 302
    )
    row.refresh_from_db()
    assert (row.transcript, row.captions) == ("New", "WEBVTT\n\n…")
    desk.post(page(video), written(stored | {"DELETE": "on"}, stored=1, address=address, length="2:05"))
    assert not video.words.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Give the address of the film, or the film itself."),
        ({"address": "https://example.org/film"}, "This is no address of a film"),
        ({"address": "https://youtu.be/dQw4w9WgXcQ"}, "How long is it?"),
        ({"address": "https://youtu.be/dQw4w9WgXcQ", "length": "long"}, "Write minutes and seconds"),
        ({"address": "https://youtu.be/dQw4w9WgXcQ", "length": "1:00", "film": film()}, "not both"),
        ({"film": film(b"MZ program")}, "We can take films as MP4 and WebM"),
        ({"film": film(), "poster_file": film(b"<svg>", "p.png")}, "We can take PNG"),
        ({"film": film(), "language": "ru"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(desk, changes, words):
    response = desk.post(ADD, written(**changes))
    assert response.status_code == 422
    assert words in response.text
    assert not Video.objects.exists()


def test_captions_that_are_none_are_refused_by_their_line(desk):
    words = {"language": "uk", "caption_file": SimpleUploadedFile("a.srt", b"1\n00:00:01,000 --> ")}
    response = desk.post(ADD, written(words, film=film()))
    assert (response.status_code, "first line must be WEBVTT" in response.text) == (422, True)
    response = desk.post(ADD, written({"language": "uk", "transcript": ""}, film=film()))
    assert "Write the transcript or choose a file" in response.text
