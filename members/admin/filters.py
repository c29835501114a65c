"""Filters of the queue."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.collation import sort_key
from alliance.core.countries import country_name
from alliance.core.languages import reader_language
from members.models import Member

LONG_WAIT_DAYS = 7


class StatusFilter(admin.SimpleListFilter):
    """The desk opens on what awaits a decision; a search looks everywhere unless a status is chosen."""

    title = _("status")
    parameter_name = "status"
    ALL = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Member.Status.choices, (self.ALL, pgettext_lazy("filter", "all"))]

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        self.default = (
            self.ALL if request.GET.get("q") or request.GET.get("conflict") else Member.Status.PENDING
        )

    def choices(self, changelist: ChangeList) -> Any:
        chosen = self.value() or self.default
        for lookup, title in self.lookup_choices:
            yield {
                "selected": lookup == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: lookup}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value() or self.default
        return queryset if chosen == self.ALL else queryset.filter(status=chosen)


class ConflictFilter(admin.SimpleListFilter):
    title = _("claims on the place")
    parameter_name = "conflict"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("several claims"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(is_conflict=True) if self.value() == "yes" else queryset


class WaitingFilter(admin.SimpleListFilter):
    title = _("waiting time")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("long", _("more than %(count)d days") % {"count": LONG_WAIT_DAYS})]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() != "long":
            return queryset
        return queryset.filter(status_changed_at__lt=timezone.now() - timedelta(days=LONG_WAIT_DAYS))


class CountryFilter(admin.SimpleListFilter):
    """The countries that occur, by name."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        codes = model_admin.model.objects.order_by("country").values_list("country", flat=True).distinct()
        names = ((code, country_name(code)) for code in codes if code)
        return sorted(names, key=lambda pair: sort_key(pair[1], reader_language()))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(country=self.value()) if self.value() else queryset
