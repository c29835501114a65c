"""`UnsavedListing`: what a person is typing into the form of a need or an offer and has not saved yet."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from members.models import Member
from partnerships.models.listings import Listing


class UnsavedListingQuerySet(models.QuerySet):
    def of(self, user, member: Member, kind: str, listing: Listing | None):
        """The one row of a person for a form: a new need or offer of a member, or the changes to a stored one."""
        rows = self.filter(user=user, member=member, kind=kind)
        return rows.filter(listing=listing) if listing else rows.filter(listing__isnull=True)


class UnsavedListing(models.Model):
    """Seen by the person alone. As it was typed, right or wrong; nothing of it is in the listing before it is saved."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Listing.Kind)
    listing = models.ForeignKey(Listing, models.CASCADE, null=True, related_name="+")
    # The form as a browser sends it; text, since a table of its parts would say no more.
    fields = models.TextField()
    saved_at = models.DateTimeField(auto_now=True)

    objects = UnsavedListingQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved need or offer")
        verbose_name_plural = _("unsaved needs and offers")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "member", "kind", "listing"],
                nulls_distinct=False,
                name="unsaved_one_per_form",
            ),
            models.CheckConstraint(condition=Q(kind__in=["need", "offer"]), name="unsaved_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def data(self) -> QueryDict:
        return QueryDict(self.fields)
