"""Preconditions of pages that need a login."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from alliance.core.kept import kept

View = Callable[..., HttpResponse]


def login_kept_form(view: View) -> View:
    """`login_required`, and a form that arrives after the login has expired is kept, ready to be sent again."""
    behind_login = login_required(view)

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            return login_expired(request)
        return behind_login(request, *args, **kwargs)

    return wrapped


@never_cache
def login_expired(request: HttpRequest) -> HttpResponse:
    """What a form carried, kept on a page that leads to the login and sends it again."""
    return render(request, "users/login_expired.html", {"kept": kept(request)}, status=403)
