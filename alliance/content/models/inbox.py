"""Around the tickets: mails that came in, prepared answers, and what the desk calls spam."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.content.models.revisions import Translated
from alliance.content.models.tickets import Ticket
from alliance.core.languages import LANGUAGES, any_filled
from alliance.core.models import Dated


class InboundMail(models.Model):
    """A mail that came in, by its Message-ID: the same mail taken twice is one. What cannot be read is kept as it
    came."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", pgettext_lazy("mail that came in", "belongs to a ticket")
        IGNORED = "ignored", pgettext_lazy("mail that came in", "automatic, belongs to no ticket")
        BROKEN = "broken", pgettext_lazy("mail that came in", "could not be read")
        TOO_LARGE = "too_large", pgettext_lazy("mail that came in", "too large")
        SEEN = "seen", pgettext_lazy("mail that came in", "seen by the desk")

    message_id = models.CharField(_("Message-ID"), max_length=250, unique=True)
    outcome = models.CharField(_("what became of it"), max_length=9, choices=Outcome)
    ticket = models.ForeignKey(
        Ticket, models.PROTECT, null=True, blank=True, related_name="inbound", verbose_name=_("ticket")
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    size = models.PositiveIntegerField(_("size in bytes"), default=0)
    why = models.CharField(_("reason"), max_length=300, blank=True)
    # Only of what could not be read: the bytes as they came, or the head of what was too large.
    raw = models.BinaryField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail that came in")
        verbose_name_plural = _("mails that came in")
        ordering = ["-received_at", "-id"]
        indexes = [models.Index(fields=["outcome", "received_at"], name="inbound_by_outcome")]
        constraints = [
            models.CheckConstraint(condition=Q(message_id__gt=""), name="inbound_has_message_id"),
            models.CheckConstraint(
                condition=~Q(outcome="taken") | Q(ticket__isnull=False), name="inbound_taken_has_ticket"
            ),
        ]

    def __str__(self) -> str:
        return self.message_id


class CannedAnswer(Translated, Dated):
    """An answer that the desk gives often, in each language; `{name}` and `{number}` are filled in."""

    title = models.CharField(
        pgettext_lazy("of a prepared answer", "name"),
        max_length=100,
        unique=True,
        help_text=_("For the desk: by this name the answer is chosen."),
    )
    topic = models.CharField(_("topic"), max_length=12, choices=Ticket.Topic, blank=True)
    text = models.TextField(
        _("text"),
        max_length=5000,
        blank=True,
        help_text=_("{name} becomes the name of the person, {number} the number of the ticket."),
    )
    is_used = models.BooleanField(_("is offered"), default=True)

    class Meta:
        verbose_name = _("prepared answer")
        verbose_name_plural = _("prepared answers")
        ordering = ["title"]
        constraints = [models.CheckConstraint(condition=any_filled("text"), name="canned_answer_has_text")]

    def __str__(self) -> str:
        return self.title

    def words_in(self, language: str) -> str:
        """As somebody wrote it in this very language; empty where nobody did."""
        return getattr(self, f"text_{language}") or "" if language in LANGUAGES else ""


class SpamRule(Dated):
    """A sender, or words, that put a new ticket into the folder for spam."""

    class Kind(models.TextChoices):
        SENDER = "sender", pgettext_lazy("kind of rule", "address or domain of the sender")
        WORD = "word", pgettext_lazy("kind of rule", "words in the message")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    value = models.CharField(
        _("what it looks for"),
        max_length=200,
        help_text=_(
            "An address (name@example.org), a domain (example.org) or words, small letters or capitals alike."
        ),
    )
    is_used = models.BooleanField(_("is in force"), default=True)

    class Meta:
        verbose_name = _("rule against spam")
        verbose_name_plural = _("rules against spam")
        ordering = ["kind", "value"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="spam_rule_once"),
            models.CheckConstraint(condition=Q(value__gt=""), name="spam_rule_has_value"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"
