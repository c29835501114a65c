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

    def of_any(self, members):
        """Matches with at least one side among the ids ``members``."""
        return self.filter(Q(member_a__in=members) | Q(member_b__in=members))

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

    class DeclineReason(models.TextChoices):
        """Counted, without names, for what the Alliance tells the institutions."""

        NO_CAPACITY = "no_capacity", _("we have no capacity now")
        NOT_A_FIT = "not_a_fit", _("it does not fit what we need or can give")
        ALREADY_FOUND = "already_found", _("we have found another partner")
        NO_DECISION = "no_decision", _("our council or board has not agreed")
        LANGUAGE = "language", _("we have no common language")
        OTHER = "other", _("another reason")

    class CloseReason(models.TextChoices):
        SILENT = "silent", _("no answer within 30 days")
        TAKEN_BACK = "taken_back", _("taken back by the side that asked")
        ENDED = "ended", _("ended by one side")
        BLOCKED = "blocked", _("one side blocked the other")
        DESK = "desk", _("closed by the secretariat")

    class Answer(models.TextChoices):
        YES = "yes", pgettext_lazy("answer to a match", "yes")
        NO = "no", pgettext_lazy("answer to a match", "no")

    class Help(models.TextChoices):
        """What either side may ask the secretariat for."""

        INTERPRETER = "interpreter", _("an interpreter")
        MEDIATOR = "mediator", _("a mediator")

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    origin = models.CharField(max_length=10, choices=Origin)
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED, editable=False)
    member_a = models.ForeignKey(Member, models.PROTECT, related_name="matches_as_a")
    member_b = models.ForeignKey(Member, models.PROTECT, related_name="matches_as_b")
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, blank=True, related_name="matches")
    requested_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="matches_requested"
    )
    # Each side's answer with who and when. Contacts are visible exactly while the status is accepted.
    answer_a = models.CharField(max_length=3, choices=Answer, blank=True, editable=False)
    answer_b = models.CharField(max_length=3, choices=Answer, blank=True, editable=False)
    answered_a_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_b_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_a_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    answered_b_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # When the waiting for an answer began: reminders and hand-over count from here.
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    decline_reason = models.CharField(
        _("reason"), max_length=13, choices=DeclineReason, blank=True, editable=False
    )
    decline_text = models.TextField(_("in words"), max_length=1000, blank=True, editable=False)
    close_reason = models.CharField(
        _("closed because"), max_length=10, choices=CloseReason, blank=True, editable=False
    )
    # Handed to a coordinator after two weeks of silence, or because a side asked for help.
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True, editable=False)
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("coordinator"),
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
            *[
                models.CheckConstraint(
                    condition=Q(**{f"answer_{side}": "", f"answered_{side}_at__isnull": True})
                    | (~Q(**{f"answer_{side}": ""}) & Q(**{f"answered_{side}_at__isnull": False})),
                    name=f"match_answer_{side}_has_moment",
                )
                for side in ("a", "b")
            ],
            models.CheckConstraint(
                condition=~Q(status="accepted")
                | Q(answer_a="yes", answer_b="yes", accepted_at__isnull=False),
                name="match_accepted_by_both",
            ),
            models.CheckConstraint(
                condition=(Q(status="declined") & Q(decline_reason__gt=""))
                | (~Q(status="declined") & Q(decline_reason="", decline_text="")),
                name="match_declined_has_reason",
            ),
            models.CheckConstraint(
                condition=(Q(status="closed") & Q(close_reason__gt=""))
                | (~Q(status="closed") & Q(close_reason="")),
                name="match_closed_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def other_side(self, member: Member) -> Member:
        """The side that ``member`` is not."""
        return self.member_b if member.pk == self.member_a_id else self.member_a

    @property
    def has_contacts(self) -> bool:
        """Whether each side sees the other's contact person: only after both said yes."""
        return self.status == self.Status.ACCEPTED

    def side_of(self, member: Member) -> str:
        """``a`` or ``b``."""
        return "a" if member.pk == self.member_a_id else "b"

    def answer_of(self, member: Member) -> str:
        return getattr(self, f"answer_{self.side_of(member)}")
