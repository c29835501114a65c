"""What the portal proposes: `Suggestion`, one member to another, with the parts of its score as they were computed;
`MatchScore`, the parts that both sides of a handshake read; `MatchWeights`, what each part is worth, as versions;
`CandidateColumns`, with which a fresh worker begins."""

from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.models import Member
from partnerships.match_parts import TENTHS, Part, Weights
from partnerships.models.matches import Match
from partnerships.models.safety import Block
from partnerships.models.twinnings import TwinningParty
from partnerships.models.wishes import PartnerVeto, PartnerWish

# One part is worth at most so much; so a total always fits, and no part can drown the others by a slip.
MOST_POINTS = 100
LEAST_CAP, MOST_CAP = 150, 2000
PARTS = [part.value for part in Part]


def points_field(label) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, validators=[MaxValueValidator(MOST_POINTS)])


class MatchWeightsQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-version")


class MatchWeights(models.Model):
    """Append-only: a change is a new version, and every score says by which one it was counted."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    needs = points_field(_("needs that offers meet"))
    experience = points_field(_("offers in sectors of interest"))
    sectors = points_field(_("sectors in common"))
    languages = points_field(_("languages in common"))
    size = points_field(_("similar size"))
    level = points_field(_("level of authority"))
    distance = points_field(_("distance"))
    border = points_field(_("common border"))
    ties = points_field(_("existing ties"))
    countries = points_field(_("partnerships of the country"))
    twinnings = points_field(_("experience with partnerships"))
    capacity = points_field(_("room for partners"))
    first_partner = points_field(_("never had a partner"))
    attention = points_field(_("not yet proposed to many"))
    attention_cap = models.PositiveSmallIntegerField(
        _("no points for attention from this many per cent of an even share"),
        default=500,
        validators=[MinValueValidator(LEAST_CAP), MaxValueValidator(MOST_CAP)],
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = MatchWeightsQuerySet.as_manager()

    class Meta:
        verbose_name = _("weights of a score")
        verbose_name_plural = _("weights of scores")
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="matchweights_counted_from_one"),
            models.CheckConstraint(
                condition=Q(**{f"{part}__lte": MOST_POINTS for part in PARTS}),
                name="matchweights_points_in_range",
            ),
            models.CheckConstraint(
                condition=Q(needs__gt=0)
                | Q(sectors__gt=0)
                | Q(size__gt=0)
                | Q(distance__gt=0)
                | Q(ties__gt=0),
                name="matchweights_weigh_something",
            ),
            models.CheckConstraint(
                condition=Q(attention_cap__gte=LEAST_CAP, attention_cap__lte=MOST_CAP),
                name="matchweights_cap_in_range",
            ),
        ]

    def __str__(self) -> str:
        return str(_("version %(number)s")) % {"number": self.version}

    @property
    def weights(self) -> Weights:
        points = {part: getattr(self, part.value) for part in Part}
        return Weights(self.version, points, self.attention_cap)


class SuggestionQuerySet(models.QuerySet):
    def set_aside(self):
        """“Not for us.”"""
        return self.filter(dismissed_at__isnull=False)

    def counted_by_reason(self):
        """Why members set suggestions aside: `reason`, `n`, `recent` (within a year). Without names, and yet for the
        desk alone: whatever tells of it in public leaves out small numbers."""
        recent = Q(dismissed_at__gte=timezone.now() - timedelta(days=365))
        rows = self.set_aside().order_by().values("reason")
        return rows.annotate(n=Count("pk"), recent=Count("pk", filter=recent)).order_by("-n", "reason")

    def standing(self):
        """What may be proposed now, whatever changed since it was computed: the other is approved and open to
        partners, neither blocked, vetoed or set the other aside, and they are in no handshake or partnership."""
        closed = PartnerWish.objects.filter(member=OuterRef("other"), looking_since=None)
        return self.filter(
            ~Exists(closed),
            *(~Exists(rows) for rows in _between("member", "other")),
            ~Exists(
                Suggestion.objects.set_aside().filter(member=OuterRef("other"), other=OuterRef("member"))
            ),
            dismissed_at=None,
            other__status=Member.Status.APPROVED,
        )

    def best_first(self):
        return self.order_by("-total", "place_in_list", "id")

    def with_facts(self):
        return self.select_related("other__place__region")


def _between(one: str, other: str):
    """Rows that keep two members from being proposed to each other, asked from a row that names both."""
    both_ways = ((one, other), (other, one))
    for a, b in both_ways:
        yield Block.objects.filter(member=OuterRef(a), blocked=OuterRef(b))
        yield PartnerVeto.objects.filter(member=OuterRef(a), other=OuterRef(b))
        yield Match.objects.open().filter(member_a=OuterRef(a), member_b=OuterRef(b))
    mine = TwinningParty.objects.in_living().filter(member=OuterRef(OuterRef(one)))
    yield TwinningParty.objects.in_living().filter(
        member=OuterRef(other), twinning__in=mine.values("twinning")
    )


class Suggestion(models.Model):
    """``other`` is proposed to ``member``. Made anew by the sweep; what a member set aside stays, so that it is not
    proposed again."""

    class Reason(models.TextChoices):
        """Counted, without names, to mend the weights; the other side is never told."""

        KNOWN = "known", pgettext_lazy("why not this partner", "we know each other already")
        NO_COMMON_WORK = "no_common_work", pgettext_lazy("why not this partner", "we see no common work")
        SIZE = "size", pgettext_lazy("why not this partner", "too large or too small for us")
        LANGUAGE = "language", pgettext_lazy("why not this partner", "we have no common language")
        DISTANCE = "distance", pgettext_lazy("why not this partner", "too far away")
        LATER = "later", pgettext_lazy("why not this partner", "we have no time now")
        OTHER = "other", pgettext_lazy("why not this partner", "another reason")

    member = models.ForeignKey(Member, models.CASCADE, related_name="suggestions")
    other = models.ForeignKey(Member, models.CASCADE, related_name="suggested_to")
    # Tenths of points, and `PartScore` as JSON with ``member`` as the first side.
    total = models.PositiveSmallIntegerField()
    parts = models.JSONField(default=list)
    weights = models.ForeignKey(MatchWeights, models.PROTECT, related_name="+")
    place_in_list = models.PositiveSmallIntegerField(default=0)
    # It stands in the list by a seat that is kept for members that never had a partner.
    is_kept_seat = models.BooleanField(default=False)
    computed_at = models.DateTimeField(default=timezone.now)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=14, choices=Reason, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [
            models.UniqueConstraint(fields=["member", "other"], name="suggestion_once"),
            models.CheckConstraint(condition=~Q(member=F("other")), name="suggestion_not_of_oneself"),
            models.CheckConstraint(
                condition=Q(dismissed_at=None, dismissed_by=None, reason="")
                | Q(dismissed_at__isnull=False, dismissed_by__isnull=False, reason__gt=""),
                name="suggestion_set_aside_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-total"], condition=Q(dismissed_at=None), name="suggestion_best"),
            # How often each is proposed is counted in it alone: rows are wide by their parts.
            models.Index(fields=["other"], condition=Q(dismissed_at=None), name="suggestion_proposed"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} → {self.other_id}"


class SuggestionList(models.Model):
    """When the list of a member was made, of how many candidates. Without a row it has not been made yet."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="suggestion_list")
    computed_at = models.DateTimeField()
    weights = models.ForeignKey(MatchWeights, models.PROTECT, related_name="+")
    # Somebody in it changed, or somebody who changed would stand in it.
    is_stale = models.BooleanField(default=False)
    candidates = models.PositiveIntegerField(default=0)
    never_partnered = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("list of suggestions")
        verbose_name_plural = _("lists of suggestions")
        constraints = [
            models.CheckConstraint(
                condition=Q(never_partnered__lte=F("candidates")),
                name="suggestionlist_never_among_candidates",
            )
        ]
        indexes = [
            models.Index(fields=["computed_at"], name="suggestionlist_oldest"),
            models.Index(fields=["computed_at"], condition=Q(is_stale=True), name="suggestionlist_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}"


class CandidateColumns(models.Model):
    """All candidates as one worker had them in memory (`partnerships.kept_columns`), so that a fresh one begins with
    them and reads only what changed. One row; whoever read later wins."""

    ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONE)
    format = models.PositiveSmallIntegerField()
    # Changes from then on are not in them; when all members were read one by one.
    read_at = models.DateTimeField()
    all_read_at = models.DateTimeField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="candidatecolumns_one_row"),
            models.CheckConstraint(
                condition=Q(all_read_at__lte=F("read_at")), name="candidatecolumns_read_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.read_at:%Y-%m-%d %H:%M}"


class MatchScore(models.Model):
    """The score of a pair when one wrote to the other because of it: both sides read the same parts."""

    match = models.OneToOneField(Match, models.CASCADE, related_name="score")
    total = models.PositiveSmallIntegerField()
    # With ``first`` as the first side.
    first = models.ForeignKey(Member, models.PROTECT, related_name="+")
    parts = models.JSONField(default=list)
    weights = models.ForeignKey(MatchWeights, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("score of a match")
        verbose_name_plural = _("scores of matches")

    def __str__(self) -> str:
        return f"{self.match_id}: {self.total / TENTHS}"
