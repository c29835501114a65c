"""What a member does in a cluster: invite, withdraw an invitation, join, decline, leave, hand the lead over, end it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.core.forms import sent
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed
from alliance.core.throttle import allow
from members.decorators import member_page
from members.models import Member
from members.permissions import role_of
from partnerships.actions import clusters as actions
from partnerships.forms.clusters import HandOverForm
from partnerships.models import Cluster
from partnerships.permissions import can_write_for, cluster_verbs
from partnerships.views.clusters import own_cluster, said, to_cluster

INVITATIONS_PER_DAY, DAY = 30, 24 * 3600


def cluster_for(request: HttpRequest, slug: str, verb: str) -> tuple[Cluster, bool]:
    """The cluster, and whether ``verb`` is open in it now; 403 for those who may read only."""
    cluster = own_cluster(request, slug)
    if not can_write_for(request.user, request.member):
        raise PermissionDenied
    return cluster, verb in cluster_verbs(request.user, request.member, cluster)


def do(
    request: HttpRequest, cluster: Cluster, done: str, act: Callable[..., Any], **given: Any
) -> HttpResponse:
    """One action in the name of the member, politely; then back to the cluster, or to the list when it is no longer
    the member's."""
    try:
        act(cluster, by=request.user, **given)
        messages.success(request, done)
    except (NotAllowed, Refused) as refusal:
        messages.warning(request, said(refusal))
    if Cluster.objects.of(request.member).filter(pk=cluster.pk).exists():
        return to_cluster(cluster)
    return redirect("partnerships:cluster_list")


def _nothing_changed(request: HttpRequest, cluster: Cluster) -> HttpResponse:
    messages.warning(request, _("Nothing changed: this was done already, perhaps by a colleague."))
    return to_cluster(cluster)


@require_POST
@member_page(role_of)
def cluster_invite_member(request: HttpRequest, slug: str) -> HttpResponse:
    cluster, is_open = cluster_for(request, slug, "invite")
    if not is_open:
        return _nothing_changed(request, cluster)
    other = get_object_or_404(
        Member.objects.approved(), slug=request.POST.get("member", "")[:12].replace("\0", "")
    )
    if not allow("cluster-invite", str(request.member.pk), INVITATIONS_PER_DAY, DAY):
        messages.warning(request, _("Your member sent many invitations today. Please try again tomorrow."))
        return to_cluster(cluster)
    done = _("%(name)s is invited and gets an e-mail.") % {"name": other.shown_name}
    return do(request, cluster, done, actions.invite_to_cluster, member=other)


@require_POST
@member_page(role_of)
def cluster_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    cluster, is_open = cluster_for(request, slug, "invite")
    if not is_open:
        return _nothing_changed(request, cluster)
    rows = cluster.memberships.present().filter(joined_at=None).select_related("member")
    row = get_object_or_404(rows, member__slug=request.POST.get("member", "")[:12].replace("\0", ""))
    return do(
        request,
        cluster,
        _("The invitation is withdrawn."),
        actions.withdraw_cluster_invitation,
        member=row.member,
    )


@require_POST
@member_page(role_of)
def cluster_join(request: HttpRequest, slug: str) -> HttpResponse:
    cluster, _is_open = cluster_for(request, slug, "join")
    return do(request, cluster, _("You are in the cluster now."), actions.join_cluster, member=request.member)


@require_POST
@member_page(role_of)
def cluster_decline(request: HttpRequest, slug: str) -> HttpResponse:
    cluster, _is_open = cluster_for(request, slug, "decline")
    return do(
        request, cluster, _("You declined the invitation."), actions.decline_cluster, member=request.member
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def cluster_leave(request: HttpRequest, slug: str) -> HttpResponse:
    """GET asks, POST leaves."""
    cluster, is_open = cluster_for(request, slug, "leave")
    if request.method == "POST":
        return do(request, cluster, _("You left the cluster."), actions.leave_cluster, member=request.member)
    if not is_open:
        return _nothing_changed(request, cluster)
    return render(request, "partnerships/cluster_leave.html", {"cluster": cluster})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def cluster_end(request: HttpRequest, slug: str) -> HttpResponse:
    """GET asks, POST ends it for everybody."""
    cluster, is_open = cluster_for(request, slug, "end")
    if not is_open:
        return _nothing_changed(request, cluster)
    if request.method == "POST":
        return do(request, cluster, _("The cluster has ended."), actions.end_cluster)
    return render(request, "partnerships/cluster_end.html", {"cluster": cluster})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def cluster_hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    """To another member of the cluster."""
    cluster, is_open = cluster_for(request, slug, "hand_over")
    if not is_open:
        return _nothing_changed(request, cluster)
    form = HandOverForm(sent(request)[0], cluster=cluster)
    if form.is_valid():
        to = form.cleaned_data["to"]
        done = _("%(name)s leads the cluster now.") % {"name": to.shown_name}
        return do(request, cluster, done, actions.hand_over_cluster, to=to)
    context = {"form": form, "cluster": cluster}
    return render(
        request, "partnerships/cluster_hand_over.html", context, status=422 if form.is_bound else 200
    )
