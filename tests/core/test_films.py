"""Films that are taken: by their content, with their length, without what the camera told."""

import io
import struct

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance.core import films
from alliance.core.films import clean_film
from tests.core.film_samples import box, mp4_film, webm_film


def upload(content, name="film.mp4"):
    return SimpleUploadedFile(name, content)


def refusal(content):
    with pytest.raises(ValidationError) as caught:
        clean_film(upload(content))
    return caught.value.code


def test_an_mp4_loses_what_the_camera_told_and_nothing_moves():
    content = mp4_film()
    cleaned = clean_film(upload(content, "GPS 50.45.mov"))
    kept = cleaned.file.read()
    assert (cleaned.content_type, cleaned.seconds, cleaned.size) == ("video/mp4", 90, len(content))
    assert b"Canary" in content
    assert b"Canary" not in kept
    assert len(kept) == len(content)
    assert kept.index(b"pictures") == content.index(b"pictures")
    assert cleaned.name.endswith(".mp4")
    assert "GPS" not in cleaned.name
    assert clean_film(upload(kept)).digest == cleaned.digest


def test_a_webm_loses_its_tags_and_keeps_its_pictures():
    content = webm_film(4, artist="Canary of Kyiv")
    cleaned = clean_film(upload(content, "a.webm"))
    kept = cleaned.file.read()
    assert (cleaned.content_type, cleaned.seconds, len(kept)) == ("video/webm", 2, len(content))
    assert b"Canary" in content
    assert b"Canary" not in kept
    segment = list(films.elements(io.BytesIO(kept), 0, len(kept)))[1]
    parts = [part.kind for part in films.elements(io.BytesIO(kept), segment.content, segment.end)]
    assert parts.count(films.CLUSTER) == 4
    assert films.VOID in parts
    assert films.TAGS not in parts


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ" + b"\0" * 80, "wrong_type"),
        (b"<html>" + mp4_film(), "wrong_type"),
        (mp4_film(brand=b"qt  "), "wrong_type"),
        (mp4_film() + b"PK\x03\x04 an archive behind it", "damaged"),
        (mp4_film()[:-4], "damaged"),
        (mp4_film().replace(b"mvhd", b"mvhx"), "damaged"),
        (box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov"), "damaged"),
        (mp4_film() + box(b"html"), "damaged"),
        (mp4_film().replace(struct.pack(">II", 1000, 90_000), struct.pack(">II", 0, 90_000)), "damaged"),
        (webm_film()[:-3], "damaged"),
        (webm_film().replace(b"webm", b"webn", 1), "wrong_type"),
        (webm_film()[:110], "damaged"),
    ],
)
def test_what_is_no_film_is_refused(content, code):
    assert refusal(content) == code


def test_too_large(monkeypatch):
    monkeypatch.setattr(films, "MAX_FILM_BYTES", 10)
    assert refusal(mp4_film()) == "too_large"
