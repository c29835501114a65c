"""What is worth knowing of an item beyond its quantity and size: fuel, phases … Codes are kept, labels are shown.

An item of the catalogue names the specs that matter for it. A need that names a value takes only that value; one
that names none takes all.
"""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Fuel(models.TextChoices):
    DIESEL = "diesel", pgettext_lazy("fuel", "diesel")
    PETROL = "petrol", pgettext_lazy("fuel", "petrol")
    GAS = "gas", pgettext_lazy("fuel", "natural gas")
    LPG = "lpg", pgettext_lazy("fuel", "LPG")
    BIOGAS = "biogas", pgettext_lazy("fuel", "biogas or biomass")
    ELECTRIC = "electric", pgettext_lazy("fuel", "electric")


class Phases(models.TextChoices):
    ONE = "1", _("single-phase, 230 V")
    THREE = "3", _("three-phase, 400 V")


class Mobility(models.TextChoices):
    MOBILE = "mobile", pgettext_lazy("mobility of equipment", "mobile, on wheels")
    PORTABLE = "portable", pgettext_lazy("mobility of equipment", "portable")
    FIXED = "fixed", pgettext_lazy("mobility of equipment", "fixed installation")


class Way(models.TextChoices):
    ON_SITE = "on_site", pgettext_lazy("way of training", "on site")
    ONLINE = "online", pgettext_lazy("way of training", "online")
    HOSTED = "hosted", pgettext_lazy("way of training", "at the giver’s place")


SPECS: Mapping[str, type[models.TextChoices]] = {
    "fuel": Fuel,
    "phases": Phases,
    "mobility": Mobility,
    "way": Way,
}
LABELS = {
    "fuel": _("Fuel"),
    "phases": _("Phases"),
    "mobility": _("Mobility"),
    "way": _("How it takes place"),
}


def unknown(specs: Mapping[str, str]) -> list[str]:
    """The names in ``specs`` that do not exist or hold a value that does not; empty when all is well."""
    return [name for name, value in specs.items() if name not in SPECS or value not in SPECS[name].values]


def spec_words(specs: Mapping[str, str]) -> list[str]:
    """The values for a reader, in the order of `SPECS`: “diesel”, “three-phase, 400 V”."""
    return [str(SPECS[name](specs[name]).label) for name in SPECS if specs.get(name) in SPECS[name].values]
