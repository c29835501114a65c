"""`ItemTemplate`: the catalogue of what is asked and offered in quantities: generators, beds, expert days, money."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.languages import reader_language
from alliance.core.units import Unit


class ItemTemplateQuerySet(models.QuerySet):
    def current(self):
        """What a form offers; a retired item stays readable on the lines that name it."""
        return self.filter(is_current=True)

    def in_order(self):
        return self.order_by("position", "code")


class ItemTemplate(models.Model):
    """One item with the unit it is counted in and what is worth knowing of it. Loaded from `data/items.csv`; the
    desk may add more."""

    class Group(models.TextChoices):
        """Kinds of help, as lists filter by them."""

        ENERGY = "energy", pgettext_lazy("kind of help", "energy equipment")
        GOODS = "goods", pgettext_lazy("kind of help", "goods and equipment")
        VEHICLES = "vehicles", pgettext_lazy("kind of help", "vehicles and machines")
        MATERIAL = "material", pgettext_lazy("kind of help", "building material")
        PLACES = "places", pgettext_lazy("kind of help", "places and accommodation")
        KNOWLEDGE = "knowledge", pgettext_lazy("kind of help", "knowledge and training")
        VISITS = "visits", pgettext_lazy("kind of help", "study visits and hosting")
        MONEY = "money", pgettext_lazy("kind of help", "funding")

    code = models.SlugField(_("code"), max_length=30, unique=True)
    group = models.CharField(_("kind of help"), max_length=10, choices=Group)
    position = models.PositiveSmallIntegerField(default=0)
    name_en = models.CharField(max_length=120)
    name_pl = models.CharField(max_length=120)
    name_uk = models.CharField(max_length=120)
    keywords_en = models.TextField(blank=True)
    keywords_pl = models.TextField(blank=True)
    keywords_uk = models.TextField(blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    # What one of it is rated in (a generator: kW); empty where size is no question.
    range_unit = models.CharField(_("rated in"), max_length=8, choices=Unit, blank=True)
    # Codes of `partnerships.specs`: fuel, phases …
    specs = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    has_condition = models.BooleanField(_("new or used matters"), default=False)
    dac_code = models.CharField(_("DAC 5-digit code"), max_length=5, blank=True)
    is_current = models.BooleanField(_("offered in forms"), default=True)

    objects = ItemTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("item of the catalogue")
        verbose_name_plural = _("catalogue of items")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(name_en__gt="", name_pl__gt="", name_uk__gt=""),
                name="item_named_in_all_languages",
            ),
            models.CheckConstraint(
                condition=Q(dac_code="") | Q(dac_code__regex=r"^\d{5}$"), name="item_dac_code_of_five_digits"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return getattr(self, f"name_{reader_language()}")
