"""What the parties of a twinning keep together: work plan, shared documents, news, and who follows whom as contact."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.audience import Audience
from alliance.core.languages import WithOriginal, any_language_filled, machine_prefetch
from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from members.models import Invitation
from partnerships.models.twinnings import Twinning, TwinningParty


class MilestoneQuerySet(models.QuerySet):
    def in_order(self):
        """What is ahead by its day, what has none behind it, what is done last, the newest of it first."""
        is_done = models.Case(models.When(done_at__isnull=True, then=0), default=1)
        return self.select_related("party__member", "party__place").order_by(
            is_done, models.F("done_at").desc(), models.F("due_on").asc(nulls_last=True), "id"
        )


class Milestone(Dated):
    """One line of the joint work plan, in the words of whoever wrote it; any party changes it."""

    AUDIENCES = dict.fromkeys(("slug", "text", "due_on", "party", "done_at"), Audience.PARTNER)

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    twinning = models.ForeignKey(Twinning, models.PROTECT, related_name="milestones")
    text = models.CharField(_("what"), max_length=300)
    language = models.CharField(max_length=3)
    due_on = models.DateField(_("until"), null=True, blank=True)
    # Who of the parties does it; empty where all do.
    party = models.ForeignKey(TwinningParty, models.PROTECT, null=True, blank=True, related_name="milestones")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True, editable=False)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(text__gt="") & Q(language__gt=""), name="milestone_says_what_in_which_language"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="milestone_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_late(self) -> bool:
        return self.done_at is None and self.due_on is not None and self.due_on < timezone.localdate()


class TwinningDocument(models.Model):
    """A document that one party shares with the others, without metadata, under a name that cannot be guessed."""

    AUDIENCES = dict.fromkeys(("slug", "file", "caption", "party"), Audience.PARTNER)

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    twinning = models.ForeignKey(Twinning, models.PROTECT, related_name="documents")
    party = models.ForeignKey(TwinningParty, models.PROTECT, related_name="documents")
    file = models.FileField(_("file"), upload_to="twinnings/")
    original_filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    caption = models.CharField(_("what it is"), max_length=200)
    language = models.CharField(max_length=3)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("document of a twinning")
        verbose_name_plural = _("documents of twinnings")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(caption__gt="") & Q(language__gt=""), name="twinningdocument_captioned"
            )
        ]

    def __str__(self) -> str:
        return self.caption

    @property
    def format(self) -> str:
        """“PDF”: the ending says what the file is, decided when it came."""
        return self.original_filename.rsplit(".", 1)[-1].upper()


class TwinningNewsQuerySet(models.QuerySet):
    def published(self):
        return self.filter(withdrawn_at=None)

    def newest_first(self):
        """With what names its party, in a fixed number of queries."""
        return (
            self.select_related("party__member__place__region", "party__place__region")
            .prefetch_related(*machine_prefetch())
            .order_by("-published_at", "-id")
        )


class TwinningNews(WithOriginal, Dated):
    """What one party tells of the partnership; everyone reads it once the twinning is public."""

    AUDIENCES = dict.fromkeys(("slug", "title", "text", "party", "published_at"), Audience.PUBLIC)

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    twinning = models.ForeignKey(Twinning, models.PROTECT, related_name="news")
    party = models.ForeignKey(TwinningParty, models.PROTECT, related_name="news")
    title = models.CharField(_("title"), max_length=160, blank=True)
    text = models.TextField(_("text"), max_length=5000, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    # Taken back by its party: nobody reads it any more.
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    # One submission of the form makes one piece of news, however often it arrives.
    key = models.CharField(max_length=60, blank=True, editable=False)

    objects = TwinningNewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("news of a twinning")
        verbose_name_plural = _("news of twinnings")
        constraints = [
            models.CheckConstraint(condition=any_language_filled("title"), name="twinningnews_titled"),
            models.CheckConstraint(condition=any_language_filled("text"), name="twinningnews_written"),
            models.UniqueConstraint(
                fields=["twinning", "key"], condition=Q(key__gt=""), name="twinningnews_once_per_submission"
            ),
        ]
        indexes = [
            models.Index(
                fields=["twinning", "-published_at", "-id"],
                condition=Q(withdrawn_at__isnull=True),
                name="twinningnews_newest",
            )
        ]

    def __str__(self) -> str:
        return self.slug


class StaffHandOver(models.Model):
    """A contact's place in a party goes to a successor, who takes it by a link from a mail. The address, its end and
    whether it was withdrawn stand in the invitation."""

    class Seat(models.TextChoices):
        CONTACT = "contact", pgettext_lazy("place in a party of a twinning", "contact")
        SECOND = "second_contact", pgettext_lazy("place in a party of a twinning", "second contact")

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    party = models.ForeignKey(TwinningParty, models.PROTECT, related_name="hand_overs")
    seat = models.CharField(max_length=14, choices=Seat)
    invitation = models.OneToOneField(Invitation, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    taken_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("hand-over of a contact’s place")
        verbose_name_plural = _("hand-overs of contacts’ places")
        constraints = [
            models.CheckConstraint(
                condition=Q(seat__in=["contact", "second_contact"]), name="staffhandover_of_a_seat"
            )
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.seat}"

    @property
    def is_open(self) -> bool:
        """Once, within its days, while the party is in the twinning."""
        return self.taken_at is None and self.party.left_at is None and self.invitation.is_open
