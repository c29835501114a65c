"""Policy dialogue: what a member raises with the institutions, where it was taken and what came of it, in public."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.documents import Document
from alliance.core.languages import NATIVE_NAMES
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member, Sector


class PolicyIssueQuerySet(models.QuerySet):
    def public(self, now: datetime | None = None):
        """What the desk has accepted, also once it is closed; never what it closed unread by the public. ``now`` as of
        other publications: nothing here is planned."""
        return self.filter(accepted_at__isnull=False)

    def raised(self):
        """What the desk has to check."""
        return self.filter(status=PolicyIssue.Status.RAISED)

    def with_facts(self):
        """With all that its pages tell, in one query."""
        return self.select_related("member__place__region", "sector", "document")


class PolicyIssue(Stated, Dated):
    """Words of a member, in its language; the answer is in the words of the institution."""

    class Status(models.TextChoices):
        RAISED = "raised", pgettext_lazy("issue for the institutions", "being checked")
        ACCEPTED = "accepted", pgettext_lazy("issue for the institutions", "accepted")
        FORWARDED = "forwarded", pgettext_lazy("issue for the institutions", "forwarded")
        ANSWERED = "answered", pgettext_lazy("issue for the institutions", "answered")
        CLOSED = "closed", pgettext_lazy("issue for the institutions", "closed")

    MOVES = {
        Status.RAISED: {Status.ACCEPTED, Status.CLOSED},
        Status.ACCEPTED: {Status.FORWARDED, Status.CLOSED},
        Status.FORWARDED: {Status.ANSWERED, Status.CLOSED},
        Status.ANSWERED: set(),
        Status.CLOSED: set(),
    }
    LANGUAGES = list(NATIVE_NAMES.items())

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.RAISED, editable=False
    )
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="policy_issues", verbose_name=_("raised by")
    )
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+", verbose_name=_("sector"))
    language = models.CharField(_("language"), max_length=3, choices=LANGUAGES)
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("text"), max_length=5000)
    # Named only where the member asks for it: a place at risk may speak without being found.
    is_named = models.BooleanField(_("name us in public"), default=False)
    institution = models.CharField(_("institution"), max_length=200, blank=True, editable=False)
    answer = models.TextField(
        pgettext_lazy("of an institution", "answer"), max_length=10_000, blank=True, editable=False
    )
    answer_language = models.CharField(
        _("language of the answer"), max_length=3, choices=LANGUAGES, blank=True, editable=False
    )
    answer_url = models.URLField(_("address of the answer"), max_length=300, blank=True, editable=False)
    document = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("document"),
    )
    close_reason = models.TextField(_("why it was closed"), max_length=2000, blank=True, editable=False)
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    forwarded_at = models.DateTimeField(_("forwarded"), null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)

    objects = PolicyIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue for the institutions")
        verbose_name_plural = _("issues for the institutions")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["-accepted_at", "-id"],
                name="policy_issue_public",
                condition=Q(accepted_at__isnull=False),
            ),
            models.Index(fields=["status", "created_at"], name="policy_issue_queue"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(title__gt="", text__gt=""), name="policy_issue_in_words"),
            models.CheckConstraint(
                condition=Q(status="raised", accepted_at__isnull=True)
                | Q(status="closed")
                | Q(status__in=["accepted", "forwarded", "answered"], accepted_at__isnull=False),
                name="policy_issue_public_once_accepted",
            ),
            models.CheckConstraint(
                condition=Q(forwarded_at__isnull=True, institution="")
                | Q(forwarded_at__isnull=False, institution__gt="", accepted_at__isnull=False),
                name="policy_issue_forwarded_to_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["forwarded", "answered"]) | Q(forwarded_at__isnull=False),
                name="policy_issue_forwarded_before_answered",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="answered", answer__gt="", answer_language__gt="", answered_at__isnull=False
                )
                | (
                    ~Q(status="answered")
                    & Q(answer="", answer_language="", answer_url="")
                    & Q(answered_at__isnull=True, document__isnull=True)
                ),
                name="policy_issue_answered_in_words",
            ),
            models.CheckConstraint(
                condition=Q(status="closed", close_reason__gt="")
                | (~Q(status="closed") & Q(close_reason="")),
                name="policy_issue_closed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("content:policy_issue", args=[self.slug])

    @property
    def is_public(self) -> bool:
        return self.accepted_at is not None
