"""How long a session of the desk lasts. Everybody else's is `SESSION_COOKIE_AGE`."""

import time

from django.http import HttpRequest

# Coordinators see personal data: a day at the office, then they sign in again, however busy they were.
STAFF_SECONDS = 8 * 3600
ENDS_AT = "staff_session_ends_at"


def begin(request: HttpRequest) -> None:
    """Start the clock of a staff session; a clock that runs is left alone."""
    if ENDS_AT not in request.session:
        request.session[ENDS_AT] = time.time() + STAFF_SECONDS


def has_ended(request: HttpRequest) -> bool:
    return request.session.get(ENDS_AT, float("inf")) <= time.time()
