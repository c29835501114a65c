"""`MicroCache`: anonymous GETs of public pages are answered from this process's memory for a few seconds.

Only requests without a session or message cookie, only 200 answers that set no cookie (so never a page with
a form token) and do not forbid it. A committed write makes everything here old at once (core.freshness).
"""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers

from alliance.core import freshness

SECONDS = 5
LARGEST = 300_000  # bytes of one page
MOST = 400  # pages per process
PRIVATE_COOKIES = {settings.SESSION_COOKIE_NAME, "messages"}
# What makes two requests for one address differ.
TELLING_HEADERS = ("Host", "Accept-Language", "HX-Request", "HX-Target", "X-Forwarded-Proto")


class MicroCache:
    """The second middleware: everything below it is skipped for a page that is known and fresh."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.pages: OrderedDict[tuple, tuple[float, str, HttpResponse]] = OrderedDict()
        self.lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with freshness.asked_once():
            return self.answer(request)

    def answer(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not PRIVATE_COOKIES.isdisjoint(request.COOKIES):
            return self.get_response(request)
        key = (
            request.method,
            request.get_full_path(),
            *(request.headers.get(name) for name in TELLING_HEADERS),
        )
        version = freshness.version()
        response = self.known(key, version)
        if response is None:
            response = self.get_response(request)
            if not may_keep(response):
                return response
            # Nothing in the answer depends on cookies: the request had none that matter.
            response.headers.setdefault("ETag", etag(response.content))
            response.headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
            patch_vary_headers(response, ["HX-Request"])
            self.keep(key, version, response)
        return as_asked(request, response)

    def known(self, key: tuple, version: str) -> HttpResponse | None:
        with self.lock:
            until, its_version, response = self.pages.get(key, (0, "", None))
        return response if until > time.monotonic() and its_version == version else None

    def keep(self, key: tuple, version: str, response: HttpResponse) -> None:
        with self.lock:
            self.pages[key] = (time.monotonic() + SECONDS, version, response)
            self.pages.move_to_end(key)
            while len(self.pages) > MOST:
                self.pages.popitem(last=False)


def may_keep(response: HttpResponse) -> bool:
    """Whether an answer is the same for every anonymous visitor."""
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and len(response.content) <= LARGEST
        and not {"no-store", "private", "no-cache"}
        & set(response.get("Cache-Control", "").replace(" ", "").split(","))
    )


def etag(content: bytes) -> str:
    return f'W/"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


def as_asked(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A copy for this request: 304 when the visitor has this very page."""
    tags = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    if response.headers["ETag"] in tags:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(response.content, status=response.status_code)
    for name, value in response.items():
        if not isinstance(answer, HttpResponseNotModified) or name != "Content-Type":
            answer.headers[name] = value
    return answer
