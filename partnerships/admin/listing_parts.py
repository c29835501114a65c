"""What belongs to a need or an offer, on its page at the desk: its lines in words, its photos and documents."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import ReadOnlyInline
from alliance.core.units import written
from partnerships.models import ListingFile, ListingLine
from partnerships.specs import spec_words


class LineInline(ReadOnlyInline):
    """Quantities in words, as readers see them, and what of a need is covered."""

    model = ListingLine
    fields = readonly_fields = ["what", "how_many", "size", "kind", "when", "covered", "still_open"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("template", "listing")
        return rows.prefetch_related("pledge_lines__events")

    @admin.display(description=pgettext_lazy("column", "What"))
    def what(self, line: ListingLine) -> str:
        return ", ".join(filter(None, [line.template.name if line.template else "", line.item]))

    @admin.display(description=pgettext_lazy("column", "How many"))
    def how_many(self, line: ListingLine) -> str:
        return line.quantity_text(line.quantity)

    @admin.display(description=pgettext_lazy("column", "Size of each"))
    def size(self, line: ListingLine) -> str:
        return line.range_text or "–"

    @admin.display(description=pgettext_lazy("column", "Kind and condition"))
    def kind(self, line: ListingLine) -> str:
        return "; ".join(filter(None, [*spec_words(line.specs), line.get_condition_display()])) or "–"

    @admin.display(description=pgettext_lazy("column", "When"))
    def when(self, line: ListingLine) -> str:
        if line.needed_by:
            return gettext("by %(day)s") % {"day": date_format(line.needed_by)}
        days = [date_format(day) if day else "…" for day in (line.available_from, line.available_until)]
        return "–".join(days) if days != ["…", "…"] else "–"

    @admin.display(description=pgettext_lazy("column", "Covered"))
    def covered(self, line: ListingLine) -> str:
        return self.part(line, "covered")

    @admin.display(description=pgettext_lazy("column", "Still open"))
    def still_open(self, line: ListingLine) -> str:
        return self.part(line, "open")

    @staticmethod
    def part(line: ListingLine, name: str) -> str:
        """An offer alone covers nothing."""
        if not line.listing.is_need:
            return "–"
        return written_part(line, name)


def written_part(line: ListingLine, name: str) -> str:
    coverage = line.coverage
    text = written(getattr(coverage, name), coverage.unit, coverage.currency)
    if name == "covered" and coverage.over:
        over = written(coverage.over, coverage.unit, coverage.currency)
        return gettext("%(quantity)s, and %(over)s too much") % {"quantity": text, "over": over}
    return text


class FileInline(ReadOnlyInline):
    model = ListingFile
    fields = readonly_fields = ["shown_file", "format", "size_shown"]
    show_change_link = False

    @admin.display(description=_("what it shows"))
    def shown_file(self, file: ListingFile) -> str:
        url = reverse("partnerships:listing_file", args=[file.listing.slug, file.slug])
        return format_html('<a href="{}">{}</a>', url, file.caption)

    @admin.display(description=pgettext_lazy("of a file", "format"))
    def format(self, file: ListingFile) -> str:
        return file.format

    @admin.display(description=_("size"))
    def size_shown(self, file: ListingFile) -> str:
        return filesizeformat(file.size)
