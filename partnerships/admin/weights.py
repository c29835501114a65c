"""What the parts of a score are worth, for the desk: every version to read; saving one writes a new one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from alliance.core.admin import DeskAdmin
from partnerships.actions.weights import change_match_weights
from partnerships.models import MatchWeights
from partnerships.models.suggestions import PARTS


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


@admin.register(MatchWeights)
class MatchWeightsAdmin(DeskAdmin):
    form = MatchWeightsForm
    list_display = ["version", "created_at", "created_by", *PARTS]
    ordering = ["-version"]
    fields = [*PARTS, "attention_cap", "created_at", "created_by"]
    readonly_fields = ["created_at", "created_by"]

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
