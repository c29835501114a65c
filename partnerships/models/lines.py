"""`ListingLine`: one quantified item of a need or an offer; and the files of a listing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.slugs import make_slug
from members.models import Member
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


class ListingFile(models.Model):
    """A document or a photo of a listing, without metadata, under a name that cannot be guessed."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", pgettext_lazy("kind of file", "document")
        PHOTO = "photo", pgettext_lazy("kind of file", "photo")

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=8, choices=Kind)
    file = models.FileField(_("file"), upload_to="listings/")
    original_filename = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    # What a photo shows, or what a document is called; read out where the picture cannot be seen.
    caption = models.CharField(_("what it shows"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=Q(caption__gt=""), name="listingfile_captioned")]

    def __str__(self) -> str:
        return self.caption


class ReviewRule(models.Model):
    """Whether listings of a class of partner wait for the desk before they are published. No row: they do not."""

    tier = models.CharField(_("class of partner"), max_length=13, unique=True, choices=Member.Tier)
    is_required = models.BooleanField(_("the desk reads needs and offers first"), default=False)

    class Meta:
        verbose_name = _("rule of review")
        verbose_name_plural = _("rules of review")

    def __str__(self) -> str:
        return self.get_tier_display()
