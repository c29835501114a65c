"""Representatives and invitations, as the desk reads them: the members themselves decide who acts for them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.admin import DeskAdmin, ReadOnlyInline, labelled
from members.models import Invitation, Representative


class _SetFilter(admin.SimpleListFilter):
    """Whether a moment is set: Django would ask whether it is empty."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]


class ActsFilter(_SetFilter):
    title = _("acts for the member")
    parameter_name = "acts"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(until__isnull=self.value() == "yes")


class AcceptedFilter(_SetFilter):
    title = _("accepted")
    parameter_name = "accepted"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(accepted_at__isnull=self.value() == "no")


PERSON = labelled("user", _("person"))
MEMBER = labelled("member", _("member"))


class RepresentativeInline(ReadOnlyInline):
    model = Representative
    fields = readonly_fields = [PERSON, "role", "since", "until"]
    verbose_name_plural = _("representatives")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("user", "member")


@admin.register(Representative)
class RepresentativeAdmin(DeskAdmin):
    is_read_only = True
    list_display = [PERSON, MEMBER, "role", "since", "until"]
    fields = list_display
    list_filter = ["role", ActsFilter]
    list_select_related = ["user", "member"]
    search_fields = ["user__email", "user__name", "member__official_name", "member__reference"]
    ordering = ["-since", "-id"]


@admin.register(Invitation)
class InvitationAdmin(DeskAdmin):
    is_read_only = True
    list_display = [
        "email",
        MEMBER,
        "role",
        labelled("created_at", _("invited")),
        labelled("expires_at", _("valid until")),
        labelled("accepted_at", _("accepted")),
        labelled("withdrawn_at", pgettext_lazy("of an invitation", "withdrawn")),
    ]
    fields = list_display
    list_filter = ["role", AcceptedFilter]
    list_select_related = ["member"]
    search_fields = ["email", "member__official_name", "member__reference"]
    ordering = ["-created_at", "-id"]
