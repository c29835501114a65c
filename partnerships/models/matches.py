"""`Match`: one handshake between two members, about a listing or in general, and how long an answer may take."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member
from partnerships.models.clusters import Cluster
from partnerships.models.listings import Listing

# Days after the question: the silent side is reminded twice, then a coordinator looks after it, then it is closed.
REMIND_AFTER_DAYS = (5, 10)
HAND_OVER_AFTER_DAYS = 14
CLOSE_AFTER_DAYS = 30
# After silence the same two are not proposed to each other for so long.
SILENT_APART_DAYS = 365


class MatchQuerySet(models.QuerySet):
    def of(self, member):
        return self.filter(Q(member_a=member) | Q(member_b=member))

    def of_any(self, members):
        """Matches with at least one side among the ids ``members``."""
        return self.filter(Q(member_a__in=members) | Q(member_b__in=members))

    def open(self):
        return self.filter(status__in=Match.OPEN)

    def accepted(self):
        return self.filter(status=Match.Status.ACCEPTED)

    def awaiting_answer_of(self, member):
        """What ``member`` was asked and has not answered."""
        unanswered = Q(member_a=member, answer_a="") | Q(member_b=member, answer_b="")
        return self.filter(unanswered, status=Match.Status.REQUESTED)

    def awaiting_other_side_of(self, member):
        """What ``member`` agreed to and the other side has not answered."""
        answered = Q(member_a=member, answer_a="yes") | Q(member_b=member, answer_b="yes")
        return self.filter(answered, status=Match.Status.REQUESTED)

    def ended(self):
        return self.exclude(status__in=Match.OPEN)

    def said_no(self):
        """Pairs that are not proposed to each other again: one declined, took its yes back or ended it. Silence counts
        for a year, since it may have been the wrong address or a bad month. A no about one need or offer is none to a
        partnership."""
        silent = Q(close_reason=Match.CloseReason.SILENT)
        long_ago = timezone.now() - timedelta(days=SILENT_APART_DAYS)
        rows = self.ended().filter(listing=None)
        return rows.exclude(silent, status_changed_at__lt=long_ago)

    def counted_by_reason(self):
        """Why members declined: `reason`, `n`, `recent` (within a year), as that of suggestions."""
        recent = Q(status_changed_at__gte=timezone.now() - timedelta(days=365))
        rows = self.filter(status=Match.Status.DECLINED).order_by().values(reason=F("decline_reason"))
        return rows.annotate(n=Count("pk"), recent=Count("pk", filter=recent)).order_by("-n", "reason")

    def with_waiting(self, member):
        """With `waits`: 1 where ``member`` has a question or a proposed meeting to answer, else 0."""
        proposed = self._rows_of("meetings").awaiting_answer_of(member).filter(match=OuterRef("pk"))
        asked = Q(status=Match.Status.REQUESTED) & (
            Q(member_a=member, answer_a="") | Q(member_b=member, answer_b="")
        )
        waits = Case(When(asked | Exists(proposed), then=Value(1)), default=Value(0))
        return self.annotate(waits=waits)

    def waiting_since(self, days: int):
        """Unanswered for so many days or longer."""
        return self.filter(
            status=Match.Status.REQUESTED, asked_at__lte=timezone.now() - timedelta(days=days)
        ).order_by("asked_at", "id")

    def due_for_reminder(self, days: int):
        """Neither this reminder nor a later one was sent, and no coordinator is asked yet. Members on hold cannot
        answer, so nobody is reminded."""
        approved = {f"member_{side}__status": Member.Status.APPROVED for side in ("a", "b")}
        in_time = timezone.now() - timedelta(days=HAND_OVER_AFTER_DAYS)
        return self.waiting_since(days).filter(reminded_days__lt=days, asked_at__gt=in_time, **approved)

    def due_for_hand_over(self):
        return self.waiting_since(HAND_OVER_AFTER_DAYS).filter(handed_over_at=None)

    def due_to_close(self):
        return self.waiting_since(CLOSE_AFTER_DAYS)

    def in_care(self):
        """What a coordinator looks after: nobody answered for two weeks, or a side asked for help."""
        has_call = Exists(self._rows_of("help_requests").open().filter(match=OuterRef("pk")))
        silent = Q(status=Match.Status.REQUESTED, handed_over_at__isnull=False)
        return self.filter(silent | has_call)

    def _rows_of(self, relation: str):
        """All rows of a table that points at matches and is declared above this one."""
        return self.model._meta.get_field(relation).related_model.objects

    def of_pair(self, one: Member, other: Member):
        """All matches of two members, whichever of them is named first."""
        a, b = sides(one, other)
        return self.filter(member_a=a, member_b=b)

    def between(self, one: Member, other: Member, listing: Listing | None):
        """The matches of two members about a listing, or in general where there is none."""
        return self.of_pair(one, other).filter(listing=listing)

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
    # A side that acts for its neighbours, too: the member above leads the cluster and answers for it.
    cluster_a = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="+")
    cluster_b = models.ForeignKey(Cluster, models.PROTECT, null=True, blank=True, related_name="+")
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
    # Which of `REMIND_AFTER_DAYS` was sent last. (Defaults of the database serve a portal one version older.)
    reminded_days = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    decline_reason = models.CharField(
        _("reason"), max_length=13, choices=DeclineReason, blank=True, editable=False
    )
    decline_text = models.TextField(_("in words"), max_length=1000, blank=True, editable=False)
    close_reason = models.CharField(
        _("closed because"), max_length=10, choices=CloseReason, blank=True, editable=False
    )
    # Who ended or took it back, and what they wrote to the other side; nobody where the portal closed it.
    closed_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    close_text = models.TextField(_("in words"), max_length=1000, blank=True, default="", db_default="")
    # Handed to a coordinator after two weeks of silence.
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
                | (~Q(status="closed") & Q(close_reason="", close_text="", closed_by__isnull=True)),
                name="match_closed_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | Q(closed_by=F("member_a")) | Q(closed_by=F("member_b")),
                name="match_closed_by_a_side",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at", "id"], condition=Q(status="requested"), name="match_unanswered"),
        ]

    def __str__(self) -> str:
        return self.slug

    def other_side(self, member: Member) -> Member:
        """The side that ``member`` is not."""
        return self.member_b if member.pk == self.member_a_id else self.member_a

    @property
    def is_proposal(self) -> bool:
        """Proposed by a matching round: neither side asked, both are."""
        return self.origin == self.Origin.ROUND

    def cluster_of(self, member: Member) -> Cluster | None:
        """The cluster that ``member`` answers for in it."""
        return self.cluster_a if member.pk == self.member_a_id else self.cluster_b

    @property
    def has_contacts(self) -> bool:
        """Whether each side sees the other's contact person: only after both said yes."""
        return self.status == self.Status.ACCEPTED

    def side_of(self, member: Member) -> str:
        """``a`` or ``b``."""
        return "a" if member.pk == self.member_a_id else "b"

    def answer_of(self, member: Member) -> str:
        return getattr(self, f"answer_{self.side_of(member)}")

    def is_side(self, member: Member) -> bool:
        return member.pk in (self.member_a_id, self.member_b_id)

    def awaits(self, member: Member) -> bool:
        """Whether ``member`` is a side that has not answered yet."""
        return self.status == self.Status.REQUESTED and self.is_side(member) and not self.answer_of(member)

    def awaits_other_side_of(self, member: Member) -> bool:
        """Whether ``member`` said yes and the other side has not answered yet: it may still take that back."""
        return (
            self.status == self.Status.REQUESTED
            and self.is_side(member)
            and self.answer_of(member) == self.Answer.YES
        )

    @property
    def silent_sides(self) -> list[Member]:
        """Whose answer is missing."""
        return [side for side in (self.member_a, self.member_b) if self.awaits(side)]

    @property
    def closes_at(self) -> datetime:
        """When it ends by itself without an answer."""
        return self.asked_at + timedelta(days=CLOSE_AFTER_DAYS)
