"""How far an appeal has come: which promised line counts for which line of its target, and the sums. Pure.

A promised line counts for an appeal when its pledge names the appeal; or names none and covers a need of it. It counts
for one line of the target: the first, in their order, that it serves (`coverage.serves`: item, unit, currency, size,
specs, condition). What serves none counts for none. Soft promises, firm commitments and what the receivers accepted
stay apart, and each sum is the sum of the rows behind it, also beyond the target.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from alliance.core.units import base_of, convert, in_base
from partnerships.coverage import ZERO, Given, Item, exact_unit, serves


@dataclass(frozen=True)
class Figures:
    """Promised and not yet firm; firm, that is committed and not cancelled, lost or returned; delivered, that is
    accepted by the receivers. What is delivered is part of what is firm."""

    promised: Decimal
    firm: Decimal
    delivered: Decimal
    unit: str


def share_out(targets: Sequence[Item], given: Iterable[Item]) -> list[int | None]:
    """For each given item the position of the target that it counts for; None when it serves none."""
    return [next((n for n, target in enumerate(targets) if not serves(target, item)), None) for item in given]


def figures_of(given: Iterable[Given], unit: str) -> Figures:
    """The sums of ``given``; in ``unit`` when all have an exact value in it, else in the base unit of its kind."""
    sums = [ZERO, ZERO, ZERO]
    for part in given:
        amounts = (part.promised, part.net, min(part.accepted, part.net))
        sums = [
            total + max(in_base(amount, part.unit), ZERO) for total, amount in zip(sums, amounts, strict=True)
        ]
    base, shown_in = base_of(unit)[0], exact_unit(sums, unit)
    return Figures(
        *(convert(total, base, shown_in) if shown_in != base else total for total in sums), shown_in
    )
