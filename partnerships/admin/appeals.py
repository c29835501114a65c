"""Appeals at the desk: written as drafts, opened, closed, opened again. Every change is a verb of `actions.appeals`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import FewRows, StatedAdmin, Verb, label_verbs, labelled
from alliance.core.languages import LANGUAGES, reader_language, shown
from partnerships.actions import appeals as actions
from partnerships.forms.appeals import AppealForm, AppealLineForm, ReopenForm, TargetFormSet
from partnerships.models import Appeal, AppealLine

Status = Appeal.Status

OPEN = Verb(
    name="open",
    action=actions.open_appeal,
    to=Status.OPEN,
    starts=[Status.DRAFT],
    label=pgettext_lazy("button at an appeal", "Open"),
    question=_("Open this appeal?"),
    effect=_("Everyone sees it; needs, offers and promises can be attached to it until its last day."),
    done=ngettext_lazy("%(count)d appeal was opened.", "%(count)d appeals were opened.", "count"),
    is_main=True,
)
CLOSE = Verb(
    name="close",
    action=actions.close_appeal,
    to=Status.CLOSED,
    label=pgettext_lazy("button at an appeal", "Close"),
    question=_("Close this appeal?"),
    effect=_("Nothing more can be attached to it. Its page stays and goes on showing what is delivered."),
    done=ngettext_lazy("%(count)d appeal was closed.", "%(count)d appeals were closed.", "count"),
)
REOPEN = Verb(
    name="reopen",
    action=actions.reopen_appeal,
    to=Status.OPEN,
    starts=[Status.CLOSED],
    label=pgettext_lazy("button at an appeal", "Open again"),
    question=_("Open this appeal again?"),
    effect=_("Needs, offers and promises can be attached to it until the new last day."),
    form=ReopenForm,
    done=ngettext_lazy("%(count)d appeal is open again.", "%(count)d appeals are open again.", "count"),
    is_main=True,
)

label_verbs(
    appeal__created=_("appeal drafted"),
    appeal__updated=_("text or day changed"),
    appeal__target_changed=_("target changed"),
    appeal__opened=_("appeal opened"),
    appeal__closed=_("appeal closed"),
    appeal__reopened=_("appeal opened again"),
)


class AppealLineInline(FewRows, admin.TabularInline):
    model = AppealLine
    form = AppealLineForm
    formset = TargetFormSet
    extra = 1


@admin.register(Appeal)
class AppealAdmin(StatedAdmin):
    may_add = True
    verbs = [OPEN, CLOSE, REOPEN]
    form = AppealForm
    inlines = [AppealLineInline]
    list_display = [
        "shown_title",
        "status",
        "deadline",
        "opened_at",
        labelled("slug", _("code in the address")),
    ]
    list_filter = ["status", "deadline"]
    search_fields = ["slug", *(f"title_{code}" for code in LANGUAGES)]
    search_help_text = _("Words of the title, or the code in the address")
    ordering = ["-created_at", "-id"]
    fields = [
        ("status", "opened_at", "closed_at"),
        "deadline",
        *(f"{name}_{code}" for code in LANGUAGES for name in ("title", "text")),
        "original_language",
    ]
    readonly_fields = ["opened_at", "closed_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).with_target()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"original_language": reader_language(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Appeal, form: forms.ModelForm, change: bool) -> None:
        if not change:
            actions.create_appeal(obj, by=request.user)
        elif form.changed_data:
            actions.update_appeal(obj, fields=form.changed_data, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        changed = formset.save(commit=False)
        if changed or formset.deleted_objects:
            actions.write_target(
                form.instance, changed=changed, removed=formset.deleted_objects, by=request.user
            )

    @admin.display(description=_("title"))
    def shown_title(self, appeal: Appeal) -> str:
        return shown(appeal, "title").text or _("Without a title")
