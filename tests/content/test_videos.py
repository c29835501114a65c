"""Videos for readers: no third party before the click that says so; our own in parts, with captions and transcript."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.content.actions.publications import withdraw
from alliance.content.models import VideoWords
from alliance.content.players import SERVICES, read_address
from alliance.core.freshness import touch
from tests.core.upload_samples import picture
from tests.factories import make_coordinator, make_video

pytestmark = pytest.mark.django_db
CAPTIONS = "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nДобрий день\n"


def address(name, *args, language="en"):
    with translation.override(language):
        return reverse(f"content:{name}", args=args)


def policy(response):
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize(
    ("source", "foreign_id"), [("youtube", "dQw4w9WgXcQ"), ("vimeo", "76979871"), ("eu", "I-123456")]
)
def test_a_foreign_player_comes_after_the_click_that_says_where_the_data_go(client, source, foreign_id):
    video, service = make_video(source=source, foreign_id=foreign_id), SERVICES[source]
    url = address("video_detail", video.slug)
    before = client.get(url)
    for words in (service.frame_host, str(service.operator), service.privacy_url, "network address"):
        assert words in before.text
    assert "<iframe" not in before.text
    assert not any(f'src="https://{part}' in before.text for part in ("www", "player", "audio"))
    assert "frame-src" not in policy(before)
    assert f'<form method="post" action="{url}#player">' in before.text
    # Without scripts and without a cookie: the same page, with the player and the right to load it.
    after = Client(enforce_csrf_checks=True).post(url)
    assert after.status_code == 200
    assert f'<iframe class="player" src="{service.frame_url(foreign_id)}"'.replace("&", "&amp;") in after.text
    assert policy(after)["frame-src"] == [f"https://{service.frame_host}"]
    assert after["Cache-Control"] == "no-store"
    assert after["Cross-Origin-Embedder-Policy"] == "unsafe-none"
    assert "frame-src" not in policy(client.get(url))


def test_the_click_is_no_link_that_could_be_followed_ahead_or_passed_on(client):
    text = client.get(address("video_detail", make_video().slug)).text
    assert "player=" not in text
    assert "prefetch" not in text


def own(**changes):
    video = make_video(bytes(range(256)) * 40, **changes)
    VideoWords.objects.create(
        video=video, language="uk", position=24, captions=CAPTIONS, transcript="Добрий **день**"
    )
    VideoWords.objects.create(video=video, language="en", position=7, transcript="Good *day*")
    return video


def test_our_own_plays_here_with_captions_and_transcripts(client):
    video = own(poster=ContentFile(picture("WEBP"), name="p.webp"), language="pl")
    response = client.get(address("video_detail", video.slug, language="uk"))
    text = response.text
    assert policy(response)["media-src"] == ["'self'"]
    assert "frame-src" not in policy(response)
    assert '<video class="player" controls preload="metadata"' in text
    track = address("video_captions", video.slug, "uk", language="uk")
    assert f'<track kind="subtitles" src="{track}" srclang="uk" label="українська" default>' in text
    assert "Добрий <strong>день</strong>" in text
    assert text.index("Добрий <strong>") < text.index("Good <em>day</em>")
    captions = client.get(track)
    assert (captions["Content-Type"], captions.text) == ("text/vtt; charset=utf-8", CAPTIONS)
    assert client.get(address("video_captions", video.slug, "en")).status_code == 404
    poster = client.get(address("video_poster", video.slug))
    assert poster["Content-Type"] == "image/webp"


def test_captions_in_the_language_of_the_sound_are_for_who_wants_them(client):
    text = client.get(address("video_detail", own(language="uk").slug, language="uk")).text
    assert '<track kind="captions"' in text
    assert "default>" not in text


def test_a_film_is_sent_in_parts(client):
    video = own()
    url, content = address("video_film", video.slug), bytes(range(256)) * 40
    whole = client.get(url)
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "video/webm", "bytes")
    for first, last in ((0, 1), (9000, 9999), (100, 299)):
        part = client.get(url, headers={"Range": f"bytes={first}-{last}", "If-Range": whole["ETag"]})
        assert (part.status_code, part.content) == (206, content[first : last + 1])
    assert client.get(url, headers={"Range": "bytes=99999-"}).status_code == 416
    assert client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"old"'}).content == content
    assert client.get(url)["Content-Disposition"].startswith("inline")
    assert client.get(f"{url}?save")["Content-Disposition"].startswith("attachment")
    assert client.get(address("video_film", make_video().slug)).status_code == 404


def test_withdrawn_says_so_and_a_draft_does_not_exist(client):
    video = own(title_en="Summit")
    client.get(address("video_detail", video.slug))
    withdraw(video, by=make_coordinator())
    touch()  # as the commit does
    gone = client.get(address("video_detail", video.slug))
    assert (gone.status_code, "Summit" in gone.text) == (410, True)
    assert client.post(address("video_detail", video.slug)).status_code == 410
    for url in (address("video_film", video.slug), address("video_captions", video.slug, "uk")):
        assert client.get(url).status_code == 404
    assert "Summit" not in client.get(address("video_list")).text
    draft = make_video(status="draft", published_at=None)
    assert client.get(address("video_detail", draft.slug)).status_code == 404


def test_the_list_is_filtered_by_the_language_of_sound_or_captions(client):
    make_video(title_en="Sound", language="uk")
    own(title_en="Captions", language="pl")
    make_video(title_en="Neither", language="fr")
    found = client.get(address("video_list") + "?language=uk")
    assert sorted(card["title"] for card in found.context["cards"]) == ["Captions", "Sound"]
    counts = {choice.value: choice.count for choice in found.context["facets"][0].choices}
    assert counts == {"fr": "1", "pl": "1", "uk": "2"}
    assert "2 min 5 s" in found.text


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_asks_the_same_however_long_it_is(client, django_assert_num_queries, rows):
    for _row in range(rows):
        video = own()
    with django_assert_num_queries(4):
        client.get(address("video_list"))
    with django_assert_num_queries(2):
        client.get(address("video_detail", video.slug))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", ("youtube", "dQw4w9WgXcQ")),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", ("youtube", "dQw4w9WgXcQ")),
        ("https://m.youtube.com/shorts/dQw4w9WgXcQ", ("youtube", "dQw4w9WgXcQ")),
        ("https://vimeo.com/76979871", ("vimeo", "76979871")),
        ("https://player.vimeo.com/video/76979871?h=1", ("vimeo", "76979871")),
        ("https://audiovisual.ec.europa.eu/en/video/I-123456", ("eu", "I-123456")),
        ("https://audiovisual.ec.europa.eu/embed/index.html?ref=I-123456", ("eu", "I-123456")),
        ("https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ", None),
        ("https://www.youtube.com/watch?v=%22onload=alert(1)", None),
        ("javascript:alert(1)//youtu.be/dQw4w9WgXcQ", None),
        ("https://vimeo.com/about", None),
        ("https://[", None),
        ("https://youtu.be/", None),
    ],
)
def test_addresses_as_people_copy_them(text, found):
    assert read_address(text) == found
