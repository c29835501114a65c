"""Captions: WebVTT as people export it is taken, written anew; what is none is refused by its line."""

import pytest
from django.core.exceptions import ValidationError

from alliance.core import captions
from alliance.core.captions import clean_captions

GOOD = """\ufeffWEBVTT - made by hand
Kind: captions

NOTE a remark of the
one who typed

STYLE
::cue { color: red }

1
00:01.000 --> 00:04.500 align:start onclick:x
<v Mayor>Good day & <i>welcome</i>
second line

00:00:05.000 --> 00:00:06.000
a < b <script>alert(1)</script>
"""


def test_what_players_know_stays_and_nothing_else():
    assert clean_captions(GOOD.replace("\n", "\r\n").encode()) == (
        "WEBVTT\n\n"
        "00:00:01.000 --> 00:00:04.500 align:start\n<v Mayor>Good day & <i>welcome</i>\nsecond line\n\n"
        "00:00:05.000 --> 00:00:06.000\na &lt; b &lt;script&gt;alert(1)&lt;/script&gt;\n"
    )
    again = clean_captions(clean_captions(GOOD.encode()).encode())
    assert again == clean_captions(GOOD.encode())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1\n00:00:01,000 --> 00:00:04,000\nSubRip", "WEBVTT"),
        ("WEBVTTX\n\n", "WEBVTT"),
        ("WEBVTT\n\nonly words", "Line 3"),
        ("WEBVTT\n\n00:00:01,000 --> 00:00:04,000\ncommas", "Line 3"),
        ("WEBVTT\n\n00:00:04.000 --> 00:00:01.000\nbackwards", "Line 3"),
        ("WEBVTT\n\n1\n00:00:71.000 --> 00:00:81.000\nno such second", "Line 4"),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nb\n\n00:01.000 --> 00:02.000\na", "Line 6"),
        ("WEBVTT\n\nNOTE nothing else", "no captions"),
    ],
)
def test_what_is_no_webvtt_is_refused_by_its_line(text, words):
    with pytest.raises(ValidationError) as caught:
        clean_captions(text.encode())
    assert words in caught.value.messages[0]


def test_other_alphabets_of_bytes_and_too_large_ones_are_refused(monkeypatch):
    for content in ("WEBVTT\n\nŻółć".encode("cp1250"), "WEBVTT".encode("utf-16")):
        with pytest.raises(ValidationError, match="UTF-8"):
            clean_captions(content)
    monkeypatch.setattr(captions, "MAX_CAPTION_BYTES", 10)
    with pytest.raises(ValidationError, match="1 MB"):
        clean_captions(GOOD.encode())
