"""The taxonomy: codes come from its table, names and keywords may be corrected here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import DeskAdmin, labelled
from alliance.core.languages import NATIVE_NAMES
from members.models import Sector

LABELS = {
    **{f"name_{code}": native for code, native in NATIVE_NAMES.items()},
    "position": _("position in the list"),
    "keywords_en": _("keywords in English"),
    "keywords_pl": _("keywords in Polish"),
    "keywords_uk": _("keywords in Ukrainian"),
    "rdna_sector": _("sector of the damage assessment (RDNA)"),
    "ua_investment_sector": _("sector of Ukraine’s public investments"),
    "sdg": _("Sustainable Development Goals"),
}
PARENT = labelled("parent", _("belongs to"))


@admin.register(Sector)
class SectorAdmin(DeskAdmin):
    list_display = ["code", *(labelled(f"name_{code}", native) for code, native in NATIVE_NAMES.items())]
    search_fields = ["code", "name_en", "name_pl", "name_uk"]
    search_help_text = _("Code or name")
    fields = [
        "code",
        PARENT,
        *(name for name in LABELS if name.startswith("name_")),
        *(name for name in LABELS if name.startswith("keywords_")),
        "position",
        "dac_codes",
        "rdna_sector",
        "ua_investment_sector",
        "sdg",
    ]
    readonly_fields = ["code", PARENT]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, labels=LABELS, **kwargs)
