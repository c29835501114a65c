"""Handshakes as the desk reads them: who asked whom, about what, how it stands. No contact data, no messages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.admin import DeskAdmin, choice_filter, labelled
from partnerships.models import Match

FACTS = [
    labelled("slug", _("code in the address")),
    labelled("status", _("status")),
    labelled("origin", pgettext_lazy("of a match", "origin")),
    labelled("member_a", _("one side")),
    labelled("member_b", _("other side")),
    labelled("listing", _("need or offer")),
    labelled("requested_by", _("asked by")),
    labelled("created_at", _("created")),
]


@admin.register(Match)
class MatchAdmin(DeskAdmin):
    is_read_only = True
    list_display = FACTS
    list_filter = [
        choice_filter("status", _("status")),
        choice_filter("origin", pgettext_lazy("of a match", "origin")),
    ]
    list_select_related = ["member_a", "member_b", "listing", "requested_by"]
    search_fields = ["slug", "member_a__official_name", "member_b__official_name", "listing__slug"]
    fields = FACTS
    ordering = ["-created_at", "-id"]
