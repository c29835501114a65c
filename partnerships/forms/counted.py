"""Quantities as they are counted: beds and people in whole numbers, money in hundredths."""

from collections.abc import Callable
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from alliance.core.units import decimals_of, is_countable

WORDS = {
    0: gettext_lazy("Write a whole number."),
    2: gettext_lazy("Write at most two decimals."),
}


def parts_refused(quantity: Decimal | None, unit: str) -> str:
    """Why so much of ``unit`` cannot be; empty when it can."""
    if not unit or quantity is None or is_countable(quantity, unit):
        return ""
    return str(WORDS[decimals_of(unit)])


def counted(unit: str, kept: Decimal | None = None) -> Callable[[Decimal], None]:
    """A validator for amounts of ``unit``; what stood in the field before (``kept``) is left alone."""

    def check(quantity: Decimal) -> None:
        if quantity != kept and (words := parts_refused(quantity, unit)):
            raise ValidationError(words)

    return check
