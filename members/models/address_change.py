"""`AddressChange`: a new contact address or web site of a member, which counts after a second look of the desk."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.models import Dated
from alliance.core.states import Stated
from members.models.member import Member


class AddressChangeQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(status=AddressChange.Status.PENDING)

    def awaiting_look(self):
        """What the desk still has to look at, the longest wait first."""
        return self.pending().filter(member__status__in=Member.HOLDING).order_by("created_at", "id")


class AddressChange(Stated, Dated):
    """Whoever takes over a mailbox or a login shall not take over the member with it."""

    class Field(models.TextChoices):
        """The field of the member; a web site stands for the official domain of its addresses."""

        CONTACT_EMAIL = "contact_email", pgettext_lazy("what changes", "contact address")
        WEBSITE = "website", pgettext_lazy("what changes", "website")

    class Status(models.TextChoices):
        PENDING = "pending", pgettext_lazy("change of an address", "awaits a second look")
        ACCEPTED = "accepted", pgettext_lazy("change of an address", "accepted")
        REFUSED = "refused", pgettext_lazy("change of an address", "refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("change of an address", "withdrawn")

    MOVES = {
        Status.PENDING: {Status.ACCEPTED, Status.REFUSED, Status.WITHDRAWN},
        Status.ACCEPTED: set(),
        Status.REFUSED: set(),
        Status.WITHDRAWN: set(),
    }

    member = models.ForeignKey(
        Member, models.PROTECT, related_name="address_changes", verbose_name=_("member")
    )
    field = models.CharField(_("what changes"), max_length=13, choices=Field)
    old = models.CharField(_("now"), max_length=300, blank=True)
    new = models.CharField(pgettext_lazy("of a change", "new"), max_length=300)
    status = models.CharField(
        _("status"), max_length=9, choices=Status, default=Status.PENDING, editable=False
    )
    # Why the desk refused; the member reads it.
    desk_message = models.TextField(_("message of the desk"), max_length=2000, blank=True, editable=False)

    objects = AddressChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("new address")
        verbose_name_plural = _("new addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "field"], condition=Q(status="pending"), name="address_change_pending_once"
            ),
            models.CheckConstraint(
                condition=Q(new__gt="") & ~Q(new=F("old")), name="address_change_is_a_change"
            ),
            models.CheckConstraint(
                condition=~Q(status="refused") | Q(desk_message__gt=""), name="address_change_told_the_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"], condition=Q(status="pending"), name="address_change_queue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_field_display()}"

    @property
    def is_email(self) -> bool:
        return self.field == self.Field.CONTACT_EMAIL
