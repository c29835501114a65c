"""Blocking a member, and telling the desk about a listing, a message or a member."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member
from partnerships.models.listings import Listing
from partnerships.models.matches import Match
from partnerships.models.messages import Message


class BlockQuerySet(models.QuerySet):
    def between(self, one: Member, other: Member):
        """Blocks that keep two members apart, whoever set them."""
        return self.filter(Q(member=one, blocked=other) | Q(member=other, blocked=one))

    def kept_from(self, member, others) -> set[int]:
        """Those of the ids ``others`` whom a block keeps apart from ``member`` (an id, too), whoever set it."""
        rows = self.filter(Q(member=member, blocked__in=others) | Q(blocked=member, member__in=others))
        pairs = rows.values_list("member_id", "blocked_id")
        return {pk for pair in pairs for pk in pair} - {member}


class Block(models.Model):
    """``member`` wants no more requests and messages of ``blocked``, which is not told."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="blocks")
    blocked = models.ForeignKey(Member, models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["member", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(member=F("blocked")), name="block_not_oneself"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} ⊘ {self.blocked_id}"


class ReportQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=Report.Status.OPEN)


class Report(Stated, Dated):
    """A member tells the desk of something that should not stand."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("report status", "open")
        UPHELD = "upheld", pgettext_lazy("report status", "acted upon")
        DISMISSED = "dismissed", pgettext_lazy("report status", "no reason to act")

    class Reason(models.TextChoices):
        DANGEROUS = "dangerous", _("it shows a place, a route or a person at risk")
        FRAUD = "fraud", _("it looks like fraud or a false identity")
        ABUSE = "abuse", _("it is insulting or threatening")
        ADVERTISING = "advertising", _("it is advertising")
        WRONG = "wrong", _("it is not true or out of date")
        OTHER = "other", _("another reason")

    MOVES = {
        Status.OPEN: {Status.UPHELD, Status.DISMISSED},
        Status.UPHELD: set(),
        Status.DISMISSED: set(),
    }

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPEN, editable=False)
    reporter = models.ForeignKey(
        Member, models.PROTECT, related_name="reports", verbose_name=_("reported by")
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, blank=True, related_name="reports")
    match = models.ForeignKey(Match, models.PROTECT, null=True, blank=True, related_name="reports")
    message = models.ForeignKey(Message, models.PROTECT, null=True, blank=True, related_name="reports")
    reason = models.CharField(_("reason"), max_length=11, choices=Reason)
    text = models.TextField(_("in words"), max_length=2000, blank=True)
    outcome = models.TextField(_("what the desk did"), max_length=2000, blank=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(listing__isnull=False, match__isnull=True, message__isnull=True)
                | Q(listing__isnull=True, match__isnull=False),
                name="report_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(status="open", outcome="") | (~Q(status="open") & Q(outcome__gt="")),
                name="report_decided_in_words",
            ),
            models.UniqueConstraint(
                fields=["reporter", "listing", "match", "message"],
                condition=Q(status="open"),
                nulls_distinct=False,
                name="report_open_once",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def reported(self) -> Member:
        """Whose listing, message or conduct it is about."""
        if self.listing:
            return self.listing.member
        return self.message.sender if self.message else self.match.other_side(self.reporter)
