"""The outermost layers: malformed requests end in a page and a 4xx; anonymous pages are kept and never stale."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from alliance.core import freshness
from alliance.core.journal import SYSTEM, record
from alliance.core.microcache import MicroCache
from alliance.core.middleware import LARGEST_UPLOAD, Guard
from tests.factories import make_member, make_user


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "content_type", "status"),
    [
        ("GET", "/pl/contact/?q=%00", "", 400),
        ("GET", "/pl/%00", "", 400),
        ("GET", "/pl/?q=" + "x" * 9000, "", 400),
        ("POST", "/pl/contact/", "application/x-www-form-urlencoded; charset=utf-7", 400),
        ("POST", "/pl/contact/", "text/plain; charset=utf-16", 400),
        ("POST", "/pl/contact/", "application/x-www-form-urlencoded; charset=no-such", 400),
        ("PUT", "/pl/contact/", "application/json", 405),
        ("DELETE", "/pl/contact/", "", 405),
        ("TRACE", "/pl/contact/", "", 405),
    ],
)
def test_guard_refuses_what_is_malformed_with_a_page_in_the_visitors_language(
    method, path, content_type, status
):
    response = Client(raise_request_exception=True).generic(method, path, b"a=b", content_type=content_type)
    assert response.status_code == status
    assert '<html lang="pl"' in response.content.decode()


@pytest.mark.parametrize(
    ("content_type", "length", "status"),
    [
        ("application/x-www-form-urlencoded", 10_000_000, 413),
        ("application/json", 10_000_000, 413),
        ("multipart/form-data; boundary=x", LARGEST_UPLOAD + 1, 413),
        ("multipart/form-data; boundary=x", LARGEST_UPLOAD, 200),
        ("application/x-www-form-urlencoded", "nonsense", 413),
        ("application/x-www-form-urlencoded; charset=UTF-8", 10, 200),
    ],
)
def test_guard_refuses_what_is_too_large_before_reading_it(content_type, length, status):
    request = RequestFactory().post("/en/contact/", b"x", content_type=content_type)
    request.META["CONTENT_LENGTH"] = length
    assert Guard(lambda _request: HttpResponse("through"))(request).status_code == status


@pytest.mark.parametrize(
    ("path", "cookie", "length", "status"),
    [
        ("/admin/content/video/add/", "sessionid", 110_000_000, 200),
        ("/admin/content/video/add/", "sessionid", 110_000_001, 413),
        ("/admin/content/video/add/", "other", 110_000_000, 413),
        ("/pl/contact/", "sessionid", 110_000_000, 413),
    ],
)
def test_guard_lets_films_through_where_the_desk_sends_them(path, cookie, length, status):
    request = RequestFactory().post(path, b"x", content_type="multipart/form-data; boundary=x")
    request.META["CONTENT_LENGTH"] = length
    request.COOKIES[cookie] = "x"
    assert Guard(lambda _request: HttpResponse("through"))(request).status_code == status


class Counting:
    """A view that counts how often it was asked."""

    def __init__(self, **headers):
        self.asked, self.headers, self.cookie = 0, headers, False

    def __call__(self, request):
        self.asked += 1
        response = HttpResponse(f"page {self.asked}", headers=self.headers)
        if self.cookie:
            response.set_cookie("csrftoken", "x")
        return response


def ask(cache, path="/en/", cookies=None, **headers):
    request = RequestFactory(headers=headers).get(path)
    request.COOKIES.update(cookies or {})
    return cache(request)


def test_microcache_asks_once_for_anonymous_visitors():
    view = Counting()
    cache = MicroCache(view)
    assert [ask(cache).content for _ in range(3)] == [b"page 1"] * 3
    assert ask(cache, "/en/?page=2").content == b"page 2"
    assert view.asked == 2


def test_microcache_is_not_for_people_with_a_session_or_pages_that_set_cookies_or_forbid_it():
    view = Counting()
    cache = MicroCache(view)
    ask(cache, cookies={"sessionid": "x"})
    ask(cache, cookies={"messages": "x"})
    assert ask(cache).content == b"page 3"
    for never in (
        Counting(**{"Cache-Control": "private"}),
        Counting(**{"Cache-Control": "max-age=0, no-store"}),
    ):
        cache = MicroCache(never)
        ask(cache), ask(cache)
        assert never.asked == 2
    view = Counting()
    view.cookie = True
    cache = MicroCache(view)
    ask(cache), ask(cache)
    assert view.asked == 2


def test_microcache_keeps_fragments_and_pages_apart():
    cache = MicroCache(Counting())
    assert ask(cache).content == b"page 1"
    assert ask(cache, hx_request="true").content == b"page 2"


def test_microcache_answers_304_to_a_visitor_who_has_the_page():
    cache = MicroCache(Counting())
    etag = ask(cache).headers["ETag"]
    again = ask(cache, if_none_match=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag


def test_microcache_forgets_after_its_seconds():
    view = Counting()
    cache = MicroCache(view)
    ask(cache)
    cache.pages = type(cache.pages)({k: (0.0, v, r) for k, (_until, v, r) in cache.pages.items()})
    assert ask(cache).content == b"page 2"


@pytest.mark.django_db
def test_microcache_is_fresh_after_a_journalled_write(django_capture_on_commit_callbacks):
    cache = MicroCache(Counting())
    freshness.touch()
    assert ask(cache).content == b"page 1"
    with django_capture_on_commit_callbacks(execute=True):
        record("member.tested", make_member(), by=SYSTEM)
    assert ask(cache).content == b"page 2"


def test_one_request_asks_for_the_version_once_and_sees_its_own_write(monkeypatch):
    asked = []
    monkeypatch.setattr(freshness.cache, "get", lambda *_args: asked.append(1) or f"v{len(asked)}")
    with freshness.asked_once():
        assert [freshness.version(), freshness.version()] == ["v1", "v1"]
        freshness.touch()
        assert freshness.version() == "v2"
    assert [freshness.version(), freshness.version()] == ["v3", "v4"]


@pytest.mark.django_db
def test_pages_carry_the_headers_of_a_strict_site(client):
    headers = client.get("/en/about/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_the_pages_of_a_logged_in_person_are_never_kept(client):
    client.force_login(make_user())
    assert "ETag" not in client.get("/en/about/").headers
