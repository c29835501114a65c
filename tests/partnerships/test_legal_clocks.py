"""The ministry's 30 days and the 10 of the Ministry of Justice: the last day, what runs, who is reminded when."""

from datetime import date, timedelta

import pytest

from partnerships.legal_clocks import (
    JUSTICE_ANSWERED,
    MINISTRY_AGREED,
    MINISTRY_REFUSED,
    REGISTERED,
    REMIND_ON,
    SENT_TO_JUSTICE,
    SENT_TO_MINISTRY,
    Clock,
    Step,
    last_day,
    running,
)

# Counted on a paper calendar, not by the code.
LAST_DAYS = [
    (SENT_TO_MINISTRY, "2026-04-01", "2026-05-01"),  # a month of 30 days
    (SENT_TO_MINISTRY, "2026-03-01", "2026-03-31"),  # a month of 31 days
    (SENT_TO_MINISTRY, "2026-01-31", "2026-03-02"),  # over a whole February of 28 days
    (SENT_TO_MINISTRY, "2028-01-31", "2028-03-01"),  # … of 29 days
    (SENT_TO_MINISTRY, "2028-02-29", "2028-03-30"),  # from the leap day
    (SENT_TO_MINISTRY, "2100-01-31", "2100-03-02"),  # a century is no leap year
    (SENT_TO_MINISTRY, "2026-12-02", "2027-01-01"),  # over the end of a year
    (SENT_TO_MINISTRY, "2026-12-31", "2027-01-30"),
    (SENT_TO_MINISTRY, "2027-12-31", "2028-01-30"),
    (SENT_TO_MINISTRY, "2026-10-24", "2026-11-23"),  # over the change of the clocks
    (SENT_TO_JUSTICE, "2026-04-20", "2026-04-30"),
    (SENT_TO_JUSTICE, "2026-04-21", "2026-05-01"),
    (SENT_TO_JUSTICE, "2026-02-19", "2026-03-01"),
    (SENT_TO_JUSTICE, "2028-02-19", "2028-02-29"),
    (SENT_TO_JUSTICE, "2028-02-20", "2028-03-01"),
    (SENT_TO_JUSTICE, "2026-12-22", "2027-01-01"),
    (SENT_TO_JUSTICE, "2026-12-31", "2027-01-10"),
]


@pytest.mark.parametrize(("kind", "day", "expected"), LAST_DAYS)
def test_last_days(kind, day, expected):
    assert last_day(kind, date.fromisoformat(day)) == date.fromisoformat(expected)


def kinds(*steps):
    rows = [Step(kind, date.fromisoformat(day), key) for key, (kind, day) in enumerate(steps, 1)]
    return [(clock.kind, clock.key) for clock in running(rows)]


A, B, C = "2026-04-01", "2026-04-03", "2026-04-10"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], []),
        ([("council_decided", A)], []),
        ([(SENT_TO_MINISTRY, A)], [(SENT_TO_MINISTRY, 1)]),
        ([(SENT_TO_MINISTRY, A), (SENT_TO_JUSTICE, B)], [(SENT_TO_MINISTRY, 1), (SENT_TO_JUSTICE, 2)]),
        # An answer of the one does not stop the other.
        (
            [(SENT_TO_MINISTRY, A), (SENT_TO_JUSTICE, B), (JUSTICE_ANSWERED, C)],
            [(SENT_TO_MINISTRY, 1)],
        ),
        # The ministry answers for both.
        ([(SENT_TO_MINISTRY, A), (SENT_TO_JUSTICE, B), (MINISTRY_AGREED, C)], []),
        ([(SENT_TO_MINISTRY, A), (SENT_TO_JUSTICE, B), (MINISTRY_REFUSED, C)], []),
        ([(SENT_TO_MINISTRY, A), (REGISTERED, C)], []),
        # Returned and sent again: the new one runs, and the old answer does not stop it.
        ([(SENT_TO_MINISTRY, A), (MINISTRY_REFUSED, B), (SENT_TO_MINISTRY, C)], [(SENT_TO_MINISTRY, 3)]),
        ([(SENT_TO_MINISTRY, A), (SENT_TO_JUSTICE, B), (SENT_TO_MINISTRY, C)], [(SENT_TO_MINISTRY, 3)]),
        # Sent and answered on one day.
        ([(SENT_TO_MINISTRY, A), (MINISTRY_AGREED, A)], []),
        ([(JUSTICE_ANSWERED, A), (SENT_TO_JUSTICE, A)], [(SENT_TO_JUSTICE, 2)]),
    ],
)
def test_what_runs(steps, expected):
    assert kinds(*steps) == expected


# Days from the last one, and the reminder that is due by then.
REMINDERS = {
    SENT_TO_MINISTRY: {-30: None, -8: None, -7: -7, -1: -7, 0: -7, 1: 1, 13: 1, 14: 14, 400: 14},
    SENT_TO_JUSTICE: {-10: None, -4: None, -3: -3, 0: -3, 1: 1, 6: 1, 7: 7, 90: 7},
}


@pytest.mark.parametrize("kind", REMIND_ON)
def test_reminders(kind):
    clock = Clock(kind, date(2028, 2, 1), last_day(kind, date(2028, 2, 1)))
    for offset, due in REMINDERS[kind].items():
        today = clock.last_day + timedelta(days=offset)
        assert clock.reminder_due(today) == due, offset
        assert clock.days_left(today) == -offset
        assert clock.is_past(today) == (offset > 0)
        assert clock.is_near(today) == (REMIND_ON[kind][0] <= offset <= 0)
