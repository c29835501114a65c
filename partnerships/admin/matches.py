"""Handshakes as the desk reads them: who asked whom, about what, how it stands. No contact data, no messages."""

from django.contrib import admin

from alliance.core.admin import DeskAdmin
from partnerships.models import Match


@admin.register(Match)
class MatchAdmin(DeskAdmin):
    is_read_only = True
    list_display = [
        "slug",
        "status",
        "origin",
        "member_a",
        "member_b",
        "listing",
        "requested_by",
        "created_at",
    ]
    list_filter = ["status", "origin", "created_at"]
    list_select_related = ["member_a", "member_b", "listing", "requested_by"]
    search_fields = ["slug", "member_a__official_name", "member_b__official_name", "listing__slug"]
    fields = [
        "slug",
        "status",
        "status_changed_at",
        "origin",
        "member_a",
        "member_b",
        "listing",
        "requested_by",
        "created_at",
    ]
    ordering = ["-created_at", "-id"]
