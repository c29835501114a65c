"""What happens inside a match: messages, calls for help, and proposed meetings."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member
from partnerships.models.matches import Match


class Message(models.Model):
    """A message inside a match, from one side to the other. Text of a stranger: quoted in mails, links inert."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="messages")
    sender = models.ForeignKey(Member, models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=3000)
    language = models.CharField(max_length=3)
    sent_at = models.DateTimeField(default=timezone.now)
    # One per form that was shown: a double click writes one message.
    key = models.CharField(max_length=36, blank=True, default="", db_default="", editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["sent_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(text__gt=""), name="message_has_text"),
            models.UniqueConstraint(
                fields=["match", "sender", "key"], condition=Q(key__gt=""), name="message_sent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.match}: {self.sent_at:%Y-%m-%d}"


class HelpRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(done_at__isnull=True)


class HelpRequest(models.Model):
    """A side asks the secretariat for an interpreter or a mediator; the desk answers by doing."""

    match = models.ForeignKey(Match, models.PROTECT, related_name="help_requests")
    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    kind = models.CharField(_("what for"), max_length=11, choices=Match.Help)
    text = models.TextField(_("in words"), max_length=1000, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    answer = models.TextField(_("answer of the desk"), max_length=2000, blank=True, default="", db_default="")

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("call for help")
        verbose_name_plural = _("calls for help")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["match", "kind"], condition=Q(done_at__isnull=True), name="help_open_once"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(answer=""), name="help_answered_when_done"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.match}"


class MeetingQuerySet(models.QuerySet):
    def upcoming(self):
        """Proposed or agreed, and not begun."""
        return self.filter(status__in=Meeting.OPEN, starts_at__gt=timezone.now())

    def awaiting_answer_of(self, member):
        """What the other side of an accepted match proposed to ``member`` and is still ahead."""
        return self.filter(
            Q(match__member_a=member) | Q(match__member_b=member),
            status=Meeting.Status.PROPOSED,
            match__status=Match.Status.ACCEPTED,
            starts_at__gt=timezone.now(),
        ).exclude(proposed_by=member)


class Meeting(Stated, Dated):
    """A time proposed by one side of an accepted match, in the time zone of the one who proposed it."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("meeting status", "proposed")
        AGREED = "agreed", pgettext_lazy("meeting status", "agreed")
        DECLINED = "declined", pgettext_lazy("meeting status", "declined")
        CANCELLED = "cancelled", pgettext_lazy("meeting status", "cancelled")

    MOVES = {
        Status.PROPOSED: {Status.AGREED, Status.DECLINED, Status.CANCELLED},
        Status.AGREED: {Status.CANCELLED},
        Status.DECLINED: set(),
        Status.CANCELLED: set(),
    }

    OPEN = [Status.PROPOSED, Status.AGREED]

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    match = models.ForeignKey(Match, models.PROTECT, related_name="meetings")
    proposed_by = models.ForeignKey(Member, models.PROTECT, related_name="+")
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.PROPOSED, editable=False
    )
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    timezone = models.CharField(_("time zone"), max_length=40)
    topic = models.CharField(_("about"), max_length=160, blank=True)
    where = models.CharField(_("where or by which link"), max_length=300, blank=True)
    # Raised with every change: calendar programs tell a change from a copy by it (RFC 5545, SEQUENCE).
    sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    # One per form that was shown: a double click proposes one meeting.
    key = models.CharField(max_length=36, blank=True, default="", db_default="", editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="meeting_ends_after_begin"),
            models.UniqueConstraint(
                fields=["match", "proposed_by", "key"], condition=Q(key__gt=""), name="meeting_proposed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.match}: {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_ahead(self) -> bool:
        return self.starts_at > timezone.now()
