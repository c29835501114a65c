"""What a line of a listing, an appeal or a pledge has in common: an item, its unit, its technical range."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.core.slugs import make_slug
from alliance.core.units import SMALLEST, Unit, written, written_range
from partnerships.models.items import ItemTemplate


class Condition(models.TextChoices):
    """From best to least; a need names the least it can use."""

    NEW = "new", pgettext_lazy("condition of goods", "new")
    GOOD = "good", pgettext_lazy("condition of goods", "used, in good order")
    USABLE = "usable", pgettext_lazy("condition of goods", "used, works")


def quantity_field(label: str, **options) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=14, decimal_places=3, validators=[MinValueValidator(SMALLEST)], **options
    )


class ItemLine(models.Model):
    """Abstract: one item, of the catalogue or in free words, with unit and technical range of each piece."""

    slug = models.CharField(max_length=12, unique=True, default=make_slug, editable=False)
    position = models.PositiveSmallIntegerField(default=0)
    template = models.ForeignKey(
        ItemTemplate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    # In the words and language of its author; with a template it says more (“for the water works”).
    item = models.CharField(_("what"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    range_min = quantity_field(pgettext_lazy("technical range", "from"), null=True, blank=True)
    range_max = quantity_field(pgettext_lazy("technical range", "to"), null=True, blank=True)
    range_unit = models.CharField(_("rated in"), max_length=8, choices=Unit, blank=True)
    # {"fuel": "diesel"}: codes of `partnerships.specs`.
    specs = models.JSONField(default=dict, blank=True)
    condition = models.CharField(_("condition"), max_length=6, choices=Condition, blank=True)

    class Meta:
        abstract = True
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__gt="") | Q(template__isnull=False), name="%(class)s_item_named"
            ),
            models.CheckConstraint(
                condition=Q(unit="money", currency__regex=r"^[A-Z]{3}$")
                | (~Q(unit="money") & Q(currency="")),
                name="%(class)s_money_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(range_min__isnull=True, range_max__isnull=True, range_unit="")
                | (
                    Q(range_unit__gt="")
                    & (Q(range_min__isnull=False) | Q(range_max__isnull=False))
                    & (Q(range_min__isnull=True) | Q(range_min__gt=0))
                    & (Q(range_max__isnull=True) | Q(range_max__gt=0))
                    & (
                        Q(range_min__isnull=True)
                        | Q(range_max__isnull=True)
                        | Q(range_min__lte=F("range_max"))
                    )
                ),
                name="%(class)s_range_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.item or str(self.template)

    @property
    def range_text(self) -> str:
        """“10–700 kW” in the reader's language; empty without a range."""
        return written_range(self.range_min, self.range_max, self.range_unit) if self.range_unit else ""

    def quantity_text(self, quantity: Decimal) -> str:
        """``quantity`` of this line in its unit, in the reader's language."""
        return written(quantity, self.unit, self.currency)


class AskedLine(ItemLine):
    """Abstract: an item with a quantity: what is asked, offered or aimed at."""

    quantity = quantity_field(_("how many"))

    class Meta(ItemLine.Meta):
        abstract = True
        constraints = [
            *ItemLine.Meta.constraints,
            models.CheckConstraint(condition=Q(quantity__gt=0), name="%(class)s_quantity_positive"),
        ]
