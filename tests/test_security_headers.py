"""What every answer says to a browser: pages, errors, files, static files; under https the cookies and HSTS, too."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.core.middleware import LONGEST_ADDRESS
from tests.factories import PASSWORD, make_coordinator, make_listing, make_member, make_user
from tests.users.codes import activate_totp

pytestmark = pytest.mark.django_db
HOST = "portal.example.org"


@pytest.fixture
def https(settings):
    """The settings that a PUBLIC_URL with https: gives; static files need not be collected first."""
    settings.WHITENOISE_USE_FINDERS = True
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 63072000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True


def address(name, **kwargs):
    with translation.override("uk"):
        return reverse(name, kwargs=kwargs or None)


def score(headers, cookies, is_https=True):
    """Mozilla's HTTP Observatory, from its published table (mdn-http-observatory, scoring methodology).

    Starts at 100; what is missing costs, what is better than asked for is added when nothing is missing.
    """
    policy = {
        name: values
        for name, *values in (
            part.split() for part in headers["Content-Security-Policy"].split(";") if part.strip()
        )
    }
    script = policy.get("script-src", policy.get("default-src", []))
    style = policy.get("style-src", policy.get("default-src", []))
    loss = gain = 0
    unsafe = {"'unsafe-inline'", "'unsafe-eval'", "data:", "*", "https:", "http:"}
    if unsafe & set(script) or {"*", "https:"} & set(policy.get("object-src", policy.get("default-src", []))):
        loss += 20
    elif unsafe & set(style):
        gain += 0
    else:
        gain += 10 if policy.get("default-src") == ["'none'"] else 5
    gain += 5 if policy.get("frame-ancestors") == ["'none'"] else 0
    loss += 0 if "frame-ancestors" in policy or headers.get("X-Frame-Options") == "DENY" else 20
    loss += 0 if headers.get("X-Content-Type-Options") == "nosniff" else 5
    private = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
    gain += 5 if headers.get("Referrer-Policy") in private else 0
    gain += 10 if headers.get("Cross-Origin-Resource-Policy") in {"same-origin", "same-site"} else 0
    loss += 50 if headers.get("Access-Control-Allow-Origin") == "*" else 0
    seconds = re.search(r"max-age=(\d+)", headers.get("Strict-Transport-Security", ""))
    loss += 0 if seconds and int(seconds[1]) >= 15768000 else 20
    for name, cookie in cookies.items():
        loss += 0 if cookie["secure"] else (40 if "session" in name else 20)
        loss += 0 if cookie["httponly"] else (30 if "session" in name else 0)
    if cookies and all(c["secure"] and c["httponly"] and c["samesite"] for c in cookies.values()):
        gain += 5
    return 100 - loss + (gain if 100 - loss >= 90 else 0)


def desk():
    client = Client(SERVER_NAME=HOST)
    user = make_coordinator()
    activate_totp(user)
    client.force_login(user)
    return client


def visitor():
    return Client(SERVER_NAME=HOST)


def member():
    client = Client(SERVER_NAME=HOST)
    client.force_login(make_user())
    return client


PAGES = {
    "home": (visitor, lambda: address("content:home"), 200),
    "register": (visitor, lambda: address("members:member_list"), 200),
    "map": (visitor, lambda: address("members:member_map"), 200),
    "member": (visitor, lambda: address("members:member_detail", slug=make_member().slug), 200),
    "listing": (visitor, lambda: make_listing() and address("partnerships:listing_list"), 200),
    "contact": (visitor, lambda: address("content:contact"), 200),
    "join": (visitor, lambda: f"{address('members:join_start')}?place=none", 200),
    "login": (visitor, lambda: address("account_login"), 200),
    "signup": (visitor, lambda: address("account_signup"), 200),
    "own page": (member, lambda: address("content:dashboard"), 200),
    "second factor": (member, lambda: address("mfa_index"), 200),
    "desk": (desk, lambda: "/admin/", 200),
    "desk list": (desk, lambda: "/admin/members/member/", 200),
    "closed desk": (member, lambda: "/admin/login/", 403),
    "no such page": (visitor, lambda: "/uk/no-such-page/", 404),
    "no such file": (visitor, lambda: "/static/no-such-file.css", 404),
    "malformed": (visitor, lambda: "/uk/?q=%00", 400),
    "too long": (visitor, lambda: "/uk/?q=" + "x" * LONGEST_ADDRESS, 400),
    "export": (visitor, lambda: address("members:member_export", kind="csv"), 200),
    "static": (visitor, lambda: "/static/css/base.css", 200),
    "picture": (visitor, lambda: "/static/img/mark.svg", 200),
    "robots": (visitor, lambda: "/robots.txt", 200),
    "security": (visitor, lambda: "/.well-known/security.txt", 200),
}


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_the_headers_of_a_strict_site(https, page):
    make_client, path, status = PAGES[page]
    client = make_client()
    answer = client.get(path(), secure=True)
    answer.close()
    assert answer.status_code == status
    headers = answer.headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "base-uri 'none'" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert "Access-Control-Allow-Origin" not in headers
    assert not {"Server", "X-Powered-By"} & set(headers)
    assert score(headers, answer.cookies) >= 130


@pytest.mark.parametrize(("method", "status"), [("PUT", 405), ("TRACE", 405)])
def test_refused_methods_carry_them_too(https, method, status):
    answer = visitor().generic(method, "/uk/", secure=True)
    assert answer.status_code == status
    assert score(answer.headers, answer.cookies) >= 130


def test_a_limit_and_a_failure_carry_them_too(https, monkeypatch):
    client = Client(SERVER_NAME=HOST, raise_request_exception=False)
    for _ in range(31):
        limited = client.post(address("account_login"), {}, secure=True)
    assert limited.status_code == 429
    monkeypatch.setattr("alliance.content.views.pages.render", lambda *_a, **_k: 1 / 0)
    failed = client.get(address("content:about"), secure=True)
    assert failed.status_code == 500
    for answer in (limited, failed):
        assert score(answer.headers, answer.cookies) >= 130


def test_the_score_notices_what_is_wrong():
    good = visitor().get("/uk/", secure=True).headers
    strict = dict(good) | {"Strict-Transport-Security": "max-age=63072000"}
    assert score(strict, {}) >= 130
    policy = strict["Content-Security-Policy"]
    for change in (
        {"Strict-Transport-Security": ""},
        {"Content-Security-Policy": policy.replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")},
        {"X-Content-Type-Options": ""},
        {"Access-Control-Allow-Origin": "*"},
        {"Cross-Origin-Resource-Policy": ""},
    ):
        assert score(strict | change, {}) < 130


def test_cookies_are_for_this_site_over_https_and_not_for_scripts(https):
    client = visitor()
    user = make_user()
    client.get(address("account_login"), secure=True)
    client.post(address("account_login"), {"login": user.email, "password": PASSWORD}, secure=True)
    assert {"csrftoken", "sessionid"} <= set(client.cookies)
    for cookie in client.cookies.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"] in ("Lax", "Strict")
        assert not cookie["domain"]
        assert cookie["path"] == "/"


def test_http_leads_to_https(https):
    answer = visitor().get("/uk/about/?a=b")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://{HOST}/uk/about/?a=b")


def test_pages_of_a_person_are_stored_nowhere():
    for client, name in ((visitor(), "account_login"), (member(), "content:dashboard")):
        directives = client.get(address(name)).headers.get("Cache-Control", "")
        assert "no-store" in directives or "private" in directives


def test_another_host_name_is_refused(caplog):
    assert Client().get("/uk/", headers={"host": "evil.example.net"}).status_code == 400


def test_robots_keep_out_of_private_pages_and_find_the_public_ones(client):
    rules = re.findall(r"^Disallow: (\S+)$", client.get("/robots.txt").text, re.M)
    patterns = [re.compile(re.escape(rule).replace(r"\*", ".*")) for rule in rules]
    closed = lambda path: any(pattern.match(path) for pattern in patterns)  # noqa: E731
    private = [address("account_login"), address("content:dashboard"), "/admin/", "/mailbox/"]
    assert all(closed(path) for path in private)
    public = [address("content:home"), address("members:member_list"), address("content:joining")]
    assert not any(closed(path) for path in public)


def test_security_txt_says_whom_to_tell_and_until_when(client, settings):
    settings.INBOXES = {"default": "desk@example.org", "security": "holes@example.org"}
    cache.clear()
    answer = client.get("/.well-known/security.txt")
    assert answer.headers["Content-Type"].startswith("text/plain")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:holes@example.org"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)
    assert urlsplit(fields["Canonical"]).path == "/.well-known/security.txt"
