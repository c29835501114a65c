"""What programs read where people get an error page: problem+json (RFC 9457), in English, readable from any web site.

`core.errors` answers so at every address of the open interface; its views refuse with the same.
"""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

ADDRESSES = "/api/"
CONTENT_TYPE = "application/problem+json"
METHODS = "GET, HEAD, OPTIONS"
# Read by anybody's script, with nothing of the visitor's: no cookie goes along and none is set.
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, RateLimit-Policy",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
DETAILS = {
    400: "The request could not be read.",
    404: "There is nothing at this address, or nobody may read it.",
    405: "Everything here can be read and nothing written: use GET, HEAD or OPTIONS.",
    413: "The request is too large.",
    422: "The query asks for something that does not exist here; see `errors`.",
    429: "Too many requests from your network. Please wait as many seconds as Retry-After says.",
    500: "Something went wrong on our side.",
    503: "The portal is away for a moment. Please try again when Retry-After is over.",
}


def is_for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith(ADDRESSES)


def problem(status: int, *, detail: str = "", **more: Any) -> HttpResponse:
    """An answer that says what is wrong; ``more`` are members of its own, such as ``errors``."""
    about = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail or DETAILS.get(status, ""),
        **more,
    }
    content = json.dumps(about, ensure_ascii=False)
    response = HttpResponse(content, status=status, content_type=CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = METHODS
    return open_to_readers(response)


def open_to_readers(response: HttpResponse) -> HttpResponse:
    for name, value in OPEN.items():
        response.headers[name] = value
    return response
