"""`StageProposal`: one party of a twinning proposes its next stage, or its end; each other party answers for itself."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.states import Stated
from partnerships.models.agreements import AgreementDraft
from partnerships.models.twinnings import Twinning, TwinningParty


class StageProposalQuerySet(models.QuerySet):
    def open(self):
        return self.filter(status=StageProposal.Status.OPEN)

    def awaiting_answer_of(self, member):
        """Open ones of others to which ``member``, a party, has not said yes."""
        parties = TwinningParty.objects.present().filter(member=member)
        waiting = self.open().filter(twinning__in=parties.values("twinning")).exclude(party__member=member)
        agreed = models.Exists(
            parties.filter(
                consents__stage=models.OuterRef("stage"),
                consents__version=models.OuterRef("number"),
                twinning=models.OuterRef("twinning"),
            )
        )
        return waiting.filter(~agreed)


class StageProposal(Stated):
    """Its number says which consents are meant (`TwinningConsent.version`): who says no, and is asked again later, is
    asked anew."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("proposal of a stage", "awaiting the parties")
        REACHED = "reached", pgettext_lazy("proposal of a stage", "all agreed")
        DECLINED = "declined", pgettext_lazy("proposal of a stage", "declined")
        WITHDRAWN = "withdrawn", pgettext_lazy("proposal of a stage", "withdrawn")
        LAPSED = "lapsed", pgettext_lazy("proposal of a stage", "lapsed, as the parties changed")

    MOVES = {
        Status.OPEN: {Status.REACHED, Status.DECLINED, Status.WITHDRAWN, Status.LAPSED},
        Status.REACHED: set(),
        Status.DECLINED: set(),
        Status.WITHDRAWN: set(),
        Status.LAPSED: set(),
    }

    twinning = models.ForeignKey(Twinning, models.PROTECT, related_name="proposals")
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.OPEN, editable=False)
    stage = models.CharField(_("stage"), max_length=13, choices=Twinning.Status)
    number = models.PositiveSmallIntegerField()
    # The version of the text that is agreed to, where the assistant wrote one: a newer one asks anew.
    draft = models.ForeignKey(
        AgreementDraft, models.PROTECT, null=True, blank=True, related_name="proposals", editable=False
    )
    party = models.ForeignKey(TwinningParty, models.PROTECT, related_name="proposals")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    # Who said no, or took it back, and why.
    closed_by = models.ForeignKey(TwinningParty, models.PROTECT, null=True, blank=True, related_name="+")
    closing_text = models.CharField(_("in words"), max_length=1000, blank=True)
    language = models.CharField(max_length=3, blank=True)

    objects = StageProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal of a stage")
        verbose_name_plural = _("proposals of stages")
        ordering = ["proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["twinning"], condition=Q(status="open"), name="stageproposal_one_open"
            ),
            models.UniqueConstraint(fields=["twinning", "stage", "number"], name="stageproposal_numbered"),
            models.CheckConstraint(
                condition=Q(stage__in=["solidarity", "letter", "drafted", "in_force", "ended"]),
                name="stageproposal_of_a_stage_by_consent",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["declined", "withdrawn"], closed_by__isnull=False)
                | (~Q(status__in=["declined", "withdrawn"]) & Q(closed_by__isnull=True, closing_text="")),
                name="stageproposal_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | Q(closing_text__gt=""),
                name="stageproposal_declined_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.twinning}: {self.stage} {self.number}"
