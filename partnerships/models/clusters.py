"""`Cluster`: neighbours who look for a partner, and act, as one side."""

import math

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Sqrt
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.audience import Audience
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member, Place

# Kilometres in a degree of latitude.
KM_PER_DEGREE = 111.2


class ClusterQuerySet(models.QuerySet):
    def active(self):
        return self.filter(status=Cluster.Status.ACTIVE)

    def live(self):
        return self.filter(status__in=Cluster.LIVE)

    def joined_by(self, member):
        """The cluster that ``member`` is in: at most one."""
        return self.live().filter(
            pk__in=ClusterMember.objects.joined().filter(member=member).values("cluster")
        )

    def of(self, member):
        """Clusters that ``member`` leads, takes part in or is invited to."""
        taking_part = ClusterMember.objects.filter(member=member, left_at=None).values("cluster")
        return self.filter(Q(lead=member) | Q(pk__in=taking_part))


class Cluster(Stated, Dated):
    """Formed by its members themselves: one leads and invites, each other says yes for itself. In a match the lead
    answers for all; in a twinning each is a party of its own."""

    class Status(models.TextChoices):
        FORMING = "forming", pgettext_lazy("cluster status", "being formed")
        ACTIVE = "active", pgettext_lazy("cluster status", "active")
        ENDED = "ended", pgettext_lazy("cluster status", "ended")

    MOVES = {
        Status.FORMING: {Status.ACTIVE, Status.ENDED},
        Status.ACTIVE: {Status.FORMING, Status.ENDED},
        Status.ENDED: set(),
    }
    LIVE = [Status.FORMING, Status.ACTIVE]
    AUDIENCES = dict.fromkeys(("slug", "name", "lead", "members", "status"), Audience.PUBLIC)

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    status = models.CharField(
        _("status"), max_length=7, choices=Status, default=Status.FORMING, editable=False
    )
    name = models.CharField(_("name"), max_length=160)
    language = models.CharField(max_length=3)
    lead = models.ForeignKey(
        Member, models.PROTECT, related_name="clusters_led", verbose_name=_("leading member")
    )

    objects = ClusterQuerySet.as_manager()

    class Meta:
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        constraints = [models.CheckConstraint(condition=Q(name__gt=""), name="cluster_named")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.status in self.LIVE

    def could_invite(self):
        """Authorities of the lead's country that are in no cluster and not invited to this one."""
        taken = ClusterMember.objects.present().filter(Q(joined_at__isnull=False) | Q(cluster=self))
        rows = Member.objects.approved().filter(kind__in=AUTHORITIES, country=self.lead.country)
        return rows.exclude(pk__in=taken.values("member")).select_related("place__region")


AUTHORITIES = (Member.Kind.MUNICIPALITY, Member.Kind.REGION)


def nearest_first(rows: models.QuerySet, place: Place | None) -> models.QuerySet:
    """Members with their distance ``km`` from a place, the nearest first; without those that no map knows. A plane is
    exact enough among neighbours."""
    if place is None or place.lat is None:
        return rows.none()
    north = (F("place__lat") - place.lat) * KM_PER_DEGREE
    east = (F("place__lon") - place.lon) * KM_PER_DEGREE * math.cos(math.radians(place.lat))
    known = rows.filter(place__lat__isnull=False)
    return known.annotate(km=Sqrt(north * north + east * east, output_field=models.FloatField())).order_by(
        "km", "id"
    )


class ClusterMemberQuerySet(models.QuerySet):
    def present(self):
        """Who is in it, or invited."""
        return self.filter(left_at=None)

    def joined(self):
        return self.present().filter(joined_at__isnull=False)

    def awaiting_answer_of(self, member):
        """Invitations that ``member`` has not answered, the oldest first."""
        rows = self.present().filter(member=member, joined_at=None, cluster__status__in=Cluster.LIVE)
        return rows.select_related("cluster__lead").order_by("invited_at", "id")


class ClusterMember(models.Model):
    """One neighbour in it: invited by the lead, in by its own word. The lead has a row, too."""

    cluster = models.ForeignKey(Cluster, models.PROTECT, related_name="memberships")
    member = models.ForeignKey(Member, models.PROTECT, related_name="cluster_memberships")
    invited_at = models.DateTimeField(default=timezone.now)
    joined_at = models.DateTimeField(null=True, blank=True)
    joined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Declined or left: the row stays, so that the history of a side can be read.
    left_at = models.DateTimeField(null=True, blank=True)

    objects = ClusterMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a cluster")
        verbose_name_plural = _("members of a cluster")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "member"], condition=Q(left_at=None), name="clustermember_once"
            ),
            # Nobody sits on two sides of one round.
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(left_at=None, joined_at__isnull=False),
                name="clustermember_in_one_cluster",
            ),
            models.CheckConstraint(
                condition=Q(joined_at__isnull=True, joined_by__isnull=True)
                | Q(joined_at__isnull=False, joined_by__isnull=False),
                name="clustermember_joined_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("invited_at")),
                name="clustermember_left_after_invited",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cluster}: {self.member}"

    @property
    def takes_part(self) -> bool:
        return self.joined_at is not None and self.left_at is None
