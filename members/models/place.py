"""`Place`: an official territorial unit from a register. Names are data of the register, never translated."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.languages import reader_language


class Place(models.Model):
    """A hromada, raion, oblast, LAU or NUTS unit, or an own entry that the desk confirms or merges."""

    class Register(models.TextChoices):
        KATOTTH = "katotth", "KATOTTH"
        LAU = "lau", "LAU"
        NUTS = "nuts", "NUTS"
        OWN = "own", _("entered by an applicant")

    class Level(models.TextChoices):
        COUNTRY = "country", pgettext_lazy("level of a place", "country")
        REGION = "region", pgettext_lazy("level of a place", "region")
        DISTRICT = "district", pgettext_lazy("level of a place", "district")
        MUNICIPALITY = "municipality", pgettext_lazy("level of a place", "municipality")

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
    lat = models.FloatField(null=True, blank=True)
    lon = models.FloatField(null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_year = models.PositiveSmallIntegerField(null=True, blank=True)
    edition = models.CharField(_("edition of the register"), max_length=40, blank=True)
    verified_at = models.DateTimeField(_("confirmed by the desk"), null=True, blank=True)
    gone_on = models.DateField(_("no longer in the register since"), null=True, blank=True)

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
