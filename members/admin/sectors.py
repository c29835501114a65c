"""The taxonomy: codes come from its table, names and keywords may be corrected here."""

from django.contrib import admin

from alliance.core.admin import DeskAdmin
from members.models import Sector


@admin.register(Sector)
class SectorAdmin(DeskAdmin):
    list_display = ["code", "name_en", "name_pl", "name_uk", "position"]
    list_filter = [("parent", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["code", "name_en", "name_pl", "name_uk"]
    readonly_fields = ["code", "parent"]
    list_select_related = ["parent"]
