"""`ReviewRule`: whose needs and offers the desk reads before they are published."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import Member


class ReviewRuleQuerySet(models.QuerySet):
    def reads_first(self, member: Member) -> bool:
        """Whether the desk reads what this member writes before anybody else does."""
        return self.filter(tier=member.tier, is_required=True).exists()


class ReviewRule(models.Model):
    """Whether listings of a class of partner wait for the desk before they are published. No row: they do not."""

    tier = models.CharField(_("class of partner"), max_length=13, unique=True, choices=Member.Tier)
    is_required = models.BooleanField(_("the desk reads needs and offers first"), default=False)

    objects = ReviewRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of review")
        verbose_name_plural = _("rules of review")

    def __str__(self) -> str:
        return self.get_tier_display()
