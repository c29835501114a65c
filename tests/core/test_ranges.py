"""Parts of stored files: what is asked for, what is sent, and what nobody needs to be sent again."""

from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from django.test import RequestFactory

from alliance.core import ranges
from alliance.core.ranges import Part, Stored, answer, is_begun, wanted_part

CONTENT = bytes(range(100))
CHANGED = datetime(2026, 5, 4, 12, 30, 15, 500, tzinfo=UTC)
SAME_DAY, DAY_BEFORE = "Mon, 04 May 2026 12:30:15 GMT", "Sun, 03 May 2026 12:30:15 GMT"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-9", Part(0, 9)),
        ("bytes=90-", Part(90, 99)),
        ("bytes=90-500", Part(90, 99)),
        ("bytes=-10", Part(90, 99)),
        ("bytes=-500", Part(0, 99)),
        ("Bytes= 5-5", Part(5, 5)),
        ("bytes=0-1,50-60", Part(0, 1)),
        ("bytes=-", None),
        ("bytes=9-5", None),
        ("items=0-9", None),
        ("bytes=a-b", None),
        ("bytes=٣-٩", None),
    ],
)
def test_what_a_header_asks_for(header, part):
    assert wanted_part(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0", f"bytes={'9' * 5000}-"])
def test_what_lies_behind_the_end(header):
    with pytest.raises(ValueError):  # noqa: PT011  of whatever words
        wanted_part(header, 100)


def ask(method="get", is_inline=False, **headers):
    request = getattr(RequestFactory(), method)("/", headers=headers)
    stored = Stored(ContentFile(CONTENT), 100, "abc", CHANGED, "application/pdf", "zarządzenie “1”.pdf")
    response = answer(request, stored, is_inline=is_inline)
    response.request = request
    return response


def test_whole():
    response = ask()
    assert (response.status_code, response.content, response["Content-Length"]) == (200, CONTENT, "100")
    assert (response["ETag"], response["Last-Modified"]) == ('"abc"', SAME_DAY)
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Disposition"].startswith(
        'attachment; filename="zarz-dzenie-1-.pdf"; filename*=UTF-8'
    )
    assert "sandbox" in response["Content-Security-Policy"]
    assert is_begun(response.request, response)


def test_opened_in_the_browser_nothing_in_it_may_run():
    response = ask(is_inline=True)
    assert response["Content-Disposition"].startswith("inline;")
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_look_at_the_headers():
    response = ask("head")
    assert (response.status_code, response.content, response["Content-Length"]) == (200, b"", "100")
    assert not is_begun(response.request, response)


def test_several_seeks():
    for first, last in ((0, 9), (50, 59), (99, 99)):
        response = ask(Range=f"bytes={first}-{last}")
        assert (response.status_code, response.content) == (206, CONTENT[first : last + 1])
        assert response["Content-Range"] == f"bytes {first}-{last}/100"
        assert is_begun(response.request, response) == (first == 0)
    response = ask(Range="bytes=100-")
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")


def test_no_answer_is_larger_than_a_part(monkeypatch):
    monkeypatch.setattr(ranges, "LARGEST_PART", 30)
    response = ask(Range="bytes=10-")
    assert (response.content, response["Content-Range"]) == (CONTENT[10:40], "bytes 10-39/100")


def test_nobody_is_sent_what_they_have():
    for header in ({"If-None-Match": '"abc"'}, {"If-None-Match": 'W/"abc"'}, {"If-Modified-Since": SAME_DAY}):
        response = ask(**header)
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", '"abc"')
        assert not is_begun(response.request, response)
    for header in ({"If-None-Match": '"old"'}, {"If-Modified-Since": DAY_BEFORE}):
        assert ask(**header).status_code == 200
    assert ask(**{"If-Match": '"old"'}).status_code == 412


@pytest.mark.parametrize(
    ("condition", "status"),
    [('"abc"', 206), (SAME_DAY, 206), ('"old"', 200), ('W/"abc"', 200), (DAY_BEFORE, 200), ("words", 200)],
)
def test_parts_fit_only_the_file_they_are_of(condition, status):
    response = ask(**{"Range": "bytes=10-19", "If-Range": condition})
    assert response.status_code == status
    assert len(response.content) == (10 if status == 206 else 100)


@pytest.mark.django_db  # the end of a request looks at the connection
def test_a_whole_large_file_is_streamed_one_at_a_time(monkeypatch, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    monkeypatch.setattr(ranges, "LARGEST_WHOLE", 50)
    response = ask()
    assert response.streaming
    waiting = ask()
    assert (waiting.status_code, "Retry-After" in waiting) == (429, True)
    assert ask("head")["Content-Length"] == "100"
    assert ask(Range="bytes=0-")["Content-Range"] == "bytes 0-99/100"
    assert b"".join(response.streaming_content) == CONTENT
    response.close()
    assert ask().status_code == 200
