"""Clusters as the desk reads them: who leads, who is in, how it stands. Their members form and end them."""

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliance.core.admin import DeskAdmin, ReadOnlyInline, choice_filter, label_verbs, labelled
from partnerships.models import Cluster, ClusterMember

label_verbs(
    cluster__created=_("cluster formed"),
    cluster__renamed=_("cluster renamed"),
    cluster__invited=_("neighbour invited"),
    cluster__invitation_withdrawn=_("invitation withdrawn"),
    cluster__joined=_("neighbour joined"),
    cluster__activated=_("cluster active"),
    cluster__declined=_("invitation declined"),
    cluster__left=_("member left the cluster"),
    cluster__too_small=_("fewer than two members left"),
    cluster__handed_over=_("lead handed over"),
    cluster__ended=_("cluster ended"),
)


class ClusterMemberInline(ReadOnlyInline):
    model = ClusterMember
    fields = readonly_fields = [
        "member",
        labelled("invited_at", _("invited")),
        labelled("joined_at", _("joined")),
        labelled("left_at", _("left or declined")),
    ]
    show_change_link = False


@admin.register(Cluster)
class ClusterAdmin(DeskAdmin):
    is_read_only = True
    list_display = ["name", "status", "lead", "members", labelled("created_at", _("formed"))]
    list_filter = [choice_filter("status", _("status"))]
    list_select_related = ["lead"]
    search_fields = ["slug", "name", "lead__official_name"]
    fields = ["name", "status", "lead", labelled("created_at", _("formed"))]
    inlines = [ClusterMemberInline]
    ordering = ["-created_at", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        joined = Q(memberships__joined_at__isnull=False, memberships__left_at=None)
        return super().get_queryset(request).annotate(joined=Count("memberships", filter=joined))

    @admin.display(description=_("members"), ordering="joined")
    def members(self, cluster: Cluster) -> int:
        return cluster.joined
