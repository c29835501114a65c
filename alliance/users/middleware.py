"""What holds on account pages and in the admin besides what allauth and Django do: language, limits, statuses."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from auditlog.middleware import AuditlogMiddleware
from django.conf import settings
from django.contrib.auth import logout
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils import translation

from alliance.core import errors
from alliance.core.throttle import allow, client_network, is_counting
from alliance.users import sessions

GetResponse = Callable[[HttpRequest], HttpResponse]
HOUR = 3600
CONFIRMATIONS_PER_NETWORK = 60
# Pages where a secret can be guessed, or a code be mailed: closed while nobody counts the attempts.
DOORS = {
    "account_login",
    "account_request_login_code",
    "account_confirm_login_code",
    "account_reauthenticate",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
}
# The picture to scan is the one data: image of the portal, so its page alone may show one.
QR_PAGE = "mfa_activate_totp"
LIMIT_CODES = {"too_many_login_attempts", "rate_limited"}


class ReaderLanguage:
    """Activates the logged-in person's language in the admin, whose paths have no language prefix."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/") and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class StaffSession:
    """Ends a session of the desk that is idle or as old as a working day; who became a coordinator meanwhile gets
    clocks, too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            pass  # an untouched session keeps public pages cacheable
        elif sessions.has_ended(request):
            end(request)
        else:
            sessions.keep_awake(request)
            if request.path_info.startswith("/admin/") and request.user.is_staff:
                sessions.begin(request)
        return self.get_response(request)


class ActorOfChanges(AuditlogMiddleware):
    """The field history learns who changes things; a visitor who only reads, and is nobody, has nothing to tell it."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD") and settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        return super().__call__(request)


def end(request: HttpRequest) -> None:
    """Signed out; a page of the desk that says so still speaks the language of whoever worked there."""
    if request.path_info.startswith("/admin/") and request.user.is_authenticated:
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language()
    logout(request)


class AccountPages:
    """House rules for allauth's pages: no login without limits, no bad input with a 200."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        name = page_name(request)
        if name in DOORS and request.method == "POST" and not is_counting():
            return errors.login_closed(request)
        if name == "account_confirm_email" and not may_confirm(request):
            return errors.too_many(request, seconds=HOUR)
        return None

    def process_template_response(
        self, request: HttpRequest, response: SimpleTemplateResponse
    ) -> SimpleTemplateResponse:
        name = page_name(request)
        if name.startswith(("account_", "mfa_")) and response.status_code == HTTPStatus.OK:
            context = response.context_data or {}
            forms = [value for value in context.values() if isinstance(value, BaseForm)]
            response.status_code = status_of(forms)
        if name == QR_PAGE:
            response._csp_update = {"img-src": ["data:"]}
        return response


def may_confirm(request: HttpRequest) -> bool:
    return allow("confirm-email", client_network(request), CONFIRMATIONS_PER_NETWORK, HOUR)


def page_name(request: HttpRequest) -> str:
    return (request.resolver_match and request.resolver_match.url_name) or ""


def status_of(forms: list[BaseForm]) -> HTTPStatus:
    """422 when what was sent is wrong, 429 when it was sent too often."""
    codes = {
        error.code
        for form in forms
        if form.is_bound
        for errors_ in form.errors.as_data().values()
        for error in errors_
    }
    if codes & LIMIT_CODES:
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.UNPROCESSABLE_ENTITY if codes else HTTPStatus.OK
