"""Error pages in the visitor's language. Called by urls (handlers), the first middleware and views that refuse.
Programs get a problem that they can read (`core.problems`).

All but 403 and 404 render without request, session and database: they must work when these do not.
"""

import logging
import math
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.core.context import house
from alliance.core.kept import has_secret, kept
from alliance.core.languages import DEFAULT_LANGUAGE, NATIVE_NAMES, as_ours
from alliance.core.problems import is_for_programs, problem

log = logging.getLogger(__name__)

METHODS = "GET, HEAD, POST, OPTIONS"
DATABASE_BACK_IN = 10
# Where a limit does not say how long its pause is; the cache, too, is looked for again within that time.
SHORTEST_PAUSE = 60
# A longer pause is not counted in minutes.
LONGEST_COUNTED_PAUSE = 3600
# What is left when even a template fails: words in three languages and nothing that could break.
LAST_RESORT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Error</title>
<h1>Something went wrong on our side</h1><p>Please try again in a few minutes.</p>
<p lang="pl">Coś poszło nie tak po naszej stronie. Prosimy spróbować za kilka minut.</p>
<p lang="uk">Щось пішло не так на нашому боці. Спробуйте, будь ласка, за кілька хвилин.</p></html>"""


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _light(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _whole(request, "403.html", 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A login in another tab makes the tokens of open pages old. What such a page sent is kept, with a new token.

    Only what the browser says came from a page of ours: nobody else puts words into a form with a valid token.
    """
    if request.method != "POST" or not _is_from_our_page(request) or has_secret(request):
        return _light(request, 403, template="403_csrf.html")
    return _light(request, 403, template="403_csrf.html", kept=kept(request), token=get_token(request))


def _is_from_our_page(request: HttpRequest) -> bool:
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _whole(request, "404.html", 404)


def not_allowed(request: HttpRequest) -> HttpResponse:
    response = _light(request, 405)
    response.headers.setdefault("Allow", METHODS)
    return response


def too_large(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _light(request, 413)


def too_many(
    request: HttpRequest, exception: Exception | None = None, seconds: float | None = None
) -> HttpResponse:
    """``seconds``: how long the pause still lasts, where the limit knows it."""
    response = _light(request, 429, minutes=math.ceil(seconds / 60) if seconds else None)
    response["Retry-After"] = str(math.ceil(seconds or SHORTEST_PAUSE))
    return response


def pause_words(seconds: int) -> str:
    """The sentence of `too_many` for a form that is shown again, with all that was typed."""
    if seconds > LONGEST_COUNTED_PAUSE:
        return _(
            "To protect everyone we pause after many attempts in a short time. Please wait a little and try again."
        )
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "To protect everyone we pause after many attempts in a short time. Please try again in a minute.",
        "To protect everyone we pause after many attempts in a short time. Please try again in %(minutes)s minutes.",
        minutes,
    ) % {"minutes": minutes}


def server_error(request: HttpRequest) -> HttpResponse:
    """A database that is away is a 503, anything else a 500."""
    cause = sys.exc_info()[1]
    while cause is not None:
        if isinstance(cause, OperationalError | InterfaceError):
            return unavailable(request)
        cause = cause.__cause__
    return _light(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _light(request, 503)
    response["Retry-After"] = str(DATABASE_BACK_IN)
    return response


def login_closed(request: HttpRequest) -> HttpResponse:
    """Nobody counts the attempts at the moment, so there are none."""
    response = _light(request, 503, template="503_login.html")
    response["Retry-After"] = str(SHORTEST_PAUSE)
    return response


def visitor_language(request: HttpRequest) -> str:
    """What a middleware chose, at the desk the reader's own; where none has looked yet: the address, the cookie, the
    browser."""
    try:
        chosen = getattr(request, "LANGUAGE_CODE", "")
        return as_ours(chosen or translation.get_language_from_request(request, check_path=True))
    except (ValueError, KeyError, AttributeError):  # a malformed request, and its page must render
        return DEFAULT_LANGUAGE


def _whole(request: HttpRequest, template: str, status: int) -> HttpResponse:
    if is_for_programs(request):
        return problem(status)
    with translation.override(visitor_language(request)):
        return render(request, template, {"status": status}, status=status)


def _light(request: HttpRequest, status: int, template: str = "", **context: object) -> HttpResponse:
    if is_for_programs(request):
        return problem(status)
    language = visitor_language(request)
    with translation.override(language):
        try:
            site = {**house(), "languages": _homes(language)}
            content = render_to_string(
                template or f"{status}.html", {"site": site, "status": status, **context}
            )
        except Exception:  # an error page that fails must not hide behind a bare one
            log.exception("the page for %s does not render", status)
            content = LAST_RESORT
    return HttpResponse(
        content, status=status, headers={"Cache-Control": "no-store", "Content-Language": language}
    )


def _homes(current: str) -> list[dict]:
    """The home page in each language: an address that failed is not worth repeating."""
    links = []
    for code, name in NATIVE_NAMES.items():
        with translation.override(code):
            try:
                url = reverse("content:home")
            except NoReverseMatch:
                url = f"/{code}/"
        links.append({"code": code, "native_name": name, "url": url, "is_current": code == current})
    return links
