"""What the parts of a score are worth, for the desk: every version to read; saving one writes a new one."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from alliance.core.admin import DeskAdmin, label_verbs
from partnerships.actions.weights import change_match_weights
from partnerships.models import Match, MatchWeights, Suggestion
from partnerships.models.suggestions import PARTS

label_verbs(
    match_weights__loaded=gettext_lazy("first weights entered"),
    match_weights__changed=gettext_lazy("weights changed"),
    partner_wish__changed=gettext_lazy("wish for partners changed"),
    veto__set=gettext_lazy("a member ruled out as a partner"),
    veto__lifted=gettext_lazy("a member no longer ruled out as a partner"),
    suggestion__set_aside=gettext_lazy("suggestion set aside"),
    suggestion__restored=gettext_lazy("suggestion taken up again"),
    search__saved=gettext_lazy("search saved"),
    search__changed=gettext_lazy("saved search changed"),
    search__stopped=gettext_lazy("saved search stopped"),
)


class MatchWeightsForm(forms.ModelForm):
    class Meta:
        model = MatchWeights
        fields = [*PARTS, "attention_cap"]

    def clean(self) -> dict[str, Any]:
        """As the database asks: something that two members may have in common must weigh."""
        cleaned = super().clean()
        essential = ("needs", "sectors", "size", "distance", "ties")
        if not self.errors and not any(cleaned.get(name) for name in essential):
            raise forms.ValidationError(
                _("Needs, sectors, size, distance or ties: one of them at least must be worth something.")
            )
        return cleaned


def refusals() -> list[dict[str, Any]]:
    """Counted by reason, without names: lists that were shown, requests that were written, pairs of rounds."""
    asked = Match.objects.exclude(origin=Match.Origin.ROUND)
    handed_out = Match.objects.filter(origin=Match.Origin.ROUND)
    said_no = Match.DeclineReason
    return [
        _counted(
            _("Suggestions that were set aside"), Suggestion.objects.counted_by_reason(), Suggestion.Reason
        ),
        _counted(_("Requests that were declined"), asked.counted_by_reason(), said_no),
        _counted(_("Pairs of matching rounds that were declined"), handed_out.counted_by_reason(), said_no),
    ]


def _counted(title: str, rows: Iterable[dict[str, Any]], reasons: Any) -> dict[str, Any]:
    """Every reason, also the one that nobody gave."""
    found = {row["reason"]: row for row in rows}
    total = [sum(row[name] for row in found.values()) for name in ("n", "recent")]
    lines = [
        (str(reason.label), *(found.get(reason.value, {}).get(name, 0) for name in ("n", "recent")))
        for reason in sorted(reasons, key=lambda each: -found.get(each.value, {}).get("n", 0))
    ]
    return {
        "title": title,
        "columns": [_("reason"), pgettext("counted", "all"), _("within a year")],
        "rows": [[name, *map(_number, counts)] for name, *counts in [*lines, (_("together"), *total)]],
    }


def _number(value: int) -> str:
    return number_format(value, force_grouping=True)


@admin.register(MatchWeights)
class MatchWeightsAdmin(DeskAdmin):
    form = MatchWeightsForm
    change_list_template = "admin/partnerships/matchweights/change_list.html"
    list_display = ["version", "created_at", "created_by", "figures"]
    ordering = ["-version"]
    fields = [*PARTS, "attention_cap", "created_at", "created_by"]
    readonly_fields = ["created_at", "created_by"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With why members said no, since weights are mended by it."""
        return super().changelist_view(request, {**(extra_context or {}), "refusals": refusals()})

    @admin.display(description=gettext_lazy("parts and points"))
    def figures(self, weights: MatchWeights) -> str:
        """A table of a column for each would push the page out of the screen."""
        parts = (self.opts.get_field(name) for name in PARTS)
        return format_html_join(
            "; ", "{}: {}", ((part.verbose_name, getattr(weights, part.name)) for part in parts)
        )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("created_by")

    def has_change_permission(self, request: HttpRequest, obj: MatchWeights | None = None) -> bool:
        """The newest version alone can be followed by another."""
        is_allowed = super().has_change_permission(request, obj)
        # Every page of the desk asks for the menu, about no version in particular.
        return is_allowed and (obj is None or obj == MatchWeights.objects.newest_first().first())

    def save_model(
        self, request: HttpRequest, obj: MatchWeights, form: forms.ModelForm, change: bool
    ) -> None:
        points = {name: form.cleaned_data[name] for name in PARTS}
        self.saved = change_match_weights(
            points=points, attention_cap=form.cleaned_data["attention_cap"], by=request.user
        )

    def response_change(self, request: HttpRequest, obj: MatchWeights) -> HttpResponse:
        messages.success(
            request,
            _("Version %(number)s counts from now on; all lists are made anew.")
            % {"number": self.saved.version},
        )
        return redirect("admin:partnerships_matchweights_changelist")
