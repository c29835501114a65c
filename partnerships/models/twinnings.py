"""`Twinning`: a partnership of two or more sides, each with its own consent, from first contact to its end."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.audience import Audience
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member, Place
from partnerships.models.clusters import Cluster
from partnerships.models.matches import Match
from partnerships.models.twinning_sets import TwinningPartyQuerySet, TwinningQuerySet
from partnerships.twinning_rules import MOST_PARTIES


class Twinning(Stated, Dated):
    """Its status is its stage. A stage that binds the sides is reached when each of them has said yes to it
    (`TwinningConsent`); a legal fact is a `TwinningStep` with its day and its clock."""

    class Status(models.TextChoices):
        FIRST_CONTACT = "first_contact", pgettext_lazy("stage of a twinning", "first contact")
        SOLIDARITY = "solidarity", pgettext_lazy("stage of a twinning", "solidarity contact")
        LETTER = "letter", pgettext_lazy("stage of a twinning", "letter of intent")
        DRAFTED = "drafted", pgettext_lazy("stage of a twinning", "agreement drafted")
        IN_APPROVAL = "in_approval", pgettext_lazy("stage of a twinning", "agreement in approval")
        IN_FORCE = "in_force", pgettext_lazy("stage of a twinning", "agreement in force")
        DORMANT = "dormant", pgettext_lazy("stage of a twinning", "dormant")
        ENDED = "ended", pgettext_lazy("stage of a twinning", "ended")

    # Stages can be skipped forward (a letter without a solidarity contact) and an approval can fail; nothing else
    # goes back. Dormant wakes up to the stage that it slept in (`stage_before_dormant`).
    MOVES = {
        Status.FIRST_CONTACT: {
            Status.SOLIDARITY,
            Status.LETTER,
            Status.DRAFTED,
            Status.DORMANT,
            Status.ENDED,
        },
        Status.SOLIDARITY: {Status.LETTER, Status.DRAFTED, Status.DORMANT, Status.ENDED},
        Status.LETTER: {Status.DRAFTED, Status.DORMANT, Status.ENDED},
        Status.DRAFTED: {Status.IN_APPROVAL, Status.IN_FORCE, Status.DORMANT, Status.ENDED},
        Status.IN_APPROVAL: {Status.DRAFTED, Status.IN_FORCE, Status.DORMANT, Status.ENDED},
        Status.IN_FORCE: {Status.DORMANT, Status.ENDED},
        Status.DORMANT: {
            Status.FIRST_CONTACT,
            Status.SOLIDARITY,
            Status.LETTER,
            Status.DRAFTED,
            Status.IN_APPROVAL,
            Status.IN_FORCE,
            Status.ENDED,
        },
        Status.ENDED: set(),
    }
    # Reached only when every party said yes to it.
    BY_CONSENT = [Status.SOLIDARITY, Status.LETTER, Status.DRAFTED, Status.IN_FORCE]
    # Where at least two sides are named to the public.
    SETTLED = [Status.SOLIDARITY, Status.LETTER, Status.DRAFTED, Status.IN_APPROVAL, Status.IN_FORCE]

    class Origin(models.TextChoices):
        MATCH = "match", pgettext_lazy("origin of a twinning", "a match on the portal")
        DECLARED = "declared", pgettext_lazy("origin of a twinning", "declared by its parties")
        IMPORTED = (
            "imported",
            pgettext_lazy("origin of a twinning", "entered by the secretariat from a source"),
        )

    class EndReason(models.TextChoices):
        PARTIES_LEFT = "parties_left", _("fewer than two parties were left")
        AGREED = "agreed", _("the parties agreed to end it")
        EXPIRED = "expired", _("its term is over")
        NOT_REAL = "not_real", _("the secretariat found that it does not exist")
        CLOSED_BEFORE = "closed_before", _("a first contact that led to nothing")

    AUDIENCES = {
        **dict.fromkeys(
            (
                "slug",
                "status",
                "title",
                "parties",
                "since_year",
                "signed_on",
                "valid_until",
                "registry_number",
                "registered_on",
                "steps",
                "news",
                "source_url",
            ),
            Audience.PUBLIC,
        ),
        # Kept between the parties.
        **dict.fromkeys(("milestones", "documents", "draft", "contacts"), Audience.PARTNER),
    }

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    status = models.CharField(
        _("stage"), max_length=13, choices=Status, default=Status.FIRST_CONTACT, editable=False
    )
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)
    match = models.OneToOneField(
        Match, models.PROTECT, null=True, blank=True, related_name="twinning", editable=False
    )
    # In the words of its parties; pages name the parties where it is empty.
    title = models.CharField(_("title"), max_length=160, blank=True)
    language = models.CharField(max_length=3, blank=True)
    # Set once two sides stand by it, or by the desk with a source: before that only its parties see it.
    public_since = models.DateTimeField(null=True, blank=True, editable=False)
    stage_before_dormant = models.CharField(max_length=13, choices=Status, blank=True, editable=False)
    # Where the day of an old agreement is not known, its year.
    since_year = models.PositiveSmallIntegerField(
        _("since (year)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2100)],
    )
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    # Law 3668-IX: an agreement of a Ukrainian community is registered. Agreements older than the law, and those without
    # a Ukrainian party, are not asked for a number.
    needs_registration = models.BooleanField(_("needs to be registered"), default=True)
    registry_number = models.CharField(_("number in the register"), max_length=60, blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    # Where the desk read of it.
    source_url = models.URLField(_("source"), max_length=500, blank=True)
    source_note = models.CharField(_("note on the source"), max_length=300, blank=True)
    source_language = models.CharField(max_length=3, blank=True, editable=False)
    end_reason = models.CharField(
        _("ended because"), max_length=13, choices=EndReason, blank=True, editable=False
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True, editable=False)
    # Last sign of life: a stage, news, a milestone, a delivery of the pair, or a yes to the yearly question.
    lively_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_if_right_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TwinningQuerySet.as_manager()

    class Meta:
        verbose_name = _("twinning")
        verbose_name_plural = _("twinnings")
        constraints = [
            models.CheckConstraint(
                condition=~Q(origin="match") | Q(match__isnull=False), name="twinning_of_match_has_match"
            ),
            models.CheckConstraint(
                condition=~Q(origin="imported") | Q(source_url__gt="") | Q(source_note__gt=""),
                name="twinning_imported_has_source",
            ),
            models.CheckConstraint(
                condition=~Q(status="in_force") | Q(needs_registration=False) | Q(registry_number__gt=""),
                name="twinning_in_force_is_registered",
            ),
            models.CheckConstraint(
                condition=Q(registry_number="", registered_on__isnull=True)
                | Q(registry_number__gt="", registered_on__isnull=False),
                name="twinning_registration_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(status="ended", end_reason__gt="", ended_on__isnull=False)
                | (~Q(status="ended") & Q(end_reason="", ended_on__isnull=True)),
                name="twinning_ended_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(status="dormant", stage_before_dormant__gt="")
                | (~Q(status="dormant") & Q(stage_before_dormant="")),
                name="twinning_dormant_knows_its_stage",
            ),
            models.CheckConstraint(
                condition=Q(signed_on__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(signed_on__lte=F("valid_until")),
                name="twinning_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(title="") | Q(language__gt=""), name="twinning_title_has_language"
            ),
            models.CheckConstraint(
                condition=Q(source_note="") | Q(source_language__gt=""),
                name="twinning_source_note_has_language",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(public_since__isnull=False),
                name="twinning_newest",
            ),
            models.Index(fields=["status", "lively_at"], name="twinning_by_life"),
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    @property
    def is_alive(self) -> bool:
        return self.status != self.Status.ENDED

    @property
    def stage(self) -> str:
        """How far it is, also while it sleeps."""
        return self.stage_before_dormant or self.status

    @property
    def open_proposal(self):
        """The stage that its parties are asked about now, if any; reads prefetched rows."""
        return next((proposal for proposal in self.proposals.all() if proposal.status == "open"), None)


class TwinningParty(models.Model):
    """One side: a member of the Alliance, a place of the registers that is no member yet, or a community that is in no
    register of the portal, by its name. A place that becomes a member keeps its row and gets the member."""

    twinning = models.ForeignKey(Twinning, models.PROTECT, related_name="parties")
    position = models.PositiveSmallIntegerField(default=0)
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="twinning_parties")
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="twinning_parties")
    cluster = models.ForeignKey(
        Cluster, models.PROTECT, null=True, blank=True, related_name="twinning_parties"
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2)
    # Which party asked it to come in; empty for those with whom the twinning was opened, declared or imported.
    invited_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    # “Yes, we are a party of this”: each for itself.
    agreed_at = models.DateTimeField(null=True, blank=True, editable=False)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    left_at = models.DateTimeField(null=True, blank=True, editable=False)
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    left_text = models.CharField(_("why it left"), max_length=1000, blank=True)
    left_language = models.CharField(max_length=3, blank=True, editable=False)
    # The people who look after it for this side; the other parties see them.
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_contact = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Since when the portal has known that nobody of these can be reached; its member was asked then to name somebody.
    unreachable_since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = TwinningPartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(place__isnull=False) | Q(name__gt=""),
                name="twinningparty_is_somebody",
            ),
            # Each present party has a seat of its own, and there are no more seats than this.
            models.UniqueConstraint(
                fields=["twinning", "position"],
                condition=Q(left_at=None),
                name="twinningparty_seat_once",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=False) | Q(position__lt=MOST_PARTIES),
                name="twinningparty_has_a_seat",
            ),
            models.UniqueConstraint(
                fields=["twinning", "member"],
                condition=Q(left_at=None, member__isnull=False),
                name="twinningparty_member_once",
            ),
            models.UniqueConstraint(
                fields=["twinning", "place"],
                condition=Q(left_at=None, place__isnull=False),
                name="twinningparty_place_once",
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, agreed_by__isnull=True)
                | Q(agreed_at__isnull=False, agreed_by__isnull=False, member__isnull=False),
                name="twinningparty_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=False) | Q(left_by__isnull=True, left_text=""),
                name="twinningparty_left_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$"), name="twinningparty_country_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(contact__isnull=True) | ~Q(contact=F("second_contact")),
                name="twinningparty_two_people",
            ),
        ]

    def __str__(self) -> str:
        return str(self.member or self.place or self.name)

    @property
    def shown_name(self) -> str:
        """For the reader."""
        if self.member:
            return self.member.shown_name
        return self.place.name if self.place else self.name
