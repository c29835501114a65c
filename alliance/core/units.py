"""Units of quantities, from one table; quantities are Decimal. Exact conversions come with the ledger."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Unit(models.TextChoices):
    PIECE = "piece", pgettext_lazy("unit", "pieces")
    SET = "set", pgettext_lazy("unit", "sets")
    KILOWATT = "kw", pgettext_lazy("unit", "kW")
    KILOWATT_HOUR = "kwh", pgettext_lazy("unit", "kWh")
    KILOGRAM = "kg", pgettext_lazy("unit", "kg")
    TONNE = "t", pgettext_lazy("unit", "tonnes")
    LITRE = "l", pgettext_lazy("unit", "litres")
    METRE = "m", pgettext_lazy("unit", "metres")
    SQUARE_METRE = "m2", pgettext_lazy("unit", "m²")
    CUBIC_METRE = "m3", pgettext_lazy("unit", "m³")
    PERSON = "person", pgettext_lazy("unit", "people")
    PLACE = "place", pgettext_lazy("unit", "places")
    DAY = "day", pgettext_lazy("unit", "days")
    WEEK = "week", pgettext_lazy("unit", "weeks")
    HOUR = "hour", pgettext_lazy("unit", "hours")
