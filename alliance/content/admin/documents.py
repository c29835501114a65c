"""Documents at the desk: their words, a file in each language, newer versions, how often each was fetched."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from alliance.content.actions import documents as actions
from alliance.content.actions import publications
from alliance.content.admin.publications import PublicationAdmin
from alliance.content.forms.documents import DocumentFileForm, DocumentFileFormSet, DocumentForm
from alliance.content.models import Document, DocumentFile
from alliance.core.admin import FewRows, label_verbs
from alliance.core.languages import LANGUAGES

label_verbs(
    document__created=_("document drafted"),
    document__updated=_("words or day changed"),
    document__file_added=_("file added"),
    document__file_replaced=_("file replaced by a newer version"),
    document__file_changed=_("title of a file changed, or whether it is offered"),
    document__published=_("document published"),
    document__translation_confirmed=_("translation confirmed"),
    document__unplanned=_("plan to publish cancelled"),
    document__withdrawn=_("document withdrawn"),
)


class DocumentFileInline(FewRows, admin.StackedInline):
    model = DocumentFile
    form = DocumentFileForm
    formset = DocumentFileFormSet
    extra = 0
    can_delete = False
    fields = [("language", "title"), "facts", "upload", "withholds_older", "is_offered"]
    readonly_fields = ["facts"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_counts().select_related("current")

    @admin.display(description=_("now"))
    def facts(self, file: DocumentFile) -> str:
        if not file.pk or not file.current:
            return "–"
        words = gettext(
            "%(format)s, %(size)s, version %(number)d of %(day)s; downloads: %(all)d, in 30 days: %(month)d"
        )
        return words % {
            "format": file.current.format,
            "size": filesizeformat(file.current.size),
            "number": file.current.number,
            "day": date_format(file.current.added_at, "DATE_FORMAT"),
            "all": file.downloads_in_all,
            "month": file.downloads_in_month,
        }


@admin.register(Document)
class DocumentAdmin(PublicationAdmin):
    form = DocumentForm
    inlines = [DocumentFileInline]
    list_display = ["shown_title", "kind", "state", "dated_on", "published_at", "languages", "downloads"]
    list_filter = ["status", "kind", "dated_on"]
    ordering = ["-dated_on", "-id"]
    fieldsets = [
        (None, {"fields": [("status", "published_at"), ("kind", "dated_on"), "original_language"]}),
        (_("Words"), {"fields": [f"{name}_{code}" for name in ("title", "summary") for code in LANGUAGES]}),
        (
            _("Why other languages are missing"),
            {"classes": ["collapse"], "fields": [f"why_missing_{code}" for code in LANGUAGES]},
        ),
        (_("Address"), {"classes": ["collapse"], "fields": ["slug"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_files().with_downloads()

    def save_model(self, request: HttpRequest, obj: Document, form: forms.ModelForm, change: bool) -> None:
        if not change:
            publications.create(obj, by=request.user)
        elif form.changed_data:
            publications.update(obj, fields=form.changed_data, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for row in formset.forms:
            if row.has_changed():
                _save_file(form.instance, row, by=request.user)

    @admin.display(description=_("languages"))
    def languages(self, document: Document) -> str:
        return ", ".join(file.language for file in document.offered_files) or "–"

    @admin.display(description=_("downloads"), ordering="downloads_in_all")
    def downloads(self, document: Document) -> int:
        return document.downloads_in_all


def _save_file(document: Document, row: DocumentFileForm, *, by: Any) -> None:
    data, file = row.cleaned_data, row.instance
    if not file.pk:
        file = actions.add_file(
            document, language=data["language"], title=data["title"], upload=data["upload"], by=by
        )
        if data["is_offered"]:
            return
    elif data["upload"]:
        actions.replace_file(file, upload=data["upload"], withholds_older=data["withholds_older"], by=by)
    if {"title", "is_offered"} & set(row.changed_data):
        actions.change_file(file, title=data["title"], is_offered=data["is_offered"], by=by)
