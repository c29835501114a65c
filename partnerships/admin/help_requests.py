"""Calls for help: a side of a match asked for an interpreter or a mediator."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import Verb, VerbAdmin, choice_filter, label_verbs, linked, reason_form
from alliance.core.ages import age_text
from partnerships.actions.help_requests import finish_help
from partnerships.models import HelpRequest
from partnerships.permissions import can_look_after_match

FINISH = Verb(
    name="done",
    action=finish_help,
    applies=lambda call: call.done_at is None,
    permission=lambda user, call: can_look_after_match(user, call.match),
    label=pgettext_lazy("button at a call for help", "Done"),
    question=_("Is the help arranged?"),
    effect=_("The side that asked is told by e-mail in its language, with your words."),
    form=reason_form(
        "answer", _("What was arranged, for the side that asked"), _("Links are not shown as links.")
    ),
    done=ngettext_lazy("%(count)d call for help is done.", "%(count)d calls for help are done.", "count"),
    is_main=True,
    in_bulk=False,
)

label_verbs(help__requested=_("help asked for"), help__finished=_("help arranged"))


class StateFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [
            ("open", pgettext_lazy("call for help", "open")),
            ("done", pgettext_lazy("call for help", "done")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "open":
            return queryset.open()
        return queryset.filter(done_at__isnull=False) if self.value() else queryset


@admin.register(HelpRequest)
class HelpRequestAdmin(VerbAdmin):
    """Open calls first, the longest wait on top."""

    is_read_only = True
    verbs = [FINISH]
    list_display = ["kind", "waiting", "member", "other_side", "coordinator", "done_at"]
    list_filter = [StateFilter, choice_filter("kind", _("what for"))]
    list_select_related = ["member", "match__coordinator", "match__member_a", "match__member_b"]
    search_fields = ["match__slug", "member__official_name"]
    fields = [
        "kind",
        "member",
        "other_side",
        linked("match", pgettext_lazy("column at the desk", "match")),
        "text",
        "created_at",
        "done_at",
        "answer",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("done_at").desc(nulls_first=True), "created_at", "id"]

    def words_of(self, obj: HelpRequest) -> str:
        return f"{capfirst(obj.get_kind_display())}: {obj.member} – {self.other_side(obj)}"

    @admin.display(description=_("waiting"), ordering="created_at")
    def waiting(self, call: HelpRequest) -> str:
        return "–" if call.done_at else age_text(call.created_at)

    @admin.display(description=_("coordinator"))
    def coordinator(self, call: HelpRequest) -> str:
        return str(call.match.coordinator or "–")

    @admin.display(description=_("other side"))
    def other_side(self, call: HelpRequest) -> str:
        return str(call.match.other_side(call.member))


admin.site.watch(
    _("Calls for help"),
    lambda: HelpRequest.objects.open(),
    moment="created_at",
    query={"state": "open"},
    position=44,
    related=("match__member_a", "match__member_b"),
)
