"""The open interface as one: its description, its limits, how an answer is handed over."""

import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from alliance.content.views.api import (
    appeals,
    changes,
    deliveries,
    documents,
    listings,
    members,
    places,
    statistics,
    twinnings,
)
from alliance.core.files import LICENCES
from alliance.core.links import absolute
from alliance.core.microcache import etag
from alliance.core.problems import CONTENT_TYPE, METHODS, open_to_readers, problem
from alliance.core.throttle import allow, client_network

REQUESTS_PER_NETWORK, MINUTE = 120, 60
# As the IETF’s draft on rate limits writes it; the count of one network stays ours, since answers are shared.
POLICY = f'"network";q={REQUESTS_PER_NETWORK};w={MINUTE}'
ABOUT = """\
Read-only, without registration. Lists come in pages: follow `next` until it is null. Filters mean what they mean on the
pages of the portal, and what a page hides is not here either. Answers carry an ETag: send it back in If-None-Match and
what did not change is answered by 304. Each network may ask 120 times a minute; beyond that the answer is 429 with
Retry-After. Problems are application/problem+json (RFC 9457). Texts stand in each language that they exist in. Fields
may be added within version 1; none is taken away or changes its meaning."""


SECONDS = {"description": "How many seconds to wait.", "schema": {"type": "integer"}, "required": True}
TAG = {
    "description": "To be sent back in If-None-Match; there also in answers of 304.",
    "schema": {"type": "string"},
    "required": True,
}


class Renderer(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


class Interface(NinjaAPI):
    """Its description says what ninja does not know of: problems, 304, how often one may ask."""

    def get_openapi_schema(self, **asked: Any) -> Any:
        schema = super().get_openapi_schema(**asked)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "content" in response:
                        response["content"] = {CONTENT_TYPE: response["content"].pop("application/json")}
                operation["responses"][304] = {"description": "Not Modified"}
                for status in (429, 503):
                    operation["responses"][status]["headers"] = {"Retry-After": SECONDS}
                operation["responses"][200]["headers"] = {"ETag": TAG}
        # Ours write nothing else, but a reader must not stumble over a field that is added.
        for part in schema["components"]["schemas"].values():
            if part.get("additionalProperties") is False:
                del part["additionalProperties"]
        return schema


api = Interface(
    title="European Alliance of Cities and Regions for the Reconstruction of Ukraine: open data",
    version="1",
    description=ABOUT,
    docs_url=None,
    urls_namespace="api",
    renderer=Renderer(),
    servers=[{"url": settings.PUBLIC_URL}],
    openapi_extra={
        "info": {
            "license": {
                "name": settings.SITE_LICENCE,
                **({"url": LICENCES[settings.SITE_LICENCE]} if settings.SITE_LICENCE in LICENCES else {}),
            }
        }
    },
)
for part in (members, places, listings, appeals, twinnings, deliveries, documents, statistics, changes):
    api.add_router("", part.router)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [{"name": _name(each["loc"]), "detail": str(each["msg"])} for each in error.errors]
    return problem(422, errors=errors)


def _name(path: Sequence[str | int]) -> str:
    """Of the parameter, also where one of its several values is wrong."""
    return next((part for part in reversed(path) if isinstance(part, str)), "")


@api.exception_handler(Http404)
def missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404)


def open_to_all(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever reads: from any web site, so often a minute, in one language, and nothing twice."""

    @csrf_exempt
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return _preflight()
        if request.method not in ("GET", "HEAD"):
            return problem(405)
        if not allow("api", client_network(request), REQUESTS_PER_NETWORK, MINUTE):
            response = problem(429)
            response.headers["Retry-After"] = str(MINUTE)
            response.headers["RateLimit-Policy"] = POLICY
            return response
        method, request.method = request.method, "GET"  # ninja knows no HEAD
        try:
            with override("en"):
                response = view(request, *args, **kwargs)
        finally:
            request.method = method
        return _handed_over(request, response)

    return asked


def _preflight() -> HttpResponse:
    response = open_to_readers(HttpResponse(status=204))
    response.headers["Allow"] = METHODS
    response.headers["Access-Control-Allow-Methods"] = METHODS
    response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response


def _handed_over(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code != 200:
        return open_to_readers(response)
    response.headers["ETag"] = tag = etag(response.content)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    response.headers["RateLimit-Policy"] = POLICY
    links = [f'<{absolute(reverse("api:openapi-json"))}>; rel="service-desc"']
    if licence := LICENCES.get(settings.SITE_LICENCE):
        links.append(f'<{licence}>; rel="license"')
    if following := _next_of(response):
        links.append(f'<{following}>; rel="next"')
    response.headers["Link"] = ", ".join(links)
    return open_to_readers(get_conditional_response(request, etag=tag, response=response))


def _next_of(response: HttpResponse) -> str:
    found = json.loads(response.content)
    return found.get("next") or ""


def index(request: HttpRequest) -> HttpResponse:
    """What is here, for whoever begins at the front door."""
    lists = (
        "members",
        "places",
        "needs",
        "offers",
        "appeals",
        "twinnings",
        "deliveries",
        "documents",
        "statistics",
        "changes",
    )
    found = {
        "version": api.version,
        "description": absolute(reverse("api:openapi-json")),
        "lists": {name: absolute(reverse(f"api:{name}")) for name in lists},
    }
    return JsonResponse(found)


def urls() -> tuple[list[URLPattern], str]:
    """Ninja's addresses, each handed over as `open_to_all` says, and a front door of ours."""
    patterns, _app_name, namespace = api.urls
    views = {"api-root": index}
    return [
        URLPattern(
            each.pattern,
            open_to_all(views.get(each.name, each.callback)),
            {} if each.name in views else each.default_args,
            each.name,
        )
        for each in patterns
    ], namespace
