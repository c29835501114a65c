"""What waits for a translator, of every kind of thing in one list; each line leads to the page where it is written."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models import TranslationGap
from alliance.core.admin import DeskAdmin
from alliance.core.ages import age_text


@admin.register(TranslationGap)
class TranslationGapAdmin(DeskAdmin):
    is_read_only = True
    list_display = ["what", "kind", "language", "missing", "outdated", "waiting"]
    list_display_links = None
    list_filter = ["language"]
    ordering = ["since", "id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("content_type").prefetch_related("target")

    def worked_on(self, obj: TranslationGap) -> Any:
        return obj.target if type(obj.target) in self.admin_site._registry else obj

    @admin.display(description=_("what"))
    def what(self, gap: TranslationGap) -> Any:
        kind = gap.content_type
        try:
            url = reverse(f"admin:{kind.app_label}_{kind.model}_change", args=[gap.object_id])
        except NoReverseMatch:
            return str(gap.target)
        return format_html('<a href="{}">{}</a>', url, gap.target)

    @admin.display(description=pgettext_lazy("of a page", "kind"))
    def kind(self, gap: TranslationGap) -> str:
        return capfirst(gap.content_type.name)

    @admin.display(description=_("waiting"), ordering="since")
    def waiting(self, gap: TranslationGap) -> str:
        return age_text(gap.since)


admin.site.watch(
    _("Translations to do"), lambda: TranslationGap.objects.waiting(), moment="since", query={}, position=70
)
