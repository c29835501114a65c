"""Clusters of neighbours: the member's own, the page of one, forming it and inviting; the way in from a mail."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.core.forms import sent
from alliance.core.languages import reader_language
from alliance.core.lists import MAX_QUERY
from alliance.core.refusals import Refused
from alliance.core.states import NotAllowed
from members.decorators import member_page
from members.models import Member
from members.models.member_search import Criteria
from members.names_shown import name_of, place_of
from members.permissions import role_of
from partnerships.actions import clusters as actions
from partnerships.forms.clusters import ClusterForm
from partnerships.links import cluster_parts
from partnerships.models import Cluster, ClusterMember
from partnerships.models.clusters import nearest_first
from partnerships.permissions import can_create_cluster, can_write_for, cluster_verbs
from partnerships.views.readers import act_for

TONES = {"forming": "wait", "active": "ok", "ended": "stop"}
# How many neighbours, and how many that a search found, one page offers.
MOST_NEIGHBOURS, MOST_FOUND = 12, 20


def own_cluster(request: HttpRequest, slug: str) -> Cluster:
    """A cluster that the member is in or invited to; anybody else's does not exist."""
    rows = Cluster.objects.of(request.member).select_related("lead__place__region")
    return get_object_or_404(rows, slug=slug)


def to_cluster(cluster: Cluster) -> HttpResponse:
    return redirect("partnerships:cluster_detail", cluster.slug)


# --- The member's own --------------------------------------------------------------------------------------


@require_safe
@member_page(role_of)
def cluster_list(request: HttpRequest) -> HttpResponse:
    """The cluster that the member is in, and the invitations that it has not answered."""
    member = request.member
    own = Cluster.objects.joined_by(member).select_related("lead").first()
    invitations = ClusterMember.objects.awaiting_answer_of(member)[:MOST_FOUND]
    context = {
        "own": _row(own) if own else None,
        "invitations": [_row(row.cluster) for row in invitations],
        "may_create": own is None and can_create_cluster(request.user, member),
        "is_authority": member.is_authority,
    }
    return render(request, "partnerships/cluster_list.html", context)


def _row(cluster: Cluster) -> dict[str, str]:
    return {
        "href": reverse("partnerships:cluster_detail", args=[cluster.slug]),
        "name": cluster.name,
        "language": language_mark(cluster),
        "lead": cluster.lead.shown_name,
        "status": cluster.get_status_display(),
        "tone": TONES[cluster.status],
    }


def language_mark(cluster: Cluster) -> str:
    """The language of the name where it is not the reader's."""
    return cluster.language if cluster.language != reader_language() else ""


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def cluster_create(request: HttpRequest) -> HttpResponse:
    if not can_create_cluster(request.user, request.member):
        raise PermissionDenied
    form = ClusterForm(sent(request)[0], instance=Cluster(lead=request.member))
    if form.is_valid():
        try:
            actions.create_cluster(form.instance, by=request.user)
            return redirect("partnerships:cluster_invite", form.instance.slug)
        except (NotAllowed, Refused) as refusal:
            form.add_error(None, said(refusal))
    status = 422 if form.is_bound else 200
    return render(request, "partnerships/cluster_form.html", {"form": form}, status=status)


def said(refusal: Exception) -> str:
    """Why not, for whoever asked."""
    if isinstance(refusal, Refused):
        return str(refusal)
    return _("Nothing changed: this was done already, perhaps by a colleague.")


@require_http_methods(["GET", "HEAD", "POST"])
@member_page(role_of)
def cluster_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Another name."""
    cluster = own_cluster(request, slug)
    if "rename" not in cluster_verbs(request.user, request.member, cluster):
        raise PermissionDenied
    form = ClusterForm(sent(request)[0], instance=cluster)
    if form.is_valid():
        try:
            given = {"name": cluster.name, "language": cluster.language}
            actions.rename_cluster(cluster, by=request.user, **given)
            return to_cluster(cluster)
        except NotAllowed as refusal:
            form.add_error(None, said(refusal))
    context = {"form": form, "cluster": cluster}
    return render(request, "partnerships/cluster_form.html", context, status=422 if form.is_bound else 200)


# --- One cluster -------------------------------------------------------------------------------------------


@require_safe
@member_page(role_of)
def cluster_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is in it, who is invited, and what this member can do."""
    cluster = own_cluster(request, slug)
    rows = list(cluster.memberships.present().select_related("member__place__region"))
    verbs = cluster_verbs(request.user, request.member, cluster, rows)
    joined = [_member(row, cluster) for row in rows if row.joined_at]
    context = {
        "cluster": cluster,
        "name_language": language_mark(cluster),
        "status": cluster.get_status_display(),
        "tone": TONES[cluster.status],
        "is_active": cluster.status == Cluster.Status.ACTIVE,
        "lead_name": cluster.lead.shown_name,
        "joined": joined,
        "invited": [_member(row, cluster) for row in rows if not row.joined_at],
        "verbs": verbs,
        "is_lead": cluster.lead_id == request.member.pk,
        "may_hand_over": "hand_over" in verbs and len(joined) > 1,
        "may_answer": can_write_for(request.user, request.member),
    }
    return render(request, "partnerships/cluster_detail.html", context)


def _member(row: ClusterMember, cluster: Cluster) -> dict[str, Any]:
    member = row.member
    since = date_format(localtime(row.joined_at or row.invited_at), "DATE_FORMAT")
    if row.joined_at is None:
        note = _("invited on %(day)s") % {"day": since}
    elif member.pk == cluster.lead_id:
        note = pgettext("member of a cluster", "leads it")
    else:
        note = _("since %(day)s") % {"day": since}
    return _place(member) | {"note": note}


def _place(member: Member) -> dict[str, Any]:
    name = name_of(member)
    is_listed = member.status == Member.Status.APPROVED
    return {
        "slug": member.slug,
        "name": name.text,
        "language": name.language if name.is_other else "",
        "href": reverse("members:member_detail", args=[member.slug]) if is_listed else "",
        "place": place_of(member),
    }


@require_safe
@member_page(role_of)
def cluster_invite(request: HttpRequest, slug: str) -> HttpResponse:
    """The nearest neighbours, and whoever a search by name finds."""
    cluster = own_cluster(request, slug)
    if "invite" not in cluster_verbs(request.user, request.member, cluster):
        raise PermissionDenied
    query = request.GET.get("q", "").strip()[:MAX_QUERY]
    rows = cluster.could_invite()
    if query:
        found = rows.found(Criteria(text=query)).ranked(query).order_by("rank", "id")[:MOST_FOUND]
    else:
        found = nearest_first(rows, request.member.place)[:MOST_NEIGHBOURS]
    context = {
        "cluster": cluster,
        "name_language": language_mark(cluster),
        "query": query,
        "found": [_place(member) | {"distance": _distance(member)} for member in found],
        "room": actions.MOST_MEMBERS - cluster.memberships.present().count(),
    }
    return render(request, "partnerships/cluster_invite.html", context)


def _distance(member: Member) -> str:
    """In whole kilometres, where the list is by distance."""
    km = getattr(member, "km", None)
    return "" if km is None else _("%(number)s km away") % {"number": number_format(round(km))}


@require_safe
@never_cache
def cluster_open(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail. It names the member it was sent to and lets nobody in: the login comes first."""
    slug, side = cluster_parts(token) or ("", "")
    if not slug:
        raise Http404
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    cluster = get_object_or_404(Cluster, slug=slug)
    member = act_for(request, side)
    if not Cluster.objects.of(member).filter(pk=cluster.pk).exists():  # ended, or the invitation is withdrawn
        return redirect("partnerships:cluster_list")
    return to_cluster(cluster)
