"""`MatchingRound`: one computation that proposes partners for everyone at once; its inputs are frozen, its result is
certified, and its pairs become matches when it is published."""

from datetime import timedelta

from django.db import models
from django.db.models import ExpressionWrapper, F, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.countries import country_name
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member
from partnerships.models.clusters import Cluster
from partnerships.models.matches import Match

# A computation whose pulse stopped so long ago has no worker any more; so often it is taken up again.
STALE_AFTER = timedelta(minutes=5)
MOST_TRIES = 3
IS_UNDER_WAY = ["draft", "computing", "computed", "failed"]


class MatchingRoundQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-created_at", "-id")

    def under_way(self):
        """Opened and not yet published or cancelled: its members are told that a round is being prepared."""
        return self.filter(status__in=MatchingRound.UNDER_WAY)

    def without_worker(self):
        """To be computed, and no worker does so, or its worker died; the longest wait first."""
        stale = Q(token="") | Q(pulse_at__lt=timezone.now() - STALE_AFTER)
        rows = self.filter(stale, status=MatchingRound.Status.COMPUTING)
        return rows.order_by("status_changed_at", "id")


class MatchingRound(Stated, Dated):
    """Opened by the desk. Computing is a task: it tells how far it is, can be cancelled, and starts again from the
    frozen inputs when the worker died."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("status of a matching round", "being prepared")
        COMPUTING = "computing", pgettext_lazy("status of a matching round", "being computed")
        COMPUTED = "computed", pgettext_lazy("status of a matching round", "ready to look at")
        FAILED = "failed", pgettext_lazy("status of a matching round", "could not be computed")
        PUBLISHED = "published", pgettext_lazy("status of a matching round", "published")
        CANCELLED = "cancelled", pgettext_lazy("status of a matching round", "cancelled")

    MOVES = {
        Status.DRAFT: {Status.COMPUTING, Status.CANCELLED},
        Status.COMPUTING: {Status.COMPUTED, Status.FAILED, Status.DRAFT, Status.CANCELLED},
        Status.COMPUTED: {Status.DRAFT, Status.PUBLISHED, Status.CANCELLED},
        Status.FAILED: {Status.DRAFT, Status.CANCELLED},
        Status.PUBLISHED: set(),
        Status.CANCELLED: set(),
    }
    UNDER_WAY = IS_UNDER_WAY

    class Step(models.TextChoices):
        """What a computation is at."""

        FREEZING = "freezing", _("writing down who takes part")
        SCORES = "scores", _("scoring all pairs")
        COVER = "cover", _("finding how many can get a partner")
        OPTIMUM = "optimum", _("finding the best pairs")
        PROOF = "proof", _("proving that no pair is better")
        CHECK = "check", _("checking the proof")

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    title = models.CharField(_("title"), max_length=160)
    # Inputs beside the participants, frozen with them by the worker before it computes.
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False)
    weights_version = models.PositiveIntegerField(null=True, blank=True, editable=False)
    inputs_hash = models.CharField(max_length=64, blank=True, editable=False)
    # What is not of one participant: weights, partnerships that the portal knows, the day.
    frozen = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), editable=False)
    # Progress of the task, and its pulse: a computation whose pulse stopped is taken up again.
    step = models.CharField(max_length=20, choices=Step, blank=True, editable=False)
    share_done = models.FloatField(default=0, editable=False)
    pulse_at = models.DateTimeField(null=True, blank=True, editable=False)
    token = models.CharField(max_length=32, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    failure = models.CharField(max_length=300, blank=True, editable=False)
    # The certificate: the optimum found and the proven bound, for both stages of the objective; greedy beside it.
    result = models.JSONField(default=dict, blank=True, editable=False)
    computed_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = MatchingRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("matching round")
        verbose_name_plural = _("matching rounds")
        constraints = [
            models.CheckConstraint(condition=Q(title__gt=""), name="matchinground_titled"),
            # Two would give away the same places.
            models.UniqueConstraint(
                ExpressionWrapper(Q(status__in=IS_UNDER_WAY), models.BooleanField()),
                condition=Q(status__in=IS_UNDER_WAY),
                name="matchinground_one_under_way",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["computed", "published"])
                | Q(frozen_at__isnull=False, inputs_hash__gt=""),
                name="matchinground_computed_from_frozen_inputs",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["computed", "published"]) | Q(computed_at__isnull=False),
                name="matchinground_computed_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="published", published_at__isnull=False)
                | (~Q(status="published") & Q(published_at__isnull=True)),
                name="matchinground_published_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | Q(failure__gt=""), name="matchinground_failed_says_why"
            ),
            models.CheckConstraint(
                condition=Q(share_done__gte=0, share_done__lte=1), name="matchinground_share_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def takes_changes(self) -> bool:
        """Title and quotas are inputs: they change before the round is computed."""
        return self.status == self.Status.DRAFT


class CountryQuota(models.Model):
    """At most so many pairs with partners of one country in a round."""

    matching_round = models.ForeignKey(MatchingRound, models.CASCADE, related_name="quotas")
    country = models.CharField(_("country"), max_length=2)
    most = models.PositiveIntegerField(_("at most so many partnerships"))

    class Meta:
        verbose_name = _("quota of a country")
        verbose_name_plural = _("quotas of countries")
        constraints = [
            models.UniqueConstraint(fields=["matching_round", "country"], name="countryquota_once")
        ]

    def __str__(self) -> str:
        return f"{country_name(self.country)}: {self.most}"


class RoundParticipantQuerySet(models.QuerySet):
    def without_partner(self):
        return self.exclude(without="")


class RoundParticipant(models.Model):
    """A side that takes part, as it was when the inputs were frozen; a cluster by the member that leads it."""

    class Without(models.TextChoices):
        """Why a side got nobody."""

        NOBODY_ALLOWED = "nobody_allowed", _("no partner fulfils the conditions of both sides")
        QUOTA = "quota", _("the quotas of countries were used up")
        TAKEN = "taken", _("all possible partners have as many as they want")

    matching_round = models.ForeignKey(MatchingRound, models.CASCADE, related_name="participants")
    member = models.ForeignKey(Member, models.PROTECT, related_name="round_participations")
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, null=True, blank=True, related_name="round_participations"
    )
    is_ukrainian = models.BooleanField()
    capacity = models.PositiveSmallIntegerField()
    # The profile, wishes and vetoes that the computation reads, by keys of `partnerships.matching`.
    frozen = models.JSONField(default=dict)
    without = models.CharField(_("why nobody"), max_length=14, choices=Without, blank=True)

    objects = RoundParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant of a round")
        verbose_name_plural = _("participants of a round")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["matching_round", "member"], name="roundparticipant_once"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="roundparticipant_has_room"),
        ]

    def __str__(self) -> str:
        return str(self.member)


class RoundProposalQuerySet(models.QuerySet):
    def to_hand_out(self):
        """Of published rounds, neither a handshake nor skipped yet."""
        published = MatchingRound.Status.PUBLISHED
        return self.filter(matching_round__status=published, match=None, skipped="").order_by("id")


class RoundProposal(models.Model):
    """One pair of the optimum: the Ukrainian side and the other."""

    class Skipped(models.TextChoices):
        """Why it became no handshake: what happened between the computation and the publication."""

        LEFT = "left", _("one of the two is no longer an active member")
        NOT_LOOKING = "not_looking", _("one of the two no longer looks for a partner")
        NO_ROOM = "no_room", _("one of the two has found as many partners as it looked for")
        CHANGED = "changed", _("the cluster of one side has changed")
        APART = "apart", _("a block or a veto keeps the two apart")
        IN_MATCH = "in_match", _("the two are in contact already, or have said no to each other")
        IN_TWINNING = "in_twinning", _("the two are in a partnership already")

    matching_round = models.ForeignKey(MatchingRound, models.CASCADE, related_name="proposals")
    left = models.ForeignKey(RoundParticipant, models.CASCADE, related_name="proposals_as_left")
    right = models.ForeignKey(RoundParticipant, models.CASCADE, related_name="proposals_as_right")
    score = models.FloatField()
    # The parts of the score as both sides read them.
    parts = models.JSONField(default=list)
    # The handshake that it became; empty where the two were already in one, or no longer could be.
    match = models.OneToOneField(Match, models.PROTECT, null=True, blank=True, related_name="round_proposal")

    skipped = models.CharField(
        _("not handed out because"), max_length=11, choices=Skipped, blank=True, default="", db_default=""
    )

    objects = RoundProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal of a round")
        verbose_name_plural = _("proposals of a round")
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="roundproposal_once"),
            models.CheckConstraint(condition=~Q(left=F("right")), name="roundproposal_two_sides"),
            models.CheckConstraint(
                condition=Q(skipped="") | Q(match__isnull=True), name="roundproposal_handed_out_or_skipped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left} – {self.right}"
