"""Tables of the kernel: mails before they are messages, the journal, and who asked for no more notices."""

from collections.abc import Iterable

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.journal import ActorKind
from alliance.core.states import Stated


class Dated(models.Model):
    """Abstract: when a row came and when it last changed."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class JournalQuerySet(models.QuerySet):
    def about(self, obj: models.Model):
        """What happened to one row, newest first."""
        return self.filter(content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk)

    def decisions(self):
        """What a person decided: lines that moved something from one status to another."""
        return self.filter(actor_kind=ActorKind.USER, data__has_key="now")

    def with_names(self, rows: Iterable[models.QuerySet]):
        """With the objects that entries are about, read as ``rows`` reads those of its kind."""
        return self.prefetch_related(GenericPrefetch("target", list(rows)))


class JournalEntry(models.Model):
    """Who did what to which row, when. Append-only: a trigger refuses update and delete."""

    verb = models.CharField(_("verb"), max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("who")
    )
    actor_kind = models.CharField(max_length=6, choices=ActorKind)
    content_type = models.ForeignKey(ContentType, models.PROTECT)
    object_id = models.BigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = JournalQuerySet.as_manager()

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["content_type", "object_id", "-created_at"], name="journal_of_object"),
            models.Index(fields=["-created_at", "-id"], name="journal_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(actor_kind="user", actor__isnull=False)
                | (~Q(actor_kind="user") & Q(actor__isnull=True)),
                name="journal_actor_matches_kind",
            ),
        ]

    def __str__(self) -> str:
        return date_format(localtime(self.created_at), "DATETIME_FORMAT")


class MailQuerySet(models.QuerySet):
    def due(self):
        """Queued, its time has come, and no worker holds a live lease on it."""
        now = timezone.now()
        return self.filter(status=OutgoingMail.Status.QUEUED, due_at__lte=now).filter(
            Q(lease_until__isnull=True) | Q(lease_until__lt=now)
        )


class OutgoingMail(models.Model):
    """A mail before it is a message. `core.mail.send` writes it, `core.delivery` delivers it.

    Its status is the one exception to `move()`: thousands of rows change in one statement, and delivery
    records what a server answered, not what a person decided.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("mail", "queued")
        SENT = "sent", pgettext_lazy("mail", "sent")
        FAILED = "failed", pgettext_lazy("mail", "failed")

    class Category(models.TextChoices):
        """What may be unsubscribed from: everything but `TRANSACTIONAL`."""

        TRANSACTIONAL = "transactional", _("necessary messages")
        DESK = "desk", _("notices to the desk")
        REMINDER = "reminder", pgettext_lazy("kind of mail", "reminders")
        DIGEST = "digest", pgettext_lazy("kind of mail", "digests of saved searches")
        CONVERSATION = "conversation", pgettext_lazy("kind of mail", "messages from other members")
        NEWSLETTER = "newsletter", pgettext_lazy("kind of mail", "the newsletter")
        SURVEY = "survey", pgettext_lazy("kind of mail", "surveys among members")

    key = models.CharField(max_length=200, help_text="The event that caused it; unique per recipient.")
    name = models.CharField(_("template"), max_length=100)
    to = models.EmailField(_("to"), max_length=254)
    reply_to = models.EmailField(max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=3)
    category = models.CharField(max_length=20, choices=Category, default=Category.TRANSACTIONAL)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    # An iCalendar object that goes along as a file. The database fills it in for a portal one version older.
    calendar = models.TextField(blank=True, db_default="")
    # What else goes along: [{"stored": name in the storage, "name": for the reader, "content_type": …}]. Whoever has
    # the mail written owns these files, and deletes them.
    files = models.JSONField(default=list, blank=True, db_default=[])
    headers = models.JSONField(default=dict)
    message_id = models.CharField(max_length=120, unique=True)
    # Login codes, reset links, words between two members: the body is blanked once delivered and never shown in
    # the admin.
    is_secret = models.BooleanField(default=False)

    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.QUEUED)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["key", "to"], name="mail_once_per_event_and_recipient"),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False)
                | (~Q(status="sent") & Q(sent_at__isnull=True)),
                name="mail_sent_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="failed", failed_at__isnull=False)
                | (~Q(status="failed") & Q(failed_at__isnull=True)),
                name="mail_failed_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(lease_token__isnull=True, lease_until__isnull=True)
                | Q(lease_token__isnull=False, lease_until__isnull=False),
                name="mail_lease_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(subject__regex=r"[\r\n]")
                & ~Q(to__regex=r"[\r\n]")
                & ~Q(reply_to__regex=r"[\r\n]"),
                name="mail_no_line_breaks_in_headers",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="mail_queued", condition=Q(status="queued")),
            models.Index(fields=["lease_token"], name="mail_leased", condition=Q(lease_token__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to}"


class MailStop(models.Model):
    """An address that wants no more mails of a category."""

    email = models.EmailField(max_length=254)
    category = models.CharField(max_length=20, choices=OutgoingMail.Category)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("stopped notice")
        verbose_name_plural = _("stopped notices")
        constraints = [
            models.UniqueConstraint(fields=["email", "category"], name="stop_once"),
            models.CheckConstraint(condition=~Q(category="transactional"), name="stop_only_notices"),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_category_display()}"


class MachineTextQuerySet(models.QuerySet):
    def due(self):
        """To be ordered from the service now: new ones, and those whose pause or whose wait is over."""
        waiting = [MachineText.Status.REQUESTED, MachineText.Status.ORDERED]
        return self.filter(status__in=waiting, due_at__lte=timezone.now())

    def about(self, obj: models.Model):
        return self.filter(content_type=ContentType.objects.get_for_model(obj), object_id=obj.pk)


class MachineText(models.Model):
    """A machine's translation of one field of one row. It stands apart: no human text is ever overwritten by it.

    ``fingerprint`` is that of the original it was made from; when the original changes, it is stale and not shown.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", pgettext_lazy("machine translation", "requested")
        ORDERED = "ordered", pgettext_lazy("machine translation", "ordered from the service")
        DONE = "done", pgettext_lazy("machine translation", "done")
        FAILED = "failed", pgettext_lazy("machine translation", "failed")

    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.BigIntegerField()
    target = GenericForeignKey("content_type", "object_id")
    field = models.CharField(max_length=40)
    language = models.CharField(max_length=3)
    source_language = models.CharField(max_length=3)
    fingerprint = models.CharField(max_length=64)
    service = models.CharField(max_length=20, blank=True)
    text = models.TextField(blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.REQUESTED)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = MachineTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("machine translation")
        verbose_name_plural = _("machine translations")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "field", "language"], name="machine_text_once"
            ),
            models.CheckConstraint(
                condition=Q(status="done", text__gt="", done_at__isnull=False)
                | (~Q(status="done") & Q(done_at__isnull=True)),
                name="machine_text_done_has_text",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="machine_text_due", condition=Q(status__in=["requested", "ordered"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.field} → {self.language}: {self.status}"


__all__ = ["Dated", "JournalEntry", "MachineText", "MailStop", "OutgoingMail", "Stated"]
