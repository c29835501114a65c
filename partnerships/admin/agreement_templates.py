"""Templates of agreements at the desk: the words of each are changed here, and every version stays readable."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import DeskAdmin, ReadOnlyInline, VerbAdmin, label_verbs
from partnerships.actions.agreement_templates import write_wording
from partnerships.forms.agreement_templates import AgreementTemplateForm
from partnerships.models import AgreementTemplate, AgreementWording

label_verbs(
    agreementtemplate__worded=_("new version of the template"),
    twinning__draft_written=_("version of a draft written"),
    twinning__clock_reminded=_("parties reminded of a legal clock"),
)


class AgreementWordingInline(ReadOnlyInline):
    model = AgreementWording
    fields = readonly_fields = ["number", "written_at", "actor", "note"]


@admin.register(AgreementTemplate)
class AgreementTemplateAdmin(DeskAdmin):
    form = AgreementTemplateForm
    inlines = [AgreementWordingInline]
    list_display = ["kind", "languages", "newest"]
    list_filter = ["kind"]
    readonly_fields = ["kind", "languages"]
    ordering = ["id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_newest()

    def get_fields(self, request: HttpRequest, obj: AgreementTemplate | None = None) -> list[str]:
        texts = ["first", "second"][: len(obj.codes)] if obj else []
        return ["kind", "languages", *texts, "note"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return VerbAdmin.refused_when_wrong(
            request, super().change_view(request, object_id, form_url, extra_context)
        )

    def save_model(
        self, request: HttpRequest, obj: AgreementTemplate, form: AgreementTemplateForm, change: bool
    ) -> None:
        write_wording(obj, texts=form.texts, note=form.cleaned_data["note"], by=request.user)

    @admin.display(description=_("version"), ordering="newest")
    def newest(self, template: AgreementTemplate) -> int:
        return template.newest


@admin.register(AgreementWording)
class AgreementWordingAdmin(DeskAdmin):
    is_read_only = True
    list_display = ["template", "number", "written_at", "actor", "note"]
    list_select_related = ["template", "actor"]
    fields = ["template", "number", "written_at", "actor", "note", "first", "second"]
    ordering = ["-id"]
