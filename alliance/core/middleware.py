"""The outermost layer, which refuses what is malformed, and the headers that Django does not set."""

from collections.abc import Callable
from email.message import Message
from http import HTTPStatus

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from alliance.core import errors

GetResponse = Callable[[HttpRequest], HttpResponse]

METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
LONGEST_ADDRESS = 8_000
# Uploads: two files of the size that core.uploads allows, and the form around them.
LARGEST_UPLOAD = 25_000_000
READABLE_CHARSETS = {"", "utf-8", "utf8", "us-ascii"}


class Guard:
    """Refuses requests that Django itself would stumble over, before anything reads them.

    A charset other than UTF-8, for one, raises inside Django's own error handlers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # A refusal never reaches the middlewares that set headers, so they are put around it.
        self.refuse: GetResponse = refusal
        for layer in (XFrameOptionsMiddleware, SecurityHeaders, CSPMiddleware, SecurityMiddleware):
            self.refuse = layer(self.refuse)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            return self.refused(request, errors.not_allowed)
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return self.refused(request, errors.bad_request)
        if len(request.get_full_path()) > LONGEST_ADDRESS:
            return self.refused(request, errors.bad_request)
        if charset(request) not in READABLE_CHARSETS:
            return self.refused(request, errors.bad_request)
        if too_large(request):
            return self.refused(request, errors.too_large)
        return self.get_response(request)

    def refused(self, request: HttpRequest, page: GetResponse) -> HttpResponse:
        request.refused_with = page
        return self.refuse(request)


def refusal(request: HttpRequest) -> HttpResponse:
    """Answer with an error page without ever reading the request's content."""
    request.META["CONTENT_TYPE"] = ""
    request.encoding = "utf-8"
    return request.refused_with(request)


def charset(request: HttpRequest) -> str:
    """The charset that the request claims for its content, in lower case."""
    header = Message()
    header["Content-Type"] = request.META.get("CONTENT_TYPE") or "text/plain"
    claimed = header.get_param("charset", "")
    return claimed.strip().lower() if isinstance(claimed, str) else "odd"


def too_large(request: HttpRequest) -> bool:
    """Whether the content is longer than its kind may be; an absent length is limited while reading."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return True
    if not request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
        return length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    # Only somebody with a session may send more, and only there: the page asks who it is.
    larger = (most for path, most in settings.LARGE_UPLOADS.items() if request.path_info.startswith(path))
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return length > (next(larger, LARGEST_UPLOAD) if has_session else LARGEST_UPLOAD)


class SecurityHeaders:
    """Headers that Django and django-csp do not set themselves."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()"
        )
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:  # also a form that came back at its limit
            response.headers.setdefault("Retry-After", str(errors.SHORTEST_PAUSE))
        return response
