"""“Is it still you?” before much happens at once: a bulk decision, a file of personal data. `DeskSite` asks it.

Whoever finds an open session of the desk has hours; whoever must show a password, a code or a key has not.
"""

import time

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import stash_and_reauthenticate
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from alliance.core.kept import kept
from alliance.users.decorators import login_expired

STEP_UP_MINUTES = 15
# What allauth calls once the person has shown who they are.
SEND_AGAIN = "alliance.users.views.send_again"


def has_proved(request: HttpRequest) -> bool:
    """Whether the person gave a password, a code or a key within `STEP_UP_MINUTES`, at the login or later."""
    since = time.time() - STEP_UP_MINUTES * 60
    return any(record["at"] > since for record in get_authentication_records(request, request.user))


def ask(request: HttpRequest, what: str) -> HttpResponse:
    """The way round by the question who it is; the form of the request, about ``what``, is kept meanwhile."""
    if not get_adapter(request).get_reauthentication_methods(request.user):
        return _sign_in_again(request)
    form = kept(request) if request.method == "POST" else None
    state = {"path": request.get_full_path(), "what": what, "fields": form.fields if form else []}
    return stash_and_reauthenticate(request, state, SEND_AGAIN)


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    """Neither password nor second factor (a local run may lack both): a whole login is all that is left."""
    path = request.get_full_path()
    logout(request)
    return login_expired(request) if request.method == "POST" else redirect_to_login(path)
