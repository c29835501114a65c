"""`ListingLine`: one quantified item of a need or an offer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from partnerships.coverage import Coverage, Given, Item, counts_for, coverage_of, item_of
from partnerships.models.fitting import may_fit
from partnerships.models.listings import Listing
from partnerships.models.quantities import AskedLine


class ListingLineQuerySet(models.QuerySet):
    def of_open(self, kind: str):
        """Lines of open listings of a kind."""
        return self.filter(listing__in=Listing.objects.filter(kind=kind).open())

    def that_may_fit(self, items: Sequence[Item], kind: str, today: date):
        """Lines of open listings of ``kind``, the newest first, that may fit ``items`` of the other kind; with all that
        `partnerships.coverage` and a line of a list need, in a fixed number of queries."""
        return (
            self.of_open(kind)
            .filter(may_fit(items, kind, today))
            .select_related("template", "listing__member__place__region")
            .prefetch_related("pledge_lines__events")
            .order_by("-listing__published_at", "-listing_id", "position", "id")
        )

    def promised(self):
        """Lines that somebody promised something for."""
        return self.filter(pledge_lines__isnull=False).distinct()


class ListingLine(AskedLine):
    """A line keeps its slug for life: promises point at it, and a file that is imported again finds it."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="lines")
    needed_by = models.DateField(_("needed by"), null=True, blank=True)
    available_from = models.DateField(_("available from"), null=True, blank=True)
    available_until = models.DateField(_("available until"), null=True, blank=True)

    objects = ListingLineQuerySet.as_manager()

    class Meta(AskedLine.Meta):
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            *AskedLine.Meta.constraints,
            models.CheckConstraint(
                condition=Q(available_from__isnull=True)
                | Q(available_until__isnull=True)
                | Q(available_from__lte=F("available_until")),
                name="listingline_available_in_order",
            ),
        ]

    @property
    def coverage(self) -> Coverage:
        """How it stands by the ledger. Reads the events of its pledges: prefetched by `with_facts()`."""
        return coverage_of(self.quantity, self.unit, self.given, self.currency)

    @property
    def given(self) -> list[Given]:
        """What the promises for it add up to, each in its own unit."""
        return [row.given for row in self.pledge_lines.all() if counts_for(self, row)]

    def as_item(self, *, with_needed_by: bool = True) -> Item:
        """What fitting asks of it; without the day where the reader may not know it."""
        item = item_of(self, self.template, self.listing.original_language)
        return item if with_needed_by else replace(item, needed_by=None)
