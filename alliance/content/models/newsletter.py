"""The newsletter: who asked for it and confirmed it, and its issues."""

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat, Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.documents import Document
from alliance.content.models.revisions import Translated
from alliance.core.languages import LANGUAGES, NATIVE_NAMES, any_filled, shown
from alliance.core.models import Dated, MailStop, OutgoingMail
from alliance.core.states import Stated


class SubscriptionQuerySet(models.QuerySet):
    def active(self):
        """Confirmed, and not stopped by a click in a mail since."""
        stopped = MailStop.objects.filter(category=OutgoingMail.Category.NEWSLETTER).values("email")
        return self.filter(status=Subscription.Status.ACTIVE).exclude(email__in=stopped)

    def stopped(self):
        """Who clicked “unsubscribe” since."""
        stopped = MailStop.objects.filter(category=OutgoingMail.Category.NEWSLETTER).values("email")
        return self.filter(status=Subscription.Status.ACTIVE, email__in=stopped)

    def never_confirmed(self, before):
        return self.filter(status=Subscription.Status.ASKED, created_at__lt=before)

    def without(self, issue: "NewsletterIssue"):
        """Who has no mail of ``issue`` yet."""
        told = OutgoingMail.objects.filter(key=issue.mail_key).values("to")
        return self.exclude(email__in=told)


class Subscription(Stated):
    """An address that asked for the newsletter. Nothing is sent before its owner confirmed it."""

    class Status(models.TextChoices):
        ASKED = "asked", pgettext_lazy("status of a subscription", "to be confirmed")
        ACTIVE = "active", pgettext_lazy("status of a subscription", "confirmed")

    MOVES = {Status.ASKED: {Status.ACTIVE}, Status.ACTIVE: set()}

    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(_("language"), max_length=3, choices=list(NATIVE_NAMES.items()))
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.ASKED, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("to the newsletter", "subscription")
        verbose_name_plural = pgettext_lazy("to the newsletter", "subscriptions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="subscription_once_per_address"),
            models.CheckConstraint(
                condition=Q(status="asked", confirmed_at__isnull=True)
                | Q(status="active", confirmed_at__isnull=False),
                name="subscription_confirmed_when_active",
            ),
        ]

    def __str__(self) -> str:
        return self.email


class IssueQuerySet(models.QuerySet):
    def with_mails(self):
        """With the number of mails that were written for each."""
        key = Concat(Value("newsletter:"), OuterRef("number"), output_field=models.CharField())
        counted = OutgoingMail.objects.filter(key=key).order_by().values("key").annotate(count=Count("pk"))
        return self.annotate(mails=Coalesce(Subquery(counted.values("count")), 0))

    def public(self):
        """The archive: what went out, the newest first."""
        return self.exclude(status=NewsletterIssue.Status.DRAFT).order_by("-number")


class NewsletterIssue(Stated, Dated, Translated):
    """One issue of “Alliance Insight”: its words for the mail and the archive, and its PDF."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("status of an issue", "draft")
        SENDING = "sending", pgettext_lazy("status of an issue", "being sent")
        SENT = "sent", pgettext_lazy("status of an issue", "sent")

    MOVES = {Status.DRAFT: {Status.SENDING}, Status.SENDING: {Status.SENT}, Status.SENT: set()}

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    status = models.CharField(_("status"), max_length=7, choices=Status, default=Status.DRAFT, editable=False)
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("text"), max_length=20_000, blank=True)
    document = models.ForeignKey(
        Document,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="issues",
        verbose_name=_("the issue as PDF"),
        help_text=_("A published document with a file in each language of the issue."),
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("newsletter", "issue")
        verbose_name_plural = pgettext_lazy("newsletter", "issues")
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=any_filled("title"), name="issue_has_title"),
            models.CheckConstraint(condition=Q(number__gt=0), name="issue_number_positive"),
            models.CheckConstraint(
                condition=Q(status="draft", sent_at__isnull=True)
                | ~Q(status="draft") & Q(sent_at__isnull=False),
                name="issue_sent_with_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {shown(self, 'title').text}"

    def gaps(self) -> list[str]:
        """The languages in which title or text is missing."""
        return [
            code
            for code in LANGUAGES
            if not (getattr(self, f"title_{code}") and getattr(self, f"text_{code}"))
        ]

    @property
    def mail_key(self) -> str:
        """The event of its mails: nobody gets an issue twice."""
        return f"newsletter:{self.number}"
