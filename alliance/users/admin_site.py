"""The admin's site: who gets in, what it calls itself, and what waits for a decision."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from alliance.core.ages import age_text
from alliance.core.kept import kept
from alliance.core.models import JournalEntry
from alliance.users import step_up
from alliance.users.decorators import login_expired

LATEST = 10


@dataclass(frozen=True)
class Waiting:
    """One line of the index: rows that want something of the desk, and since when."""

    label: Any
    rows: Callable[[], QuerySet]
    moment: str
    query: dict[str, str]
    position: int


@dataclass(frozen=True)
class Counted:
    label: Any
    url: str
    count: int
    oldest: datetime | None
    age: str


class DeskSite(AdminSite):
    """Coordinators only, and only with a second factor (a local demo relaxes this visibly)."""

    site_header = _("Desk of the Alliance")
    site_title = _("Desk of the Alliance")
    index_title = _("What waits for the desk")
    # One line of links in the header leaves the width to the tables.
    enable_nav_sidebar = False
    index_template = "admin/desk_index.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.waiting: list[Waiting] = []

    def watch(
        self,
        label: Any,
        rows: Callable[[], QuerySet],
        *,
        moment: str,
        query: dict[str, str],
        position: int,
    ) -> None:
        """Count ``rows()`` on the index, with the age of the oldest by its field ``moment``.

        :param query: the filter of the change list that shows the same rows
        """
        self.waiting.append(Waiting(label, rows, moment, query, position))

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        if not getattr(user, "is_coordinator", False):
            return False
        return self.has_second_factor(request)

    def has_second_factor(self, request: HttpRequest) -> bool:
        """Asked several times per page, read once."""
        if not settings.SECOND_FACTOR_REQUIRED:
            return True
        if not hasattr(request, "_has_second_factor"):
            request._has_second_factor = is_mfa_enabled(request.user)
        return request._has_second_factor

    def step_up(self, request: HttpRequest, what: str) -> HttpResponse | None:
        """None when the person has shown who they are a moment ago; otherwise the way to do so, ``what`` kept.

        A view that decides about many or hands out personal data as a file asks this first.
        """
        if step_up.has_proved(request):
            return None
        text = _(
            "Please show once more that it is you: “%(what)s” concerns many people or their data."
            " What you chose and typed is kept."
        )
        messages.info(request, text % {"what": what})
        return step_up.ask(request, what)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"second_factor_relaxed": not settings.SECOND_FACTOR_REQUIRED}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"waiting": self.counted(request), "latest": self.latest(request)}
        return super().index(request, context | (extra_context or {}))

    def counted(self, request: HttpRequest) -> list[Counted]:
        lines = []
        for waiting in sorted(self.waiting, key=lambda waiting: waiting.position):
            rows = waiting.rows()
            opts = rows.model._meta
            if not request.user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
                continue
            found = rows.order_by().aggregate(count=Count("pk", distinct=True), oldest=Min(waiting.moment))
            url = reverse(f"{self.name}:{opts.app_label}_{opts.model_name}_changelist")
            url = f"{url}?{urlencode(waiting.query)}"
            lines.append(Counted(waiting.label, url, age=age_text(found["oldest"]), **found))
        return lines

    def latest(self, request: HttpRequest) -> QuerySet | None:
        if not request.user.has_perm("core.view_journalentry"):
            return None
        return (
            JournalEntry.objects.filter(actor_kind="user")
            .select_related("actor", "content_type")
            .with_names(self._registry)[:LATEST]
        )

    def admin_view(self, view: Callable[..., HttpResponse], cacheable: bool = False) -> Any:
        """A form that arrives after the session has ended is kept; everything else as in Django."""
        behind_login = super().admin_view(view, cacheable)

        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not request.user.is_authenticated and kept(request).fields:
                return login_expired(request)
            return behind_login(request, *args, **kwargs)

        return wrapped

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one login for everybody. Who is logged in and may not enter is told why."""
        target = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
            target = reverse(f"{self.name}:index")
        if not request.user.is_authenticated:
            return redirect_to_login(target)
        if not request.user.is_coordinator:
            raise PermissionDenied
        if not self.has_second_factor(request):
            return TemplateResponse(
                request, "admin/second_factor.html", {"title": _("Second factor")}, status=403
            )
        return redirect(target)

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Passwords change on the page that every person has."""
        return redirect("account_change_password")
