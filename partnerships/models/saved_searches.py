"""`SavedSearch`: filters of a list that a person wants to be told about; and what they were told already."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.models import Dated
from alliance.core.slugs import make_slug
from partnerships.models.listings import Listing


class SavedSearch(Dated):
    class Frequency(models.TextChoices):
        AT_ONCE = "at_once", pgettext_lazy("frequency of a digest", "at once")
        DAILY = "daily", pgettext_lazy("frequency of a digest", "once a day")
        WEEKLY = "weekly", pgettext_lazy("frequency of a digest", "once a week")

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(max_length=5, choices=Listing.Kind, blank=True)
    # The filters as the list's address writes them, in one normal order.
    query = models.CharField(max_length=1000, blank=True)
    # The language the words were typed in: they are looked up in it, whatever language the reader uses later.
    language = models.CharField(max_length=3)
    frequency = models.CharField(_("how often"), max_length=7, choices=Frequency, default=Frequency.DAILY)
    # What was published until then is told or known, but for what was just being published
    # (`actions.saved_searches.OVERLAP`); moves on with every digest.
    seen_until = models.DateTimeField()
    last_sent_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "query"],
                condition=Q(stopped_at__isnull=True),
                name="search_saved_once",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SavedSearchHit(models.Model):
    """A listing that was told for a search, or stood in its list when it was saved; not told again, also after it was
    renewed."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="hits")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="+")
    told_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["search", "listing"], name="search_hit_told_once")]

    def __str__(self) -> str:
        return f"{self.search_id}: {self.listing_id}"
