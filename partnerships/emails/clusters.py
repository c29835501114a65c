"""Mails of a cluster to its lead and its members, each in the reader's language."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alliance.core.links import absolute
from alliance.core.mail import Category, send
from members.models import Member
from partnerships.emails.readers import people_of
from partnerships.links import cluster_path
from partnerships.models import Cluster, ClusterMember

OPEN = gettext_lazy("Open the cluster")
ANSWER = gettext_lazy("Read and answer")


def cluster_invited(invitation: ClusterMember) -> None:
    """To a neighbour: will you come in?"""
    cluster, key = invitation.cluster, f"cluster_invited:{invitation.pk}"
    _tell("cluster_invited", cluster, invitation.member, key, label=ANSWER, category=Category.CONVERSATION)


def cluster_joined(cluster: Cluster, member: Member) -> None:
    """To the lead."""
    _to_lead("cluster_joined", cluster, member)


def cluster_declined(cluster: Cluster, member: Member) -> None:
    """To the lead."""
    _to_lead("cluster_declined", cluster, member)


def cluster_left(cluster: Cluster, member: Member) -> None:
    """To the lead, which may be alone now."""
    _to_lead("cluster_left", cluster, member, is_too_small=cluster.status == Cluster.Status.FORMING)


def cluster_handed_over(cluster: Cluster, before: Member) -> None:
    """To the new lead: ``before`` led it so far."""
    key = f"cluster_handed_over:{cluster.pk}:{cluster.updated_at.isoformat()}"
    _tell("cluster_handed_over", cluster, cluster.lead, key, about=before)


def cluster_ended(cluster: Cluster, receiver: Member) -> None:
    """To a member, or to who was invited and has nothing to answer any more."""
    _tell("cluster_ended", cluster, receiver, f"cluster_ended:{cluster.pk}")


def _to_lead(stem: str, cluster: Cluster, member: Member, **words: Any) -> None:
    row = cluster.memberships.filter(member=member).latest("id")
    _tell(stem, cluster, cluster.lead, f"{stem}:{row.pk}", about=member, **words)


def _tell(
    stem: str,
    cluster: Cluster,
    receiver: Member,
    key: str,
    *,
    about: Member | None = None,
    label: Any = OPEN,
    category: str = Category.TRANSACTIONAL,
    **words: Any,
) -> None:
    for reader in people_of(receiver):
        with translation.override(reader.language):
            context = {
                "cluster": cluster.name,
                "lead": cluster.lead.shown_name,
                "other": about.shown_name if about else "",
                "receiver": receiver.shown_name,
                "action_url": absolute(cluster_path(cluster, receiver)),
                "action_label": str(label),
                "why": _("You get this because you represent %(member)s in the Alliance.")
                % {"member": receiver.shown_name},
                **words,
            }
        send(f"partnerships/{stem}", reader.email, reader.language, context, key=key, category=category)
