"""When many decisions of one person within a short time are worth a look of the others. Pure arithmetic of moments."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

# More than so many of one coordinator within the hour, singly or in bulk: the others are told.
MOST_DECISIONS = 20
WINDOW = timedelta(hours=1)


def latest_burst(moments: Sequence[datetime], *, most: int = MOST_DECISIONS) -> slice | None:
    """The last hour of ``moments``, which ascend, that holds more than ``most`` of them; None when no hour does."""
    for last in range(len(moments) - 1, most - 1, -1):
        first = bisect_right(moments, moments[last] - WINDOW)
        if last - first + 1 > most:
            return slice(first, last + 1)
    return None
