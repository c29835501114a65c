"""What a member says of the partners that it looks for: whether, how many, which must be, with whom not."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from alliance.core.models import Dated
from members.models import Member, Sector
from partnerships.models.matches import Match

# The most partners that one member asks for in one round.
MAX_CAPACITY = 10


class PartnerWishQuerySet(models.QuerySet):
    def looking(self):
        """Of approved members that want a partner."""
        return self.filter(looking_since__isnull=False, member__status=Member.Status.APPROVED)

    def with_room(self):
        """With `room`: how many more partners it looks for. What runs since it began to look, and is about no need or
        offer, takes a place; what was declined or ended gives it back."""
        taken = [self._running(side) for side in ("member_a", "member_b")]
        return self.annotate(room=F("capacity") - sum(taken[1:], taken[0]))

    @staticmethod
    def _running(side: str):
        since = OuterRef("looking_since")
        rows = Match.objects.open().filter(**{side: OuterRef("member")}, listing=None, created_at__gte=since)
        counted = rows.order_by().values(side).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted), 0)


class PartnerWish(Dated):
    """Read by suggestions and by matching rounds. Without a row a member is shown suggestions and takes part in no
    round."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="partner_wish")
    # Empty: not looking now.
    looking_since = models.DateTimeField(_("looking for a partner since"), null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("how many new partners"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_CAPACITY)],
    )
    # Must-haves: an empty list asks for nothing. A partner fulfils a list by having one entry of it.
    must_countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("only from these countries"), default=list, blank=True
    )
    must_languages = ArrayField(
        models.CharField(max_length=3), verbose_name=_("speaks one of"), default=list, blank=True
    )
    must_sectors = models.ManyToManyField(
        Sector, related_name="+", blank=True, verbose_name=_("works in one of")
    )

    objects = PartnerWishQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish for a partner")
        verbose_name_plural = _("wishes for a partner")
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=MAX_CAPACITY), name="partnerwish_capacity_in_range"
            )
        ]

    def __str__(self) -> str:
        return str(self.member)


class PartnerVeto(models.Model):
    """``member`` does not want to be proposed ``other``. Read by the portal and the desk alone: the other side is
    never told."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="vetoes")
    other = models.ForeignKey(Member, models.CASCADE, related_name="vetoed_by")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("veto")
        verbose_name_plural = _("vetoes")
        constraints = [
            models.UniqueConstraint(fields=["member", "other"], name="partnerveto_once"),
            models.CheckConstraint(condition=~Q(member=F("other")), name="partnerveto_not_of_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.member} – {self.other}"
