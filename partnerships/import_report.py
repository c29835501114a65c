"""The clock of the report on imported humanitarian goods, pure.

Ukraine's procedure (Cabinet Resolution 953 of 5 September 2023): the receiver reports within 90 calendar days of
customs clearance, or loses its status of a receiver of humanitarian aid. The day of clearance is day 0.
"""

from datetime import date, timedelta

REPORT_DAYS = 90
# The receiver is warned on these days, and once when the last day has passed.
WARN_ON_DAYS = (60, 80, REPORT_DAYS + 1)


def last_day(cleared_on: date) -> date:
    return cleared_on + timedelta(days=REPORT_DAYS)


def days_left(cleared_on: date, today: date) -> int:
    """0 on the last day, below 0 when it has passed."""
    return (last_day(cleared_on) - today).days


def is_overdue(cleared_on: date, today: date) -> bool:
    return days_left(cleared_on, today) < 0


def warning_due(cleared_on: date, today: date) -> int:
    """The latest of `WARN_ON_DAYS` that has come; 0 before the first. Who missed one gets the latest alone."""
    passed = (today - cleared_on).days
    return max((day for day in WARN_ON_DAYS if day <= passed), default=0)
