"""The journal as the desk reads it: filters, no change."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from alliance.core.admin.base import DeskAdmin
from alliance.core.admin.history import details_of, name_data, verb_label, verbs_called_as, who_of
from alliance.core.collation import sort_key
from alliance.core.languages import reader_language
from alliance.core.models import JournalEntry


class KindFilter(admin.SimpleListFilter):
    """What kind of row; the choices are those that occur."""

    title = _("what it is about")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        used = JournalEntry.objects.order_by().values("content_type").distinct()
        pairs = [(str(kind.pk), capfirst(kind.name)) for kind in ContentType.objects.filter(pk__in=used)]
        return sorted(pairs, key=lambda pair: sort_key(pair[1], reader_language()))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(content_type=self.value()) if (self.value() or "").isdecimal() else queryset


class VerbFilter(admin.SimpleListFilter):
    """Which verb; the choices are those that occur. What kinds of rows call alike is one choice: see `KindFilter`."""

    title = _("what happened")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        verbs = JournalEntry.objects.order_by("-verb").values_list("verb", flat=True).distinct()
        first = {capfirst(verb_label(verb)): verb for verb in verbs}
        return [
            (first[label], label)
            for label in sorted(first, key=lambda text: sort_key(text, reader_language()))
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(verb__in=verbs_called_as(self.value())) if self.value() else queryset


class JournalList(ChangeList):
    """A page of the journal, whose data call other rows by their names."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = name_data(self.result_list)


@admin.register(JournalEntry)
class JournalEntryAdmin(DeskAdmin):
    is_read_only = True
    list_display = ["created_at", "who", "what", "thing", "details"]
    list_display_links = ["created_at"]
    list_filter = [
        VerbFilter,
        "actor_kind",
        KindFilter,
        "created_at",
    ]
    list_select_related = ["actor", "content_type"]
    search_fields = ["actor__email", "actor__name", "verb"]
    search_help_text = _("Name or e-mail address of who acted, or the verb")
    fields = ["created_at", "who", "what", "thing", "details"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_names(self.admin_site.named_rows())

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return JournalList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        entry = super().get_object(request, object_id, from_field)
        return name_data([entry])[0] if entry else None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Headed by what happened."""
        entry = self.get_object(request, object_id)
        named = {"title": capfirst(verb_label(entry.verb)), "subtitle": None} if entry else {}
        return super().change_view(request, object_id, form_url, {**named, **(extra_context or {})})

    @admin.display(description=_("who"))
    def who(self, entry: JournalEntry) -> str:
        return who_of(entry)

    @admin.display(description=_("what happened"))
    def what(self, entry: JournalEntry) -> str:
        return verb_label(entry.verb)

    @admin.display(description=_("to what"))
    def thing(self, entry: JournalEntry) -> str:
        if entry.target is None:
            return _("%(kind)s no. %(number)d") % {"kind": entry.content_type.name, "number": entry.object_id}
        kind = entry.content_type
        try:
            url = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[entry.object_id])
        except NoReverseMatch:
            return f"{entry.content_type.name}: {entry.target}"
        return format_html('<a href="{}">{}</a>', url, self.admin_site.name_of(entry.target))

    @admin.display(description=_("details"))
    def details(self, entry: JournalEntry) -> str:
        return format_html_join(
            "; ", "{}", ((text,) for text in details_of(entry, entry.content_type.model_class()))
        )
