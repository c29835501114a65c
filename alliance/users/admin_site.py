"""The admin's site: who gets in, what it calls itself, and what waits for a decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from alliance.core.ages import age_text
from alliance.core.columns import name_columns
from alliance.core.kept import kept
from alliance.core.models import JournalEntry
from alliance.core.refusals import Refused
from alliance.users import actions, step_up
from alliance.users.admin_queue import (
    FREE,
    MINE,
    Item,
    Waiting,
    counts_of,
    next_item,
    queue_page,
    read_place,
    write_place,
)
from alliance.users.decorators import login_expired
from alliance.users.models import User

LATEST = 10


@dataclass(frozen=True)
class Counted:
    label: Any
    url: str
    code: str
    count: int
    oldest: datetime | None
    age: str


@dataclass(frozen=True)
class Origin:
    """What rows of an app below were made out of, told by the app above."""

    label: Any
    rows: Callable[[Any], QuerySet]


def may_view(model: type[Model]) -> str:
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


class DeskSite(AdminSite):
    """Coordinators only, and only with a second factor (a local demo relaxes this visibly)."""

    site_header = _("Desk of the Alliance")
    site_title = _("Desk of the Alliance")
    index_title = _("What waits for the desk")
    empty_value_display = "–"  # as our own columns write what is not there
    # One line of links in the header leaves the width to the tables.
    enable_nav_sidebar = False
    index_template = "admin/desk_index.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.waiting: list[Waiting] = []
        self.origins: dict[type[Model], list[Origin]] = {}

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """What its columns are called is said first, also those of the rows below it."""
        super().register(model_or_iterable, admin_class, **options)
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        for model in self._registry.keys() & {*models}:  # one that was swapped is not among them
            for named in (model, *(below.model for below in self._registry[model].inlines)):
                name_columns(named)

    def watch(
        self,
        label: Any,
        rows: Callable[[], QuerySet],
        *,
        moment: str,
        query: dict[str, str],
        position: int,
        holder: str = "",
        related: Sequence[str] = (),
    ) -> None:
        """Count ``rows()`` on the index, with the age of the oldest by its field ``moment``; list them in the queue.

        :param query: the filter of the change list that shows the same rows
        :param holder: the field that names the coordinator who has a row, where the table has one
        :param related: what `DeskAdmin.words_of` reads of other tables, beside the keys that every row has
        """
        self.waiting.append(Waiting(label, rows, moment, query, position, holder, tuple(related)))

    def trace(self, model: type[Model], label: Any, rows: Callable[[Any], QuerySet]) -> None:
        """On the page of each row of ``model`` stands, behind ``label``, which ``rows(row)`` it was made out of."""
        self.origins.setdefault(model, []).append(Origin(label, rows))

    def origins_of(self, request: HttpRequest, obj: Model) -> list[tuple[Any, list[tuple[str, str]]]]:
        """What a row was made out of: labels, each with names and addresses. One query for each kind."""
        found = []
        for origin in self.origins.get(type(obj), []):
            rows = origin.rows(obj)
            if request.user.has_perm(may_view(rows.model)):
                found.append((origin.label, [(str(row), self.page_url(row)) for row in rows]))
        return [(label, links) for label, links in found if links]

    def named_rows(self) -> list[QuerySet]:
        """The rows of each kind that has a page here, with what their names are made of."""
        return [desk.named_rows() for desk in self._registry.values() if hasattr(desk, "named_rows")]

    def name_of(self, row: Model) -> str:
        """What a row is called where rows of many kinds stand in one list."""
        desk = self._registry.get(type(row))
        return desk.words_of(row) if hasattr(desk, "words_of") else str(row)

    def page_url(self, row: Model) -> str:
        opts = row._meta
        return reverse(f"{self.name}:{opts.app_label}_{opts.model_name}_change", args=[row.pk])

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
        for waiting in self.kinds_for(request):
            rows = waiting.rows().order_by()
            found = rows.aggregate(count=Count("pk", distinct=True), oldest=Min(waiting.moment))
            lines.append(
                Counted(
                    waiting.label,
                    self.list_url(waiting),
                    waiting.code,
                    age=age_text(found["oldest"]),
                    **found,
                )
            )
        return lines

    def kinds_for(self, request: HttpRequest) -> list[Waiting]:
        """What waits, of the kinds that the person may see, in the order of the index."""
        return [
            waiting
            for waiting in sorted(self.waiting, key=lambda waiting: waiting.position)
            if request.user.has_perm(may_view(waiting.rows().model))
        ]

    def list_url(self, waiting: Waiting) -> str:
        """The change list that shows the rows of one kind."""
        opts = waiting.rows().model._meta
        url = reverse(f"{self.name}:{opts.app_label}_{opts.model_name}_changelist")
        return f"{url}?{urlencode(waiting.query)}"

    # --- the queue: everything that waits, the longest wait first ---

    def get_urls(self) -> list[URLPattern]:
        return [
            path("queue/", self.admin_view(self.queue_view), name="queue"),
            path("queue/<str:code>/<int:pk>/", self.admin_view(self.hold_view), name="queue_hold"),
            *super().get_urls(),
        ]

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """One list over all kinds or one of them, everybody's, one's own or what nobody has."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        kinds = self.kinds_for(request)
        chosen = next((kind for kind in kinds if kind.code == request.GET.get("kind")), None)
        whose = request.GET.get("whose", "")
        page = queue_page(
            [chosen] if chosen else kinds, after=request.GET.get("after", ""), whose=whose, user=request.user
        )
        filters = {"kind": chosen.code if chosen else "", "whose": whose if whose in (MINE, FREE) else ""}
        counts = counts_of(kinds, whose=whose, user=request.user)
        context = {
            **self.each_context(request),
            "title": _("Everything that waits"),
            "lines": [self.line(request, item) for item in page.items],
            "kinds": [(kind.code, kind.label, counts[kind.code]) for kind in kinds],
            "count": sum(counts.values()),
            "filters": filters,
            "here": urlencode(filters),
            "verbs": self.bulk_verbs(request, chosen) if chosen else [],
            "list_url": self.list_url(chosen) if chosen else "",
            "next_url": f"?{urlencode(filters | {'after': page.after})}" if page.after else "",
            "is_ticked": "ticked" in request.GET,
            "tick_query": urlencode(
                filters
                | {"after": request.GET.get("after", "")}
                | ({} if "ticked" in request.GET else {"ticked": "1"})
            ),
            "is_first_page": not request.GET.get("after"),
            "box": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/desk_queue.html", context)

    def line(self, request: HttpRequest, item: Item) -> dict[str, Any]:
        place, holder = write_place(item.place), item.holder
        desk = self._registry[type(item.row)]
        return {
            "pk": item.row.pk,
            "name": desk.words_of(item.row),
            "href": f"{self.page_url(desk.worked_on(item.row))}?{urlencode({'queue': place})}",
            "kind": item.kind.label,
            "since": item.since,
            "age": age_text(item.since),
            "holder": holder,
            "holder_pk": holder.pk if holder else "",
            "is_mine": holder == request.user,
            "hold_url": ""
            if item.kind.holder
            else reverse(f"{self.name}:queue_hold", args=[item.kind.code, item.row.pk]),
        }

    def bulk_verbs(self, request: HttpRequest, kind: Waiting) -> list[tuple[str, Any]]:
        """The verbs of a kind that can be said about many rows at once: its change list asks before it does them."""
        desk = self._registry[kind.rows().model]
        actions_of = desk.get_actions(request) if hasattr(desk, "decide_in_bulk") else {}
        return [(name, label) for name, (_run, _name, label) in actions_of.items()]

    def hold_view(self, request: HttpRequest, code: str, pk: int) -> HttpResponse:
        """A coordinator takes one thing that waits, or gives it back; then the queue again, as it was filtered."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kind = next((kind for kind in self.kinds_for(request) if kind.code == code and not kind.holder), None)
        row = kind.rows().filter(pk=pk).first() if kind else None
        if row is None:
            raise Http404
        seen = (
            User.objects.filter(pk=int(text)).first()
            if (text := request.POST.get("seen", "")).isdecimal()
            else None
        )
        try:
            if "release" in request.POST:
                actions.release_row(row, by=request.user)
            else:
                actions.take_row(row, seen=seen, by=request.user)
        except Refused as refusal:
            messages.warning(request, str(refusal))
        return redirect(self.queue_url(request.POST.get("next", "")))

    def queue_url(self, query: str = "") -> str:
        """The list of everything that waits, filtered as it was before somebody left it."""
        here = reverse(f"{self.name}:queue")
        return f"{here}?{query}" if query else here

    def next_in_queue(self, request: HttpRequest) -> str | None:
        """The address of what stands behind the row that a person opened from the queue; the queue at its end; None
        for who did not come from there."""
        place = read_place(request.GET.get("queue", ""))
        if place is None:
            return None
        found = next_item(self.kinds_for(request), after=place)
        if found is None or found.place == place:
            return self.queue_url()
        return self.line(request, found)["href"]

    def latest(self, request: HttpRequest) -> QuerySet | None:
        if not request.user.has_perm("core.view_journalentry"):
            return None
        return (
            JournalEntry.objects.filter(actor_kind="user")
            .select_related("actor", "content_type")
            .with_names(self.named_rows())[:LATEST]
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
