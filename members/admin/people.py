"""Representatives and invitations, as the desk reads them: the members themselves decide who acts for them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.admin import DeskAdmin, ReadOnlyInline, labelled
from members.models import Invitation, Representative

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
    list_filter = ["role", ("until", admin.EmptyFieldListFilter)]
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
    list_filter = ["role", ("accepted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["member"]
    search_fields = ["email", "member__official_name", "member__reference"]
    ordering = ["-created_at", "-id"]
