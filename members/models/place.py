"""`Place`: an official territorial unit from a register. Names are data of the register, never translated.

A city with special status (Kyiv, Sevastopol) is one row: level municipality, and its own region, so that it can be
claimed once and still stands among the 27 regions of Ukraine (`Place.objects.regions_of`).
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.languages import reader_language
from members.models import place_search


class PlaceQuerySet(models.QuerySet):
    def current(self):
        """In its register, and the main entry of its place (LAU and NUTS list some cities twice)."""
        return self.filter(gone_on__isnull=True, same_as__isnull=True)

    def selectable(self):
        """What can join the Alliance: confirmed municipalities and regions."""
        return self.current().filter(
            level__in=[Place.Level.MUNICIPALITY, Place.Level.REGION], verified_at__isnull=False
        )

    def municipalities(self):
        return self.filter(level=Place.Level.MUNICIPALITY)

    def hromadas(self):
        """All of the register, those of Crimea too; Kyiv and Sevastopol are cities with a status of their own."""
        return self.filter(
            register=Place.Register.KATOTTH,
            level=Place.Level.MUNICIPALITY,
            category=Place.HROMADA,
            gone_on__isnull=True,
        )

    def in_goal(self):
        """Of hromadas those for each of which a partner is wanted now: without those of occupied Crimea."""
        return self.exclude(code__startswith=Place.CRIMEA)

    def regions_of(self, country: str):
        """Its first-level filter: 27 in Ukraine (oblasts, Crimea, Kyiv, Sevastopol), NUTS 2 elsewhere."""
        main = Q(level=Place.Level.REGION, region__isnull=True) & ~Q(category="1")
        return self.filter(main | Q(region=models.F("id")), country=country, gone_on__isnull=True)

    def awaiting_confirmation(self):
        """Entered by applicants because no register had them, oldest first."""
        return self.filter(
            register=Place.Register.OWN, verified_at__isnull=True, gone_on__isnull=True
        ).order_by("id")

    def search(self, text: str, *, country: str | None = None, levels: list[str] | None = None):
        """Places by any spelling, best first: the exact name, an exact other spelling, names that begin like
        it, the rest; among equals the largest. “Миколаївка, Одеська” looks inside a region or country."""
        rows = self.filter(country=country) if country else self
        return place_search.search(rows.filter(level__in=levels) if levels else rows, text)

    def find(self, text: str, *, limit: int) -> list["Place"]:
        """The best of `search`. What only sounds alike is left out where something is spelled alike."""
        places = list(self.search(text)[:limit])
        spelled = [place for place in places if place.rank < place_search.BY_SOUND]
        return spelled or places

    def similar(self, text: str, *, limit: int = 10) -> list["Place"]:
        """Where nothing was found: places whose name is a slip or two away from ``text``."""
        return place_search.similar(self, text, limit)

    def with_surroundings(self):
        """With the region and district that tell namesakes apart."""
        return self.select_related("region", "parent")


class Place(models.Model):
    """A hromada, raion, oblast, LAU or NUTS unit, or an own entry that the desk confirms or merges."""

    class Register(models.TextChoices):
        KATOTTH = "katotth", "KATOTTH"
        LAU = "lau", "LAU"
        NUTS = "nuts", "NUTS"
        TABLE = "table", _("table of the portal")
        OWN = "own", _("entered by an applicant")

    class Level(models.TextChoices):
        COUNTRY = "country", pgettext_lazy("level of a place", "country")
        REGION = "region", pgettext_lazy("level of a place", "region")
        DISTRICT = "district", pgettext_lazy("level of a place", "district")
        MUNICIPALITY = "municipality", pgettext_lazy("level of a place", "municipality")

    # Categories of KATOTTH: a hromada, a city with special status; and how codes in Crimea begin.
    HROMADA, CITY, CRIMEA = "H", "K", "UA01"

    register = models.CharField(_("register"), max_length=8, choices=Register)
    code = models.CharField(_("code"), max_length=40)
    level = models.CharField(_("level"), max_length=12, choices=Level)
    # The register's own word, e.g. KATOTTH "H" with rural/settlement/urban, NUTS "2", "city with special status".
    category = models.CharField(max_length=40, blank=True)
    country = models.CharField(_("country"), max_length=2)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    # The oblast or NUTS 2 region it lies in: what lists filter by. Null for regions themselves and above.
    region = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="places_of_region")
    same_as = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="twin_entries")
    official_name = models.CharField(_("name in the register"), max_length=200)
    # What pages show: the seat's name for a hromada; exonyms where a language has one.
    name_en = models.CharField(max_length=200)
    name_pl = models.CharField(max_length=200)
    name_uk = models.CharField(max_length=200)
    sort_en = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    sort_pl = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    sort_uk = models.CharField(max_length=400, db_collation="C", editable=False, default="")
    # Every spelling in every alphabet, as core.spelling writes it; searched through the index below.
    spellings = models.TextField(editable=False, default="")
    # Folded whole names for ranking: "|lwow|lviv|львів|" and, after them, other spellings "¦lemberg¦".
    keys = models.TextField(editable=False, default="")
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    edition = models.CharField(_("edition of the register"), max_length=40, blank=True)
    verified_at = models.DateTimeField(_("confirmed by the desk"), null=True, blank=True)
    gone_on = models.DateField(_("no longer in the register since"), null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(fields=["register", "code"], name="place_once_per_register"),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="place_coordinates_are_whole",
            ),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="place_country_is_a_code"),
        ]
        indexes = [
            GinIndex(SearchVector("spellings", config="simple"), name="place_spellings"),
            models.Index(fields=["country", "level"], name="place_country_level"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def name(self) -> str:
        """The name for the active reader."""
        return getattr(self, f"name_{reader_language()}") or self.official_name

    @property
    def is_claimable(self) -> bool:
        """The same question as `selectable()`, of one row."""
        return (
            self.level in (self.Level.MUNICIPALITY, self.Level.REGION)
            and self.gone_on is None
            and self.same_as_id is None
            and self.verified_at is not None
        )
