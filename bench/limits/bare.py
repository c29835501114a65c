"""The limit of a page: a bare Django view of 30 kB, behind the same middleware, without database or template.

`application` is served by granian beside the portal; the view forbids the micro-cache to answer for it.
"""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.limits.bare_settings"

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"<!doctype html><title>bare</title>" + b"x" * (30_000 - 34)


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, headers={"Cache-Control": "no-store"})


urlpatterns = [path("", page)]
application = get_wsgi_application()
