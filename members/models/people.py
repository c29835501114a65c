"""People who act for a member: representatives, and invitations to become one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    VIEWER = "viewer", pgettext_lazy("role", "viewer")
    EDITOR = "editor", pgettext_lazy("role", "editor")
    SIGNATORY = "signatory", pgettext_lazy("role", "signatory")


class RepresentativeQuerySet(models.QuerySet):
    def of(self, user):
        return self.filter(user=user)

    def current(self):
        """Representations that have not ended, whatever the member's status."""
        return self.filter(until__isnull=True)

    def committing(self):
        """Current signatories who can log in: who may commit a member."""
        return self.current().filter(role=Role.SIGNATORY, user__is_active=True)

    def active(self):
        """Current representations of approved members, oldest first: what a login may act for."""
        return self.current().filter(member__status="approved").order_by("since", "id")


class Representative(models.Model):
    """A person acts for a member, in a role, from a day until a day."""

    Role = Role

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="representatives")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="representations")
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.EDITOR)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = RepresentativeQuerySet.as_manager()

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "user"],
                condition=Q(until__isnull=True),
                name="representative_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="representative_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.member}"


class InvitationQuerySet(models.QuerySet):
    def open(self):
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """A member invites a person by e-mail to act for it."""

    member = models.ForeignKey("members.Member", models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"), max_length=254)
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.EDITOR)
    language = models.CharField(_("language"), max_length=3)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "email"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_ends_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.member}"

    @property
    def is_open(self) -> bool:
        return not (self.accepted_at or self.withdrawn_at) and self.expires_at > timezone.now()
