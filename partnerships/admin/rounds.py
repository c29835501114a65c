"""Matching rounds at the desk: opened, computed as a dry run, looked at, published. Every change is a verb of
`actions.rounds`; what was found is shown by `round_figures`, pair by pair by `round_rows`."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from alliance.core.admin import FewRows, StatedAdmin, Verb, choice_filter, label_verbs, labelled
from alliance.core.countries import country_name
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed
from partnerships.actions import rounds as actions
from partnerships.admin.round_figures import figures_of
from partnerships.forms.rounds import QuotaForm, RoundForm
from partnerships.models import CountryQuota, MatchingRound

Status = MatchingRound.Status

COMPUTE = Verb(
    name="compute",
    action=actions.start_round,
    to=Status.COMPUTING,
    label=pgettext_lazy("button at a matching round", "Compute"),
    question=_("Compute this round?"),
    effect=_(
        "A dry run: who looks for a partner now, with which wishes and vetoes, is written down, and the best pairs are"
        " computed from that. Nobody is told anything before you publish."
    ),
    done=ngettext_lazy("%(count)d round is being computed.", "%(count)d rounds are being computed.", "count"),
    is_main=True,
    in_bulk=False,
)
PUBLISH = Verb(
    name="publish",
    action=actions.publish_round,
    to=Status.PUBLISHED,
    label=pgettext_lazy("button at a matching round", "Publish"),
    question=_("Publish this round?"),
    effect=_(
        "Both sides of every pair get an e-mail in their language and are asked. Pairs that have become partners, were"
        " blocked or left since the computation are left out, and the list says so. This cannot be undone."
    ),
    done=ngettext_lazy("%(count)d round was published.", "%(count)d rounds were published.", "count"),
    is_main=True,
    in_bulk=False,
)
REVISE = Verb(
    name="revise",
    action=actions.revise_round,
    to=Status.DRAFT,
    label=pgettext_lazy("button at a matching round", "Change and compute again"),
    question=_("Go back to the draft?"),
    effect=_(
        "The pairs found are discarded, and a computation that runs stops. Change the quotas, then compute again: who"
        " takes part is written down anew."
    ),
    done=ngettext_lazy("%(count)d round is a draft again.", "%(count)d rounds are drafts again.", "count"),
    in_bulk=False,
)
CANCEL = Verb(
    name="cancel",
    action=actions.cancel_round,
    to=Status.CANCELLED,
    label=pgettext_lazy("button at a matching round", "Cancel the round"),
    question=_("Cancel this round?"),
    effect=_("It ends without proposals, and a computation that runs stops. Nobody is told anything."),
    done=ngettext_lazy("%(count)d round was cancelled.", "%(count)d rounds were cancelled.", "count"),
    is_dangerous=True,
    in_bulk=False,
)

label_verbs(
    round__opened=_("matching round opened"),
    round__changed=_("title changed"),
    round__quotas_changed=_("quotas changed"),
    round__started=_("computation started"),
    round__computed=_("computed"),
    round__failed=_("could not be computed"),
    round__revised=_("back to the draft"),
    round__cancelled=_("matching round cancelled"),
    round__published=_("published"),
    match__proposed=_("proposed by a matching round"),
)


@admin.display(description=_("country"))
def COUNTRY(quota: CountryQuota) -> str:  # noqa: N802  stands where a field does
    return country_name(quota.country)


class QuotaInline(FewRows, admin.TabularInline):
    """Changed while the round is a draft, read afterwards."""

    model = CountryQuota
    form = QuotaForm
    extra = 1
    verbose_name_plural = _("At most so many partnerships with a country (countries without a line are free)")

    def get_fields(self, request: HttpRequest, obj: MatchingRound | None = None) -> list[Any]:
        return ["country", "most"] if obj is None or obj.takes_changes else [COUNTRY, "most"]

    def get_readonly_fields(self, request: HttpRequest, obj: MatchingRound | None = None) -> list[Any]:
        return [] if obj is None or obj.takes_changes else [COUNTRY]

    def has_add_permission(self, request: HttpRequest, obj: MatchingRound | None = None) -> bool:
        return (obj is None or obj.takes_changes) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: MatchingRound | None = None) -> bool:
        return (obj is None or obj.takes_changes) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: MatchingRound | None = None) -> bool:
        return (obj is None or obj.takes_changes) and super().has_delete_permission(request, obj)


@admin.register(MatchingRound)
class MatchingRoundAdmin(StatedAdmin):
    may_add = True
    verbs = [PUBLISH, COMPUTE, REVISE, CANCEL]
    form = RoundForm
    inlines = [QuotaInline]
    change_form_template = "admin/partnerships/matchinground/change_form.html"
    list_display = [
        "title",
        "status",
        "pairs",
        labelled("computed_at", _("computed")),
        labelled("published_at", _("published")),
    ]
    list_filter = [choice_filter("status", _("status"))]
    search_fields = ["title", "slug"]
    ordering = ["-created_at", "-id"]
    fields = ["title", "status", labelled("frozen_at", _("who takes part, written down"))]

    def get_readonly_fields(self, request: HttpRequest, obj: MatchingRound | None = None) -> list[Any]:
        more = [] if obj is None or obj.takes_changes else ["title"]
        return [*super().get_readonly_fields(request, obj), self.fields[2], *more]

    def get_fields(self, request: HttpRequest, obj: MatchingRound | None = None) -> list[Any]:
        return ["title"] if obj is None else self.fields

    @admin.display(description=_("pairs"))
    def pairs(self, matching_round: MatchingRound) -> Any:
        return matching_round.result.get("pairs", "–")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        try:
            return super().add_view(request, form_url, extra_context)
        except Refused as refusal:  # a colleague opened one in the same instant
            self.message_user(request, str(refusal), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:partnerships_matchinground_changelist"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        # One round at a time: there is no next one to add, and nothing to save once it is computed.
        extra = {"panel": figures_of(obj)} if obj else {}
        extra |= {"show_save_and_add_another": False}
        if obj and not obj.takes_changes:
            extra |= {"show_save": False, "show_save_and_continue": False}
        try:
            return super().change_view(request, object_id, form_url, extra | (extra_context or {}))
        except NotAllowed:
            return self.told_second(request, obj)

    def save_model(
        self, request: HttpRequest, obj: MatchingRound, form: forms.ModelForm, change: bool
    ) -> None:
        if not change:
            actions.open_round(obj, by=request.user)
        elif "title" in form.changed_data:
            actions.change_round(obj, title=obj.title, by=request.user)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        changed = formset.save(commit=False)
        if changed or formset.deleted_objects:
            actions.set_quotas(
                form.instance, changed=changed, removed=formset.deleted_objects, by=request.user
            )

    def do(self, request: HttpRequest, obj: MatchingRound, verb: Verb, given: dict[str, Any]) -> HttpResponse:
        """Publishing writes to many people at once: the person shows who they are."""
        if verb.name == PUBLISH.name and (detour := self.admin_site.step_up(request, str(verb.label))):
            return detour
        return super().do(request, obj, verb, given)

    def facts(self, request: HttpRequest, obj: MatchingRound) -> list[tuple[Any, Any]]:
        facts = [(_("title"), obj.title), (_("status"), obj.get_status_display())]
        if "pairs" in obj.result:
            facts.append((_("pairs"), obj.result["pairs"]))
        return facts


admin.site.watch(
    _("Matching rounds to look at"),
    lambda: MatchingRound.objects.filter(status=Status.COMPUTED),
    moment="status_changed_at",
    query={"status": Status.COMPUTED.value},
    position=46,
)
admin.site.watch(
    _("Matching rounds that could not be computed"),
    lambda: MatchingRound.objects.filter(status=Status.FAILED),
    moment="status_changed_at",
    query={"status": Status.FAILED.value},
    position=47,
)
