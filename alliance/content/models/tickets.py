"""Tickets: what people write to the Alliance, message by message."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.languages import NATIVE_NAMES
from alliance.core.models import Dated
from alliance.core.states import Stated


class TicketQuerySet(models.QuerySet):
    def waiting(self):
        """Open tickets, the longest wait first."""
        return self.filter(status=Ticket.Status.OPEN).order_by("created_at", "id")


class Ticket(Stated, Dated):
    """What somebody wrote to the Alliance through the contact form."""

    class Status(models.TextChoices):
        OPEN = "open", pgettext_lazy("ticket status", "open")
        CLOSED = "closed", pgettext_lazy("ticket status", "closed")

    class Topic(models.TextChoices):
        MEMBERSHIP = "membership", pgettext_lazy("contact topic", "Joining and membership")
        NEEDS = "needs", pgettext_lazy("contact topic", "Needs and offers of help")
        PARTNERSHIPS = "partnerships", pgettext_lazy("contact topic", "Finding a partner")
        PRESS = "press", pgettext_lazy("contact topic", "Press")
        DATA = "data", pgettext_lazy("contact topic", "Personal data and privacy")
        OTHER = "other", pgettext_lazy("contact topic", "Something else")

    MOVES = {Status.OPEN: {Status.CLOSED}, Status.CLOSED: {Status.OPEN}}

    number = models.CharField(_("ticket number"), max_length=20, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.OPEN, editable=False)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic)
    language = models.CharField(_("language"), max_length=3, choices=list(NATIVE_NAMES.items()))
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=150)
    email = models.EmailField(_("e-mail address"), max_length=254)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["status", "created_at"], name="ticket_queue")]

    def __str__(self) -> str:
        return self.number


class TicketMessage(models.Model):
    """One message of a ticket, as it was written."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("message"), max_length=5000)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("message of a ticket")
        verbose_name_plural = _("messages of a ticket")
        ordering = ["sent_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(text__gt=""), name="ticket_message_has_text")]

    def __str__(self) -> str:
        return f"{self.ticket}: {self.subject}"
