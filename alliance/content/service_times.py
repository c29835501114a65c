"""How fast the desk answers: its goal, and a week's figures against it. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

# Between the arrival of a message and the first answer of a person. Weekends count: who writes on Friday waits, too.
FIRST_ANSWER_GOAL = timedelta(days=3)
# Weeks that the page of the desk shows.
WEEKS_SHOWN = 8


@dataclass(frozen=True)
class Week:
    """Tickets that came in the week from ``monday`` on; spam does not count."""

    monday: date
    opened: int
    answered: int
    median: timedelta | None  # until the first answer, of those answered
    within_goal: int

    @property
    def is_met(self) -> bool | None:
        """Whether half of the answers came within the goal; None while there is none."""
        return None if self.median is None else self.median <= FIRST_ANSWER_GOAL

    @property
    def hours(self) -> int | None:
        """The median in whole hours, at least one."""
        return None if self.median is None else max(1, round(self.median.total_seconds() / 3600))
