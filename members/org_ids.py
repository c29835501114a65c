"""Identifiers of organisations: the list of registers (org-id.guide), then the number there. Pure.

`UA-EDR-37472062` is an authority of Ukraine's state register (EDRPOU, 8 digits), `PL-REGON-000331501` one of Poland's.
"""

import re
from collections.abc import Callable

SHAPE = re.compile(r"[A-Z]{2,3}-[A-Z0-9_]+-[A-Za-z0-9_.]+")
# The same for PostgreSQL, as a check of the column.
SHAPE_SQL = r"^[A-Z]{2,3}-[A-Z0-9_]+-[A-Za-z0-9_.]+$"


def normal(text: str) -> str:
    """As it is kept: no spaces, capitals, plain hyphens."""
    return re.sub(r"[‐‑–—]", "-", re.sub(r"\s+", "", text)).upper()


def is_valid(text: str) -> bool:
    """Whether ``text``, in its normal form, can be an identifier: its shape, and the check digit where we know it."""
    if not SHAPE.fullmatch(text):
        return False
    for prefix, check in CHECKS.items():
        if text.startswith(prefix):
            return check(text.removeprefix(prefix))
    return True


def is_edrpou(number: str) -> bool:
    """EDRPOU: 8 digits, the last one the check digit (State Statistics Service of Ukraine, order no. 332 of 1996)."""
    if not re.fullmatch(r"\d{8}", number):
        return False
    digits = [int(digit) for digit in number[:7]]
    first = [7, 1, 2, 3, 4, 5, 6] if 30_000_000 <= int(number) <= 60_000_000 else [1, 2, 3, 4, 5, 6, 7]
    check = _weighted(digits, first) % 11
    if check == 10:
        check = _weighted(digits, [weight + 2 for weight in first]) % 11 % 10
    return check == int(number[7])


def is_regon(number: str) -> bool:
    """REGON: 9 digits, or 14 for a local unit, each with its check digit (Statistics Poland)."""
    if not re.fullmatch(r"\d{9}|\d{14}", number):
        return False
    digits = [int(digit) for digit in number]
    if _weighted(digits[:8], [8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10 != digits[8]:
        return False
    long_weights = [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]
    return len(number) == 9 or _weighted(digits[:13], long_weights) % 11 % 10 == digits[13]


def _weighted(digits: list[int], weights: list[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))


CHECKS: dict[str, Callable[[str], bool]] = {"UA-EDR-": is_edrpou, "PL-REGON-": is_regon}


def edrpou_in(text: str) -> str:
    """The number in Ukraine's state register that an identifier holds; empty when it is another register's."""
    return text.removeprefix("UA-EDR-") if text.startswith("UA-EDR-") else ""
