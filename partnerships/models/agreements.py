"""Agreements: templates that the desk words, each wording a version of its own; drafts that parties make of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.journal import ActorKind
from members.models import Member
from partnerships import agreement_text
from partnerships.models.twinnings import Twinning


class AgreementTemplateQuerySet(models.QuerySet):
    def with_newest(self):
        """With `newest`, the number of the wording that the next draft is made of."""
        return self.annotate(newest=models.Max("wordings__number"))

    def wording(self, kind: str, languages: str):
        """What the next document of this kind is made of."""
        rows = AgreementWording.objects.filter(template__kind=kind, template__languages=languages)
        return rows.select_related("template").order_by("-number").first()


class AgreementTemplate(models.Model):
    """A kind of document in a language, or in two that stand side by side."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", pgettext_lazy("kind of template", "agreement")
        LETTER = "letter", pgettext_lazy("kind of template", "letter of intent")
        COVER_LETTER = "cover_letter", pgettext_lazy("kind of template", "cover letter to the ministry")
        CHECKLIST = "checklist", pgettext_lazy("kind of template", "checklist for the council’s resolution")

    class Languages(models.TextChoices):
        UK_PL = "uk+pl", _("Ukrainian and Polish")
        UK_EN = "uk+en", _("Ukrainian and English")
        UK = "uk", _("Ukrainian")
        PL = "pl", _("Polish")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    languages = models.CharField(_("languages"), max_length=5, choices=Languages)

    objects = AgreementTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("template of agreements")
        verbose_name_plural = _("templates of agreements")
        constraints = [models.UniqueConstraint(fields=["kind", "languages"], name="agreementtemplate_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_languages_display()})"

    @property
    def codes(self) -> list[str]:
        return self.languages.split("+")


class AgreementWording(models.Model):
    """One version of a template, append-only: drafts made before keep theirs."""

    template = models.ForeignKey(AgreementTemplate, models.PROTECT, related_name="wordings")
    number = models.PositiveSmallIntegerField(_("version"))
    first = models.TextField(_("text"), max_length=30_000)
    second = models.TextField(_("text in the other language"), max_length=30_000, blank=True)
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    actor_kind = models.CharField(max_length=6, choices=ActorKind, default=ActorKind.USER, editable=False)

    class Meta:
        verbose_name = _("version of a template")
        verbose_name_plural = _("versions of templates")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="agreementwording_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(first__gt=""), name="agreementwording_says_something"
            ),
            models.CheckConstraint(
                condition=Q(actor_kind="user", actor__isnull=False)
                | (~Q(actor_kind="user") & Q(actor__isnull=True)),
                name="agreementwording_actor_matches_kind",
            ),
        ]

    def __str__(self) -> str:
        return _("%(template)s, version %(number)d") % {"template": self.template, "number": self.number}

    @property
    def texts(self) -> list[str]:
        return [self.first, self.second][: len(self.template.codes)]


class AgreementDraftQuerySet(models.QuerySet):
    def newest_of(self, twinning, kind: str):
        rows = self.filter(twinning=twinning, kind=kind).select_related("written_for", "wording")
        return rows.order_by("-version").first()

    def for_stage(self, twinning, stage: str):
        """The text that whoever agrees to ``stage`` now agrees to; None where there is none."""
        kind = AgreementDraft.STAGES.get(stage)
        return self.newest_of(twinning, kind) if kind else None

    def new_at_its_stage(self, twinning):
        """A newer text than the one by which all parties reached the present stage; None where there is none."""
        if twinning.stage not in (Twinning.Status.LETTER, Twinning.Status.DRAFTED):
            return None
        draft = self.for_stage(twinning, twinning.stage)
        if draft is None or draft.proposals.filter(stage=twinning.stage, status="reached").exists():
            return None
        return draft


class AgreementDraft(models.Model):
    """One version of what the parties mean to sign, append-only. It keeps its whole text, so that nobody agrees to what
    a template says later."""

    class Kind(models.TextChoices):
        LETTER = "letter", pgettext_lazy("kind of draft", "letter of intent")
        AGREEMENT = "agreement", pgettext_lazy("kind of draft", "agreement")

    # Which text a proposal of this stage is about (`StageProposal.draft`).
    STAGES = {
        Twinning.Status.LETTER: Kind.LETTER,
        Twinning.Status.DRAFTED: Kind.AGREEMENT,
        Twinning.Status.IN_FORCE: Kind.AGREEMENT,
    }

    twinning = models.ForeignKey(Twinning, models.PROTECT, related_name="drafts")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    version = models.PositiveSmallIntegerField(_("version"))
    wording = models.ForeignKey(AgreementWording, models.PROTECT, related_name="drafts")
    # What was answered in the form, for the next version: `partnerships.agreement_words.facts_of` says what is in it.
    terms = models.JSONField()
    # The text in each of its two languages, as `agreement_text.stored` writes it.
    first = models.JSONField()
    second = models.JSONField()
    note = models.CharField(_("what is new"), max_length=300, blank=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False)
    written_for = models.ForeignKey(Member, models.PROTECT, related_name="+", editable=False)

    objects = AgreementDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an agreement")
        verbose_name_plural = _("drafts of agreements")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["twinning", "kind", "version"], name="agreementdraft_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="agreementdraft_counts_from_one"),
            models.CheckConstraint(
                condition=~Q(first=[]) & ~Q(second=[]), name="agreementdraft_is_in_both_languages"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.twinning}: {self.kind} {self.version}"

    @property
    def languages(self) -> list[str]:
        return self.terms["languages"]

    @property
    def texts(self) -> list[list[agreement_text.Block]]:
        return [agreement_text.restored(rows) for rows in (self.first, self.second)]

    @property
    def is_parallel(self) -> bool:
        """Whether both texts go line by line, so that they can stand side by side."""
        return [row[0] for row in self.first] == [row[0] for row in self.second]
