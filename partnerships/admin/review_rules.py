"""Whose needs and offers the desk reads first: one row for each class of partner, switched on or off."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import DeskAdmin
from partnerships.actions.review_rules import change_review_rule
from partnerships.models import ReviewRule


class ReviewRuleForm(forms.ModelForm):
    class Meta:
        model = ReviewRule
        fields = ["is_required"]
        help_texts = {
            "is_required": _(
                "New needs and offers of this class wait for you before anybody sees them. What its members change "
                "in published ones stands at once and comes to your list of changes."
            )
        }


@admin.register(ReviewRule)
class ReviewRuleAdmin(DeskAdmin):
    form = ReviewRuleForm
    list_display = ["tier", "is_required"]
    fields = ["tier", "is_required"]
    readonly_fields = ["tier"]
    ordering = ["id"]

    def save_model(self, request: HttpRequest, obj: ReviewRule, form: forms.ModelForm, change: bool) -> None:
        change_review_rule(obj, is_required=form.cleaned_data["is_required"], by=request.user)
