"""`Match`: one handshake between two members, about a listing or in general; and its messages."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member
from partnerships.models.listings import Listing


class MatchQuerySet(models.QuerySet):
    def of(self, member):
        return self.filter(Q(member_a=member) | Q(member_b=member))

    def open(self):
        return self.filter(status__in=Match.OPEN)

    def between(self, one: Member, other: Member, listing: Listing | None):
        """The matches of two members about a listing, whichever of them is named first."""
        a, b = sides(one, other)
        return self.filter(member_a=a, member_b=b, listing=listing)

    def newest_first(self):
        return self.order_by("-updated_at", "-id")


def sides(one: Member, other: Member) -> tuple[Member, Member]:
    """Two members in the normalised order of a match."""
    return (one, other) if one.pk < other.pk else (other, one)


class Match(Stated, Dated):
    """Two sides in normalised order (a before b by id). Contacts become visible only when both said yes."""

    class Origin(models.TextChoices):
        REQUEST = "request", pgettext_lazy("origin of a match", "request")
        SUGGESTION = "suggestion", pgettext_lazy("origin of a match", "suggestion")
        ROUND = "round", pgettext_lazy("origin of a match", "matching round")

    class Status(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("match status", "awaiting an answer")
        ACCEPTED = "accepted", pgettext_lazy("match status", "accepted")
        DECLINED = "declined", pgettext_lazy("match status", "declined")
        CLOSED = "closed", pgettext_lazy("match status", "closed")

    MOVES = {
        Status.REQUESTED: {Status.ACCEPTED, Status.DECLINED, Status.CLOSED},
        Status.ACCEPTED: {Status.CLOSED},
        Status.DECLINED: set(),
        Status.CLOSED: set(),
    }
    OPEN = [Status.REQUESTED, Status.ACCEPTED]

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    origin = models.CharField(max_length=10, choices=Origin)
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED, editable=False)
    member_a = models.ForeignKey(Member, models.PROTECT, related_name="matches_as_a")
    member_b = models.ForeignKey(Member, models.PROTECT, related_name="matches_as_b")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, blank=True, related_name="matches")
    requested_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="matches_requested"
    )

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.CheckConstraint(condition=Q(member_a__lt=F("member_b")), name="match_sides_in_order"),
            models.UniqueConstraint(
                fields=["member_a", "member_b", "listing"],
                condition=Q(status__in=["requested", "accepted"]),
                nulls_distinct=False,
                name="match_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(origin="request") | Q(requested_by__isnull=False),
                name="match_request_has_requester",
            ),
            models.CheckConstraint(
                condition=Q(requested_by__isnull=True)
                | Q(requested_by=F("member_a"))
                | Q(requested_by=F("member_b")),
                name="match_requester_is_a_side",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def other_side(self, member: Member) -> Member:
        """The side that ``member`` is not."""
        return self.member_b if member.pk == self.member_a_id else self.member_a


class Message(models.Model):
    """A message inside a match, from one side to the other. Text of a stranger: quoted in mails, links inert."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="messages")
    sender = models.ForeignKey(Member, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=3000)
    language = models.CharField(max_length=3)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["sent_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(text__gt=""), name="message_has_text")]

    def __str__(self) -> str:
        return f"{self.match}: {self.sent_at:%Y-%m-%d}"
