"""The desk's list of late deliveries: a change list of pledges with columns and filters of its own."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat, JSONObject
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext_lazy

from alliance.core.admin import DeskAdmin
from alliance.core.collation import sort_key
from alliance.core.countries import country_name
from alliance.core.languages import reader_language
from alliance.core.models import OutgoingMail
from partnerships import ledger
from partnerships.emails.overdue import OVERDUE, RECEIPT, stage_of
from partnerships.ledger_words import COLUMNS
from partnerships.models import Pledge
from partnerships.models.pledges import OVERDUE_DAYS

LATE = {"plight": "late"}
# Days late: from, to.
SPANS = {"week": (1, 7), "month": (8, 30), "longer": (31, None)}


def is_late_list(request: HttpRequest) -> bool:
    return request.GET.get("plight") == LATE["plight"]


class HowLateFilter(admin.SimpleListFilter):
    title = _("how late")
    parameter_name = "late_for"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("week", _("up to 7 days")), ("month", _("8 to 30 days")), ("longer", _("longer"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in SPANS:
            return queryset
        least, most = SPANS[self.value()]
        today = timezone.localdate()
        queryset = queryset.filter(due_on__lte=today - timedelta(days=least))
        return queryset.filter(due_on__gte=today - timedelta(days=most)) if most else queryset


class RemindedFilter(admin.SimpleListFilter):
    """The last reminder of the day that is agreed now."""

    title = _("last reminder")
    parameter_name = "reminded"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        stages = [(str(days), stage_words(days)) for days in OVERDUE_DAYS]
        return [("none", pgettext_lazy("reminder", "none")), *stages]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "none":
            return queryset.exclude(reminded_for=F("due_on"))
        if self.value() in map(str, OVERDUE_DAYS):
            return queryset.filter(reminded_for=F("due_on"), reminded_days=self.value())
        return queryset


class GiverCountryFilter(admin.SimpleListFilter):
    title = _("country of the giver")
    parameter_name = "from"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        givers = Pledge.objects.order_by("giver__country").values_list("giver__country", flat=True)
        names = ((code, country_name(code)) for code in givers.distinct() if code)
        return sorted(names, key=lambda pair: sort_key(pair[1], reader_language()))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(giver__country=self.value()) if self.value() else queryset


def stage_words(days: int) -> Any:
    if not days:
        return pgettext_lazy("reminder", "on the agreed day")
    return ngettext_lazy("after %(days)d day", "after %(days)d days", days) % {"days": days}


class LatePledgesAdmin(DeskAdmin):
    """Filtered by “late” the list of pledges shows what the desk asks then: how late, what, who was told."""

    late_display = ["title", "days_late", "giver", "receiver", "missing", "reminders"]
    late_filters = [HowLateFilter, RemindedFilter, GiverCountryFilter]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self.late_display if is_late_list(request) else super().get_list_display(request)

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        shown = super().get_list_filter(request)
        return [shown[0], *self.late_filters] if is_late_list(request) else shown

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The longest overdue first."""
        return ["due_on", "id"] if is_late_list(request) else super().get_ordering(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        if not is_late_list(request):
            return rows
        return rows.prefetch_related("lines__template").annotate(sent_reminders=sent_reminders())

    @admin.display(description=_("days late"), ordering="due_on")
    def days_late(self, pledge: Pledge) -> str:
        days = (timezone.localdate() - pledge.due_on).days
        words = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
        return format_html("{}<br>{}", words, date_format(pledge.due_on, "DATE_FORMAT"))

    @admin.display(description=_("what is missing"))
    def missing(self, pledge: Pledge) -> str:
        """Of each late line what is awaited, and what of it has arrived and is not accepted."""
        return format_html_join("", "<div>{}</div>", ((text,) for text in missing_of(pledge)))

    @admin.display(description=_("reminders sent, and to whom"))
    def reminders(self, pledge: Pledge) -> str:
        rows = ((stage_words(stage_of(row["key"])), sent_words(row)) for row in pledge.sent_reminders)
        return format_html_join("", "<div>{}: {}</div>", rows) or "–"


def missing_of(pledge: Pledge) -> list[str]:
    today, found = timezone.localdate(), []
    for line in pledge.lines.all():
        totals = ledger.totals(line.events.all())
        if not ledger.is_late(totals, pledge.due_on, today):
            continue
        text = f"{line}: {line.quantity_text(totals.outstanding)}"
        parts = {ledger.Kind.DISPATCHED: totals.in_transit, ledger.Kind.RECEIVED: totals.to_accept}
        for name, amount in parts.items():
            text += f"; {str(COLUMNS[name]).lower()}: {line.quantity_text(amount)}" if amount else ""
        found.append(text)
    return found


def sent_words(row: dict[str, Any]) -> str:
    moment = date_format(localtime(parse_datetime(row["at"])), "SHORT_DATE_FORMAT")
    failed = f" ({OutgoingMail.Status.FAILED.label})" if row["status"] == OutgoingMail.Status.FAILED else ""
    return f"{row['to']}, {moment}{failed}"


def sent_reminders() -> ArraySubquery:
    """The mails to both sides about the days that count now, the newest first; found by their indexed keys."""
    pledge, due_on = Cast(OuterRef("pk"), CharField()), Cast(OuterRef("due_on"), CharField())
    asked_for = Cast(OuterRef("receipt_asked_for"), CharField())
    keys = [
        Concat(Value(f"{name}:"), pledge, Value(":"), day, Value(f":{days}"))
        for name, day in ((OVERDUE, due_on), (RECEIPT, asked_for))
        for days in OVERDUE_DAYS
    ]
    mails = OutgoingMail.objects.filter(key__in=keys).order_by("-id")
    return ArraySubquery(mails.values(row=JSONObject(to="to", at="created_at", status="status", key="key")))
