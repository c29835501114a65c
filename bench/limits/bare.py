"""A bare Django view of 30 kB without middleware, database or template: what a page costs at least on this server."""

from django.conf import settings

if not settings.configured:
    settings.configure(
        ROOT_URLCONF="bench.limits.bare", ALLOWED_HOSTS=["*"], MIDDLEWARE=[], SECRET_KEY=__name__
    )

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"<!doctype html><title>bare</title>" + b"x" * (30_000 - 34)


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


urlpatterns = [path("", page)]
application = get_wsgi_application()
