"""Tickets: what people write to the Alliance, through the contact form or by mail, message by message."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Aggregate, Count, ExpressionWrapper, F, Max, Q
from django.db.models.functions import Left, Length, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.service_times import FIRST_ANSWER_GOAL, Week
from alliance.core.languages import NATIVE_NAMES
from alliance.core.models import Dated, OutgoingMail
from alliance.core.slugs import make_slug
from alliance.core.states import Stated
from members.models import Member
from partnerships.models import Listing


class TicketTag(models.Model):
    """A word by which the desk finds tickets again."""

    name = models.CharField(_("tag"), max_length=40, unique=True)

    class Meta:
        verbose_name = pgettext_lazy("of a ticket", "tag")
        verbose_name_plural = pgettext_lazy("of a ticket", "tags")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(name__gt=""), name="ticket_tag_named")]

    def __str__(self) -> str:
        return self.name


class Median(Aggregate):
    """The middle of durations; null where there are none."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = models.DurationField()


class TicketQuerySet(models.QuerySet):
    def waiting(self):
        """Open tickets in which somebody waits for us, the longest wait first."""
        return self.filter(status=Ticket.Status.OPEN, waits_since__isnull=False).order_by("waits_since", "id")

    def service_weeks(self, count: int) -> list[Week]:
        """The last ``count`` weeks in which tickets came, the newest first: how many, how fast they were answered."""
        wait = ExpressionWrapper(F("first_answered_at") - F("created_at"), models.DurationField())
        weeks = (
            self.exclude(status=Ticket.Status.SPAM)
            .order_by()
            .annotate(week=TruncWeek("created_at"), wait=wait)
            .values("week")
            .annotate(
                opened=Count("pk"),
                answered=Count("first_answered_at"),
                median=Median("wait"),
                within_goal=Count("pk", filter=Q(wait__lte=FIRST_ANSWER_GOAL)),
            )
            .order_by("-week")[:count]
        )
        return [
            Week(row["week"].date(), row["opened"], row["answered"], row["median"], row["within_goal"])
            for row in weeks
        ]


class Ticket(Stated, Dated):
    """What somebody wrote to the Alliance, and what came of it."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("ticket status", "open")
        CLOSED = "closed", pgettext_lazy("ticket status", "closed")
        SPAM = "spam", pgettext_lazy("ticket status", "spam")

    class Topic(models.TextChoices):
        MEMBERSHIP = "membership", pgettext_lazy("contact topic", "Joining and membership")
        NEEDS = "needs", pgettext_lazy("contact topic", "Needs and offers of help")
        PARTNERSHIPS = "partnerships", pgettext_lazy("contact topic", "Finding a partner")
        PRESS = "press", pgettext_lazy("contact topic", "Press")
        DATA = "data", pgettext_lazy("contact topic", "Personal data and privacy")
        OTHER = "other", pgettext_lazy("contact topic", "Something else")

    class Source(models.TextChoices):
        FORM = "form", pgettext_lazy("how a ticket came", "contact form")
        MAIL = "mail", pgettext_lazy("how a ticket came", "e-mail")

    class SpamReason(models.TextChoices):
        """Which of the rules of `content.spam` put a ticket into the folder."""

        DESK = "desk", pgettext_lazy("why spam", "the desk says so")
        SENDER = "sender", pgettext_lazy("why spam", "the sender is on the list")
        WORD = "word", pgettext_lazy("why spam", "it holds words that are on the list")
        LINKS = "links", pgettext_lazy("why spam", "it holds hardly more than links")
        RATE = "rate", pgettext_lazy("why spam", "too many new tickets of one sender within an hour")

    MOVES = {
        Status.OPEN: {Status.CLOSED, Status.SPAM},
        Status.CLOSED: {Status.OPEN, Status.SPAM},
        Status.SPAM: {Status.OPEN},
    }

    number = models.CharField(_("ticket number"), max_length=20, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.OPEN, editable=False)
    source = models.CharField(
        pgettext_lazy("of a ticket", "came by"),
        max_length=4,
        choices=Source,
        default=Source.FORM,
        db_default=Source.FORM,
        editable=False,
    )
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    language = models.CharField(_("language"), max_length=3, choices=list(NATIVE_NAMES.items()))
    # Empty for mails, which do not say it.
    country = models.CharField(_("country"), max_length=2, blank=True, db_default="")
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=150)
    email = models.EmailField(_("e-mail address"), max_length=254)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="tickets",
        verbose_name=pgettext_lazy("of a ticket", "in the hands of"),
    )
    tags = models.ManyToManyField(TicketTag, blank=True, related_name="tickets", verbose_name=_("tags"))
    # The oldest message that nobody at the desk has answered; empty while the other side has the word.
    waits_since = models.DateTimeField(_("waits since"), null=True, default=timezone.now, editable=False)
    first_answered_at = models.DateTimeField(_("first answered"), null=True, editable=False)
    spam_reason = models.CharField(
        _("why spam"), max_length=6, choices=SpamReason, blank=True, editable=False, db_default=""
    )
    # Where the words of a rule stand that put it there: “casino”.
    spam_words = models.CharField(max_length=200, blank=True, editable=False, db_default="")
    application = models.ForeignKey(
        Member, models.SET_NULL, null=True, blank=True, editable=False, related_name="tickets"
    )
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, blank=True, editable=False, related_name="tickets"
    )
    # When its words and contacts were erased, by the sweep or for a person.
    emptied_at = models.DateTimeField(_("emptied"), null=True, editable=False)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["status", "created_at"], name="ticket_queue"),
            models.Index(fields=["waits_since", "id"], name="ticket_waiting", condition=Q(status="open")),
            models.Index(fields=["email"], name="ticket_of_sender"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="spam") | Q(spam_reason__gt=""), name="ticket_spam_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(first_answered_at__isnull=True) | Q(first_answered_at__gte=F("created_at")),
                name="ticket_answered_after_it_came",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def newest_received(self) -> "TicketMessage | None":
        """The message that came in last, whatever date it bears."""
        return self.messages.filter(kind=TicketMessage.Kind.RECEIVED).order_by("-pk").first()


class TicketMessageQuerySet(models.QuerySet):
    def begun(self, length: int) -> "TicketMessageQuerySet":
        """With how each begins and how long it is: `text_begun`, `text_length`, and the same of the whole mail. The
        words themselves stay in the database."""
        parts = {f"{name}_begun": Left(name, length) for name in ("text", "whole_text")}
        lengths = {f"{name}_length": Length(name) for name in ("text", "whole_text")}
        return self.annotate(**parts, **lengths).defer("text", "whole_text")

    def newest_received(self, tickets: Iterable["Ticket"]) -> list[int]:
        """Of each ticket the key of the message that came in last."""
        rows = self.filter(ticket__in=tickets, kind=TicketMessage.Kind.RECEIVED).order_by()
        return list(rows.values("ticket").annotate(newest=Max("pk")).values_list("newest", flat=True))


class TicketMessage(models.Model):
    """One message of a ticket, as it was written; or a note that only the desk reads."""

    class Kind(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("message of a ticket", "message")
        ANSWER = "answer", pgettext_lazy("message of a ticket", "answer of the desk")
        NOTE = "note", pgettext_lazy("message of a ticket", "note of the desk")
        # What a program wrote, and nobody waits for an answer to.
        AUTOMATIC = "automatic", pgettext_lazy("message of a ticket", "automatic reply")
        BOUNCE = "bounce", pgettext_lazy("message of a ticket", "could not be delivered")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    kind = models.CharField(
        _("kind"), max_length=9, choices=Kind, default=Kind.RECEIVED, db_default=Kind.RECEIVED
    )
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("message"))
    # A mail as a whole, where the quoted history was cut off in `text`.
    whole_text = models.TextField(blank=True, db_default="")
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="ticket_messages"
    )
    # The columns with a default in the database are filled in there for a portal one version older.
    # Who sent a mail; another address than that of the ticket may be anybody's.
    from_name = models.CharField(max_length=150, blank=True, db_default="")
    from_email = models.CharField(max_length=254, blank=True, db_default="")
    is_other_address = models.BooleanField(default=False, db_default=False)
    # Of a received mail, or of the mail that an answer went out as.
    message_id = models.CharField(max_length=250, blank=True, db_default="")
    mail = models.ForeignKey(OutgoingMail, models.SET_NULL, null=True, blank=True, related_name="+")
    # Files that could not be taken: [{"name": …, "reason": …}].
    left_out = models.JSONField(default=list, blank=True, db_default=[])

    objects = TicketMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message of a ticket")
        verbose_name_plural = _("messages of a ticket")
        ordering = ["sent_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(text__gt=""), name="ticket_message_has_text"),
            models.UniqueConstraint(
                fields=["message_id"], condition=Q(message_id__gt=""), name="ticket_message_id_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["answer", "note"], author__isnull=False)
                | (~Q(kind__in=["answer", "note"]) & Q(author__isnull=True)),
                name="ticket_message_of_desk_has_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket}: {self.subject}"


class TicketFile(models.Model):
    """A file that came with a message, checked by the rules of uploads; only the desk reads it."""

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    message = models.ForeignKey(TicketMessage, models.CASCADE, related_name="files")
    file = models.FileField(_("file"), upload_to="tickets/")
    original_filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("file of a ticket")
        verbose_name_plural = _("files of tickets")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.original_filename
