"""The clocks of an agreement on international territorial cooperation, pure.

Law of Ukraine 3668-IX of 24 April 2024 “On International Territorial Cooperation of Ukraine”: the ministry in charge of
communities and territories answers within 30 days; within them the Ministry of Justice looks at the draft for 10 days.
What was agreed and signed is registered as Cabinet Resolution 357 of 28 March 2025 says. The portal counts calendar
days from the day after the step; a last day on a weekend stays where it is.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

# The steps that matter here, by the codes of `TwinningStep.Kind`.
SENT_TO_MINISTRY, SENT_TO_JUSTICE = "sent_to_ministry", "sent_to_justice"
JUSTICE_ANSWERED = "justice_answered"
MINISTRY_AGREED, MINISTRY_REFUSED = "ministry_agreed", "ministry_refused"
REGISTERED = "registered"

# Whose clock a step starts, how many days it has, which steps stop it.
DAYS = {SENT_TO_MINISTRY: 30, SENT_TO_JUSTICE: 10}
_BY_MINISTRY = {MINISTRY_AGREED, MINISTRY_REFUSED, REGISTERED}
STOPPED_BY = {
    SENT_TO_MINISTRY: _BY_MINISTRY,
    SENT_TO_JUSTICE: {JUSTICE_ANSWERED, SENT_TO_MINISTRY} | _BY_MINISTRY,
}
# The parties are reminded on these days, counted from the last one: below 0 before it, above 0 when it has passed.
REMIND_ON = {SENT_TO_MINISTRY: (-7, 1, 14), SENT_TO_JUSTICE: (-3, 1, 7)}


class Step(NamedTuple):
    """What a clock needs of a step; ``key`` names the row."""

    kind: str
    day: date
    key: int = 0


class Clock(NamedTuple):
    """One that runs: the step that started it and its last day."""

    kind: str
    started_on: date
    last_day: date
    key: int = 0

    def days_left(self, today: date) -> int:
        """0 on the last day, below 0 when it has passed."""
        return (self.last_day - today).days

    def is_past(self, today: date) -> bool:
        return self.days_left(today) < 0

    def is_near(self, today: date) -> bool:
        """The first reminder has come, and the last day has not passed."""
        return 0 <= self.days_left(today) <= -REMIND_ON[self.kind][0]

    def reminder_due(self, today: date) -> int | None:
        """The latest of `REMIND_ON` that has come; None before the first. Who missed one gets the latest alone."""
        passed = -self.days_left(today)
        return max((day for day in REMIND_ON[self.kind] if day <= passed), default=None)


def last_day(kind: str, day: date) -> date:
    """The last day of the clock that a step of this kind starts; the day of the step itself is not counted."""
    return day + timedelta(days=DAYS[kind])


def running(steps: Iterable[Step]) -> list[Clock]:
    """The clocks that no later step has stopped, the oldest first; of two of a kind the newer one runs. ``steps`` in
    the order in which they happened; of one day, in which they were recorded."""
    clocks: dict[str, Clock] = {}
    for step in steps:
        for kind in [kind for kind in clocks if step.kind in STOPPED_BY[kind]]:
            del clocks[kind]
        if step.kind in DAYS:
            clocks[step.kind] = Clock(step.kind, step.day, last_day(step.kind, step.day), step.key)
    return sorted(clocks.values(), key=lambda clock: (clock.started_on, clock.key))
