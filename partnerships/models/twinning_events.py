"""What the parties of a twinning said and did, as events that stay: consents to stages, and legal steps with their
days."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from alliance.core.journal import ActorKind
from partnerships.models.twinnings import Twinning, TwinningParty


class TwinningConsent(models.Model):
    """One party says yes to one stage; its own event, append-only. The stage is reached with the last one."""

    party = models.ForeignKey(TwinningParty, models.PROTECT, related_name="consents")
    stage = models.CharField(max_length=13, choices=Twinning.Status)
    # The version of the text it agreed to (`drafted`, `in_force`): a new version asks anew.
    version = models.PositiveSmallIntegerField(default=0)
    given_at = models.DateTimeField(default=timezone.now)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["party", "stage", "version"], name="twinningconsent_once"),
            models.CheckConstraint(
                condition=Q(stage__in=["solidarity", "letter", "drafted", "in_force", "ended"]),
                name="twinningconsent_to_a_stage_by_consent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.stage}"


class TwinningStep(models.Model):
    """A dated fact on the way: what was sent where, what came back, what was signed. Clocks count from these days
    (`partnerships.legal_clocks`). Append-only; a wrong one is withdrawn, never changed."""

    class Kind(models.TextChoices):
        COUNCIL_DECIDED = "council_decided", _("the council decided")
        SENT_TO_MINISTRY = "sent_to_ministry", _("sent to the ministry")
        SENT_TO_JUSTICE = "sent_to_justice", _("passed on to the Ministry of Justice")
        JUSTICE_ANSWERED = "justice_answered", _("the Ministry of Justice answered")
        MINISTRY_AGREED = "ministry_agreed", _("the ministry agreed")
        MINISTRY_REFUSED = "ministry_refused", _("the ministry returned it with remarks")
        SIGNED = "signed", _("signed")
        REGISTERED = "registered", _("registered")
        AMENDED = "amended", _("changed or extended")

    twinning = models.ForeignKey(Twinning, models.PROTECT, related_name="steps")
    # Whose council, whose signature; empty where it concerns all.
    party = models.ForeignKey(TwinningParty, models.PROTECT, null=True, blank=True, related_name="steps")
    kind = models.CharField(_("step"), max_length=16, choices=Kind)
    happened_on = models.DateField(_("on"))
    number = models.CharField(_("number"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_kind = models.CharField(max_length=6, choices=ActorKind, default=ActorKind.USER)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Of the clock that this step starts: which reminders went out (days before, or past, its last day).
    reminded_days = models.SmallIntegerField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["happened_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind="user", actor__isnull=False)
                | (~Q(actor_kind="user") & Q(actor__isnull=True)),
                name="twinningstep_actor_matches_kind",
            ),
            models.CheckConstraint(
                condition=~Q(kind="registered") | Q(number__gt=""), name="twinningstep_registered_has_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.twinning}: {self.kind}"
