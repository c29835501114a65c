"""Surveys: what the desk asks the members, one answer sheet for each member asked, and the summary that everyone
reads."""

from datetime import datetime
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.revisions import Translated
from alliance.core.languages import NATIVE_NAMES, all_languages_filled, any_filled, shown
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member

UKRAINE = "UA"


class SurveyQuerySet(models.QuerySet):
    def public(self, now: datetime | None = None):
        """Whose summary everyone reads. ``now`` as of other publications: nothing here is planned."""
        return self.filter(status=Survey.Status.PUBLISHED)

    def open(self, now: datetime | None = None):
        """What members can answer: the moment decides, also before a sweep has closed it."""
        return self.filter(status=Survey.Status.OPEN, closes_at__gt=now or timezone.now())

    def over(self, now: datetime | None = None):
        """Still called open, though its last moment has passed."""
        return self.filter(status=Survey.Status.OPEN, closes_at__lte=now or timezone.now())

    def awaiting_summary(self):
        """Closed, and nobody has published what came of it."""
        return self.filter(status=Survey.Status.CLOSED)

    def with_questions(self):
        """With questions and choices in their order: two queries more, however many."""
        return self.prefetch_related("questions__options")

    def with_counts(self):
        """With how many members were asked and how many answered."""
        return self.annotate(
            asked=Count("answers"), answered=Count("answers", filter=Q(answers__answered_at__isnull=False))
        )


class Survey(Stated, Dated, Translated):
    """A few questions of the Alliance to its members, in three languages."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("status of a survey", "draft")
        OPEN = "open", pgettext_lazy("status of a survey", "open")
        CLOSED = "closed", pgettext_lazy("status of a survey", "closed")
        PUBLISHED = "published", pgettext_lazy("status of a survey", "summary published")

    MOVES = {
        Status.DRAFT: {Status.OPEN},
        Status.OPEN: {Status.CLOSED},
        Status.CLOSED: {Status.PUBLISHED},
        Status.PUBLISHED: {Status.CLOSED},
    }

    class Side(models.TextChoices):
        ALL = "all", pgettext_lazy("whom a survey asks", "members everywhere")
        UKRAINE = "ukraine", pgettext_lazy("whom a survey asks", "members in Ukraine")
        PARTNERS = "partners", pgettext_lazy("whom a survey asks", "members outside Ukraine")

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.DRAFT, editable=False)
    title = models.CharField(_("title"), max_length=150)
    introduction = models.TextField(_("introduction"), max_length=3000, blank=True)
    # The desk's own words for the summary; what members wrote is never published by itself.
    result = models.TextField(_("what came of it, in our words"), max_length=10_000, blank=True)
    side = models.CharField(_("who is asked"), max_length=8, choices=Side, default=Side.ALL)
    tier = models.CharField(
        _("only this class of partner"), max_length=13, choices=Member.Tier, blank=True, default=""
    )
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("only these countries"), default=list, blank=True
    )
    closes_at = models.DateTimeField(_("answers until"), null=True, blank=True)
    opened_at = models.DateTimeField(pgettext_lazy("survey", "opened"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)
    closed_at = models.DateTimeField(pgettext_lazy("survey", "closed"), null=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    # What everyone reads (`content.survey_figures`), small cells kept back, as it was published.
    figures = models.JSONField(null=True, editable=False, encoder=DjangoJSONEncoder)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"], name="survey_public", condition=Q(status="published")
            )
        ]
        constraints = [
            models.CheckConstraint(condition=any_filled("title"), name="survey_has_title"),
            models.CheckConstraint(
                condition=Q(status="draft") | all_languages_filled("title"),
                name="survey_asked_in_every_language",
            ),
            models.CheckConstraint(
                condition=Q(status="draft", opened_at__isnull=True)
                | ~Q(status="draft")
                & Q(opened_at__isnull=False, closes_at__isnull=False, closes_at__gt=F("opened_at")),
                name="survey_open_for_a_time",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "open"], closed_at__isnull=True)
                | Q(
                    status__in=["closed", "published"],
                    closed_at__isnull=False,
                    closed_at__gte=F("opened_at"),
                ),
                name="survey_closed_with_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="published", published_at__isnull=False, figures__isnull=False)
                | ~Q(status="published") & Q(published_at__isnull=True, figures__isnull=True),
                name="survey_published_with_figures",
            ),
            models.CheckConstraint(
                condition=Q(reminded_at__isnull=True)
                | Q(opened_at__isnull=False, reminded_at__gte=F("opened_at")),
                name="survey_reminded_once_open",
            ),
        ]

    def __str__(self) -> str:
        return shown(self, "title").text or self.slug

    def get_absolute_url(self) -> str:
        return reverse("content:survey_detail", args=[self.slug])

    @property
    def version(self) -> str:
        """Whoever had the draft before their eyes is told that members were asked meanwhile."""
        return f"{self.status} {super().version}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN and self.closes_at > timezone.now()

    @property
    def is_public(self) -> bool:
        return self.status == self.Status.PUBLISHED

    def translated_parts(self) -> list[Translated]:
        parts: list[Translated] = [self]
        for question in self.questions.all():
            parts += [question, *question.options.all()]
        return parts

    def members_to_ask(self) -> models.QuerySet:
        """The members that its opening would ask now."""
        members = Member.objects.approved()
        if self.side == self.Side.UKRAINE:
            members = members.filter(country=UKRAINE)
        elif self.side == self.Side.PARTNERS:
            members = members.exclude(country=UKRAINE)
        if self.tier:
            members = members.filter(tier=self.tier)
        return members.filter(country__in=self.countries) if self.countries else members


class SurveyQuestion(Translated):
    """One question, and how it is answered."""

    class Kind(models.TextChoices):
        ONE = "one", pgettext_lazy("kind of question", "one choice")
        SEVERAL = "several", pgettext_lazy("kind of question", "several choices")
        NUMBER = "number", pgettext_lazy("kind of question", "a number")
        SCALE = "scale", pgettext_lazy("kind of question", "a scale from 1 to 5")
        TEXT = "text", pgettext_lazy("kind of question", "own words")

    CHOICES = (Kind.ONE, Kind.SEVERAL)

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(pgettext_lazy("in a list", "position"), default=0)
    kind = models.CharField(pgettext_lazy("of a question", "kind"), max_length=7, choices=Kind)
    label = models.CharField(_("question"), max_length=300)
    help = models.CharField(_("explanation"), max_length=500, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["position", "id"]
        constraints = [
            # What an answer points at, together with its kind: `SurveyValue`.
            models.UniqueConstraint(fields=["id", "kind"], name="survey_question_with_kind"),
            models.CheckConstraint(condition=any_filled("label"), name="survey_question_in_words"),
            models.CheckConstraint(
                condition=Q(kind__in=["one", "several", "number", "scale", "text"]),
                name="survey_question_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return shown(self, "label").text

    @property
    def has_choices(self) -> bool:
        return self.kind in self.CHOICES


class SurveyOption(Translated):
    """One of the answers to choose from."""

    question = models.ForeignKey(SurveyQuestion, models.CASCADE, related_name="options")
    position = models.PositiveSmallIntegerField(pgettext_lazy("in a list", "position"), default=0)
    label = models.CharField(_("choice"), max_length=200)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "question"], name="survey_option_of_question"),
            models.CheckConstraint(condition=any_filled("label"), name="survey_option_in_words"),
        ]

    def __str__(self) -> str:
        return shown(self, "label").text


class SurveyAnswerQuerySet(models.QuerySet):
    def given(self):
        return self.filter(answered_at__isnull=False)

    def waiting(self):
        """Not answered yet, while that is possible."""
        return self.filter(
            answered_at__isnull=True,
            survey__status=Survey.Status.OPEN,
            survey__closes_at__gt=timezone.now(),
            member__status=Member.Status.APPROVED,
        )

    def waiting_for(self, member):
        """What ``member`` was asked and has not answered, the next to close first."""
        return (
            self.waiting().filter(member=member).select_related("survey").order_by("survey__closes_at", "id")
        )

    def newest_of(self, member, most: int = 10):
        """What ``member`` was asked, the newest first."""
        return (
            self.filter(member=member).select_related("survey", "member").order_by("-asked_at", "-id")[:most]
        )

    def for_desk(self):
        """With what they say, the first to answer first, the silent ones last: a constant number of queries."""
        rows = self.select_related("survey", "member")
        rows = rows.prefetch_related("survey__questions__options", "values__option")
        return rows.order_by(F("answered_at").asc(nulls_last=True), "id")

    def to_invite(self):
        """Whose mails are not written yet."""
        return self.waiting().filter(invited_at__isnull=True)

    def to_remind(self):
        """Who was asked before the reminder, has not answered, and has no mail of it yet."""
        return self.waiting().filter(
            survey__reminded_at__isnull=False, invited_at__isnull=False, reminded_at__isnull=True
        )


class SurveyAnswer(models.Model):
    """The one sheet of a member that was asked: empty until somebody of its office answers, and theirs to change until
    the survey closes."""

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    survey = models.ForeignKey(Survey, models.PROTECT, related_name="answers", verbose_name=_("survey"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="+", verbose_name=_("member"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    invited_at = models.DateTimeField(_("mails written"), null=True)
    reminded_at = models.DateTimeField(_("reminded"), null=True)
    answered_at = models.DateTimeField(_("first answered"), null=True)
    changed_at = models.DateTimeField(_("last changed"), null=True)
    # Raised by each change: of two people of an office who answer at once, the second is told.
    version = models.PositiveSmallIntegerField(default=0)
    # In which language its own words are, as far as we know: that of the page they were typed on.
    language = models.CharField(_("language"), max_length=3, choices=list(NATIVE_NAMES.items()), blank=True)

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a survey")
        verbose_name_plural = _("answers to surveys")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["survey", "id"], name="survey_answer_to_invite", condition=Q(invited_at__isnull=True)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["survey", "member"], name="survey_answer_once_per_member"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, changed_at__isnull=True, version=0, language="")
                | Q(answered_at__isnull=False, changed_at__isnull=False, changed_at__gte=F("answered_at"))
                & Q(version__gt=0, language__gt=""),
                name="survey_answer_with_its_moments",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey} – {self.member}"

    @property
    def is_open(self) -> bool:
        """Whether it can be answered or changed now."""
        return self.survey.is_open and self.member.status == Member.Status.APPROVED


class SurveyValue(models.Model):
    """What a sheet says to one question; for several choices a row each. Its kind is the question's, and its choice one
    of the question's: by foreign keys over two columns (migration 0012)."""

    MOST = Decimal("999999999999.99")

    answer = models.ForeignKey(SurveyAnswer, models.CASCADE, related_name="values")
    question = models.ForeignKey(SurveyQuestion, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=SurveyQuestion.Kind)
    option = models.ForeignKey(SurveyOption, models.PROTECT, null=True, related_name="+")
    number = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, validators=[MinValueValidator(0)]
    )
    scale = models.PositiveSmallIntegerField(null=True)
    text = models.TextField(max_length=3000, blank=True)

    class Meta:
        verbose_name = _("answer to a question")
        verbose_name_plural = _("answers to questions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "question"], condition=~Q(kind="several"), name="survey_value_once"
            ),
            models.UniqueConstraint(
                fields=["answer", "option"], condition=Q(kind="several"), name="survey_value_choice_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["one", "several"], option__isnull=False, number__isnull=True)
                & Q(scale__isnull=True, text="")
                | Q(kind="number", number__isnull=False, number__gte=0, option__isnull=True)
                & Q(scale__isnull=True, text="")
                | Q(kind="scale", scale__isnull=False, scale__range=(1, 5), option__isnull=True)
                & Q(number__isnull=True, text="")
                | Q(kind="text", text__gt="", option__isnull=True, number__isnull=True, scale__isnull=True),
                name="survey_value_fits_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
