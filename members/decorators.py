"""Preconditions of the membership's pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from alliance.users.decorators import login_kept_form

View = Callable[..., HttpResponse]


def private_page(view: View) -> View:
    """An address that carries a right: never stored, never indexed."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


def member_page(may: Callable[[Any, Any], bool]) -> Callable[[View], View]:
    """A page of the member that the person acts for; 404 for whoever ``may`` (of permissions) refuses."""

    def decorate(view: View) -> View:
        @private_page
        @login_kept_form
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.member or not may(request.user, request.member):
                raise Http404
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
