"""The addresses of the portal, and one by which a module of tests begins with a web server that remembers nothing."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import path

from alliance.core import freshness
from alliance.urls import *  # noqa: F403 - the handlers of errors, too
from alliance.urls import urlpatterns as portal
from partnerships.actions.suggestion_columns import MEMORY


def forget(request: HttpRequest) -> HttpResponse:
    cache.clear()
    MEMORY.forget()
    freshness.touch()
    return HttpResponse(status=204)


urlpatterns = [path("forget-everything/", forget), *portal]
