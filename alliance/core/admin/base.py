"""`DeskAdmin`: what holds for every page of the desk. Nothing is deleted; history is our journal."""

from collections.abc import Callable
from copy import copy
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timezone import is_naive, localtime, make_aware
from django.utils.translation import gettext as _

from alliance.core.admin.history import history_of

MAX_COUNTED = 10_000
MOST_ROWS = 60


def labelled(name: str, label: Any) -> Callable[[Any], Any]:
    """A field of the model under a label of the desk's own, for lists and read-only pages."""

    @admin.display(description=label, ordering=name)
    def show(obj: Any) -> Any:
        in_words = getattr(obj, f"get_{name}_display", None)
        value = in_words() if in_words else getattr(obj, name)
        if value is None:
            return "–"  # Django would write None on a page
        # Django writes moments in words in a list, but not on a page.
        return date_format(localtime(value), "DATETIME_FORMAT") if isinstance(value, datetime) else value

    return show


def linked(name: str, label: Any) -> Callable[[Any], Any]:
    """The row that a key leads to, by what the desk calls it and with the way to its page."""

    @admin.display(description=label)
    def show(obj: Any) -> Any:
        row = getattr(obj, name)
        if row is None:
            return "–"
        return format_html('<a href="{}">{}</a>', admin.site.page_url(row), admin.site.name_of(row))

    return show


def choice_filter(name: str, label: Any) -> type[admin.SimpleListFilter]:
    """A filter by a field with choices, under a label of the desk's own."""

    class ChoiceFilter(admin.SimpleListFilter):
        title = label
        parameter_name = name

        def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
            return list(model_admin.model._meta.get_field(name).choices)

        def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
            return queryset.filter(**{name: self.value()}) if self.value() else queryset

    return ChoiceFilter


class MomentFilter(admin.DateFieldListFilter):
    """By a moment. One that is typed into the address without a time zone is in that of the portal."""

    def queryset(self, request: HttpRequest, queryset: models.QuerySet) -> models.QuerySet:
        given = self.used_parameters
        self.used_parameters = {name: [_aware(value) for value in values] for name, values in given.items()}
        return super().queryset(request, queryset)


def _aware(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        moment = parse_datetime(value)
        if moment is None and (
            day := parse_date(value)
        ):  # in the digits of any script, as the field takes it
            moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware in the next line
        return make_aware(moment) if moment and is_naive(moment) else value
    except (ValueError, OverflowError):
        return value  # no moment: refused by the field


# Of every list that is filtered by a moment.
admin.FieldListFilter.register(
    lambda field: isinstance(field, models.DateTimeField), MomentFilter, take_priority=True
)


class CappedPaginator(Paginator):
    """Counts no further than `MAX_COUNTED` rows: the count of millions would cost more than the page."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:MAX_COUNTED].count() if isinstance(rows, models.QuerySet) else len(rows)


class DeskAdmin(admin.ModelAdmin):
    """A page of the desk."""

    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    # A count beside every choice of every filter would cost more than the list.
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    # Rows are made by the portal's own forms, not here, unless a class says otherwise.
    may_add = False
    is_read_only = False
    object_history_template = "admin/desk_history.html"

    def words_of(self, obj: Any) -> str:
        """What a row is called where rows of many kinds stand in one list, and before a decision about many."""
        return str(obj)

    def named_rows(self) -> models.QuerySet:
        """Rows of this kind with all that `words_of` reads, for lists of rows of many kinds."""
        required = [f.name for f in self.opts.fields if isinstance(f, models.ForeignKey) and not f.null]
        rows = self.model._base_manager.all()
        return rows.select_related(*required) if required else rows

    def worked_on(self, obj: Any) -> Any:
        """The row on whose page something that waits is dealt with, where that is another one."""
        return obj

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Labels begin with a capital letter, also those that a form of ours says itself."""
        form = super().get_form(request, obj, change, **kwargs)
        # Copies: the fields that a form of ours says are its own, for every request.
        form.base_fields = {name: copy(field) for name, field in form.base_fields.items()}
        for field in form.base_fields.values():
            field.label = field.label and str(capfirst(field.label))
        return form

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A list is headed by what its rows are, not by what can be done with one of them."""
        title = {"title": str(capfirst(self.opts.verbose_name_plural))}
        return super().changelist_view(request, title | (extra_context or {}))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """A page is headed by what its row is called in lists."""
        if obj := context.get("original"):
            name = self.words_of(obj)
            context.update(name=name)
            if context.get("subtitle") == str(obj):  # Django's
                context.update(subtitle=name)
        return super().render_change_form(request, context, *args, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.is_read_only and super().has_change_permission(request, obj)

    def may_decide(self, request: HttpRequest) -> bool:
        """Whether the person may use the buttons here: the plain right to change, also where forms are read-only."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Django's own admin log is not kept: the journal and the field history say more."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """See `log_addition`."""

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list:
        """See `log_addition`."""
        return []

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What happened to the object: our journal and the history of its fields, newest first."""
        obj = self.found(request, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(object)s") % {"object": self.words_of(obj)},
            "subtitle": None,
            "events": history_of(obj),
            "object": obj,
            "name": self.words_of(obj),
            "opts": self.opts,
            "module_name": str(self.opts.verbose_name_plural).capitalize(),
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def found(self, request: HttpRequest, object_id: str) -> Any:
        """The object of an address, or 404."""
        obj = self.get_object(request, admin.utils.unquote(object_id))
        if obj is None:
            raise Http404
        return obj


class FewRows(admin.options.InlineModelAdmin):
    """Rows within a form, at most `max_num`. Of a form that claims more, Django would draw up to two thousand."""

    max_num = MOST_ROWS
    most_drawn = MOST_ROWS

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, absolute_max=self.most_drawn, **kwargs)


class ReadOnlyInline(FewRows, admin.TabularInline):
    """Rows that belong to an object, shown on its page and changed elsewhere."""

    template = "admin/read_only_inline.html"
    max_num = most_drawn = 200
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True
